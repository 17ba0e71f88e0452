#include "tests/support/encoded_pictures.h"

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <utility>

#include <jpeglib.h>
#include <png.h>
#include <webp/encode.h>

namespace thaw::test {
namespace {

void little(Bytes& out, std::uint64_t value, int count) {
    for (int i = 0; i < count; ++i) out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

void text(Bytes& out, const char* word) { out.insert(out.end(), word, word + std::strlen(word)); }

void add(Bytes& out, const Bytes& more) { out.insert(out.end(), more.begin(), more.end()); }

Bytes chunk(const char* name, const Bytes& content) {
    Bytes out;
    text(out, name);
    little(out, content.size(), 4);
    add(out, content);
    if (content.size() % 2 != 0) out.push_back(0);
    return out;
}

Bytes riff(const std::vector<Bytes>& chunks) {
    Bytes body, out;
    text(body, "WEBP");
    for (const Bytes& one : chunks) add(body, one);
    text(out, "RIFF");
    little(out, body.size(), 4);
    add(out, body);
    return out;
}

/// VP8X, which says what else there is.
Bytes extended(int flags, int width, int height) {
    Bytes out;
    little(out, static_cast<std::uint64_t>(flags), 4);
    little(out, static_cast<std::uint64_t>(width - 1), 3);
    little(out, static_cast<std::uint64_t>(height - 1), 3);
    return chunk("VP8X", out);
}

}  // namespace

Bytes encodeJpeg(const Bytes& samples, int width, int height, const JpegKind& kind) {
    jpeg_compress_struct info{};
    jpeg_error_mgr errors{};
    info.err = jpeg_std_error(&errors);
    jpeg_create_compress(&info);
    unsigned char* out = nullptr;
    unsigned long size = 0;
    jpeg_mem_dest(&info, &out, &size);
    info.image_width = static_cast<JDIMENSION>(width);
    info.image_height = static_cast<JDIMENSION>(height);
    info.input_components = kind.channels;
    info.in_color_space = kind.channels == 1 ? JCS_GRAYSCALE : kind.channels == 3 ? JCS_RGB : JCS_CMYK;
    jpeg_set_defaults(&info);
    jpeg_set_quality(&info, kind.quality, TRUE);
    if (kind.channels == 4) info.write_Adobe_marker = kind.adobe ? TRUE : FALSE;
    if (kind.progressive) jpeg_simple_progression(&info);
    jpeg_start_compress(&info, TRUE);
    for (int y = 0; y < height; ++y) {
        JSAMPROW row = const_cast<JSAMPROW>(samples.data()) + static_cast<std::ptrdiff_t>(y) * width * kind.channels;
        jpeg_write_scanlines(&info, &row, 1);
    }
    jpeg_finish_compress(&info);
    Bytes bytes(out, out + size);
    jpeg_destroy_compress(&info);
    std::free(out);
    return bytes;
}

Bytes encodePngKind(const Bytes& rows, int width, int height, const PngKind& kind) {
    static constexpr int kChannels[] = {1, 0, 3, 1, 2, 0, 4};
    const std::size_t rowBytes = static_cast<std::size_t>((width * kChannels[kind.colourType] * kind.bits + 7) / 8);
    if (rows.size() != rowBytes * static_cast<std::size_t>(height)) throw std::runtime_error("rows of another size");
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
    png_infop info = png_create_info_struct(png);
    Bytes bytes;
    png_set_write_fn(
        png, &bytes,
        [](png_structp to, png_bytep data, size_t size) {
            auto& target = *static_cast<Bytes*>(png_get_io_ptr(to));
            target.insert(target.end(), data, data + size);
        },
        [](png_structp) {});
    png_set_IHDR(png, info, static_cast<png_uint_32>(width), static_cast<png_uint_32>(height), kind.bits, kind.colourType,
                 kind.interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
                 PNG_FILTER_TYPE_DEFAULT);
    std::vector<png_color> palette;
    for (std::size_t i = 0; i + 2 < kind.palette.size(); i += 3)
        palette.push_back({kind.palette[i], kind.palette[i + 1], kind.palette[i + 2]});
    if (!palette.empty()) png_set_PLTE(png, info, palette.data(), static_cast<int>(palette.size()));
    if (!kind.paletteAlpha.empty())
        png_set_tRNS(png, info, kind.paletteAlpha.data(), static_cast<int>(kind.paletteAlpha.size()), nullptr);
    png_color_16 clear{};
    clear.gray = static_cast<png_uint_16>(kind.clear);
    if (kind.clear >= 0) png_set_tRNS(png, info, nullptr, 0, &clear);
    if (!kind.exif.empty())
        png_set_eXIf_1(png, info, static_cast<png_uint_32>(kind.exif.size()), const_cast<png_bytep>(kind.exif.data()));
    png_write_info(png, info);
    std::vector<png_bytep> pointers;
    for (int y = 0; y < height; ++y)
        pointers.push_back(const_cast<png_bytep>(rows.data()) + static_cast<std::size_t>(y) * rowBytes);
    png_write_image(png, pointers.data());
    png_write_end(png, nullptr);
    png_destroy_write_struct(&png, &info);
    return bytes;
}

Bytes encodeWebP(const Bytes& rgba, int width, int height) {
    std::uint8_t* out = nullptr;
    const std::size_t size = WebPEncodeLosslessRGBA(rgba.data(), width, height, width * 4, &out);
    Bytes bytes(out, out + size);
    WebPFree(out);
    return bytes;
}

Bytes webpWithExif(const Bytes& webp, int width, int height, const Bytes& exif) {
    constexpr int kExif = 8, kAlpha = 16;
    return riff({extended(kExif | kAlpha, width, height), Bytes(webp.begin() + 12, webp.end()), chunk("EXIF", exif)});
}

Bytes animatedWebP(const std::vector<Bytes>& frames, int width, int height) {
    constexpr int kAnimation = 2, kAlpha = 16;
    std::vector<Bytes> chunks = {extended(kAnimation | kAlpha, width, height), chunk("ANIM", Bytes(6, 0))};
    for (const Bytes& frame : frames) {
        Bytes content;
        for (const int number : {0, 0, width - 1, height - 1, 100}) little(content, static_cast<std::uint64_t>(number), 3);
        content.push_back(0);
        const Bytes webp = encodeWebP(frame, width, height);
        content.insert(content.end(), webp.begin() + 12, webp.end());
        chunks.push_back(chunk("ANMF", content));
    }
    return riff(chunks);
}

Bytes encodeGif(int width, int height, const std::vector<GifFrame>& frames) {
    constexpr int kClear = 128, kEnd = 129;  // codes of 8 bits, so that a code is a byte, as long as the table stays short
    Bytes out;
    text(out, "GIF89a");
    little(out, static_cast<std::uint64_t>(width), 2);
    little(out, static_cast<std::uint64_t>(height), 2);
    add(out, {0xF6, 0, 0});
    for (int i = 0; i < 128; ++i)
        add(out, {static_cast<std::uint8_t>(i), static_cast<std::uint8_t>(2 * i), static_cast<std::uint8_t>(255 - i)});
    for (const GifFrame& frame : frames) {
        add(out, {0x21, 0xF9, 4, static_cast<std::uint8_t>(frame.clear >= 0 ? 1 : 0), 10, 0,
                  static_cast<std::uint8_t>(std::max(frame.clear, 0)), 0, 0x2C});
        for (const int number : {frame.left, frame.top, frame.width, frame.height})
            little(out, static_cast<std::uint64_t>(number), 2);
        add(out, {static_cast<std::uint8_t>(frame.interlaced ? 0x40 : 0), 7});
        std::vector<int> order;
        if (frame.interlaced)
            for (const auto& [first, step] : {std::pair{0, 8}, {4, 8}, {2, 4}, {1, 2}})
                for (int y = first; y < frame.height; y += step) order.push_back(y);
        else
            for (int y = 0; y < frame.height; ++y) order.push_back(y);
        Bytes codes;
        for (const int y : order)
            for (int x = 0; x < frame.width; ++x) {
                if (codes.size() % 100 == 0) codes.push_back(kClear);
                codes.push_back(frame.indices[static_cast<std::size_t>(y * frame.width + x)]);
            }
        codes.push_back(kEnd);
        for (std::size_t at = 0; at < codes.size(); at += 255) {
            const std::size_t count = std::min<std::size_t>(255, codes.size() - at);
            out.push_back(static_cast<std::uint8_t>(count));
            out.insert(out.end(), codes.begin() + static_cast<std::ptrdiff_t>(at),
                       codes.begin() + static_cast<std::ptrdiff_t>(at + count));
        }
        out.push_back(0);
    }
    out.push_back(0x3B);
    return out;
}

Bytes encodeTiff(const std::vector<Bytes>& pages, int width, int height, const TiffKind& kind) {
    constexpr int kShort = 3, kLong = 4;
    Bytes out = {'I', 'I', 42, 0, 0, 0, 0, 0};
    std::size_t link = 4;  // where the next directory's place is written
    for (const Bytes& page : pages) {
        const std::size_t pixels = out.size();
        add(out, page);
        if (out.size() % 2 != 0) out.push_back(0);
        const std::size_t bits = out.size();
        for (int i = 0; i < kind.samples; ++i) little(out, static_cast<std::uint64_t>(kind.bits), 2);
        const std::size_t formats = out.size();
        for (int i = 0; i < kind.samples; ++i) little(out, static_cast<std::uint64_t>(kind.format), 2);
        std::vector<TiffTag> tags = {{256, static_cast<std::uint32_t>(width)},
                                     {257, static_cast<std::uint32_t>(height)},
                                     {258, static_cast<std::uint32_t>(kind.samples > 2 ? bits : 0)},
                                     {259, 1},
                                     {262, static_cast<std::uint32_t>(kind.photometric)},
                                     {273, static_cast<std::uint32_t>(pixels)},
                                     {277, static_cast<std::uint32_t>(kind.samples)},
                                     {278, static_cast<std::uint32_t>(height)},
                                     {279, static_cast<std::uint32_t>(page.size())},
                                     {339, static_cast<std::uint32_t>(kind.samples > 2 ? formats : 0)}};
        tags.insert(tags.end(), kind.more.begin(), kind.more.end());
        std::sort(tags.begin(), tags.end(), [](const TiffTag& a, const TiffTag& b) { return a.tag < b.tag; });
        const std::size_t directory = out.size();
        for (int i = 0; i < 4; ++i) out[link + static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(directory >> (8 * i));
        little(out, tags.size(), 2);
        for (const TiffTag& tag : tags) {
            const bool each = tag.tag == 258 || tag.tag == 339, isLong = tag.tag == 273 || tag.tag == 279;
            little(out, static_cast<std::uint64_t>(tag.tag), 2);
            little(out, isLong ? kLong : kShort, 2);
            little(out, each ? static_cast<std::uint64_t>(kind.samples) : 1, 4);
            const int one = tag.tag == 258 ? kind.bits : kind.format;
            if (each && kind.samples <= 2)
                for (int i = 0; i < 2; ++i) little(out, static_cast<std::uint64_t>(i < kind.samples ? one : 0), 2);
            else
                little(out, tag.value, 4);
        }
        link = out.size();
        little(out, 0, 4);
    }
    return out;
}

Bytes exifOf(int orientation) {
    return {'I', 'I', 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, static_cast<std::uint8_t>(orientation),
            0,   0,   0,  0, 0, 0, 0};
}

}  // namespace thaw::test
