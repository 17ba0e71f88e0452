// A Trainer without a network: it follows a script, answers every command as the real one does, and its curves look like the
// lesson's. The presenter, the window and their screenshots are tested with it. tst_trainer_contract holds it to the engine.
#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/api/trainer.h"
#include "ui/bridge/training_controller.h"

namespace thaw::test {

struct FakeScript {
    std::string runId = "20260901-090000-lesson";
    std::filesystem::path directory = "/home/pupil/.local/share/thaw/runs/20260901-090000-lesson";
    int picturesPerClass = 20;    ///< of the drawn test split
    bool substituteData = false;  ///< the data set calls itself Fashion-MNIST, a substitute
    std::int64_t stepsPerEpoch = 20;
    int preparationSteps = 3;
    int evaluationSteps = 2;
    int stepMilliseconds = 0;             ///< each step() sleeps so long
    std::int64_t failAtStep = 0;          ///< RunFailed in place of this optimiser step
    std::int64_t throwAtStep = 0;         ///< throws core::TrainingError, against the contract
    std::int64_t throwUnknownAtStep = 0;  ///< throws an int
    std::int64_t restAtStep = 0;          ///< pauses by itself after this optimiser step: a moment to look at
    std::string refuseWith;               ///< every command about layers and rate is refused with it
    std::string makeError;                ///< the factory throws ConfigError with it
    bool resumed = false;                 ///< RunStarted says so
    int resumedEpoch = 0;
    bool bitExact = true;
    /// Sent with the given optimiser step, as they are: events of another run, notices, failed checkpoints.
    std::map<std::int64_t, std::vector<core::Event>> extra;
};

/// What the trainer's thread did, for the test to look at from another.
struct FakeProbe {
    std::atomic<int> trainers{0};  ///< that live now
    std::atomic<int> made{0};
    std::atomic<std::int64_t> steps{0}, commands{0};
    std::atomic<int> checkpoints{0};
    std::atomic<bool> stopped{false};        ///< Stop arrived
    std::atomic<std::size_t> threadHash{0};  ///< of the thread that made the last trainer
};

class FakeTrainer : public core::Trainer {
public:
    FakeTrainer(core::RunConfig config, bool startPaused, FakeScript script, std::shared_ptr<FakeProbe> probe = nullptr);
    ~FakeTrainer() override;
    FakeTrainer(const FakeTrainer&) = delete;
    FakeTrainer& operator=(const FakeTrainer&) = delete;

    std::vector<core::Event> step() override;
    std::vector<core::Event> apply(const core::Command& command) override;
    bool hasWork() const override;
    core::TrainerState state() const override { return m_state; }

private:
    enum class PauseAfter { Never, Step, Epoch };

    void emitEvent(core::EventData data);
    void setState(core::TrainerState state);
    void prepare();
    void trainBatch();
    void evaluateSlice();
    void finishEpoch();
    bool findPhase();
    void beginPhase();
    void finish(const std::string& reason);
    void fail(const std::string& what, const std::string& hint);
    bool canChange() const { return m_phaseStarted && !m_atPhaseBegin; }
    void takeChange(const core::Command& command);
    void applyChanges();
    void applyLayers(std::uint64_t requestId, const core::LayerMask& mask);
    void keepThawed(std::uint64_t requestId, const core::LayerMask& layers);
    void applyRate(std::uint64_t requestId, double value);
    void refuse(std::uint64_t requestId, const std::string& reason);
    void pause();
    void saveCheckpoint(const std::string& reason, bool best = false);
    void goOn(const core::Command& command, PauseAfter pauseAfter);
    void answerRequest();
    bool ended() const;
    double epochPosition() const;
    double speed() const;

    void answer(std::uint64_t id, const core::Evaluate& request);
    void answer(std::uint64_t id, const core::PredictFiles& request);
    void answer(std::uint64_t id, const core::SaveCheckpoint& request);
    void answer(std::uint64_t id, const core::ExportModel& request);

    const core::RunConfig m_config;
    const FakeScript m_script;
    const std::shared_ptr<FakeProbe> m_probe;
    core::DatasetInfo m_dataset;
    core::ModelInfo m_model;
    std::shared_ptr<const core::PictureSet> m_pictures;
    core::TrainerState m_state = core::TrainerState::Idle;
    PauseAfter m_pauseAfter = PauseAfter::Never;
    bool m_startPaused = false;
    bool m_pauseAsked = false;
    std::uint64_t m_pauseRequest = 0;
    bool m_quietPause = false;  // a single step, or a start that waits: nothing is told
    bool m_pauseTold = false;
    bool m_phaseStarted = false, m_atPhaseBegin = true;
    bool m_changed = false;  // since the last checkpoint
    int m_prepared = 0, m_evaluated = 0;
    bool m_evaluating = false;
    int m_phase = 0, m_phaseFirstEpoch = 1, m_epoch = 1;
    std::int64_t m_step = 0, m_batch = 0;
    double m_rate = 0, m_bestScore = 0;
    int m_bestEpoch = 0;
    double m_trainLossSum = 0, m_trainAccuracySum = 0;
    core::LayerMask m_mask, m_kept;
    std::deque<core::Command> m_changes, m_requests;
    std::uint64_t m_revision = 0;
    std::vector<double> m_moved;
    std::vector<core::Event> m_events;
};

/// The lesson: ten epochs of the head, five with block 5, batch 128; independent of the lesson files.
core::RunConfig lessonConfig(int headEpochs = 10, int thawEpochs = 5);

/// For TrainingController: makes FakeTrainers with this script; resume() makes one whose RunStarted says so.
ui::TrainerFactory fakeFactory(FakeScript script = {}, std::shared_ptr<FakeProbe> probe = nullptr);

/// Words that are others at each epoch, and words that might come next.
core::GeneratedText drawnContinuation(const core::GenerationSettings& settings, int epoch);

/// Plausible times for the price tag, as a two-core machine would measure them.
core::StageTimes drawnStageTimes(const core::ModelInfo& model, int batchSize = 128);

}  // namespace thaw::test
