// Benches of whole processes, from the outside: how soon the window is there, how much memory a run takes, and how long the
// lesson does beside the scripts that people would write.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <optional>

#include "app/cli/benches.h"
#include "app/cli/child_process.h"
#include "core/api/bench.h"
#include "core/api/dataset_info.h"
#include "core/api/errors.h"

namespace thaw::cli {

namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr int kStartRounds = 9;

/// Figures of several contenders, round after round, each beside the rate of a matrix product just before it.
class Rounds {
public:
    void begin() { m_rows.emplace_back(); }
    void add(const std::string& name, double value, double rate) {
        m_rows.back().values[name] = value;
        m_rows.back().rate = std::min(m_rows.back().rate, rate);
    }
    /// Of the rounds in which the machine was not busy.
    std::vector<double> values(const std::string& name) const {
        std::vector<double> found;
        for (const Row& row : m_rows)
            if (const auto value = row.values.find(name); counts(row) && value != row.values.end())
                found.push_back(value->second);
        return found;
    }
    double median(const std::string& name) const { return core::median(values(name)); }
    json summary() const {
        std::vector<double> rates;
        for (const Row& row : m_rows)
            if (counts(row)) rates.push_back(row.rate);
        return {{"rounds", rates.size()}, {"discarded", m_rows.size() - rates.size()}, {"sgemm_gflops", core::median(rates)}};
    }

private:
    struct Row {
        std::map<std::string, double> values;
        double rate = HUGE_VAL;
    };
    bool counts(const Row& row) const {
        const auto slower = [](const Row& a, const Row& b) { return a.rate < b.rate; };
        return row.rate >= core::kBusyShare * std::max_element(m_rows.begin(), m_rows.end(), slower)->rate;
    }

    std::vector<Row> m_rows;
};

/// A run of this plan in a process of its own.
struct WholeRun {
    ChildOutcome process;
    json told;
};

WholeRun runWhole(const core::RunConfig& config, const ScratchFolder& scratch) {
    const fs::path plan = scratch.path() / "plan.json";
    std::ofstream(plan) << core::toJson(config);
    WholeRun run{runChild({ownProgram(), "bench", "run", "--plan", plan.string(), "--json"}), {}};
    run.told = json::parse(run.process.output, nullptr, /*allow_exceptions=*/false);
    if (run.process.exitCode != 0 || !run.told.is_object())
        throw core::TrainingError("The measured run failed.", "Its message stands above.");
    return run;
}

bool hasModule(const std::string& python, const std::string& module) {
    return runChild({python, "-c", "import importlib.util, sys; sys.exit(importlib.util.find_spec('" + module + "') is None)"})
               .exitCode == 0;
}

/// A plain script of the lesson: what it is started with, or why it is left out.
struct Script {
    std::string name;
    std::vector<std::string> command;
    std::string leftOut;
};

Script scriptOf(const std::string& name, const BenchOptions& options, const fs::path& plan, const core::DatasetInfo& dataset) {
    Script script{name, {}, {}};
    const bool keras = name == "keras", expert = name == "expert";
    const std::string given = keras ? options.kerasPython : expert ? options.expertPython : options.python;
    const std::string python = given.empty() ? "python3" : given, module = keras ? "tensorflow" : "torch";
    const fs::path file = (options.scripts.empty() ? fs::path(THAW_BENCH_SCRIPTS) : options.scripts) /
                          (expert ? "pytorch_expert.py" : name + "_lesson.py");
    fs::path data = dataset.location;
    std::error_code ignored;
    if (!fs::exists(data / "data_batch_1.bin", ignored)) data /= "cifar-10-batches-bin";
    if (!fs::exists(file, ignored))
        script.leftOut = file.string() + " is not there";
    else if (!fs::exists(data / "data_batch_1.bin", ignored))
        script.leftOut = "the script reads the unpacked CIFAR-10 only";
    else if (!hasModule(python, module))
        script.leftOut = python + " has no " + module;
    else
        script.command = {
            python, file.string(), plan.string(), "--data", data.string(), "--pictures", std::to_string(options.pictures)};
    return script;
}

}  // namespace

json benchStart(const BenchOptions& options, Console& console) {
    const fs::path program = options.program.empty() ? fs::path(ownProgram()).parent_path() / "thaw" : options.program;
    const ScratchFolder scratch;
    std::map<std::string, std::string> variables{{"THAW_HOME", (scratch.path() / "home").string()}};
    const auto isSet = [](const char* name) { return std::getenv(name) != nullptr; };
    if (!isSet("DISPLAY") && !isSet("WAYLAND_DISPLAY") && !isSet("QT_QPA_PLATFORM")) variables["QT_QPA_PLATFORM"] = "offscreen";
    console.say("Opening the window ...");
    Rounds rounds;
    const int count = options.roundsOr(kStartRounds);
    for (int round = 0; round <= count; ++round) {
        const double rate = core::matrixProductRate();
        const ChildOutcome outcome = runChild({program.string(), "--quit-after-first-paint"}, variables);
        if (outcome.exitCode != 0)
            throw core::Error(program.string() + " did not open its window.",
                              "Name the program with --program; without a display set QT_QPA_PLATFORM=offscreen.");
        if (round == 0) continue;  // its files are read
        rounds.begin();
        rounds.add("first_paint", (std::atof(outcome.output.c_str()) - outcome.began) * 1e3, rate);
        rounds.add("peak", outcome.peakMegabytes, rate);
    }
    std::vector<double> paints = rounds.values("first_paint");
    std::sort(paints.begin(), paints.end());
    json result = rounds.summary();
    result["first_paint_ms"] = {{"best", paints.front()}, {"median", core::median(paints)}, {"worst", paints.back()}};
    result["peak_memory_mb"] = rounds.median("peak");
    const auto platform = variables.find("QT_QPA_PLATFORM");
    result["platform"] = platform != variables.end() ? platform->second
                         : isSet("QT_QPA_PLATFORM")  ? std::getenv("QT_QPA_PLATFORM")
                                                     : "display";
    return result;
}

