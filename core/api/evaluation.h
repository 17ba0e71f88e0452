// Where a model is right and where it is wrong, out of the predictions of a split. Pure arithmetic without files or tensors: any
// thread may call it; 10,000 predictions of 10 classes take a few milliseconds.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/api/prediction.h"

namespace thaw::core {

/// Pictures by true and predicted class.
struct ConfusionMatrix {
    int classCount = 0;
    std::vector<std::int64_t> counts;  ///< classCount * classCount; row: true, column: predicted
    std::int64_t at(int truth, int predicted) const {
        return counts[static_cast<std::size_t>(truth) * static_cast<std::size_t>(classCount) +
                      static_cast<std::size_t>(predicted)];
    }
    std::int64_t rowSum(int truth) const;
    std::int64_t columnSum(int predicted) const;
};

/// 0..1 each; 0 where nothing was predicted (precision) or there is no such picture (recall), as scikit-learn's zero_division=0.
struct ClassScore {
    double precision = 0, recall = 0, f1 = 0;
    std::int64_t support = 0;    ///< pictures of the class
    std::int64_t predicted = 0;  ///< pictures called so
};

/// Of each class; one label each.
std::vector<ClassScore> classScores(const PredictionSet& predictions);

struct Interval {
    double low = 0, high = 0;
};

/// Wilson's 95 % interval of a share. 0..1 for a count of 0.
Interval wilsonInterval(std::int64_t successes, std::int64_t count);

/// Pictures by the confidence (largest probability) of their prediction.
struct CalibrationBin {
    double low = 0, high = 0;  ///< (low, high]; the first holds 0 too
    std::int64_t count = 0;
    double confidence = 0, accuracy = 0;  ///< means; 0 in an empty bin
};
struct Calibration {
    std::vector<CalibrationBin> bins;  ///< of equal width over 0..1
    double expectedError = 0;          ///< ECE: mean of |accuracy - confidence|, weighted by count
};
/// Probabilities are sharpened or softened by `temperature` first: softmax(log p / temperature).
Calibration calibrationOf(const PredictionSet& predictions, int bins = 15, double temperature = 1);
/// The temperature in [0.05, 20] with the least cross-entropy. 1 for an empty set. Give it pictures that were not trained on, and
/// never the test split.
constexpr std::int64_t kTemperaturePictures = 5000;  ///< enough for two digits
double fitTemperature(const PredictionSet& predictions);
/// Where the pictures that are judged are the only ones to fit on: every other one is judged at the temperature that fits the
/// rest, and the other way round, so that none judges itself.
Calibration crossFittedCalibration(const PredictionSet& predictions, int bins = 15);

struct EvaluationReport {
    ConfusionMatrix confusion;
    std::vector<ClassScore> classes;
    ClassScore macro, weighted;  ///< means over classes: plain, and by support
    double accuracy = 0, topFive = 0, loss = 0;
    Interval accuracyInterval;
    Calibration calibration;  ///< 15 bins, temperature 1
};
EvaluationReport evaluationReport(const PredictionSet& predictions);

struct MixUp {
    int truth = 0, predicted = 0;
    std::int64_t count = 0;
};
/// Cells off the diagonal with a count, largest first; equal ones in the order of the classes.
std::vector<MixUp> mostConfused(const ConfusionMatrix& confusion);
/// Classes in an order that puts those that are taken for each other side by side.
std::vector<int> confusionOrder(const ConfusionMatrix& confusion);

/// Pictures in any of the cells (true, predicted), the most confident first.
std::vector<std::int64_t> picturesIn(const PredictionSet& predictions, const std::vector<std::pair<int, int>>& cells);

/// Cross-entropy of one picture, nats.
double lossOf(const PredictionSet& predictions, std::int64_t index);
/// The `count` pictures with the largest loss, largest first.
std::vector<std::int64_t> topLosses(const PredictionSet& predictions, std::int64_t count);

/// One class among several labels. 0..1 each; negative where no picture has the class (precision in order, AUC) or all have
/// (AUC).
struct LabelScore {
    double averagePrecision = -1, rocAuc = -1;
    ClassScore atThreshold;  ///< called so: probability of at least the threshold
};
struct SeveralLabelsReport {
    std::vector<LabelScore> classes;
    double meanAveragePrecision = -1, rocAuc = -1;  ///< means over the classes that have them
    double macroF1 = 0;
    double exact = 0;  ///< share of the pictures whose labels are all told, and none beside them
    double loss = 0;
};
constexpr double kLabelThreshold = 0.5;
/// Classes that a picture is said to have: the likeliest; of several labels those with at least that probability, ascending.
std::vector<int> saidClasses(const PredictionSet& predictions, std::int64_t index, double threshold = kLabelThreshold);
/// Those that it has; none where its label is unknown.
std::vector<int> trueClasses(const PredictionSet& predictions, std::int64_t index);
/// Whether both are the same.
bool isRight(const PredictionSet& predictions, std::int64_t index, double threshold = kLabelThreshold);
/// Of a set with several labels each.
SeveralLabelsReport severalLabelsReport(const PredictionSet& predictions, double threshold = kLabelThreshold);

/// Two models on the same pictures.
struct ModelDifference {
    double accuracyA = 0, accuracyB = 0;  ///< shares of isRight()
    std::vector<std::int64_t> lost;       ///< right in A, wrong in B, in data-set order; McNemar's b
    std::vector<std::int64_t> gained;     ///< wrong in A, right in B; McNemar's c
    double pValue = 1;  ///< McNemar's test: exact (binomial) below 25 changes, else chi-squared with continuity correction
    std::vector<std::int64_t> confusion;  ///< counts of B minus counts of A, as ConfusionMatrix::counts; one label only
};
/// Throws ConfigError where the sets differ in pictures or classes.
ModelDifference compareModels(const PredictionSet& a, const PredictionSet& b);

}  // namespace thaw::core
