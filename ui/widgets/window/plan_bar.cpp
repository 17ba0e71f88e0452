#include "ui/widgets/window/plan_bar.h"

#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>

#include "ui/widgets/parts/theme.h"

namespace thaw::ui {

PlanBar::PlanBar(QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAccessibleName(tr("Plan"));
    connect(&Theme::instance(), &Theme::changed, this, [this] {
        updateGeometry();
        update();
    });
}

void PlanBar::setCells(std::vector<bool> thawed) {
    if (m_thawed == thawed) return;
    m_thawed = std::move(thawed);
    describe();
    update();
}

void PlanBar::setProgress(int finished, double part) {
    if (m_finished == finished && m_part == part) return;
    m_finished = finished;
    m_part = part;
    describe();
    update();
}

void PlanBar::describe() { setAccessibleDescription(tr("%1 of %2 epochs finished").arg(m_finished).arg(m_thawed.size())); }

QSize PlanBar::sizeHint() const { return {Theme::instance().px(320), Theme::instance().px(18)}; }
QSize PlanBar::minimumSizeHint() const { return {Theme::instance().px(80), Theme::instance().px(18)}; }

QRect PlanBar::cellRect(int epoch) const {
    const int count = static_cast<int>(m_thawed.size());
    if (epoch < 1 || epoch > count) return {};
    const Theme& theme = Theme::instance();
    // Gaps give way before cells do: a plan of two hundred epochs is still a bar.
    const int margin = theme.px(2);  // for the outline of the first and the last
    const int room = width() - 2 * margin;
    const double pitch = static_cast<double>(room + theme.px(3)) / count;
    const int gap = pitch >= theme.px(12) ? theme.px(3) : pitch >= theme.px(5) ? 1 : 0;
    const double step = static_cast<double>(room + gap) / count;
    const int left = margin + qRound(step * (epoch - 1));
    const int right = margin + qRound(step * epoch) - gap;
    const int tall = theme.px(12);
    return {left, (height() - tall) / 2, std::max(1, right - left), tall};
}

bool PlanBar::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip) return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    for (int epoch = 1; epoch <= static_cast<int>(m_thawed.size()); ++epoch) {
        if (!cellRect(epoch).adjusted(-2, -8, 2, 8).contains(help->pos())) continue;
        const QString what = m_thawed[static_cast<std::size_t>(epoch - 1)] ? tr("with thawed trunk layers") : tr("trunk frozen");
        QToolTip::showText(help->globalPos(), tr("Epoch %1: %2").arg(epoch).arg(what), this);
        return true;
    }
    QToolTip::hideText();
    return true;
}

void PlanBar::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::instance();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    for (int epoch = 1; epoch <= static_cast<int>(m_thawed.size()); ++epoch) {
        const bool thawed = m_thawed[static_cast<std::size_t>(epoch - 1)];
        const QColor done = theme.color(thawed ? Tone::WarmFill : Tone::Ice);
        const QColor planned = theme.color(thawed ? Tone::WarmBackground : Tone::IceBackground);
        const QRectF cell = cellRect(epoch);
        const double radius = std::min<double>(theme.px(3), cell.width() / 3);
        painter.setPen(Qt::NoPen);
        painter.setBrush(epoch <= m_finished ? done : planned);
        painter.drawRoundedRect(cell, radius, radius);
        if (epoch != m_finished + 1 || m_part < 0) continue;
        painter.save();
        painter.setClipRect(QRectF(cell.left(), cell.top(), cell.width() * qBound(0.0, m_part, 1.0), cell.height()));
        painter.setBrush(done);
        painter.drawRoundedRect(cell, radius, radius);
        painter.restore();
        if (cell.width() < theme.px(6)) continue;
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(theme.color(Tone::Ink), 1.25));
        painter.drawRoundedRect(cell.adjusted(-1, -1.5, 1, 1.5), radius + 1.5, radius + 1.5);
    }
}

}  // namespace thaw::ui
