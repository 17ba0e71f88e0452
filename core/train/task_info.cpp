#include <algorithm>

#include "core/api/errors.h"
#include "core/api/task.h"

namespace thaw::core {

bool TaskInfo::isBetter(double value, double than) const {
    const auto known = [](double figure) { return figure < 0 ? std::nullopt : std::optional<double>(figure); };
    return core::isBetter(score, known(value), known(than));
}

const TaskInfo& taskInfo(TaskKind kind) {
    static const TaskInfo oneLabel{
        TaskKind::OneLabel,
        "one label each",
        {"accuracy", "Accuracy", "Accuracy", "accuracy", "The share of pictures whose likeliest class is theirs."},
        {{"balanced_accuracy", "Balanced accuracy", "Balanced", "balanced accuracy",
          "The share of each class's pictures that are found, and the mean of it over the classes: small classes count as much "
          "as large ones."},
         {"macro_f1", "Macro F1", "F1", "macro F1",
          "Of each class the harmonic mean of how many of its pictures are found and how many that are called so belong to it; "
          "the mean over the classes."},
         {"roc_auc", "ROC-AUC", "AUC", "ROC-AUC",
          "The chance that a picture of a class gets a higher probability for it than one of the others; the mean over the "
          "classes. 50 % is guessing. Of at most 100 classes."}}};
    static const TaskInfo severalLabels{
        TaskKind::SeveralLabels,
        "several labels each",
        {"mean_average_precision", "Mean average precision", "mAP", "mAP",
         "How well each class's pictures stand before the others when all are sorted by the probability of that class; the mean "
         "over the classes. 100 % is perfect order; a random order gives the share of pictures that have the class."},
        {{"roc_auc", "ROC-AUC", "AUC", "ROC-AUC",
          "The chance that a picture with the class gets a higher probability for it than one without; the mean over the "
          "classes. "
          "50 % is guessing."}}};
    static const TaskInfo continueText{
        TaskKind::ContinueText,
        "continue the text",
        {"perplexity", "Perplexity", "Perplexity", "perplexity",
         "Among how many words, all equally likely, the model would have to guess to do as well: e to the power of the loss. The "
         "words are its tokenizer's. 1 is perfect; a model that knows nothing has as many as its vocabulary.",
         /*higherIsBetter=*/false, /*isShare=*/false},
        {}};
    return kind == TaskKind::OneLabel ? oneLabel : kind == TaskKind::SeveralLabels ? severalLabels : continueText;
}

void requireClasses(TaskKind kind) {
    if (kind == TaskKind::ContinueText)
        throw ConfigError("This model continues texts: it has no classes.", "Ask it to continue one: thaw-cli generate.");
}

const MetricInfo& metricInfo(TaskKind kind, JudgedBy by) {
    static const MetricInfo loss{"loss",
                                 "Loss",
                                 "Loss",
                                 "loss",
                                 "How little probability the true labels got, in nats. It sees how sure an answer is.",
                                 /*higherIsBetter=*/false,
                                 /*isShare=*/false};
    const TaskInfo& task = taskInfo(kind);
    if (by == JudgedBy::Score) return task.score;
    if (by == JudgedBy::Loss) return loss;
    const char* name = by == JudgedBy::BalancedAccuracy ? "balanced_accuracy" : by == JudgedBy::MacroF1 ? "macro_f1" : "roc_auc";
    const auto found =
        std::find_if(task.others.begin(), task.others.end(), [&](const MetricInfo& metric) { return metric.name == name; });
    if (found == task.others.end())
        throw ConfigError(
            "What is learned of this data set, " + task.title + ", has no " + name + ".",
            task.others.empty() ? "Choose score or loss to judge by." : "Choose score, loss or roc-auc to judge by.");
    return *found;
}

bool isBetter(const MetricInfo& metric, std::optional<double> value, std::optional<double> than, double least) {
    if (!value || !than) return value.has_value();
    return metric.higherIsBetter ? *value > *than + least : *value < *than - least;
}

}  // namespace thaw::core
