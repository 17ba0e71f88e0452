// The first page of a TIFF, by libtiff: its own conversion for what it knows, ours for numbers that are no bytes.
#include <tiffio.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <memory>
#include <opencv2/imgproc.hpp>
#include <vector>

#include "core/api/errors.h"
#include "core/data/picture_decoders.h"
#include "core/data/picture_format.h"

namespace thaw::core {
namespace {

constexpr tmsize_t kMostMemory = tmsize_t{1} << 30;  // of one piece that libtiff asks for
constexpr std::uint32_t kDngVersion = 50706;

/// The file in memory, as libtiff wants to read it.
struct Source {
    const std::string& bytes;
    std::uint64_t at = 0;
};

tmsize_t readSource(thandle_t handle, void* out, tmsize_t count) {
    auto& source = *static_cast<Source*>(handle);
    if (source.at >= source.bytes.size() || count < 0) return 0;
    const std::size_t piece =
        std::min(static_cast<std::size_t>(count), source.bytes.size() - static_cast<std::size_t>(source.at));
    std::memcpy(out, source.bytes.data() + source.at, piece);
    source.at += piece;
    return static_cast<tmsize_t>(piece);
}
tmsize_t writeSource(thandle_t, void*, tmsize_t) { return 0; }
toff_t seekSource(thandle_t handle, toff_t offset, int whence) {
    auto& source = *static_cast<Source*>(handle);
    const std::uint64_t base = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? source.at : source.bytes.size();
    return source.at = base + offset;
}
int closeSource(thandle_t) { return 0; }
toff_t sizeOfSource(thandle_t handle) { return static_cast<Source*>(handle)->bytes.size(); }
int keepSilent(TIFF*, void*, const char*, const char*, va_list) { return 1; }

using Tiff = std::unique_ptr<TIFF, decltype(&TIFFClose)>;

Tiff open(Source& source) {
    const std::unique_ptr<TIFFOpenOptions, decltype(&TIFFOpenOptionsFree)> options(TIFFOpenOptionsAlloc(), TIFFOpenOptionsFree);
    TIFFOpenOptionsSetMaxSingleMemAlloc(options.get(), kMostMemory);
    TIFFOpenOptionsSetErrorHandlerExtR(options.get(), keepSilent, nullptr);
    TIFFOpenOptionsSetWarningHandlerExtR(options.get(), keepSilent, nullptr);
    return {TIFFClientOpenExt("picture", "rm", &source, readSource, writeSource, seekSource, closeSource, sizeOfSource, nullptr,
                              nullptr, options.get()),
            TIFFClose};
}

template <typename T>
T tagOf(TIFF* tiff, std::uint32_t tag, T otherwise) {
    T value = otherwise;
    return TIFFGetFieldDefaulted(tiff, tag, &value) == 1 ? value : otherwise;
}

struct Layout {
    std::uint32_t width, height;
    std::uint16_t bits, samples, format, photometric, planes;
    std::size_t bytesEach() const { return bits / 8; }
};

Layout layoutOf(TIFF* tiff) {
    return {tagOf<std::uint32_t>(tiff, TIFFTAG_IMAGEWIDTH, 0),
            tagOf<std::uint32_t>(tiff, TIFFTAG_IMAGELENGTH, 0),
            tagOf<std::uint16_t>(tiff, TIFFTAG_BITSPERSAMPLE, 1),
            tagOf<std::uint16_t>(tiff, TIFFTAG_SAMPLESPERPIXEL, 1),
            tagOf<std::uint16_t>(tiff, TIFFTAG_SAMPLEFORMAT, SAMPLEFORMAT_UINT),
            tagOf<std::uint16_t>(tiff, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISBLACK),
            tagOf<std::uint16_t>(tiff, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG)};
}

[[noreturn]] void throwDamaged() { throw DataError("the file is damaged"); }
[[noreturn]] void throwUnknownKind() {
    throw DataError("it is a rare kind of TIFF, which Thaw does not read; save it as PNG or JPEG");
}

/// Of a fourth channel that nobody has named, it is alpha; of one that is named "unspecified", it is anything.
enum class Alpha { Multiplied, Ignored };
Alpha settleAlpha(TIFF* tiff, const Layout& layout) {
    std::uint16_t count = 0;
    std::uint16_t* kinds = nullptr;
    if (TIFFGetField(tiff, TIFFTAG_EXTRASAMPLES, &count, &kinds) == 1 && count > 0)
        return kinds[0] == EXTRASAMPLE_UNSPECIFIED ? Alpha::Ignored : Alpha::Multiplied;
    std::uint16_t kind = EXTRASAMPLE_UNASSALPHA;
    if (layout.photometric == PHOTOMETRIC_RGB && layout.samples == 4) TIFFSetField(tiff, TIFFTAG_EXTRASAMPLES, 1, &kind);
    return Alpha::Multiplied;
}

void readAsBytes(TIFF* tiff, const Layout& layout, cv::Mat& rgb) {
    const Alpha alpha = settleAlpha(tiff, layout);
    char reason[1024] = "";
    if (TIFFRGBAImageOK(tiff, reason) == 0) throwUnknownKind();
    TIFFRGBAImage image{};
    if (TIFFRGBAImageBegin(&image, tiff, /*stopOnError=*/1, reason) == 0) throwDamaged();
    const std::unique_ptr<TIFFRGBAImage, decltype(&TIFFRGBAImageEnd)> closer(&image, TIFFRGBAImageEnd);
    image.orientation = image.req_orientation = ORIENTATION_TOPLEFT;  // rows as stored: the picture is turned with all others
    std::vector<std::uint32_t> raster(rgb.total());
    if (TIFFRGBAImageGet(&image, raster.data(), image.width, image.height) == 0) throwDamaged();
    std::uint8_t* out = rgb.ptr();
    for (const std::uint32_t pixel : raster) {  // colours are multiplied by alpha already
        const std::uint32_t white = alpha == Alpha::Ignored ? 0 : 255 - TIFFGetA(pixel);
        for (const std::uint32_t colour : {TIFFGetR(pixel), TIFFGetG(pixel), TIFFGetB(pixel)})
            *out++ = static_cast<std::uint8_t>(std::min<std::uint32_t>(255, colour + white));
    }
}

float halfToFloat(std::uint16_t half) {
    const int exponent = half >> 10 & 31;
    const float sign = half >> 15 != 0 ? -1.0f : 1.0f, fraction = static_cast<float>(half & 1023) / 1024.0f;
    if (exponent == 31) return fraction == 0 ? sign * std::numeric_limits<float>::infinity() : std::nanf("");
    return sign * (exponent == 0 ? std::ldexp(fraction, -14) : std::ldexp(1 + fraction, exponent - 15));
}

template <typename T>
T numberAt(const std::uint8_t* data) {
    T value;
    std::memcpy(&value, data, sizeof value);
    return value;
}

/// nullptr for a kind that is not read.
using ReadNumber = float (*)(const std::uint8_t*);
ReadNumber numberReader(const Layout& layout) {
    switch (layout.format * 100 + layout.bits) {
        case SAMPLEFORMAT_IEEEFP * 100 + 16:
            return [](const std::uint8_t* at) { return halfToFloat(numberAt<std::uint16_t>(at)); };
        case SAMPLEFORMAT_IEEEFP * 100 + 32:
            return [](const std::uint8_t* at) { return numberAt<float>(at); };
        case SAMPLEFORMAT_IEEEFP * 100 + 64:
            return [](const std::uint8_t* at) { return static_cast<float>(numberAt<double>(at)); };
        case SAMPLEFORMAT_INT * 100 + 8:
            return [](const std::uint8_t* at) { return static_cast<float>(numberAt<std::int8_t>(at)); };
        case SAMPLEFORMAT_INT * 100 + 16:
            return [](const std::uint8_t* at) { return static_cast<float>(numberAt<std::int16_t>(at)); };
        case SAMPLEFORMAT_INT * 100 + 32:
            return [](const std::uint8_t* at) { return static_cast<float>(numberAt<std::int32_t>(at)); };
        case SAMPLEFORMAT_UINT * 100 + 16:
            return [](const std::uint8_t* at) { return static_cast<float>(numberAt<std::uint16_t>(at)); };
        case SAMPLEFORMAT_UINT * 100 + 32:
            return [](const std::uint8_t* at) { return static_cast<float>(numberAt<std::uint32_t>(at)); };
        default:
            return nullptr;
    }
}

/// Copies the piece of `plane` (0 unless the planes are stored one by one) at x, y into numbers of `channels` a pixel.
struct Numbers {
    const Layout& layout;
    int channels;
    ReadNumber read;
    std::vector<float> values;

