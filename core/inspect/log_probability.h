// Logarithm of a predicted probability that stays finite: softmax in float32 underflows to 0.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/api/prediction.h"

namespace thaw::core {

inline double logProbability(const PredictionSet& predictions, std::int64_t index, int classIndex) {
    return std::log(static_cast<double>(std::max(predictions.row(index)[classIndex], std::numeric_limits<float>::min())));
}

}  // namespace thaw::core
