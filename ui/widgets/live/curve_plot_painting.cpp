// qcustomplot.h is written with Qt's keywords, which the rest of the project does without.
#undef QT_NO_KEYWORDS
#include "ui/widgets/live/curve_plot_private.h"

#include <QPainter>

#include <algorithm>
#include <cmath>
#include <set>

#include "ui/models/task_text.h"

namespace thaw::ui {

using namespace plotting;

namespace {

constexpr int kLaneHeight = 20, kLaneTop[2] = {26, 49};  // design pixels

}  // namespace

// --- bands, strip, flags ----------------------------------------------------------------------------------------------------

void CurvePlot::Private::verticalLine(QCPPainter* painter, double xPixel, double top, double bottom, double width,
                                      const QColor& color) const {
    painter->setAntialiasing(false);
    const double thickness = std::max(1.0, std::round(width));
    painter->fillRect(QRectF(std::round(xPixel - thickness / 2), top, thickness, bottom - top), color);
}

void CurvePlot::Private::paintBands(QCPPainter* painter, const QRect& rect, bool caption) {
    const Theme& t = theme();
    if (caption) labels.clear();
    painter->setAntialiasing(false);
    for (const PhaseBand& band : bands) {
        const double left = std::max<double>(pixel(curves->xOf(band.from, axis)), rect.left());
        const double right = std::min<double>(pixel(curves->xOf(band.to, axis)), rect.right() + 1);
        if (right <= left) continue;
        const double from = std::round(left);
        painter->fillRect(QRectF(from, rect.top(), std::round(right) - from, rect.height()),
                          t.color(band.thawed ? Tone::WarmBand : Tone::IceBand));
    }
    const double present = curves->position();
    if (present >= curves->plannedEpochs()) return;
    const double now = std::max<double>(pixel(curves->xOf(present, axis)), rect.left());
    const double end = std::min<double>(pixel(curves->xOf(curves->plannedEpochs(), axis)), rect.right() + 1);
    if (now >= end) return;

    painter->setAntialiasing(true);
    paintHatch(painter, QRectF(now, rect.top(), end - now, rect.height()));
    if (curves->position() > 0) verticalLine(painter, now, rect.top(), rect.bottom() + 1, t.px(2), t.color(Tone::Ink2));
    if (!caption) return;
    const QString text = CurvePlot::tr("still to come");
    painter->setFont(fontOf(TextRole::Caption));
    const QFontMetricsF metrics(painter->font());
    const double width = metrics.horizontalAdvance(text) + t.px(8);
    if (end - now < width) return;
    const QRectF box(end - width, rect.bottom() - metrics.height() - t.px(8), width, metrics.height() + t.px(2));
    labels.push_back(box);
    painter->setAntialiasing(false);
    painter->fillRect(box, groundAt(box.center().x()));
    painter->setAntialiasing(true);
    painter->setPen(t.color(Tone::Ink2));
    painter->drawText(box, Qt::AlignCenter, text);
}

void CurvePlot::Private::placeFlags() {
    placed.clear();
    unlabelled.clear();
    if (shape.lanes == 0) return;
    const Theme& t = theme();
    const QFontMetricsF metrics(flagFont());
    const QRect area = strip->rect();
    const double padding = t.px(6), distance = t.px(4);
    const int lastLane = shape.lanes - 1;
    double laneEnd[2] = {static_cast<double>(area.left()) - 1, static_cast<double>(area.left()) - 1};
    // The pane's title stands in the lowest lane; a flag that would cover it stands behind it.
    const double titleEnd =
        area.left() + QFontMetricsF(fontOf(TextRole::TableStrong)).horizontalAdvance(scoreWord(curves->config().task)) + t.px(7);
    std::vector<PlacedFlag> groups;
    bool open = false;  // the last group takes more
    for (std::size_t i = 0; i < flags.size(); ++i) {
        const double at = pixel(curves->xOf(flags[i].position, axis));
        if (at < area.left() - 1 || at > area.right() + 2) continue;
        const double width = metrics.horizontalAdvance(flags[i].label) + 2 * padding;
        const double atLine = std::max<double>(area.left(), std::min(std::round(at), area.right() - width));
        const auto placeIn = [&](int lane) { return lane == lastLane ? std::max(atLine, titleEnd + distance) : atLine; };
        int lane = 0;
        while (lane <= lastLane && (placeIn(lane) < laneEnd[lane] + distance || placeIn(lane) + width > area.right() + 1)) ++lane;
        if (lane <= lastLane) {
            const double left = placeIn(lane);
            placed.push_back(
                {QRectF(left, area.top() + t.px(kLaneTop[lane]), width, t.px(kLaneHeight)), lane, flags[i].label, {i}});
            laneEnd[lane] = left + width;
            if (lane == lastLane) open = false;
            continue;
        }
        const double groupWidth = metrics.horizontalAdvance(QStringLiteral("+99…")) + 2 * padding;
        const double groupLeft = std::max(laneEnd[lastLane], titleEnd) + distance;
        if (!open && groupLeft + groupWidth > area.right() + 1) {
            if (groups.empty()) {
                unlabelled.push_back(i);
                continue;
            }
            open = true;
        }
        if (!open) {
            groups.push_back(
                {QRectF(groupLeft, area.top() + t.px(kLaneTop[lastLane]), groupWidth, t.px(kLaneHeight)), lastLane, {}, {}});
            laneEnd[lastLane] = groupLeft + groupWidth;
            open = true;
        }
        groups.back().flags.push_back(i);
        const std::size_t count = groups.back().flags.size();
        groups.back().label = count > 99 ? QStringLiteral("+99…") : QStringLiteral("+%1").arg(count);
    }
    placed.insert(placed.end(), groups.begin(), groups.end());
}

void CurvePlot::Private::paintStrip(QCPPainter* painter) {
    const Theme& t = theme();
    const QRect area = strip->rect();
    // Titles of the panes.
    painter->setAntialiasing(true);
    painter->setFont(fontOf(TextRole::TableStrong));
    painter->setPen(t.color(Tone::Ink));
    const double titleHeight = t.px(kLaneHeight);
    const auto title = [&](double bottom, const QString& words) {
        painter->drawText(QRectF(area.left(), bottom - titleHeight - t.px(3), area.width(), titleHeight),
                          Qt::AlignLeft | Qt::AlignVCenter, words);
    };
    if (shape.lanes > 0) title(area.bottom() + 1, scoreWord(curves->config().task));
    if (shape.loss) title(loss.rect->top(), CurvePlot::tr("Loss"));

    // Bands with icon and words, as much as fits.
    const QFontMetricsF metrics(fontOf(TextRole::TableStrong));
    for (const PhaseBand& band : bands) {
        const double left = std::round(std::max<double>(pixel(curves->xOf(band.from, axis)), area.left()));
        const double right = std::round(std::min<double>(pixel(curves->xOf(band.to, axis)), area.right() + 1));
        if (right <= left) continue;
        const QRectF box(left, area.top(), right - left, t.px(kBandHeight));
        painter->setAntialiasing(false);
        painter->fillRect(box, t.color(band.thawed ? Tone::WarmBackground : Tone::IceBackground));
        painter->setAntialiasing(true);
        const QColor ink = t.color(band.thawed ? Tone::Warm : Tone::Ice);
        const double icon = t.px(15), space = t.px(4), edges = t.px(2);
        QString text = band.label;
        double words = metrics.horizontalAdvance(text);
        if (icon + space + words > box.width() - edges) {
            text = metrics.elidedText(text, Qt::ElideRight, box.width() - icon - space - edges);
            words = text.size() > 4 ? metrics.horizontalAdvance(text) : 0;
        }
        const double total = words > 0 ? icon + space + words : icon;
        if (total > box.width()) continue;
        const QRectF iconBox(box.center().x() - total / 2, box.center().y() - icon / 2, icon, icon);
        paintIcon(painter, band.thawed ? QStringLiteral("drop") : QStringLiteral("snowflake"), iconBox, ink);
        if (words <= 0) continue;
        painter->setPen(ink);
        painter->drawText(QRectF(iconBox.right() + space, box.top(), words + 2, box.height()), Qt::AlignLeft | Qt::AlignVCenter,
                          text);
    }

    painter->setFont(flagFont());
    for (const PlacedFlag& flag : placed) {
        const FlagTone tone = flag.flags.size() == 1 ? flags[flag.flags.front()].tone : FlagTone::Neutral;
        const QColor ink = t.color(tone == FlagTone::Warm ? Tone::Warm : tone == FlagTone::Ice ? Tone::Ice : Tone::Ink2);
        painter->setPen(QPen(ink, 1.2));
        painter->setBrush(t.color(Tone::Surface));
        painter->drawRoundedRect(flag.rect.adjusted(0, 0, -1, -1), t.px(3), t.px(3));
        painter->setPen(tone == FlagTone::Neutral ? t.color(Tone::Ink) : ink);
        painter->drawText(flag.rect, Qt::AlignCenter, flag.label);
    }
    painter->setBrush(Qt::NoBrush);
}

void CurvePlot::Private::paintFlagLines(QCPPainter* painter) {
    const Theme& t = theme();
    std::set<int> taken;  // thousands of flags share a few hundred pixels
    const auto lines = [&](const EventFlag& flag, double top, double width) {
        const double at = pixel(curves->xOf(flag.position, axis));
        if (at < accuracy.rect->left() - 1 || at > accuracy.rect->right() + 2 ||
            !taken.insert(static_cast<int>(std::round(at))).second)
            return;
        const QColor ink = t.color(flag.tone == FlagTone::Warm  ? Tone::Warm
                                   : flag.tone == FlagTone::Ice ? Tone::Ice
                                                                : Tone::Ink2);
        verticalLine(painter, at, top, accuracy.rect->bottom() + 1, width, ink);
        if (shape.loss) verticalLine(painter, at, loss.rect->top(), loss.rect->bottom() + 1, width, ink);
    };
    if (shape.lanes == 0)
        for (const EventFlag& flag : flags) lines(flag, accuracy.rect->top(), t.px(1.6));
    for (const PlacedFlag& flag : placed)
        if (flag.flags.size() == 1) lines(flags[flag.flags.front()], flag.rect.top(), t.px(1.6));
    for (const std::size_t index : unlabelled) lines(flags[index], accuracy.rect->top(), t.px(1.6));
    for (const PlacedFlag& flag : placed)
        if (flag.flags.size() > 1 || flag.label.startsWith(QLatin1Char('+')))
            for (const std::size_t index : flag.flags) lines(flags[index], accuracy.rect->top(), 1);
}

std::vector<const ReferenceLine*> CurvePlot::Private::visibleReferences() const {
    std::vector<const ReferenceLine*> visible;
    for (const ReferenceLine& line : references)
        if (line.value >= accuracy.y.span.from && line.value <= accuracy.y.span.to) visible.push_back(&line);
    std::sort(visible.begin(), visible.end(), [](const ReferenceLine* a, const ReferenceLine* b) { return a->value > b->value; });
    return visible;
}

QColor CurvePlot::Private::inkOf(const ReferenceLine& line) const {
    switch (line.look) {
        case ReferenceLine::Look::Frozen:
            return theme().color(Tone::Ice);
        case ReferenceLine::Look::Claim:
            return theme().color(Tone::Ink2);
        case ReferenceLine::Look::Run:
            return theme().runPen(line.penIndex).color();
    }
    return {};
}

void CurvePlot::Private::paintReferences(QCPPainter* painter) {
    const QRect area = accuracy.rect->rect();
    painter->setAntialiasing(true);
    for (const ReferenceLine* line : visibleReferences()) {
        const double y = std::round(accuracy.value()->coordToPixel(line->value));
        QPen pen(inkOf(*line), theme().px(10) * 0.18);
        pen.setDashPattern({1.2, 2.6});
        pen.setCapStyle(Qt::FlatCap);
        painter->setPen(pen);
        painter->drawLine(QLineF(area.left(), y, area.right() + 1, y));
    }
}

void CurvePlot::Private::paintCrosshair(QCPPainter* painter) {
    if (exportScale > 0 || readOut.tag.isEmpty() || readOut.x < x.from || readOut.x > x.to * (1 + 1e-12)) return;
    const Theme& t = theme();
    const double at = pixel(readOut.x);
    QPen dashed(t.color(Tone::Ink), 1.2);
    dashed.setDashPattern({3, 2.4});
    dashed.setCapStyle(Qt::FlatCap);
    painter->setAntialiasing(true);
    painter->setPen(dashed);
    const auto dashes = [&](const Pane& pane) {
        painter->drawLine(QLineF(std::round(at), pane.rect->top(), std::round(at), pane.rect->bottom() + 1));
    };
    dashes(accuracy);
    if (shape.loss) dashes(loss);

    // Tracers: on validation at an epoch, on training between two.
    const auto tracer = [&](const Pane& pane, double value) {
        if (!(value >= pane.y.span.from && value <= pane.y.span.to)) return;
        painter->setPen(QPen(t.color(Tone::Ink), t.px(2)));
        painter->setBrush(t.color(Tone::Surface));
        const double radius = t.px(10) * 0.6;
        painter->drawEllipse(QPointF(at, pane.value()->coordToPixel(value)), radius, radius);
    };
    tracer(accuracy, readOut.atEpoch ? readOut.valScore : readOut.trainScore);
    if (shape.loss) tracer(loss, readOut.atEpoch ? readOut.valLoss : readOut.trainLoss);

    QFont bold = fontOf(TextRole::TableStrong);
    painter->setFont(bold);
    const QFontMetricsF metrics(bold);
    const double width = std::max<double>(metrics.horizontalAdvance(readOut.axisTag) + t.px(12), t.px(26));
    const double left = std::clamp(at - width / 2, 0.0, std::max(0.0, plot->viewport().width() - width));
    const QRectF box(left, bottomPane().rect->bottom() + t.px(5), width, metrics.height() + t.px(3));
    painter->setPen(Qt::NoPen);
    // No half of a tick's label beside the tag.
    const QFontMetricsF tickMetrics(fontOf(TextRole::Table));
    const QVector<double> ticks = bottomPane().key()->tickVector();
    const QVector<QString> tickLabels = bottomPane().key()->tickVectorLabels();
    for (int i = 0; i < std::min(ticks.size(), tickLabels.size()); ++i) {
        const double half = tickMetrics.horizontalAdvance(tickLabels[i]) / 2 + 1, center = pixel(ticks[i]);
        const QRectF label(center - half, box.top(), 2 * half, box.height());
        if (label.intersects(box.adjusted(-t.px(3), 0, t.px(3), 0))) painter->fillRect(label, t.color(Tone::Surface));
    }
    painter->setBrush(t.color(Tone::Ink));
    painter->drawRoundedRect(box, t.px(4), t.px(4));
    painter->setPen(t.color(Tone::Surface));
    painter->drawText(box, Qt::AlignCenter, readOut.axisTag);
    painter->setBrush(Qt::NoBrush);
}

QString CurvePlot::Private::toolTipAt(const QPoint& position) const {
    for (const PlacedFlag& flag : placed) {
        if (!flag.rect.adjusted(-2, -2, 2, 2).contains(position)) continue;
        QStringList lines;
        for (const std::size_t index : flag.flags) {
            if (lines.size() == 8) {
                lines << CurvePlot::tr("and %n more", nullptr, static_cast<int>(flag.flags.size()) - 8);
                break;
            }
            const QString details = curves->flagDetails(flags[index]);
            lines << (flag.flags.size() == 1
                          ? details
                          : QStringLiteral("%1: %2").arg(flags[index].label, details.section(QLatin1Char('\n'), 0, 0)));
        }
        return lines.join(QLatin1Char('\n'));
    }
    const QRect area = strip->rect();
    if (position.y() >= area.top() && position.y() <= area.top() + theme().px(kBandHeight))
        for (const PhaseBand& band : bands)
            if (position.x() >= pixel(curves->xOf(band.from, axis)) && position.x() <= pixel(curves->xOf(band.to, axis)))
                return band.details;
    if (!shape.loss && position.y() > area.top() + theme().px(kBandHeight) && position.y() < accuracy.rect->top())
        return CurvePlot::tr("There is no room for the loss. Make the window higher, or close the log.");
    return {};
}

}  // namespace thaw::ui
