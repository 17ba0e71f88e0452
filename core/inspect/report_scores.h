// The section of a report that says how good the model is, and how sure that is.
#pragma once

#include <string>
#include <vector>

#include "core/api/analysis.h"
#include "core/api/report.h"

namespace thaw::core {

/// A table of the task's figures with 95 % intervals; with two classes also what a probability of 50 % for the second one means
/// (sensitivity, specificity, predictive values, likelihood ratios). Takes seconds; `progress` as bootstrapMetrics().
ReportSection scoresSection(const PredictionSet& predictions, const std::vector<std::string>& classNames,
                            const CountCallback& progress);

}  // namespace thaw::core
