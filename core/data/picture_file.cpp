#include "core/data/picture_file.h"

#include <algorithm>
#include <new>
#include <opencv2/imgproc.hpp>
#include <string>

#include "core/api/errors.h"
#include "core/data/picture_decoders.h"
#include "core/data/picture_format.h"
#include "core/util/hash.h"

namespace thaw::core {

namespace fs = std::filesystem;

namespace {

constexpr int kShownSide = 512;

DecodedPicture decodeBytes(const std::string& bytes, int leastSide = 0) {
    switch (formatOf(bytes)) {
        case PictureFormat::Jpeg:
            return decodeJpeg(bytes, leastSide);
        case PictureFormat::Png:
            return decodePng(bytes);
        case PictureFormat::WebP:
            return decodeWebP(bytes);
        case PictureFormat::Gif:
            return decodeGif(bytes);
        case PictureFormat::Tiff:
            return decodeTiff(bytes);
        case PictureFormat::Bmp:
            return decodeBmp(bytes);
        case PictureFormat::Heif:
#ifdef THAW_HEIF
            return decodeHeif(bytes);
#endif
        case PictureFormat::Dicom:
#ifdef THAW_DICOM
            return decodeDicom(bytes);
#endif
        case PictureFormat::None:
            break;
    }
    throw DataError(foreignContent(bytes));
}

/// EXIF's eight ways to hold a camera.
cv::Mat turned(const DecodedPicture& picture) {
    cv::Mat upright = picture.rgb;
    if (picture.orientation >= 5) {
        cv::Mat transposed;
        cv::transpose(upright, transposed);
        upright = transposed;
    }
    constexpr int kBoth = -1, kUpsideDown = 0, kMirrored = 1;
    switch (picture.orientation) {
        case 2:
        case 6:
            cv::flip(upright, upright, kMirrored);
            break;
        case 3:
        case 7:
            cv::flip(upright, upright, kBoth);
            break;
        case 4:
        case 8:
            cv::flip(upright, upright, kUpsideDown);
            break;
        default:
            break;
    }
    return upright;
}

/// OpenCV's own exception for memory that it does not get.
template <typename Work>
auto withMemory(const Work& work) {
    try {
        return work();
    } catch (const cv::Exception&) {
        throw std::bad_alloc();
    }
}

/// Throws DataError with the reason alone, bad_alloc, Cancelled.
std::string bytesOfFile(const fs::path& file, const std::atomic<bool>* stop) {
    OpenedPicture opened(file);
    requirePictureBytes(opened.size());
    std::string bytes = opened.read(kMaxPictureBytes + 1, stop);
    requirePictureBytes(static_cast<std::int64_t>(bytes.size()));
    return bytes;
}

/// Throws the same. `leastSide`: see decodeJpeg.
cv::Mat decode(const fs::path& file, int leastSide = 0, const std::atomic<bool>* stop = nullptr) {
    const std::string bytes = bytesOfFile(file, stop);
    return withMemory([&] { return turned(decodeBytes(bytes, leastSide)); });
}

/// One axis after the other: each is averaged when it shrinks, and bilinear when it grows.
cv::Mat squeeze(const cv::Mat& rgb, int side) {
    const auto method = [side](int length) { return length > side ? cv::INTER_AREA : cv::INTER_LINEAR; };
    cv::Mat narrow, result;
    cv::resize(rgb, narrow, cv::Size(side, rgb.rows), 0, 0, method(rgb.cols));
    cv::resize(narrow, result, cv::Size(side, side), 0, 0, method(rgb.rows));
    return result;
}

cv::Mat resized(const cv::Mat& rgb, int width, int height) {
    cv::Mat result;
    const bool shrinks = rgb.cols > width || rgb.rows > height;
    cv::resize(rgb, result, cv::Size(width, height), 0, 0, shrinks ? cv::INTER_AREA : cv::INTER_LINEAR);
    return result;
}

/// The whole picture in the middle of a grey square.
cv::Mat withBars(const cv::Mat& rgb) {
    constexpr int kGrey = 128;
    const int longest = std::max(rgb.cols, rgb.rows), above = (longest - rgb.rows) / 2, before = (longest - rgb.cols) / 2;
    cv::Mat result;
    cv::copyMakeBorder(rgb, result, above, longest - rgb.rows - above, before, longest - rgb.cols - before, cv::BORDER_CONSTANT,
                       cv::Scalar::all(kGrey));
    return result;
}

cv::Mat squareOf(const cv::Mat& rgb, const PictureKind& kind) {
    const int side = kind.side, crop = std::min(rgb.cols, rgb.rows);
    cv::Mat result;
    switch (kind.fit) {
        case SquareFit::CentreCrop:
            result = resized(rgb(cv::Rect((rgb.cols - crop) / 2, (rgb.rows - crop) / 2, crop, crop)), side, side);
            break;
        case SquareFit::Whole:
            result = resized(withBars(rgb), side, side);
            break;
        case SquareFit::Stretched:
            result = resized(rgb, side, side);
            break;
    }
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
        picture.modelRgb = bytesOf(squareOf(rgb, kind));
    } catch (const DataError& error) {
        picture.error = file.filename().string() + " cannot be read: " + error.what() + '.';
    } catch (const std::exception&) {  // cv::Exception and bad_alloc from the resizing
        picture.error = file.filename().string() + " cannot be read: there is not enough memory for it.";
    }
    return picture;
}

std::vector<std::uint8_t> squareOfPicture(const RgbPicture& picture, const PictureKind& kind) {
    const cv::Mat rgb(picture.height, picture.width, CV_8UC3, const_cast<std::uint8_t*>(picture.rgb.data()));
    return bytesOf(squareOf(rgb, kind));
}

std::vector<std::uint8_t> readSquarePicture(const fs::path& file, const PictureKind& kind) {
    try {
        return squareOfFile(file, kind, DecodedSize::Full);
    } catch (const DataError& error) {
        throw DataError(file.string() + " cannot be read: " + error.what() + '.', "Remove the file or replace it.");
    } catch (const std::bad_alloc&) {
        throw DataError(file.string() + " cannot be read: there is not enough memory for it.");
    }
}

SmallPicture smallPictureOfFile(const fs::path& file, int side, const std::atomic<bool>* stop) {
    const std::string bytes = bytesOfFile(file, stop);
    SmallPicture small;
    small.digest = digestOf(bytes.data(), bytes.size());
    return withMemory([&] {
        const DecodedPicture decoded = decodeBytes(bytes, 2 * side);
        const cv::Mat upright = turned(decoded);
        const cv::Size whole = decoded.whole.empty() ? decoded.rgb.size() : decoded.whole;
        const bool lying = decoded.orientation >= 5;
        small.width = lying ? whole.height : whole.width;
        small.height = lying ? whole.width : whole.height;
        small.rgb = bytesOf(squeeze(upright, side));
        return small;
    });
}

std::vector<std::uint8_t> squeezed(const std::uint8_t* rgb, int width, int height, int side) {
    const cv::Mat picture(height, width, CV_8UC3, const_cast<std::uint8_t*>(rgb));
    return withMemory([&] { return bytesOf(squeeze(picture, side)); });
}

std::vector<std::uint8_t> squareOfFile(const fs::path& file, const PictureKind& kind, DecodedSize size,
                                       const std::atomic<bool>* stop) {
    const cv::Mat rgb = decode(file, size == DecodedSize::AsNeeded ? 2 * kind.side : 0, stop);
    return withMemory([&] { return bytesOf(squareOf(rgb, kind)); });
}

}  // namespace thaw::core
