#include "core/train/model_setup.h"

#include "core/api/engine_info.h"
#include "core/api/errors.h"
#include "core/kernels/instruction_set.h"
#include "core/model/zoo.h"

namespace thaw::core {

torch::Device deviceOf(const RunConfig& config) {
    const bool gpu = config.device != DeviceKind::Cpu && torch::cuda::is_available();
    if (config.device == DeviceKind::Cuda && !gpu)
        throw ConfigError("LibTorch finds no CUDA device on this machine.", "Choose the device auto or cpu.");
    return gpu ? torch::Device(torch::kCUDA) : torch::Device(torch::kCPU);
}

std::string describeDevice(const torch::Device& device, int threads) {
    if (device.is_cuda()) return "GPU (CUDA, untested)";
    return "CPU, " + std::to_string(threads) + (threads == 1 ? " thread" : " threads");
}

void requireSettingsOfTask(const RunConfig& config) {
    const ClassBalanceConfig& balance = config.classBalance;
    const bool ofLabels = config.labelSmoothing > 0 || balance.weights != ClassWeights::Off || balance.balancedSampling;
    if (config.task == TaskKind::ContinueText && ofLabels)
        throw ConfigError("A text that is continued has no labels.",
                          "Turn label smoothing, class weights and balanced epochs off.");
}

void requireLayersThatTrain(const RunConfig& config, int classCount) {
    const ModelInfo model = describeModel(config, classCount);
    for (const PhaseConfig& phase : config.phases)
        if (phase.epochs > 0 && freezeBoundary(model, model.maskOf(phase.trainable)) == static_cast<int>(model.stages.size()))
            throw ConfigError("Nothing trains in the phase \"" + phase.title + "\".",
                              config.task == TaskKind::ContinueText
                                  ? "A model that continues texts has no new head: name blocks, " +
                                        model.presets[1].layers.front() + " for instance."
                                  : "Name at least one layer with weights, head for instance.");
}

std::unique_ptr<StagedModel> buildModel(const RunConfig& config, int classCount, const TrunkWeights* trunk) {
    auto model = std::make_unique<StagedModel>(networkOf(config, classCount), config.seed, /*drawTrunk=*/trunk == nullptr);
    if (trunk != nullptr) model->loadTrunk(*trunk);
    model->setKernels(config.kernels);
    return model;
}

void loadModel(StagedModel& model, const Checkpoint& checkpoint) {
    for (const Parameter& parameter : model.stateDict()) {
        const auto found = checkpoint.model.find(parameter.name);
        if (found == checkpoint.model.end() || found->second.dtype != DType::Float32)
            throw StoreError("The checkpoint lacks the tensor \"" + parameter.name + "\".", "Use an earlier checkpoint.");
        if (found->second.data == nullptr) continue;
        try {
            model.load(parameter.name, torch::from_blob(const_cast<void*>(found->second.data), found->second.shape));
        } catch (const WeightsError& error) {
            throw StoreError(std::string("The checkpoint does not fit the run's model. ") + error.what(), "Start a new run.");
        }
    }
}

std::string computeFingerprint(const torch::Device& device, KernelKind kind) {
    const EngineInfo info = engineInfo();
    return "LibTorch " + info.libtorchVersion + ", " + info.cpuCapability + ", " + info.blasLibrary + " " + info.blasCore + ", " +
           (device.is_cuda() ? "CUDA" : "CPU") + ", convolutions by " +
           (kind == KernelKind::Thaw ? std::string("Thaw, ") + kernels::toString(kernels::instructionSet())
                                     : std::string("LibTorch"));
}

}  // namespace thaw::core