json benchMemory(const BenchOptions& options, Console& console) {
    json result = {{"preset", options.preset}};
    for (const bool onDisk : {false, true}) {
        const ScratchFolder scratch;
        core::RunConfig config = isolated(options.config(), scratch, "run");
        config.cache.onDisk = true;
        if (onDisk) config.cache.memoryBudget = 0;
        console.say(onDisk ? "The run with its features on disk ..." : "The run with its features in memory ...");
        json row;
        for (const char* cache : {"cold", "warm"}) {
            const double rate = core::matrixProductRate();
            const WholeRun run = runWhole(config, scratch);
            fs::remove_all(config.output);
            row[cache] = {{"peak_memory_mb", run.process.peakMegabytes},
                          {"peak_own_memory_mb", run.process.peakOwnMegabytes},
                          {"seconds", run.process.seconds},
                          {"sgemm_gflops", rate}};
        }
        result[onDisk ? "features_on_disk" : "features_in_memory"] = row;
    }
    return result;
}

json benchWholeLesson(const BenchOptions& options, std::int64_t trainCount, Console& console) {
    const core::RunConfig whole = options.config();
    const core::DatasetInfo dataset = core::resolveDataset(whole.data);
    const ScratchFolder scratch;
    const fs::path plan = scratch.path() / "lesson.json";
    std::ofstream(plan) << core::toJson(whole);
    json result = json::object();
    std::vector<Script> scripts;
    for (const std::string& name : options.against) {
        scripts.push_back(scriptOf(name, options, plan, dataset));
        if (scripts.back().leftOut.empty()) continue;
        console.say("Without " + name + ": " + scripts.back().leftOut + '.');
        result["left_out"][name] = scripts.back().leftOut;
        scripts.pop_back();
    }
    Rounds rounds;
    std::map<std::string, json> told;
    const int count = options.roundsOr(1);
    for (int round = 0; round < count; ++round) {
        const std::string number = count > 1 ? ", round " + std::to_string(round + 1) + " of " + std::to_string(count) : "";
        rounds.begin();
        const core::RunConfig config = isolated(whole, scratch, "run");
        fs::remove_all(config.cache.directory);
        for (const char* cache : {"cold", "warm"}) {
            console.say(std::string("The whole lesson, ") + cache + " cache" + number + " ...");
            const double rate = core::matrixProductRate();
            const WholeRun run = runWhole(config, scratch);
            fs::remove_all(config.output);
            rounds.add(cache, run.process.seconds, rate);
            told[cache] = run.told;
            told[cache]["peak_memory_mb"] = run.process.peakMegabytes;
            told[cache]["peak_own_memory_mb"] = run.process.peakOwnMegabytes;
        }
        for (const Script& script : scripts) {
            console.say("The " + script.name + " script on " + thousands(options.pictures) + " pictures" + number + " ...");
            const double rate = core::matrixProductRate();
            const ChildOutcome outcome = runChild(script.command, {{"TF_CPP_MIN_LOG_LEVEL", "2"}});
            json answer = json::parse(outcome.output, nullptr, /*allow_exceptions=*/false);
            if (outcome.exitCode != 0 || !answer.is_object())
                throw core::TrainingError("The " + script.name + " script failed.", "Its message stands above.");
            rounds.add(script.name,
                       answer["lesson_seconds"].get<double>() * static_cast<double>(trainCount) /
                           static_cast<double>(dataset.trainCount),
                       rate);
            told[script.name] = std::move(answer);
        }
    }
    for (const auto& [name, answer] : told) {
        json entry = answer;
        entry["seconds"] = rounds.median(name);
        entry["seconds_by_round"] = rounds.values(name);
        if (name != "cold" && name != "warm") {
            entry["scaled_from_pictures"] = options.pictures;
            std::vector<double> ratios;
            const std::vector<double> theirs = rounds.values(name), ours = rounds.values("cold");
            for (std::size_t i = 0; i < std::min(theirs.size(), ours.size()); ++i) ratios.push_back(theirs[i] / ours[i]);
            entry["ratio_to_cold"] = core::median(ratios);
        }
        result[name] = entry;
    }
    result["whole_processes"] = rounds.summary();
    return result;
}

}  // namespace thaw::cli
