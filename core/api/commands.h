// What can be asked of a running Trainer. Values; each answer echoes `requestId` (0 asks for no answer).
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <variant>
#include <vector>

#include "core/api/continuation.h"
#include "core/api/export.h"
#include "core/api/layer_info.h"

namespace thaw::core {

/// Freeze or thaw layers, from the next step on. Names as in PhaseConfig::trainable. Refused when nothing would train.
struct SetTrainable {
    std::vector<std::string> layers;
    bool trainable = true;
};
/// Replace the whole mask, from the next step on.
struct SetMask {
    LayerMask trainable;
};
/// Leaves these layers thawed when later phases begin, whatever the plan says of them. Replaces what was kept before; at once.
/// Freezing a layer takes it out again.
struct KeepThawed {
    LayerMask layers;
};
/// From the next step on; (0, 10]. The phase's schedule goes on from the new rate.
struct SetLearningRate {
    double value = 0;
};
struct Pause {};
struct Resume {};
/// One optimiser step, then pause. From pause or idle start.
struct StepOnce {};
/// To the end of the epoch, its evaluation and checkpoint, then pause.
struct RunEpoch {};
/// Ends the run after a checkpoint; a stopped run can be resumed.
struct Stop {};
/// Predicts the whole test split with the present weights, between steps.
struct Evaluate {};
struct PredictFiles {
    std::vector<std::filesystem::path> files;
};
struct SaveCheckpoint {};
/// The whole model with its present weights; `file` and what exportedFiles() names beside it are replaced.
struct ExportModel {
    std::filesystem::path file;
    ExportFormat format = ExportFormat::Safetensors;
};

/// Continues a text between two steps, with the weights that there are then, in place of one that is under way. While the run
/// trains it takes at most a sixth of the time. Refused by models that do not continue texts.
struct GenerateText {
    GenerationSettings settings;
};
struct StopGenerating {};

using CommandData = std::variant<SetTrainable, SetMask, KeepThawed, SetLearningRate, Pause, Resume, StepOnce, RunEpoch, Stop,
                                 Evaluate, PredictFiles, SaveCheckpoint, ExportModel, GenerateText, StopGenerating>;
struct Command {
    std::uint64_t requestId = 0;
    CommandData data;
};

}  // namespace thaw::core
