#include "ui/widgets/parts/framed_button.h"

#include <QToolButton>

#include "ui/widgets/parts/styling.h"

namespace thaw::ui {

QToolButton* makeFramedButton(const QString& icon, const QString& word, const QString& name, QWidget* parent) {
    auto* button = new QToolButton(parent);
    button->setProperty("framed", true);
    button->setFocusPolicy(Qt::StrongFocus);
    button->setToolTip(name);
    button->setAccessibleName(name);
    // Qt puts the word close to the icon.
    if (!word.isEmpty()) button->setText(QLatin1Char(' ') + word);
    button->setToolButtonStyle(word.isEmpty() ? Qt::ToolButtonIconOnly : Qt::ToolButtonTextBesideIcon);
    bindIcon(button, icon, Tone::Ink2);
    return button;
}

}  // namespace thaw::ui
