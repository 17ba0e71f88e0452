#include "ui/widgets/parts/elided_label.h"

#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>
#include "ui/models/plain_text.h"

namespace thaw::ui {

void ElidedLabel::setShortText(const QString& text) {
    m_short = text;
    update();
}

bool ElidedLabel::fits(const QString& words) const { return fontMetrics().horizontalAdvance(words) <= contentsRect().width(); }

QString ElidedLabel::words() const { return fits(text()) || m_short.isEmpty() ? text() : m_short; }

bool ElidedLabel::event(QEvent* event) {
    if (event->type() == QEvent::ToolTip && !fits(words())) {
        QToolTip::showText(static_cast<QHelpEvent*>(event)->globalPos(), toolTipText(text()), this);
        return true;
    }
    return QLabel::event(event);
}

void ElidedLabel::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setPen(palette().color(foregroundRole()));
    painter.drawText(contentsRect(), static_cast<int>(alignment()),
                     fontMetrics().elidedText(words(), m_mode, contentsRect().width()));
}

}  // namespace thaw::ui
