#include "ui/widgets/window/checkpoint_slider.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QLocale>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>
#include <QSignalBlocker>
#include <QToolTip>

#include <algorithm>
#include <cmath>

#include "ui/widgets/parts/theme.h"

namespace thaw::ui {
namespace {

// From the top: marks, bar, scale.
constexpr double kBarTop = 15, kBarHeight = 8, kScaleTop = 29, kHeight = 45, kSlimHeight = 31;
constexpr double kSide = 12;  ///< beside the bar, for the handle and the last number
constexpr double kHandle = 7.5, kDot = 3.5;
constexpr double kClosestDots = 9;  ///< stops closer than this are lines
constexpr double kClosestNumbers = 34;

int pageOf(int stops) { return std::max(1, stops / 5); }

}  // namespace

CheckpointSlider::CheckpointSlider(QWidget* parent) : QAbstractSlider(parent) {
    setOrientation(Qt::Horizontal);
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAccessibleName(tr("Checkpoint"));
    setRange(0, 0);
    connect(&Theme::instance(), &Theme::changed, this, [this] {
        updateGeometry();
        update();
    });
}

void CheckpointSlider::setPlan(double epochs, double trained, std::vector<PhaseBand> bands, std::vector<EventFlag> flags) {
    m_epochs = std::max(1.0, epochs);
    m_trained = trained;
    m_bands = std::move(bands);
    m_flags = std::move(flags);
    update();
}

void CheckpointSlider::setStops(std::vector<Stop> stops, int current) {
    m_stops = std::move(stops);
    const QSignalBlocker blocker(this);
    setRange(0, std::max(0, static_cast<int>(m_stops.size()) - 1));
    setPageStep(pageOf(static_cast<int>(m_stops.size())));
    setValue(current);
    sliderChange(SliderValueChange);
}

void CheckpointSlider::setSlim(bool slim) {
    m_slim = slim;
    updateGeometry();
    update();
}

QSize CheckpointSlider::sizeHint() const {
    return {Theme::instance().px(320), Theme::instance().px(m_slim ? kSlimHeight : kHeight)};
}
QSize CheckpointSlider::minimumSizeHint() const { return {Theme::instance().px(120), sizeHint().height()}; }

QRectF CheckpointSlider::barRect() const {
    const Theme& theme = Theme::instance();
    const double side = theme.px(kSide);
    return {side, static_cast<double>(theme.px(kBarTop)), std::max(1.0, width() - 2 * side),
            static_cast<double>(theme.px(kBarHeight))};
}

double CheckpointSlider::xOf(double position) const {
    const QRectF bar = barRect();
    return bar.left() + bar.width() * std::clamp(position / m_epochs, 0.0, 1.0);
}

QPoint CheckpointSlider::stopCentre(int index) const {
    return {qRound(xOf(m_stops[static_cast<std::size_t>(index)].position)), qRound(barRect().center().y())};
}

int CheckpointSlider::stopNear(int x) const {
    const auto nearest = std::min_element(m_stops.begin(), m_stops.end(), [&](const Stop& a, const Stop& b) {
        return std::abs(xOf(a.position) - x) < std::abs(xOf(b.position) - x);
    });
    return nearest == m_stops.end() ? -1 : static_cast<int>(nearest - m_stops.begin());
}

bool CheckpointSlider::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip) return QAbstractSlider::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    const double reach = Theme::instance().px(8);
    QStringList lines;
    if (const int stop = stopNear(help->pos().x()); stop >= 0 && std::abs(stopCentre(stop).x() - help->pos().x()) <= reach)
        lines << m_stops[static_cast<std::size_t>(stop)].text;
    for (const EventFlag& flag : m_flags)
        if (std::abs(xOf(flag.position) - help->pos().x()) <= reach) lines << flag.label;
    if (lines.isEmpty())
        for (const PhaseBand& band : m_bands)
            if (help->pos().x() >= xOf(band.from) && help->pos().x() < xOf(band.to)) lines << band.details;
    QToolTip::showText(help->globalPos(), lines.join(QLatin1Char('\n')), this);
    return true;
}

void CheckpointSlider::keyPressEvent(QKeyEvent* event) {
    // A slider's Page Up goes up; on a line of time it goes on, as Home goes to the begin of it.
    if (event->key() == Qt::Key_PageUp || event->key() == Qt::Key_PageDown)
        triggerAction(event->key() == Qt::Key_PageDown ? SliderPageStepAdd : SliderPageStepSub);
    else
        QAbstractSlider::keyPressEvent(event);
}

void CheckpointSlider::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton || m_stops.empty()) return event->ignore();
    setSliderDown(true);
    setValue(stopNear(qRound(event->position().x())));
}

void CheckpointSlider::mouseMoveEvent(QMouseEvent* event) {
    if (isSliderDown() && !m_stops.empty()) setValue(stopNear(qRound(event->position().x())));
}

void CheckpointSlider::mouseReleaseEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton) setSliderDown(false);
}

void CheckpointSlider::sliderChange(SliderChange change) {
    if (change == SliderValueChange && value() < static_cast<int>(m_stops.size()))
        setAccessibleDescription(m_stops[static_cast<std::size_t>(value())].text);
    QAbstractSlider::sliderChange(change);
}

