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
        {}};
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
