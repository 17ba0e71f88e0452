#include <unistd.h>

#include <fstream>
#include <iterator>

#include "app/cli/benches.h"
#include "core/api/errors.h"
#include "core/api/trainer.h"

namespace thaw::cli {

namespace {

using nlohmann::json;

struct RunTiming {
    double totalSeconds = 0;
    std::vector<double> phaseSeconds;  ///< whole epochs of the phase: features, training, evaluation
    std::vector<std::vector<double>> epochSeconds;
    double finalAccuracy = 0;
};

/// Runs `config` to its end. Phase times are wall clock between phase starts, so nothing is left out.
RunTiming timeRun(const core::RunConfig& config) {
    const auto trainer = core::makeTrainer(config);
    RunTiming timing;
    const Clock::time_point start = Clock::now();
    Clock::time_point phaseStart = start, epochStart = start;
    const auto closePhase = [&] {
        if (!timing.phaseSeconds.empty()) timing.phaseSeconds.back() = secondsSince(phaseStart);
    };
    while (trainer->hasWork()) {
        for (const core::Event& event : trainer->step()) {
            if (std::holds_alternative<core::PhaseStarted>(event.data)) {
                closePhase();
                timing.phaseSeconds.push_back(0);
                timing.epochSeconds.emplace_back();
                phaseStart = epochStart = Clock::now();
            } else if (auto* epoch = std::get_if<core::EpochFinished>(&event.data)) {
                timing.epochSeconds.back().push_back(secondsSince(epochStart));
                epochStart = Clock::now();
                timing.finalAccuracy = epoch->valScore;
            } else if (auto* failed = std::get_if<core::RunFailed>(&event.data)) {
                throw core::TrainingError(failed->what, failed->hint);
            }
        }
    }
    closePhase();
    timing.totalSeconds = secondsSince(start);
    return timing;
}

/// The plan's time with every frozen layer computed anew, from one epoch of each phase on a part of the pictures: the share of
/// training and test pictures is the whole set's, so an epoch's time grows in proportion.
json uncachedLesson(const core::RunConfig& whole, const ScratchFolder& scratch, int pictures, std::int64_t trainCount,
                    std::int64_t testCount) {
    core::RunConfig config = isolated(whole, scratch, "uncached");
    config.cache.enabled = false;
    config.data.trainLimit = pictures;
    config.data.testLimit = static_cast<int>(static_cast<std::int64_t>(pictures) * testCount / trainCount);
    for (core::PhaseConfig& phase : config.phases) phase.epochs = 1;
    const RunTiming timing = timeRun(config);
    const double factor = static_cast<double>(trainCount) / pictures;
    double seconds = 0, phaseOne = 0;
    json epochs = json::array();
    for (std::size_t phase = 0; phase < timing.epochSeconds.size(); ++phase) {
        const double epoch = timing.epochSeconds[phase].front() * factor;
        epochs.push_back(epoch);
        seconds += epoch * whole.phases[phase].epochs;
        if (phase == 0) phaseOne = epoch * whole.phases[phase].epochs;
    }
    return {
        {"pictures_measured", pictures}, {"epoch_seconds_scaled", epochs}, {"phase1_seconds", phaseOne}, {"seconds", seconds}};
}

}  // namespace

ScratchFolder::ScratchFolder() : m_path(std::filesystem::temp_directory_path() / ("thaw-bench-" + std::to_string(getpid()))) {
    std::filesystem::create_directories(m_path);
}

ScratchFolder::~ScratchFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(m_path, ignored);
}

core::RunConfig isolated(core::RunConfig config, const ScratchFolder& scratch, const std::string& name) {
    config.output = scratch.path() / name;
    config.cache.directory = scratch.path() / "cache";
    return config;
}

json benchRun(const BenchOptions& options) {
    std::ifstream file(options.plan, std::ios::binary);
    if (!file) throw core::ConfigError("There is no plan to run.", "Name its file with --plan; the other benches do.");
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    const RunTiming timing = timeRun(core::configFromJson(text));
    return {
        {"seconds", timing.totalSeconds}, {"phase_seconds", timing.phaseSeconds}, {"validation_accuracy", timing.finalAccuracy}};
}

json benchLesson(const BenchOptions& options, Console& console) {
    const core::RunConfig whole = options.config();
    const core::DatasetInfo dataset = core::resolveDataset(whole.data);
    const std::int64_t trainCount = whole.data.trainLimit ? whole.data.trainLimit : dataset.trainCount;
    const std::int64_t testCount = whole.data.testLimit ? whole.data.testLimit : dataset.testCount;
    const ScratchFolder scratch;
    console.say("Without the cache, on " + thousands(options.pictures) + " pictures ...");
    json result = {{"dataset", dataset.title}, {"preset", options.preset}, {"pictures", trainCount}};
    result["uncached"] = uncachedLesson(whole, scratch, options.pictures, trainCount, testCount);
    if (!options.full) return result;
    result.update(benchWholeLesson(options, trainCount, console));
    const double uncached = result["uncached"]["seconds"], uncachedPhaseOne = result["uncached"]["phase1_seconds"];
    result["ratio_cold"] = uncached / result["cold"]["seconds"].get<double>();
    result["ratio_warm_phase1"] = uncachedPhaseOne / result["warm"]["phase_seconds"][0].get<double>();
    return result;
}

json benchStages(const BenchOptions& options, Console& console) {
    core::RunConfig config = options.config();
    const ScratchFolder scratch;
    config = isolated(config, scratch, "stages");
    if (config.data.trainLimit == 0) config.data.trainLimit = 1000;
    if (config.data.testLimit == 0) config.data.testLimit = 200;
    console.say("Measuring each layer, forward and backward ...");
    const auto trainer = core::makeTrainer(config, /*startPaused=*/true);
    json layers = json::array();
    core::ModelInfo model;
    while (trainer->hasWork()) {
        for (const core::Event& event : trainer->step()) {
            if (auto* started = std::get_if<core::RunStarted>(&event.data)) model = started->model;
            auto* measured = std::get_if<core::StageTimesMeasured>(&event.data);
            if (!measured) continue;
            layers = json::array();
            for (std::size_t i = 0; i < measured->times.stages.size(); ++i) {
                const core::StageTimes::Stage& stage = measured->times.stages[i];
                layers.push_back({{"layer", i < model.stages.size() ? model.stages[i].name : std::to_string(i)},
                                  {"forward_us", stage.forward * 1e6},
                                  {"backward_data_us", stage.backwardData * 1e6},
                                  {"backward_weights_us", stage.backwardWeights * 1e6}});
            }
        }
    }
    return {{"batch", config.batchSize}, {"input_size", config.inputSize}, {"layers", layers}};
}

}  // namespace thaw::cli
