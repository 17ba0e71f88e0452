// A dense layer on the fast kernels: what stands between LibTorch's tensors and core/kernels/dense.h. Belongs to the thread that
// computes; uses as many threads as LibTorch does there.
#pragma once

#include <torch/torch.h>

namespace thaw::core {

/// False: this shape, device, type or processor is left to LibTorch.
bool supportsFastDense(const torch::Tensor& input, const torch::Tensor& weight);

/// input [rows, in] times transposed weight [out, in] plus bias [out], through a ReLU when `relu`; recorded for autograd where it
/// records.
torch::Tensor fastDense(const torch::Tensor& input, const torch::Tensor& weight, const torch::Tensor& bias, bool relu);

}  // namespace thaw::core
