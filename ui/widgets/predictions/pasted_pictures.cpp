#include "ui/widgets/predictions/pasted_pictures.h"

#include <QDir>
#include <QImage>
#include <QMimeData>
#include <QTemporaryDir>
#include <QUrl>

#include "core/api/engine_info.h"
#include "core/api/errors.h"
#include "ui/models/problem_text.h"
#include "ui/threads/background.h"

namespace thaw::ui {

PastedPictures::PastedPictures(Background& background, QObject* parent)
    : QObject(parent), m_background(background), m_folder(std::make_shared<std::unique_ptr<QTemporaryDir>>()) {}

PastedPictures::~PastedPictures() = default;

void PastedPictures::take(const QMimeData* content) {
    if (!content) return Q_EMIT refused(tr("The clipboard is empty."));
    QStringList files;
    for (const QUrl& url : content->urls())
        if (url.isLocalFile()) files << url.toLocalFile();
    if (!files.isEmpty()) return Q_EMIT filesReady(files);
    const QImage picture = content->hasImage() ? qvariant_cast<QImage>(content->imageData()) : QImage();
    if (picture.isNull() && content->hasUrls())
        return Q_EMIT refused(tr("That picture is on the web. Copy the picture itself or save it to a file first."));
    if (picture.isNull())
        return Q_EMIT refused(tr("There is no picture on the clipboard. Copy one, or a picture file, then paste again."));
    const QString name = tr("Pasted picture %1").arg(++m_count) + QStringLiteral(".png");
    m_background.add(
        [this, folder = m_folder, picture, name]() -> std::function<void()> {
            if (!*folder) {
                const QString cache = QString::fromStdString(core::cacheFolder().string());
                QDir().mkpath(cache);
                *folder = std::make_unique<QTemporaryDir>(QDir(cache).filePath(QStringLiteral("pasted-XXXXXX")));
            }
            const QString file = (*folder)->filePath(name);
            if (!(*folder)->isValid() || !picture.save(file, "PNG"))
                throw core::StoreError("The pasted picture cannot be kept in " + core::cacheFolder().string() + '.',
                                       "Make room on the disk, then paste again.");
            return [this, file] { Q_EMIT filesReady({file}); };
        },
        [this](const QString& what, const QString& hint) { Q_EMIT refused(problemText(what, hint)); });
}

}  // namespace thaw::ui
