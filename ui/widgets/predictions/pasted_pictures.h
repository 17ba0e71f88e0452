// Pictures out of the clipboard, as files that the engine can read: a copied picture is written into the cache folder for as long
// as this object lives.
#pragma once

#include <QObject>
#include <QStringList>

#include <memory>

class QMimeData;
class QTemporaryDir;

namespace thaw::ui {

class Background;

class PastedPictures : public QObject {
    Q_OBJECT
public:
    /// `background` outlives the object's calls and writes the files.
    explicit PastedPictures(Background& background, QObject* parent = nullptr);
    ~PastedPictures() override;

    /// Says soon what there is by one of the signals.
    void take(const QMimeData* content);

Q_SIGNALS:
    void filesReady(const QStringList& files);
    void refused(const QString& what);

private:
    Background& m_background;
    std::shared_ptr<std::unique_ptr<QTemporaryDir>> m_folder;  ///< made and used by the background's thread
    int m_count = 0;
};

}  // namespace thaw::ui
