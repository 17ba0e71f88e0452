// The file of the decisions about a data set, and decisions as JSON.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/api/decisions.h"
#include "core/store/strict_json.h"

namespace thaw::core {

/// One file for each place, whatever links lead there.
std::filesystem::path decisionFileOf(const std::filesystem::path& location);

nlohmann::ordered_json decisionsValue(const std::vector<Decision>& decisions);
/// `path` names the list in errors. Throws ConfigError.
std::vector<Decision> decisionsFrom(const nlohmann::json& list, const std::string& path);

}  // namespace thaw::core
