// A secondary button with an outline: an icon, and a word beside it where there is room.
#pragma once

#include <QString>

class QToolButton;
class QWidget;

namespace thaw::ui {

/// `name` is the accessible name and the tool tip; `word` may be empty. The icon follows the theme.
QToolButton* makeFramedButton(const QString& icon, const QString& word, const QString& name, QWidget* parent);

}  // namespace thaw::ui
