// What is said of each sample by those that were not fitted on it.
#pragma once

#include <cstdint>

#include <torch/torch.h>

#include "core/api/analysis.h"

namespace thaw::core {

/// Probabilities float32 [rows, classes] of each row by a softmax regression (softmax_regression.h) that was fitted without it:
/// rows are dealt into `folds` by the seed. `features` float32 [rows, n], `labels` int64 [rows]. Progress counts folds. Throws
/// Cancelled.
torch::Tensor outOfFoldProbabilities(const torch::Tensor& features, const torch::Tensor& labels, int classes, int folds,
                                     double penalty, std::uint64_t seed, const CountCallback& progress);

}  // namespace thaw::core
