#include "core/train/speed_measurement.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "core/train/fused_update.h"
#include "core/train/rungs.h"

namespace thaw::core {
namespace {

constexpr double kForget = 0.1;
constexpr std::int64_t kUpdateProbe = 1 << 20;  // parameters

template <class Work>
double secondsOf(const Work& work) {
    work();  // primitives are made and pages touched at the first time
    const auto begin = Clock::now();
    work();
    return secondsSince(begin);
}

double updateSeconds() {
    std::vector<float> parameter(kUpdateProbe, 0.1f), gradient(kUpdateProbe, 0.1f), mean(kUpdateProbe), square(kUpdateProbe);
    const AdamCoefficients c{0.9f, 0.999f, 0.1f, 0.001f, 1e-7f, 1e-4f, 1.0f, 0.0f, 1.0f};
    return secondsOf([&] { adamUpdate(parameter.data(), gradient.data(), mean.data(), square.data(), kUpdateProbe, c); }) /
           static_cast<double>(kUpdateProbe);
}

void blend(double& value, double sample) { value = value > 0 ? value + kForget * (sample - value) : sample; }

}  // namespace

SpeedMeasurement::SpeedMeasurement(const StagedModel& model, int inputSize, int batchSize, torch::Device device)
    : m_model(model), m_inputSize(inputSize), m_batchSize(batchSize), m_device(device) {
    m_times.batchSize = batchSize;
}

bool SpeedMeasurement::advance(const Deadline& deadline) {
    while (m_stage < m_model.stageCount()) {
        m_times.stages.push_back(measure(m_stage++));
        if (deadline.passed()) return false;
    }
    m_times.optimizerPerParameter = updateSeconds();
    return true;
}

StageTimes::Stage SpeedMeasurement::measure(int stage) const {
    const ModelInfo& info = m_model.info();
    const bool inTrunk = stage < info.headBegin;
    const std::int64_t rows = inTrunk ? std::min(m_batchSize, std::max(1, sliceSize(m_inputSize) / 2)) : m_batchSize;
    std::vector<std::int64_t> shape{3, m_inputSize, m_inputSize};
    if (stage > 0) shape = info.layers[static_cast<std::size_t>(stage - 1)].outputShape;
    shape.insert(shape.begin(), rows);
    const torch::Tensor input = torch::full(shape, 0.1f, torch::device(m_device));
    ForwardContext context;
    if (info.layers[static_cast<std::size_t>(stage)].kind == LayerKind::Dropout)
        context.dropoutMask = torch::ones(shape, torch::device(m_device));

    StageTimes::Stage result;
    {
        torch::NoGradGuard noGrad;
        result.forward = secondsOf([&] { m_model.stage(stage).forward(input, context); });
    }
    torch::AutoGradMode record(true);
    std::vector<torch::Tensor> weights;
    for (const Parameter& parameter : m_model.parameters(stage)) weights.push_back(parameter.value);
    const auto backward = [&](const torch::Tensor& from, const std::vector<torch::Tensor>& leaves) {
        for (torch::Tensor leaf : leaves) leaf.set_requires_grad(true);
        const torch::Tensor output = m_model.stage(stage).forward(from, context);
        const torch::Tensor slope = torch::full_like(output, 0.1f).detach();
        const double seconds = secondsOf([&] { torch::autograd::grad({output}, leaves, {slope}, /*retain_graph=*/true); });
        for (torch::Tensor leaf : leaves) leaf.set_requires_grad(false);
        return seconds;
    };
    if (stage > 0) {
        const torch::Tensor leaf = input.clone();
        result.backwardData = backward(leaf, {leaf});
    }
    if (!weights.empty()) result.backwardWeights = backward(input, weights);

    const double perPicture = 1.0 / static_cast<double>(rows);
    return {result.forward * perPicture, result.backwardData * perPicture, result.backwardWeights * perPicture};
}

void TimesRefiner::forward(int stage, double seconds, std::int64_t rows) {
    if (static_cast<std::size_t>(stage) < m_times.stages.size())
        blend(m_times.stages[static_cast<std::size_t>(stage)].forward, seconds / static_cast<double>(rows));
}

void TimesRefiner::backward(int stage, double seconds, std::int64_t rows, bool data, bool weights) {
    if (static_cast<std::size_t>(stage) >= m_times.stages.size()) return;
    StageTimes::Stage& times = m_times.stages[static_cast<std::size_t>(stage)];
    const double sample = seconds / static_cast<double>(rows);
    if (data && weights) {
        const double both = times.backwardData + times.backwardWeights;
        const double share = both > 0 ? times.backwardData / both : 0.5;
        blend(times.backwardData, sample * share);
        blend(times.backwardWeights, sample * (1 - share));
    } else if (data) {
        blend(times.backwardData, sample);
    } else if (weights) {
        blend(times.backwardWeights, sample);
    }
}

void TimesRefiner::update(double seconds, std::int64_t parameters) {
    if (parameters > 0 && !m_times.empty()) blend(m_times.optimizerPerParameter, seconds / static_cast<double>(parameters));
}

}  // namespace thaw::core
