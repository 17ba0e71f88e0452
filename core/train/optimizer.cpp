#include "core/train/optimizer.h"

#include <ATen/Parallel.h>

#include <atomic>
#include <cmath>
#include <utility>

#include "core/train/fused_update.h"

namespace thaw::core {
namespace {

constexpr std::int64_t kGrain = 1 << 16;  // elements worth a thread

torch::Tensor& momentOf(OptimizerRecord& record, const std::string& name, const torch::Tensor& parameter) {
    torch::Tensor& moment = record.moments[name];
    if (!moment.defined()) moment = torch::zeros_like(parameter, torch::MemoryFormat::Contiguous).detach();
    return moment;
}

bool finite(const torch::Tensor& parameter) { return parameter.isfinite().all().item<bool>(); }

/// Calls update(begin, count) for pieces of [0, total) on all threads; false when one of them returned false.
template <class Update>
bool inPieces(std::int64_t total, const Update& update) {
    std::atomic<bool> good{true};
    at::parallel_for(0, total, kGrain, [&](std::int64_t begin, std::int64_t end) {
        if (!update(begin, end - begin)) good = false;
    });
    return good;
}

}  // namespace

Optimizer::Optimizer(const OptimizerConfig& config) : m_config(config) {}

void Optimizer::setParameters(std::vector<Parameter> parameters) {
    m_parameters = std::move(parameters);
    std::map<std::string, OptimizerRecord> kept;
    for (const Parameter& parameter : m_parameters) {
        const auto found = m_records.find(parameter.name);
        if (found != m_records.end()) kept.insert(std::move(*found));
    }
    m_records = std::move(kept);
}

void Optimizer::clearGradients() {
    for (const Parameter& parameter : m_parameters) {
        torch::Tensor value = parameter.value;
        value.mutable_grad() = torch::Tensor();
    }
}

double Optimizer::clipFactor() const {
    if (m_config.clipNorm <= 0) return 1;
    double squares = 0;
    for (const Parameter& parameter : m_parameters)
        if (const torch::Tensor gradient = parameter.value.grad(); gradient.defined())
            squares += std::pow(gradient.norm().item<double>(), 2);
    const double norm = std::sqrt(squares);
    return norm > m_config.clipNorm ? m_config.clipNorm / norm : 1;
}

double Optimizer::decayOf(const torch::Tensor& parameter) const {
    return m_config.decayVectors || parameter.dim() > 1 ? m_config.weightDecay : 0.0;
}

bool Optimizer::step() {
    torch::NoGradGuard noGrad;
    bool good = true;
    const double clip = clipFactor();
    for (const Parameter& parameter : m_parameters) {
        const torch::Tensor gradient = parameter.value.grad();
        if (!gradient.defined()) continue;
        OptimizerRecord& record = m_records[parameter.name];
        ++record.step;
        const torch::Tensor contiguous = clip < 1 ? gradient.contiguous().mul(clip) : gradient.contiguous();
        good &= m_config.kind == OptimizerKind::Sgd ? sgd(parameter.value, contiguous, record)
                                                    : adam(parameter.value, contiguous, record);
    }
    clearGradients();
    return good;
}

bool Optimizer::adam(const torch::Tensor& parameter, const torch::Tensor& gradient, OptimizerRecord& record) const {
    const double rate = m_config.learningRate, t = static_cast<double>(record.step);
    const bool decoupled = m_config.kind == OptimizerKind::AdamW;
    const double stepSize = rate / (1.0 - std::pow(m_config.beta1, t)),
                 rootCorrection = std::sqrt(1.0 - std::pow(m_config.beta2, t));
    const double weightDecay = decayOf(parameter), decay = decoupled ? 1.0 - rate * weightDecay : 1.0,
                 l2 = decoupled ? 0.0 : weightDecay;
    torch::Tensor mean = momentOf(record, "exp_avg", parameter), square = momentOf(record, "exp_avg_sq", parameter);

    if (parameter.is_cpu()) {
        const AdamCoefficients c{static_cast<float>(m_config.beta1),
                                 static_cast<float>(m_config.beta2),
                                 static_cast<float>(1 - m_config.beta1),
                                 static_cast<float>(1 - m_config.beta2),
                                 static_cast<float>(m_config.epsilon),
                                 static_cast<float>(stepSize),
                                 static_cast<float>(rootCorrection),
                                 static_cast<float>(l2),
                                 static_cast<float>(decay)};
        float *p = parameter.data_ptr<float>(), *m = mean.data_ptr<float>(), *v = square.data_ptr<float>();
        const float* g = gradient.data_ptr<float>();
        return inPieces(parameter.numel(), [&](std::int64_t begin, std::int64_t count) {
            return adamUpdate(p + begin, g + begin, m + begin, v + begin, count, c);
        });
    }
    torch::Tensor value = parameter, slope = gradient;
    if (decay != 1.0) value.mul_(decay);
    if (l2 != 0.0) slope = slope.add(value, l2);
    mean.mul_(m_config.beta1).add_(slope, 1 - m_config.beta1);
    square.mul_(m_config.beta2).addcmul_(slope, slope, 1 - m_config.beta2);
    value.addcdiv_(mean, square.sqrt().div_(rootCorrection).add_(m_config.epsilon), -stepSize);
    return finite(value);
}

bool Optimizer::sgd(const torch::Tensor& parameter, const torch::Tensor& gradient, OptimizerRecord& record) const {
    const bool first = record.step == 1;
    const double weightDecay = decayOf(parameter);
    torch::Tensor buffer;
    if (m_config.momentum > 0) buffer = momentOf(record, "momentum_buffer", parameter);

    if (parameter.is_cpu()) {
        const SgdCoefficients c{static_cast<float>(m_config.learningRate), static_cast<float>(m_config.momentum),
                                static_cast<float>(weightDecay), m_config.nesterov, first};
        float *p = parameter.data_ptr<float>(), *b = buffer.defined() ? buffer.data_ptr<float>() : nullptr;
        const float* g = gradient.data_ptr<float>();
        return inPieces(parameter.numel(), [&](std::int64_t begin, std::int64_t count) {
            return sgdUpdate(p + begin, g + begin, b ? b + begin : nullptr, count, c);
        });
    }
    torch::Tensor value = parameter, slope = gradient;
    if (weightDecay != 0.0) slope = slope.add(value, weightDecay);
    if (buffer.defined()) {
        if (first)
            buffer.copy_(slope);
        else
            buffer.mul_(m_config.momentum).add_(slope);
        slope = m_config.nesterov ? slope.add(buffer, m_config.momentum) : buffer;
    }
    value.add_(slope, -m_config.learningRate);
    return finite(value);
}

}  // namespace thaw::core
