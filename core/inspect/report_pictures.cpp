#include "core/inspect/report_pictures.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

namespace thaw::core {
namespace {

constexpr int kMapSide = 160;
constexpr double kOpacity = 0.5;

cv::Mat bgrOf(const PictureSet& pictures, std::int64_t index) {
    std::vector<std::uint8_t> pixels = pictures.read({index});
    const cv::Mat rgb(pictures.height, pictures.width, CV_8UC3, pixels.data());
    cv::Mat bgr;
    cv::cvtColor(rgb, bgr, cv::COLOR_RGB2BGR);
    return bgr;
}

std::string png(const cv::Mat& bgr) {
    std::vector<unsigned char> bytes;
    cv::imencode(".png", bgr, bytes);
    return {bytes.begin(), bytes.end()};
}

}  // namespace

std::string picturePng(const PictureSet& pictures, std::int64_t index) { return png(bgrOf(pictures, index)); }

std::string mapPng(const PictureSet& pictures, std::int64_t index, const ClassMap& map) {
    cv::Mat picture, levels, colours, mixed;
    cv::resize(bgrOf(pictures, index), picture, {kMapSide, kMapSide}, 0, 0, cv::INTER_CUBIC);
    const cv::Mat plane(map.height, map.width, CV_32F, const_cast<float*>(map.values.data()));
    cv::Mat large;
    cv::resize(plane, large, {kMapSide, kMapSide}, 0, 0, cv::INTER_LINEAR);
    large.convertTo(levels, CV_8U, 255);
    cv::applyColorMap(levels, colours, cv::COLORMAP_INFERNO);
    cv::addWeighted(picture, 1 - kOpacity, colours, kOpacity, 0, mixed);
    return png(mixed);
}

}  // namespace thaw::core
