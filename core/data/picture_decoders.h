// One decoder a format, each in a file of its own (jpeg_picture.cpp, ...). Untrusted bytes: the size is checked before memory is
// taken, and neither the libraries' messages nor their exceptions leave: nothing is written to the terminal. All throw DataError
// with the reason alone, and are thread-safe. Memory that is lacking is bad_alloc or OpenCV's exception.
#pragma once

#include <cstddef>
#include <cstdint>
#include <opencv2/core.hpp>
#include <string>

namespace thaw::core {

struct DecodedPicture {
    cv::Mat rgb;           ///< CV_8UC3 in the order red, green, blue; rows as stored
    int orientation = 1;   ///< EXIF's, 1 to 8: how it is to be turned
    cv::Size whole{0, 0};  ///< where `rgb` is smaller than the file's picture: that one's size; else empty
};

/// `leastSide` > 0: it may be decoded smaller, by a half, a quarter or an eighth, as long as no side falls below that.
DecodedPicture decodeJpeg(const std::string& bytes, int leastSide = 0);
DecodedPicture decodePng(const std::string& bytes);
DecodedPicture decodeWebP(const std::string& bytes);  ///< of an animation the first frame, as of the two below
DecodedPicture decodeGif(const std::string& bytes);
DecodedPicture decodeTiff(const std::string& bytes);  ///< of several pages the first
DecodedPicture decodeBmp(const std::string& bytes);
DecodedPicture decodeDicom(const std::string& bytes);  ///< the first frame; only where THAW_DICOM is defined
DecodedPicture decodeHeif(const std::string& bytes);   ///< HEIC and AVIF; only where THAW_HEIF is defined

/// The orientation in EXIF data, with or without "Exif\0\0" before it; 1 where there is none.
int exifOrientation(const std::uint8_t* data, std::size_t bytes);

/// `count` pixels of red, green, blue and alpha over white.
void overWhite(const std::uint8_t* rgba, std::uint8_t* rgb, int count);

/// 16 bits to 8.
inline std::uint8_t toEightBits(std::uint16_t value) { return static_cast<std::uint8_t>((value + 128u) / 257u); }

/// A picture whose end is missing counts when a sixteenth of its rows is lost at most: copying stopped just before its end.
/// Throws DataError for more.
void requireMostRows(std::int64_t whole, std::int64_t all);

}  // namespace thaw::core