void CheckpointSlider::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    if (!m_slim) paintScale(painter);
    paintBar(painter);
    paintMarks(painter);
    paintStops(painter);
}

void CheckpointSlider::paintBar(QPainter& painter) const {
    const Theme& theme = Theme::instance();
    const QRectF bar = barRect();
    QPainterPath outline;
    outline.addRoundedRect(bar, bar.height() / 2, bar.height() / 2);
    painter.save();
    painter.setClipPath(outline);
    painter.fillRect(bar, theme.color(Tone::Line2));
    for (const PhaseBand& band : m_bands) {
        const double from = xOf(band.from), to = xOf(band.to), trained = std::clamp(xOf(m_trained), from, to);
        painter.fillRect(QRectF(from, bar.top(), to - from, bar.height()),
                         theme.color(band.thawed ? Tone::WarmBackground : Tone::IceBackground));
        painter.fillRect(QRectF(from, bar.top(), trained - from, bar.height()),
                         theme.color(band.thawed ? Tone::WarmFill : Tone::Ice));
    }
    if (bar.width() / m_epochs >= theme.px(6)) {
        painter.setPen(QPen(theme.color(Tone::Surface), 1));
        for (int epoch = 1; epoch < m_epochs; ++epoch)
            painter.drawLine(QPointF(xOf(epoch), bar.top()), QPointF(xOf(epoch), bar.bottom()));
    }
    painter.restore();
}

void CheckpointSlider::paintScale(QPainter& painter) const {
    const Theme& theme = Theme::instance();
    const double pitch = barRect().width() / m_epochs;
    int step = 1;
    for (const int factor : {2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10'000}) {
        if (step * pitch >= theme.px(kClosestNumbers)) break;
        step = factor;
    }
    painter.setFont(theme.font(TextRole::Caption));
    painter.setPen(theme.color(Tone::Ink3));
    const double wide = theme.px(60);
    for (int epoch = 0; epoch <= m_epochs; epoch += step)
        painter.drawText(QRectF(xOf(epoch) - wide / 2, theme.px(kScaleTop), wide, height() - theme.px(kScaleTop)),
                         Qt::AlignHCenter | Qt::AlignTop, QLocale().toString(epoch));
}

void CheckpointSlider::paintMarks(QPainter& painter) const {
    const Theme& theme = Theme::instance();
    const double foot = barRect().top() - theme.px(2);
    for (const EventFlag& flag : m_flags) {
        if (flag.tone == FlagTone::Neutral) continue;
        const double x = xOf(flag.position);
        const QColor color = theme.color(flag.tone == FlagTone::Ice ? Tone::Ice : Tone::Warm);
        painter.setPen(QPen(color, 1.5));
        painter.drawLine(QPointF(x, theme.px(2)), QPointF(x, barRect().bottom() + theme.px(2)));
        painter.setPen(Qt::NoPen);
        painter.setBrush(color);
        const double tall = theme.px(7);
        painter.drawPolygon(
            QPolygonF{{x, static_cast<double>(theme.px(2))}, {x + tall, theme.px(2) + tall / 2}, {x, theme.px(2) + tall}});
    }
    for (const Stop& stop : m_stops) {
        if (!stop.best) continue;
        const double x = xOf(stop.position), radius = theme.px(5.5), centre = foot - radius;
        QPolygonF star;
        for (int corner = 0; corner < 10; ++corner) {
            const double reach = corner % 2 == 0 ? radius : radius * 0.45, angle = M_PI * corner / 5;
            star << QPointF(x + reach * std::sin(angle), centre - reach * std::cos(angle));
        }
        painter.setPen(Qt::NoPen);
        painter.setBrush(theme.color(Tone::Validation));
        painter.drawPolygon(star);
    }
}

void CheckpointSlider::paintStops(QPainter& painter) const {
    const Theme& theme = Theme::instance();
    const QRectF bar = barRect();
    const bool dots = bar.width() / std::max<std::size_t>(1, m_stops.size()) >= theme.px(kClosestDots);
    for (const Stop& stop : m_stops) {
        const QPointF centre(xOf(stop.position), bar.center().y());
        painter.setPen(QPen(theme.color(Tone::Ink2), 1.25));
        painter.setBrush(theme.color(Tone::Surface));
        const double radius = theme.px(kDot);
        if (stop.endsPhase)
            painter.drawRect(QRectF(centre.x() - radius, bar.top() - 1, 2 * radius, bar.height() + 2));
        else if (dots)
            painter.drawEllipse(centre, radius, radius);
        else
            painter.drawLine(QPointF(centre.x(), bar.top()), QPointF(centre.x(), bar.bottom()));
    }
    if (m_stops.empty()) return;
    const QPointF centre(xOf(m_stops[static_cast<std::size_t>(value())].position), bar.center().y());
    const double radius = theme.px(kHandle);
    if (hasFocus()) {
        painter.setPen(QPen(theme.color(Tone::Accent), 2));
        painter.setBrush(theme.color(Tone::Surface));
        painter.drawEllipse(centre, radius + 3, radius + 3);
    }
    painter.setPen(QPen(theme.color(Tone::Surface), 2));
    painter.setBrush(theme.color(Tone::Accent));
    painter.drawEllipse(centre, radius, radius);
}

}  // namespace thaw::ui
