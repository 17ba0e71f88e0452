#include "core/inspect/pca.h"

#include <algorithm>
#include <cstdint>

#include "core/inspect/finished_run.h"
#include "core/train/random.h"

namespace thaw::core {
namespace {

constexpr std::int64_t kSubspace = 10, kMostRounds = 500;
constexpr std::int64_t kNumbersAtOnce = 1 << 23;
constexpr double kResidual = 1e-8;

torch::Tensor drawnMatrix(std::int64_t rows, std::int64_t columns) {
    torch::Tensor matrix = torch::empty({rows, columns}, torch::kFloat64);
    RandomStream random(/*seed=*/0, Purpose::Embedding, 0);
    for (std::int64_t i = 0; i < matrix.numel(); ++i) matrix.data_ptr<double>()[i] = random.uniform() - 0.5;
    return matrix;
}

/// Scatter matrix times `q`, without forming it.
torch::Tensor scatterTimes(const torch::Tensor& features, const torch::Tensor& mean, const torch::Tensor& q) {
    torch::Tensor product = torch::zeros_like(q);
    const std::int64_t piece = std::max<std::int64_t>(1, kNumbersAtOnce / features.size(1));
    for (std::int64_t begin = 0; begin < features.size(0); begin += piece) {
        const torch::Tensor rows = features.slice(0, begin, std::min(features.size(0), begin + piece)).to(torch::kFloat64) - mean;
        product += rows.t().mm(rows.mm(q));
    }
    return product;
}

}  // namespace

PrincipalAxes principalAxes(const torch::Tensor& features, const CountCallback& progress) {
    torch::NoGradGuard noGrad;
    const std::int64_t width = features.size(1);
    PrincipalAxes found;
    found.mean = features.mean(0, /*keepdim=*/false, torch::kFloat64);
    // Subspace iteration with Rayleigh-Ritz: only the two largest of maybe thousands of axes are wanted.
    torch::Tensor q = std::get<0>(at::linalg_qr(drawnMatrix(width, std::min({kSubspace, width, features.size(0)}))));
    for (std::int64_t round = 0; round < kMostRounds; ++round) {
        report(progress, round, kMostRounds);
        const torch::Tensor product = scatterTimes(features, found.mean, q);
        const auto [values, vectors] = at::linalg_eigh(q.t().mm(product));
        const torch::Tensor best = vectors.slice(1, vectors.size(1) - 2).flip(1),
                            lambda = values.slice(0, values.size(0) - 2).flip(0);
        found.axes = q.mm(best);
        const double residual = (product.mm(best) - found.axes * lambda).norm().item<double>();
        if (residual <= kResidual * lambda[0].item<double>()) break;
        q = std::get<0>(at::linalg_qr(product));
    }
    const torch::Tensor largest = found.axes.gather(0, found.axes.abs().argmax(0, /*keepdim=*/true));
    found.axes = found.axes * at::where(largest < 0, -torch::ones_like(largest), torch::ones_like(largest));
    return found;
}

torch::Tensor projectOn(const PrincipalAxes& axes, const torch::Tensor& features) {
    torch::NoGradGuard noGrad;
    return (features.to(torch::kFloat64) - axes.mean).mm(axes.axes).to(torch::kFloat32);
}

std::array<double, 2> explainedBy(const torch::Tensor& points, const torch::Tensor& features) {
    torch::NoGradGuard noGrad;
    const double all = features.to(torch::kFloat64).var(0, /*unbiased=*/true).sum().item<double>();
    const torch::Tensor parts = points.to(torch::kFloat64).var(0, /*unbiased=*/true);
    return {all > 0 ? parts[0].item<double>() / all : 0, all > 0 ? parts[1].item<double>() / all : 0};
}

}  // namespace thaw::core
