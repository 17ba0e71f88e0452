// Principal component analysis in two dimensions.
#pragma once

#include <array>

#include <torch/torch.h>

#include "core/api/analysis.h"

namespace thaw::core {

struct PrincipalAxes {
    torch::Tensor mean;  ///< float64 [features]
    torch::Tensor axes;  ///< float64 [features, 2], orthonormal; the largest part of each is positive
};

/// Of float32 [rows, features], at least two of each. Deterministic. Throws Cancelled.
PrincipalAxes principalAxes(const torch::Tensor& features, const CountCallback& progress);

/// Float32 [rows, 2].
torch::Tensor projectOn(const PrincipalAxes& axes, const torch::Tensor& features);

/// Share of the features' variance that each column of `points`, their projection, has.
std::array<double, 2> explainedBy(const torch::Tensor& points, const torch::Tensor& features);

}  // namespace thaw::core
