// The benches of the convolution kernels: beside LibTorch's, layer by layer, and how cost grows.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "app/cli/console.h"
#include "core/api/config.h"

namespace thaw::cli {

/// Thaw's convolutions beside LibTorch's, in turn, at the input size and batch size of `config`. `only`: one of kKernelParts;
/// empty: all.
nlohmann::json benchKernels(const core::RunConfig& config, int rounds, const std::string& only, Console& console);
extern const std::vector<std::string> kKernelParts;

/// Each convolution beside what limits it.
nlohmann::json benchLayers(const core::RunConfig& config, int rounds, Console& console);

/// Trunk by input size, batch size and threads; training step by thaw depth. Minutes.
nlohmann::json benchScaling(const core::RunConfig& config, int rounds, Console& console);

}  // namespace thaw::cli
