// Numbers as tests/data/zoo_golden.py draws and sees them: weights and inputs that are the same in Python and here, and how far a
// tensor is from what a script saw of it.
#pragma once

#include <ATen/Parallel.h>
#include <torch/torch.h>

#include <QTest>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/train/random.h"

namespace thaw::test {

inline constexpr double kOutputs = 1e-4, kGradients = 1e-3;  // relative L2
inline constexpr int kProjections = 3;
inline constexpr std::int64_t kGrain = 1 << 16;

/// The golden script's numbers: a pure function of a tensor's name and an element's place.
class Drawn {
public:
    explicit Drawn(const std::string& name) {
        for (unsigned char c : name) m_hash = (m_hash ^ c) * 1099511628211ull;
    }
    double unit(std::int64_t i) const {
        constexpr std::uint64_t kStep = 0x9E3779B97F4A7C15ull;
        return static_cast<double>(core::mixBits(m_hash + static_cast<std::uint64_t>(i) * kStep + kStep) >> 40) * 0x1.0p-24;
    }
    double sign(std::int64_t i) const { return 2 * unit(i) - 1; }

private:
    std::uint64_t m_hash = 14695981039346656037ull;
};

inline bool endsWith(const std::string& text, const std::string& end) {
    return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

inline void fill(const std::string& name, torch::Tensor tensor) {
    const Drawn drawn(name);
    float* values = tensor.data_ptr<float>();
    const bool vector = tensor.dim() == 1;
    const bool scale = endsWith(name, "running_var") || endsWith(name, "layer_scale") || (vector && endsWith(name, ".weight"));
    const double spread = std::sqrt(3.0 * 2 * static_cast<double>(tensor.size(0)) / static_cast<double>(tensor.numel()));
    at::parallel_for(0, tensor.numel(), kGrain, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin; i < end; ++i) {
            const double value = scale ? 0.5 + drawn.unit(i) : vector ? 0.1 * drawn.sign(i) : spread * drawn.sign(i);
            values[i] = static_cast<float>(value);
        }
    });
}

inline torch::Tensor drawnLike(const std::string& name, const std::vector<std::int64_t>& shape, double factor) {
    torch::Tensor tensor = torch::empty(shape, torch::kFloat64);
    const Drawn drawn(name);
    for (std::int64_t i = 0; i < tensor.numel(); ++i) tensor.data_ptr<double>()[i] = static_cast<float>(factor * drawn.sign(i));
    return tensor;
}

/// How far a tensor is from what the golden script saw of it, relative to its L2: from its norm and its products with random
/// signs, which together estimate the L2 of the difference.
inline double strayOf(const std::string& name, const torch::Tensor& tensor, const nlohmann::json& seen) {
    const torch::Tensor flat = tensor.detach().to(torch::kFloat64).contiguous().flatten();
    const double norm = seen[0];
    double square = std::pow(flat.norm().item<double>() - norm, 2);
    for (int k = 0; k < kProjections; ++k) {
        const Drawn drawn(name + "#" + std::to_string(k));
        const double* values = flat.data_ptr<double>();
        const double sum = at::parallel_reduce(
            std::int64_t{0}, flat.numel(), kGrain, 0.0,
            [&](std::int64_t begin, std::int64_t end, double part) {
                for (std::int64_t i = begin; i < end; ++i) part += values[i] * drawn.sign(i);
                return part;
            },
            std::plus<>());
        square = std::max(square, 3 * std::pow(sum - seen[static_cast<std::size_t>(k) + 1].get<double>(), 2));
    }
    return std::sqrt(square) / norm;
}

inline void require(double stray, double bar, const std::string& what) {
    QVERIFY2(stray < bar, (what + " strays by " + std::to_string(stray)).c_str());
}

}  // namespace thaw::test
