// What a Trainer tells: plain values, in order. Milestones (everything but BatchFinished, WorkProgress and MovedChanged) are
// written to events.jsonl under the names that eventName() gives.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "core/api/continuation.h"
#include "core/api/layer_info.h"
#include "core/api/prediction.h"

namespace thaw::core {

/// Who asked for a change: the plan (its phases and schedules), or somebody by a command.
enum class Origin { Plan, Hand };
std::string toString(Origin origin);  ///< "plan", "hand"

enum class TrainerState { Idle, Preparing, Running, Paused, Stopping, Finished, Failed };
std::string toString(TrainerState state);

struct StateChanged {
    TrainerState state = TrainerState::Idle;
};

/// Sent once data, weights and model are in place, before the first step; again after a resume.
struct RunStarted {
    std::string runId;  ///< folder name
    std::filesystem::path directory;
    RunConfig config;  ///< as run: defaults filled in, subset counts known
    ModelInfo model;
    DatasetInfo dataset;
    std::int64_t trainCount = 0;
    std::int64_t testCount = 0;  ///< of validationSplit(config.data), as testPictures
    std::int64_t stepsPerEpoch = 0;
    std::shared_ptr<const PictureSet> testPictures;
    std::string device;  ///< "CPU, 2 threads"
    bool resumed = false;
    int resumedEpoch = 0;        ///< finished epochs in the checkpoint
    bool bitExact = true;        ///< a resumed run continues exactly as if it had not stopped
    std::string bitExactReason;  ///< why not: "threads 4 -> 2"
};

struct PhaseStarted {
    int phase = 0;  ///< from 0
    std::string title;
    int firstEpoch = 1, epochs = 0;  ///< epochs count from 1 over the whole run
    double learningRate = 0;
    LayerMask trainable;
};

/// One optimiser step. Raw figures of that batch, dropout on.
struct BatchFinished {
    std::int64_t step = 0;  ///< optimiser steps since the run began, from 1
    int phase = 0, epoch = 1;
    std::int64_t batch = 0, batchesPerEpoch = 0;  ///< batch from 1
    double loss = 0;                              ///< of this batch
    double score = 0;  ///< the task's, of this batch; where a batch is too small for it, of the epoch so far
    double learningRate = 0;
    double imagesPerSecond = 0;  ///< over the last seconds
    bool fromCache = false;      ///< features below the freeze boundary came from the cache
};

struct EpochFinished {
    TaskKind task = TaskKind::OneLabel;
    int phase = 0, epoch = 1;
    std::int64_t step = 0;
    double trainLoss = 0, trainScore = 0;  ///< running mean over the epoch, dropout on
    double valLoss = 0, valScore = 0;      ///< over all of validationSplit(), dropout off
    double seconds = 0, imagesPerSecond = 0;
    double learningRate = 0;
    std::vector<Metric> valMetrics;  ///< the task's others, over all of validationSplit()
    bool best = false;               ///< the best of the run so far by RunConfig::judging
};

/// Anything long that is not an optimiser step: "Reading CIFAR-10", "Computing features (block 4)", "Evaluating", "Measuring
/// speed".
struct WorkProgress {
    std::string activity;
    std::int64_t done = 0, total = 0;  ///< total 0: unknown
    double secondsLeft = -1;           ///< of this work; negative: unknown
};

/// The remaining time of the whole plan, from measured step times. At most twice a second.
struct PlanProgress {
    double secondsLeft = -1;
    double elapsedSeconds = 0;
    std::int64_t memoryBytes = 0; /**< resident, whole process */
};

// Where an event answers a command, `requestId` is that command's; 0: nobody waits for an answer.

struct LayersChanged {
    Origin origin = Origin::Plan;
    std::uint64_t requestId = 0;
    std::uint64_t revision = 0;  ///< grows by one with each change
    std::int64_t step = 0;       ///< holds from the step after this one
    int epoch = 1;
    double epochPosition = 0;  ///< 1.0 = first epoch done; for the x axis
    LayerMask trainable;
    std::vector<std::string> thawed, frozen;  ///< layer names that changed
};

/// What later phases leave thawed: as KeepThawed asked for, or with less, since a layer was frozen. Sent again after a resume.
struct LayersKept {
    std::uint64_t requestId = 0;  ///< 0: not asked for
    std::int64_t step = 0;
    LayerMask layers;
};

/// By the plan at the start of a phase and at the steps of a schedule, not at each step of a cosine.
struct LearningRateChanged {
    Origin origin = Origin::Plan;
    std::uint64_t requestId = 0;
    std::int64_t step = 0;
    double epochPosition = 0;
    double before = 0, after = 0;
};

struct Paused {
    Origin origin = Origin::Plan;
    std::uint64_t requestId = 0;
    std::int64_t step = 0;
    double epochPosition = 0;
};
struct Resumed {
    Origin origin = Origin::Plan;
    std::uint64_t requestId = 0;
    std::int64_t step = 0;
    double epochPosition = 0;
    double pausedSeconds = 0;
};

/// Relative L2 change of each layer's parameters since the run began; exactly 0 for a layer that never trained.
struct MovedChanged {
    std::int64_t step = 0;
    std::vector<double> moved;
};

struct CheckpointSaved {
    std::filesystem::path file;
    std::int64_t step = 0;
    int epoch = 0;
    std::string reason;  ///< "epoch", "pause", "stop", "timer", "phase", "request"
    std::int64_t bytesWritten = 0;
    bool best = false;
};
/// Training goes on in memory; the earlier checkpoint is untouched.
struct CheckpointFailed {
    std::string what, hint;
};

struct PredictionsReady {
    std::uint64_t requestId = 0;
    std::shared_ptr<const PredictionSet> predictions;
};
struct FilePredictionsReady {
    std::uint64_t requestId = 0;
    std::int64_t step = 0;
    std::shared_ptr<const std::vector<FilePrediction>> files;
};
/// After each piece of a GenerateText, a token or more.
struct TextGenerated {
    std::uint64_t requestId = 0;
    std::int64_t step = 0;  ///< of the weights that the last token is from
    std::shared_ptr<const GeneratedText> text;
    bool finished = false;
};
struct ModelExported {
    std::uint64_t requestId = 0;
    std::filesystem::path file;
};
struct StageTimesMeasured {
    StageTimes times;
    int cachedBoundary = 0; /**< as PriceInput::cachedBoundary */
};
struct CommandRefused {
    std::uint64_t requestId = 0;
    std::string reason;
};
/// Somebody opened the run's locked test split; written by revealTest, never by a Trainer.
struct TestRevealed {
    int count = 0;  ///< how often it was opened by now
    int epoch = 0;  ///< finished epochs then
};
/// Something worth a line in the log that is not one of the above.
struct Notice {
    std::string text;
    bool warning = false;
};

struct RunFinished {
    int epochs = 0;
    std::int64_t steps = 0;
    TaskKind task = TaskKind::OneLabel;
    double bestScore = 0;  ///< the task's, of validation in the best epoch
    int bestEpoch = 0;     ///< by RunConfig::judging
    double seconds = 0;    ///< working time, pauses left out
    std::string reason;    ///< "completed", "stopped", "early stopping"
    /// What of the run is not on the disk and what is, in sentences for people: a model or a part of the record that could not be
    /// written. Empty: all that the run made is kept.
    std::string notSaved = {};
};
struct RunFailed {
    std::string what, phase, hint;
};

using EventData = std::variant<StateChanged, RunStarted, PhaseStarted, BatchFinished, EpochFinished, WorkProgress, PlanProgress,
                               LayersChanged, LayersKept, LearningRateChanged, Paused, Resumed, MovedChanged, CheckpointSaved,
                               CheckpointFailed, PredictionsReady, FilePredictionsReady, TextGenerated, ModelExported,
                               StageTimesMeasured, CommandRefused, TestRevealed, Notice, RunFinished, RunFailed>;

struct Event {
    std::string runId;  ///< empty before the run has a folder
    double time = 0;    ///< seconds since 1970, wall clock
    EventData data;
};

/// "epoch_finished", "layers_changed", ...; empty for events that are not written to events.jsonl.
std::string eventName(const EventData& data);
/// One line of JSON without the newline: losses with 17 digits, never locale-dependent. Empty where eventName is.
std::string toJsonLine(const Event& event);

}  // namespace thaw::core
