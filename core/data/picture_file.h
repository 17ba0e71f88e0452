// The user's own pictures: JPEG, PNG, WebP, GIF, TIFF and BMP, told by content. Untrusted input: file size (64 MB) and pixels
// (100 million) are checked before anything is decoded, and the decoders' exceptions and messages stop here.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/api/prediction.h"

namespace thaw::core {

/// The picture at most 512 pixels a side, and the square that it becomes as one of `kind`: averaged when it shrinks, bilinear
/// when it grows, colours by their brightness (Rec. 601) where the kind is grey. 8-bit RGB: turned upright by its EXIF
/// orientation, transparency over white, grey over three channels, 16 bit rounded to 8. Never throws for a bad file: `error` says
/// why. Thread-safe.
FilePrediction readPictureFile(const std::filesystem::path& file, const PictureKind& kind);

/// The square of a picture in memory, made as that of a file: side * side * 3 bytes. Thread-safe.
std::vector<std::uint8_t> squareOfPicture(const RgbPicture& picture, const PictureKind& kind);

/// Only the square: side * side * 3 bytes. Throws DataError. Thread-safe.
std::vector<std::uint8_t> readSquarePicture(const std::filesystem::path& file, const PictureKind& kind);

/// The size at which a picture is decoded before it is made smaller.
enum class DecodedSize {
    Full,
    AsNeeded,  ///< a JPEG at a half, a quarter or an eighth, at least twice what is needed: several times faster
};

/// The same for reading many: what() of DataError is the reason alone, bad_alloc is left to the caller, and Cancelled is thrown
/// soon after `stop` became true.
std::vector<std::uint8_t> squareOfFile(const std::filesystem::path& file, const PictureKind& kind, DecodedSize size,
                                       const std::atomic<bool>* stop = nullptr);

/// A whole picture squeezed into a square, whatever its shape, and what is known of its file.
struct SmallPicture {
    int width = 0, height = 0;      ///< of the whole, upright
    std::string digest;             ///< SHA-256 of the file's bytes
    std::vector<std::uint8_t> rgb;  ///< side * side * 3
};

/// For looking at many: a JPEG is decoded no larger than that needs. Throws as squareOfFile.
SmallPicture smallPictureOfFile(const std::filesystem::path& file, int side, const std::atomic<bool>* stop = nullptr);

/// The same of pixels, interleaved RGB.
std::vector<std::uint8_t> squeezed(const std::uint8_t* rgb, int width, int height, int side);

}  // namespace thaw::core
