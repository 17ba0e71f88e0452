#include "core/api/task.h"

namespace thaw::core {

bool TaskInfo::isBetter(double value, double than) const {
    if (value < 0 || than < 0) return value >= 0;
    return score.higherIsBetter ? value > than : value < than;
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
          "Of two classes: the chance that a picture of the second gets a higher probability for it than one of the first. 50 % "
          "is guessing."}}};
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
    return kind == TaskKind::OneLabel ? oneLabel : severalLabels;
}

}  // namespace thaw::core
