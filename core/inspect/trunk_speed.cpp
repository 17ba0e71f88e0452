// Speeds of trunks on this machine, kept in the data folder.
#include <torch/torch.h>
#include <torch/version.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/api/bench.h"
#include "core/api/engine_info.h"
#include "core/api/errors.h"
#include "core/api/trunks.h"
#include "core/inspect/bench_timing.h"
#include "core/kernels/instruction_set.h"
#include "core/model/zoo.h"
#include "core/store/atomic_file.h"
#include "core/store/paths.h"
#include "core/train/model_setup.h"
#include "core/util/memory.h"
#include "core/util/threads.h"

namespace thaw::core {
namespace {

using nlohmann::json;

constexpr double kSeconds = 1;
constexpr double kAddsABatch = 8e9;  // multiply-adds: well below a second on two cores, so that `stop` is soon heard
constexpr std::int64_t kLargestBatch = 64;
constexpr int kTokens = 64, kCommonTokens = 1000;  // of a text; token ids below it are in every vocabulary
constexpr std::size_t kLargestFile = 1u << 20;

std::filesystem::path speedsFile() { return dataFolder() / "trunk-speeds.json"; }

/// What a speed belongs to.
json measuredWith() {
    return {{"thaw", version()},
            {"libtorch", TORCH_VERSION},
            {"threads", threadsFor(0)},
            {"instructions", kernels::toString(kernels::instructionSet())}};
}

/// The file's object where its speeds are still true, else an empty one.
json readSpeeds() {
    try {
        json all = json::parse(readSmallFile(speedsFile(), kLargestFile), nullptr, /*allow_exceptions=*/false);
        if (all.is_object() && all.value("with", json()) == measuredWith() && all.value("speeds", json()).is_object()) return all;
    } catch (const Error&) {
    }
    return {{"with", measuredWith()}, {"speeds", json::object()}};
}

void keep(const std::string& model, const TrunkSpeed& speed) {
    json all = readSpeeds();
    all["speeds"][model] = {{"pictures_per_second", speed.picturesPerSecond}, {"input_size", speed.inputSize}};
    ensureFolder(dataFolder());
    writeFileAtomically(speedsFile(), all.dump(1) + "\n");
}

/// Bytes that the trunk takes: its parameters, what the kernels make of them, and the widest stage of a batch.
std::int64_t bytesFor(const ModelInfo& model, std::int64_t batch) {
    std::int64_t widest = 0, parameters = 0;
    for (int stage = 0; stage < model.headStage; ++stage) {
        parameters += model.stage(stage).parameterCount;
        for (int layer = model.stage(stage).begin; layer < model.stage(stage).end; ++layer) {
            std::int64_t floats = 1;
            for (const std::int64_t size : model.layer(layer).outputShape) floats *= size;
            widest = std::max(widest, floats);
        }
    }
    return static_cast<std::int64_t>(sizeof(float)) * (4 * parameters + 6 * batch * widest);
}

std::int64_t batchFor(const ModelInfo& model) {
    double adds = 1;
    for (int stage = 0; stage < model.headStage; ++stage) adds += model.stage(stage).multiplyAdds;
    return std::clamp<std::int64_t>(static_cast<std::int64_t>(kAddsABatch / adds), 1, kLargestBatch);
}

}  // namespace

std::map<std::string, TrunkSpeed> storedTrunkSpeeds() {
    std::map<std::string, TrunkSpeed> speeds;
    const json all = readSpeeds();
    for (const auto& [model, entry] : all["speeds"].items()) {
        if (!entry.is_object()) continue;
        const json rate = entry.value("pictures_per_second", json()), size = entry.value("input_size", json());
        if (rate.is_number() && rate.get<double>() > 0 && size.is_number_integer())
            speeds[model] = {rate.get<double>(), size.get<int>()};
    }
    return speeds;
}

TrunkSpeed measureTrunkSpeed(const std::string& name, const std::atomic<bool>& stop) {
    const ModelDescription& description = descriptionOf(name);
    RunConfig config;
    chooseModel(config, name);
    const ModelInfo info = describeModel(config, /*classCount=*/2);
    const std::int64_t batch = batchFor(info);
    if (bytesFor(info, batch) > memoryState().spare())
        throw TrainingError("The memory that is free is too small for " + description.title + ".", "Close other programs.");

    const torch::NoGradGuard noGrad;
    const auto model = buildModel(config, 2, nullptr);
    const torch::Tensor input = info.readsTexts() ? torch::randint(kCommonTokens, {batch, kTokens}, torch::kInt64)
                                                  : torch::randn({batch, 3, config.inputSize, config.inputSize});
    const auto pass = [&] {
        if (stop) throw Cancelled();
        model->forward(input, 0, model->info().headStage);
    };
    pass();  // memory is touched, filters are transformed
    std::vector<double> seconds;
    for (const Deadline end(kSeconds); seconds.size() < 3 || !end.passed();) seconds.push_back(secondsOf(pass));
    const TrunkSpeed speed{static_cast<double>(batch) / median(seconds), info.readsTexts() ? kTokens : config.inputSize};
    keep(name, speed);
    return speed;
}

}  // namespace thaw::core
