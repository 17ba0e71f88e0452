// A 3x3 convolution layer with ReLU on the fast kernels: what stands between LibTorch's tensors and core/kernels/conv3x3.h.
// Results are channels_last. Belongs to the thread that computes; uses as many threads as LibTorch does there.
#pragma once

#include <torch/torch.h>

#include <array>
#include <cstdint>
#include <memory>

#include "core/kernels/conv3x3.h"

namespace thaw::core {

/// How a convolution runs over its input, in at::conv2d's words; {vertical, horizontal}.
struct ConvGeometry {
    std::array<std::int64_t, 2> stride{1, 1}, padding{1, 1}, dilation{1, 1};
    std::int64_t groups = 1;
};

class FastConv {
public:
    FastConv();

    /// False: this geometry, shape, device, type or processor is left to LibTorch. The kernels know one geometry: 3x3, one step
    /// at a time, one pixel of zeros around, all channels together, with a bias.
    static bool supports(const torch::Tensor& input, const torch::Tensor& weight, const torch::Tensor& bias,
                         const ConvGeometry& geometry);
    /// The same for a pass that is recorded for gradients.
    static bool supportsGradients(const torch::Tensor& input, const torch::Tensor& weight, const torch::Tensor& bias,
                                  const ConvGeometry& geometry);

    /// Both only for what supports() or supportsGradients() accepted.
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
