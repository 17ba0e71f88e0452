// How the user's own pictures come onto the page, by dialogs, drop and paste, and who answers them.
#include <QClipboard>
#include <QDragEnterEvent>
#include <QFileDialog>
#include <QGuiApplication>
#include <QLocale>
#include <QMenu>
#include <QMimeData>
#include <QSet>
#include <QToolButton>

#include "core/api/analysis.h"
#include "ui/models/path_text.h"
#include "ui/widgets/parts/file_dialogs.h"
#include "ui/widgets/parts/message_line.h"
#include "ui/widgets/parts/theme.h"
#include "ui/widgets/parts/work_strip.h"
#include "ui/widgets/predictions/pasted_pictures.h"
#include "ui/widgets/predictions/prediction_view.h"

namespace thaw::ui {

int PredictionView::setOwnPredictions(const std::vector<core::FilePrediction>& files) {
    const std::size_t before = m_pictures.ownIds().size();
    const int first = m_pictures.addOwnPictures(files);
    const std::vector<int> ids = m_pictures.ownIds();
    for (std::size_t i = before; i < ids.size(); ++i) {
        ++m_filesAdded;
        if (const QString error = m_pictures.item(ids[i]).error; !error.isEmpty()) {
            ++m_filesUnusable;
            say(error);
        }
    }
    if (m_filesUnusable > 0 && m_filesAdded > 1)
        say(tr("%1 of %2 files cannot be used. Click one to see why.")
                .arg(QLocale().toString(m_filesUnusable), QLocale().toString(m_filesAdded)));
    refresh();
    return first;
}

void PredictionView::chooseFiles() {
    choosePictures(this, tr("Show the network your own pictures"), true, [this](const QStringList& files) { addFiles(files); });
}

void PredictionView::chooseFolder() {
    auto* dialog = new QFileDialog(this, tr("Show the network a folder of pictures"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::Directory);
    dialog->setOption(QFileDialog::ShowDirsOnly);
    connect(dialog, &QFileDialog::filesSelected, this, &PredictionView::addFiles);
    dialog->open();
}

void PredictionView::takeFolders(const QHash<QString, QString>& folderOfFile) {
    m_pictures.setOwnFolders(folderOfFile);
    std::vector<std::string> classes;
    for (const QString& name : m_pictures.classNames()) classes.push_back(name.toStdString());
    QSet<QString> known, unknown;
    for (const QString& folder : folderOfFile) (core::classNamed(classes, folder.toStdString()) >= 0 ? known : unknown) << folder;
    // Of a single folder nobody expects a verdict; of several that are called as classes everybody does.
    if (classes.empty() || unknown.isEmpty() || known.size() + unknown.size() < 2) return;
    QStringList names(unknown.begin(), unknown.end());
    names.sort();
    say(known.isEmpty()
            ? tr("No folder is called as one of the classes, so there is no accuracy: %1.").arg(names.join(QStringLiteral(", ")))
            : tr("No class is called %1: these pictures have no verdict.").arg(names.join(QStringLiteral(", "))));
}

void PredictionView::paste() { m_pasted->take(QGuiApplication::clipboard()->mimeData()); }

QMenu* PredictionView::makeAddMenu() {
    auto* menu = new QMenu(m_add);
    const auto add = [this, menu](const char* icon, const QString& text, auto slot) {
        QAction* action = menu->addAction(text, this, slot);
        const auto tint = [action, icon] { action->setIcon(Theme::instance().icon(QLatin1String(icon))); };
        tint();
        connect(&Theme::instance(), &Theme::changed, action, tint);
        return action;
    };
    add("image", tr("Pictures..."), &PredictionView::chooseFiles);
    add("folder", tr("Folder..."), &PredictionView::chooseFolder);
    m_unlabelled = add("data", {}, &PredictionView::addUnlabelled);
    m_unlabelled->setVisible(false);
    QAction* fromClipboard = add("copy", tr("Paste"), &PredictionView::paste);
    fromClipboard->setShortcut(QKeySequence::Paste);
    fromClipboard->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    addAction(fromClipboard);
    menu->addSeparator();
    add("camera", tr("Camera..."), &PredictionView::cameraRequested);
    add("play", tr("Video file..."), &PredictionView::videoRequested);
    return menu;
}

/// The pictures without labels that the run's data set brings, such as those of a competition.
void PredictionView::offerUnlabelled(const core::DatasetInfo& dataset) {
    m_unlabelledFolders.clear();
    QStringList names;
    for (const std::filesystem::path& folder : dataset.toPredict) {
        m_unlabelledFolders << pathText(folder);
        names << pathText(folder.filename());
    }
    m_unlabelled->setVisible(!names.isEmpty());
    m_unlabelled->setText(tr("Those without labels (%1)").arg(names.join(QStringLiteral(", "))));
    m_unlabelled->setToolTip(tr("The pictures of the data set whose classes are not known"));
}

void PredictionView::addUnlabelled() { addFiles(m_unlabelledFolders); }

void PredictionView::addFiles(const QStringList& files) {
    m_message->hide();
    m_own->add(files);
}

bool PredictionView::asksTraining() const {
    const bool soon = m_controller && m_controller->state() == core::TrainerState::Stopping;
    return showsTraining() && !isChosen() && (m_controller->actions().predictFiles || soon);
}

OwnPictureQueue::Answerer PredictionView::answerer() const {
    OwnPictureQueue::Answerer now{asksTraining(), {}, isVisible() && m_pictures.filter() == PictureFilter::Mine};
    if (!now.training && checkpoint()) now.name = m_runId + QLatin1Char(' ') + QString::fromStdString(checkpoint()->name);
    if (now.training && m_controller->actions().predictFiles)
        now.name = m_runId + QStringLiteral(" in training ") + QString::number(m_live ? m_live->step : -1);
    return now;
}

void PredictionView::showFilesWork(bool working, qint64 done, qint64 total) {
    if (!working) {
        m_filesAdded = m_filesUnusable = 0;
        return m_filesWork->stop();
    }
    if (!m_filesWork->isWorking()) m_filesWork->start(tr("Your pictures"));
    if (total > 0) m_filesWork->setProgress(done, total);
}

void PredictionView::dragEnterEvent(QDragEnterEvent* event) {
    if (!event->mimeData()->hasUrls()) return;
    event->setDropAction(Qt::CopyAction);
    event->accept();
    m_overlay->raise();
    m_overlay->show();
}

void PredictionView::dragLeaveEvent(QDragLeaveEvent*) { m_overlay->hide(); }

void PredictionView::dropEvent(QDropEvent* event) {
    m_overlay->hide();
    QStringList files;
    for (const QUrl& url : event->mimeData()->urls())
        if (url.isLocalFile()) files << url.toLocalFile();
    event->setDropAction(Qt::CopyAction);
    event->accept();
    if (files.isEmpty())
        say(tr("That picture is on the web. Save it to a file first, then drop the file."));
    else
        addFiles(files);
}

}  // namespace thaw::ui
