#include "core/inspect/tsne.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>
#include <vector>

#include "core/inspect/finished_run.h"
#include "core/train/random.h"

namespace thaw::core {
namespace {

constexpr int kBisections = 100;
constexpr double kEntropyTolerance = 1e-5, kTinySum = 1e-8;
constexpr double kExaggeration = 12, kLeastRate = 50, kLeastGain = 0.01;
constexpr int kExploration = 250;
constexpr double kStartDeviation = 1e-4;
constexpr std::int64_t kBlockNumbers = 1 << 14, kBlocksBetweenReports = 32;

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

torch::Tensor squaredDistances(const torch::Tensor& features) {
    const torch::Tensor all = features.to(torch::kFloat64), squares = (all * all).sum(1);
    return all.mm(all.t()).mul_(-2).add_(squares.unsqueeze(1)).add_(squares.unsqueeze(0)).clamp_min_(0);
}

/// Points whose largest spread is the start's of every t-SNE, a little apart where they were equal.
torch::Tensor startPoints(const torch::Tensor& start, std::uint64_t seed) {
    torch::Tensor points = start.to(torch::kFloat64);
    points = points - points.mean(0, /*keepdim=*/true);
    const double deviation = points.std(0, /*unbiased=*/false).max().item<double>();
    if (deviation > 0) points = points * (kStartDeviation / deviation);
    RandomStream random(seed, Purpose::Embedding, 1);
    points = points.contiguous();
    for (std::int64_t i = 0; i < points.numel(); ++i)
        points.data_ptr<double>()[i] += 0.01 * kStartDeviation * (2 * random.uniform() - 1);
    return points.to(torch::kFloat32);
}

/// What all points do to one: sums over j of w (y_i - y_j), with w = p k for attraction and w = k^2 for repulsion, where
/// k = 1 / (1 + |y_i - y_j|^2); and the sum of k, itself included.
struct Forces {
    float attractionX = 0, attractionY = 0, repulsionX = 0, repulsionY = 0, kernels = 0;
};

Forces forcesOn(std::int64_t i, const float* x, const float* y, const float* probabilities, std::int64_t count) {
    const float xi = x[i], yi = y[i];
    float attractionX = 0, attractionY = 0, repulsionX = 0, repulsionY = 0, kernels = 0;
#pragma omp simd reduction(+ : attractionX, attractionY, repulsionX, repulsionY, kernels)
    for (std::int64_t j = 0; j < count; ++j) {
        const float dx = xi - x[j], dy = yi - y[j], kernel = 1.0f / (1.0f + dx * dx + dy * dy);
        const float pull = probabilities[j] * kernel, push = kernel * kernel;
        attractionX += pull * dx;
        attractionY += pull * dy;
        repulsionX += push * dx;
        repulsionY += push * dy;
        kernels += kernel;
    }
    return {attractionX, attractionY, repulsionX, repulsionY, kernels};
}

}  // namespace

torch::Tensor neighbourProbabilities(const torch::Tensor& features, double perplexity, const CountCallback& progress) {
    torch::NoGradGuard noGrad;
    const std::int64_t rows = features.size(0), block = std::max<std::int64_t>(1, kBlockNumbers / rows),
                       blocks = (rows + block - 1) / block;
    const torch::Tensor distances = squaredDistances(features);
    torch::Tensor conditional = torch::empty({rows, rows});
    for (std::int64_t first = 0; first < blocks; first += kBlocksBetweenReports) {
        report(progress, std::min(rows, first * block), rows);
        at::parallel_for(first, std::min(blocks, first + kBlocksBetweenReports), 1, [&](std::int64_t from, std::int64_t to) {
            for (std::int64_t i = from; i < to; ++i) {
                const std::int64_t begin = i * block, end = std::min(rows, begin + block);
                conditional.slice(0, begin, end)
                    .copy_(conditionalProbabilities(distances.slice(0, begin, end), begin, perplexity));
            }
        });
    }
    torch::Tensor joint = conditional + conditional.t();
    return joint.div_(joint.sum(torch::kFloat64).item<double>());
}

Tsne::Tsne(torch::Tensor probabilities, const torch::Tensor& start, int iterations, std::uint64_t seed)
    : m_probabilities(std::move(probabilities)),
      m_exploration(std::min(kExploration, iterations / 4)),
      m_rate(std::max(static_cast<double>(start.size(0)) / kExaggeration / 4, kLeastRate)),
      m_points(startPoints(start, seed)),
      m_update(torch::zeros_like(m_points)),
      m_gains(torch::ones_like(m_points)) {}

void Tsne::step() {
    torch::NoGradGuard noGrad;
    const std::int64_t rows = m_points.size(0);
    const torch::Tensor columns = m_points.t().contiguous();
    const float *x = columns.data_ptr<float>(), *y = x + rows, *probabilities = m_probabilities.data_ptr<float>();
    std::vector<Forces> forces(static_cast<std::size_t>(rows));
    at::parallel_for(0, rows, 64, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin; i < end; ++i)
            forces[static_cast<std::size_t>(i)] = forcesOn(i, x, y, probabilities + i * rows, rows);
    });
    const double kernelSum =
        std::accumulate(forces.begin(), forces.end(), -static_cast<double>(rows),
                        [](double sum, const Forces& one) { return sum + static_cast<double>(one.kernels); });
    const bool exploring = m_steps < m_exploration;
    const float attraction = static_cast<float>(4 * (exploring ? kExaggeration : 1)),
                repulsion = static_cast<float>(4 / kernelSum);
    torch::Tensor gradient = torch::empty_like(m_points, at::MemoryFormat::Contiguous);
    float* slope = gradient.data_ptr<float>();
    for (const Forces& one : forces) {
        *slope++ = attraction * one.attractionX - repulsion * one.repulsionX;
        *slope++ = attraction * one.attractionY - repulsion * one.repulsionY;
    }
    const torch::Tensor turned = m_update * gradient < 0;
    m_gains = at::where(turned, m_gains + 0.2, m_gains * 0.8).clamp_min_(kLeastGain);
    m_update = (exploring ? 0.5 : 0.8) * m_update - m_rate * m_gains * gradient;
    m_points = m_points + m_update;
    ++m_steps;
}

double Tsne::divergence() const {
    const std::int64_t rows = m_points.size(0);
    const auto points = m_points.accessor<float, 2>();
    const auto probabilities = m_probabilities.accessor<float, 2>();
    std::vector<double> kernelSums(static_cast<std::size_t>(rows)), sums(static_cast<std::size_t>(rows));
    at::parallel_for(0, rows, 64, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin; i < end; ++i) {
            double kernelSum = 0, sum = 0;
            for (std::int64_t j = 0; j < rows; ++j) {
                if (j == i) continue;
                const double dx = static_cast<double>(points[i][0]) - static_cast<double>(points[j][0]);
                const double dy = static_cast<double>(points[i][1]) - static_cast<double>(points[j][1]);
                const double distance = 1 + dx * dx + dy * dy, wanted = static_cast<double>(probabilities[i][j]);
                kernelSum += 1 / distance;
                if (wanted > 0) sum += wanted * std::log(wanted * distance);
            }
            kernelSums[static_cast<std::size_t>(i)] = kernelSum;
            sums[static_cast<std::size_t>(i)] = sum;
        }
    });
    return std::accumulate(sums.begin(), sums.end(), 0.0) + std::log(std::accumulate(kernelSums.begin(), kernelSums.end(), 0.0));
}

}  // namespace thaw::core
