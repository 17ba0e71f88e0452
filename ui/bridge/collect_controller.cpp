#include "ui/bridge/collect_controller.h"

#include <QDir>
#include <QFileInfo>
#include <QImage>
#include <QMimeData>
#include <QUndoCommand>
#include <QUrl>

#include <algorithm>

#include "core/api/errors.h"
#include "ui/models/path_text.h"
#include "ui/models/picture_images.h"

namespace thaw::ui {
namespace {

constexpr int kTrainAfterMilliseconds = 250;  // so often at most while pictures come in
constexpr int kMostFilesOfAFolder = 10'000;

QImage tileOf(const core::RgbPicture& picture) {
    const int side = CollectedListModel::kTileSide;
    return imageOf(picture.rgb.data(), picture.width, picture.height)
        .scaled(side, side, Qt::KeepAspectRatioByExpanding, Qt::SmoothTransformation);
}

core::RgbPicture pictureOf(const QImage& image) {
    const QImage rgb = image.convertToFormat(QImage::Format_RGB888);
    core::RgbPicture picture{rgb.width(), rgb.height(), {}};
    for (int y = 0; y < rgb.height(); ++y)
        picture.rgb.insert(picture.rgb.end(), rgb.constScanLine(y), rgb.constScanLine(y) + std::ptrdiff_t{3} * rgb.width());
    return picture;
}

}  // namespace

/// Pictures, and the class where all of it goes, that were taken out.
class RemovalCommand : public QUndoCommand {
public:
    RemovalCommand(CollectController& controller, std::vector<core::CollectedPicture> pictures, int classId = 0)
        : m_controller(controller), m_pictures(std::move(pictures)), m_classId(classId) {}

