#include "ui/widgets/parts/file_dialogs.h"

#include <QCoreApplication>
#include <QFileDialog>
#include <QScreen>

#include <utility>

#include "ui/bridge/session.h"
#include "ui/models/path_text.h"
#include "ui/widgets/parts/theme.h"

namespace thaw::ui {
namespace {

QString say(const char* text) { return QCoreApplication::translate("thaw::ui", text); }

/// Wide enough for the names of files and all of their dates.
void prepare(QFileDialog& dialog) {
    dialog.setAttribute(Qt::WA_DeleteOnClose);
    const QSize screen = dialog.screen()->availableSize();
    dialog.resize(QSize(Theme::instance().px(960), Theme::instance().px(560)).boundedTo(screen * 9 / 10));
}

}  // namespace

void chooseRun(QWidget* parent, const Session& session, std::function<void(const QString&)> chosen) {
    auto* dialog = new QFileDialog(parent, say("Open a run"));
    prepare(*dialog);
    dialog->setFileMode(QFileDialog::Directory);
    dialog->setOption(QFileDialog::ShowDirsOnly);
    if (!session.runs().empty()) dialog->setDirectory(pathText(session.runs().front().directory.parent_path()));
    QObject::connect(dialog, &QFileDialog::fileSelected, parent, std::move(chosen));
    dialog->open();
}

void saveFile(QWidget* parent, const QString& title, const QString& name, const QStringList& filters,
              const QMap<QString, QString>& suffixes, std::function<void(const QString&)> chosen) {
    auto* dialog = new QFileDialog(parent, title);
    prepare(*dialog);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setNameFilters(filters);
    dialog->setDefaultSuffix(suffixes[filters.front()]);
    dialog->selectFile(name);
    QObject::connect(dialog, &QFileDialog::filterSelected, dialog,
                     [dialog, suffixes](const QString& filter) { dialog->setDefaultSuffix(suffixes[filter]); });
    QObject::connect(dialog, &QFileDialog::fileSelected, parent, std::move(chosen));
    dialog->open();
}

const QStringList& picturePatterns() {
    // HEIC is not read, but many a JPEG is called so, and the answer to a real one says what to do.
    static const QStringList patterns{QStringLiteral("*.png"),  QStringLiteral("*.jpg"),  QStringLiteral("*.jpeg"),
                                      QStringLiteral("*.jfif"), QStringLiteral("*.webp"), QStringLiteral("*.gif"),
                                      QStringLiteral("*.tif"),  QStringLiteral("*.tiff"), QStringLiteral("*.bmp"),
                                      QStringLiteral("*.heic"), QStringLiteral("*.avif")};
    return patterns;
}

void choosePictures(QWidget* parent, const QString& title, bool several, std::function<void(const QStringList&)> chosen) {
    auto* dialog = new QFileDialog(parent, title);
    prepare(*dialog);
    dialog->setFileMode(several ? QFileDialog::ExistingFiles : QFileDialog::ExistingFile);
    dialog->setNameFilters({say("Pictures (%1)").arg(picturePatterns().join(QLatin1Char(' '))), say("All files (*)")});
    QObject::connect(dialog, &QFileDialog::filesSelected, parent, std::move(chosen));
    dialog->open();
}

}  // namespace thaw::ui
