// PNG by libpng: all kinds as 8-bit RGB, transparency over white.
#include <png.h>

#include <csetjmp>
#include <cstring>
#include <new>
#include <vector>

#include "core/api/errors.h"
#include "core/data/picture_decoders.h"
#include "core/data/picture_format.h"

namespace thaw::core {
namespace {

struct PngReader {
    png_structp png;
    png_infop info;
    std::jmp_buf failed;
    const std::uint8_t* data;
    std::size_t left;
    bool ended;  ///< more bytes were wanted than there are
    bool noMemory;
    png_uint_32 width, height, rowsRead;
    int channels, depth, passes;
    int orientation;
};

void giveUp(png_structp png, png_const_charp message) {
    auto& reader = *static_cast<PngReader*>(png_get_error_ptr(png));
    reader.noMemory = std::strstr(message, "memory") != nullptr;
    std::longjmp(reader.failed, 1);
}

void keepSilent(png_structp, png_const_charp) {}

void readData(png_structp png, png_bytep out, size_t bytes) {
    auto& reader = *static_cast<PngReader*>(png_get_io_ptr(png));
    if (bytes > reader.left) {
        reader.ended = true;
        png_error(png, "the end");
    }
    std::memcpy(out, reader.data, bytes);
    reader.data += bytes;
    reader.left -= bytes;
}

int orientationOf(png_structp png, png_infop info) {
    png_bytep exif = nullptr;
    png_uint_32 bytes = 0;
    return png_get_eXIf_1(png, info, &bytes, &exif) != 0 ? exifOrientation(exif, bytes) : 1;
}

/// False: an error. No C++ object may live in here: errors jump out.
bool readHeader(PngReader& reader) {
    reader.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &reader, giveUp, keepSilent);
    if (reader.png == nullptr) return false;
    if (setjmp(reader.failed) != 0) return false;
    reader.info = png_create_info_struct(reader.png);
    if (reader.info == nullptr) return false;
    png_set_user_limits(reader.png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
    png_set_read_fn(reader.png, &reader, readData);
    png_read_info(reader.png, reader.info);
    reader.width = png_get_image_width(reader.png, reader.info);
    reader.height = png_get_image_height(reader.png, reader.info);
    reader.orientation = orientationOf(reader.png, reader.info);
    png_set_expand(reader.png);
    png_set_gray_to_rgb(reader.png);
    if (png_get_bit_depth(reader.png, reader.info) == 16) png_set_swap(reader.png);
    reader.passes = png_set_interlace_handling(reader.png);
    png_read_update_info(reader.png, reader.info);
    reader.channels = png_get_channels(reader.png, reader.info);
    reader.depth = png_get_bit_depth(reader.png, reader.info);
    return true;
}

/// The same: calls `take` with each row in turn.
bool readRows(PngReader& reader, png_bytep buffer, std::size_t rowBytes, void (*take)(void*, png_uint_32, png_bytep),
              void* taker) {
    if (setjmp(reader.failed) != 0) return false;
    if (reader.passes > 1)
        for (int pass = 0; pass < reader.passes; ++pass)
            for (png_uint_32 y = 0; y < reader.height; ++y) png_read_row(reader.png, buffer + y * rowBytes, nullptr);
    for (reader.rowsRead = 0; reader.rowsRead < reader.height; ++reader.rowsRead) {
        png_bytep row = reader.passes > 1 ? buffer + reader.rowsRead * rowBytes : buffer;
        if (reader.passes == 1) png_read_row(reader.png, row, nullptr);
        take(taker, reader.rowsRead, row);
    }
    png_read_end(reader.png, reader.info);  // where the last checksum is; EXIF data may stand here too
    reader.orientation = orientationOf(reader.png, reader.info);
    return true;
}

/// `row` is of 8 or 16 bits with 3 or 4 channels.
void toRgb(const PngReader& reader, png_bytep row, std::uint8_t* rgb) {
    const auto count = static_cast<int>(reader.width);
    if (reader.depth == 16) {
        const int samples = count * reader.channels;  // below 2^31: the number of pixels is limited
        for (int i = 0; i < samples; ++i) {
            std::uint16_t value = 0;
            std::memcpy(&value, row + 2 * static_cast<std::size_t>(i), 2);
            row[i] = toEightBits(value);
        }
    }
    if (reader.channels == 4)
        overWhite(row, rgb, count);
    else
        std::memcpy(rgb, row, 3 * static_cast<std::size_t>(count));
}

}  // namespace

DecodedPicture decodePng(const std::string& bytes) {
    PngReader reader{};
    reader.data = reinterpret_cast<const std::uint8_t*>(bytes.data());
    reader.left = bytes.size();
    struct Closer {
        PngReader& reader;
        ~Closer() { png_destroy_read_struct(&reader.png, &reader.info, nullptr); }
    } const closer{reader};
    const auto fail = [&] {
        if (reader.noMemory) throw std::bad_alloc();
        throw DataError(reader.ended ? "the file is damaged: a part of it is missing" : "the file is damaged");
    };

    if (const auto size = claimedSize(bytes)) requirePictureSize(size->first, size->second);
    if (!readHeader(reader)) fail();
    DecodedPicture picture;
    picture.rgb.create(static_cast<int>(reader.height), static_cast<int>(reader.width), CV_8UC3);
    const std::size_t rowBytes = std::size_t{reader.width} * static_cast<std::size_t>(reader.channels * reader.depth / 8);
    std::vector<png_byte> buffer(reader.passes > 1 ? rowBytes * reader.height : rowBytes);
    struct Taker {
        PngReader& reader;
        cv::Mat& rgb;
    } taker{reader, picture.rgb};
    const auto take = [](void* to, png_uint_32 y, png_bytep row) {
        auto& target = *static_cast<Taker*>(to);
        toRgb(target.reader, row, target.rgb.ptr(static_cast<int>(y)));
    };
    if (!readRows(reader, buffer.data(), rowBytes, take, &taker)) {
        if (!reader.ended || reader.rowsRead == 0) fail();
        requireMostRows(reader.rowsRead, reader.height);
        const auto from = static_cast<int>(reader.rowsRead);
        if (from < picture.rgb.rows) picture.rgb.rowRange(from, picture.rgb.rows).setTo(128);
    }
    picture.orientation = reader.orientation;
    return picture;
}

}  // namespace thaw::core
