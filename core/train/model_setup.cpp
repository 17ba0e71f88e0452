#include "core/train/model_setup.h"

#include "core/api/engine_info.h"
#include "core/api/errors.h"
#include "core/kernels/conv3x3.h"

namespace thaw::core {

torch::Device deviceOf(const RunConfig& config) {
    const bool gpu = config.device != DeviceKind::Cpu && torch::cuda::is_available();
    if (config.device == DeviceKind::Cuda && !gpu)
        throw ConfigError("LibTorch finds no CUDA device on this machine.", "Choose the device auto or cpu.");
    return gpu ? torch::Device(torch::kCUDA) : torch::Device(torch::kCPU);
}

std::string describeDevice(const torch::Device& device, int threads) {
    if (device.is_cuda()) return "GPU (CUDA)";
    return "CPU, " + std::to_string(threads) + (threads == 1 ? " thread" : " threads");
}

std::unique_ptr<StagedModel> buildModel(const RunConfig& config, int classCount, const TrunkWeights* trunk) {
    auto model = std::make_unique<StagedModel>(describeModel(config, classCount), config.seed);
    if (trunk != nullptr) model->loadTrunk(*trunk);
    model->setKernels(config.kernels);
    return model;
}

std::string computeFingerprint(const torch::Device& device, KernelKind kind) {
    const EngineInfo info = engineInfo();
    return "LibTorch " + info.libtorchVersion + ", " + info.cpuCapability + ", " + info.blasLibrary + " " + info.blasCore + ", " +
           (device.is_cuda() ? "CUDA" : "CPU") + ", convolutions by " +
           (kind == KernelKind::Thaw ? std::string("Thaw, ") + kernels::toString(kernels::instructionSet()) : std::string("LibTorch"));
}

}  // namespace thaw::core
