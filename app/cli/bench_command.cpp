// bench: measured speeds of this machine, by the same Trainer that the lesson uses.
#include <sys/resource.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>

#include "app/cli/bench_kernels.h"
#include "app/cli/commands.h"
#include "app/cli/console.h"
#include "app/cli/run_options.h"
#include "core/api/engine_info.h"
#include "core/api/errors.h"
#include "core/api/inspector.h"
#include "core/api/trainer.h"

namespace thaw::cli {

namespace {

using nlohmann::json;
using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

double peakMemoryMegabytes() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_maxrss) / 1024.0;
}

/// A folder that is gone with the object.
class ScratchFolder {
public:
    ScratchFolder() : m_path(std::filesystem::temp_directory_path() / ("thaw-bench-" + std::to_string(getpid()))) {
        std::filesystem::create_directories(m_path);
    }
    ~ScratchFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(m_path, ignored);
    }
    ScratchFolder(const ScratchFolder&) = delete;
    ScratchFolder& operator=(const ScratchFolder&) = delete;
    const std::filesystem::path& path() const { return m_path; }

private:
    std::filesystem::path m_path;
};

struct RunTiming {
    double totalSeconds = 0;
    std::vector<double> phaseSeconds;           ///< whole epochs of the phase: features, training, evaluation
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
                timing.finalAccuracy = epoch->valAccuracy;
            } else if (auto* failed = std::get_if<core::RunFailed>(&event.data)) {
                throw core::TrainingError(failed->what, failed->hint);
            }
        }
    }
    closePhase();
    timing.totalSeconds = secondsSince(start);
    return timing;
}

struct BenchOptions {
    RunOptions run;
    std::string name = "lesson";
    std::string preset = "lesson";
    int pictures = 2000;
    int rounds = 9;
    std::filesystem::path inspected;
    std::string only;
    bool full = false;
    bool json = false;
};

core::RunConfig planOf(const BenchOptions& options) { return options.run.applyTo(core::findLesson(options.preset).config); }

core::RunConfig isolated(core::RunConfig config, const ScratchFolder& scratch, const std::string& name) {
    config.output = scratch.path() / name;
    config.cache.directory = scratch.path() / "cache";
    return config;
}

/// The plan's time with every frozen layer computed anew, from one epoch of each phase on a part of the pictures: the share of
/// training and test pictures is the whole set's, so an epoch's time grows in proportion.
json uncachedLesson(const core::RunConfig& whole, const ScratchFolder& scratch, int pictures, std::int64_t trainCount, std::int64_t testCount) {
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
    return {{"pictures_measured", pictures}, {"epoch_seconds_scaled", epochs}, {"phase1_seconds", phaseOne}, {"seconds", seconds}};
}

json cachedLesson(const core::RunConfig& whole, const ScratchFolder& scratch, const std::string& name) {
    const RunTiming timing = timeRun(isolated(whole, scratch, name));
    return {{"seconds", timing.totalSeconds}, {"phase_seconds", timing.phaseSeconds}, {"validation_accuracy", timing.finalAccuracy}};
}

json benchLesson(const BenchOptions& options, Console& console) {
    const core::RunConfig whole = planOf(options);
    const core::DatasetInfo dataset = core::resolveDataset(whole.data);
    const std::int64_t trainCount = whole.data.trainLimit ? whole.data.trainLimit : dataset.trainCount;
    const std::int64_t testCount = whole.data.testLimit ? whole.data.testLimit : dataset.testCount;
    const ScratchFolder scratch;

    console.say("Without the cache, on " + thousands(options.pictures) + " pictures ...");
    json result = {{"dataset", dataset.title}, {"preset", options.preset}, {"pictures", trainCount}};
    result["uncached"] = uncachedLesson(whole, scratch, options.pictures, trainCount, testCount);
    if (options.full) {
        console.say("The whole lesson with a cold cache ...");
        result["cold"] = cachedLesson(whole, scratch, "cold");
        console.say("Again with a warm cache ...");
        result["warm"] = cachedLesson(whole, scratch, "warm");
        const double uncached = result["uncached"]["seconds"], uncachedPhaseOne = result["uncached"]["phase1_seconds"];
        result["ratio_cold"] = uncached / result["cold"]["seconds"].get<double>();
        result["ratio_warm_phase1"] = uncachedPhaseOne / result["warm"]["phase_seconds"][0].get<double>();
    }
    result["peak_memory_mb"] = peakMemoryMegabytes();
    return result;
}

