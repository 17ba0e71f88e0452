// A developer's eyes: with THAW_SHOT_DIR set, tests of the window leave pictures of their widgets in that folder.
#pragma once

#include <QDir>
#include <QPixmap>
#include <QWidget>

namespace thaw::test {

/// <THAW_SHOT_DIR>/<name>.png at `scale` times the widget's size; nothing without the variable.
inline void saveShot(QWidget& widget, const QString& name, qreal scale = 1) {
    const QString folder = qEnvironmentVariable("THAW_SHOT_DIR");
    if (folder.isEmpty()) return;
    QDir().mkpath(folder);
    QPixmap pixmap(widget.size() * scale);
    pixmap.setDevicePixelRatio(scale);
    pixmap.fill(Qt::transparent);
    widget.render(&pixmap);
    pixmap.save(QDir(folder).filePath(name + QStringLiteral(".png")));
}

}  // namespace thaw::test
