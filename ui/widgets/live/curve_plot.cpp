// qcustomplot.h is written with Qt's keywords, which the rest of the project does without.
#undef QT_NO_KEYWORDS
#include "ui/widgets/live/curve_plot.h"

#include <QBuffer>
#include <QFile>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QPageSize>
#include <QPainter>
#include <QPdfWriter>
#include <QSvgGenerator>
#include <QSvgRenderer>
#include <QTimer>
#include <QToolTip>
#include <QVBoxLayout>

#include <qcustomplot.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <iterator>
#include <limits>
#include <optional>
#include <set>

#include "ui/models/percent_text.h"
#include "ui/widgets/parts/plot_axis.h"
#include "ui/widgets/parts/theme.h"

namespace thaw::ui {
namespace {

constexpr double kAccuracyShare = 58, kLossShare = 42;
constexpr double kCalmSmoothing = 0.9;
constexpr int kReplotMilliseconds = 100;
constexpr int kReadingMilliseconds = 30'000;
// Design pixels.
constexpr int kBandHeight = 24, kLaneHeight = 20, kLaneTop[2] = {26, 49};
constexpr int kStripHeight[3] = {28, 49, 72};  ///< by the number of lanes
constexpr int kGap = 34;                       ///< between the two axis rects, with the lower one's title
constexpr int kLabelHeight = 24;               ///< of the x axis, about
constexpr int kAxisHeight = 38;                ///< labels and title of the x axis, about
constexpr int kRightMargin = 12;
constexpr int kReachPixels = 20;  ///< how near the mouse must be to an epoch to read it
constexpr int kDiscSize = 9;
constexpr int kDiscSpacing = 11;  ///< closer than this, validation points are a line without discs
constexpr int kExportHeader = 62;
constexpr std::array<double, 4> kAccuracySteps{0.02, 0.05, 0.1, 0.2};
constexpr std::array<double, 4> kLossSteps{0.05, 0.1, 0.2, 0.3};

/// How the height is spent: the curves come first. As it gets short, the x axis loses its title, the flags lose their second
/// lane, the loss goes, and at last the words of the flags.
struct Shape {
    bool loss;
    int lanes;
    bool axisTitle;
    int leastAccuracy;  ///< pixels of the screen that the accuracies must have left for it
};
constexpr Shape kShapes[] = {{true, 2, true, 120},   {true, 2, false, 120},  {true, 1, false, 120}, {false, 2, true, 120},
                             {false, 2, false, 120}, {false, 1, false, 100}, {false, 0, false, 0}};

Theme& theme() { return Theme::instance(); }

QFont fontOf(TextRole role) { return theme().font(role); }

QFont flagFont() {
    QFont flag = theme().font(TextRole::Caption);
    flag.setWeight(QFont::DemiBold);
    return flag;
}

/// Half transparent: thousands of batches fill a broad band, which must stay behind everything else.
QColor rawColor() {
    QColor color = theme().color(Tone::Raw);
    color.setAlpha(150);
    return color;
}

/// Ends on whole steps, the smallest of `steps` (then ten times those, and so on) that makes do with `limit` intervals: the only
/// ranges that a y axis ever has.
struct SteppedSpan {
    AxisSpan span;
    double step = 0.1;
};
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

void paintIcon(QPainter* painter, const QString& name, const QRectF& rect, const QColor& color) {
    QFile file(QStringLiteral(":/icons/%1.svg").arg(name));
    if (!file.open(QIODevice::ReadOnly)) return;
    QByteArray svg = file.readAll();
    svg.replace("#000", color.name().toLatin1());
    QSvgRenderer(svg).render(painter, rect);
}

/// Words that stay legible over lines.
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

/// Points within the view, cut at its edges; NaN between separate pieces. So no drawing depends on clipping, which SVG lacks.
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

}  // namespace

class CurvePlot::Private {
public:
    explicit Private(CurvePlot* owner);

    struct Pane {
        QCPAxisRect* rect = nullptr;
        QCPGraph *raw = nullptr, *smoothed = nullptr, *past = nullptr, *val = nullptr, *discs = nullptr;
        SteppedSpan y;
        QCPAxis* key() const { return rect->axis(QCPAxis::atBottom); }
        QCPAxis* value() const { return rect->axis(QCPAxis::atLeft); }
    };
    struct OtherGraphs {
        QCPGraph *accuracy, *loss;
    };
    struct Reached {
        double accuracy, loss;
    };

    void build();
    void applyTheme();
    void arrange(int height);  ///< of the plot
    void setShape(const Shape& next);
    double accuracyHeight(const Shape& of, int height) const;
    const Pane& bottomPane() const { return shape.loss ? loss : accuracy; }
    QString axisTitle() const;
    void prepare();  ///< after the layout is known, before anything is drawn
    void fill(Pane& pane, const MetricSeries& batches, const MetricSeries& epochs, const MetricSeries& val);
    void setLine(QCPGraph* graph, const ThinnedSeries& thinned, const Pane& pane);
    void placeFlags();
    void paintBands(QCPPainter* painter, const QRect& rect, bool caption);
    void paintStrip(QCPPainter* painter);
    void paintFlagLines(QCPPainter* painter);
    void paintReferences(QCPPainter* painter);
    void paintReferenceLabels(QCPPainter* painter);
    std::vector<const ReferenceLine*> visibleReferences() const;
    QColor inkOf(const ReferenceLine& line) const;
    QColor groundAt(double xPixel) const;  ///< of the phase band there
    void paintNames(QCPPainter* painter);
    void paintCrosshair(QCPPainter* painter);
    void paintFile(QCPPainter* painter, const QSize& size, const QString& title);

