#include "app/cli/bench_kernels.h"

#include <algorithm>
#include <string>
#include <vector>

#include "core/api/bench.h"
#include "core/api/engine_info.h"
#include "core/api/layer_info.h"

namespace thaw::cli {

namespace {

using nlohmann::json;

json toJson(const core::KernelBench& bench) {
    json contenders = json::array();
    for (const core::Contender& contender : bench.contenders)
        contenders.push_back({{"name", contender.name},
                              {"best_ms", contender.best * 1e3},
                              {"median_ms", contender.median * 1e3},
                              {"images_per_second", static_cast<double>(bench.pictures) / contender.median}});
    return {{"what", bench.what},
            {"contenders", contenders},
            {"ratio_to_default", bench.ratioDefault},
            {"ratio_to_best", bench.ratioBest},
            {"rounds", bench.rounds},
            {"discarded", bench.discarded},
            {"sgemm_gflops", bench.sgemmGflops}};
}

constexpr int kClasses = 10;

/// The first choice of layers beyond the head.
core::LayerPreset lastStageOf(const core::RunConfig& config) { return core::describeModel(config, kClasses).presets.at(1); }

core::BenchCallback roundsOn(Console& console, const std::string& activity) {
    return [&console, activity](int done, int total) {
        core::Event event;
        event.data = core::WorkProgress{activity, done, total, -1};
        console.show(event);
        return true;
    };
}

}  // namespace

const std::vector<std::string> kKernelParts{"trunk", "step_last", "step_all", "relative_error"};

json benchKernels(const core::RunConfig& config, int rounds, const std::string& only, Console& console) {
    const auto wanted = [&](const std::string& part) { return only.empty() || only == part; };
    json result = json::object();
    if (wanted("trunk")) result["trunk"] = toJson(core::benchTrunk(config, rounds, roundsOn(console, "Trunk forward")));
    if (wanted("step_last")) {
        const core::LayerPreset preset = lastStageOf(config);
        result["step_last"] =
            toJson(core::benchStep(config, preset.layers, rounds, roundsOn(console, "Training step, " + preset.title)));
    }
    if (wanted("step_all"))
        result["step_all"] =
            toJson(core::benchStep(config, {"all"}, rounds, roundsOn(console, "Training step, everything thawed")));
    if (wanted("relative_error")) {
        const core::KernelAccuracy accuracy = core::kernelAccuracy(config, /*pictures=*/16);
        result["relative_error"] = {{"thaw", accuracy.thaw}, {"libtorch", accuracy.libtorch}};
    }
    return result;
}

json benchLayers(const core::RunConfig& config, int rounds, Console& console) {
    const core::LayerLimits limits = core::benchLayers(config, rounds, roundsOn(console, "Each layer"));
    json layers = json::array();
    for (const core::LayerLimit& layer : limits.layers) {
        json row = {{"layer", layer.layer},
                    {"method", layer.method},
                    {"direct_gflop", layer.directGflop},
                    {"product_gflop", layer.productGflop}};
        const auto add = [&](const std::string& name, double seconds) {
            if (seconds < 0) return;
            row[name + "_ms"] = seconds * 1e3;
            row[name + "_share_of_sgemm"] = layer.productGflop / seconds / limits.sgemmGflops;
        };
        add("forward", layer.forward);
        add("data_gradient", layer.dataGradient);
        add("weight_gradient", layer.weightGradient);
        if (layer.pack >= 0) row["pack_ms"] = layer.pack * 1e3;
        layers.push_back(row);
    }
    return {
        {"batch", config.batchSize}, {"input_size", config.inputSize}, {"sgemm_gflops", limits.sgemmGflops}, {"layers", layers}};
}

json benchScaling(const core::RunConfig& config, int rounds, Console& console) {
    json sizes = json::array(), batches = json::array(), threads = json::array(), depths = json::array();
    const auto trunk = [&](int size, int batch) {
        core::RunConfig other = config;
        other.inputSize = size;
        other.batchSize = batch;
        return toJson(
            core::benchTrunk(other, rounds, roundsOn(console, std::to_string(size) + " px, batch " + std::to_string(batch))));
    };
    // About the same number of pixels a batch.
    for (const auto& [size, batch] : std::vector<std::pair<int, int>>{{32, 128}, {64, 32}, {128, 8}, {224, 4}})
        sizes.push_back(trunk(size, batch));
    for (const int batch : {1, 8, 32, 512}) batches.push_back(trunk(config.inputSize, batch));
    const int cores = core::engineInfo().threads;
    for (int count = 1; count <= cores; count *= 2) {
        core::useComputeThreads(count);
        json row = trunk(config.inputSize, config.batchSize);
        row["threads"] = count;
        threads.push_back(row);
    }
    core::useComputeThreads(cores);
    for (const core::LayerPreset& preset : core::describeModel(config, kClasses).presets)
        depths.push_back(
            toJson(core::benchStep(config, preset.layers, rounds, roundsOn(console, "Training step, " + preset.title))));
    return {{"trunk_by_size", sizes}, {"trunk_by_batch", batches}, {"trunk_by_threads", threads}, {"step_by_depth", depths}};
}

}  // namespace thaw::cli
