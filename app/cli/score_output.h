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

/// Of several labels each: mean_average_precision, roc_auc, macro_f1, exact (share of the pictures with exactly their labels),
/// loss, per_class (name, average_precision, roc_auc, precision, recall, f1, support); figures that cannot be told are null.
nlohmann::json scoresJson(const core::SeveralLabelsReport& report, const std::vector<std::string>& classNames);

void printScores(const core::SeveralLabelsReport& report, const std::vector<std::string>& classNames);

}  // namespace thaw::cli
