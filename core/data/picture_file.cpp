#include "core/data/picture_file.h"

#include <algorithm>
#include <cstring>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <optional>
#include <string>
#include <system_error>

#include "core/api/errors.h"
#include "core/store/atomic_file.h"

namespace thaw::core {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kMaxBytes = 64u << 20;
constexpr std::int64_t kMaxPixels = 100'000'000;
constexpr int kShownSide = 512;

struct Header {
    bool jpeg = false;
    std::int64_t width = 0, height = 0;
};

// Big-endian and little-endian numbers at an offset; 0 beyond the end, which no size check lets pass.
struct Bytes {
    const std::string& text;
    std::int64_t at(std::size_t offset) const { return offset < text.size() ? static_cast<std::uint8_t>(text[offset]) : 0; }
    std::int64_t big(std::size_t offset, int count) const {
        std::int64_t value = 0;
        for (int i = 0; i < count; ++i) value = value << 8 | at(offset + static_cast<std::size_t>(i));
        return value;
    }
    std::int64_t little(std::size_t offset, int count) const {
        std::int64_t value = 0;
        for (int i = count - 1; i >= 0; --i) value = value << 8 | at(offset + static_cast<std::size_t>(i));
        return value;
    }
    bool has(std::size_t offset, const char* bytes, std::size_t count) const {
        return offset + count <= text.size() && std::memcmp(text.data() + offset, bytes, count) == 0;
    }
};

// Frame header of a JPEG: the first SOFn segment.
Header jpegHeader(const Bytes& bytes) {
    Header header{true, 0, 0};
    std::size_t offset = 2;
    while (offset + 4 <= bytes.text.size()) {
        if (bytes.at(offset) != 0xFF) {
            ++offset;
            continue;
        }
        const std::int64_t marker = bytes.at(offset + 1);
        if (marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC) {
            header.height = bytes.big(offset + 5, 2);
            header.width = bytes.big(offset + 7, 2);
            break;
        }
        const bool bare = marker == 0xFF || marker == 0x00 || marker == 0x01 || (marker >= 0xD0 && marker <= 0xD8);
        offset += bare ? 1 : 2 + static_cast<std::size_t>(bytes.big(offset + 2, 2));
    }
    return header;
}

// The coded data, which has no FF D9 within, goes to its end; a thumbnail with an end of its own lies before the data.
bool isWholeJpeg(const Bytes& bytes) {
    std::size_t offset = 2;
    while (offset + 4 <= bytes.text.size() && !(bytes.at(offset) == 0xFF && bytes.at(offset + 1) == 0xDA)) {
        const std::int64_t marker = bytes.at(offset + 1);
        const bool bare =
            bytes.at(offset) != 0xFF || marker == 0xFF || marker == 0x00 || marker == 0x01 || (marker >= 0xD0 && marker <= 0xD8);
        offset += bare ? 1 : 2 + static_cast<std::size_t>(bytes.big(offset + 2, 2));
    }
    return bytes.text.find("\xFF\xD9", offset) != std::string::npos;
}

Header webpHeader(const Bytes& bytes) {
    if (bytes.has(12, "VP8X", 4)) return {false, bytes.little(24, 3) + 1, bytes.little(27, 3) + 1};
    if (bytes.has(12, "VP8L", 4)) return {false, (bytes.little(21, 4) & 0x3FFF) + 1, (bytes.little(21, 4) >> 14 & 0x3FFF) + 1};
    return {false, bytes.little(26, 2) & 0x3FFF, bytes.little(28, 2) & 0x3FFF};
}

std::optional<Header> headerOf(const std::string& text) {
    const Bytes bytes{text};
    if (bytes.has(0, "\x89PNG\r\n\x1a\n", 8)) return Header{false, bytes.big(16, 4), bytes.big(20, 4)};
    if (bytes.has(0, "\xFF\xD8\xFF", 3)) return jpegHeader(bytes);
    if (bytes.has(0, "RIFF", 4) && bytes.has(8, "WEBP", 4)) return webpHeader(bytes);
    if (bytes.has(0, "BM", 2)) {
        if (bytes.little(14, 4) == 12) return Header{false, bytes.little(18, 2), bytes.little(20, 2)};  // OS/2's
        const auto height = static_cast<std::int32_t>(bytes.little(22, 4));  // negative: rows from top to bottom
        return Header{false, bytes.little(18, 4), std::abs(std::int64_t{height})};
    }
    return std::nullopt;
}

// 8 or 16 bit, grey, BGR or BGRA to 8-bit RGB.
cv::Mat toRgb(const cv::Mat& decoded) {
    cv::Mat eight = decoded;
    if (decoded.depth() == CV_16U) decoded.convertTo(eight, CV_8U, 1.0 / 257.0);
    if (eight.depth() != CV_8U) throw DataError("its pixels are of a kind that Thaw does not read");
    cv::Mat rgb;
    switch (eight.channels()) {
        case 1:
            cv::cvtColor(eight, rgb, cv::COLOR_GRAY2RGB);
            break;
        case 3:
            cv::cvtColor(eight, rgb, cv::COLOR_BGR2RGB);
            break;
        case 4:
            rgb.create(eight.size(), CV_8UC3);
            for (int y = 0; y < eight.rows; ++y) {
                const auto* in = eight.ptr<cv::Vec4b>(y);
                auto* out = rgb.ptr<cv::Vec3b>(y);
                for (int x = 0; x < eight.cols; ++x)
                    for (int c = 0; c < 3; ++c)
                        out[x][c] = static_cast<std::uint8_t>((in[x][2 - c] * in[x][3] + 255 * (255 - in[x][3]) + 127) / 255);
            }
            break;
        default:
            throw DataError("its pixels are of a kind that Thaw does not read");
    }
    return rgb;
}

std::string readBytes(const fs::path& file) {
    std::error_code error;
    const fs::file_status status = fs::status(file, error);
    if (status.type() == fs::file_type::not_found) throw DataError("the file is not there");
    if (!error && !fs::is_regular_file(status)) throw DataError("it is not a file");
    if (!error && fs::file_size(file, error) > kMaxBytes && !error) throw DataError("it is larger than 64 MB");
    try {
        return readSmallFile(file, kMaxBytes);
    } catch (const StoreError&) {
        throw DataError("the file cannot be opened; check its permissions");
    }
}

// Throws DataError with the reason alone.
cv::Mat decode(const fs::path& file) {
    std::string bytes = readBytes(file);
    const auto header = headerOf(bytes);
    if (!header) throw DataError("Thaw reads PNG, JPEG, WebP and BMP pictures, and this is none of them");
    if (header->width <= 0 || header->height <= 0) throw DataError("the file is damaged");
    // OpenCV makes up what is missing.
    if (header->jpeg && !isWholeJpeg({bytes})) throw DataError("the file is damaged: a part of it is missing");
    if (header->width > kMaxPixels / header->height)
        throw DataError("it has " + std::to_string(header->width) + " x " + std::to_string(header->height) +
                        " pixels, which is too large");
    try {
        // OpenCV turns a picture upright only where it may drop its alpha channel; a JPEG has none.
        const cv::Mat raw(1, static_cast<int>(bytes.size()), CV_8U, bytes.data());
        const cv::Mat decoded = cv::imdecode(raw, header->jpeg ? cv::IMREAD_COLOR : cv::IMREAD_UNCHANGED);
        if (decoded.empty()) throw DataError("the file is damaged");
        return toRgb(decoded);
    } catch (const cv::Exception&) {
        throw DataError("the file is damaged");
    } catch (const std::bad_alloc&) {
        throw DataError("there is not enough memory for it");
    }
}

cv::Mat centreSquare(const cv::Mat& rgb, const PictureKind& kind) {
    const int side = kind.side;
    const int crop = std::min(rgb.cols, rgb.rows);
    const cv::Mat square = rgb(cv::Rect((rgb.cols - crop) / 2, (rgb.rows - crop) / 2, crop, crop));
    cv::Mat result;
    cv::resize(square, result, cv::Size(side, side), 0, 0, crop > side ? cv::INTER_AREA : cv::INTER_LINEAR);
    if (kind.grey) {
        cv::Mat grey;
        cv::cvtColor(result, grey, cv::COLOR_RGB2GRAY);
        cv::cvtColor(grey, result, cv::COLOR_GRAY2RGB);
    }
    return result;
}

cv::Mat shown(const cv::Mat& rgb) {
    const int longest = std::max(rgb.cols, rgb.rows);
    if (longest <= kShownSide) return rgb;
    const auto scaled = [&](int side) { return std::max(1, static_cast<int>(std::int64_t{side} * kShownSide / longest)); };
    cv::Mat result;
    cv::resize(rgb, result, cv::Size(scaled(rgb.cols), scaled(rgb.rows)), 0, 0, cv::INTER_AREA);
    return result;
}

std::vector<std::uint8_t> bytesOf(const cv::Mat& rgb) {
    const cv::Mat whole = rgb.isContinuous() ? rgb : rgb.clone();
    return {whole.datastart, whole.dataend};
}

}  // namespace

