#include "ui/widgets/elided_label.h"

#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>

namespace thaw::ui {

void ElidedLabel::setShortText(const QString& text) {
    m_short = text;
    update();
}

bool ElidedLabel::fits(const QString& words) const { return fontMetrics().horizontalAdvance(words) <= contentsRect().width(); }

bool ElidedLabel::event(QEvent* event) {
    // Shorter words have a tool tip of their own, or need none.
    if (event->type() == QEvent::ToolTip && !fits(text()) && (m_short.isEmpty() || !fits(m_short))) {
        QToolTip::showText(static_cast<QHelpEvent*>(event)->globalPos(), text(), this);
        return true;
    }
    return QLabel::event(event);
}

void ElidedLabel::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setPen(palette().color(foregroundRole()));
    painter.drawText(contentsRect(), static_cast<int>(alignment()),
                     fontMetrics().elidedText(fits(text()) || m_short.isEmpty() ? text() : m_short, m_mode, contentsRect().width()));
}

}  // namespace thaw::ui
