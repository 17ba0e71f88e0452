#include "core/inspect/report_scores.h"

#include <algorithm>
#include <cmath>

#include "core/api/threshold.h"
#include "core/inspect/report_text.h"

namespace thaw::core {
namespace {

std::string titleOf(const TaskInfo& task, const std::string& name) {
    if (task.score.name == name) return task.score.title;
    const auto found =
        std::find_if(task.others.begin(), task.others.end(), [&](const MetricInfo& metric) { return metric.name == name; });
    return found == task.others.end() ? name : found->title;
}

void addRow(ReportTable& table, const std::string& name, const Estimate& share) {
    table.rows.push_back({name, percentWords(share.value), intervalWords(share.interval)});
}

void addNumber(ReportTable& table, const std::string& name, const Estimate& estimate, int decimals) {
    const auto number = [decimals](double value) {
        return std::isfinite(value) ? fixedText(value, decimals) : std::string("infinite");
    };
    table.rows.push_back({name, number(estimate.value), number(estimate.interval.low) + " to " + number(estimate.interval.high)});
}

void addThreshold(const PredictionSet& predictions, const std::vector<std::string>& classNames, ReportSection& section) {
    const int positive = 1;
    const ThresholdReport report = thresholdReport(predictions, positive, kLabelThreshold);
    const ThresholdCounts& counts = report.counts;
    section.text += " The lower part takes \u201C" + classNames[1] + "\u201D as the answer from a probability of " +
                    percentWords(kLabelThreshold, 0) + ": " + countWords(counts.truePositives) + " of " +
                    countWords(counts.truePositives + counts.falseNegatives) + " of its pictures are called so, and " +
                    countWords(counts.falsePositives) + " of " + countWords(counts.falsePositives + counts.trueNegatives) +
                    " others are called so too.";
    addRow(section.table, "Sensitivity", report.sensitivity);
    addRow(section.table, "Specificity", report.specificity);
    addRow(section.table, "Positive predictive value", report.positivePredictive);
    addRow(section.table, "Negative predictive value", report.negativePredictive);
    addNumber(section.table, "Positive likelihood ratio", report.positiveRatio, 2);
    addNumber(section.table, "Negative likelihood ratio", report.negativeRatio, 2);
}

}  // namespace

ReportSection scoresSection(const PredictionSet& predictions, const std::vector<std::string>& classNames,
                            const CountCallback& progress) {
    ReportSection section;
    section.title = "How good it is";
    section.text = "The 95\u202F% intervals say where a figure would lie in 95 of 100 cases if such pictures were drawn again.";
    section.table.columns = {"Figure", "Value", "95\u202F% interval"};
    section.table.numeric = {false, true, true};
    const TaskInfo& task = taskInfo(predictions.task);
    for (const BootstrapMetric& metric : bootstrapMetrics(predictions, /*resamples=*/0, progress)) {
        if (metric.estimate.value < 0) continue;
        if (metric.name == "roc_auc")
            addNumber(section.table, titleOf(task, metric.name), metric.estimate, 3);
        else
            addRow(section.table, titleOf(task, metric.name), metric.estimate);
    }
    if (predictions.task == TaskKind::OneLabel && predictions.classCount == 2) addThreshold(predictions, classNames, section);
    return section;
}

}  // namespace thaw::core
