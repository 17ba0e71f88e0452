// The subcommands of thaw-cli. Each adds itself to the parser and returns what to run when it was chosen; that returns the
// process's exit code.
#pragma once

#include <CLI/CLI.hpp>

#include <functional>
#include <vector>

namespace thaw::cli {

inline constexpr int kDone = 0;
inline constexpr int kFailed = 1;
inline constexpr int kUsage = 2;
inline constexpr int kInterrupted = 130;

struct Subcommand {
    CLI::App* app = nullptr;
    std::function<int()> run;
};

Subcommand addLesson(CLI::App& parser);
Subcommand addTrain(CLI::App& parser);
Subcommand addEvaluate(CLI::App& parser);
Subcommand addCompare(CLI::App& parser);
Subcommand addPredict(CLI::App& parser);
Subcommand addExtract(CLI::App& parser);
Subcommand addExport(CLI::App& parser);
Subcommand addGradCam(CLI::App& parser);
Subcommand addActivations(CLI::App& parser);
Subcommand addAttribute(CLI::App& parser);
Subcommand addEmbed(CLI::App& parser);
Subcommand addReport(CLI::App& parser);
Subcommand addModels(CLI::App& parser);
Subcommand addTokenize(CLI::App& parser);
Subcommand addGenerate(CLI::App& parser);
Subcommand addWeights(CLI::App& parser);
Subcommand addData(CLI::App& parser);
Subcommand addDecide(CLI::App& data);
/// Those of "data" that look for what is wrong with a data set.
std::vector<Subcommand> addDoctor(CLI::App& data);
Subcommand addRuns(CLI::App& parser);
Subcommand addInfo(CLI::App& parser);
Subcommand addCache(CLI::App& parser);
Subcommand addBench(CLI::App& parser);

}  // namespace thaw::cli
