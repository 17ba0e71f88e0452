// The training loop as a state machine: every step() does the next bounded piece of work and leaves its position in members.
#pragma once

#include <deque>
#include <exception>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/api/trainer.h"
#include "core/data/batcher.h"
#include "core/data/dataset.h"
#include "core/store/checkpoint.h"
#include "core/store/run_record.h"
#include "core/train/background_reading.h"
#include "core/train/batch_step.h"
#include "core/train/continuation.h"
#include "core/train/evaluation.h"
#include "core/train/feature_supply.h"
#include "core/train/input_source.h"
#include "core/train/loop_state.h"
#include "core/train/optimizer.h"
#include "core/train/pause_control.h"
#include "core/train/speed_measurement.h"

namespace thaw::core {

class TorchTrainer : public Trainer {
public:
    TorchTrainer(RunConfig config, bool startPaused);
    /// Continues the folder's run.
    TorchTrainer(const std::filesystem::path& runDirectory, bool startPaused, int threads, std::filesystem::path data);
    ~TorchTrainer() override;

    std::vector<Event> step() override;
    std::vector<Event> apply(const Command& command) override;
    bool hasWork() const override;
    TrainerState state() const override { return m_state; }

private:
    enum class Preparation { Begin, FindData, ReadTrain, ReadTest, Model, Record, Measure, Done };
    struct Request {
        std::uint64_t id = 0;
        CommandData data;
    };
    /// Writing that the loop waits for in slices; `then` gets what it threw, or null.
    struct DiskWork {
        std::future<void> work;
        std::function<void(std::exception_ptr)> then;
    };
    struct Generation {
        std::uint64_t id = 0;
        Continuation text;
        std::int64_t step = 0;  ///< of the weights that it was last continued with
        double credit = 0;      ///< seconds that it may take of the training's time
        Clock::time_point told;
    };
    struct SaveKind {
        bool endsEpoch = false, endsPhase = false, best = false;
    };

    // torch_trainer.cpp: the loop
    void work();
    void advance();
    void beginPhase();
    bool beginEpoch(const Deadline& deadline);
    bool restoreFeatures(const Deadline& deadline);
    void advanceBatch(const Deadline& deadline);
    void startBatch();
    double shareThatTrains(int stage) const;
    std::vector<PictureChange> changesOf(const std::vector<std::int64_t>& rows) const;
    void expectAfter(std::int64_t end);
    void finishBatch();
    void advanceEpochEnd(const Deadline& deadline);
    void finishEpoch();
    void afterEpoch(const PredictionSet& validation, bool* endsPhase);
    /// Whether early stopping ends the phase.
    bool watch(const PredictionSet& validation);
    void leaveEpoch();
    void enterPhase();
    void rest(bool quiet);
    void stopRun();
    void abandonBatch();
    void pauseRun();
    void finishRun(const std::string& reason);
    void fail(const std::string& what, const std::string& hint);
    void failFrom(const std::exception& error);
    const PhaseConfig& phase() const { return m_config.phases[static_cast<std::size_t>(m_loop.phase)]; }
    bool morePhases() const;
    double scheduledFactor() const;
    double currentRate() const { return m_loop.baseRate * scheduledFactor(); }
    double epochPosition() const;

    // trainer_prepare.cpp: data, weights, model, record, restoring
    void prepare();
    struct DataRead;
    std::shared_ptr<DataRead> readBeside(const std::string& activity, std::function<void(DataRead&)> read);
    bool findData();
    bool readSplit(Split split);
    void tellDamaged();
    void tellReplaced();
    bool isResumed() const { return !m_resumeFrom.empty(); }
    void requireOwnData();
    void requireOwnPictures();
    void setUpModel();
    void setUpRecord();
    void judgeExactness(bool finished);
    void recordResumption();
    void restore(const Checkpoint& checkpoint);
    /// Whether the optimiser cannot go on from this checkpoint, because it was not the newest when it was kept.
    bool lacksMoments(const Checkpoint& checkpoint) const;
    void announceRun();
    void enterLoop();
    void makeOptimizer(const OptimizerConfig& config);
    std::vector<Parameter> trainableParameters() const;

    // trainer_features.cpp: what batches are read from
    void chooseSource(bool tell);
    bool updatesStatistics() const;
    void yieldMemory();
    bool isRestoring() const { return m_restored && m_loop.point != LoopPoint::EpochBegin; }
    void featuresAfterMaskChange();

    // trainer_commands.cpp
    void take(const Command& command);
    void takeChange(const Command& command);
    void applyChanges();
    void keepThawed(std::uint64_t requestId, const LayerMask& asked);
    bool applyMask(std::uint64_t requestId, const LayerMask& wanted);
    void applyRate(std::uint64_t requestId, double value);
    void refuse(std::uint64_t requestId, const std::string& reason);
    bool canChange() const;
    bool ready() const { return m_preparation == Preparation::Measure || m_preparation == Preparation::Done; }
    bool advanceRequest(const Deadline& deadline);
    void finishExport(std::exception_ptr problem);
    void rememberInitial(const LayerMask& mask);

