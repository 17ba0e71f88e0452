#include "ui/widgets/predictions/own_picture_queue.h"

#include <QDir>
#include <QDirIterator>
#include <QFileInfo>
#include <QLocale>
#include <QSet>

#include <utility>

#include "ui/bridge/inspection_controller.h"
#include "ui/bridge/training_controller.h"
#include "ui/models/prediction_list_model.h"
#include "ui/models/problem_text.h"
#include "ui/threads/background.h"
#include "ui/widgets/parts/file_dialogs.h"

namespace thaw::ui {
namespace {

constexpr int kQuickFiles = 8;
const QString kTopic = QStringLiteral("own pictures");

/// Of a folder no more than are enough to see that there are too many.
QStringList picturesIn(const QString& folder, QDirIterator::IteratorFlags flags, const std::atomic<bool>& stopped) {
    QStringList found;
    QDirIterator entries(folder, picturePatterns(), QDir::Files, flags);
    while (!stopped && found.size() <= OwnPictureQueue::kMostPictures && entries.hasNext())
        found << QFileInfo(entries.next()).absoluteFilePath();
    found.sort();
    return found;
}

/// One of each folder in turn, so that where not all can be taken no class is left out.
QStringList inTurns(const QList<QStringList>& lists) {
    QStringList mixed;
    for (qsizetype round = 0, before = -1; before != mixed.size(); ++round) {
        before = mixed.size();
        for (const QStringList& list : lists)
            if (round < list.size()) mixed << list[round];
    }
    return mixed;
}

}  // namespace

struct OwnPictureQueue::Found {
    QStringList files;
    QHash<QString, QString> folders;  // names, of files whose folder may be called as a class
    QString emptyFolder;
};

/// A folder's own pictures, or else those of the folders in it.
void OwnPictureQueue::look(const QString& file, const std::atomic<bool>& stopped, Found& found) {
    if (!QFileInfo(file).isDir()) {
        found.files << QFileInfo(file).absoluteFilePath();
        return;
    }
    const QDir folder(file);
    QStringList pictures = picturesIn(file, QDirIterator::NoIteratorFlags, stopped);
    for (const QString& picture : pictures) found.folders.insert(picture, folder.dirName());
    if (pictures.isEmpty()) {
        QList<QStringList> each;
        for (const QString& name : folder.entryList(QDir::Dirs | QDir::NoDotAndDotDot, QDir::Name)) {
            each << picturesIn(folder.filePath(name), QDirIterator::Subdirectories, stopped);
            for (const QString& picture : each.last()) found.folders.insert(picture, name);
        }
        pictures = inTurns(each);
    }
    if (pictures.isEmpty()) found.emptyFolder = folder.dirName();
    found.files += pictures;
}

OwnPictureQueue::OwnPictureQueue(const PredictionListModel& pictures, Background& background, std::function<Answerer()> answerer)
    : m_pictures(pictures), m_background(background), m_answerer(std::move(answerer)) {}

OwnPictureQueue::~OwnPictureQueue() { *m_listingStopped = true; }

void OwnPictureQueue::bindController(TrainingController* controller) {
    m_controller = controller;
    connect(controller, &TrainingController::filePredictionsReady, this, [this](const core::FilePredictionsReady& ready) {
        if (m_request != 0 && ready.requestId == m_request) take(*ready.files);
    });
    connect(controller, &TrainingController::commandRefused, this, [this](quint64 requestId, const QString& reason) {
        if (m_request != 0 && requestId == m_request) refuse(reason);
    });
}

void OwnPictureQueue::bindInspection(InspectionController* inspection) { m_inspection = inspection; }

void OwnPictureQueue::add(const QStringList& files) {
    m_cancelled.clear();
    ++m_listings;
    // A folder may be large, or on another machine.
    m_background.add(
        [this, files, stopped = m_listingStopped]() -> std::function<void()> {
            Found found;
            for (const QString& file : files) look(file, *stopped, found);
            return [this, found, stopped] {
                if (!*stopped) takeFound(found);
            };
        },
        [this, stopped = m_listingStopped](const QString& what, const QString& hint) {
            if (*stopped) return;
            takeFound({});
            Q_EMIT said(problemText(what, hint));
        });
    tellWork();
}

void OwnPictureQueue::takeFound(const Found& found) {
    --m_listings;
    if (!found.emptyFolder.isEmpty()) Q_EMIT said(tr("There are no pictures in the folder %1.").arg(found.emptyFolder));
    if (!found.folders.isEmpty()) Q_EMIT foldersFound(found.folders);
    const QStringList pending = m_waiting + m_asked, known = m_pictures.ownFiles() + pending;
    const QSet<QString> knownFiles(known.begin(), known.end()), pendingFiles(pending.begin(), pending.end());
    auto room = kMostPictures - knownFiles.size();
    for (const QString& file : found.files) {
        if (pendingFiles.contains(file)) continue;
        if (!knownFiles.contains(file) && room-- <= 0) {
            Q_EMIT said(
                found.folders.isEmpty()
                    ? tr("Thaw shows %1 pictures of yours at most. Remove some first.").arg(QLocale().toString(kMostPictures))
                    : tr("Thaw shows %1 pictures of yours at most. The accuracy of a whole folder: thaw-cli predict --labelled")
                          .arg(QLocale().toString(kMostPictures)));
            break;
        }
        m_waiting << file;
    }
    m_addedUnanswered |= !m_waiting.isEmpty() || !m_asked.isEmpty();
    m_refusedBy.clear();
    ask();
    if (!m_waiting.isEmpty() && m_asked.isEmpty()) Q_EMIT waiting();
}

void OwnPictureQueue::ask() {
    const Answerer now = m_answerer();
    if (m_asked.isEmpty() && !now.name.isEmpty() && now.name != m_refusedBy) {
        const QStringList known = m_pictures.ownFiles();
        if (m_waiting.isEmpty() && now.seen && now.name != m_answeredBy) {
            m_waiting = known;
            m_answeredBy = now.name;
        }
        if (known.isEmpty()) m_answeredBy = now.name;
        if (!m_waiting.isEmpty()) Q_EMIT asked();
        // The training goes on between two portions, and so it can be stopped there.
        m_asked = now.training ? m_waiting.mid(0, kQuickFiles) : m_waiting;
        m_waiting.remove(0, m_asked.size());
        if (now.training && !m_asked.isEmpty()) m_request = m_controller->predictFiles(m_asked);
        if (!now.training && !m_asked.isEmpty()) askCheckpoint();
    }
    tellWork();
}

void OwnPictureQueue::askCheckpoint() {
    std::vector<std::filesystem::path> paths;
    for (const QString& file : m_asked) paths.emplace_back(file.toStdString());
    // A click's answer does not wait behind a folder of pictures.
    const auto lane = paths.size() > kQuickFiles ? InspectionController::Lane::Long : InspectionController::Lane::Quick;
    m_inspection->ask<std::vector<core::FilePrediction>>(
        this, kTopic, lane,
        [paths](core::Inspector& inspector, const std::string& checkpoint, const core::CountCallback& progress) {
            return inspector.predictFiles(checkpoint, paths, progress);
        },
        [this](const std::vector<core::FilePrediction>& answers) { take(answers); },
        [this](std::int64_t done, std::int64_t) { tellWork(done); },
        [this](const QString& what, const QString& hint) { refuse(problemText(what, hint)); });
}

void OwnPictureQueue::take(const std::vector<core::FilePrediction>& answers) {
    m_request = 0;
    m_done += m_asked.size();
    m_asked.clear();
    Q_EMIT answered(answers, std::exchange(m_addedUnanswered, false));
    ask();
}

void OwnPictureQueue::takeBack() {
    if (m_inspection) m_inspection->cancel(this, kTopic);
    m_request = 0;
    const QStringList known = m_pictures.ownFiles(), back = std::exchange(m_asked, {}) + std::exchange(m_waiting, {});
    for (const QString& file : back)
        if (m_addedUnanswered || !known.contains(file)) m_waiting << file;
    m_answeredBy.clear();
}

void OwnPictureQueue::refuse(const QString& why) {
    takeBack();
    m_refusedBy = m_answerer().name;
    Q_EMIT refused(why);
    ask();
}

void OwnPictureQueue::askAgain() {
    m_refusedBy.clear();
    m_waiting += std::exchange(m_cancelled, {});
    ask();
}

void OwnPictureQueue::cancel() {
    *m_listingStopped = true;
    m_listingStopped = std::make_shared<std::atomic<bool>>(false);
    m_listings = 0;
    if (m_asked.isEmpty()) return tellWork();
    refuse(tr("Cancelled before all of your pictures were looked at."));
    m_cancelled = std::exchange(m_waiting, {});
    m_addedUnanswered = false;
}

void OwnPictureQueue::checkpointChanged() {
    m_refusedBy.clear();
    if (!m_asked.isEmpty() && !(m_request != 0 && m_answerer().training)) takeBack();
}

void OwnPictureQueue::trainingChanged() {
    if (m_request != 0) takeBack();
}

void OwnPictureQueue::tellWork(qint64 answered) {
    const bool working = m_listings > 0 || !m_asked.isEmpty();
    if (!working) m_done = 0;
    Q_EMIT worked(working, m_done + answered, m_asked.isEmpty() ? 0 : m_done + m_asked.size() + m_waiting.size());
}

}  // namespace thaw::ui
