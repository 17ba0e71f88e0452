// What the axes show, and their ticks.
// qcustomplot.h is written with Qt's keywords, which the rest of the project does without.
#undef QT_NO_KEYWORDS
#include "ui/widgets/live/curve_plot_private.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace thaw::ui {

using namespace plotting;

namespace {

constexpr double kCalmSmoothing = 0.9;
constexpr std::array<double, 4> kAccuracySteps{0.02, 0.05, 0.1, 0.2};
constexpr std::array<double, 4> kLossSteps{0.05, 0.1, 0.2, 0.3};

}  // namespace

double CurvePlot::Private::xEnd() const {
    double end = std::max(1e-9, curves->endOf(axis));
    if (axis != SeriesAxis::Time) return end;
    // An estimate: rounded up, so that the axis does not follow each of its changes.
    for (const double unit : {1., 5., 10., 30., 60., 120., 300., 600., 1800., 3600., 7200., 21600., 86400.})
        if (end / unit <= 20) return std::ceil(end / unit - 1e-9) * unit;
    return end;
}

bool CurvePlot::Private::scoreIsShare() const { return core::taskInfo(curves->config().task).score.isShare; }

SteppedSpan CurvePlot::Private::wantedAccuracy() const {
    double low = std::numeric_limits<double>::infinity(), high = -low;
    const auto take = [&](double value) {
        if (!std::isfinite(value)) return;
        low = std::min(low, value);
        high = std::max(high, value);
    };
    for (const auto& [number, epoch] : curves->epochs()) {
        take(epoch.valScore);
        take(epoch.trainScore);
    }
    for (const OtherCurves& other : others)
        for (const auto& [number, epoch] : other.curves.epochs()) take(epoch.valScore);
    for (const ReferenceLine& line : references) take(line.value);
    for (const Reached& one : reached) take(one.accuracy);
    if (!scoreIsShare()) return wantedPerplexity(low, high);
    if (curves->epochs().empty() || low > high) take(0);
    if (high <= low) take(low > 0.5 ? 0 : 1);
    SteppedSpan wanted = stepped(low, std::min(high, 0.999), kAccuracySteps, 6);
    wanted.span.to = std::min(wanted.span.to, 1.0);
    return wanted;
}

SteppedSpan CurvePlot::Private::wantedPerplexity(double low, double high) const {
    const MetricSeries& batches = curves->trainScore();
    // Before there is an epoch, from where the batches began to where they are.
    if (low > high && !batches.empty())
        for (const std::size_t batch : {std::size_t{0}, batches.size() - 1}) {
            low = std::min(low, batches.value(batch, MetricSeries::Values::Smoothed));
            high = std::max(high, batches.value(batch, MetricSeries::Values::Smoothed));
        }
    if (!(low > 0 && std::isfinite(high)) || low > high) return logarithmic(10, 1000);
    return logarithmic(low, high);
}

SteppedSpan CurvePlot::Private::wantedLoss() const {
    double low = std::numeric_limits<double>::infinity(), high = 0;
    const auto take = [&](double value) {
        if (!std::isfinite(value)) return;
        low = std::min(low, value);
        high = std::max(high, value);
    };
    for (const auto& [number, epoch] : curves->epochs()) {
        take(epoch.valLoss);
        take(epoch.trainLoss);
    }
    for (const OtherCurves& other : others)
        for (const auto& [number, epoch] : other.curves.epochs()) take(epoch.valLoss);
    for (const Reached& one : reached) take(one.loss);
    if (curves->epochs().empty()) {
        take(0);
        const MetricSeries& batches = curves->trainLoss();
        take(batches.empty() ? 2.8 : std::max(2.8, batches.value(batches.size() - 1, MetricSeries::Values::Smoothed)));
    }
    return stepped(std::max(0.0, low), high, kLossSteps, 5);
}

void CurvePlot::Private::refreshRanges(bool byHand) {
    if (!byHand && q->isBeingRead()) return;
    // The running epoch's training curve counts too, once it is calm; what it reached stays in view until the next fit.
    if (byHand) reached.clear();
    const MetricSeries& batches = curves->trainLoss();
    if (!curves->epochs().empty() && !batches.empty() && batches.smoothing() >= kCalmSmoothing) {
        const std::size_t last = batches.size() - 1;
        const Reached now{curves->trainScore().value(last, MetricSeries::Values::Smoothed),
                          batches.value(last, MetricSeries::Values::Smoothed)};
        if (std::isfinite(now.accuracy) && std::isfinite(now.loss)) reached.push_back(now);
        if (reached.size() > 1) {
            // Lowest and highest of both are enough.
            Reached low = reached[0], high = reached[0];
            for (const Reached& one : reached) {
                low = {std::min(low.accuracy, one.accuracy), std::min(low.loss, one.loss)};
                high = {std::max(high.accuracy, one.accuracy), std::max(high.loss, one.loss)};
            }
            reached = {low, high};
        }
    }
    accuracy.y = wantedAccuracy();
    loss.y = wantedLoss();
    if (fitted) x = {0, xEnd()};
    applyRanges();
}

double CurvePlot::Private::labelRoom() const {
    const QString widest = axis == SeriesAxis::Epoch  ? QStringLiteral("00")
                           : axis == SeriesAxis::Step ? QStringLiteral("00,000")
                                                      : QStringLiteral("0:00:00");
    const int label = QFontMetrics(fontOf(TextRole::Table)).horizontalAdvance(widest) + theme().px(15);
    const QMargins margins = accuracy.rect->minimumMargins();
    return static_cast<double>(plot->viewport().width() - margins.left() - margins.right()) / label;
}

void CurvePlot::Private::applyRanges() {
    for (Pane* pane : {&accuracy, &loss}) {
        pane->key()->setTicker(QSharedPointer<AxisTicker>::create(axis, [this] { return labelRoom(); }));
        const auto rows = [this, part = pane == &accuracy ? 1 : kLossShare / kAccuracyShare] {
            return part * accuracyHeight(shape, plot->viewport().height()) /
                   (1.15 * QFontMetrics(fontOf(TextRole::Table)).height());
        };
        const bool logarithms = pane->y.step <= 0;
        pane->value()->setScaleType(logarithms ? QCPAxis::stLogarithmic : QCPAxis::stLinear);
        if (logarithms) {
            pane->value()->setTicker(QSharedPointer<LogTicker>::create(rows));
            continue;
        }
        auto ticker = QSharedPointer<StepTicker>::create(pane->y.step, pane == &accuracy, rows);
        ticker->setTickOrigin(pane->y.span.from);
        pane->value()->setTicker(ticker);
    }
    accuracy.key()->setRange(x.from, x.to);
    accuracy.value()->setRange(accuracy.y.span.from, accuracy.y.span.to);
    loss.value()->setRange(loss.y.span.from, loss.y.span.to);
}

void CurvePlot::Private::setX(double from, double to) {
    const double end = xEnd();
    const double least = axis == SeriesAxis::Epoch ? end / 1e5 : std::max(4.0, end / 1e6);
    double width = std::clamp(to - from, std::min(least, end), end);
    from = std::clamp(from + (to - from - width) / 2, 0.0, end - width);
    x = {from, from + width};
    const bool whole = width >= end * (1 - 1e-9);
    if (whole != fitted) {
        fitted = whole;
        Q_EMIT q->fittedChanged(fitted);
    }
    applyRanges();
    updateReadOut();
    plot->replot(QCustomPlot::rpQueuedReplot);
}

}  // namespace thaw::ui
