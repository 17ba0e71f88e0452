// Names that come from data, shown as they are: Qt takes "&" for the mark of a key on buttons, and "<b>" for markup in tool tips.
#pragma once

#include <QString>
#include <QTextDocument>

namespace thaw::ui {

/// For the text of a button, an action or a tab.
inline QString buttonText(QString words) { return words.replace(QLatin1Char('&'), QLatin1String("&&")); }

/// For a tool tip.
inline QString toolTipText(const QString& words) {
    return Qt::mightBeRichText(words) ? Qt::convertFromPlainText(words, Qt::WhiteSpaceNormal) : words;
}

}  // namespace thaw::ui
