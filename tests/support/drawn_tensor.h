// Tensors for the tests of the kernels.
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <vector>

namespace thaw::test {

/// Normally distributed, the same for the same seed.
inline torch::Tensor drawn(const std::vector<std::int64_t>& shape, std::uint64_t seed) {
    torch::Generator generator = at::detail::createCPUGenerator(seed);
    return torch::randn(shape, generator);
}

/// Relative L2 difference, in double precision.
inline double relative(const torch::Tensor& actual, const torch::Tensor& expected) {
    const torch::Tensor exact = expected.to(torch::kFloat64);
    return ((actual.to(torch::kFloat64) - exact).norm() / exact.norm()).item<double>();
}

/// The same values one float off every alignment.
inline torch::Tensor offset(const torch::Tensor& tensor) {
    torch::Tensor storage = torch::empty({tensor.numel() + 1});
    return storage.slice(0, 1).view(tensor.sizes()).copy_(tensor);
}

}  // namespace thaw::test
