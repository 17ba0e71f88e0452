// Kept checkpoints in words.
#pragma once

#include <QString>

#include "core/api/inspector.h"

namespace thaw::ui {

/// "after epoch 12", or "at step 4,934" where it lies inside an epoch.
QString checkpointName(const core::KeptCheckpoint& checkpoint);
/// "epoch 12", "step 4,934".
QString checkpointLabel(const core::KeptCheckpoint& checkpoint);
/// "after epoch 12, validation 70.1 %", with a thin space; without a figure inside an epoch.
QString checkpointText(const core::KeptCheckpoint& checkpoint);
/// "epoch 12: 70.1 %", "step 4,934": where there is little room.
QString shortCheckpointText(const core::KeptCheckpoint& checkpoint);
/// "epoch 12, validation 70.1 %", "step 4,934": behind a preposition.
QString checkpointTitle(const core::KeptCheckpoint& checkpoint);
/// Any moment as checkpointName says it. `stepsPerEpoch` 0: unknown.
QString momentText(std::int64_t step, int epoch, std::int64_t stepsPerEpoch);

/// Optimiser steps of an epoch of the run: as a checkpoint at an epoch's end tells, else by arithmetic; 0: unknown.
std::int64_t stepsPerEpoch(const core::InspectedRun& run, const std::vector<core::KeptCheckpoint>& checkpoints);
/// Where it stands on an axis of epochs.
double epochPosition(const core::KeptCheckpoint& checkpoint, std::int64_t stepsPerEpoch);

}  // namespace thaw::ui
