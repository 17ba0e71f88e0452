// What thaw-cli bench measures, a function a bench, but for the kernels' (bench_kernels.h). Each returns what it prints as JSON.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "app/cli/console.h"
#include "app/cli/run_options.h"
#include "core/api/config.h"

namespace thaw::cli {

using Clock = std::chrono::steady_clock;
inline double secondsSince(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

struct BenchOptions {
    RunOptions run;
    std::string name = "lesson";
    std::string preset = "lesson";
    int pictures = 2000;
    int rounds = 0;  ///< 0: as many as the bench likes
    std::filesystem::path inspected;
    std::string only;
    bool full = false;
    std::vector<std::string> against;  ///< "pytorch", "keras", "expert"
    std::filesystem::path scripts;     ///< folder of their scripts
    std::string python, kerasPython, expertPython;
    std::filesystem::path program;  ///< the window's; empty: beside this one
    std::filesystem::path plan;     ///< of the run that a child measures
    std::filesystem::path chart;
    bool json = false;

    int roundsOr(int usual) const { return rounds > 0 ? rounds : usual; }
    core::RunConfig config() const { return run.applyTo(core::findLesson(preset).config); }
};

/// A folder that is gone with the object.
class ScratchFolder {
public:
    ScratchFolder();
    ~ScratchFolder();
    ScratchFolder(const ScratchFolder&) = delete;
    ScratchFolder& operator=(const ScratchFolder&) = delete;
    const std::filesystem::path& path() const { return m_path; }

private:
    std::filesystem::path m_path;
};

/// `config` with its run and its cached features below `scratch`.
core::RunConfig isolated(core::RunConfig config, const ScratchFolder& scratch, const std::string& name);

/// The plan without the cache, in proportion from a part of the pictures; with --full also cold and warm, as whole processes, and
/// beside the scripts that --against names.
nlohmann::json benchLesson(const BenchOptions& options, Console& console);
/// One run in this process: what the others start as a child.
nlohmann::json benchRun(const BenchOptions& options);
/// Seconds a picture for each layer: what the price tag reckons with.
nlohmann::json benchStages(const BenchOptions& options, Console& console);
/// Files/s of a data set's pictures, a thread and all, beside PIL and torchvision where Python has them.
nlohmann::json benchData(const BenchOptions& options, Console& console);
/// How soon a run's inspector answers: a click on one picture, a checkpoint that is new to it, and the long questions.
nlohmann::json benchInspector(const BenchOptions& options, Console& console);

/// From the start of the window's process to its first paint.
nlohmann::json benchStart(const BenchOptions& options, Console& console);
/// Peaks of the plan's run, a whole process, with features in memory and on disk.
nlohmann::json benchMemory(const BenchOptions& options, Console& console);
/// The plan's run as whole processes, cold and warm, in turn with the scripts; `trainCount` pictures are the plan's.
nlohmann::json benchWholeLesson(const BenchOptions& options, std::int64_t trainCount, Console& console);

}  // namespace thaw::cli
