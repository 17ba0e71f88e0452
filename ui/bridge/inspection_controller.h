// What widgets talk to about a trained model: one run's kept checkpoints, opened beside the training and never inside it. Lives
// in the GUI thread; the work is done in threads of its own, so that a click is answered while a long analysis goes on.
//
// All views look at one run and one checkpoint, the chosen one. A view asks with `ask` and asks again on `checkpointChanged`.
// What the Trainer itself says at each epoch's end is known at once; views that follow the newest checkpoint of a run that trains
// go on to it when they have their answers, and seldom enough that the work for these takes little of the training's time.
#pragma once

#include <QObject>
#include <QPointer>

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "core/api/inspector.h"
#include "core/api/runs.h"
#include "ui/bridge/event_metatypes.h"

namespace thaw::ui {

class TrainingController;

/// Opens Inspectors; tests give one that opens fakes. Called in a worker thread; may throw core::Error.
struct InspectorFactory {
    std::function<std::unique_ptr<core::Inspector>(const std::filesystem::path& run)> open;
    /// Before a job, in its thread: compute threads to use (0: all cores); empty: nothing.
    std::function<void(int threads)> prepareThread;
    /// First thing in each thread; empty: nothing.
    std::function<void(bool longAnalyses)> giveWay;
    /// core::revealTest; called in a worker thread.
    std::function<int(const std::filesystem::path& run)> revealTest;
};
InspectorFactory coreInspectorFactory();

struct InspectionSubject {
    core::InspectedRun run;
    std::vector<core::KeptCheckpoint> checkpoints;     ///< oldest first
    int chosen = -1;                                   ///< index into checkpoints; -1: none is kept yet
    std::shared_ptr<const core::PictureSet> pictures;  ///< of run.judgedOn(); null: cannot be read (see problem)
    QString problem;
};

class InspectionController : public QObject {
    Q_OBJECT
public:
    enum class Lane {
        Quick,    ///< an answer to a click: one picture, one layer
        Long,     ///< a whole split: seconds; one after the other, with progress
        Longest,  ///< many checkpoints, t-SNE: minutes; beside Long, which never waits for it
    };
    /// Runs in the lane's thread. Check or hand on `progress`: it reports, and cancels where the answer is no longer wanted.
    template <class Result>
    using Work =
        std::function<Result(core::Inspector& inspector, const std::string& checkpoint, const core::CountCallback& progress)>;
    using Progress = std::function<void(std::int64_t done, std::int64_t total)>;
    using Failure = std::function<void(const QString& what, const QString& hint)>;

    explicit InspectionController(InspectorFactory factory = coreInspectorFactory(), QObject* parent = nullptr);
    ~InspectionController() override;  ///< cancels what is under way and waits

    /// The run that trains is inspected as soon as it starts, unless the user has picked a checkpoint of another one, and its new
    /// checkpoints appear by themselves. Both outlive each other's calls.
    void follow(TrainingController& training);

    const InspectionSubject* subject() const;        ///< null: no run is open
    const core::KeptCheckpoint* checkpoint() const;  ///< the chosen one; null: none
    bool followsNewest() const;

    /// For work in a thread of its own, with an Inspector of its own.
    const InspectorFactory& inspectors() const;
    bool isTraining() const;  ///< as setTraining said; any thread

    /// `done` runs in the GUI thread, unless a newer question of the same `context` and `topic` came, the context died, or
    /// another run or checkpoint was chosen meanwhile. Without `failure`, failed() is emitted. Does nothing without a checkpoint.
    template <class Result>
    void ask(QObject* context, const QString& topic, Lane lane, Work<Result> work, std::function<void(Result)> done,
             Progress progress = {}, Failure failure = {}) {
        enqueue({context,
                 topic,
                 lane,
                 About::Checkpoint,
                 answering<Result>(std::move(work), std::move(done)),
                 std::move(progress),
                 std::move(failure),
                 {}});
    }
    /// As ask, with the inspector of another run's folder, to compare the chosen checkpoint with. A long analysis; the other run
    /// stays open until a third one is asked for or inspectRun opens a subject.
    template <class Result>
    void askOtherRun(const std::filesystem::path& directory, QObject* context, const QString& topic, Work<Result> work,
                     std::function<void(Result)> done, Progress progress = {}, Failure failure = {}) {
        enqueue({context, topic, Lane::Long, About::Checkpoint, answering<Result>(std::move(work), std::move(done)),
                 std::move(progress), std::move(failure), directory});
    }
    /// As ask, about the run as a whole or checkpoints that `work` names itself: another chosen checkpoint does not take it back,
    /// and it is asked before one is kept too (`checkpoint` is empty then). Does nothing without a run.
    template <class Result>
    void askAboutRun(QObject* context, const QString& topic, Lane lane, Work<Result> work, std::function<void(Result)> done,
                     Progress progress = {}, Failure failure = {}) {
        enqueue({context,
                 topic,
                 lane,
                 About::Run,
                 answering<Result>(std::move(work), std::move(done)),
                 std::move(progress),
                 std::move(failure),
                 {}});
    }
    /// Takes a question back, even one that is being worked on.
    void cancel(QObject* context, const QString& topic);

public Q_SLOTS:
    /// Opens the folder, anew where it is open already, and follows the newest checkpoint from now on. Until it is open, and
    /// where it cannot be (failed() says why), the views keep the run that they have.
    void inspectRun(const std::filesystem::path& directory);
    /// Before the folder is deleted: whoever looks into it goes back to the run that trains, or to none.
    void leaveRun(const std::filesystem::path& directory);
    /// Of subject()->checkpoints. Stays until another one is chosen or followNewest() is called; where it is kept no longer, its
    /// nearest neighbour takes its place.
    void chooseCheckpoint(int index);
    void followNewest();
    void refreshCheckpoints();
    /// Opens the subject's locked test split for good, which its record counts, and then the run anew with the same checkpoint
    /// chosen.
    void revealTest();
    /// While a run trains, answers take one core and long analyses what is left over.
    void setTraining(bool training);

Q_SIGNALS:
    void subjectChanged();      ///< another run, or none
    void checkpointsChanged();  ///< of the same run
    void checkpointChanged();   ///< another one is the chosen one; also after subjectChanged
    void failed(const QString& what, const QString& hint);

private:
    enum class About { Checkpoint, Run };
    /// Returns what to do in the GUI thread.
    using AnsweringWork = std::function<std::function<void()>(core::Inspector&, const std::string&, const core::CountCallback&)>;
    struct Question {
        QPointer<QObject> context;
        QString topic;
        Lane lane = Lane::Quick;
        About about = About::Checkpoint;
        AnsweringWork work;
        Progress progress;
        Failure failure;
        std::filesystem::path otherRun;  // empty: the subject
    };
    template <class Result>
    static AnsweringWork answering(Work<Result> work, std::function<void(Result)> done) {
        return [work = std::move(work), done = std::move(done)](core::Inspector& inspector, const std::string& checkpoint,
                                                                const core::CountCallback& report) -> std::function<void()> {
            return [done, result = work(inspector, checkpoint, report)] { done(result); };
        };
    }
    void enqueue(Question question);
    void open(const std::filesystem::path& directory, bool keepChoice);

    class Private;
    std::unique_ptr<Private> d;
};

}  // namespace thaw::ui
