#include "core/train/speed_measurement.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "core/train/fused_update.h"
#include "core/train/rungs.h"
#include "core/train/token_loss.h"

namespace thaw::core {
namespace {

constexpr double kForget = 0.1;
constexpr std::int64_t kUpdateProbe = 1 << 20;  // parameters
constexpr double kEnoughSeconds = 3e-3;
constexpr int kMostTimes = 5;

/// The best of several times where one is short: another program may have had the processor in the others.
template <class Work>
double secondsOf(const Work& work) {
    work();  // primitives are made and pages touched at the first time
    double best = 0, sum = 0;
    for (int i = 0; i < kMostTimes && (i == 0 || sum < kEnoughSeconds); ++i) {
        const auto begin = Clock::now();
        work();
        const double seconds = secondsSince(begin);
        sum += seconds;
        best = i == 0 ? seconds : std::min(best, seconds);
    }
    return best;
}

double updateSeconds() {
    std::vector<float> parameter(kUpdateProbe, 0.1f), gradient(kUpdateProbe, 0.1f), mean(kUpdateProbe), square(kUpdateProbe);
    const AdamCoefficients c{0.9f, 0.999f, 0.1f, 0.001f, 1e-7f, 1e-4f, 1.0f, 0.0f, 1.0f};
    return secondsOf([&] { adamUpdate(parameter.data(), gradient.data(), mean.data(), square.data(), kUpdateProbe, c); }) /
           static_cast<double>(kUpdateProbe);
}

/// The mean of what was measured before and the first samples, which then forgets slowly.
void blend(double& value, double sample, int& seen) {
    ++seen;
    const double weight = value > 0 ? std::max(kForget, 1.0 / (seen + 1)) : 1;
    value += weight * (sample - value);
}

}  // namespace

SpeedMeasurement::SpeedMeasurement(const StagedModel& model, int batchSize, torch::Device device)
    : m_model(model), m_batchSize(batchSize), m_device(device) {
    m_times.batchSize = batchSize;
}

bool SpeedMeasurement::advance(const Deadline& deadline) {
    while (m_stage < m_model.stageCount()) {
        m_times.stages.push_back(measure(m_stage++));
        if (deadline.passed()) return false;
    }
    m_times.optimizerPerParameter = updateSeconds();
    if (m_watch.disturbed()) m_times.origin = TimesOrigin::Disturbed;
    return true;
}

/// Of the scores of words and their loss, which are made together: backwards and forwards at once.
StageTimes::Stage SpeedMeasurement::measureScores(int stage, std::int64_t rows) const {
    std::vector<std::int64_t> shape = m_model.info().shapeBefore(stage);
    shape.insert(shape.begin(), rows);
    const torch::Tensor hidden = torch::full(shape, 0.1f, torch::device(m_device));
    const torch::Tensor next = torch::ones({rows, shape[1]}, torch::device(m_device).dtype(torch::kInt64));
    const torch::Tensor table = m_model.stage(stage).tiedTable();
    const double both = secondsOf([&] { tokenLoss(hidden, table, next, {rows, /*hidden=*/true, /*table=*/false}); });
    return {both / static_cast<double>(rows), 0, 0};
}

StageTimes::Stage SpeedMeasurement::measure(int stage) const {
    const ModelInfo& info = m_model.info();
    const bool inTrunk = stage < info.headStage;
    if (info.task == TaskKind::ContinueText && !inTrunk) return measureScores(stage, std::min(m_batchSize, 4));
    const std::int64_t rows = inTrunk ? std::min(m_batchSize, std::max(1, sliceSize(info) / 2)) : m_batchSize;
    std::vector<std::int64_t> shape = info.shapeBefore(stage);
    shape.insert(shape.begin(), rows);
    const bool ids = info.readsTexts() && stage == 0;
    const torch::Tensor input = ids ? torch::ones(shape, torch::device(m_device).dtype(torch::kInt64))
                                    : torch::full(shape, 0.1f, torch::device(m_device));
    ForwardContext context;
    context.dropoutMasks.assign(static_cast<std::size_t>(m_model.dropoutCount()), torch::ones({1}, torch::device(m_device)));

    StageTimes::Stage result;
    {
        torch::NoGradGuard noGrad;
        result.forward = secondsOf([&] { m_model.stage(stage).forward(input, context); });
    }
    torch::AutoGradMode record(true);
    std::vector<torch::Tensor> weights;
    for (const Parameter& parameter : m_model.parameters(stage)) weights.push_back(parameter.value);
    const auto backward = [&](const torch::Tensor& from, const std::vector<torch::Tensor>& leaves) {
        for (const torch::Tensor& leaf : leaves) leaf.set_requires_grad(true);
        const torch::Tensor output = m_model.stage(stage).forward(from, context);
        const torch::Tensor slope = torch::full_like(output, 0.1f).detach();
        const double seconds = secondsOf([&] { torch::autograd::grad({output}, leaves, {slope}, /*retain_graph=*/true); });
        for (const torch::Tensor& leaf : leaves) leaf.set_requires_grad(false);
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

StageTimes betterOf(const StageTimes& first, const StageTimes& second) {
    if (first.stages.size() != second.stages.size()) return second;
    StageTimes best = second;
    for (std::size_t i = 0; i < best.stages.size(); ++i) {
        const StageTimes::Stage& other = first.stages[i];
        StageTimes::Stage& stage = best.stages[i];
        stage = {std::min(stage.forward, other.forward), std::min(stage.backwardData, other.backwardData),
                 std::min(stage.backwardWeights, other.backwardWeights)};
    }
    best.optimizerPerParameter = std::min(first.optimizerPerParameter, second.optimizerPerParameter);
    return best;
}

void TimesRefiner::setTimes(StageTimes times) {
    m_seen.assign(times.stages.size(), {});
    m_updates = m_steps = 0;
    m_measured = times;
    m_times = std::move(times);
}

StageTimes TimesRefiner::times() const {
    StageTimes times = m_times;
    double measured = 0, now = 0;
    const auto compare = [&](int seen, double before, double value) {
        if (seen > 0 && before > 0) measured += before, now += value;
    };
    for (std::size_t i = 0; i < m_seen.size(); ++i) {
        const StageTimes::Stage &before = m_measured.stages[i], &value = m_times.stages[i];
        compare(m_seen[i].forward, before.forward, value.forward);
        compare(m_seen[i].backwardData, before.backwardData, value.backwardData);
        compare(m_seen[i].backwardWeights, before.backwardWeights, value.backwardWeights);
    }
    if (measured <= 0) return times;
    const double ratio = now / measured;
    for (std::size_t i = 0; i < m_seen.size(); ++i) {
        if (!m_seen[i].forward) times.stages[i].forward *= ratio;
        if (!m_seen[i].backwardData) times.stages[i].backwardData *= ratio;
        if (!m_seen[i].backwardWeights) times.stages[i].backwardWeights *= ratio;
    }
    return times;
}

void TimesRefiner::forward(int stage, double seconds, std::int64_t rows) {
    const auto index = static_cast<std::size_t>(stage);
    if (index >= m_times.stages.size()) return;
    blend(m_times.stages[index].forward, seconds / static_cast<double>(rows), m_seen[index].forward);
}

void TimesRefiner::backward(int stage, double seconds, std::int64_t rows, bool data, double weights) {
    const auto index = static_cast<std::size_t>(stage);
    if (index >= m_times.stages.size()) return;
    StageTimes::Stage& times = m_times.stages[index];
    const double sample = seconds / static_cast<double>(rows);
    const double both = times.backwardData + weights * times.backwardWeights;
    const double share = weights <= 0 ? 1 : !data ? 0 : both > 0 ? times.backwardData / both : 0.5;
    if (data) blend(times.backwardData, sample * share, m_seen[index].backwardData);
    if (weights > 0) blend(times.backwardWeights, sample * (1 - share) / weights, m_seen[index].backwardWeights);
}

void TimesRefiner::update(double seconds, std::int64_t parameters) {
    if (parameters > 0 && !m_times.empty())
        blend(m_times.optimizerPerParameter, seconds / static_cast<double>(parameters), m_updates);
}

void TimesRefiner::besideStages(double seconds, std::int64_t rows) {
    if (!m_times.empty()) blend(m_times.besideStages, std::max(0.0, seconds) / static_cast<double>(rows), m_steps);
}

}  // namespace thaw::core
