// What widgets talk to about a set that is being collected: its classes and pictures, the live answers, the head that is trained
// again after each change, deletions that can be undone, and saving. Lives in the GUI thread, which never waits: the disk, the
// trunk and the head's training have a thread each.
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QStringList>
#include <QTimer>
#include <QUndoStack>

#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "ui/bridge/camera_controller.h"
#include "ui/bridge/collect_worker.h"
#include "ui/models/collected_list_model.h"
#include "ui/threads/background.h"

class QMimeData;

namespace thaw::ui {

struct CollectClass {
    int id = 0;
    QString name;
    std::shared_ptr<CollectedListModel> pictures;
    int keptAside = 0, right = 0;  ///< pictures kept aside that the newest head was asked about, and of these named right
};

class CollectController : public QObject {
    Q_OBJECT
public:
    static constexpr int kPicturesPerSecond = 12;  ///< that a recording takes at most
    static constexpr int kMostClasses = 100;

    enum class Training {
        Off,       ///< the user has turned it off
        Waiting,   ///< for pictures of a second class
        Working,   ///< a head is being trained, or pictures are looked at for it
        UpToDate,  ///< the head knows all pictures
    };

    explicit CollectController(CollectFactory factory = coreCollectFactory(), FrameSources sources = coreFrameSources(),
                               QObject* parent = nullptr);
    ~CollectController() override;  ///< waits for the picture, the file and the step of training under way

    /// Reads the collection that is not saved yet, or begins one, and loads the trunk. Later calls do nothing.
    void open();
    bool isOpen() const { return m_open; }
    const QString& trunkTitle() const { return m_trunkTitle; }  ///< empty: not loaded yet
    const core::CollectTrunk& trunk() const { return m_trunk; }
    CameraController& camera() { return m_camera; }
    QUndoStack& undoStack() { return m_undo; }

    const QString& title() const { return m_title; }
    void setTitle(const QString& title);
    const std::vector<CollectClass>& classes() const { return m_classes; }
    const CollectClass* find(int classId) const;
    int pictureCount() const;
    int waitingFiles() const { return static_cast<int>(m_jobs.size()); }  ///< pictures that are still to be looked at

    int addClass(const QString& name = {});  ///< its id; 0: there are too many
    /// False where the name is empty or another class has it.
    bool renameClass(int classId, const QString& name);
    void removeClass(int classId);  ///< with its pictures; can be undone
    void removePictures(const std::vector<core::CollectedPicture>& pictures);

    void record(int classId);  ///< takes pictures out of the live ones until stopRecording()
    void stopRecording();
    int recordingClass() const { return m_recording; }  ///< 0: none
    int recorded() const { return m_recorded; }         ///< pictures in the recording under way

    void addFiles(int classId, const QStringList& files);
    /// A class by the folder's name, or into the one that has it.
    void addFolder(const QString& folder);
    void paste(int classId, const QMimeData* content);

    void setTraining(bool on);
    Training training() const;
    const std::shared_ptr<const TrainedHead>& head() const { return m_head; }  ///< null: none yet
    double trainingSeconds() const { return m_trainingSeconds; }               ///< that the newest head took
    double headAge() const;                                                    ///< seconds since it was trained
    int keptAside() const;                                                     ///< of all classes
    int keptAsideRight() const;
    const std::optional<CollectWorker::Answer>& answer() const { return m_answer; }

    bool isSaved() const { return m_saved; }
    bool isSaving() const { return m_saving; }
    QString savedTo() const { return m_savedTo; }
    void save(const QString& folder);
    void throwAway();

Q_SIGNALS:
    void opened(int found);  ///< pictures that an earlier session left unsaved
    void classesChanged();   ///< classes have come, gone or been renamed
    void picturesChanged();  ///< counts, and whether all is saved
    void recordingChanged();
    void trainingChanged();
    void answered();  ///< a live frame
    void trunkLoaded();
    void saved(const QString& folder);
    void said(const QString& what, const QString& hint);  ///< something went wrong; what it was about is as it was before

private:
    friend class RemovalCommand;
    using Key = std::pair<int, int>;  // class, number
    struct Job {
        core::CollectedPicture picture;  // number 0: not in the collection yet
        std::filesystem::path file;      // of the user's
    };
    struct Bulk {
        int left = 0, refused = 0;
        QString firstProblem;
    };

    static Key keyOf(const core::CollectedPicture& picture) { return {picture.classId, picture.number}; }
    CollectClass* findMutable(int classId);
    void takeCollection(const core::Collection& collection);
    core::Collection described() const;
    void describe();
    void disk(std::function<void(core::CollectionStore&)> work, std::function<void()> undo = {});
    void takeFrame();
    void take(int classId, const PicturePointer& picture, bool isNew);
    int newJob(const core::CollectedPicture& picture, const std::filesystem::path& file = {});
    core::CollectedPicture nextPicture(int classId, const std::string& ending);
    void putBack(const std::vector<core::CollectedPicture>& pictures, const std::vector<QImage>& tiles);
    std::vector<QImage> takeOut(const std::vector<core::CollectedPicture>& pictures);
    void takeNews();
    void takeLooked(const CollectWorker::Looked& looked);
    void importFile(const Job& job, const CollectWorker::Looked& looked);
    void changed();
    void train();
    QString freeName(const QString& wanted) const;

    const CollectFactory m_factory;
    CameraController m_camera;
    QUndoStack m_undo;
    bool m_open = false, m_opening = false;
    QString m_title, m_trunkTitle, m_savedTo;
    core::CollectTrunk m_trunk;
    std::filesystem::path m_folder;
    std::vector<CollectClass> m_classes;
    std::map<int, int> m_numbers;  // the highest of each class so far
    int m_lastClassId = 0;
    std::map<Key, PictureFeatures> m_features;
    std::map<int, Job> m_jobs;
    int m_lastJob = 0;
    Bulk m_bulk;

    int m_recording = 0, m_recorded = 0;
    QElapsedTimer m_sinceTaken;
    PicturePointer m_lastTaken;

    bool m_trainingOn = true, m_isTraining = false, m_dirty = false;
    QTimer m_trainSoon;
    std::shared_ptr<const TrainedHead> m_head;
    double m_trainingSeconds = -1;
    QElapsedTimer m_sinceHead;
    std::optional<CollectWorker::Answer> m_answer;
    bool m_saved = false, m_saving = false;

    std::atomic<bool> m_stop{false};
    std::unique_ptr<core::CollectionStore> m_store;  // of the disk's thread
    CollectWorker m_worker;
    Background m_learner;  // last: their jobs use everything above
    Background m_disk;
};

}  // namespace thaw::ui
