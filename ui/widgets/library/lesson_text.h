// What an entry of a list of lessons tells.
#pragma once

#include <QCoreApplication>

#include "core/api/config.h"
#include "ui/models/plain_text.h"
#include "ui/widgets/parts/styling.h"

namespace thaw::ui {

/// For a tool tip: why the lesson cannot be used; else its description, how long all of it takes as far as that is known
/// (seconds; negative: not), and what in its file is not used.
inline QString lessonToolTip(const core::Lesson& lesson, double seconds = -1) {
    if (!lesson.problem.empty()) return toolTipText(QString::fromStdString(lesson.problem));
    QString words = QString::fromStdString(lesson.description);
    if (seconds >= 0)
        words = QCoreApplication::translate("thaw::ui", "%1\nTakes about %2 here.").arg(words, formatRoughDuration(seconds));
    if (!lesson.note.empty()) words += QLatin1Char('\n') + QString::fromStdString(lesson.note);
    return toolTipText(words);
}

}  // namespace thaw::ui
