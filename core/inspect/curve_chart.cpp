#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "core/api/errors.h"
#include "core/api/runs.h"
#include "core/store/atomic_file.h"

namespace thaw::core {
namespace {

// Drawn at twice the size and halved, which smooths OpenCV's line fonts.
constexpr int kFactor = 2;
constexpr int kWidth = 1200, kHeight = 900;

const cv::Scalar kInk(43, 32, 20), kInk2(121, 106, 90), kGrid(240, 234, 228), kPaper(255, 255, 255);
const cv::Scalar kIce(251, 244, 234), kWarm(232, 244, 255), kValidation(166, 58, 44), kTraining(184, 100, 90);

struct Axis {
    cv::Rect area;
    double xMax, yMin, yMax;
    cv::Point at(double x, double y) const {
        return {area.x + static_cast<int>(std::lround(x / xMax * area.width)),
                area.y + area.height - static_cast<int>(std::lround((y - yMin) / (yMax - yMin) * area.height))};
    }
};

void text(cv::Mat& image, const std::string& words, cv::Point origin, double size, const cv::Scalar& color,
          bool alignRight = false) {
    const double scale = size / 22.0 * kFactor;
    const int thickness = kFactor;
    if (alignRight) origin.x -= cv::getTextSize(words, cv::FONT_HERSHEY_SIMPLEX, scale, thickness, nullptr).width;
    cv::putText(image, words, origin, cv::FONT_HERSHEY_SIMPLEX, scale, color, thickness, cv::LINE_AA);
}

std::string number(double value, const char* format) {
    char buffer[400];
    std::snprintf(buffer, sizeof buffer, format, value);
    return buffer;
}

/// 1, 2 or 5 times a power of ten, giving about five steps.
double niceStep(double span) {
    const double raw = span / 5, power = std::pow(10.0, std::floor(std::log10(raw)));
    for (const double factor : {1.0, 2.0, 5.0})
        if (factor * power >= raw) return factor * power;
    return 10 * power;
}

void drawGrid(cv::Mat& image, const Axis& axis, const char* format, double labelFactor) {
    const double step = niceStep(axis.yMax - axis.yMin);
    for (double y = std::ceil(axis.yMin / step - 1e-9) * step; y <= axis.yMax + step * 1e-6; y += step) {
        const cv::Point left = axis.at(0, y);
        cv::line(image, left, {axis.area.x + axis.area.width, left.y}, kGrid, kFactor);
        text(image, number(y * labelFactor, format), {axis.area.x - 8 * kFactor, left.y + 5 * kFactor}, 12, kInk2, true);
    }
    const int every = std::max(1, static_cast<int>(std::ceil(axis.xMax / 20)));
    for (int epoch = 0; epoch <= axis.xMax; epoch += every)
        text(image, std::to_string(epoch),
             {axis.at(epoch, axis.yMin).x - 4 * kFactor, axis.area.y + axis.area.height + 20 * kFactor}, 12, kInk2);
}

void drawPhases(cv::Mat& image, const Axis& axis, const RunHistory& history) {
    for (const Event& event : history.events) {
        const auto* phase = std::get_if<PhaseStarted>(&event.data);
        if (!phase) continue;
        const cv::Point from = axis.at(phase->firstEpoch - 1, axis.yMax);
        const cv::Point to = axis.at(std::min<double>(phase->firstEpoch - 1 + phase->epochs, axis.xMax), axis.yMin);
        cv::rectangle(image, from, to, phase->phase == 0 ? kIce : kWarm, cv::FILLED);
        text(image, phase->title, {from.x + 10 * kFactor, from.y + 22 * kFactor}, 13, kInk2);
    }
}

void drawCurve(cv::Mat& image, const Axis& axis, const RunHistory& history, double EpochFinished::*value, const cv::Scalar& color,
               int width, bool discs) {
    std::vector<cv::Point> points;
    for (const EpochFinished& epoch : history.epochs)
        if (std::isfinite(epoch.*value)) points.push_back(axis.at(epoch.epoch, std::clamp(epoch.*value, axis.yMin, axis.yMax)));
    cv::polylines(image, points, false, color, width * kFactor, cv::LINE_AA);
    if (!discs) return;
    for (const cv::Point& point : points) cv::circle(image, point, 4 * kFactor, color, cv::FILLED, cv::LINE_AA);
}

Axis axisFor(cv::Rect area, const RunHistory& history, double EpochFinished::*first, double EpochFinished::*second,
             double margin) {
    double low = 1e300, high = -1e300;
    for (const EpochFinished& epoch : history.epochs)
        for (const double value : {epoch.*first, epoch.*second})
            if (std::isfinite(value)) low = std::min(low, value), high = std::max(high, value);
    if (low > high) low = 0, high = 1;
    const double pad = std::max((high - low) * 0.08, margin);
    const int planned = std::max<int>(history.summary.plannedEpochs, history.epochs.empty() ? 1 : history.epochs.back().epoch);
    return {cv::Rect(area.x * kFactor, area.y * kFactor, area.width * kFactor, area.height * kFactor),
            static_cast<double>(planned), std::max(0.0, low - pad), high + pad};
}

void drawLegend(cv::Mat& image, cv::Point origin) {
    cv::line(image, origin, {origin.x + 30 * kFactor, origin.y}, kValidation, 3 * kFactor, cv::LINE_AA);
    text(image, "validation", {origin.x + 38 * kFactor, origin.y + 5 * kFactor}, 13, kInk);
    origin.x += 150 * kFactor;
    cv::line(image, origin, {origin.x + 30 * kFactor, origin.y}, kTraining, kFactor, cv::LINE_AA);
    text(image, "training (dropout on)", {origin.x + 38 * kFactor, origin.y + 5 * kFactor}, 13, kInk);
}

}  // namespace

void drawCurves(const RunHistory& history, const std::filesystem::path& png) {
    cv::Mat image(kHeight * kFactor, kWidth * kFactor, CV_8UC3, kPaper);
    const MetricInfo& score = taskInfo(history.summary.task).score;
    const double factor = score.isShare ? 100 : 1;
    const Axis accuracy = axisFor({80, 110, 1080, 420}, history, &EpochFinished::trainScore, &EpochFinished::valScore, 0.01);
    const Axis loss = axisFor({80, 600, 1080, 240}, history, &EpochFinished::trainLoss, &EpochFinished::valLoss, 0.01);

    std::string heading = history.summary.title.empty() ? history.summary.preset : history.summary.title;
    heading += " - " + history.summary.dataset;
    if (history.summary.bestScore >= 0)
        heading += " - validation " + score.inSentence +
                   number(history.summary.bestScore * factor, score.isShare ? " %.1f %%" : " %.2f") + " in epoch " +
                   std::to_string(history.summary.bestEpoch) + ", the best";
    text(image, heading, {80 * kFactor, 45 * kFactor}, 17, kInk);
    drawLegend(image, {770 * kFactor, 88 * kFactor});

    drawPhases(image, accuracy, history);
    drawPhases(image, loss, history);
    text(image, score.title, {80 * kFactor, 95 * kFactor}, 14, kInk);
    text(image, "Loss", {80 * kFactor, 585 * kFactor}, 14, kInk);
    text(image, "epoch", {600 * kFactor, 885 * kFactor}, 13, kInk2);
    drawGrid(image, accuracy, score.isShare ? "%.0f %%" : "%.0f", factor);
    drawGrid(image, loss, "%.2f", 1);
    drawCurve(image, accuracy, history, &EpochFinished::trainScore, kTraining, 1, false);
    drawCurve(image, accuracy, history, &EpochFinished::valScore, kValidation, 3, true);
    drawCurve(image, loss, history, &EpochFinished::trainLoss, kTraining, 1, false);
    drawCurve(image, loss, history, &EpochFinished::valLoss, kValidation, 3, true);

    cv::Mat halved;
    cv::resize(image, halved, {kWidth, kHeight}, 0, 0, cv::INTER_AREA);
    std::vector<unsigned char> bytes;
    cv::imencode(".png", halved, bytes);
    writeFileAtomically(png, std::string(bytes.begin(), bytes.end()));
}

}  // namespace thaw::core
