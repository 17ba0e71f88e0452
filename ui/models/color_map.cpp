#include "ui/models/color_map.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace thaw::ui {
namespace {

constexpr int kSteps = 256;

/// Polynomials fitted to Matplotlib's table by Matt Zucker (public domain).
QRgb fittedInferno(double t) {
    constexpr double kFit[7][3] = {{0.0002189403691192265, 0.001651004631001012, -0.01948089843709184},
                                   {0.1065134194856116, 0.5639564367884091, 3.932712388889277},
                                   {11.60249308247187, -3.972853965665698, -15.9423941062914},
                                   {-41.70399613139459, 17.43639888205313, 44.35414519872813},
                                   {77.162935699427, -33.40235894210092, -81.80730925738993},
                                   {-71.31942824499214, 32.62606426397723, 73.20951985803202},
                                   {25.13112622477341, -12.24266895238567, -23.07032500287172}};
    int channels[3];
    for (int c = 0; c < 3; ++c) {
        double sum = 0;
        for (int power = 6; power >= 0; --power) sum = sum * t + kFit[power][c];
        channels[c] = static_cast<int>(std::lround(255 * std::clamp(sum, 0.0, 1.0)));
    }
    return qRgb(channels[0], channels[1], channels[2]);
}

/// The ramp at equal steps: an image asks for its colours pixel by pixel.
std::vector<QRgb> tabled(const ColorRamp& ramp) {
    std::vector<QRgb> table(kSteps);
    for (int i = 0; i < kSteps; ++i) table[static_cast<std::size_t>(i)] = ramp(i / (kSteps - 1.0));
    return table;
}

QRgb colorAt(const std::vector<QRgb>& table, double value, double low, double high) {
    const double share = high > low && std::isfinite(value) ? std::clamp((value - low) / (high - low), 0.0, 1.0) : 0.0;
    return table[static_cast<std::size_t>(std::lround(share * (kSteps - 1)))];
}

/// Two neighbours and the share of the second, for pixel `at` of `pixels` over `cells`.
struct Between {
    int first, second;
    double share;
};
Between between(int at, int pixels, int cells) {
    const double place = std::clamp((at + 0.5) * cells / pixels - 0.5, 0.0, cells - 1.0);
    const int first = static_cast<int>(place);
    return {first, std::min(first + 1, cells - 1), place - first};
}

}  // namespace

QRgb inferno(double value) {
    static const std::vector<QRgb> table = tabled(fittedInferno);
    return colorAt(table, value, 0, 1);
}

QColor mixed(const QColor& from, const QColor& to, double share) {
    return QColor::fromRgbF(static_cast<float>(from.redF() + (to.redF() - from.redF()) * share),
                            static_cast<float>(from.greenF() + (to.greenF() - from.greenF()) * share),
                            static_cast<float>(from.blueF() + (to.blueF() - from.blueF()) * share));
}

ColorRamp rampBetween(const QColor& from, const QColor& to) {
    return [from, to](double value) { return mixed(from, to, std::clamp(value, 0.0, 1.0)).rgb(); };
}

QImage planeImage(const Plane& plane, double low, double high, const ColorRamp& ramp) {
    if (plane.isEmpty()) return {};
    const std::vector<QRgb> table = tabled(ramp);
    QImage image(plane.width, plane.height, QImage::Format_RGB32);
    for (int y = 0; y < plane.height; ++y) {
        auto* line = reinterpret_cast<QRgb*>(image.scanLine(y));
        for (int x = 0; x < plane.width; ++x) line[x] = colorAt(table, plane.values[y * plane.width + x], low, high);
    }
    return image;
}

QImage smoothPlaneImage(const Plane& plane, QSize size, double low, double high, const ColorRamp& ramp) {
    if (plane.isEmpty() || size.isEmpty()) return {};
    const std::vector<QRgb> table = tabled(ramp);
    std::vector<Between> columns;
    for (int x = 0; x < size.width(); ++x) columns.push_back(between(x, size.width(), plane.width));
    QImage image(size, QImage::Format_RGB32);
    for (int y = 0; y < size.height(); ++y) {
        const Between row = between(y, size.height(), plane.height);
        const float *above = plane.values + row.first * plane.width, *below = plane.values + row.second * plane.width;
        auto* line = reinterpret_cast<QRgb*>(image.scanLine(y));
        for (int x = 0; x < size.width(); ++x) {
            const Between& at = columns[static_cast<std::size_t>(x)];
            const double top = above[at.first] + at.share * (above[at.second] - above[at.first]);
            const double bottom = below[at.first] + at.share * (below[at.second] - below[at.first]);
            line[x] = colorAt(table, top + row.share * (bottom - top), low, high);
        }
    }
    return image;
}

}  // namespace thaw::ui
