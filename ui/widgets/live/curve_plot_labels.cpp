// qcustomplot.h is written with Qt's keywords, which the rest of the project does without.
#undef QT_NO_KEYWORDS
#include "ui/widgets/live/curve_plot_private.h"

#include <QPainter>

#include <algorithm>
#include <cmath>
#include <optional>

#include "ui/models/task_text.h"

namespace thaw::ui {

using namespace plotting;

QColor CurvePlot::Private::groundAt(double xPixel) const {
    for (const PhaseBand& band : bands)
        if (xPixel <= pixel(curves->xOf(band.to, axis))) return theme().color(band.thawed ? Tone::WarmBand : Tone::IceBand);
    return theme().color(Tone::Surface);
}

bool CurvePlot::Private::isTaken(const QRectF& place) const {
    const QRectF wide = place.adjusted(-theme().px(4), 0, theme().px(4), 0);
    return std::any_of(labels.begin(), labels.end(), [&](const QRectF& one) { return one.intersects(wide); });
}

bool CurvePlot::Private::crossesValidation(const Pane& pane, const QRectF& place) const {
    const Theme& t = theme();
    const MetricSeries& val = &pane == &accuracy ? curves->valScore() : curves->valLoss();
    if (val.empty()) return false;
    const QRectF wide = place.adjusted(-t.px(6), -t.px(5), t.px(6), t.px(5));
    for (double at = wide.left(); at <= wide.right(); at += t.px(8)) {
        const double position = unit(at);
        if (position < val.x(0, axis) || position > val.x(val.size() - 1, axis)) continue;
        const std::size_t after = val.lowerBound(axis, position);
        const double right = val.x(after, axis), left = after > 0 ? val.x(after - 1, axis) : right;
        const double a = val.at(after > 0 ? after - 1 : 0).value, b = val.at(after).value;
        const double value = right > left ? a + (b - a) * (position - left) / (right - left) : b;
        const double y = pane.value()->coordToPixel(value);
        if (y >= wide.top() && y <= wide.bottom()) return true;
    }
    return false;
}

void CurvePlot::Private::paintReferenceLabels(QCPPainter* painter) {
    const Theme& t = theme();
    const QRectF area = accuracy.rect->rect();
    painter->setFont(flagFont());
    painter->setAntialiasing(true);
    const QFontMetricsF metrics(painter->font());
    const std::vector<const ReferenceLine*> visible = visibleReferences();
    std::vector<QRectF> lines;
    for (const ReferenceLine* line : visible)
        lines.emplace_back(area.left(), accuracy.value()->coordToPixel(line->value) - 1, area.width(), 2);
    const auto onLine = [&](const QRectF& place) {
        return std::any_of(lines.begin(), lines.end(), [&](const QRectF& one) { return one.intersects(place); });
    };
    for (const ReferenceLine* line : visible) {
        const double y = std::round(accuracy.value()->coordToPixel(line->value));
        const QString number = scoreValueText(curves->config().task, line->value);
        QString text = QStringLiteral("%1  %2").arg(number, line->label);
        std::optional<QRectF> best;
        // Above its line or below, as far left as it goes; then over another line, then the number alone, and over a curve only
        // where there is no better place.
        for (int patience = 0; patience < 4 && !best; ++patience) {
            if (patience == 2) text = number;
            const QRectF first(area.left() + t.px(8), y - metrics.height() - t.px(2), metrics.horizontalAdvance(text) + 2,
                               metrics.height());
            for (const double down : {0.0, metrics.height() + t.px(4)}) {
                for (double aside = 0; first.right() + aside < area.right() && !best; aside += t.px(12)) {
                    const QRectF place = first.translated(aside, down);
                    if (place.top() < area.top() || place.bottom() > area.bottom() || isTaken(place)) continue;
                    if ((patience < 3 && crossesValidation(accuracy, place)) || (patience < 1 && onLine(place))) continue;
                    best = place;
                }
            }
        }
        if (!best) continue;
        labels.push_back(*best);
        haloText(painter, *best, Qt::AlignLeft, text, inkOf(*line), groundAt(best->center().x()));
    }
}

/// A run's name goes above or below the end of its line, on nothing else: without such a place it is left out. The list of runs
/// and the line of figures name it too.
void CurvePlot::Private::paintNames(QCPPainter* painter) {
    const Theme& t = theme();
    painter->setAntialiasing(true);
    painter->setFont(flagFont());
    const QFontMetricsF metrics(painter->font());
    for (Pane* pane : {&accuracy, &loss}) {
        if (pane == &loss && !shape.loss) continue;
        const QRectF area = pane->rect->rect();
        for (const OtherCurves& other : others) {
            const MetricSeries& series = pane == &accuracy ? other.curves.valScore() : other.curves.valLoss();
            const std::size_t end = series.lowerBound(axis, x.to * (1 + 1e-9) + 1e-9);
            if (end == 0 || series.x(end - 1, axis) < x.from) continue;
            const double value = series.value(end - 1, MetricSeries::Values::Raw);
            if (!(value >= pane->y.span.from && value <= pane->y.span.to)) continue;
            const double width = metrics.horizontalAdvance(other.name) + t.px(4);
            const double right = std::min(pixel(series.x(end - 1, axis)), area.right() - 1.0);
            const double y = pane->value()->coordToPixel(value);
            const QRectF above(std::max(right - width, area.left()), y - metrics.height() - t.px(3), width, metrics.height());
            std::optional<QRectF> place;
            for (const bool overCurve : {false, true}) {
                for (int row = 0; row < 3 && !place; ++row)
                    for (const double top : {above.top() - row * metrics.height(), y + t.px(3) + row * metrics.height()}) {
                        QRectF box = above;
                        box.moveTop(top);
                        const bool inside = box.top() >= area.top() && box.bottom() <= area.bottom();
                        if (!place && inside && !isTaken(box) && (overCurve || !crossesValidation(*pane, box))) place = box;
                    }
            }
            if (!place) continue;
            labels.push_back(*place);
            haloText(painter, *place, Qt::AlignRight, other.name, t.runPen(other.penIndex).color(),
                     groundAt(place->center().x()));
        }
    }
}

}  // namespace thaw::ui
