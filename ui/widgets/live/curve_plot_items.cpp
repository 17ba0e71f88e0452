// qcustomplot.h is written with Qt's keywords, which the rest of the project does without.
#undef QT_NO_KEYWORDS
#include "ui/widgets/live/curve_plot_items.h"

#include <QFile>
#include <QPainter>
#include <QSvgRenderer>

#include <algorithm>

namespace thaw::ui::plotting {

QFont flagFont() {
    QFont flag = theme().font(TextRole::Caption);
    flag.setWeight(QFont::DemiBold);
    return flag;
}

QColor rawColor() {
    QColor color = theme().color(Tone::Raw);
    color.setAlpha(150);
    return color;
}

SteppedSpan stepped(double low, double high, const std::array<double, 4>& steps, int limit) {
    const double pad = 0.04 * std::max(high - low, steps.front());
    low -= pad;
    high += pad;
    for (double scale = 1;; scale *= 10) {
        for (const double unit : steps) {
            const double step = unit * scale;
            const double from = std::max(0.0, std::floor(low / step + 1e-9) * step);
            const double to = std::max(from + step, std::ceil(high / step - 1e-9) * step);
            if ((to - from) / step <= limit + 1e-6) return {{from, to}, step};
        }
    }
}

namespace {

/// 1, 2 or 5 times a power of ten.
double mark(int index) {
    constexpr std::array<double, 3> kUnits{1, 2, 5};
    const int decade = static_cast<int>(std::floor(index / 3.0));
    return kUnits[static_cast<std::size_t>(index - 3 * decade)] * std::pow(10.0, decade);
}

int markBelow(double value) {
    int index = 3 * static_cast<int>(std::floor(std::log10(value)));
    while (mark(index + 1) <= value * (1 + 1e-9)) ++index;
    return index;
}

}  // namespace

SteppedSpan logarithmic(double low, double high) {
    const int first = markBelow(low), last = markBelow(high);
    return {{mark(first), mark(std::max(first + 1, mark(last) < high * (1 - 1e-9) ? last + 1 : last))}, 0};
}

QVector<double> LogTicker::createTickVector(double, const QCPRange& range) {
    const int first = markBelow(range.lower), last = markBelow(range.upper);
    const int every = std::max(1, static_cast<int>(std::ceil((last - first + 1) / std::max(2.0, m_room()))));
    QVector<double> ticks;
    for (int index = first; index <= last; index += every)
        if (mark(index) >= range.lower * (1 - 1e-9)) ticks << mark(index);
    return ticks;
}

void paintIcon(QPainter* painter, const QString& name, const QRectF& rect, const QColor& color) {
    QFile file(QStringLiteral(":/icons/%1.svg").arg(name));
    if (!file.open(QIODevice::ReadOnly)) return;
    QByteArray svg = file.readAll();
    svg.replace("#000", color.name().toLatin1());
    QSvgRenderer(svg).render(painter, rect);
}

void haloText(QPainter* painter, const QRectF& box, Qt::Alignment alignment, const QString& text, const QColor& ink,
              const QColor& ground) {
    const QFontMetricsF metrics(painter->font());
    const double width = metrics.horizontalAdvance(text);
    const double left = alignment & Qt::AlignRight ? box.right() - width : box.left();
    QPainterPath outline;
    outline.addText(QPointF(left, box.top() + (box.height() - metrics.height()) / 2 + metrics.ascent()), painter->font(), text);
    painter->strokePath(outline, QPen(ground, 3, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter->setPen(ink);
    painter->drawText(box, static_cast<int>(alignment | Qt::AlignVCenter | Qt::TextDontClip), text);
}

QVector<QCPGraphData> cut(const std::vector<PlotPoint>& points, const AxisSpan& x, const AxisSpan& y) {
    QVector<QCPGraphData> result;
    result.reserve(static_cast<int>(points.size()) + 8);
    const auto gap = [&] {
        if (!result.isEmpty() && !std::isnan(result.last().value)) result.append({result.last().key, std::nan("")});
    };
    for (std::size_t i = 1; i < points.size(); ++i) {
        PlotPoint a = points[i - 1], b = points[i];
        // Liang and Barsky: the part of the segment that lies inside.
        double enter = 0, leave = 1;
        const double dx = b.x - a.x, dy = b.y - a.y;
        const auto clip = [&](double direction, double distance) {
            if (direction == 0) {
                if (distance < 0) leave = -1;
            } else if (direction < 0) {
                enter = std::max(enter, distance / direction);
            } else {
                leave = std::min(leave, distance / direction);
            }
        };
        clip(-dx, a.x - x.from);
        clip(dx, x.to - a.x);
        clip(-dy, a.y - y.from);
        clip(dy, y.to - a.y);
        if (enter > leave) {
            gap();
            continue;
        }
        if (enter > 0) gap();
        if (result.isEmpty() || std::isnan(result.last().value)) result.append({a.x + enter * dx, a.y + enter * dy});
        result.append({a.x + leave * dx, a.y + leave * dy});
        if (leave < 1) gap();
    }
    return result;
}

}  // namespace thaw::ui::plotting
