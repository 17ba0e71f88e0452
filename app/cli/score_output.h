// How well a model did, printed and as JSON: what evaluate and predict --labelled have in common.
#pragma once

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <vector>

#include "core/api/evaluation.h"

namespace thaw::cli {

/// One row a class.
nlohmann::json rowsOf(const std::vector<std::int64_t>& counts, int classes);

/// accuracy, accuracy_interval, top5, loss, ece, confusion, per_class, macro, weighted, most_confused.
nlohmann::json scoresJson(const core::EvaluationReport& report, const std::vector<std::string>& classNames);

void printScores(const core::EvaluationReport& report, const std::vector<std::string>& classNames,
                 std::optional<double> temperature = {});

}  // namespace thaw::cli
