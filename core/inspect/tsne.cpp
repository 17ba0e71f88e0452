#include "core/inspect/tsne.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "core/inspect/finished_run.h"
#include "core/train/random.h"

namespace thaw::core {
namespace {

constexpr int kBisections = 100;
constexpr double kEntropyTolerance = 1e-5, kTinySum = 1e-8;
constexpr double kExaggeration = 12, kLeastRate = 50, kLeastGain = 0.01;
constexpr int kExploration = 250;
constexpr double kStartDeviation = 1e-4;
constexpr std::int64_t kBlockNumbers = 1 << 17;  // of a block of rows: a few such blocks stay in the processor's cache

std::int64_t blockRows(std::int64_t rows) { return std::max<std::int64_t>(1, kBlockNumbers / rows); }

/// Probabilities of each row's neighbours, [block, rows], out of squared distances, [block, rows]; row i is row first + i of all.
torch::Tensor conditionalProbabilities(const torch::Tensor& distances, std::int64_t first, double perplexity) {
    const double wanted = std::log(perplexity), infinity = std::numeric_limits<double>::infinity();
    torch::Tensor beta = torch::ones({distances.size(0), 1}, torch::kFloat64);
    torch::Tensor low = torch::full_like(beta, -infinity), high = torch::full_like(beta, infinity);
    torch::Tensor probabilities;
    for (int i = 0; i < kBisections; ++i) {
        probabilities = (distances * -beta).exp_();
        probabilities.diagonal(first).zero_();
        torch::Tensor sum = probabilities.sum(1, /*keepdim=*/true);
        sum = at::where(sum == 0, torch::full_like(sum, kTinySum), sum);
        probabilities.div_(sum);
        const torch::Tensor difference = sum.log() + beta * (distances * probabilities).sum(1, /*keepdim=*/true) - wanted;
        const torch::Tensor open = difference.abs() > kEntropyTolerance;
        if (!open.any().item<bool>()) break;
        const torch::Tensor up = open & (difference > 0), down = open & (difference <= 0);
        low = at::where(up, beta, low);
        high = at::where(down, beta, high);
        const torch::Tensor raised = at::where(high == infinity, beta * 2, (beta + high) / 2);
        const torch::Tensor lowered = at::where(low == -infinity, beta / 2, (beta + low) / 2);
        beta = at::where(up, raised, at::where(down, lowered, beta));
    }
    return probabilities;
}

/// Points whose largest spread is the start's of every t-SNE, a little apart where they were equal.
torch::Tensor startPoints(const torch::Tensor& start, std::uint64_t seed) {
    torch::Tensor points = start.to(torch::kFloat64);
    points = points - points.mean(0, /*keepdim=*/true);
    const double deviation = points.std(0, /*unbiased=*/false).max().item<double>();
    if (deviation > 0) points = points * (kStartDeviation / deviation);
    RandomStream random(seed, Purpose::Embedding, 1);
    points = points.contiguous();
    for (std::int64_t i = 0; i < points.numel(); ++i) points.data_ptr<double>()[i] += 0.01 * kStartDeviation * (2 * random.uniform() - 1);
    return points.to(torch::kFloat32);
}

/// Student's kernel 1 / (1 + squared distance) of a block of points with all points, 0 with itself.
void kernelOf(const torch::Tensor& points, std::int64_t begin, std::int64_t end, torch::Tensor& kernel, torch::Tensor& work) {
    const torch::Tensor x = points.select(1, 0), y = points.select(1, 1);
    at::sub_out(kernel, x.slice(0, begin, end).unsqueeze(1), x.unsqueeze(0));
    at::sub_out(work, y.slice(0, begin, end).unsqueeze(1), y.unsqueeze(0));
    kernel.mul_(kernel).addcmul_(work, work).add_(1).reciprocal_();
    kernel.diagonal(begin).zero_();
}

}  // namespace

torch::Tensor neighbourProbabilities(const torch::Tensor& features, double perplexity, const CountCallback& progress) {
    torch::NoGradGuard noGrad;
    const std::int64_t rows = features.size(0), block = blockRows(rows);
    const torch::Tensor all = features.to(torch::kFloat64), squares = (all * all).sum(1);
    torch::Tensor conditional = torch::empty({rows, rows});
    for (std::int64_t begin = 0; begin < rows; begin += block) {
        report(progress, begin, rows);
        const std::int64_t end = std::min(rows, begin + block);
        torch::Tensor distances = squares.slice(0, begin, end).unsqueeze(1) + squares.unsqueeze(0) - 2 * all.slice(0, begin, end).mm(all.t());
        distances.clamp_min_(0);
        conditional.slice(0, begin, end).copy_(conditionalProbabilities(distances, begin, perplexity));
    }
    torch::Tensor joint = conditional + conditional.t();
    return joint.div_(joint.sum(torch::kFloat64).item<double>());
}

Tsne::Tsne(torch::Tensor probabilities, const torch::Tensor& start, int iterations, std::uint64_t seed)
    : m_probabilities(std::move(probabilities)), m_exploration(std::min(kExploration, iterations / 4)),
      m_rate(std::max(static_cast<double>(start.size(0)) / kExaggeration / 4, kLeastRate)), m_points(startPoints(start, seed)),
      m_update(torch::zeros_like(m_points)), m_gains(torch::ones_like(m_points)) {}

void Tsne::step() {
    torch::NoGradGuard noGrad;
    const std::int64_t rows = m_points.size(0), block = blockRows(rows);
    const torch::Tensor withOnes = at::cat({m_points, torch::ones({rows, 1})}, 1);
    torch::Tensor attraction = torch::empty({rows, 3}), repulsion = torch::empty({rows, 3});
    double kernelSum = 0;
    torch::Tensor kernel = torch::empty({0}), work = torch::empty({0});
    for (std::int64_t begin = 0; begin < rows; begin += block) {
        const std::int64_t end = std::min(rows, begin + block);
        kernel.resize_({end - begin, rows});
        work.resize_({end - begin, rows});
        kernelOf(m_points, begin, end, kernel, work);
        kernelSum += kernel.sum().item<double>();
        at::mul_out(work, m_probabilities.slice(0, begin, end), kernel);
        attraction.slice(0, begin, end).copy_(work.mm(withOnes));
        repulsion.slice(0, begin, end).copy_(kernel.mul_(kernel).mm(withOnes));
    }
    // Sums over j of w_ij (y_i - y_j), from those of w_ij y_j and of w_ij.
    const auto pull = [&](const torch::Tensor& sums) { return m_points * sums.slice(1, 2, 3) - sums.slice(1, 0, 2); };
    const bool exploring = m_steps < m_exploration;
    torch::Tensor gradient = 4 * ((exploring ? kExaggeration : 1.0) * pull(attraction) - pull(repulsion) / kernelSum);

    const torch::Tensor turned = m_update * gradient < 0;
    m_gains = at::where(turned, m_gains + 0.2, m_gains * 0.8).clamp_min_(kLeastGain);
    m_update = (exploring ? 0.5 : 0.8) * m_update - m_rate * m_gains * gradient;
    m_points = m_points + m_update;
    ++m_steps;
}

double Tsne::divergence() const {
    torch::NoGradGuard noGrad;
    const std::int64_t rows = m_points.size(0), block = blockRows(rows);
    const double tiny = std::numeric_limits<float>::min();
    double kernelSum = 0, sum = 0;
    torch::Tensor kernel = torch::empty({0}), work = torch::empty({0});
    for (std::int64_t begin = 0; begin < rows; begin += block) {
        const std::int64_t end = std::min(rows, begin + block);
        kernel.resize_({end - begin, rows});
        work.resize_({end - begin, rows});
        kernelOf(m_points, begin, end, kernel, work);
        kernelSum += kernel.sum().item<double>();
        const torch::Tensor wanted = m_probabilities.slice(0, begin, end);
        // A point is no neighbour of its own: 0 log 0.
        sum += (wanted * (wanted.clamp_min(tiny) / kernel.clamp_min(tiny)).log()).sum(torch::kFloat64).item<double>();
    }
    return sum + std::log(kernelSum);
}

}  // namespace thaw::core