    void markDirty();
    void replot();
    void refreshRanges(bool byHand);
    void applyRanges();
    double labelRoom() const;
    SteppedSpan wantedAccuracy() const;
    SteppedSpan wantedLoss() const;
    double xEnd() const;
    void setX(double from, double to);
    void updateReadOut();
    void refreshHappenings();
    void hover(const QPoint& position);
    void stopReading();
    QString toolTipAt(const QPoint& position) const;
    double pixel(double at) const { return accuracy.key()->coordToPixel(at); }
    double unit(double pixelX) const { return accuracy.key()->pixelToCoord(pixelX); }
    void verticalLine(QCPPainter* painter, double x, double top, double bottom, double width, const QColor& color) const;

    CurvePlot* q;
    QCustomPlot* plot = nullptr;
    QTimer timer, idle;
    const RunCurves* curves = nullptr;
    RunCurves none;
    std::vector<OtherCurves> others;
    std::vector<OtherGraphs> otherGraphs;
    std::vector<ReferenceLine> references;
    std::vector<PhaseBand> bands;
    std::vector<EventFlag> flags;
    std::vector<PlacedFlag> placed;
    std::vector<std::size_t> unlabelled;  ///< flags that are a line alone, for want of room at the right edge
    QCPAxisRect* strip = nullptr;
    Pane accuracy, loss;
    Shape shape = kShapes[0];
    SeriesAxis axis = SeriesAxis::Epoch;
    AxisSpan x{0, 1};
    std::vector<Reached> reached;  ///< by the smoothed training curves
    bool fitted = true, dirty = true, happeningsDirty = true, focusRing = false;
    bool mouseInside = false, dragging = false;
    double mouseX = 0;  ///< pixels
    int keyEpoch = 0;   ///< read by keys; 0: not
    QPoint dragStart;
    AxisSpan dragSpan;
    ReadOut readOut;
    double exportScale = 0;  ///< 0: on the screen
    qint64 pointsDrawn = 0;
};

CurvePlot::Private::Private(CurvePlot* owner) : q(owner) {
    timer.setSingleShot(true);
    timer.setInterval(kReplotMilliseconds);
    QObject::connect(&timer, &QTimer::timeout, q, [this] {
        if (dirty && q->isVisible()) replot();
    });
    idle.setSingleShot(true);
    idle.setInterval(kReadingMilliseconds);
    QObject::connect(&idle, &QTimer::timeout, q, [this] {
        if (!dragging) stopReading();
    });
}

void CurvePlot::Private::build() {
    plot = new QCustomPlot(q);
    plot->setFocusPolicy(Qt::NoFocus);
    plot->setNoAntialiasingOnDrag(false);
    plot->setPlottingHints(QCP::phCacheLabels | QCP::phFastPolylines);  // joined wide lines of many points take seconds
    plot->setContextMenuPolicy(Qt::NoContextMenu);
    plot->plotLayout()->clear();
    plot->addLayer(QStringLiteral("bands"), plot->layer(QStringLiteral("grid")), QCustomPlot::limBelow);
    for (const char* name : {"raw", "others", "references"})
        plot->addLayer(QLatin1String(name), plot->layer(QStringLiteral("main")), QCustomPlot::limBelow);
    plot->addLayer(QStringLiteral("flags"), plot->layer(QStringLiteral("axes")), QCustomPlot::limAbove);

    strip = new QCPAxisRect(plot, false);
    strip->addAxis(QCPAxis::atBottom)->setVisible(false);
    auto* group = new QCPMarginGroup(plot);
    const auto setUp = [&](Pane& pane) {
        pane.rect = new QCPAxisRect(plot, false);
        pane.rect->addAxes(QCPAxis::atLeft | QCPAxis::atBottom);
        for (QCPAxis* one : pane.rect->axes()) {
            one->setLayer(QStringLiteral("axes"));
            one->grid()->setLayer(QStringLiteral("grid"));
            one->setBasePen(Qt::NoPen);
            one->setTickPen(QPen(Qt::transparent));  // Qt::NoPen leaves dots in SVG; without ticks there are no labels
            one->setSubTicks(false);
            one->setTickLength(0);
            one->grid()->setZeroLinePen(Qt::NoPen);
        }
        pane.key()->grid()->setVisible(false);
        pane.value()->grid()->setVisible(true);
    };
    setUp(accuracy);
    setUp(loss);
    plot->plotLayout()->setRowSpacing(0);
    int row = 0;
    for (QCPAxisRect* rect : {strip, accuracy.rect, loss.rect}) {
        plot->plotLayout()->addElement(row++, 0, rect);
        rect->setAutoMargins(QCP::msLeft | QCP::msRight);
        rect->setMarginGroup(QCP::msLeft | QCP::msRight, group);
    }
    plot->plotLayout()->setRowStretchFactor(0, 0.001);
    plot->plotLayout()->setRowStretchFactor(1, kAccuracyShare);
    plot->plotLayout()->setRowStretchFactor(2, kLossShare);
    // One x range for all three.
    for (Pane* pane : {&accuracy, &loss}) {
        QObject::connect(pane->key(), QOverload<const QCPRange&>::of(&QCPAxis::rangeChanged), q, [this](const QCPRange& range) {
            for (QCPAxis* other : {strip->axis(QCPAxis::atBottom), accuracy.key(), loss.key()})
                if (other->range() != range) other->setRange(range);
        });
    }

    for (Pane* pane : {&accuracy, &loss}) {
        const auto graph = [&](const char* layer) {
            QCPGraph* one = plot->addGraph(pane->key(), pane->value());
            one->setLayer(QLatin1String(layer));
            one->setAdaptiveSampling(false);
            one->setSelectable(QCP::stNone);
            return one;
        };
        pane->raw = graph("raw");
        pane->past = graph("main");
        pane->smoothed = graph("main");
        pane->val = graph("main");
        pane->discs = new DiscGraph(pane->key(), pane->value());
        pane->discs->setLayer(QStringLiteral("main"));
        pane->discs->setAdaptiveSampling(false);
        pane->discs->setLineStyle(QCPGraph::lsNone);
        pane->discs->setSelectable(QCP::stNone);
        pane->raw->setAntialiased(false);
    }

    new PaintItem(plot, QStringLiteral("bands"), [this](QCPPainter* painter) {
        paintBands(painter, accuracy.rect->rect(), true);
        if (shape.loss) paintBands(painter, loss.rect->rect(), false);
    });
    new PaintItem(plot, QStringLiteral("references"), [this](QCPPainter* painter) {
        paintFlagLines(painter);
        paintReferences(painter);
    });
    new PaintItem(plot, QStringLiteral("flags"), [this](QCPPainter* painter) {
        paintStrip(painter);
        paintReferenceLabels(painter);
        paintNames(painter);
    });
    new PaintItem(plot, QStringLiteral("overlay"), [this](QCPPainter* painter) { paintCrosshair(painter); });
    QObject::connect(plot, &QCustomPlot::afterLayout, q, [this] { prepare(); });
}

void CurvePlot::Private::applyTheme() {
    const Theme& t = theme();
    plot->setBackground(QBrush(t.color(Tone::Surface)));
    arrange(plot->height());
    for (Pane* pane : {&accuracy, &loss}) {
        for (QCPAxis* one : pane->rect->axes()) {
            one->setTickLabelFont(fontOf(TextRole::Table));
            one->setTickLabelColor(t.color(Tone::Ink2));
            one->setTickLabelPadding(t.px(7));
            one->setLabelFont(fontOf(TextRole::Table));
            one->setLabelColor(t.color(Tone::Ink3));
            one->setLabelPadding(0);
            one->grid()->setPen(QPen(t.color(Tone::Line), 1));
        }
        QPen line(t.color(Tone::Training), t.px(10) * 0.18);
        line.setJoinStyle(Qt::RoundJoin);
        pane->smoothed->setPen(line);
        pane->past->setPen(line);
        QPen validation(t.color(Tone::Validation), t.px(10) * 0.36);
        validation.setJoinStyle(Qt::RoundJoin);
        validation.setCapStyle(Qt::RoundCap);
        pane->val->setPen(validation);
        pane->discs->setScatterStyle(QCPScatterStyle(QCPScatterStyle::ssCircle, QPen(t.color(Tone::Surface), 1.5),
                                                     t.color(Tone::Validation), t.px(kDiscSize) + 1));
    }
    for (std::size_t i = 0; i < otherGraphs.size(); ++i)
        for (QCPGraph* graph : {otherGraphs[i].accuracy, otherGraphs[i].loss})
            graph->setPen(t.runPen(others[i].penIndex, t.px(10) * 0.2));
}

double CurvePlot::Private::accuracyHeight(const Shape& of, int height) const {
    const Theme& t = theme();
    const int panes = height - t.px(kStripHeight[of.lanes]) - t.px(of.axisTitle ? kAxisHeight : kLabelHeight);
    return of.loss ? (panes - t.px(kGap)) * kAccuracyShare / (kAccuracyShare + kLossShare) : panes;
}

void CurvePlot::Private::arrange(int height) {
    setShape(*std::find_if(std::begin(kShapes), std::prev(std::end(kShapes)),
                           [&](const Shape& one) { return accuracyHeight(one, height) >= one.leastAccuracy; }));
}

void CurvePlot::Private::setShape(const Shape& next) {
    const Theme& t = theme();
    shape = next;
    strip->setMinimumSize(10, t.px(kStripHeight[shape.lanes]));
    strip->setMaximumSize(QWIDGETSIZE_MAX, t.px(kStripHeight[shape.lanes]));
    strip->setMargins(QMargins(0, 0, 0, 0));
    // Room for the widest label, so that nothing jumps when a range changes.
    const int left = QFontMetrics(fontOf(TextRole::Table)).horizontalAdvance(percentText(1, 0)) + t.px(13);
    for (QCPAxisRect* rect : {strip, accuracy.rect, loss.rect}) rect->setMinimumMargins(QMargins(left, 0, t.px(kRightMargin), 0));
    for (Pane* pane : {&accuracy, &loss}) {
        const bool shown = pane == &accuracy || shape.loss, bottom = pane == &bottomPane();
        pane->rect->setVisible(shown);
        pane->rect->setMinimumSize(t.px(60), shown ? t.px(20) : 0);
        pane->rect->setMaximumSize(QWIDGETSIZE_MAX, shown ? QWIDGETSIZE_MAX : 0);
        pane->rect->setAutoMargins(bottom ? QCP::msLeft | QCP::msRight | QCP::msBottom : QCP::msLeft | QCP::msRight);
        pane->rect->setMargins(QMargins(0, 0, 0, shown && !bottom ? t.px(kGap) : 0));
        pane->key()->setTickLabels(bottom);
        pane->key()->setLabel(bottom && shape.axisTitle ? axisTitle() : QString());
    }
}

QString CurvePlot::Private::axisTitle() const {
    return axis == SeriesAxis::Epoch  ? CurvePlot::tr("epoch")
           : axis == SeriesAxis::Step ? CurvePlot::tr("step")
                                      : CurvePlot::tr("time, minutes and seconds");
}

void CurvePlot::Private::markDirty() {
    dirty = true;
    if (q->isVisible() && !timer.isActive()) timer.start();
}

void CurvePlot::Private::replot() {
    dirty = false;
    if (happeningsDirty) refreshHappenings();
    refreshRanges(false);
    updateReadOut();
    plot->replot(QCustomPlot::rpQueuedRefresh);
}

void CurvePlot::Private::refreshHappenings() {
    happeningsDirty = false;
    bands = curves->bands();
    flags = curves->flags();
}

// --- ranges -----------------------------------------------------------------------------------------------------------------

double CurvePlot::Private::xEnd() const {
    double end = std::max(1e-9, curves->endOf(axis));
    if (axis != SeriesAxis::Time) return end;
    // An estimate: rounded up, so that the axis does not follow each of its changes.
    for (const double unit : {1., 5., 10., 30., 60., 120., 300., 600., 1800., 3600., 7200., 21600., 86400.})
        if (end / unit <= 20) return std::ceil(end / unit - 1e-9) * unit;
    return end;
}

SteppedSpan CurvePlot::Private::wantedAccuracy() const {
    double low = 1, high = 0;
    const auto take = [&](double value) {
        if (!std::isfinite(value)) return;
        low = std::min(low, value);
        high = std::max(high, value);
    };
    for (const auto& [number, epoch] : curves->epochs()) {
        take(epoch.valAccuracy);
        take(epoch.trainAccuracy);
    }
    for (const OtherCurves& other : others)
        for (const auto& [number, epoch] : other.curves.epochs()) take(epoch.valAccuracy);
    for (const ReferenceLine& line : references) take(line.value);
    for (const Reached& one : reached) take(one.accuracy);
    if (curves->epochs().empty()) take(0);
    if (high <= low) take(low > 0.5 ? 0 : 1);
    SteppedSpan wanted = stepped(low, std::min(high, 0.999), kAccuracySteps, 6);
    wanted.span.to = std::min(wanted.span.to, 1.0);
    return wanted;
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
        const Reached now{curves->trainAccuracy().value(last, MetricSeries::Values::Smoothed),
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

// --- lines ------------------------------------------------------------------------------------------------------------------

void CurvePlot::Private::setLine(QCPGraph* graph, const ThinnedSeries& thinned, const Pane& pane) {
    QVector<QCPGraphData> data = cut(thinned.points, x, pane.y.span);
    pointsDrawn += data.size();
    graph->data()->set(data, true);
}

void CurvePlot::Private::fill(Pane& pane, const MetricSeries& batches, const MetricSeries& epochs, const MetricSeries& val) {
    const double scale = exportScale > 0 ? exportScale : plot->bufferDevicePixelRatio();
    const int columns = std::max(1, static_cast<int>(pane.rect->width() * scale));
    const double flat = 0.5 * (pane.y.span.to - pane.y.span.from) / std::max(1.0, pane.rect->height() * scale);
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
    fill(accuracy, curves->trainAccuracy(), curves->epochTrainAccuracy(), curves->valAccuracy());
    if (shape.loss) fill(loss, curves->trainLoss(), curves->epochTrainLoss(), curves->valLoss());
    const int columns = std::max(1, accuracy.rect->width());
    for (std::size_t i = 0; i < others.size(); ++i) {
        const RunCurves& other = others[i].curves;
        setLine(otherGraphs[i].accuracy, other.valAccuracy().thinned(axis, MetricSeries::Values::Raw, x.from, x.to, columns),
                accuracy);
        if (shape.loss)
            setLine(otherGraphs[i].loss, other.valLoss().thinned(axis, MetricSeries::Values::Raw, x.from, x.to, columns), loss);
    }
    placeFlags();
}

// --- bands, strip, flags ----------------------------------------------------------------------------------------------------

void CurvePlot::Private::verticalLine(QCPPainter* painter, double xPixel, double top, double bottom, double width,
                                      const QColor& color) const {
    painter->setAntialiasing(false);
    const double thickness = std::max(1.0, std::round(width));
    painter->fillRect(QRectF(std::round(xPixel - thickness / 2), top, thickness, bottom - top), color);
}

void CurvePlot::Private::paintBands(QCPPainter* painter, const QRect& rect, bool caption) {
    const Theme& t = theme();
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
    laneEnd[lastLane] +=
        QFontMetricsF(fontOf(TextRole::TableStrong)).horizontalAdvance(CurvePlot::tr("Accuracy")) + t.px(7);  // the pane's title
    std::vector<PlacedFlag> groups;
    bool open = false;  // the last group takes more
    for (std::size_t i = 0; i < flags.size(); ++i) {
        const double at = pixel(curves->xOf(flags[i].position, axis));
        if (at < area.left() - 1 || at > area.right() + 2) continue;
        const double width = metrics.horizontalAdvance(flags[i].label) + 2 * padding;
        const double left = std::max<double>(area.left(), std::min(std::round(at), area.right() - width));
        int lane = 0;
        while (lane <= lastLane && left < laneEnd[lane] + distance) ++lane;
        if (lane <= lastLane) {
            placed.push_back(
                {QRectF(left, area.top() + t.px(kLaneTop[lane]), width, t.px(kLaneHeight)), lane, flags[i].label, {i}});
            laneEnd[lane] = left + width;
            if (lane == lastLane) open = false;
            continue;
        }
        const double groupWidth = metrics.horizontalAdvance(QStringLiteral("+99…")) + 2 * padding;
        const double groupLeft = laneEnd[lastLane] + distance;
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
    if (shape.lanes > 0) title(area.bottom() + 1, CurvePlot::tr("Accuracy"));
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

QColor CurvePlot::Private::groundAt(double xPixel) const {
    for (const PhaseBand& band : bands)
        if (xPixel <= pixel(curves->xOf(band.to, axis))) return theme().color(band.thawed ? Tone::WarmBand : Tone::IceBand);
    return theme().color(Tone::Surface);
}

void CurvePlot::Private::paintReferenceLabels(QCPPainter* painter) {
    const Theme& t = theme();
    const QRectF area = accuracy.rect->rect();
    painter->setFont(flagFont());
    painter->setAntialiasing(true);
    const QFontMetricsF metrics(painter->font());
    const std::vector<const ReferenceLine*> visible = visibleReferences();
    std::vector<QRectF> lines, labels;
    for (const ReferenceLine* line : visible)
        lines.emplace_back(area.left(), accuracy.value()->coordToPixel(line->value) - 1, area.width(), 2);
    const auto crosses = [](const std::vector<QRectF>& taken, const QRectF& place) {
        return std::any_of(taken.begin(), taken.end(), [&](const QRectF& one) { return one.intersects(place); });
    };
    const auto onCurve = [&](const QRectF& place) {
        const MetricSeries& val = curves->valAccuracy();
        if (val.empty()) return false;
        const QRectF wide = place.adjusted(-t.px(6), -t.px(5), t.px(6), t.px(5));
        for (double at = wide.left(); at <= wide.right(); at += t.px(8)) {
            const double position = unit(at);
            if (position < val.x(0, axis) || position > val.x(val.size() - 1, axis)) continue;
            const std::size_t after = val.lowerBound(axis, position);
            const double right = val.x(after, axis), left = after > 0 ? val.x(after - 1, axis) : right;
            const double a = val.at(after > 0 ? after - 1 : 0).value, b = val.at(after).value;
            const double value = right > left ? a + (b - a) * (position - left) / (right - left) : b;
            const double y = accuracy.value()->coordToPixel(value);
            if (y >= wide.top() && y <= wide.bottom()) return true;
        }
        return false;
    };
    for (const ReferenceLine* line : visible) {
        const double y = std::round(accuracy.value()->coordToPixel(line->value));
        const QString number = percentText(line->value, 1);
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
                    if (place.top() < area.top() || place.bottom() > area.bottom() ||
                        crosses(labels, place.adjusted(-t.px(6), 0, t.px(6), 0)))
                        continue;
                    if ((patience < 3 && onCurve(place)) || (patience < 1 && crosses(lines, place))) continue;
                    best = place;
                }
            }
        }
        if (!best) continue;
        labels.push_back(*best);
        haloText(painter, *best, Qt::AlignLeft, text, inkOf(*line), groundAt(best->center().x()));
    }
}

void CurvePlot::Private::paintNames(QCPPainter* painter) {
    const Theme& t = theme();
    painter->setAntialiasing(true);
    painter->setFont(flagFont());
    const QFontMetricsF metrics(painter->font());
    for (Pane* pane : {&accuracy, &loss}) {
        if (pane == &loss && !shape.loss) continue;
        std::vector<QRectF> used;
        for (const OtherCurves& other : others) {
            const MetricSeries& series = pane == &accuracy ? other.curves.valAccuracy() : other.curves.valLoss();
            const std::size_t end = series.lowerBound(axis, x.to * (1 + 1e-9) + 1e-9);
            if (end == 0 || series.x(end - 1, axis) < x.from) continue;
            const double value = series.value(end - 1, MetricSeries::Values::Raw);
            if (!(value >= pane->y.span.from && value <= pane->y.span.to)) continue;
            const double width = metrics.horizontalAdvance(other.name) + t.px(4);
            const double right = std::min(pixel(series.x(end - 1, axis)), pane->rect->right() - 1.0);
            const double y = pane->value()->coordToPixel(value);
            QRectF box(std::max<double>(right - width, pane->rect->left()), y - metrics.height() - t.px(3), width,
                       metrics.height());
            if (box.top() < pane->rect->top()) box.moveTop(y + t.px(3));
            for (const QRectF& taken : used)
                if (taken.intersects(box)) box.moveTop(taken.bottom());
            used.push_back(box);
            haloText(painter, box, Qt::AlignRight, other.name, t.runPen(other.penIndex).color(), groundAt(box.center().x()));
        }
    }
}

// --- reading ----------------------------------------------------------------------------------------------------------------

void CurvePlot::Private::updateReadOut() {
    ReadOut next;
    if (keyEpoch > 0 && curves->epochs().count(keyEpoch)) {
        next = curves->readOutOfEpoch(keyEpoch, axis);
    } else if (mouseInside && !dragging) {
        const double reach = std::abs(unit(accuracy.rect->left() + theme().px(kReachPixels)) - unit(accuracy.rect->left()));
        next = curves->readOut(unit(mouseX), axis, reach);
    } else {
        next = curves->restingReadOut(axis);
    }
    readOut = next;
    Q_EMIT q->readOutChanged();
}

void CurvePlot::Private::hover(const QPoint& position) {
    mouseX = std::clamp<double>(position.x(), accuracy.rect->left(), accuracy.rect->right());
    keyEpoch = 0;
    updateReadOut();
    plot->layer(QStringLiteral("overlay"))->replot();
}

void CurvePlot::Private::stopReading() {
    idle.stop();
    mouseInside = false;
    updateReadOut();
    markDirty();  // axes that waited move now
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
    tracer(accuracy, readOut.atEpoch ? readOut.valAccuracy : readOut.trainAccuracy);
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

// --- files ------------------------------------------------------------------------------------------------------------------

void CurvePlot::Private::paintFile(QCPPainter* painter, const QSize& size, const QString& title) {
    const Theme& t = theme();
    const double header = t.px(kExportHeader), margin = t.px(16);
    if (happeningsDirty) refreshHappenings();
    refreshRanges(false);
    painter->fillRect(QRectF(QPointF(0, 0), QSizeF(size)), t.color(Tone::Surface));
    painter->setAntialiasing(true);
    painter->setFont(fontOf(TextRole::PanelTitle));
    painter->setPen(t.color(Tone::Ink));
    painter->drawText(QRectF(margin, t.px(8), size.width() - 2 * margin, t.px(24)), Qt::AlignLeft | Qt::AlignVCenter, title);

    double left = margin;
    const double y = t.px(44), sample = t.px(28);
    painter->setFont(fontOf(TextRole::Table));
    const auto entry = [&](const QString& text, const QPen& pen, bool disc) {
        painter->setPen(pen);
        painter->drawLine(QLineF(left, y, left + sample, y));
        if (disc) {
            painter->setPen(Qt::NoPen);
            painter->setBrush(pen.color());
            painter->drawEllipse(QPointF(left + sample / 2, y), t.px(10) * 0.5, t.px(10) * 0.5);
            painter->setBrush(Qt::NoBrush);
        }
        left += sample + t.px(6);
        painter->setPen(t.color(Tone::Ink2));
        const double width = QFontMetricsF(painter->font()).horizontalAdvance(text) + 2;
        painter->drawText(QRectF(left, y - t.px(12), width, t.px(24)), Qt::AlignLeft | Qt::AlignVCenter, text);
        left += width + t.px(18);
    };
    entry(CurvePlot::tr("validation"), accuracy.val->pen(), true);
    if (!curves->trainLoss().empty()) {
        if (curves->smoothing() > 0) {
            const double window = 1 / (1 - curves->smoothing());
            entry(CurvePlot::tr("training, average over about %1 batches").arg(QLocale().toString(window, 'f', 0)),
                  accuracy.smoothed->pen(), false);
        }
        entry(CurvePlot::tr("training, each batch"), QPen(curves->smoothing() > 0 ? rawColor() : t.color(Tone::Training), 1),
              false);
    } else if (!curves->epochs().empty()) {
        entry(CurvePlot::tr("training"), accuracy.past->pen(), false);
    }
    for (const OtherCurves& other : others) entry(other.name, t.runPen(other.penIndex, t.px(10) * 0.2), false);

    painter->save();
    painter->translate(margin / 2, header);
    const Shape onScreen = shape;
    setShape(kShapes[0]);
    plot->toPainter(painter, size.width() - static_cast<int>(margin), size.height() - static_cast<int>(header) - t.px(6));
    painter->restore();
    setShape(onScreen);
    markDirty();  // the layout was that of the file
}

CurvePlot::CurvePlot(QWidget* parent) : QWidget(parent), d(std::make_unique<Private>(this)) {
    d->curves = &d->none;
    setFocusPolicy(Qt::StrongFocus);
    d->build();
    d->applyTheme();
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(2, 2, 2, 2);
    layout->setSizeConstraint(QLayout::SetNoConstraint);  // what a high plot shows does not keep it high
    layout->addWidget(d->plot);
    d->plot->installEventFilter(this);
    setAccessibleName(tr("Training curves"));
    connect(&Theme::instance(), &Theme::changed, this, [this] {
        d->applyTheme();
        d->markDirty();
    });
    setAxis(SeriesAxis::Epoch);
}

CurvePlot::~CurvePlot() = default;

void CurvePlot::setCurves(const RunCurves* curves) {
    d->curves = curves ? curves : &d->none;
    d->keyEpoch = 0;
    happeningsChanged();
    fit();
}

void CurvePlot::dataChanged() { d->markDirty(); }

void CurvePlot::happeningsChanged() {
    d->happeningsDirty = true;
    d->markDirty();
}

void CurvePlot::setOtherRuns(std::vector<OtherCurves> runs) {
    for (const Private::OtherGraphs& graphs : d->otherGraphs) {
        d->plot->removeGraph(graphs.accuracy);
        d->plot->removeGraph(graphs.loss);
    }
    d->otherGraphs.clear();
    d->others = std::move(runs);
    for (std::size_t i = 0; i < d->others.size(); ++i) {
        const auto graph = [&](const Private::Pane& pane) {
            QCPGraph* one = d->plot->addGraph(pane.key(), pane.value());
            one->setLayer(QStringLiteral("others"));
            one->setAdaptiveSampling(false);
            one->setSelectable(QCP::stNone);
            return one;
        };
        d->otherGraphs.push_back({graph(d->accuracy), graph(d->loss)});
    }
    d->applyTheme();
    d->markDirty();
}

void CurvePlot::setReferences(std::vector<ReferenceLine> references) {
    d->references = std::move(references);
    d->markDirty();
}

SeriesAxis CurvePlot::axis() const { return d->axis; }

void CurvePlot::setAxis(SeriesAxis axis) {
    d->axis = axis;
    d->setShape(d->shape);  // the axis's title
    fit();
}

void CurvePlot::fit() {
    const bool was = d->fitted;
    d->fitted = true;
    if (d->happeningsDirty) d->refreshHappenings();
    d->refreshRanges(true);
    if (!was) Q_EMIT fittedChanged(true);
    d->updateReadOut();
    d->markDirty();
    if (isVisible()) d->plot->replot(QCustomPlot::rpQueuedReplot);
}

bool CurvePlot::isFitted() const { return d->fitted; }

void CurvePlot::zoom(double factor, double center) {
    d->setX(center - (center - d->x.from) * factor, center + (d->x.to - center) * factor);
}

void CurvePlot::pan(double distance) { d->setX(d->x.from + distance, d->x.to + distance); }

void CurvePlot::setReadingTimeout(int milliseconds) { d->idle.setInterval(milliseconds); }
bool CurvePlot::isBeingRead() const { return d->mouseInside || d->keyEpoch > 0; }
ReadOut CurvePlot::readOut() const { return d->readOut; }
AxisSpan CurvePlot::xSpan() const { return d->x; }
AxisSpan CurvePlot::accuracySpan() const { return d->accuracy.y.span; }
AxisSpan CurvePlot::lossSpan() const { return d->loss.y.span; }
const std::vector<PlacedFlag>& CurvePlot::placedFlags() const { return d->placed; }
bool CurvePlot::showsLoss() const { return d->shape.loss; }
QRect CurvePlot::accuracyRect() const { return d->accuracy.rect->rect().translated(d->plot->pos()); }

double CurvePlot::pixelOf(double x) const { return d->pixel(x) + d->plot->x(); }
qint64 CurvePlot::pointsDrawn() const { return d->pointsDrawn; }
double CurvePlot::lastReplotMilliseconds() const { return d->plot->replotTime(); }

QImage CurvePlot::toImage(const QSize& size, double scale, const QString& title) {
    QImage image((QSizeF(size) * scale).toSize(), QImage::Format_RGB32);
    QCPPainter painter;
    painter.begin(&image);
    painter.setMode(QCPPainter::pmNoCaching);
    if (scale > 1) painter.setMode(QCPPainter::pmNonCosmetic);
    painter.scale(scale, scale);
    d->exportScale = scale;
    d->paintFile(&painter, size, title);
    d->exportScale = 0;
    painter.end();
    image.setDotsPerMeterX(qRound(96 * scale / 0.0254));
    image.setDotsPerMeterY(qRound(96 * scale / 0.0254));
    return image;
}

QByteArray CurvePlot::toSvg(const QSize& size, const QString& title) {
    QBuffer buffer;
    buffer.open(QIODevice::WriteOnly);
    QSvgGenerator generator;
    generator.setOutputDevice(&buffer);
    generator.setSize(size);
    generator.setViewBox(QRect(QPoint(0, 0), size));
    generator.setTitle(title);
    generator.setResolution(96);
    QCPPainter painter;
    painter.begin(&generator);
    painter.setModes(QCPPainter::pmVectorized | QCPPainter::pmNoCaching | QCPPainter::pmNonCosmetic);
    d->exportScale = 2;
    d->paintFile(&painter, size, title);
    d->exportScale = 0;
    painter.end();
    return buffer.data();
}

QByteArray CurvePlot::toPdf(const QSize& size, const QString& title) {
    QBuffer buffer;
    buffer.open(QIODevice::WriteOnly);
    {
        QPdfWriter writer(&buffer);
        constexpr double kPointsPerPixel = 0.75;
        writer.setPageSize(QPageSize(QSizeF(size) * kPointsPerPixel, QPageSize::Point, QString(), QPageSize::ExactMatch));
        writer.setPageMargins(QMarginsF(0, 0, 0, 0));
        writer.setTitle(title);
        writer.setCreator(QStringLiteral("Thaw"));
        writer.setResolution(96 * 4);
        QCPPainter painter;
        painter.begin(&writer);
        painter.setModes(QCPPainter::pmVectorized | QCPPainter::pmNoCaching | QCPPainter::pmNonCosmetic);
        painter.scale(4, 4);
        d->exportScale = 4;
        d->paintFile(&painter, size, title);
        d->exportScale = 0;
        painter.end();
    }
    return buffer.data();
}

QSize CurvePlot::minimumSizeHint() const { return {theme().px(240), theme().px(90)}; }
QSize CurvePlot::sizeHint() const { return {theme().px(560), theme().px(560)}; }

bool CurvePlot::eventFilter(QObject* watched, QEvent* event) {
    if (watched != d->plot) return QWidget::eventFilter(watched, event);
    switch (event->type()) {
        case QEvent::Resize:  // before the plot lays itself out
            d->arrange(static_cast<QResizeEvent*>(event)->size().height());
            break;
        case QEvent::Leave:
            d->dragging = false;
            d->plot->unsetCursor();
            d->stopReading();
            break;
        case QEvent::MouseButtonPress: {
            const auto* mouse = static_cast<QMouseEvent*>(event);
            if (mouse->button() != Qt::LeftButton) break;
            setFocus(Qt::MouseFocusReason);
            d->dragging = true;
            d->dragStart = mouse->pos();
            d->dragSpan = d->x;
            break;
        }
        case QEvent::MouseButtonRelease:
            d->dragging = false;
            d->plot->unsetCursor();
            break;
        case QEvent::MouseMove: {
            const auto* mouse = static_cast<QMouseEvent*>(event);
            d->mouseInside = true;
            d->idle.start();
            if (d->dragging) {
                if (d->fitted) break;
                d->plot->setCursor(Qt::ClosedHandCursor);
                const double unitsPerPixel = (d->dragSpan.to - d->dragSpan.from) / std::max(1, d->accuracy.rect->width());
                const double distance = (d->dragStart.x() - mouse->pos().x()) * unitsPerPixel;
                d->setX(d->dragSpan.from + distance, d->dragSpan.to + distance);
            } else {
                d->hover(mouse->pos());
            }
            break;
        }
        case QEvent::MouseButtonDblClick:
            fit();
            return true;
        case QEvent::Wheel: {
            auto* wheel = static_cast<QWheelEvent*>(event);
            const double turns = wheel->angleDelta().y() / 120.0;
            if (turns != 0) zoom(std::pow(0.8, turns), d->unit(wheel->position().x()));
            wheel->accept();
            return true;
        }
        case QEvent::ToolTip: {
            const auto* help = static_cast<QHelpEvent*>(event);
            const QString text = d->toolTipAt(help->pos());
            if (text.isEmpty())
                QToolTip::hideText();
            else
                QToolTip::showText(help->globalPos(), text, d->plot);
            return true;
        }
        default:
            break;
    }
    return QWidget::eventFilter(watched, event);
}

void CurvePlot::keyPressEvent(QKeyEvent* event) {
    const auto& epochs = d->curves->epochs();
    const bool shift = event->modifiers() & Qt::ShiftModifier;
    const double width = d->x.to - d->x.from;
    const auto read = [&](int epoch) {
        d->keyEpoch = epoch;
        d->updateReadOut();
        d->plot->layer(QStringLiteral("overlay"))->replot();
    };
    const double center = d->readOut.tag.isEmpty() ? d->x.from + width / 2 : std::clamp(d->readOut.x, d->x.from, d->x.to);
    switch (event->key()) {
        case Qt::Key_Left:
        case Qt::Key_Right: {
            const bool forward = event->key() == Qt::Key_Right;
            if (shift) {
                pan((forward ? 0.1 : -0.1) * width);
                break;
            }
            if (epochs.empty()) break;
            const int present = d->keyEpoch > 0 ? d->keyEpoch : epochs.rbegin()->first + (forward ? 0 : 1);
            auto next = forward ? epochs.upper_bound(present) : epochs.lower_bound(present);
            if (forward ? next == epochs.end() : next == epochs.begin()) break;
            read(forward ? next->first : std::prev(next)->first);
            break;
        }
        case Qt::Key_Home:
            if (!epochs.empty()) read(epochs.begin()->first);
            break;
        case Qt::Key_End:
            if (!epochs.empty()) read(epochs.rbegin()->first);
            break;
        case Qt::Key_Plus:
        case Qt::Key_Equal:
            zoom(0.8, center);
            break;
        case Qt::Key_Minus:
            zoom(1.25, center);
            break;
        case Qt::Key_0:
            fit();
            break;
        case Qt::Key_Escape:
            if (d->keyEpoch == 0) {
                QWidget::keyPressEvent(event);
                return;
            }
            d->keyEpoch = 0;
            d->updateReadOut();
            d->markDirty();
            break;
        default:
            QWidget::keyPressEvent(event);
            return;
    }
    event->accept();
}

void CurvePlot::focusInEvent(QFocusEvent* event) {
    d->focusRing = event->reason() == Qt::TabFocusReason || event->reason() == Qt::BacktabFocusReason ||
                   event->reason() == Qt::ShortcutFocusReason;
    update();
}

void CurvePlot::focusOutEvent(QFocusEvent*) {
    d->focusRing = false;
    if (d->keyEpoch > 0) {
        d->keyEpoch = 0;
        d->updateReadOut();
        d->markDirty();
    }
    update();
}

void CurvePlot::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    if (d->dirty) d->timer.start();
}

void CurvePlot::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    if (d->dirty && isVisible()) d->replot();
}

void CurvePlot::paintEvent(QPaintEvent*) {
    if (!d->focusRing) return;
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(theme().color(Tone::Accent), 2));
    painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), 4, 4);
}

}  // namespace thaw::ui
