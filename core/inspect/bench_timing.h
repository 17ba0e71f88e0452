// What the benches of kernels share: a stopwatch and the rate of a matrix product to set beside every figure.
#pragma once

#include <torch/torch.h>

#include "core/train/deadline.h"

namespace thaw::core {

template <class Work>
double secondsOf(const Work& work) {
    const auto begin = Clock::now();
    work();
    return secondsSince(begin);
}

/// GFLOP/s of a product of two square float32 matrices, now.
inline double matrixRate() {
    constexpr std::int64_t kSize = 1024;
    static const torch::Tensor a = torch::rand({kSize, kSize}), b = torch::rand({kSize, kSize});
    const double seconds = secondsOf([&] { at::mm(a, b); });
    return 2.0 * kSize * kSize * kSize / seconds * 1e-9;
}

}  // namespace thaw::core
