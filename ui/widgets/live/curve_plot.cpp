// qcustomplot.h is written with Qt's keywords, which the rest of the project does without.
#undef QT_NO_KEYWORDS
#include "ui/widgets/live/curve_plot_private.h"

#include <QPainter>
#include <QVBoxLayout>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <limits>

namespace thaw::ui {

using namespace plotting;

namespace {

constexpr int kReplotMilliseconds = 100;
constexpr int kReadingMilliseconds = 30'000;
constexpr int kFrame = 2;  ///< pixels around the plot, for its focus ring
// Design pixels.
constexpr int kStripHeight[3] = {28, 49, 72};  ///< by the number of lanes
constexpr int kGap = 34;                       ///< between the two axis rects, with the lower one's title
constexpr int kLabelHeight = 24;               ///< of the x axis, about
constexpr int kAxisHeight = 38;                ///< labels and title of the x axis, about
constexpr int kRightMargin = 12;
constexpr int kReachPixels = 20;  ///< how near the mouse must be to an epoch to read it

}  // namespace

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

double CurvePlot::Private::accuracyHeight(const CurveShape& of, int height) const {
    const Theme& t = theme();
    const int panes = height - t.px(kStripHeight[of.lanes]) - t.px(of.axisTitle ? kAxisHeight : kLabelHeight);
    return of.loss ? (panes - t.px(kGap)) * kAccuracyShare / (kAccuracyShare + kLossShare) : panes;
}

void CurvePlot::Private::arrange(int height) {
    setShape(*std::find_if(std::begin(kShapes), std::prev(std::end(kShapes)),
                           [&](const CurveShape& one) { return accuracyHeight(one, height) >= one.leastAccuracy; }));
}

void CurvePlot::Private::setShape(const CurveShape& next) {
    const Theme& t = theme();
    shape = next;
    strip->setMinimumSize(10, t.px(kStripHeight[shape.lanes]));
    strip->setMaximumSize(QWIDGETSIZE_MAX, t.px(kStripHeight[shape.lanes]));
    strip->setMargins(QMargins(0, 0, 0, 0));
    // Room for the widest label, so that nothing jumps when a range changes.
    const QString widest = scoreIsShare() ? percentText(1, 0) : QLocale().toString(10'000);
    const int left = QFontMetrics(fontOf(TextRole::Table)).horizontalAdvance(widest) + t.px(13);
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

CurvePlot::CurvePlot(QWidget* parent) : QWidget(parent), d(std::make_unique<Private>(this)) {
    d->curves = &d->none;
    setFocusPolicy(Qt::StrongFocus);
    d->build();
    d->applyTheme();
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(kFrame, kFrame, kFrame, kFrame);
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
const std::vector<QRectF>& CurvePlot::placedLabels() const { return d->labels; }
bool CurvePlot::showsLoss() const { return d->shape.loss; }
QRect CurvePlot::accuracyRect() const { return d->accuracy.rect->rect().translated(d->plot->pos()); }

double CurvePlot::pixelOf(double x) const { return d->pixel(x) + d->plot->x(); }
qint64 CurvePlot::pointsDrawn() const { return d->pointsDrawn; }
double CurvePlot::lastReplotMilliseconds() const { return d->plot->replotTime(); }

int CurvePlot::heightForLoss() {
    const auto lowest = std::find_if(std::rbegin(kShapes), std::rend(kShapes), [](const CurveShape& one) { return one.loss; });
    const int panes = static_cast<int>(std::ceil(lowest->leastAccuracy * (kAccuracyShare + kLossShare) / kAccuracyShare));
    return panes + theme().px(kStripHeight[lowest->lanes] + kGap + kLabelHeight) + 2 * kFrame;
}

QSize CurvePlot::minimumSizeHint() const { return {theme().px(240), theme().px(90)}; }
QSize CurvePlot::sizeHint() const { return {theme().px(560), theme().px(560)}; }

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
