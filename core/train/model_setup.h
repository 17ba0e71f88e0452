// From a config to a model on a device: shared by training and by its headless twins.
#pragma once

#include <memory>
#include <string>

#include "core/data/dataset.h"
#include "core/model/staged_model.h"
#include "core/model/weights.h"
#include "core/store/checkpoint.h"

namespace thaw::core {

/// The device that a config means. Throws ConfigError where it asks for a GPU that is not there.
torch::Device deviceOf(const RunConfig& config);
/// "CPU, 2 threads" or the GPU's index.
std::string describeDevice(const torch::Device& device, int threads);

/// Throws ConfigError for settings of labels where a text is continued, which has none.
void requireSettingsOfTask(const RunConfig& config);

/// Throws ConfigError where nothing trains in a phase.
void requireLayersThatTrain(const RunConfig& config, int classCount);

/// Drawn from the seed; with `trunk`, its weights are copied in. On the CPU.
std::unique_ptr<StagedModel> buildModel(const RunConfig& config, int classCount, const TrunkWeights* trunk);

/// Every parameter out of a checkpoint, but for those that come without bytes. Throws StoreError where one is missing or does not
/// fit.
void loadModel(StagedModel& model, const Checkpoint& checkpoint);

/// LibTorch, its vector instructions, BLAS and its kernels, convolution kernels, device: what must be equal for equal bits, but
/// for the thread count.
std::string computeFingerprint(const torch::Device& device, KernelKind kernels);

}  // namespace thaw::core
