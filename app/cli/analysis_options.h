// What the commands share that look into a run.
#pragma once

#include <CLI/CLI.hpp>

#include <optional>
#include <string>

#include "app/cli/console.h"
#include "core/api/analysis.h"

namespace thaw::cli {

/// "train", "test" or "validation"; none for an empty name. Throws ConfigError.
std::optional<core::Split> splitFromString(const std::string& name);
std::string picturesOf(core::Split split);  ///< "test pictures"

/// Progress of `activity` on a console that outlives the callback; cancels when the user interrupts.
core::CountCallback progressOn(Console& console, const std::string& activity);

/// --run and --checkpoint.
CLI::Option* addRunSelection(CLI::App& app, core::RunSelection& selection,
                             const std::string& checkpoints = "best, last or epoch:N");  ///< the one of --run, required
void addCheckpoint(CLI::App& app, core::RunSelection& selection, const std::string& checkpoints = "best, last or epoch:N");
void addSplit(CLI::App& app, std::string& split);
void addData(CLI::App& app, std::filesystem::path& directory);
void addThreads(CLI::App& app, int& threads);
/// A required --out.
void addOutput(CLI::App& app, std::filesystem::path& file, const std::string& help);

const CLI::Validator& notNegative();
const CLI::Validator& notEmpty();

/// Puts the checkpoint's own name into the selection, and warns where "best" or "last" had to pass over one that cannot be read.
/// Throws as core::chooseCheckpoint.
core::ChosenCheckpoint chooseCheckpoint(Console& console, core::RunSelection& selection);

std::string momentOf(const core::ChosenCheckpoint& checkpoint);  ///< "after epoch 3", "at step 700", "before the first step"

}  // namespace thaw::cli
