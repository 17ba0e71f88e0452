// Which epochs are better than others, by the figures that a run's settings choose. Pure.
#pragma once

#include <optional>

#include "core/api/config.h"
#include "core/api/prediction.h"
#include "core/train/loop_state.h"

namespace thaw::core {

/// The figure of a judged set. Nothing: it is not known.
std::optional<double> figureOf(const PredictionSet& set, JudgedBy by);

/// Greater is better; the lowest number: not known.
double meritOf(const MetricInfo& metric, std::optional<double> figure);

/// Throws ConfigError where a task or that many classes have no such figures.
void requireFigures(const JudgingConfig& judging, TaskKind task, int classes);

/// Takes in an epoch's figure: a better one, by more than `least`, ends the waiting.
void takeIn(Waiting& waiting, const MetricInfo& metric, std::optional<double> figure, double least = 0);

}  // namespace thaw::core
