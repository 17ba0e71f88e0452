// What an entry of a list of lessons tells.
#pragma once

#include <QCoreApplication>

#include "ui/models/plain_text.h"
#include "ui/widgets/parts/styling.h"

namespace thaw::ui {

/// For a tool tip: the description, and how long all of it takes as far as that is known (seconds; negative: not).
inline QString lessonToolTip(const QString& description, double seconds) {
    return toolTipText(
        seconds < 0
            ? description
            : QCoreApplication::translate("thaw::ui", "%1\nTakes about %2 here.").arg(description, formatRoughDuration(seconds)));
}

}  // namespace thaw::ui