    void take(const std::uint8_t* piece, std::uint32_t x, std::uint32_t y, std::uint32_t pieceWidth, std::uint32_t pieceHeight,
              int plane) {
        const bool apart = layout.planes == PLANARCONFIG_SEPARATE;
        const std::size_t step = (apart ? 1 : layout.samples) * layout.bytesEach();
        for (std::uint32_t row = 0; row < pieceHeight && y + row < layout.height; ++row)
            for (std::uint32_t column = 0; column < pieceWidth && x + column < layout.width; ++column) {
                const std::uint8_t* pixel = piece + (std::size_t{row} * pieceWidth + column) * step;
                float* out =
                    values.data() + (std::size_t{y + row} * layout.width + x + column) * static_cast<std::size_t>(channels);
                if (apart)
                    out[plane] = read(pixel);
                else
                    for (int c = 0; c < channels; ++c) out[c] = read(pixel + static_cast<std::size_t>(c) * layout.bytesEach());
            }
    }
};

void readPieces(TIFF* tiff, Numbers& numbers) {
    const Layout& layout = numbers.layout;
    const bool tiled = TIFFIsTiled(tiff) != 0;
    const auto width = tiled ? tagOf<std::uint32_t>(tiff, TIFFTAG_TILEWIDTH, 0) : layout.width;
    const auto height = std::min(tiled ? tagOf<std::uint32_t>(tiff, TIFFTAG_TILELENGTH, 0)
                                       : tagOf<std::uint32_t>(tiff, TIFFTAG_ROWSPERSTRIP, layout.height),
                                 tiled ? std::numeric_limits<std::uint32_t>::max() : layout.height);
    const tmsize_t bytes = tiled ? TIFFTileSize(tiff) : TIFFStripSize(tiff);
    const std::size_t step = (layout.planes == PLANARCONFIG_SEPARATE ? 1 : layout.samples) * layout.bytesEach();
    if (width == 0 || height == 0 || bytes <= 0 || bytes > kMostMemory ||
        std::uint64_t{width} * height > static_cast<std::uint64_t>(bytes) / step)
        throwDamaged();
    std::vector<std::uint8_t> piece(static_cast<std::size_t>(bytes));
    for (int plane = 0; plane < (layout.planes == PLANARCONFIG_SEPARATE ? numbers.channels : 1); ++plane)
        for (std::uint64_t y = 0; y < layout.height; y += height)
            for (std::uint64_t x = 0; x < layout.width; x += width) {
                const auto left = static_cast<std::uint32_t>(x), top = static_cast<std::uint32_t>(y);
                const auto sample = static_cast<std::uint16_t>(plane);
                const tmsize_t got =
                    tiled ? TIFFReadEncodedTile(tiff, TIFFComputeTile(tiff, left, top, 0, sample), piece.data(), bytes)
                          : TIFFReadEncodedStrip(tiff, TIFFComputeStrip(tiff, top, sample), piece.data(), bytes);
                const std::uint32_t rows = tiled ? height : std::min(height, layout.height - top);
                if (got < 0 || static_cast<std::uint64_t>(got) < std::uint64_t{width} * rows * step) throwDamaged();
                numbers.take(piece.data(), left, top, width, rows, plane);
            }
}

/// 16 bits and numbers between 0 and 1 as they are; else the range that occurs becomes black to white.
void readAsNumbers(TIFF* tiff, const Layout& layout, cv::Mat& rgb) {
    const ReadNumber read = numberReader(layout);
    const bool brightness = layout.photometric == PHOTOMETRIC_LOGLUV;
    const bool colours = (layout.photometric == PHOTOMETRIC_RGB || brightness) && layout.samples >= 3;
    const bool inverted = layout.photometric == PHOTOMETRIC_MINISWHITE;
    if (read == nullptr ||
        (!colours && !inverted && layout.photometric != PHOTOMETRIC_MINISBLACK && layout.photometric != PHOTOMETRIC_LOGL))
        throwUnknownKind();
    Numbers numbers{layout, colours ? 3 : 1, read, {}};
    numbers.values.resize(rgb.total() * static_cast<std::size_t>(numbers.channels));
    readPieces(tiff, numbers);
    if (brightness) {  // OpenCV writes its pictures of floats so
        cv::Mat values(rgb.size(), CV_32FC3, numbers.values.data());
        cv::cvtColor(values, values, cv::COLOR_XYZ2RGB);
    }

    float low = std::numeric_limits<float>::infinity(), high = -low;
    for (const float value : numbers.values)
        if (std::isfinite(value)) low = std::min(low, value), high = std::max(high, value);
    if (low >= 0 && high <= 1 && layout.format == SAMPLEFORMAT_IEEEFP) low = 0, high = 1;
    if (layout.format == SAMPLEFORMAT_UINT && layout.bits == 16) low = 0, high = 65535;
    const float scale = high > low ? 255 / (high - low) : 0;
    std::uint8_t* out = rgb.ptr();
    for (const float value : numbers.values) {
        const float level = std::isnan(value) ? 0 : std::clamp((value - low) * scale, 0.0f, 255.0f);
        const auto byte = static_cast<std::uint8_t>(std::lround(std::isnan(level) ? 0 : inverted ? 255 - level : level));
        for (int copies = numbers.channels == 1 ? 3 : 1; copies > 0; --copies) *out++ = byte;
    }
}

}  // namespace

DecodedPicture decodeTiff(const std::string& bytes) {
    Source source{bytes};
    const Tiff tiff = open(source);
    if (!tiff) throwDamaged();
    TIFFSetField(tiff.get(), TIFFTAG_SGILOGDATAFMT, SGILOGDATAFMT_FLOAT);  // means something for logarithms of brightness only
    const Layout layout = layoutOf(tiff.get());
    requirePictureSize(layout.width, layout.height);
    std::uint32_t kind = 0;
    const void* version = nullptr;
    const bool preview = TIFFGetField(tiff.get(), TIFFTAG_SUBFILETYPE, &kind) == 1 && (kind & FILETYPE_REDUCEDIMAGE) != 0;
    if (preview || TIFFGetField(tiff.get(), kDngVersion, &version) == 1)
        throw DataError("it is a camera's raw picture, which Thaw does not read; convert it to JPEG or PNG");
    DecodedPicture picture;
    picture.orientation = tagOf<std::uint16_t>(tiff.get(), TIFFTAG_ORIENTATION, ORIENTATION_TOPLEFT);
    picture.rgb.create(static_cast<int>(layout.height), static_cast<int>(layout.width), CV_8UC3);
    const bool deepGrey = layout.bits == 16 && layout.samples == 1 && layout.photometric <= PHOTOMETRIC_MINISBLACK;
    const bool bytesSuffice = layout.format != SAMPLEFORMAT_IEEEFP && layout.format != SAMPLEFORMAT_INT && layout.bits <= 16;
    if (bytesSuffice && !deepGrey)
        readAsBytes(tiff.get(), layout, picture.rgb);
    else
        readAsNumbers(tiff.get(), layout, picture.rgb);
    return picture;
}

}  // namespace thaw::core
