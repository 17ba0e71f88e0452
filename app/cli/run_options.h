// Every setting of a run as an option of the command line.
#pragma once

#include <CLI/CLI.hpp>

#include <functional>
#include <memory>

#include "core/api/config.h"

namespace thaw::cli {

/// Options that were given, in the order in which they apply to a config.
class RunOptions {
public:
    /// Adds the options to a subcommand. The RunOptions must outlive the parser.
    void addTo(CLI::App& app);
    /// `base` with every given option applied. Throws core::ConfigError when the result cannot run.
    core::RunConfig applyTo(core::RunConfig base) const;
    /// The subset that `extract` takes: data, weights, scaling, input size, batch, threads, seed.
    void addInputOptionsTo(CLI::App& app);

private:
    void addAugmentation(CLI::App& app);
    void addSplit(CLI::App& app);
    template <typename Value>
    CLI::Option* add(CLI::App& app, const std::string& name, const std::string& help,
                     std::function<void(core::RunConfig&, const Value&)> apply);
    void addFlag(CLI::App& app, const std::string& name, const std::string& help,
                 const std::function<void(core::RunConfig&)>& apply);

    std::vector<std::function<void(core::RunConfig&)>> m_given;
    bool m_scalingGiven = false;
};

/// "1,5" to {"1", "5"}; empty parts are left out.
std::vector<std::string> splitList(const std::string& text);

}  // namespace thaw::cli
