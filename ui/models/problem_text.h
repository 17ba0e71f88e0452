// What went wrong and what to do about it, as one text.
#pragma once

#include <QString>

namespace thaw::ui {

/// `hint` may be empty.
inline QString problemText(const QString& what, const QString& hint) {
    return hint.isEmpty() ? what : what + QLatin1Char(' ') + hint;
}

}  // namespace thaw::ui
