// lesson and train: one run, headless.
#include <fstream>
#include <iterator>
#include <memory>

#include "app/cli/commands.h"
#include "app/cli/console.h"
#include "app/cli/interrupts.h"
#include "app/cli/run_options.h"
#include "core/api/engine_info.h"
#include "core/api/errors.h"
#include "core/api/runs.h"
#include "core/api/trainer.h"

namespace thaw::cli {

namespace {

struct TrainOptions {
    RunOptions run;
    std::string preset;
    std::string configFile;
    std::string resume;
    std::string events;
    bool noChart = false;
    int resumeThreads = 0;
};

core::RunConfig baseConfig(const TrainOptions& options) {
    core::RunConfig base = core::findLesson(options.preset.empty() ? "lesson" : options.preset).config;
    if (options.configFile.empty()) return base;
    std::ifstream file(options.configFile, std::ios::binary);
    if (!file) throw core::ConfigError("Cannot read " + options.configFile + ".", "Check the path given to --config.");
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    try {
        return core::configFromJson(text, base);
    } catch (const core::ConfigError& error) {
        throw core::ConfigError(options.configFile + ": " + error.what(), error.hint());
    }
}

int runToTheEnd(core::Trainer& trainer, const TrainOptions& options) {
    const bool jsonOnStdout = options.events == "-";
    Console console(jsonOnStdout ? stderr : stdout);
    std::ofstream eventsFile;
    if (!options.events.empty() && !jsonOnStdout) {
        eventsFile.open(options.events, std::ios::binary);
        if (!eventsFile) throw core::StoreError("Cannot write " + options.events + ".", "Choose another file for --events.");
    }

    noteInterrupts();
    std::filesystem::path directory;
    bool failed = false, stopSent = false;
    const auto handle = [&](const std::vector<core::Event>& events) {
        for (const core::Event& event : events) {
            if (auto* started = std::get_if<core::RunStarted>(&event.data)) directory = started->directory;
            if (std::holds_alternative<core::RunFailed>(event.data)) failed = true;
            console.show(event);
            if (options.events.empty()) continue;
            const std::string line = core::toJsonLine(event);
            if (line.empty()) continue;
            if (jsonOnStdout) {
                std::fprintf(stdout, "%s\n", line.c_str());
                std::fflush(stdout);
            } else {
                eventsFile << line << std::endl;
            }
        }
    };
    while (trainer.hasWork()) {
        if (interrupted() && !stopSent) {
            stopSent = true;
            console.say("Stopping after this batch; the state is saved. Press Ctrl-C again to leave at once.");
            handle(trainer.apply({0, core::Stop{}}));
            continue;
        }
        handle(trainer.step());
    }

    if (failed) return kFailed;
    if (!directory.empty()) {
        if (!options.noChart) {
            const std::filesystem::path chart = directory / "curves.png";
            try {
                core::drawCurves(core::readRun(directory), chart);
                console.say("Curves: " + chart.string());
            } catch (const core::Error& error) {
                console.say(std::string("The curves were not drawn: ") + error.what());
            }
        }
        console.say("Results: " + directory.string());
    }
    if (!stopSent) return kDone;
    if (!directory.empty()) console.say("Resume with: thaw-cli train --resume " + shellWord(directory.string()));
    return kInterrupted;
}

int runTraining(const TrainOptions& options) {
    core::useComputeThreads(options.resumeThreads);
    if (!options.resume.empty()) {
        const auto trainer = core::resumeTrainer(options.resume, /*startPaused=*/false, options.resumeThreads);
        return runToTheEnd(*trainer, options);
    }
    const core::RunConfig config = options.run.applyTo(baseConfig(options));
    core::useComputeThreads(config.threads);
    const auto trainer = core::makeTrainer(config);
    return runToTheEnd(*trainer, options);
}

Subcommand addRunCommand(CLI::App& parser, const std::string& name, const std::string& help) {
    auto options = std::make_shared<TrainOptions>();
    CLI::App* app = parser.add_subcommand(name, help);
    app->add_option("--preset", options->preset, "Lesson to start from (default: lesson)");
    app->add_option("--config", options->configFile, "JSON file with settings, as in run.json or a lesson");
    app->add_option("--resume", options->resume, "Continue the run of this folder");
    app->add_option("--resume-threads", options->resumeThreads, "Threads for --resume (default: as saved)")
        ->check(CLI::Range(0, core::kMostThreads));
    app->add_option("--events", options->events, "Write events as JSON lines to a file, or '-' for standard output");
    app->add_flag("--no-chart", options->noChart, "Do not draw curves.png at the end");
    options->run.addTo(*app);
    return {app, [options] { return runTraining(*options); }};
}

}  // namespace

Subcommand addLesson(CLI::App& parser) {
    return addRunCommand(parser, "lesson", "Run a lesson: a pretrained trunk, a new head, then fine-tuning");
}

Subcommand addTrain(CLI::App& parser) {
    return addRunCommand(parser, "train", "Train with settings of your own, or resume a run");
}

}  // namespace thaw::cli
