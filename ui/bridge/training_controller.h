// The only object that widgets talk to about training. Lives in the GUI thread; owns the worker thread, in which a
// TrainingWorker owns the Trainer. Every call returns at once; what it led to arrives as a signal.
#pragma once

#include <QObject>
#include <QStringList>

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "ui/bridge/event_metatypes.h"

class QThread;

namespace thaw::ui {

/// Makes Trainers; tests give one that makes FakeTrainers. Called in the worker thread; may throw core::Error.
struct TrainerFactory {
    std::function<std::unique_ptr<core::Trainer>(const core::RunConfig&, bool startPaused)> make;
    std::function<std::unique_ptr<core::Trainer>(const std::filesystem::path&, bool startPaused)> resume;
    /// First thing in the worker thread: compute threads; empty: nothing.
    std::function<void()> prepareThread;
};
TrainerFactory coreTrainerFactory();

/// Which actions a state allows: one table for buttons, menus and keys.
struct ActionStates {
    bool runLesson = false, start = false, pause = false, resume = false, step = false, runEpoch = false, stop = false;
    bool editSettings = false;  ///< settings that need a new run
    bool editLive = false;      ///< layers and learning rate
    bool evaluate = false, predictFiles = false, exportModel = false;
};
ActionStates actionsIn(core::TrainerState state, bool hasRun);

class TrainingWorker;

class TrainingController : public QObject {
    Q_OBJECT
public:
    explicit TrainingController(TrainerFactory factory = coreTrainerFactory(), QObject* parent = nullptr);
    ~TrainingController() override;  ///< stops the worker after its present step; never terminates it

    core::TrainerState state() const;
    ActionStates actions() const;
    /// The run in the worker, once RunStarted arrived; empty before.
    const std::optional<core::RunStarted>& run() const;
    const core::LayerMask& trainable() const;  ///< as last confirmed by the engine
    const core::LayerMask& kept() const;       ///< thawed in later phases too, as last confirmed; empty: none
    double learningRate() const;               ///< as last confirmed; 0 without a run
    int currentPhase() const;
    const std::optional<core::BatchFinished>& lastBatch() const;
    const std::optional<core::EpochFinished>& lastEpoch() const;

public Q_SLOTS:
    /// Replaces a finished, stopped or failed run. Refused (startRefused) while another is active.
    void startRun(const thaw::core::RunConfig& config, bool paused = false);
    void openRun(const std::filesystem::path& directory, bool paused = false);
    void closeRun();  ///< lets go of a finished, stopped or failed run; nothing while one is active
    void pause();
    void resume();
    void stepOnce();
    void runEpoch();
    void stop();
    /// Each returns the request's id, echoed by the answer or by commandRefused.
    quint64 setTrainable(const QStringList& layers, bool trainable);
    quint64 setMask(const thaw::core::LayerMask& mask);
    quint64 keepThawed(const thaw::core::LayerMask& layers);
    quint64 setLearningRate(double value);
    quint64 evaluate();
    quint64 predictFiles(const QStringList& files);
    quint64 exportModel(const QString& file, thaw::core::ExportFormat format);
    quint64 saveCheckpoint();
    quint64 generateText(const thaw::core::GenerationSettings& settings);
    void stopGenerating();

Q_SIGNALS:
    void stateChanged(thaw::core::TrainerState state);
    void startRefused(const QString& what, const QString& hint);
    void runStarted(const thaw::core::RunStarted& run);
    void phaseStarted(const thaw::core::PhaseStarted& phase);
    /// At most every 100 ms and before any milestone.
    void batchesFinished(const std::vector<thaw::core::BatchFinished>& batches);
    void epochFinished(const thaw::core::EpochFinished& epoch);
    void workProgress(const thaw::core::WorkProgress& progress);
    void planProgress(const thaw::core::PlanProgress& progress);
    void layersChanged(const thaw::core::LayersChanged& change);
    void layersKept(const thaw::core::LayersKept& kept);
    void learningRateChanged(const thaw::core::LearningRateChanged& change);
    void paused(const thaw::core::Paused& event);
    void resumed(const thaw::core::Resumed& event);
    void movedChanged(const thaw::core::MovedChanged& moved);
    void checkpointSaved(const thaw::core::CheckpointSaved& saved);
    void checkpointFailed(const thaw::core::CheckpointFailed& failed);
    void predictionsReady(const thaw::core::PredictionsReady& predictions);
    void filePredictionsReady(const thaw::core::FilePredictionsReady& predictions);
    void textGenerated(const thaw::core::TextGenerated& generated);
    void modelExported(const thaw::core::ModelExported& exported);
    void stageTimesMeasured(const thaw::core::StageTimesMeasured& times);
    void commandRefused(quint64 requestId, const QString& reason);
    void notice(const thaw::core::Notice& notice);
    void runFinished(const thaw::core::RunFinished& finished);
    void runFailed(const thaw::core::RunFailed& failed);

private:
    class Private;
    std::unique_ptr<Private> d;
};

}  // namespace thaw::ui
