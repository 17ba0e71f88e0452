// qcustomplot.h is written with Qt's keywords, which the rest of the project does without.
#undef QT_NO_KEYWORDS
#include "ui/widgets/live/curve_plot_private.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QToolTip>

#include <algorithm>
#include <cmath>
#include <iterator>

namespace thaw::ui {

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

}  // namespace thaw::ui
