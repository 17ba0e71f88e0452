// How the one kind of rich tool tip begins: words with a key beside them (toolTipWithKey). All others are plain text.
#pragma once

#include <QString>

namespace thaw::ui {

inline const QString kKeyHint = QStringLiteral("<table class='key-hint' cellspacing='0'>");

}  // namespace thaw::ui
