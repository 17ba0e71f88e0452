// How well scores put what is so before what is not. Pure.
#pragma once

#include <cstdint>
#include <vector>

namespace thaw::core {

/// Samples by falling score: of each score that occurs, how many with the label and how many without have it.
struct RankedScores {
    struct Step {
        std::int64_t positives = 0, negatives = 0;
    };
    std::vector<Step> steps;  ///< highest score first
    std::int64_t positives = 0, negatives = 0;
};
/// `scores` and `labels` have one entry a sample; a label is 0 or not.
RankedScores rank(const std::vector<float>& scores, const std::vector<std::uint8_t>& labels);

/// Mean of the precision at each sample with the label, as scikit-learn's average_precision_score. Negative: nothing has it.
double averagePrecision(const RankedScores& ranked);
/// Mean of those that are not negative; negative: none is.
double meanOfKnown(const std::vector<double>& values);
/// Chance that a sample with the label scores higher than one without; equal scores count half. Negative: all or none have it.
double rocAuc(const RankedScores& ranked);

}  // namespace thaw::core
