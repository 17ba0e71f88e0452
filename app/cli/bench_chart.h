// A bench's figures as bars in one SVG file that needs nothing else.
#pragma once

#include <filesystem>
#include <string>

#include <nlohmann/json.hpp>

namespace thaw::cli {

/// `result` as bench `name` gives it. Throws ConfigError for a bench that has no chart, StoreError where the file cannot be
/// written.
void writeBenchChart(const std::string& name, const nlohmann::json& result, const std::filesystem::path& file);

}  // namespace thaw::cli
