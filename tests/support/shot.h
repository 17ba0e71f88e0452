// A developer's eyes: with THAW_SHOT_DIR set, tests of the window leave pictures of their widgets in that folder.
// QT_SCALE_FACTOR=1.5 beside it shows them as on a screen at 150 %.
#pragma once

#include <QDir>
#include <QPixmap>
#include <QWidget>

namespace thaw::test {

/// <THAW_SHOT_DIR>/<name>.png; nothing without the variable.
inline void saveShot(QWidget& widget, const QString& name) {
    const QString folder = qEnvironmentVariable("THAW_SHOT_DIR");
    if (folder.isEmpty()) return;
    QDir().mkpath(folder);
    widget.grab().save(QDir(folder).filePath(name + QStringLiteral(".png")));
}

}  // namespace thaw::test
