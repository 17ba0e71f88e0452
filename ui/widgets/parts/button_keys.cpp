#include "ui/widgets/parts/button_keys.h"

#include <QAbstractButton>
#include <QCoreApplication>
#include <QDialog>
#include <QKeyEvent>
#include <QPointer>
#include <QPushButton>

namespace thaw::ui {

bool ButtonKeys::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() != QEvent::KeyPress) return false;
    const auto* key = static_cast<QKeyEvent*>(event);
    if (key->key() != Qt::Key_Return && key->key() != Qt::Key_Enter) return false;
    auto* button = qobject_cast<QAbstractButton*>(watched);
    if (!button || !button->isEnabled() || (key->modifiers() & ~Qt::KeypadModifier)) return false;
    if (qobject_cast<QPushButton*>(button) && qobject_cast<QDialog*>(button->window())) return false;
    if (key->isAutoRepeat()) return true;
    // All that Space does: menus open, switches turn, what is down shows it.
    const QPointer<QAbstractButton> pressed(button);
    for (const QEvent::Type type : {QEvent::KeyPress, QEvent::KeyRelease}) {
        QKeyEvent space(type, Qt::Key_Space, Qt::NoModifier, QStringLiteral(" "));
        if (pressed) QCoreApplication::sendEvent(pressed, &space);
    }
    return true;
}

}  // namespace thaw::ui
