#include "core/train/softmax_regression.h"

#include <algorithm>
#include <cmath>
#include <deque>

#include "core/api/errors.h"

namespace thaw::core {
namespace {

constexpr std::size_t kHistory = 10;
constexpr int kHalvings = 25;
constexpr double kSufficientDecrease = 1e-4;
constexpr double kLeastDeviation = 1e-6;  // of a feature, in its own unit

struct Value {
    double loss = 0;
    torch::Tensor gradient;  // float64, as the parameters
};

/// Mean cross-entropy with its penalty. The parameters are one row: all weights, then the biases.
class Objective {
public:
    Objective(torch::Tensor standardised, const torch::Tensor& labels, int classCount, double penalty)
        : m_features(std::move(standardised)),
          m_targets(torch::one_hot(labels, classCount).to(torch::kFloat64)),
          m_classCount(classCount),
          m_penalty(penalty) {}

    std::int64_t size() const { return m_classCount * (m_features.size(1) + 1); }
    torch::Tensor weightsOf(const torch::Tensor& parameters) const {
        return parameters.narrow(0, 0, m_classCount * m_features.size(1)).view({m_classCount, m_features.size(1)});
    }
    torch::Tensor biasOf(const torch::Tensor& parameters) const {
        return parameters.narrow(0, m_classCount * m_features.size(1), m_classCount);
    }

    Value at(const torch::Tensor& parameters) const {
        const torch::Tensor weights = weightsOf(parameters);
        const torch::Tensor logits =
            torch::mm(m_features, weights.to(torch::kFloat32).t()).to(torch::kFloat64) + biasOf(parameters);
        const torch::Tensor logProbabilities = torch::log_softmax(logits, 1);
        const double count = static_cast<double>(m_features.size(0));
        const torch::Tensor error = (logProbabilities.exp() - m_targets) / count;
        Value value;
        value.loss = -(logProbabilities * m_targets).sum().item<double>() / count +
                     0.5 * m_penalty * weights.square().sum().item<double>();
        const torch::Tensor ofWeights =
            torch::mm(error.to(torch::kFloat32).t(), m_features).to(torch::kFloat64) + m_penalty * weights;
        value.gradient = torch::cat({ofWeights.reshape({-1}), error.sum(0)});
        return value;
    }

private:
    torch::Tensor m_features, m_targets;
    std::int64_t m_classCount;
    double m_penalty;
};

double scalarProduct(const torch::Tensor& a, const torch::Tensor& b) { return torch::dot(a, b).item<double>(); }

/// The curvature that the last steps have shown.
class Curvature {
public:
    void learn(const torch::Tensor& step, const torch::Tensor& change) {
        const double product = scalarProduct(step, change);
        if (product <= 1e-12 * scalarProduct(change, change)) return;
        m_pairs.push_back({step, change, product});
        if (m_pairs.size() > kHistory) m_pairs.pop_front();
    }
    /// Downhill: minus the inverse curvature times the gradient.
    torch::Tensor direction(const torch::Tensor& gradient) const {
        torch::Tensor result = -gradient;
        std::vector<double> shares(m_pairs.size());
        for (std::size_t i = m_pairs.size(); i-- > 0;) {
            shares[i] = scalarProduct(m_pairs[i].step, result) / m_pairs[i].product;
            result -= shares[i] * m_pairs[i].change;
        }
        if (m_pairs.empty()) return result / std::max(1.0, std::sqrt(scalarProduct(gradient, gradient)));
        result *= m_pairs.back().product / scalarProduct(m_pairs.back().change, m_pairs.back().change);
        for (std::size_t i = 0; i < m_pairs.size(); ++i)
            result += (shares[i] - scalarProduct(m_pairs[i].change, result) / m_pairs[i].product) * m_pairs[i].step;
        return result;
    }

private:
    struct Pair {
        torch::Tensor step, change;
        double product = 0;
    };
    std::deque<Pair> m_pairs;
};

void minimise(const Objective& objective, const RegressionOptions& options, const std::atomic<bool>* stop,
              torch::Tensor& parameters, SoftmaxRegression& result) {
    Value now = objective.at(parameters);
    Curvature curvature;
    for (result.steps = 0; result.steps < options.stepLimit; ++result.steps) {
        if (stop && *stop) throw Cancelled();
        result.converged = now.gradient.abs().max().item<double>() <= options.tolerance;
        if (result.converged) break;
        const torch::Tensor direction = curvature.direction(now.gradient);
        const double slope = scalarProduct(direction, now.gradient);
        double length = 1;
        Value next;
        bool lower = false;
        for (int halving = 0; halving < kHalvings && !lower; ++halving, length /= lower ? 1 : 2) {
            next = objective.at(parameters + length * direction);
            lower = next.loss <= now.loss + kSufficientDecrease * length * slope;
        }
        // What is left is smaller than the rounding of float32.
        result.converged = !lower;
        if (!lower) break;
        const torch::Tensor step = length * direction;
        curvature.learn(step, next.gradient - now.gradient);
        parameters += step;
        now = std::move(next);
    }
    result.loss = now.loss;
}

}  // namespace

torch::Tensor SoftmaxRegression::logits(const torch::Tensor& features) const {
    return torch::addmm(bias, (features - mean) * scale, weights.t());
}

SoftmaxRegression fitSoftmaxRegression(const torch::Tensor& features, const torch::Tensor& labels, int classCount,
                                       const RegressionOptions& options, const std::atomic<bool>* stop) {
    const torch::NoGradGuard noGrad;
    if (!features.isfinite().all().item<bool>())
        throw TrainingError("The trunk gives values that are not finite.", "Choose other weights or another trunk.");
    SoftmaxRegression result;
    result.mean = features.mean(0);
    const torch::Tensor deviation = (features - result.mean).square().mean(0).sqrt();
    result.scale = torch::where(deviation > kLeastDeviation, deviation.reciprocal(), torch::zeros_like(deviation));
    const Objective objective(((features - result.mean) * result.scale).contiguous(), labels, classCount, options.penalty);
    torch::Tensor parameters = torch::zeros({objective.size()}, torch::kFloat64);
    minimise(objective, options, stop, parameters, result);
    result.weights = objective.weightsOf(parameters).to(torch::kFloat32).contiguous();
    result.bias = objective.biasOf(parameters).to(torch::kFloat32).contiguous();
    return result;
}

}  // namespace thaw::core
