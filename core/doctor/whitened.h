// Features in which each direction counts alike, for telling what lies far from everything else.
#pragma once

#include <cstdint>

#include <torch/torch.h>

namespace thaw::core {

/// Float32 [count, n] standardised: each feature with mean 0 and variance 1 (a constant one: 0).
torch::Tensor standardised(const torch::Tensor& features);

/// Along the strongest principal components of float32 [count, n], which are standardised, each scaled to variance 1: float32
/// [count, k]. k is 64, and no more than n and a tenth of the count. Deterministic.
torch::Tensor whitened(const torch::Tensor& features);

}  // namespace thaw::core
