// bench: measured speeds of this machine, by the same Trainer that the lesson uses.
#include <memory>

#include "app/cli/bench_chart.h"
#include "app/cli/bench_kernels.h"
#include "app/cli/benches.h"
#include "app/cli/commands.h"
#include "app/cli/console.h"
#include "app/cli/json_output.h"
#include "core/api/engine_info.h"
#include "core/api/errors.h"

namespace thaw::cli {

namespace {

using nlohmann::json;

constexpr int kKernelRounds = 9;

json measured(const BenchOptions& options, Console& console) {
    const int rounds = options.roundsOr(kKernelRounds);
    if (options.name == "lesson") return benchLesson(options, console);
    if (options.name == "run") return benchRun(options);
    if (options.name == "start") return benchStart(options, console);
    if (options.name == "memory") return benchMemory(options, console);
    if (options.name == "stages") return benchStages(options, console);
    if (options.name == "kernels") return benchKernels(options.config(), rounds, options.only, console);
    if (options.name == "layers") return benchLayers(options.config(), rounds, console);
    if (options.name == "scaling") return benchScaling(options.config(), rounds, console);
    if (options.name == "data") return benchData(options, console);
    if (options.name == "inspector") return benchInspector(options, console);
    throw core::ConfigError("There is no bench '" + options.name + "'.",
                            "Choose lesson, start, memory, stages, kernels, layers, scaling, data or inspector.");
}

int runBench(const BenchOptions& options) {
    core::useComputeThreads(0);
    Console console(stderr);
    json result = measured(options, console);
    const core::EngineInfo info = core::engineInfo();
    result["machine"] = {{"processor", info.processor},
                         {"threads", info.threads},
                         {"blas_core", info.blasCore},
                         {"libtorch", info.libtorchVersion}};
    if (!options.chart.empty()) writeBenchChart(options.name, result, options.chart);
    if (options.json) {
        print(result);
        return kDone;
    }
    for (const auto& [key, value] : result.items()) printText(stdout, "%-20s %s\n", key.c_str(), value.dump().c_str());
    return kDone;
}

}  // namespace

Subcommand addBench(CLI::App& parser) {
    auto options = std::make_shared<BenchOptions>();
    CLI::App* app = parser.add_subcommand(
        "bench", "Measure this machine: lesson (default), start, memory, stages, kernels, layers, scaling, data or inspector");
    app->add_option(
        "name", options->name,
        "lesson: the plan with and without the cache; start: the window's first paint; memory: peaks of the lesson; "
        "stages: each layer; "
        "kernels: Thaw's convolutions beside LibTorch's; layers: each convolution beside what limits it; scaling: by "
        "input size, batch, "
        "threads and thaw depth; data: how quickly picture files are listed and decoded; inspector: how soon a run answers");
    app->add_option("--run", options->inspected, "Folder of the run that the inspector's bench looks into");
    app->add_option("--preset", options->preset, "Lesson to measure (default: lesson)");
    app->add_option(
        "--pictures", options->pictures,
        "Pictures for the run without the cache and for the scripts, scaled to the whole set; of data the files that are read");
    app->add_option("--rounds", options->rounds, "Rounds (default: 9; of whole lessons and of memory 1)")
        ->check(CLI::Range(1, 1000));
    app->add_option("--only", options->only, "One part of the kernels' bench")->check(CLI::IsMember(kKernelParts));
    app->add_flag("--full", options->full,
                  "Also run the whole lesson with a cold and a warm cache, each in a process of its own (minutes)");
    app->add_option(
           "--against", options->against,
           "With --full: in turn with scripts: pytorch and keras as most write them, expert as PyTorch can be at its best")
        ->delimiter(',')
        ->check(CLI::IsMember({"pytorch", "keras", "expert"}));
    app->add_option("--scripts", options->scripts, "Folder of those scripts (default: the source tree's tests/bench)");
    app->add_option("--python", options->python, "Python that has torch (default: python3)");
    app->add_option("--keras-python", options->kerasPython, "Python that has tensorflow (default: python3)");
    app->add_option("--expert-python", options->expertPython, "Python with the torch that expert uses (default: python3)");
    app->add_option("--program", options->program, "The window's program (default: thaw beside this one)");
    app->add_option("--plan", options->plan, "")->group("");
    app->add_option("--chart", options->chart, "Write the result as a chart, an SVG file");
    app->add_flag("--json", options->json, "Print JSON");
    options->run.addTo(*app);
    return {app, [options] { return runBench(*options); }};
}

}  // namespace thaw::cli
