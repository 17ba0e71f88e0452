#include "core/train/judging.h"

#include <algorithm>
#include <limits>

#include "core/api/errors.h"

namespace thaw::core {

std::optional<double> figureOf(const PredictionSet& set, JudgedBy by) {
    if (by == JudgedBy::Score) return set.score;
    if (by == JudgedBy::Loss) return set.loss;
    const std::string& name = metricInfo(set.task, by).name;
    const auto found =
        std::find_if(set.metrics.begin(), set.metrics.end(), [&](const Metric& metric) { return metric.name == name; });
    return found == set.metrics.end() || found->value < 0 ? std::nullopt : std::optional<double>(found->value);
}

double meritOf(const MetricInfo& metric, std::optional<double> figure) {
    if (!figure) return std::numeric_limits<double>::lowest();
    return metric.higherIsBetter ? *figure : -*figure;
}

void requireFigures(const JudgingConfig& judging, TaskKind task, int classes) {
    for (const JudgedBy by : {judging.best, judging.watched}) {
        metricInfo(task, by);
        if (by == JudgedBy::RocAuc && task == TaskKind::OneLabel && classes > kMostRankedClasses)
            throw ConfigError("ROC-AUC is computed of at most " + std::to_string(kMostRankedClasses) + " classes; there are " +
                                  std::to_string(classes) + ".",
                              "Choose balanced-accuracy or macro-f1 to judge by.");
    }
}

void takeIn(Waiting& waiting, const MetricInfo& metric, std::optional<double> figure, double least) {
    if (isBetter(metric, figure, waiting.best, least))
        waiting = {figure, 0};
    else
        ++waiting.epochs;
}

}  // namespace thaw::core
