// What a run learns to say of a sample, and by which figure it is judged. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace thaw::core {

enum class TaskKind {
    OneLabel,       ///< each sample has one class: softmax, cross-entropy
    SeveralLabels,  ///< each sample has any number of the classes: a sigmoid each, mean binary cross-entropy
    ContinueText,   ///< each token of a text is to be foretold from those before it: softmax over the vocabulary, cross-entropy
};
std::string toString(TaskKind kind);               ///< "one-label", "several-labels", "continue-text"
TaskKind taskFromString(const std::string& name);  ///< throws ConfigError

/// Which figure of an epoch's validation decides.
enum class JudgedBy {
    Score,  ///< the task's own: accuracy, mean average precision, or perplexity
    Loss,
    BalancedAccuracy,
    MacroF1,
    RocAuc,
};

/// A figure that says how good predictions are.
struct MetricInfo {
    std::string name;        ///< in JSON: "accuracy", "mean_average_precision"
    std::string title;       ///< "Mean average precision"
    std::string shortTitle;  ///< where a word fits: "Accuracy", "mAP"
    std::string inSentence;  ///< "accuracy", "mAP"
    std::string help;        ///< a sentence or two
    bool higherIsBetter = true;
    bool isShare = true;  ///< from 0 to 1; else any number from 0 on: a loss, a perplexity
};

struct Metric {
    std::string name;
    double value = 0;
};

struct TaskInfo {
    TaskKind kind = TaskKind::OneLabel;
    std::string title;               ///< "one label each"
    MetricInfo score;                ///< that decides which model is the best
    std::vector<MetricInfo> others;  ///< that predictions of a whole split have beside it

    /// A score against another; negative: there is none yet.
    bool isBetter(double score, double than) const;
};
const TaskInfo& taskInfo(TaskKind kind);

/// Throws ConfigError for a task without classes: a text that is continued.
void requireClasses(TaskKind kind);

/// What a choice means for a task. Throws ConfigError where the task has no such figure.
const MetricInfo& metricInfo(TaskKind kind, JudgedBy by);
/// Whether a figure is better than another by more than `least`. Nothing: not known; anything is better than it.
bool isBetter(const MetricInfo& metric, std::optional<double> value, std::optional<double> than, double least = 0);

/// ROC-AUC of one label each is computed of at most so many classes: each asks for its own sorting.
constexpr int kMostRankedClasses = 100;

}  // namespace thaw::core
