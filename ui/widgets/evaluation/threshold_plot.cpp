#include "ui/widgets/evaluation/threshold_plot.h"

#include <QKeyEvent>
#include <QLocale>
#include <QMouseEvent>
#include <QPainter>

#include <algorithm>
#include <limits>

#include "ui/models/percent_text.h"
#include "ui/widgets/parts/plot_axis.h"
#include "ui/widgets/parts/theme.h"

namespace thaw::ui {
namespace {

// Design pixels.
constexpr int kLeft = 50, kRight = 14, kTop = 10, kBottom = 40, kMostSide = 460;
constexpr double kLeastStep = 0.5;  // of the curve; what lies nearer is one point on the screen
constexpr std::size_t kPage = 10;   // that many steps of the curve's points for Page Up and Page Down

QPointF at(const QRectF& chart, double x, double y) {
    return {chart.left() + x * chart.width(), chart.bottom() - y * chart.height()};
}

}  // namespace

ThresholdPlot::ThresholdPlot(Kind kind, QWidget* parent) : QWidget(parent), m_kind(kind) {
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    setAccessibleName(kind == Kind::Roc ? tr("ROC curve") : tr("Precision-recall curve"));
    setToolTip(kind == Kind::Roc
                   ? tr("ROC curve: sensitivity over the share of the others that are called so, at every threshold. The nearer "
                        "the curve comes to the upper left corner, the better. The dashed line is guessing. Click to choose a "
                        "threshold.")
                   : tr("Precision-recall curve: the share of those called so that is right, over the share of the class that "
                        "is found, at every threshold. The nearer the curve comes to the upper right corner, the better. The "
                        "dashed line is guessing. Click to choose a threshold."));
    connect(&Theme::instance(), &Theme::changed, this, [this] {
        updateGeometry();
        update();
    });
}

void ThresholdPlot::setCurve(std::shared_ptr<const Curve> curve) {
    m_curve = std::move(curve);
    update();
}

void ThresholdPlot::setPoint(const core::ThresholdReport& point) {
    m_point = point;
    setAccessibleDescription(pointText());
    update();
}

QString ThresholdPlot::pointText() const {
    if (!m_curve) return {};
    const QString threshold = QLocale().toString(m_point.counts.threshold, 'g', 4);
    if (m_kind == Kind::Roc)
        return tr("At the threshold %1: sensitivity %2, specificity %3")
            .arg(threshold, percentText(m_point.sensitivity.value), percentText(m_point.specificity.value));
    return tr("At the threshold %1: recall %2, precision %3")
        .arg(threshold, percentText(m_point.sensitivity.value), percentText(m_point.counts.precision()));
}

QSize ThresholdPlot::sizeHint() const { return {Theme::instance().px(360), Theme::instance().px(370)}; }
QSize ThresholdPlot::minimumSizeHint() const { return {Theme::instance().px(190), Theme::instance().px(150)}; }

ThresholdPlot::Place ThresholdPlot::placeOf(const core::ThresholdCounts& counts) const {
    if (m_kind == Kind::Roc) return {1 - counts.specificity(), counts.sensitivity()};
    return {counts.sensitivity(), counts.precision()};
}

QRectF ThresholdPlot::chart() const {
    const Theme& theme = Theme::instance();
    const QRectF room = QRectF(rect()).adjusted(theme.px(kLeft), theme.px(kTop), -theme.px(kRight), -theme.px(kBottom));
    const double side = std::max(10.0, std::min({room.width(), room.height(), double(theme.px(kMostSide))}));
    return {room.left() + (room.width() - side) / 2, room.top(), side, side};
}

/// The last point of at least the threshold has the same counts as the threshold.
std::size_t ThresholdPlot::currentIndex() const {
    const double threshold = m_point.counts.threshold;
    const auto below = std::find_if(m_curve->begin(), m_curve->end(),
                                    [&](const core::ThresholdCounts& counts) { return counts.threshold < threshold; });
    return static_cast<std::size_t>(std::max<std::ptrdiff_t>(0, below - m_curve->begin() - 1));
}

void ThresholdPlot::choose(std::size_t index) {
    // The first point is infinite: nothing is called so.
    const std::size_t last = m_curve->size() - 1;
    if (last > 0) Q_EMIT thresholdChosen((*m_curve)[std::clamp<std::size_t>(index, 1, last)].threshold);
}

void ThresholdPlot::chooseNear(const QPointF& point) {
    if (!m_curve) return;
    const QRectF area = chart();
    std::size_t nearest = 0;
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t i = 1; i < m_curve->size(); ++i) {
        const Place place = placeOf((*m_curve)[i]);
        const QPointF away = at(area, place.x, place.y) - point;
        const double distance = QPointF::dotProduct(away, away);
        if (distance >= least) continue;
        least = distance;
        nearest = i;
    }
    choose(nearest);
}

