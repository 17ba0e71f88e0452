// qcustomplot.h is written with Qt's keywords, which the rest of the project does without.
#undef QT_NO_KEYWORDS
#include "ui/widgets/live/curve_plot_private.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace thaw::ui {

using namespace plotting;

namespace {

constexpr int kDiscSpacing = 11;  ///< closer than this, validation points are a line without discs

}  // namespace

void CurvePlot::Private::setLine(QCPGraph* graph, const ThinnedSeries& thinned, const Pane& pane) {
    QVector<QCPGraphData> data = cut(thinned.points, x, pane.y.span);
    pointsDrawn += data.size();
    graph->data()->set(data, true);
}

void CurvePlot::Private::fill(Pane& pane, const MetricSeries& batches, const MetricSeries& epochs, const MetricSeries& val) {
    const double scale = exportScale > 0 ? exportScale : plot->bufferDevicePixelRatio();
    const int columns = std::max(1, static_cast<int>(pane.rect->width() * scale));
    const double pixels = std::max(1.0, pane.rect->height() * scale);
    const bool logarithmic = pane.y.step <= 0;
    const double flat =
        0.5 / pixels *
        (logarithmic ? pane.y.span.from * std::log(pane.y.span.to / pane.y.span.from) : pane.y.span.to - pane.y.span.from);
    const bool smooth = batches.smoothing() > 0;
    pane.raw->setPen(QPen(smooth ? rawColor() : theme().color(Tone::Training), 0));
    setLine(pane.raw, batches.thinned(axis, MetricSeries::Values::Raw, x.from, x.to, columns, flat), pane);
    setLine(pane.smoothed,
            smooth ? batches.thinned(axis, MetricSeries::Values::Smoothed, x.from, x.to, columns, flat) : ThinnedSeries(), pane);

    // Epochs that are known from a record alone: their running means stand for their batches.
    const double firstBatch = batches.empty() ? std::numeric_limits<double>::infinity() : batches.x(0, axis);
    ThinnedSeries past;
    if (!epochs.empty() && epochs.x(0, axis) < firstBatch) {
        past = epochs.thinned(axis, MetricSeries::Values::Raw, x.from, std::min(x.to, firstBatch), columns, flat);
        while (!past.points.empty() && past.points.back().x > firstBatch) past.points.pop_back();
    }
    setLine(pane.past, past, pane);

    // So dense a line is a band: its edges need no smoothing.
    pane.smoothed->setAntialiased(exportScale > 0 || pane.smoothed->data()->size() < 3 * columns);

    const ThinnedSeries validation = val.thinned(axis, MetricSeries::Values::Raw, x.from, x.to, columns, flat);
    setLine(pane.val, validation, pane);
    QVector<QCPGraphData> discs;
    const double visible =
        static_cast<double>(val.lowerBound(axis, x.to)) - static_cast<double>(val.lowerBound(axis, x.from)) + 1;
    if (visible * theme().px(kDiscSpacing) < pane.rect->width() || validation.points.size() < 2) {
        for (const PlotPoint& point : validation.points) {
            const bool inside = point.x >= x.from && point.x <= x.to && point.y >= pane.y.span.from && point.y <= pane.y.span.to;
            if (inside) discs.append({point.x, point.y});
        }
    }
    pane.discs->data()->set(discs, true);
    pointsDrawn += discs.size();
}

void CurvePlot::Private::prepare() {
    pointsDrawn = 0;
    fill(accuracy, curves->trainScore(), curves->epochTrainScore(), curves->valScore());
    if (shape.loss) fill(loss, curves->trainLoss(), curves->epochTrainLoss(), curves->valLoss());
    const int columns = std::max(1, accuracy.rect->width());
    for (std::size_t i = 0; i < others.size(); ++i) {
        const RunCurves& other = others[i].curves;
        setLine(otherGraphs[i].accuracy, other.valScore().thinned(axis, MetricSeries::Values::Raw, x.from, x.to, columns),
                accuracy);
        if (shape.loss)
            setLine(otherGraphs[i].loss, other.valLoss().thinned(axis, MetricSeries::Values::Raw, x.from, x.to, columns), loss);
    }
    placeFlags();
}

}  // namespace thaw::ui
