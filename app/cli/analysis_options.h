// What the commands share that look into a run.
#pragma once

#include <CLI/CLI.hpp>

#include <string>

#include "app/cli/console.h"
#include "core/api/analysis.h"

namespace thaw::cli {

/// "train", "test" or "validation". Throws ConfigError.
core::Split splitFromString(const std::string& name);
std::string toString(core::Split split);
std::string picturesOf(core::Split split);  ///< "test pictures"

/// Progress of `activity` on a console that outlives the callback; never cancels.
core::CountCallback progressOn(Console& console, const std::string& activity);

/// --run and --checkpoint.
void addRunSelection(CLI::App& app, core::RunSelection& selection, const std::string& checkpoints = "best, last or epoch:N");
void addCheckpoint(CLI::App& app, core::RunSelection& selection, const std::string& checkpoints = "best, last or epoch:N");

}  // namespace thaw::cli
