#include "core/train/batch_step.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "core/train/random.h"
#include "core/train/token_loss.h"
#include "core/util/blas.h"

namespace thaw::core {

BatchStep::BatchStep(const StagedModel& model, BatchPlan plan)
    : m_model(model), m_plan(std::move(plan)), m_task(taskOf(model.info().task)) {
    m_inputs.resize(static_cast<std::size_t>(model.stageCount()));
    m_outputs.resize(static_cast<std::size_t>(model.stageCount()));
}

BatchStep::~BatchStep() = default;

bool BatchStep::advance(const Deadline& deadline) {
    while (m_begin < m_plan.rows) {
        switch (m_part) {
            case Part::Input:
                m_end = std::min(m_plan.rows, m_begin + m_plan.microBatch);
                m_current = m_plan.input(deadline, m_begin, m_end);
                if (!m_current.defined()) return false;
                if (m_plan.mixShare < 1)
                    m_current.hidden = m_current.hidden * m_plan.mixShare + m_current.hidden.flip(0) * (1 - m_plan.mixShare);
                m_context.updateStatistics = m_plan.updateStatistics;
                m_context.dropoutMasks.clear();
                for (const torch::Tensor& mask : m_plan.dropoutMasks)
                    m_context.dropoutMasks.push_back(mask.defined() ? mask.slice(0, m_begin, m_end) : mask);
                m_stage = m_plan.rung;
                m_part = Part::Forward;
                break;
            case Part::Forward:
                forwardStage();
                if (m_stage == lossStage()) m_part = Part::Loss;
                break;
            case Part::Loss:
                m_model.info().task == TaskKind::ContinueText ? tokenGradient() : lossGradient();
                m_part = Part::Backward;
                break;
            case Part::Backward:
                backwardStage();
                if (m_stage == std::max(m_plan.boundary, m_plan.rung)) {
                    m_begin = m_end;
                    m_part = Part::Input;
                }
                break;
        }
        if (deadline.passed() && m_begin < m_plan.rows) return false;
    }
    return true;
}

void BatchStep::forwardStage() {
    const auto begin = Clock::now();
    const int stage = m_stage;
    const std::size_t index = static_cast<std::size_t>(stage);
    if (m_stage < m_plan.boundary) {
        torch::NoGradGuard noGrad;
        m_stage = m_model.advance(m_current, stage, m_plan.boundary, m_context);
    } else {
        torch::AutoGradMode record(true);
        // A leaf of its own: the graph of this stage ends here.
        m_inputs[index] = m_current.hidden.detach();
        if (m_stage > m_plan.boundary) m_inputs[index].set_requires_grad(true);
        m_outputs[index] = m_model.stage(m_stage).forward({m_inputs[index], m_current.mask}, m_context);
        m_current.hidden = m_outputs[index];
        ++m_stage;
    }
    m_samples.push_back({stage, false, secondsSince(begin), m_end - m_begin});
}

void BatchStep::lossGradient() {
    torch::NoGradGuard noGrad;
    const torch::Tensor outputs = m_current.hidden.detach();
    const torch::Tensor targets = m_plan.targets.slice(0, m_begin, m_end);
    Task::Loss loss = m_task.loss(outputs, targets, m_plan.rows, m_plan.loss);
    if (m_plan.mixShare < 1) {
        const Task::Loss other = m_task.loss(outputs, targets.flip(0), m_plan.rows, m_plan.loss);
        loss.sum = loss.sum * m_plan.mixShare + other.sum * (1 - m_plan.mixShare);
        loss.gradient = loss.gradient * m_plan.mixShare + other.gradient * (1 - m_plan.mixShare);
    }
    m_lossSum += loss.sum;
    m_counts.add(m_task.count(outputs, targets));
    m_gradient = std::move(loss.gradient);
    m_stage = m_model.stageCount();
}

int BatchStep::lossStage() const {
    return m_model.info().task == TaskKind::ContinueText ? m_model.info().headStage : m_model.stageCount();
}

void BatchStep::tokenGradient() {
    const auto begin = Clock::now();
    const int scores = lossStage();
    const torch::Tensor table = m_model.stage(scores).tiedTable();
    const TokenLoss loss = tokenLoss(m_current.hidden, table, m_plan.targets.slice(0, m_begin, m_end),
                                     {m_plan.rows, m_plan.boundary < scores, table.requires_grad()});
    m_lossSum += loss.sum;
    TaskCounts counts;
    counts.seen = m_end - m_begin;
    counts.loss = loss.sum;
    m_counts.add(counts);
    m_gradient = loss.gradient;
    m_stage = scores;
    m_samples.push_back({scores, false, secondsSince(begin), m_end - m_begin});
}

void BatchStep::backwardStage() {
    const auto begin = Clock::now();
    const std::size_t index = static_cast<std::size_t>(--m_stage);
    const SmallProduct alone(static_cast<double>(m_end - m_begin) * m_model.info().stages[index].multiplyAdds);
    torch::autograd::backward({m_outputs[index]}, {m_gradient});
    m_gradient = m_inputs[index].grad();
    m_inputs[index] = torch::Tensor();
    m_outputs[index] = torch::Tensor();
    m_samples.push_back({m_stage, true, secondsSince(begin), m_end - m_begin});
}

void BatchStep::abandon() {
    for (const Parameter& parameter : m_model.stateDict()) {
        torch::Tensor value = parameter.value;
        value.mutable_grad() = torch::Tensor();
    }
}

double BatchStep::loss() const { return m_lossSum / static_cast<double>(std::max<std::int64_t>(1, m_plan.rows)); }

std::vector<torch::Tensor> dropoutMasks(const ModelInfo& model, std::int64_t rows, std::uint64_t seed, std::int64_t step) {
    std::vector<torch::Tensor> masks;
    for (const LayerInfo& layer : model.layers) {
        if (layer.kind != LayerKind::Dropout) continue;
        torch::Tensor mask;
        if (layer.dropout > 0) mask = dropoutMask(rows, layer.outputShape[0], layer.dropout, seed, step, masks.size());
        masks.push_back(mask);
    }
    return masks;
}

torch::Tensor dropoutMask(std::int64_t rows, std::int64_t units, double rate, std::uint64_t seed, std::int64_t step,
                          std::uint64_t which) {
    const std::int64_t pairs = (rows * units + 1) / 2;
    const torch::Tensor mask = torch::empty({2 * pairs});
    const RandomStream stream(seed, Purpose::Dropout, static_cast<std::uint64_t>(step), which);
    const std::int64_t lastDropped = static_cast<std::int64_t>(rate * 0x1.0p32) - 1;  // of the 2^32 values of half a number
    const float kept = static_cast<float>(1.0 / (1.0 - rate));
    std::int32_t keptBits;
    std::memcpy(&keptBits, &kept, sizeof kept);
    // A sign that becomes a mask: compilers make a branch of a comparison, and nobody can foretell these.
    const auto valueOf = [=](std::uint64_t half) {
        return static_cast<std::int32_t>((lastDropped - static_cast<std::int64_t>(half)) >> 63) & keptBits;
    };
    float* const out = mask.data_ptr<float>();
    at::parallel_for(0, pairs, 1 << 13, [=](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin; i < end; ++i) {
            const std::uint64_t bits = stream.at(static_cast<std::uint64_t>(i));
            const std::int32_t values[2] = {valueOf(bits & 0xFFFFFFFFu), valueOf(bits >> 32)};
            std::memcpy(out + 2 * i, values, sizeof values);
        }
    });
    return mask.slice(0, 0, rows * units).view({rows, units});
}

}  // namespace thaw::core