/// Seconds a picture for each layer: what the price tag reckons with.
json benchStages(const BenchOptions& options, Console& console) {
    core::RunConfig config = planOf(options);
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
                layers.push_back({{"layer", i < model.layers.size() ? model.layers[i].name : std::to_string(i)},
                                  {"forward_us", stage.forward * 1e6},
                                  {"backward_data_us", stage.backwardData * 1e6},
                                  {"backward_weights_us", stage.backwardWeights * 1e6}});
            }
        }
    }
    return {{"batch", config.batchSize}, {"input_size", config.inputSize}, {"layers", layers}};
}

/// How soon a run's inspector answers: a click on one picture, a checkpoint that is new to it, and the long questions.
json benchInspector(const BenchOptions& options, Console& console) {
    if (options.inspected.empty()) throw core::ConfigError("There is no run to look into.", "Name its folder with --run.");
    const core::RunConfig given = planOf(options);
    core::DataConfig data;
    data.directory = given.data.directory;
    json milliseconds, seconds;
    const auto timed = [](json& into, const char* name, double unit, const std::function<void()>& work) {
        const Clock::time_point start = Clock::now();
        work();
        into[name] = secondsSince(start) * unit;
    };
    std::unique_ptr<core::Inspector> inspector;
    timed(milliseconds, "open", 1e3, [&] { inspector = core::openInspector(options.inspected, data); });
    timed(milliseconds, "read_test_pictures", 1e3, [&] { inspector->pictures(core::Split::Test); });
    const std::vector<core::KeptCheckpoint> kept = inspector->checkpoints();
    if (kept.empty()) throw core::StoreError("The run has no checkpoint.", "Train it first.");
    const std::string last = kept.back().name, layer = core::usualClassMapLayer(inspector->run().model);
    core::PictureChoice picture;
    timed(milliseconds, "first_checkpoint", 1e3, [&] { inspector->predict(last, picture); });
    timed(milliseconds, "start", 1e3, [&] { inspector->predict("start", picture); });
    std::vector<double> others;
    for (const core::KeptCheckpoint& one : kept) {
        const Clock::time_point start = Clock::now();
        inspector->predict(one.name, picture);
        others.push_back(secondsSince(start) * 1e3);
    }
    milliseconds["other_checkpoints"] = others;

    console.say("Clicks on one picture ...");
    const auto clicks = [&](const char* name, const std::function<void()>& work) {
        std::vector<double> rounds;
        for (int i = 0; i < std::max(9, options.rounds); ++i) {
            ++picture.index;
            const Clock::time_point start = Clock::now();
            work();
            rounds.push_back(secondsSince(start) * 1e3);
        }
        const double first = rounds.front();
        std::sort(rounds.begin(), rounds.end());
        milliseconds[name] = {{"first", first}, {"best", rounds.front()}, {"median", rounds[rounds.size() / 2]}, {"worst", rounds.back()}};
    };
    clicks("predict", [&] { inspector->predict(last, picture); });
    clicks("activations", [&] { inspector->activations(last, picture, layer); });
    clicks("gradcam", [&] { inspector->gradCam(last, picture, layer, 0, core::ClassMapMethod::GradCam); });
    clicks("gradcam_lowest_layer", [&] { inspector->gradCam(last, picture, core::classMapLayers(inspector->run().model).front(), 0, core::ClassMapMethod::GradCam); });
    clicks("occlusion", [&] { inspector->occlusion(last, picture, 0, 0, 0, {}); });
    clicks("filters", [&] { inspector->filters(last); });

    console.say("Long questions ...");
    timed(seconds, "predictions_of_test_split", 1, [&] { inspector->predictions(last, core::Split::Test, {}); });
    timed(seconds, "top_activating", 1, [&] { inspector->topActivating(last, core::Split::Test, layer, 0, 9, 0, {}); });
    timed(seconds, "top_activating_next_channel", 1, [&] { inspector->topActivating(last, core::Split::Test, layer, 1, 9, 0, {}); });
    timed(seconds, "read_training_pictures", 1, [&] { inspector->pictures(core::Split::Train); });
    timed(seconds, "statistics", 1, [&] { inspector->statistics(last, layer, {}); });
    timed(seconds, "history", 1, [&] { inspector->history({}); });
    core::EmbeddingRequest request;
    timed(seconds, "pca", 1, [&] { inspector->embedding(last, request, {}); });
    timed(seconds, "pca_again_aligned", 1, [&] {
        request.alignedWith = last;
        inspector->embedding(last, request, {});
    });
    request.alignedWith.clear();
    request.method = core::EmbeddingMethod::Tsne;
    timed(seconds, "tsne", 1, [&] { inspector->embedding(last, request, {}); });
    return {{"input_size", inspector->run().config.inputSize}, {"checkpoints", kept.size()}, {"milliseconds", milliseconds}, {"seconds", seconds},
            {"peak_memory_mb", peakMemoryMegabytes()}};
}

