// lesson and train: one run, headless.
#include <cmath>
#include <fstream>
#include <iterator>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "app/cli/commands.h"
#include "app/cli/console.h"
#include "app/cli/interrupts.h"
#include "app/cli/run_options.h"
#include "core/api/engine_info.h"
#include "core/api/errors.h"
#include "core/api/runs.h"
#include "core/api/text.h"
#include "core/api/trainer.h"
#include "core/api/weights_info.h"

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
    const auto tell = [](const std::string& note) {
        if (!note.empty()) printText(stderr, "%s\n", note.c_str());
    };
    const core::Lesson lesson = core::findLesson(options.preset.empty() ? "lesson" : options.preset);
    tell(lesson.note);
    const core::RunConfig& base = lesson.config;
    if (options.configFile.empty()) return base;
    std::ifstream file(options.configFile, std::ios::binary);
    if (!file) throw core::ConfigError("Cannot read " + options.configFile + ".", "Check the path given to --config.");
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    try {
        std::vector<std::string> unknown;
        core::RunConfig config = core::configFromJson(text, base, &unknown);
        tell(core::unknownSettingsNote(unknown));
        core::RunConfig otherBase = base;
        otherBase.scaling = base.scaling == core::Scaling::Caffe ? core::Scaling::ImageNet : core::Scaling::Caffe;
        const bool silentOnScaling = core::configFromJson(text, otherBase).scaling != config.scaling;
        if (silentOnScaling && config.weights != base.weights)
            core::chooseWeights(config, std::exchange(config.weights, base.weights));
        return config;
    } catch (const core::ConfigError& error) {
        throw core::ConfigError(options.configFile + ": " + error.what(), error.hint());
    }
}

/// Where --events writes: one line of JSON for each milestone.
class EventLines {
public:
    explicit EventLines(const std::string& target) : m_target(target) {
        if (m_target.empty() || isStdout()) return;
        m_file.open(m_target, std::ios::binary);
        if (!m_file) throw core::StoreError("Cannot write " + m_target + ".", "Choose another file for --events.");
    }
    bool isStdout() const { return m_target == "-"; }
    void write(const core::Event& event) {
        const std::string line = m_target.empty() ? std::string() : core::printableJson(core::toJsonLine(event));
        if (line.empty()) return;
        if (isStdout()) {
            std::fprintf(stdout, "%s\n", line.c_str());
            std::fflush(stdout);
        } else {
            m_file << line << std::endl;
        }
    }
    /// A full disk, for instance; of standard output main() takes care.
    bool isBroken() const { return m_file.is_open() && !m_file; }

private:
    std::string m_target;
    std::ofstream m_file;
};

void drawCurvesOf(const std::filesystem::path& directory, Console& console) {
    const std::filesystem::path chart = directory / "curves.png";
    try {
        core::drawCurves(core::readRun(directory), chart);
        console.say("Curves: " + chart.string());
    } catch (const core::Error& error) {
        console.warn(std::string("The curves were not drawn: ") + error.what());
    }
}

struct Outcome {
    int exitCode = kDone;
    core::TaskKind task = core::TaskKind::OneLabel;
    double score = -1;  ///< of the last epoch's validation
};

