// Augmentation's arithmetic on pixels, by OpenCV.
#include <algorithm>
#include <array>
#include <cmath>

#include <opencv2/imgproc.hpp>

#include "core/data/picture_change.h"

namespace thaw::core {
namespace {

constexpr double kDegree = 3.14159265358979323846 / 180;

/// From pixels of the result to those of the picture.
cv::Matx23d mapOf(int width, int height, const PictureChange& change, int side) {
    const double acrossX = change.cropWidth * static_cast<double>(width) / side * (change.flip ? -1 : 1);
    const double acrossY = change.cropHeight * static_cast<double>(height) / side * (change.verticalFlip ? -1 : 1);
    const double turn = change.rotation * kDegree, cosine = std::cos(turn), sine = std::sin(turn);
    const double centreX = (change.cropX + change.cropWidth / 2) * width + change.shiftX;
    const double centreY = (change.cropY + change.cropHeight / 2) * height + change.shiftY;
    const double middle = (side - 1) / 2.0;
    const cv::Matx22d turned(cosine * acrossX, -sine * acrossY, sine * acrossX, cosine * acrossY);
    return {turned(0, 0), turned(0, 1), centreX - 0.5 - (turned(0, 0) + turned(0, 1)) * middle,
            turned(1, 0), turned(1, 1), centreY - 0.5 - (turned(1, 0) + turned(1, 1)) * middle};
}

double brightnessOf(const cv::Vec3b& pixel) { return 0.299 * pixel[0] + 0.587 * pixel[1] + 0.114 * pixel[2]; }

void recolour(cv::Mat& rgb, const PictureChange& change) {
    if (change.brightness == 1 && change.contrast == 1 && change.saturation == 1) return;
    const cv::Scalar mean = cv::mean(rgb);
    const double grey = 0.299 * mean[0] + 0.587 * mean[1] + 0.114 * mean[2];
    for (int y = 0; y < rgb.rows; ++y)
        for (int x = 0; x < rgb.cols; ++x) {
            cv::Vec3b& pixel = rgb.at<cv::Vec3b>(y, x);
            const double own = brightnessOf(pixel);
            for (int c = 0; c < 3; ++c) {
                const double saturated = own + change.saturation * (pixel[c] - own);
                pixel[c] = cv::saturate_cast<std::uint8_t>(change.brightness * (grey + change.contrast * (saturated - grey)));
            }
        }
}

void erase(cv::Mat& rgb, const PictureChange& change) {
    const auto pixels = [&](float share) { return static_cast<int>(std::lround(share * static_cast<float>(rgb.cols))); };
    const cv::Rect part(pixels(change.eraseX), pixels(change.eraseY), pixels(change.eraseWidth), pixels(change.eraseHeight));
    const cv::Rect inside = part & cv::Rect(0, 0, rgb.cols, rgb.rows);
    if (!inside.empty()) rgb(inside).setTo(cv::mean(rgb));
}

}  // namespace

void changePicture(const std::uint8_t* rgb, int width, int height, const PictureChange& change, int side, std::uint8_t* out) {
    const cv::Mat picture(height, width, CV_8UC3, const_cast<std::uint8_t*>(rgb));
    cv::Mat result(side, side, CV_8UC3, out);
    cv::warpAffine(picture, result, mapOf(width, height, change, side), result.size(), cv::INTER_LINEAR | cv::WARP_INVERSE_MAP,
                   cv::BORDER_REFLECT);
    recolour(result, change);
    if (change.blur > 0.05f) cv::GaussianBlur(result, result, cv::Size(), change.blur);
    erase(result, change);
}

}  // namespace thaw::core