FilePrediction readPictureFile(const fs::path& file, const PictureKind& kind) {
    FilePrediction picture;
    picture.file = file;
    try {
        const cv::Mat rgb = decode(file);
        const cv::Mat small = shown(rgb);
        picture.width = small.cols;
        picture.height = small.rows;
        picture.rgb = bytesOf(small);
        picture.modelSize = kind.side;
        picture.modelRgb = bytesOf(centreSquare(rgb, kind));
    } catch (const DataError& error) {
        picture.error = file.filename().string() + " cannot be read: " + error.what() + '.';
    } catch (const std::exception&) {  // cv::Exception and bad_alloc from the resizing
        picture.error = file.filename().string() + " cannot be read: there is not enough memory for it.";
    }
    return picture;
}

std::vector<std::uint8_t> centreSquareOf(const RgbPicture& picture, const PictureKind& kind) {
    const cv::Mat rgb(picture.height, picture.width, CV_8UC3, const_cast<std::uint8_t*>(picture.rgb.data()));
    return bytesOf(centreSquare(rgb, kind));
}

std::vector<std::uint8_t> readSquarePicture(const fs::path& file, const PictureKind& kind) {
    try {
        return bytesOf(centreSquare(decode(file), kind));
    } catch (const DataError& error) {
        throw DataError(file.string() + " cannot be read: " + error.what() + '.', "Remove the file or replace it.");
    } catch (const std::exception&) {
        throw DataError(file.string() + " cannot be read: there is not enough memory for it.");
    }
}

}  // namespace thaw::core
