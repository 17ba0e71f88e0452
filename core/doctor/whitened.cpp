#include "core/doctor/whitened.h"

#include <algorithm>

#include "core/train/random.h"

namespace thaw::core {
namespace {

constexpr std::int64_t kComponents = 64, kBeside = 16, kRounds = 6;

torch::Tensor drawnMatrix(std::int64_t rows, std::int64_t columns) {
    torch::Tensor matrix = torch::empty({rows, columns});
    RandomStream random(/*seed=*/0, Purpose::Embedding, 1);
    for (std::int64_t i = 0; i < matrix.numel(); ++i) matrix.data_ptr<float>()[i] = static_cast<float>(random.uniform() - 0.5);
    return matrix;
}

}  // namespace

torch::Tensor standardised(const torch::Tensor& features) {
    torch::Tensor values = features - features.mean(0, /*keepdim=*/true);
    return values.div_(values.std(0, /*unbiased=*/false, /*keepdim=*/true).clamp_min_(1e-6));
}

torch::Tensor whitened(const torch::Tensor& features) {
    const torch::NoGradGuard noGrad;
    const std::int64_t count = features.size(0), width = features.size(1);
    const std::int64_t wanted = std::max<std::int64_t>(1, std::min({kComponents, width, count / 10}));
    const torch::Tensor values = standardised(features);
    // Subspace iteration with some components beside the wanted ones, so that these are exact enough after a few rounds.
    torch::Tensor q = std::get<0>(at::linalg_qr(drawnMatrix(width, std::min({wanted + kBeside, width, count}))));
    for (std::int64_t round = 0; round < kRounds; ++round) q = std::get<0>(at::linalg_qr(values.t().mm(values.mm(q))));
    const torch::Tensor projected = values.mm(q);
    const auto [strengths, turns] = at::linalg_eigh(projected.t().mm(projected));
    torch::Tensor points = projected.mm(turns.slice(1, turns.size(1) - wanted).flip(1));
    const torch::Tensor spread = points.std(0, /*unbiased=*/false, /*keepdim=*/true);
    // A component without variance of its own holds rounding alone.
    return points.div_(spread.clamp_min(1e-4 * spread.max().item<float>() + 1e-6));
}

}  // namespace thaw::core
