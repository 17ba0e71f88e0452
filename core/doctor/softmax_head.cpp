#include "core/doctor/softmax_head.h"

#include <algorithm>
#include <deque>
#include <utility>

#include "core/inspect/finished_run.h"
#include "core/train/random.h"

namespace thaw::core {
namespace {

constexpr int kMostSteps = 60;
constexpr std::size_t kHistory = 10;
constexpr double kSmallGradient = 1e-4, kEnough = 1e-4;  ///< of the largest slope; of Armijo's rule

/// The loss of one vector of weights and biases, and its slope.
class Loss {
public:
    Loss(torch::Tensor features, const torch::Tensor& labels, int classes, double penalty)
        : m_features(std::move(features)),
          m_targets(torch::zeros({m_features.size(0), classes}).scatter_(1, labels.unsqueeze(1), 1)),
          m_classes(classes),
          m_penalty(penalty) {}

    std::int64_t size() const { return (m_features.size(1) + 1) * m_classes; }
    torch::Tensor weights(const torch::Tensor& at) const { return at.slice(0, 0, size() - m_classes).view({-1, m_classes}); }
    torch::Tensor bias(const torch::Tensor& at) const { return at.slice(0, size() - m_classes); }

    double operator()(const torch::Tensor& at, torch::Tensor& slope) const {
        const torch::Tensor logs = torch::log_softmax(torch::addmm(bias(at), m_features, weights(at)), 1);
        const torch::Tensor error = (logs.exp() - m_targets) / static_cast<double>(m_features.size(0));
        slope = torch::cat({(torch::mm(m_features.t(), error) + m_penalty * weights(at)).flatten(), error.sum(0)});
        const double loss = -(logs * m_targets).sum().item<double>() / static_cast<double>(m_features.size(0));
        return loss + m_penalty / 2 * weights(at).square().sum().item<double>();
    }

private:
    torch::Tensor m_features, m_targets;
    int m_classes;
    double m_penalty;
};

/// L-BFGS: the direction that the last steps make of a slope (Nocedal and Wright, algorithm 7.4).
class History {
public:
    void add(const torch::Tensor& step, const torch::Tensor& change) {
        const double curvature = step.dot(change).item<double>();
        if (curvature <= 1e-12) return;
        m_pairs.push_back({step, change, 1 / curvature});
        if (m_pairs.size() > kHistory) m_pairs.pop_front();
    }
    torch::Tensor direction(const torch::Tensor& slope) const {
        torch::Tensor result = -slope;
        std::vector<double> factors(m_pairs.size());
        for (std::size_t i = m_pairs.size(); i-- > 0;) {
            factors[i] = m_pairs[i].inverse * m_pairs[i].step.dot(result).item<double>();
            result = result - factors[i] * m_pairs[i].change;
        }
        if (!m_pairs.empty()) {
            const Step& last = m_pairs.back();
            result = result / (last.inverse * last.change.dot(last.change).item<double>());
        }
        for (std::size_t i = 0; i < m_pairs.size(); ++i) {
            const double factor = m_pairs[i].inverse * m_pairs[i].change.dot(result).item<double>();
            result = result + (factors[i] - factor) * m_pairs[i].step;
        }
        return result;
    }

private:
    struct Step {
        torch::Tensor step, change;
        double inverse = 0;
    };
    std::deque<Step> m_pairs;
};

}  // namespace

void standardize(torch::Tensor& features) {
    features.sub_(features.mean(0));
    const torch::Tensor deviation = features.square().mean(0).sqrt();
    features.div_(torch::where(deviation > 1e-6, deviation, torch::full_like(deviation, 1e6)));
}

SoftmaxHead::SoftmaxHead(const torch::Tensor& features, const torch::Tensor& labels, int classes, double penalty,
                         const CountCallback& progress) {
    const torch::NoGradGuard noGrad;
    const Loss loss(features, labels, classes, penalty);
    torch::Tensor at = torch::zeros({loss.size()}), slope, nextSlope;
    double value = loss(at, slope);
    History history;
    for (int step = 0; step < kMostSteps && slope.abs().max().item<double>() > kSmallGradient; ++step) {
        report(progress, step, kMostSteps);
        const torch::Tensor direction = history.direction(slope);
        const double decrease = slope.dot(direction).item<double>();
        double length = step == 0 ? std::min(1.0, 1 / slope.norm().item<double>()) : 1;
        torch::Tensor next;
        double nextValue = 0;
        for (int halving = 0; halving < 20; ++halving, length /= 2) {
            next = at + length * direction;
            nextValue = loss(next, nextSlope);
            if (nextValue <= value + kEnough * length * decrease) break;
        }
        if (!(nextValue < value)) break;
        history.add(next - at, nextSlope - slope);
        at = next;
        slope = nextSlope;
        value = nextValue;
    }
    report(progress, kMostSteps, kMostSteps);
    m_weights = loss.weights(at).clone();
    m_bias = loss.bias(at).clone();
}

torch::Tensor SoftmaxHead::probabilities(const torch::Tensor& features) const {
    const torch::NoGradGuard noGrad;
    return torch::softmax(torch::addmm(m_bias, features, m_weights), 1);
}

torch::Tensor outOfFoldProbabilities(const torch::Tensor& features, const torch::Tensor& labels, int classes, int folds,
                                     double penalty, std::uint64_t seed, const CountCallback& progress) {
    const torch::NoGradGuard noGrad;
    const std::int64_t rows = features.size(0);
    std::vector<std::int64_t> order = rowRange(0, rows);
    RandomStream random(seed, Purpose::Shuffle, 0);
    for (std::uint64_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random.below(i)]);
    torch::Tensor result = torch::empty({rows, classes});
    for (int fold = 0; fold < folds; ++fold) {
        std::vector<std::int64_t> in, out;
        for (std::int64_t i = 0; i < rows; ++i) (i % folds == fold ? out : in).push_back(order[static_cast<std::size_t>(i)]);
        if (out.empty() || in.empty()) continue;
        const torch::Tensor inside = torch::tensor(in), outside = torch::tensor(out);
        const SoftmaxHead head(
            features.index_select(0, inside), labels.index_select(0, inside), classes, penalty,
            [&](std::int64_t done, std::int64_t total) { return !progress || progress(fold * total + done, folds * total); });
        result.index_copy_(0, outside, head.probabilities(features.index_select(0, outside)));
    }
    return result;
}

}  // namespace thaw::core