void ThresholdPlot::paintAxes(QPainter& painter, const QRectF& chart) const {
    const Theme& theme = Theme::instance();
    for (const double tick : {0.0, 0.2, 0.4, 0.6, 0.8, 1.0}) {
        painter.setPen(QPen(theme.color(Tone::Line2), 1));
        painter.drawLine(at(chart, 0, tick), at(chart, 1, tick));
        painter.drawLine(at(chart, tick, 0), at(chart, tick, 1));
        painter.setPen(theme.color(Tone::Ink3));
        const QString text = QLocale().toString(100 * tick, 'f', 0);
        const QPointF left = at(chart, 0, tick), below = at(chart, tick, 0);
        painter.drawText(QRectF(left.x() - theme.px(40), left.y() - theme.px(9), theme.px(34), theme.px(18)),
                         Qt::AlignRight | Qt::AlignVCenter, text);
        painter.drawText(QRectF(below.x() - theme.px(20), below.y() + theme.px(3), theme.px(40), theme.px(16)), Qt::AlignCenter,
                         text);
    }
    const bool roc = m_kind == Kind::Roc;
    painter.drawText(QRectF(chart.left() - theme.px(kLeft), chart.bottom() + theme.px(19),
                            chart.width() + theme.px(kLeft + kRight), theme.px(18)),
                     Qt::AlignCenter, roc ? tr("1 − specificity (%)") : tr("recall (%)"));
    painter.save();
    painter.translate(chart.left() - theme.px(42), chart.center().y());
    painter.rotate(-90);
    painter.drawText(QRectF(-chart.height() / 2, -theme.px(9), chart.height(), theme.px(18)), Qt::AlignCenter,
                     roc ? tr("sensitivity (%)") : tr("precision (%)"));
    painter.restore();
}

void ThresholdPlot::paintCurve(QPainter& painter, const QRectF& chart) const {
    const Theme& theme = Theme::instance();
    const core::ThresholdCounts& last = m_curve->back();
    const double all = static_cast<double>(last.truePositives + last.falsePositives);
    const double share = all > 0 ? static_cast<double>(last.truePositives) / all : 0;
    painter.setPen(QPen(theme.color(Tone::Ink2), 1.2 * theme.scale(), Qt::DashLine));
    if (m_kind == Kind::Roc)
        painter.drawLine(chart.bottomLeft(), chart.topRight());
    else
        painter.drawLine(at(chart, 0, share), at(chart, 1, share));
    QPolygonF line;
    for (const core::ThresholdCounts& counts : *m_curve) {
        const Place place = placeOf(counts);
        const QPointF point = at(chart, place.x, place.y);
        if (!line.isEmpty() && (point - line.last()).manhattanLength() < kLeastStep) continue;
        // Between two recalls the precision is that of the second, as in the average precision.
        if (m_kind == Kind::PrecisionRecall && !line.isEmpty()) line << QPointF(line.last().x(), point.y());
        line << point;
    }
    const Place end = placeOf(last);
    line << at(chart, end.x, end.y);
    painter.setPen(QPen(theme.color(Tone::Accent), 2 * theme.scale(), Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.setBrush(Qt::NoBrush);
    painter.drawPolyline(line);
}

void ThresholdPlot::paintPoint(QPainter& painter, const QRectF& chart) const {
    const Theme& theme = Theme::instance();
    const Place place = placeOf(m_point.counts);
    const QPointF point = at(chart, place.x, place.y);
    const core::Interval found = m_point.sensitivity.interval, spared = m_point.specificity.interval,
                         right = m_point.positivePredictive.interval;
    painter.setPen(QPen(theme.color(Tone::Ink), 1.5 * theme.scale()));
    if (m_kind == Kind::Roc) {
        painter.drawLine(at(chart, place.x, found.low), at(chart, place.x, found.high));
        painter.drawLine(at(chart, 1 - spared.high, place.y), at(chart, 1 - spared.low, place.y));
    } else {
        painter.drawLine(at(chart, found.low, place.y), at(chart, found.high, place.y));
        painter.drawLine(at(chart, place.x, right.low), at(chart, place.x, right.high));
    }
    painter.setBrush(theme.color(Tone::Surface));
    painter.setPen(QPen(theme.color(Tone::Ink), 2.5 * theme.scale()));
    painter.drawEllipse(point, theme.px(5), theme.px(5));
}

void ThresholdPlot::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(Theme::instance().font(TextRole::Caption));
    const QRectF area = chart();
    paintAxes(painter, area);
    if (m_curve && m_curve->size() > 1) {
        paintCurve(painter, area);
        paintPoint(painter, area);
    }
    if (hasFocus()) paintFocusRing(&painter, rect());
}

void ThresholdPlot::keyPressEvent(QKeyEvent* event) {
    if (!m_curve) return QWidget::keyPressEvent(event);
    const std::size_t current = currentIndex(), last = m_curve->size() - 1;
    const std::size_t page = std::max<std::size_t>(1, last / kPage);
    const auto back = [&](std::size_t steps) { return current > steps ? current - steps : 1; };
    switch (event->key()) {
        case Qt::Key_Right:
        case Qt::Key_Up:
            return choose(current + 1);
        case Qt::Key_Left:
        case Qt::Key_Down:
            return choose(back(1));
        case Qt::Key_PageUp:
            return choose(current + page);
        case Qt::Key_PageDown:
            return choose(back(page));
        case Qt::Key_Home:
            return choose(1);
        case Qt::Key_End:
            return choose(last);
        default:
            QWidget::keyPressEvent(event);
    }
}

void ThresholdPlot::mousePressEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton) chooseNear(event->position());
}

void ThresholdPlot::mouseMoveEvent(QMouseEvent* event) {
    if (event->buttons() & Qt::LeftButton) chooseNear(event->position());
}

}  // namespace thaw::ui