Outcome runToTheEnd(core::Trainer& trainer, const TrainOptions& options) {
    EventLines lines(options.events);
    Console console(lines.isStdout() ? stderr : stdout);
    noteInterrupts();
    std::filesystem::path directory;
    std::string notSaved;
    bool failed = false, stopSent = false;
    Outcome outcome;
    const auto handle = [&](const std::vector<core::Event>& events) {
        for (const core::Event& event : events) {
            if (auto* started = std::get_if<core::RunStarted>(&event.data)) directory = started->directory;
            if (auto* epoch = std::get_if<core::EpochFinished>(&event.data)) {
                outcome.task = epoch->task;
                outcome.score = epoch->valScore;
            }
            if (auto* finished = std::get_if<core::RunFinished>(&event.data)) notSaved = finished->notSaved;
            if (std::holds_alternative<core::RunFailed>(event.data)) failed = true;
            console.show(event);
            lines.write(event);
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

    if (!failed && !directory.empty()) {
        if (!options.noChart) drawCurvesOf(directory, console);
        console.say("Results: " + directory.string());
        if (stopSent || !notSaved.empty()) console.say("Resume with: thaw-cli train --resume " + shellWord(directory.string()));
    }
    if (!failed && lines.isBroken())
        console.warn("The events could not all be written to " + options.events + ": is its disk full?");
    if (!failed && !notSaved.empty()) console.warn("Not all of the run is saved. " + notSaved);
    const bool bad = failed || !notSaved.empty() || lines.isBroken();
    outcome.exitCode = bad ? kFailed : stopSent ? kInterrupted : kDone;
    return outcome;
}

/// Each fold tests once, in a run of its own; the mean of their last epochs and how far they lie apart.
int runFolds(core::RunConfig config, const TrainOptions& options) {
    const std::filesystem::path output = config.output;
    std::vector<double> scores;
    core::TaskKind task = core::TaskKind::OneLabel;
    for (int fold = 1; fold <= config.data.split.folds; ++fold) {
        config.data.split.fold = fold;
        if (!output.empty()) config.output = output / ("fold-" + std::to_string(fold));
        const Outcome outcome = runToTheEnd(*core::makeTrainer(config), options);
        if (outcome.exitCode != kDone) return outcome.exitCode;
        scores.push_back(outcome.score);
        task = outcome.task;
    }
    const auto count = static_cast<double>(scores.size());
    double mean = 0, spread = 0;
    for (const double score : scores) mean += score / count;
    for (const double score : scores) spread += (score - mean) * (score - mean) / (count - 1);
    printText(options.events == "-" ? stderr : stdout, "%s over %zu folds: %s, standard deviation %s\n",
              core::taskInfo(task).score.title.c_str(), scores.size(), figure(core::taskInfo(task).score, mean).c_str(),
              figure(core::taskInfo(task).score, std::sqrt(spread)).c_str());
    return kDone;
}

/// A run goes on with the settings that it was made with: nothing else is taken, and then not heeded.
void refuseOthersBesideResume(const CLI::App& app) {
    static const std::set<std::string> taken{"--resume", "--resume-threads", "--data", "--events", "--no-chart"};
    for (const CLI::Option* option : app.get_options())
        if (option->count() > 0 && taken.count(option->get_name()) == 0)
            throw core::ConfigError(option->get_name() + " has no effect beside --resume: a run goes on with its own settings.",
                                    "Leave it out, or start a new run with it.");
}

int runTraining(const CLI::App& app, const TrainOptions& options) {
    core::useComputeThreads(options.resumeThreads);
    if (!options.resume.empty()) {
        refuseOthersBesideResume(app);
        const std::filesystem::path data = options.run.applyTo(core::findLesson("lesson").config).data.directory;
        const auto trainer = core::resumeTrainer(options.resume, /*startPaused=*/false, options.resumeThreads, data);
        return runToTheEnd(*trainer, options).exitCode;
    }
    const core::RunConfig config = options.run.applyTo(baseConfig(options));
    core::useComputeThreads(config.threads);
    if (config.data.split.mode == core::SplitMode::Folds && app.count("--fold") == 0) return runFolds(config, options);
    const auto trainer = core::makeTrainer(config);
    return runToTheEnd(*trainer, options).exitCode;
}

Subcommand addRunCommand(CLI::App& parser, const std::string& name, const std::string& help) {
    auto options = std::make_shared<TrainOptions>();
    CLI::App* app = parser.add_subcommand(name, help);
    app->add_option("--preset", options->preset, "Lesson to start from (default: lesson)");
    app->add_option("--config", options->configFile, "JSON file with settings, as in run.json or a lesson");
    app->add_option("--resume", options->resume,
                    "Continue the run of this folder; of the other options, --data says where its data set is now");
    app->add_option("--resume-threads", options->resumeThreads, "Threads for --resume (default: as saved)")
        ->check(CLI::Range(0, core::kMostThreads));
    app->add_option("--events", options->events, "Write events as JSON lines to a file, or '-' for standard output");
    app->add_flag("--no-chart", options->noChart, "Do not draw curves.png at the end");
    options->run.addTo(*app);
    return {app, [app, options] { return runTraining(*app, *options); }};
}

}  // namespace

Subcommand addLesson(CLI::App& parser) {
    return addRunCommand(parser, "lesson", "Run a lesson: a pretrained trunk, a new head, then fine-tuning");
}

Subcommand addTrain(CLI::App& parser) {
    return addRunCommand(parser, "train", "Train with settings of your own, or resume a run");
}

}  // namespace thaw::cli
