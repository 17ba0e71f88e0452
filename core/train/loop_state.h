// Where a run stands, as plain values: with the tensors of a checkpoint it is all that a resumed run needs. Random streams are
// pure functions of the seed and these positions.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/api/layer_info.h"
#include "core/train/task_counts.h"

namespace thaw::core {

/// What comes next.
enum class LoopPoint { PhaseBegin, EpochBegin, Batches, EpochEnd, Finished };

/// For a figure to get better.
struct Waiting {
    std::optional<double> best;
    int epochs = 0;  ///< since then
};

struct LoopState {
    LoopPoint point = LoopPoint::PhaseBegin;
    int phase = 0;       ///< from 0
    int epoch = 0;       ///< finished, whole run
    int phaseEpoch = 0;  ///< finished, this phase
    int phaseFirstEpoch = 1;
    std::int64_t batch = 0;  ///< done in this epoch
    std::int64_t step = 0;   ///< optimiser steps, whole run
    std::int64_t phaseStep = 0;

    LayerMask mask;
    LayerMask everTrained;
    LayerMask kept;  ///< thawed in later phases, too; empty: none
    std::uint64_t revision = 0;
    double baseRate = 0;  ///< of the phase; the schedule's factor comes on top
    int rung = 0;         ///< where training reads its input
    int testRung = 0;
    std::int64_t microBatch = 0;

    double lossSum = 0;  ///< over the epoch so far, weighted by rows
    TaskCounts counts;
    double epochSeconds = 0, trainSeconds = 0, workSeconds = 0;

    double bestScore = -1;  ///< the task's score in the best epoch
    int bestEpoch = 0;
    std::optional<double> bestFigure;       ///< what made it the best: RunConfig::judging.best
    double lastScore = -1, lastMerit = -1;  ///< of the newest epoch; Checkpoint's
    Waiting stopping, plateau;              ///< of this phase: early stopping, and the plateau schedule
    int plateaus = 0;                       ///< times that the schedule lowered the rate in this phase
    std::string endReason;                  ///< of a finished run

    std::map<std::string, std::int64_t> optimizerSteps;
    OptimizerConfig optimizer;

    int threads = 0;
    std::string fingerprint;  ///< of the environment without the thread count
};

std::string toJson(const LoopState& state);
/// Throws StoreError.
LoopState loopStateFromJson(const std::string& text);

}  // namespace thaw::core
