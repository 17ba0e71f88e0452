#include "core/train/stage_times.h"

#include <algorithm>
#include <cmath>
#include <thread>

#include <nlohmann/json.hpp>

#include "core/api/errors.h"
#include "core/store/atomic_file.h"
#include "core/store/paths.h"

namespace thaw::core {
namespace {

using nlohmann::json;

std::filesystem::path timesFile(const RunConfig& config) {
    return (config.cache.directory.empty() ? cacheFolder() : config.cache.directory) / "stage-times.json";
}

std::string keyOf(const RunConfig& config) {
    const char* device = config.device == DeviceKind::Cpu ? "cpu" : config.device == DeviceKind::Cuda ? "cuda" : "auto";
    return config.model + ", " + std::to_string(config.inputSize) + " px, batch " + std::to_string(config.batchSize) + ", head " +
           std::to_string(config.head.hiddenUnits) + ", threads " + std::to_string(computeThreadsOf(config)) + ", " + device +
           ", " + toString(config.kernels);
}

/// What is in the file; an empty object where it is missing or damaged: times are measured again then.
json readTimes(const RunConfig& config) {
    try {
        json all = json::parse(readSmallFile(timesFile(config), 1u << 20), nullptr, /*allow_exceptions=*/false);
        if (all.is_object()) return all;
    } catch (const Error&) {
    }
    return json::object();
}

double seconds(const json& value) {
    if (!value.is_number()) return -1;
    const double number = value.get<double>();
    return std::isfinite(number) ? number : -1;
}

}  // namespace

int computeThreadsOf(const RunConfig& config) {
    return config.threads > 0 ? config.threads : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

void storeStageTimes(const RunConfig& config, const StageTimes& times) {
    json all = readTimes(config);
    json stages = json::array();
    for (const StageTimes::Stage& stage : times.stages)
        stages.push_back({stage.forward, stage.backwardData, stage.backwardWeights});
    all[keyOf(config)] = {{"batch", times.batchSize},
                          {"optimizer", times.optimizerPerParameter},
                          {"besideStages", times.besideStages},
                          {"disturbed", times.origin == TimesOrigin::Disturbed},
                          {"stages", std::move(stages)}};
    ensureFolder(timesFile(config).parent_path());
    writeFileAtomically(timesFile(config), all.dump(1) + "\n");
}

StageTimes storedStageTimes(const RunConfig& config) {
    const json all = readTimes(config);
    const auto found = all.find(keyOf(config));
    if (found == all.end() || !found->is_object()) return {};
    StageTimes times;
    times.batchSize = config.batchSize;
    times.optimizerPerParameter = seconds(found->value("optimizer", json()));
    if (times.optimizerPerParameter < 0) return {};
    times.besideStages = std::max(0.0, seconds(found->value("besideStages", json())));
    const json disturbed = found->value("disturbed", json());
    if (disturbed.is_boolean() && disturbed.get<bool>()) times.origin = TimesOrigin::Disturbed;
    for (const json& stage : found->value("stages", json::array())) {
        if (!stage.is_array() || stage.size() != 3) return {};
        StageTimes::Stage read{seconds(stage[0]), seconds(stage[1]), seconds(stage[2])};
        if (read.forward < 0 || read.backwardData < 0 || read.backwardWeights < 0) return {};
        times.stages.push_back(read);
    }
    return times;
}

}  // namespace thaw::core
