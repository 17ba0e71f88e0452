// How good probabilities are at any threshold, and how sure the figures of a split are.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/api/analysis.h"
#include "core/api/evaluation.h"
#include "core/api/prediction.h"

namespace thaw::core {

/// One class against the rest: a picture is called so when its probability of the class is at least the threshold.
struct ThresholdCounts {
    double threshold = 0;
    std::int64_t truePositives = 0, falsePositives = 0, trueNegatives = 0, falseNegatives = 0;

    double sensitivity() const;  ///< recall: share of the class's pictures that are called so; 0 where there are none
    double specificity() const;  ///< share of the others that are not; 0 where there are none
    double precision() const;    ///< share of those called so that are; 1 where none is
};

/// By falling threshold: each probability that occurs, after a first point at which nothing is called so. Of a set of either
/// task.
std::vector<ThresholdCounts> thresholdCurve(const PredictionSet& predictions, int classIndex);
/// Areas below the curves of sensitivity over 1 - specificity, and of precision over sensitivity (average precision). Negative:
/// all pictures have the class, or none.
double areaUnderRoc(const PredictionSet& predictions, int classIndex);
double areaUnderPrecisionRecall(const PredictionSet& predictions, int classIndex);

/// A share, or a ratio, with its 95 % interval.
struct Estimate {
    double value = 0;
    Interval interval;
};
/// As doctors read a test. Intervals of shares are Wilson's, those of the ratios Simel's (1991, on the logarithm); a ratio whose
/// counts have a 0 is infinite or 0, with the interval 0 to infinity.
struct ThresholdReport {
    ThresholdCounts counts;
    Estimate sensitivity, specificity;
    Estimate positivePredictive, negativePredictive;  ///< of those called so, and of the others, the share that is right
    Estimate positiveRatio, negativeRatio;            ///< likelihood ratios
};
ThresholdReport thresholdReport(const PredictionSet& predictions, int classIndex, double threshold);

/// Figures of a split with 95 % intervals by the bootstrap: the percentiles of `resamples` draws of as many pictures with
/// replacement, always the same. One label: accuracy, balanced_accuracy, macro_f1, roc_auc (mean over the classes, each against
/// the rest); several labels: mean_average_precision, roc_auc. The order is fixed.
struct BootstrapMetric {
    std::string name;   ///< as MetricInfo's
    Estimate estimate;  ///< negative: cannot be told
};
/// 1000, and fewer of a set so large that they would take minutes; at least 200.
int bootstrapResamples(const PredictionSet& predictions);
/// `resamples` 0: bootstrapResamples(). Seconds for 10,000 predictions of 10 classes; `progress` (may be empty) is told of the
/// classes and cancels. Throws Cancelled.
std::vector<BootstrapMetric> bootstrapMetrics(const PredictionSet& predictions, int resamples = 0,
                                              const CountCallback& progress = {});

}  // namespace thaw::core