int runBench(const BenchOptions& options) {
    core::useComputeThreads(0);
    Console console(stderr);
    json result;
    if (options.name == "lesson") result = benchLesson(options, console);
    else if (options.name == "stages") result = benchStages(options, console);
    else if (options.name == "kernels") result = benchKernels(planOf(options), options.rounds, options.only, console);
    else if (options.name == "layers") result = benchLayers(planOf(options), options.rounds, console);
    else if (options.name == "scaling") result = benchScaling(planOf(options), options.rounds, console);
    else if (options.name == "inspector") result = benchInspector(options, console);
    else throw core::ConfigError("There is no bench '" + options.name + "'.", "Choose lesson, stages, kernels, layers, scaling or inspector.");
    const core::EngineInfo info = core::engineInfo();
    result["machine"] = {{"processor", info.processor}, {"threads", info.threads}, {"blas_core", info.blasCore}, {"libtorch", info.libtorchVersion}};
    if (options.json) {
        std::printf("%s\n", result.dump(2).c_str());
        return kDone;
    }
    for (const auto& [key, value] : result.items()) std::printf("%-20s %s\n", key.c_str(), value.dump().c_str());
    return kDone;
}

}  // namespace

Subcommand addBench(CLI::App& parser) {
    auto options = std::make_shared<BenchOptions>();
    CLI::App* app = parser.add_subcommand("bench", "Measure this machine: lesson (default), stages, kernels, layers, scaling or inspector");
    app->add_option("name", options->name,
                    "lesson: the plan with and without the cache; stages: each layer; kernels: Thaw's convolutions beside LibTorch's; layers: "
                    "each convolution beside what limits it; scaling: by input size, batch, threads and thaw depth; inspector: how soon a run answers");
    app->add_option("--run", options->inspected, "Folder of the run that the inspector's bench looks into");
    app->add_option("--preset", options->preset, "Lesson to measure (default: lesson)");
    app->add_option("--pictures", options->pictures, "Pictures for the run without the cache, scaled to the whole set");
    app->add_option("--rounds", options->rounds, "Rounds of the kernels' bench")->check(CLI::Range(3, 1000));
    app->add_option("--only", options->only, "One part of the kernels' bench")->check(CLI::IsMember(kKernelParts));
    app->add_flag("--full", options->full, "Also run the whole lesson with a cold and a warm cache (minutes)");
    app->add_flag("--json", options->json, "Print JSON");
    options->run.addTo(*app);
    return {app, [options] { return runBench(*options); }};
}

}  // namespace thaw::cli
