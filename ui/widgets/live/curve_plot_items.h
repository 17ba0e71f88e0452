// The pieces that CurvePlot is made of: axes' ticks, items painted by a function, and drawing that needs no clipping. For
// curve_plot*.cpp alone, which undo QT_NO_KEYWORDS first: qcustomplot.h asks for that.
#pragma once

#include <qcustomplot.h>

#include <array>
#include <cmath>
#include <functional>
#include <utility>
#include <vector>

#include "ui/models/percent_text.h"
#include "ui/widgets/live/curve_plot.h"
#include "ui/widgets/parts/plot_axis.h"
#include "ui/widgets/parts/theme.h"

namespace thaw::ui::plotting {

constexpr int kDiscSize = 9;  ///< design pixels

inline Theme& theme() { return Theme::instance(); }
inline QFont fontOf(TextRole role) { return theme().font(role); }
QFont flagFont();
/// Half transparent: thousands of batches fill a broad band, which must stay behind everything else.
QColor rawColor();

/// Ends on whole steps, the smallest of `steps` (then ten times those, and so on) that makes do with `limit` intervals: the only
/// ranges that a y axis ever has.
struct SteppedSpan {
    AxisSpan span;
    double step = 0.1;
};
SteppedSpan stepped(double low, double high, const std::array<double, 4>& steps, int limit);

/// Ends on 1, 2 or 5 times a power of ten, for a logarithmic axis; step 0.
SteppedSpan logarithmic(double low, double high);

/// 1-2-5 steps that leave room for their labels; whole numbers on the epoch axis as long as that is possible; clock steps for
/// time.
class AxisTicker : public QCPAxisTicker {
public:
    AxisTicker(SeriesAxis axis, std::function<double()> room) : m_axis(axis), m_room(std::move(room)) {}

protected:
    double getTickStep(const QCPRange& range) override {
        const double least = range.size() / std::max(1.0, m_room());
        if (m_axis == SeriesAxis::Time) {
            for (const double step :
                 {1., 2., 5., 10., 15., 30., 60., 120., 300., 600., 900., 1800., 3600., 7200., 14400., 28800., 86400.})
                if (step >= least) return step;
        }
        if (m_axis == SeriesAxis::Step && least < 1) return 1;
        if (m_axis == SeriesAxis::Epoch && least < 1 && range.size() > 3) return 1;
        double scale = std::pow(10, std::floor(std::log10(least)));
        for (;; scale *= 10)
            for (const double mantissa : {1., 2., 5.})
                if (mantissa * scale >= least * (1 - 1e-9)) return mantissa * scale;
    }
    int getSubTickCount(double) override { return 0; }
    QString getTickLabel(double tick, const QLocale& locale, QChar, int) override {
        if (m_axis == SeriesAxis::Time) return clockText(tick);
        if (m_axis == SeriesAxis::Step) return locale.toString(static_cast<qint64>(std::llround(tick)));
        return locale.toString(tick, 'g', 6);
    }

private:
    SeriesAxis m_axis;
    std::function<double()> m_room;  ///< labels that fit; asked at every layout, on screen and in files
};

class StepTicker : public QCPAxisTicker {
public:
    StepTicker(double step, bool percent, std::function<double()> room)
        : m_step(step), m_percent(percent), m_room(std::move(room)) {}

protected:
    /// Every step, or every second, third ... where the pane is low; the ends keep their labels.
    double getTickStep(const QCPRange& range) override {
        const int count = qRound(range.size() / m_step);
        for (int every = 1; every < count; ++every)
            if (count % every == 0 && static_cast<double>(count) / every <= m_room()) return every * m_step;
        return std::max(1, count) * m_step;
    }
    int getSubTickCount(double) override { return 0; }
    QString getTickLabel(double tick, const QLocale& locale, QChar, int) override {
        const double shown = m_percent ? m_step * 100 : m_step;
        const int decimals = std::max(0, static_cast<int>(std::ceil(-std::log10(shown) - 1e-9)));
        return m_percent ? percentText(tick, decimals) : locale.toString(tick, 'f', decimals);
    }

private:
    double m_step;
    bool m_percent;
    std::function<double()> m_room;
};

/// Of a logarithmic axis: 1, 2 and 5 times the powers of ten, as many as there is room for.
class LogTicker : public QCPAxisTicker {
public:
    explicit LogTicker(std::function<double()> room) : m_room(std::move(room)) {}

protected:
    QVector<double> createTickVector(double, const QCPRange& range) override;
    int getSubTickCount(double) override { return 0; }
    QString getTickLabel(double tick, const QLocale& locale, QChar, int) override {
        return locale.toString(tick, 'f', tick < 1 ? 2 : 0);
    }

private:
    std::function<double()> m_room;
};

/// An item that is painted by a function.
class PaintItem : public QCPAbstractItem {
public:
    PaintItem(QCustomPlot* plot, const QString& layer, std::function<void(QCPPainter*)> paint)
        : QCPAbstractItem(plot), m_paint(std::move(paint)) {
        setLayer(layer);
        setClipToAxisRect(false);
        setSelectable(false);
    }
    double selectTest(const QPointF&, bool, QVariant*) const override { return -1; }

protected:
    void draw(QCPPainter* painter) override { m_paint(painter); }

private:
    std::function<void(QCPPainter*)> m_paint;
};

/// Discs, whole at the very ends of the axis.
class DiscGraph : public QCPGraph {
public:
    DiscGraph(QCPAxis* key, QCPAxis* value) : QCPGraph(key, value) {}

protected:
    QRect clipRect() const override {
        const int margin = theme().px(kDiscSize);
        return QCPGraph::clipRect().adjusted(-margin, 0, margin, 0);
    }
};

void paintIcon(QPainter* painter, const QString& name, const QRectF& rect, const QColor& color);
/// Words that stay legible over lines.
void haloText(QPainter* painter, const QRectF& box, Qt::Alignment alignment, const QString& text, const QColor& ink,
              const QColor& ground);
/// Points within the view, cut at its edges; NaN between separate pieces. So no drawing depends on clipping, which SVG lacks.
QVector<QCPGraphData> cut(const std::vector<PlotPoint>& points, const AxisSpan& x, const AxisSpan& y);

}  // namespace thaw::ui::plotting
