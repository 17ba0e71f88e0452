// File dialogs. They return at once: whoever is to hear what was chosen hears it later.
#pragma once

#include <QMap>
#include <QStringList>

#include <functional>

class QWidget;

namespace thaw::ui {

class Session;

/// `chosen` hears of a folder as long as `parent` lives.
void chooseRun(QWidget* parent, const Session& session, std::function<void(const QString&)> chosen);
/// Where to write, in the form of the chosen filter: `suffixes` has each one's end of a name, without the point.
void saveFile(QWidget* parent, const QString& title, const QString& name, const QStringList& filters,
              const QMap<QString, QString>& suffixes, std::function<void(const QString&)> chosen);

/// "*.png" and so on: the usual names of pictures.
const QStringList& picturePatterns();
/// `chosen` hears of one file or of `several`, as long as `parent` lives.
void choosePictures(QWidget* parent, const QString& title, bool several, std::function<void(const QStringList&)> chosen);

}  // namespace thaw::ui