    // trainer_continuation.cpp
    void generate(std::uint64_t requestId, const GenerationSettings& settings);
    bool mayGenerate() const;
    void creditGeneration(double trainedSeconds);
    void advanceGeneration(const Deadline& deadline);

    // trainer_report.cpp: events, checkpoints, speeds
    void emit(EventData data, bool record = true);
    void setState(TrainerState state);
    void progress(const std::string& activity, std::int64_t done, std::int64_t total, double secondsLeft = -1);
    void notice(const std::string& text, bool warning = false);
    /// Noteworthy about data, weights or machine, before the run starts: said right after RunStarted and kept in run.json. A
    /// warning where something is lost or does not fit.
    void keepNote(const std::string& text, bool warning) { m_notes.push_back({text, warning}); }
    void writeRecord();
    std::string notSaved() const;
    /// Begins to write; `then` is called, and what happens next told, when it is written or has failed.
    void saveCheckpoint(const std::string& reason, SaveKind kind, std::function<void()> then);
    void tellSaved(const Checkpoint& checkpoint, std::int64_t bytes, bool best, std::exception_ptr problem);
    /// `work` runs beside step(), which does nothing else until it is done: what it reads does not change.
    void onDisk(std::function<void()> work, std::function<void(std::exception_ptr)> then);
    void lookAtDiskWork();
    void tellMoved();
    void tellTimes();
    void tellPlan(bool force);
    double secondsLeft() const;
    double evaluationSeconds(int rung) const;
    Price priceOf(const LayerMask& mask) const;
    StageListener forwardListener();
    void keepTimes();
    void storeTimes();

    RunConfig m_config;
    std::filesystem::path m_resumeFrom, m_resumeData;
    int m_threadsAsked = 0;
    std::optional<Checkpoint> m_toRestore;  // until the model is there to take it
    RunManifest m_resumeManifest;
    bool m_otherPictures = false;  // than those that the resumed run was made with
    std::vector<Notice> m_notes;

    TrainerState m_state = TrainerState::Idle;
    Preparation m_preparation = Preparation::Begin;
    std::vector<Event> m_events;
    std::string m_runId;
    std::filesystem::path m_directory;
    int m_threads = 0;
    torch::Device m_device = torch::kCPU;
    std::string m_fingerprint;
    bool m_bitExact = true;
    std::string m_bitExactReason;

    DatasetInfo m_dataset;
    std::shared_ptr<const PictureSet> m_train, m_test;
    std::vector<LeftOutFile> m_damaged;  // found while they were decoded
    std::size_t m_replaced = 0;          // told already
    std::shared_ptr<DataRead> m_dataRead;
    std::unique_ptr<BackgroundReading> m_reading;
    std::string m_weightsTitle, m_weightsDigest;
    ModelInfo m_info;
    std::unique_ptr<StagedModel> m_model;
    std::vector<std::vector<torch::Tensor>> m_initial;  // by layer; empty where it never trained
    std::optional<Optimizer> m_optimizer;
    std::optional<Batcher> m_batcher;
    LossOptions m_lossOptions;
    InputSource m_source;

    std::optional<RunRecord> m_record;
    std::optional<CheckpointStore> m_checkpoints;
    std::deque<Event> m_unwritten;               // events that the record could not take yet
    std::string m_recordProblem, m_saveProblem;  // why, and why the newest checkpoint is missing; empty: nothing is
    bool m_changedSinceCheckpoint = false;
    Clock::time_point m_lastCheckpoint;

    LoopState m_loop;
    bool m_restored = false;     // the position came from a checkpoint whose epoch is not over
    bool m_chooseAgain = false;  // the layers changed before its features were fetched
    bool m_phaseAnnounced = false;
    PauseControl m_pause;
    bool m_stopAsked = false;
    std::deque<Command> m_changes;  // layers and rates that wait for the end of the batch
    std::deque<Request> m_requests;
    std::optional<Generation> m_generation;

    std::unique_ptr<SpeedMeasurement> m_measurement;
    TimesRefiner m_times;
    ProcessorWatch m_watch;  // since times were kept
    std::unique_ptr<BatchStep> m_batch;
    std::vector<std::int64_t> m_rows;
    double m_batchSeconds = 0;      // work on the batch so far
    double m_stageSeconds = 0;      // of the last batch, in its stages and its update
    double m_secondsPerBatch = -1;  // of the present layers
    std::deque<std::pair<Clock::time_point, std::int64_t>> m_recent;
    std::unique_ptr<EvaluationPass> m_evaluation, m_requested;
    std::shared_ptr<std::vector<FilePrediction>> m_answered;

    std::unique_ptr<FeatureSupply> m_supply;  // once the model is there
    bool m_toldWhole = false;                 // that batches are not divided

    std::string m_lastActivity;
    Clock::time_point m_lastProgress, m_lastPlan, m_lastTimes, m_lastMoved, m_lastMemoryLook;

    std::optional<DiskWork> m_diskWork;  // last: it ends before what it reads
};

}  // namespace thaw::core
