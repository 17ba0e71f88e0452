// A 3x3 convolution layer with ReLU on the fast kernels: what stands between LibTorch's tensors and core/kernels/conv3x3.h.
// Results are channels_last. Belongs to the thread that computes; uses as many threads as LibTorch does there.
#pragma once

#include <torch/torch.h>

#include <memory>

#include "core/kernels/conv3x3.h"

namespace thaw::core {

class FastConv {
public:
    FastConv();

    /// False: this shape, device, type or processor is left to LibTorch.
    static bool supports(const torch::Tensor& input, const torch::Tensor& weight);
    /// The same for a pass through which gradients flow to the weights or, when `inputGradient`, to the input.
    static bool supportsGradients(const torch::Tensor& input, const torch::Tensor& weight);

    /// relu(conv(input)), max-pooled 2x2 when `pool`. input [rows, in, height, width] in any memory format, weight [out, in, 3,
    /// 3], bias [out]. Records no gradient.
    torch::Tensor forward(const torch::Tensor& input, const torch::Tensor& weight, const torch::Tensor& bias, bool pool) const;
    /// relu(conv(input)), recorded for autograd.
    torch::Tensor forwardRecorded(const torch::Tensor& input, const torch::Tensor& weight, const torch::Tensor& bias) const;

    /// The weights were written to: packed forms are made anew at their next use.
    void weightsChanged();
    /// The packed forms' memory is freed until their next use. Not while a recorded pass waits for its backward pass.
    void release();

    struct Packed;

private:
    std::shared_ptr<Packed> m_packed;
};

}  // namespace thaw::core
