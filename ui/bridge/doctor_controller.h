// What widgets talk to about what is wrong with a data set: the check, the network's doubts, the user's decisions, which can be
// undone, and the pictures. Lives in the GUI thread, which never waits.
#pragma once

#include <QCache>
#include <QElapsedTimer>
#include <QImage>
#include <QObject>
#include <QUndoStack>

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/api/decisions.h"
#include "core/api/doctor.h"
#include "core/api/suspects.h"
#include "ui/models/findings.h"
#include "ui/threads/background.h"

namespace thaw::ui {

/// The core's functions, or stand-ins in tests.
struct DoctorCalls {
    std::function<core::DatasetCheckup(const std::filesystem::path&, const core::CountCallback&)> check = core::checkDataset;
    std::function<core::LabelSuspects(const core::SuspectsRequest&, const core::CountCallback&)> judge = core::suspectLabels;
    std::function<std::unique_ptr<core::CheckedPictures>(const std::filesystem::path&)> pictures = core::openCheckedPictures;
};

class DoctorController : public QObject {
    Q_OBJECT
public:
    enum class Work { None, Checking, Judging };

    explicit DoctorController(DoctorCalls calls = {}, QObject* parent = nullptr);
    ~DoctorController() override;  ///< stops, and waits for the picture or the step under way

    /// Another data set; the same one again keeps what is known of it.
    void open(const core::DatasetInfo& dataset);
    const core::DatasetInfo& dataset() const { return m_dataset; }
    /// Single pictures are files, and no run reads them now.
    bool canDecide() const { return m_decidable && !m_locked; }
    bool canJudge() const;        ///< one label each
    void setLocked(bool locked);  ///< while a run uses the data set
    bool isLocked() const { return m_locked; }

    void check();
    /// Suspected labels and what is unlike all others, by a small trunk.
    void judge();
    void stop();
    Work work() const { return m_work; }
    qint64 done() const { return m_done; }
    qint64 total() const { return m_total; }              ///< 0: not known yet
    double secondsLeft() const;                           ///< below 0: not known yet
    const QString& problem() const { return m_problem; }  ///< of the last check or judgement; empty: none

    bool isChecked() const { return m_checkup != nullptr; }
    bool isJudged() const { return m_judged; }
    const core::DatasetCheckup& checkup() const { return *m_checkup; }
    double checkedAt() const { return m_checkedAt; }  ///< seconds since 1970
    double checkSeconds() const { return m_checkSeconds; }
    const std::vector<Finding>& findings() const { return m_findings; }
    const QStringList& classNames() const { return m_classNames; }

    const std::vector<core::Decision>& decisions() const { return m_decisions; }  ///< the newest last
    const std::map<std::string, core::Decision>& decided() const { return m_decided; }
    /// One step that can be undone; `text` says what it does.
    void decide(const std::vector<core::Decision>& decisions, const QString& text);
    void takeBack(const std::string& file);
    QUndoStack& undoStack() { return m_undo; }
    void exportDecisions(const QString& file);

    /// Null until imagesArrived(); a grey one where it cannot be read.
    QImage tile(const std::string& file);
    /// pictureArrived() follows, unless another one was asked for meanwhile.
    void loadPicture(const std::string& file);

Q_SIGNALS:
    void opened();
    void workChanged();
    void progressed();
    void findingsChanged();
    void decisionsChanged();
    void decisionsKept();  ///< on disk: whoever lists the data set sees them
    void exported(const QString& file);
    void imagesArrived();
    void pictureArrived(const std::string& file, const QImage& picture);
    void said(const QString& what, const QString& hint);  ///< something went wrong; decisions are as they are on disk

private:
    friend class DecideCommand;
    void begin(Work work);
    void end(const QString& problem = {});
    core::CountCallback progressCallback(std::shared_ptr<std::atomic<bool>> stop);
    void takeCheckup(std::shared_ptr<const core::DatasetCheckup> checkup, double seconds);
    void apply(const std::vector<core::Decision>& made, const std::vector<std::string>& undone);
    void takeDecisions(std::vector<core::Decision> decisions);
    void readTiles();

    const DoctorCalls m_calls;
    core::DatasetInfo m_dataset;
    bool m_decidable = false, m_locked = false, m_judged = false;
    Work m_work = Work::None;
    qint64 m_done = 0, m_total = 0;
    QElapsedTimer m_sinceBegin;
    QString m_problem;
    int m_generation = 0;  // of the data set that is open
    std::shared_ptr<std::atomic<bool>> m_stop;
    std::shared_ptr<const core::DatasetCheckup> m_checkup;
    double m_checkedAt = 0, m_checkSeconds = 0;
    std::vector<Finding> m_findings;
    QStringList m_classNames;
    std::vector<core::Decision> m_decisions;
    std::map<std::string, core::Decision> m_decided;
    QUndoStack m_undo;

    QCache<QString, QImage> m_tiles;
    std::vector<std::string> m_wanted;  // the newest last
    bool m_readingTiles = false;
    std::string m_wantedPicture;
    std::atomic<bool> m_closing{false};
    std::shared_ptr<core::CheckedPictures> m_pictures;  // of the pictures' thread
    Background m_worker, m_disk, m_reader;              // last: their jobs use everything above
};

}  // namespace thaw::ui
