#include "core/inspect/report_charts.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <tuple>
#include <utility>

#include "core/api/layer_names.h"
#include "core/inspect/report_text.h"
#include "core/util/text.h"

namespace thaw::core {
namespace {

// The window's colours on paper.
constexpr const char *kInk = "#14202B", *kInk2 = "#42515F", *kInk3 = "#5A6A79", *kLine = "#D3DBE3", *kGrid = "#E4EAF0";
constexpr const char *kValidation = "#2C3AA6", *kTraining = "#5A64B8";
constexpr const char *kIceBand = "#EAF4FB", *kIceStrip = "#DDEDF8", *kIce = "#1C659C", *kWarmBand = "#FFF4E8",
                     *kWarmStrip = "#FFE8D1", *kWarm = "#A84B00";
constexpr std::array<int, 3> kCellColour = {0x34, 0x43, 0xB0};

/// One figure of a picture: a tenth of a pixel is enough.
std::string n(double value) { return fixedText(value, 1); }

class Svg {
public:
    void rect(double x, double y, double width, double height, const std::string& fill) {
        m_body += "<rect x=\"" + n(x) + "\" y=\"" + n(y) + "\" width=\"" + n(width) + "\" height=\"" + n(height) + "\" fill=\"" +
                  fill + "\"/>";
    }
    void line(double x1, double y1, double x2, double y2, const std::string& stroke, double width, const std::string& dash = {}) {
        m_body += "<line x1=\"" + n(x1) + "\" y1=\"" + n(y1) + "\" x2=\"" + n(x2) + "\" y2=\"" + n(y2) + "\" stroke=\"" + stroke +
                  "\" stroke-width=\"" + n(width) + "\"" + (dash.empty() ? "" : " stroke-dasharray=\"" + dash + "\"") + "/>";
    }
    void polyline(const std::vector<std::pair<double, double>>& points, const std::string& stroke, double width) {
        if (points.size() < 2) return;
        m_body += "<polyline fill=\"none\" stroke=\"" + stroke + "\" stroke-width=\"" + n(width) +
                  "\" stroke-linejoin=\"round\" points=\"";
        for (const auto& [x, y] : points) m_body += n(x) + ',' + n(y) + ' ';
        m_body += "\"/>";
    }
    void circle(double x, double y, double radius, const std::string& fill, const std::string& stroke = "none",
                double width = 1) {
        m_body += "<circle cx=\"" + n(x) + "\" cy=\"" + n(y) + "\" r=\"" + n(radius) + "\" fill=\"" + fill + "\" stroke=\"" +
                  stroke + "\" stroke-width=\"" + n(width) + "\"/>";
    }
    /// `anchor`: start, middle or end. `turned`: degrees around (x, y).
    void text(double x, double y, const std::string& words, double size, const std::string& fill, const char* anchor = "start",
              bool bold = false, double turned = 0) {
        m_body += "<text x=\"" + n(x) + "\" y=\"" + n(y) + "\" font-family=\"Inter\" font-size=\"" + n(size) + "\" fill=\"" +
                  fill + "\" text-anchor=\"" + anchor + "\"" + (bold ? " font-weight=\"600\"" : "") +
                  (turned != 0 ? " transform=\"rotate(" + n(turned) + ' ' + n(x) + ' ' + n(y) + ")\"" : "") + ">" +
                  escapedHtml(words) + "</text>";
    }
    ReportChart finish(int width, int height, const std::string& description) const {
        return {"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + std::to_string(width) + ' ' +
                    std::to_string(height) + "\" role=\"img\" aria-label=\"" + escapedHtml(description) + "\">" + m_body +
                    "</svg>",
                width, height, description};
    }

private:
    std::string m_body;
};

// --- curves
// ---------------------------------------------------------------------------------------------------------------------

constexpr int kCurvesWidth = 720, kCurvesHeight = 470;
constexpr double kLeft = 52, kRight = 706;
constexpr double kMarkerRow = 10, kStrip = 42, kStripHeight = 18, kAccuracyTop = kStrip + kStripHeight, kAccuracyBottom = 270,
                 kLossTop = 312, kLossBottom = 436;
constexpr double kMarkerRadius = 8;

struct Plot {
    double top, bottom, epochs, low, high;
    double x(double position) const { return kLeft + position / epochs * (kRight - kLeft); }
    double y(double value) const { return bottom - (std::clamp(value, low, high) - low) / (high - low) * (bottom - top); }
};

/// 1, 2 or 5 times a power of ten, giving about `parts` steps.
double niceStep(double span, double parts) {
    const double raw = span / parts, power = std::pow(10.0, std::floor(std::log10(raw)));
    for (const double factor : {1.0, 2.0, 5.0})
        if (factor * power >= raw * (1 - 1e-9)) return factor * power;
    return 10 * power;
}

Plot plotOf(const RunHistory& history, double top, double bottom, double EpochFinished::*first, double EpochFinished::*second,
            double most) {
    double low = 1e300, high = -1e300;
    for (const EpochFinished& epoch : history.epochs)
        for (const double value : {epoch.*first, epoch.*second})
            if (std::isfinite(value)) low = std::min(low, value), high = std::max(high, value);
    if (low > high) low = 0, high = 1;
    const double step = niceStep(std::max(high - low, 0.02), 5);
    const int last = history.epochs.empty() ? 1 : history.epochs.back().epoch;
    return {top, bottom, static_cast<double>(std::max({history.summary.plannedEpochs, last, 1})),
            std::max(0.0, std::floor(low / step) * step), std::min(most, std::ceil(high / step + 1e-9) * step)};
}

/// A stretch of the run in which the same layers train.
struct Band {
    double from, to;
    std::string label;
    bool thawed;
};

bool trainsTrunk(const ModelInfo& model, const LayerMask& mask) { return freezeBoundary(model, mask) < model.headStage; }

std::vector<Band> bandsOf(const RunHistory& history, const ModelInfo& model, double end) {
    std::vector<Band> bands;
    const auto begin = [&](double from, const LayerMask& mask) {
        const std::string label = describeMask(model, mask);
        if (!bands.empty() && bands.back().label == label) return;
        if (!bands.empty() && from - bands.back().from < 1e-6) bands.pop_back();
        if (!bands.empty()) bands.back().to = from;
        bands.push_back({from, end, label, trainsTrunk(model, mask)});
    };
    for (const Event& event : history.events) {
        if (const auto* phase = std::get_if<PhaseStarted>(&event.data)) begin(phase->firstEpoch - 1, phase->trainable);
        if (const auto* change = std::get_if<LayersChanged>(&event.data)) begin(change->epochPosition, change->trainable);
    }
    return bands;
}

void drawBands(Svg& svg, const Plot& plot, const std::vector<Band>& bands) {
    for (const Band& band : bands)
        svg.rect(plot.x(band.from), plot.top, plot.x(band.to) - plot.x(band.from), plot.bottom - plot.top,
                 band.thawed ? kWarmBand : kIceBand);
}

/// What trains, in words above the curves.
void drawStrip(Svg& svg, const Plot& plot, const std::vector<Band>& bands) {
    for (const Band& band : bands) {
        const double left = plot.x(band.from), right = plot.x(band.to);
        svg.rect(left, kStrip, right - left - 1, kStripHeight, band.thawed ? kWarmStrip : kIceStrip);
        const auto letters = static_cast<std::size_t>(std::max(0.0, (right - left - 10) / 6));
        if (letters >= 4)
            svg.text(left + 6, kStrip + 13, shortened(band.label, letters), 11, band.thawed ? kWarm : kIce, "start", true);
    }
}

void drawAxes(Svg& svg, const Plot& plot, const std::string& title, double titleAt, double factor, int decimals,
              const std::string& unit) {
    svg.text(kLeft, titleAt, title, 12, kInk, "start", true);
    const double step = niceStep(plot.high - plot.low, 5);
    for (double value = std::ceil(plot.low / step - 1e-9) * step; value <= plot.high + step * 1e-6; value += step) {
        svg.line(kLeft, plot.y(value), kRight, plot.y(value), kGrid, 1);
        svg.text(kLeft - 8, plot.y(value) + 4, fixedText(value * factor, decimals) + unit, 11, kInk3, "end");
    }
    const int every = std::max(1, static_cast<int>(niceStep(plot.epochs, 15)));
    for (int epoch = 0; epoch <= plot.epochs; epoch += every)
        svg.text(plot.x(epoch), plot.bottom + 16, std::to_string(epoch), 11, kInk3, "middle");
    svg.line(kLeft, plot.bottom, kRight, plot.bottom, kLine, 1);
}

void drawCurve(Svg& svg, const Plot& plot, const RunHistory& history, double EpochFinished::*value, const char* colour,
               double width, bool discs) {
    std::vector<std::pair<double, double>> points;
    for (const EpochFinished& epoch : history.epochs)
        if (std::isfinite(epoch.*value)) points.emplace_back(plot.x(epoch.epoch), plot.y(epoch.*value));
    svg.polyline(points, colour, width);
    if (discs || points.size() == 1)
        for (const auto& [x, y] : points) svg.circle(x, y, points.size() > 40 ? 1.8 : 3, colour);
}

void drawMarkers(Svg& svg, const Plot& accuracy, const Plot& loss, const std::vector<RunMarker>& markers) {
    double occupied = -1e9;
    for (std::size_t i = 0; i < markers.size(); ++i) {
        const RunMarker& marker = markers[i];
        const double x = accuracy.x(marker.position);
        const char* colour = marker.thaws ? kWarm : marker.freezes ? kIce : kInk2;
        if (marker.position > 1e-6)
            for (const Plot* plot : {&accuracy, &loss}) svg.line(x, plot->top, x, plot->bottom, colour, 1, "3 3");
        if (x - occupied < 2 * kMarkerRadius + 1) continue;  // its line is there, and the table names it
        occupied = x;
        svg.circle(x, kMarkerRow, kMarkerRadius, colour);
        svg.text(x, kMarkerRow + 3.7, std::to_string(i + 1), i + 1 < 100 ? 10 : 8, "#FFFFFF", "middle", true);
    }
}

void drawLegend(Svg& svg, double y) {
    svg.line(kRight - 242, y - 4, kRight - 218, y - 4, kValidation, 3);
    svg.circle(kRight - 230, y - 4, 3, kValidation);
    svg.text(kRight - 212, y, "validation", 11, kInk2);
    svg.line(kRight - 142, y - 4, kRight - 118, y - 4, kTraining, 1.2);
    svg.text(kRight - 112, y, "training, dropout on", 11, kInk2);
}

// --- matrix
// ---------------------------------------------------------------------------------------------------------------------

constexpr int kMatrixWidth = 720;
constexpr double kNames = 104, kColumnNames = 78, kScores = 58;
constexpr int kMostNumbers = 25, kMostNames = 60;  // classes

std::string cellColour(double share) {
    // Small shares are what a matrix is read for: the root lifts them.
    const double strength = std::sqrt(std::clamp(share, 0.0, 1.0));
    std::string colour = "#";
    for (const int channel : kCellColour) {
        const int value = static_cast<int>(std::lround(255 + (channel - 255) * strength));
        constexpr const char* kDigits = "0123456789ABCDEF";
        colour += kDigits[value / 16];
        colour += kDigits[value % 16];
    }
    return colour;
}

}  // namespace

std::vector<RunMarker> markersOf(const RunHistory& history, const ModelInfo& model) {
    std::vector<RunMarker> markers;
    const auto add = [&](double position, const std::string& text, bool thaws, bool freezes) {
        if (!std::isfinite(position)) return;
        if (!markers.empty() && std::abs(markers.back().position - position) < 1e-9) {
            markers.back().text += "; " + text;
            markers.back().thaws |= thaws;
            markers.back().freezes |= freezes;
        } else {
            markers.push_back({position, text, thaws, freezes});
        }
    };
    std::optional<LayerMask> before;
    double phaseStart = -1;
    const auto change = [&](const LayerMask& mask) {
        bool thaws = false, freezes = false;
        for (std::size_t i = 0; before && i < std::min(mask.size(), before->size()); ++i) {
            thaws |= mask[i] && !(*before)[i];
            freezes |= !mask[i] && (*before)[i];
        }
        before = mask;
        return std::pair(thaws, freezes && !thaws);
    };
    for (const Event& event : history.events) {
        if (const auto* phase = std::get_if<PhaseStarted>(&event.data)) {
            const auto [thaws, freezes] = change(phase->trainable);
            phaseStart = phase->firstEpoch - 1;
            add(phaseStart,
                "Phase " + std::to_string(phase->phase + 1) + (phase->title.empty() ? "" : ", " + phase->title) + ": " +
                    describeMask(model, phase->trainable) + ", learning rate " + numberWords(phase->learningRate),
                thaws, freezes);
        } else if (const auto* layers = std::get_if<LayersChanged>(&event.data)) {
            const auto [thaws, freezes] = change(layers->trainable);
            if (layers->origin == Origin::Plan && std::abs(layers->epochPosition - phaseStart) < 1e-9)
                continue;  // the phase says it
            std::string text = describeMask(model, layers->trainable);
            const auto list = [&](const char* what, const std::vector<std::string>& names) {
                if (names.empty()) return;
                text += std::string("; ") + what + ":";
                for (const std::string& name : names) text += " " + name;
            };
            list("thawed now", groupedNames(model, layers->thawed));
            list("frozen now", groupedNames(model, layers->frozen));
            add(layers->epochPosition, text, thaws, freezes);
        } else if (const auto* rate = std::get_if<LearningRateChanged>(&event.data)) {
            if (rate->origin == Origin::Plan && std::abs(rate->epochPosition - phaseStart) < 1e-9) continue;
            add(rate->epochPosition, "Learning rate " + numberWords(rate->before) + " to " + numberWords(rate->after), false,
                false);
        } else if (const auto* resumed = std::get_if<Resumed>(&event.data)) {
            add(resumed->epochPosition, "Paused for " + durationWords(std::max(0.0, resumed->pausedSeconds)), false, false);
        }
    }
    return markers;
}

ReportChart curvesChart(const RunHistory& history, const ModelInfo& model, const std::vector<RunMarker>& markers,
                        int shownEpoch) {
    Svg svg;
    const MetricInfo& metric = taskInfo(history.summary.task).score;
    const Plot accuracy = plotOf(history, kAccuracyTop, kAccuracyBottom, &EpochFinished::trainScore, &EpochFinished::valScore,
                                 metric.isShare ? 1 : 1e300);
    const Plot loss = plotOf(history, kLossTop, kLossBottom, &EpochFinished::trainLoss, &EpochFinished::valLoss, 1e300);
    const std::vector<Band> bands = bandsOf(history, model, accuracy.epochs);
    drawStrip(svg, accuracy, bands);
    drawBands(svg, accuracy, bands);
    drawBands(svg, loss, bands);
    const double span = accuracy.high - accuracy.low;
    const std::string& score = metric.title;
    if (metric.isShare)
        drawAxes(svg, accuracy, score, kStrip - 8, 100, niceStep(span, 5) < 0.0099 ? 1 : 0, "\u202F%");
    else
        drawAxes(svg, accuracy, score, kStrip - 8, 1, niceStep(span, 5) < 0.99 ? 1 : 0, "");
    drawAxes(svg, loss, "Loss", kLossTop - 8, 1, niceStep(loss.high - loss.low, 5) < 0.099 ? 2 : 1, "");
    drawLegend(svg, kStrip - 8);
    drawMarkers(svg, accuracy, loss, markers);
    for (const auto& [plot, train, validation] : {std::tuple(&accuracy, &EpochFinished::trainScore, &EpochFinished::valScore),
                                                  std::tuple(&loss, &EpochFinished::trainLoss, &EpochFinished::valLoss)}) {
        drawCurve(svg, *plot, history, train, kTraining, 1.2, false);
        drawCurve(svg, *plot, history, validation, kValidation, 2.6, true);
    }
    for (const EpochFinished& epoch : history.epochs)
        if (epoch.epoch == shownEpoch && std::isfinite(epoch.valScore)) {
            svg.circle(accuracy.x(epoch.epoch), accuracy.y(epoch.valScore), 6, "none", kInk, 1.6);
            const bool nearEnd = epoch.epoch > accuracy.epochs * 0.85;
            svg.text(accuracy.x(epoch.epoch) + (nearEnd ? -10 : 10), accuracy.y(epoch.valScore) + 18,
                     scoreWords(metric, epoch.valScore), 12, kInk, nearEnd ? "end" : "start", true);
        }
    svg.text((kLeft + kRight) / 2, kCurvesHeight - 4, "epoch", 11, kInk3, "middle");
    return svg.finish(kCurvesWidth, kCurvesHeight, score + " and loss over the epochs, training and validation");
}

ReportChart confusionChart(const EvaluationReport& evaluation, const std::vector<std::string>& classNames) {
    const ConfusionMatrix& matrix = evaluation.confusion;
    const int classes = matrix.classCount;
    const bool numbers = classes <= kMostNumbers, names = classes <= kMostNames;
    const double left = names ? kNames : 24, top = (names ? kColumnNames : 24) + 18;
    const double cell = std::min(numbers ? 46.0 : 40.0, (kMatrixWidth - left - kScores - 8) / classes);
    const double height = numbers ? std::min(cell, 34.0) : cell;
    const double right = left + cell * classes, bottom = top + height * classes;
    const double size = std::min(12.0, height * 0.62);
    Svg svg;
    svg.text(left + cell * classes / 2, 12, "predicted", 11, kInk3, "middle");
    svg.text(10, (top + bottom) / 2, "true", 11, kInk3, "middle", false, -90);
    for (int truth = 0; truth < classes; ++truth) {
        const double y = top + height * truth, x = left + cell * truth;
        const std::string name = shortened(classNames[static_cast<std::size_t>(truth)], 13);
        if (names) {
            svg.text(left - 8, y + height / 2 + size * 0.35, name, size, kInk, "end");
            svg.text(x + cell / 2 + 3, top - 6, name, size, kInk, "start", false, -38);
        }
        const std::int64_t row = matrix.rowSum(truth);
        for (int predicted = 0; predicted < classes; ++predicted) {
            const std::int64_t count = matrix.at(truth, predicted);
            const double cellX = left + cell * predicted;
            if (count == 0) {
                if (numbers) svg.circle(cellX + cell / 2, y + height / 2, 1.2, kLine);
                continue;
            }
            const double share = row > 0 ? static_cast<double>(count) / static_cast<double>(row) : 0;
            svg.rect(cellX + 0.5, y + 0.5, cell - 1, height - 1, cellColour(share));
            if (numbers)
                svg.text(cellX + cell / 2, y + height / 2 + size * 0.36, std::to_string(count), size,
                         share > 0.3 ? "#FFFFFF" : kInk, "middle", truth == predicted);
        }
        if (!numbers) continue;
        const ClassScore& score = evaluation.classes[static_cast<std::size_t>(truth)];
        svg.text(right + kScores - 4, y + height / 2 + size * 0.36, fixedText(score.recall * 100, 1), size, kInk2, "end");
        svg.text(x + cell / 2, bottom + 18, fixedText(score.precision * 100, 1), size, kInk2, "middle");
    }
    const double end = bottom + (numbers ? 26 : 6);
    if (numbers) {
        svg.text(right + kScores - 4, top - 8, "recall %", 11, kInk3, "end");
        svg.text(left - 8, bottom + 18, "precision %", 11, kInk3, "end");
    }
    for (int edge = 0; edge <= classes; edge += classes) {
        svg.line(left, top + height * edge, right, top + height * edge, kLine, 1);
        svg.line(left + cell * edge, top, left + cell * edge, bottom, kLine, 1);
    }
    return svg.finish(kMatrixWidth, static_cast<int>(std::ceil(end)), "Confusion matrix: pictures by true and predicted class");
}

}  // namespace thaw::core
