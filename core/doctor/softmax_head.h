// A linear head on features that never change: small, exact and the same on every run.
#pragma once

#include <cstdint>
#include <vector>

#include <torch/torch.h>

#include "core/api/analysis.h"

namespace thaw::core {

/// Columns with mean 0 and standard deviation 1; those that never change become 0. In place.
void standardize(torch::Tensor& features);

/// Softmax regression with an L2 penalty, to convergence.
class SoftmaxHead {
public:
    /// `features` float32 [rows, n], `labels` int64 [rows] below `classes`. `penalty` is of half the squared weights beside the
    /// mean loss. Deterministic for a number of threads. Progress counts steps of the solver. Throws Cancelled.
    SoftmaxHead(const torch::Tensor& features, const torch::Tensor& labels, int classes, double penalty,
                const CountCallback& progress = {});
    torch::Tensor probabilities(const torch::Tensor& features) const;  ///< float32 [rows, classes]

private:
    torch::Tensor m_weights, m_bias;
};

/// Probabilities float32 [rows, classes] of each row by a head that was fitted without it: rows are dealt into `folds` by the
/// seed.
torch::Tensor outOfFoldProbabilities(const torch::Tensor& features, const torch::Tensor& labels, int classes, int folds,
                                     double penalty, std::uint64_t seed, const CountCallback& progress);

}  // namespace thaw::core