    void redo() override {
        m_tiles = m_controller.takeOut(m_pictures);
        if (m_classId == 0) return;
        std::vector<CollectClass>& classes = m_controller.m_classes;
        const auto found =
            std::find_if(classes.begin(), classes.end(), [this](const CollectClass& one) { return one.id == m_classId; });
        m_place = found - classes.begin();
        m_class = *found;
        classes.erase(found);
        m_controller.describe();
        Q_EMIT m_controller.classesChanged();
        m_controller.changed();
    }
    void undo() override {
        if (m_classId != 0) {
            std::vector<CollectClass>& classes = m_controller.m_classes;
            classes.insert(classes.begin() + std::min<std::ptrdiff_t>(m_place, static_cast<std::ptrdiff_t>(classes.size())),
                           m_class);
            m_controller.describe();
            Q_EMIT m_controller.classesChanged();
        }
        m_controller.putBack(m_pictures, m_tiles);
    }

private:
    CollectController& m_controller;
    std::vector<core::CollectedPicture> m_pictures;
    std::vector<QImage> m_tiles;
    int m_classId;
    CollectClass m_class;
    std::ptrdiff_t m_place = 0;
};

CollectController::CollectController(CollectFactory factory, FrameSources sources, QObject* parent)
    : QObject(parent), m_factory(std::move(factory)), m_camera(std::move(sources)), m_worker(m_factory) {
    m_trainSoon.setSingleShot(true);
    m_trainSoon.setInterval(kTrainAfterMilliseconds);
    connect(&m_trainSoon, &QTimer::timeout, this, &CollectController::train);
    connect(&m_camera, &CameraController::frameChanged, this, &CollectController::takeFrame);
    connect(&m_camera, &CameraController::stateChanged, this, [this] {
        const CameraController::State state = m_camera.state();
        if (state == CameraController::State::Closed || state == CameraController::State::Failed) m_answer.reset();
        if (state != CameraController::State::Running) stopRecording();
    });
    connect(&m_worker, &CollectWorker::newsCame, this, &CollectController::takeNews, Qt::QueuedConnection);
    if (m_factory.prepareThread)
        m_learner.add(
            [prepare = m_factory.prepareThread]() -> std::function<void()> {
                prepare();
                return [] {};
            },
            [](const QString&, const QString&) {});
}

CollectController::~CollectController() {
    m_stop = true;
    m_worker.dropJobs();
}

void CollectController::open() {
    if (m_opening) return;
    m_opening = true;
    m_worker.start();
    m_disk.add(
        [this]() -> std::function<void()> {
            m_store = m_factory.store();
            return [this, found = m_store->collection()] { takeCollection(found); };
        },
        [this](const QString& what, const QString& hint) {
            m_opening = false;
            Q_EMIT said(what, hint);
        });
}

void CollectController::takeCollection(const core::Collection& collection) {
    m_open = true;
    m_undo.clear();
    m_title = nameText(collection.title);
    m_folder = collection.folder;
    m_saved = collection.saved;
    m_savedTo = pathText(collection.savedTo);
    m_classes.clear();
    m_features.clear();
    m_numbers.clear();
    m_jobs.clear();
    m_head.reset();
    m_answer.reset();
    m_worker.setHead(nullptr);
    m_lastClassId = 0;
    for (const core::CollectedClass& one : collection.classes) {
        m_lastClassId = std::max(m_lastClassId, one.id);
        m_classes.push_back({one.id, nameText(one.name), std::make_shared<CollectedListModel>(), 0, 0});
        for (const core::CollectedPicture& picture : one.pictures) {
            m_numbers[one.id] = std::max(m_numbers[one.id], picture.number);
            m_classes.back().pictures->add(picture, {});
            m_worker.look(newJob(picture), core::collectedFile(collection, picture));
        }
    }
    Q_EMIT classesChanged();
    Q_EMIT opened(pictureCount());
    changed();
}

const CollectClass* CollectController::find(int classId) const {
    const auto found =
        std::find_if(m_classes.begin(), m_classes.end(), [classId](const CollectClass& one) { return one.id == classId; });
    return found == m_classes.end() ? nullptr : &*found;
}
CollectClass* CollectController::findMutable(int classId) { return const_cast<CollectClass*>(find(classId)); }

int CollectController::pictureCount() const {
    int count = 0;
    for (const CollectClass& one : m_classes) count += one.pictures->count();
    return count;
}

core::Collection CollectController::described() const {
    core::Collection now;
    now.title = m_title.toStdString();
    for (const CollectClass& one : m_classes) now.classes.push_back({one.id, one.name.toStdString(), {}});
    return now;
}

void CollectController::describe() {
    disk([now = described()](core::CollectionStore& store) { store.describe(now); });
}

/// `undo` takes back in the window what could not be done on the disk.
void CollectController::disk(std::function<void(core::CollectionStore&)> work, std::function<void()> undo) {
    m_saved = false;
    m_disk.add(
        [this, work = std::move(work)]() -> std::function<void()> {
            if (m_store) work(*m_store);
            return [] {};
        },
        [this, undo = std::move(undo)](const QString& what, const QString& hint) {
            if (undo) undo();
            Q_EMIT said(what, hint);
        });
}

void CollectController::setTitle(const QString& title) {
    if (title.trimmed().isEmpty() || title.trimmed() == m_title) return;
    m_title = title.trimmed();
    describe();
    Q_EMIT classesChanged();
    Q_EMIT picturesChanged();
}

QString CollectController::freeName(const QString& wanted) const {
    const auto isUsed = [this](const QString& name) {
        return std::any_of(m_classes.begin(), m_classes.end(),
                           [&](const CollectClass& one) { return one.name.compare(name, Qt::CaseInsensitive) == 0; });
    };
    if (!wanted.isEmpty() && !isUsed(wanted)) return wanted;
    const QString stem = wanted.isEmpty() ? tr("Class") : wanted;
    for (int number = wanted.isEmpty() ? static_cast<int>(m_classes.size()) + 1 : 2;; ++number)
        if (const QString name = tr("%1 %2").arg(stem).arg(number); !isUsed(name)) return name;
}

int CollectController::addClass(const QString& name) {
    if (!m_open || static_cast<int>(m_classes.size()) >= kMostClasses) return 0;
    m_classes.push_back({++m_lastClassId, freeName(name.trimmed()), std::make_shared<CollectedListModel>(), 0, 0});
    describe();
    Q_EMIT classesChanged();
    Q_EMIT picturesChanged();
    return m_lastClassId;
}

bool CollectController::renameClass(int classId, const QString& name) {
    const QString wanted = name.trimmed();
    CollectClass* const renamed = findMutable(classId);
    if (!renamed || wanted.isEmpty()) return false;
    if (wanted == renamed->name) return true;
    for (const CollectClass& one : m_classes)
        if (one.id != classId && one.name.compare(wanted, Qt::CaseInsensitive) == 0) return false;
    renamed->name = wanted;
    describe();
    Q_EMIT classesChanged();
    Q_EMIT picturesChanged();
    return true;
}

void CollectController::removeClass(int classId) {
    const CollectClass* const removed = find(classId);
    if (!removed) return;
    if (m_recording == classId) stopRecording();
    std::vector<core::CollectedPicture> pictures;
    for (int row = 0; row < removed->pictures->count(); ++row) pictures.push_back(removed->pictures->picture(row));
    m_undo.push(new RemovalCommand(*this, std::move(pictures), classId));
}

void CollectController::removePictures(const std::vector<core::CollectedPicture>& pictures) {
    if (!pictures.empty()) m_undo.push(new RemovalCommand(*this, pictures));
}

std::vector<QImage> CollectController::takeOut(const std::vector<core::CollectedPicture>& pictures) {
    std::vector<QImage> tiles;
    for (const core::CollectedPicture& picture : pictures) {
        CollectClass* const from = findMutable(picture.classId);
        tiles.push_back(from ? from->pictures->remove(picture) : QImage());
        disk([picture](core::CollectionStore& store) { store.remove(picture); });
    }
    changed();
    return tiles;
}

void CollectController::putBack(const std::vector<core::CollectedPicture>& pictures, const std::vector<QImage>& tiles) {
    for (std::size_t i = 0; i < pictures.size(); ++i) {
        const core::CollectedPicture& picture = pictures[i];
        if (CollectClass* const to = findMutable(picture.classId)) to->pictures->add(picture, tiles[i]);
        disk([picture](core::CollectionStore& store) { store.restore(picture); });
    }
    changed();
}

void CollectController::record(int classId) {
    if (!find(classId) || m_camera.state() != CameraController::State::Running || m_recording == classId) return;
    stopRecording();
    m_recording = classId;
    m_recorded = 0;
    m_sinceTaken.invalidate();
    m_lastTaken.reset();
    Q_EMIT recordingChanged();
    if (m_camera.frame()) takeFrame();
}

void CollectController::stopRecording() {
    if (m_recording == 0) return;
    if (CollectClass* const recorded = findMutable(m_recording)) recorded->pictures->endRecording();
    m_recording = 0;
    m_lastTaken.reset();
    Q_EMIT recordingChanged();
}

void CollectController::takeFrame() {
    if (!m_camera.frame()) return;
    const PicturePointer picture = m_camera.frame()->picture;
    m_worker.show(picture);
    if (m_recording == 0) return;
    if (m_sinceTaken.isValid() && m_sinceTaken.elapsed() < 1000 / kPicturesPerSecond) return;
    if (m_lastTaken && core::looksTheSame(*m_lastTaken, *picture)) return;
    m_sinceTaken.start();
    m_lastTaken = picture;
    ++m_recorded;
    take(m_recording, picture, /*isNew=*/true);
    Q_EMIT recordingChanged();
}

core::CollectedPicture CollectController::nextPicture(int classId, const std::string& ending) {
    return {classId, ++m_numbers[classId], ending};
}

int CollectController::newJob(const core::CollectedPicture& picture, const std::filesystem::path& file) {
    Job& job = m_jobs[++m_lastJob];
    job.picture = picture;
    job.file = file;
    return m_lastJob;
}

void CollectController::take(int classId, const PicturePointer& picture, bool isNew) {
    CollectClass* const to = findMutable(classId);
    if (!to) return;
    const core::CollectedPicture added = nextPicture(classId, ".png");
    to->pictures->add(added, tileOf(*picture), isNew);
    m_worker.look(newJob(added), picture);
    disk([png = m_factory.png, added, picture](core::CollectionStore& store) { store.keep(added, png(*picture)); },
         [this, added] {
             if (CollectClass* const kept = findMutable(added.classId)) kept->pictures->remove(added);
             stopRecording();
             changed();
         });
    changed();
}

void CollectController::addFiles(int classId, const QStringList& files) {
    if (!find(classId)) return;
    for (const QString& name : files) {
        const std::filesystem::path file = pathOf(name);
        core::CollectedPicture wanted;
        wanted.classId = classId;
        ++m_bulk.left;
        m_worker.look(newJob(wanted, file), file);
    }
    changed();
}

void CollectController::addFolder(const QString& folder) {
    if (!m_open) return;
    m_disk.add(
        [this, folder]() -> std::function<void()> {
            QStringList files;
            const QFileInfoList found = QDir(folder).entryInfoList(QDir::Files | QDir::Readable, QDir::Name);
            for (const QFileInfo& file : found)
                if (files.size() < kMostFilesOfAFolder) files << file.absoluteFilePath();
            return [this, files, name = QFileInfo(folder).fileName()] {
                if (files.isEmpty()) return Q_EMIT said(tr("There is no picture in the folder %1.").arg(name), {});
                const auto same = std::find_if(m_classes.begin(), m_classes.end(), [&](const CollectClass& one) {
                    return one.name.compare(name, Qt::CaseInsensitive) == 0;
                });
                // The first folder takes the place of a class that is still empty and has no name of its own.
                const auto empty = std::find_if(m_classes.begin(), m_classes.end(), [](const CollectClass& one) {
                    return one.pictures->count() == 0 && one.name == tr("%1 %2").arg(tr("Class")).arg(one.id);
                });
                const int id = same != m_classes.end() ? same->id : empty != m_classes.end() ? empty->id : addClass(name);
                renameClass(id, name);
                addFiles(id, files);
            };
        },
        [this](const QString& what, const QString& hint) { Q_EMIT said(what, hint); });
}

void CollectController::paste(int classId, const QMimeData* content) {
    QStringList files;
    if (content)
        for (const QUrl& url : content->urls())
            if (url.isLocalFile()) files << url.toLocalFile();
    if (!files.isEmpty()) return addFiles(classId, files);
    const QImage image = content && content->hasImage() ? qvariant_cast<QImage>(content->imageData()) : QImage();
    if (image.isNull())
        return Q_EMIT said(tr("There is no picture on the clipboard."), tr("Copy one, or a picture file, then paste again."));
    m_disk.add(
        [this, classId, image]() -> std::function<void()> {
            const auto picture = std::make_shared<const core::RgbPicture>(pictureOf(image));
            return [this, classId, picture] { take(classId, picture, /*isNew=*/false); };
        },
        [this](const QString& what, const QString& hint) { Q_EMIT said(what, hint); });
}

void CollectController::takeNews() {
    for (const CollectWorker::News& news : m_worker.takeNews()) {
        if (const auto* trunk = std::get_if<CollectWorker::Trunk>(&news)) {
            m_trunkTitle = trunk->title;
            m_trunk = trunk->trunk;
            Q_EMIT trunkLoaded();
        } else if (const auto* looked = std::get_if<CollectWorker::Looked>(&news)) {
            takeLooked(*looked);
        } else if (const auto* failed = std::get_if<CollectWorker::Failed>(&news)) {
            Q_EMIT said(failed->what, failed->hint);
        } else if (m_camera.frame()) {
            m_answer = std::get<CollectWorker::Answer>(news);
            Q_EMIT answered();
        }
    }
}

void CollectController::takeLooked(const CollectWorker::Looked& looked) {
    const auto found = m_jobs.find(looked.job);
    if (found == m_jobs.end()) return;  // of a collection that was thrown away
    const Job job = found->second;
    m_jobs.erase(found);
    if (job.picture.number == 0) {
        importFile(job, looked);
    } else if (looked.features) {
        m_features[keyOf(job.picture)] = looked.features;
        CollectClass* const of = findMutable(job.picture.classId);
        if (of && !looked.picture.rgb.empty()) of->pictures->setTile(job.picture, tileOf(looked.picture));
    }
    changed();
}

void CollectController::importFile(const Job& job, const CollectWorker::Looked& looked) {
    CollectClass* const to = findMutable(job.picture.classId);
    if (looked.features && to) {
        const std::string suffix = job.file.extension().string();
        const core::CollectedPicture added = nextPicture(to->id, suffix.empty() ? ".png" : suffix);
        to->pictures->add(added, tileOf(looked.picture));
        m_features[keyOf(added)] = looked.features;
        disk([added, file = job.file](core::CollectionStore& store) { store.copyIn(added, file); },
             [this, added] {
                 if (CollectClass* const kept = findMutable(added.classId)) kept->pictures->remove(added);
                 changed();
             });
    } else if (to) {
        if (m_bulk.refused++ == 0) m_bulk.firstProblem = looked.problem;
    }
    if (--m_bulk.left > 0) return;
    const Bulk ended = std::exchange(m_bulk, {});
    if (ended.refused == 1) Q_EMIT said(ended.firstProblem, {});
    if (ended.refused > 1)
        Q_EMIT said(tr("%1 files are left out, because they cannot be read as pictures.").arg(ended.refused), ended.firstProblem);
}

void CollectController::changed() {
    m_dirty = true;
    if (m_trainingOn && !m_isTraining && !m_trainSoon.isActive()) m_trainSoon.start();
    Q_EMIT picturesChanged();
    Q_EMIT trainingChanged();
}

void CollectController::setTraining(bool on) {
    if (on == m_trainingOn) return;
    m_trainingOn = on;
    if (on) return changed();
    m_trainSoon.stop();
    Q_EMIT trainingChanged();
}

CollectController::Training CollectController::training() const {
    if (!m_trainingOn) return Training::Off;
    const auto filled =
        std::count_if(m_classes.begin(), m_classes.end(), [](const CollectClass& one) { return one.pictures->count() > 0; });
    if (filled < 2) return Training::Waiting;
    return m_dirty || m_isTraining || !m_jobs.empty() ? Training::Working : Training::UpToDate;
}

/// What is ready now: pictures that are still to be looked at bring the next training.
void CollectController::train() {
    if (m_isTraining || !m_trainingOn) return;
    m_dirty = false;
    struct Question {
        std::vector<core::CollectSample> samples;
        std::vector<std::pair<int, PictureFeatures>> keptAside;  // class
        std::vector<int> classIds;
    } asked;
    for (const CollectClass& one : m_classes) {
        const std::size_t before = asked.samples.size();
        const int index = static_cast<int>(asked.classIds.size());
        for (int row = one.pictures->count() - 1; row >= 0; --row) {  // oldest first: the order decides the last bits
            const core::CollectedPicture& picture = one.pictures->picture(row);
            const auto features = m_features.find(keyOf(picture));
            if (features == m_features.end()) continue;
            if (picture.isKeptAside())
                asked.keptAside.emplace_back(one.id, features->second);
            else
                asked.samples.push_back({features->second, index});
        }
        if (asked.samples.size() > before) asked.classIds.push_back(one.id);
    }
    if (asked.classIds.size() < 2) {
        m_head.reset();
        m_worker.setHead(nullptr);
        for (CollectClass& one : m_classes) one.keptAside = one.right = 0;
        Q_EMIT trainingChanged();
        return;
    }
    m_isTraining = true;
    m_learner.add(
        [this, asked = std::move(asked)]() -> std::function<void()> {
            QElapsedTimer timer;
            timer.start();
            auto head = std::make_shared<TrainedHead>();
            head->classIds = asked.classIds;
            head->pictures = static_cast<int>(asked.samples.size() + asked.keptAside.size());
            head->head = m_factory.train(asked.samples, static_cast<int>(asked.classIds.size()), m_stop);
            std::map<int, std::pair<int, int>> judged;  // class: asked, right
            for (const auto& [classId, features] : asked.keptAside) {
                const std::vector<float> probabilities = head->head.probabilities(*features);
                const auto best = std::max_element(probabilities.begin(), probabilities.end()) - probabilities.begin();
                ++judged[classId].first;
                judged[classId].second += head->classIds[static_cast<std::size_t>(best)] == classId;
            }
            return [this, head, judged, seconds = static_cast<double>(timer.nsecsElapsed()) * 1e-9] {
                m_isTraining = false;
                m_head = head;
                m_trainingSeconds = seconds;
                m_sinceHead.start();
                m_worker.setHead(head);
                for (CollectClass& one : m_classes) {
                    const auto found = judged.find(one.id);
                    std::tie(one.keptAside, one.right) = found == judged.end() ? std::pair(0, 0) : found->second;
                }
                if (m_dirty && m_trainingOn) m_trainSoon.start();
                Q_EMIT trainingChanged();
            };
        },
        [this](const QString& what, const QString& hint) {
            m_isTraining = false;
            Q_EMIT trainingChanged();
            Q_EMIT said(what, hint);
        });
    Q_EMIT trainingChanged();
}

double CollectController::headAge() const {
    return m_head && m_sinceHead.isValid() ? static_cast<double>(m_sinceHead.elapsed()) / 1000 : -1;
}

int CollectController::keptAside() const {
    int count = 0;
    for (const CollectClass& one : m_classes) count += one.keptAside;
    return count;
}
int CollectController::keptAsideRight() const {
    int count = 0;
    for (const CollectClass& one : m_classes) count += one.right;
    return count;
}

void CollectController::save(const QString& folder) {
    if (m_saving) return;
    stopRecording();
    m_saving = true;
    m_saved = true;  // until something changes meanwhile
    Q_EMIT picturesChanged();
    m_disk.add(
        [this, to = pathOf(folder)]() -> std::function<void()> {
            m_store->save(to, [this](std::int64_t, std::int64_t) { return !m_stop; });
            return [this, at = pathText(m_store->collection().savedTo)] {
                m_saving = false;
                m_savedTo = at;
                Q_EMIT picturesChanged();
                Q_EMIT saved(at);
            };
        },
        [this](const QString& what, const QString& hint) {
            m_saving = m_saved = false;
            Q_EMIT picturesChanged();
            Q_EMIT said(what, hint);
        });
}

void CollectController::throwAway() {
    if (!m_open) return;
    stopRecording();
    m_worker.dropJobs();
    m_jobs.clear();
    m_bulk = {};
    m_disk.add(
        [this]() -> std::function<void()> {
            m_store->throwAway();
            return [this, found = m_store->collection()] { takeCollection(found); };
        },
        [this](const QString& what, const QString& hint) { Q_EMIT said(what, hint); });
}

}  // namespace thaw::ui
