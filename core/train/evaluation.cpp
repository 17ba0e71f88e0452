#include "core/train/evaluation.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "core/train/rungs.h"
#include "core/train/token_loss.h"

namespace thaw::core {
namespace {

constexpr std::int64_t kHeadSlice = 1024;  // rows where only dense layers are left

}  // namespace

EvaluationPass::EvaluationPass(const InputSource& source, const StagedModel& model, Split split, int rung, std::int64_t slice)
    : m_source(source),
      m_model(model),
      m_task(taskOf(model.info().task)),
      m_split(split),
      m_rung(rung),
      m_slice(slice > 0                        ? slice
              : rung >= model.info().headStage ? kHeadSlice
                                               : sliceSize(model.info())),
      m_total(source.pictures(split).count()) {
    m_result.task = model.info().task;
    m_result.split = split;
    if (!continues()) m_result.classCount = static_cast<int>(model.info().layers.back().outputShape[0]);
    m_result.labels = source.pictures(split).labels;
    m_result.labelSets = source.pictures(split).labelSets;
    m_result.pictures = source.pictures(split).identity;
    m_result.probabilities.resize(static_cast<std::size_t>(m_total * m_result.classCount));
}

bool EvaluationPass::advance(const Deadline& deadline, const StageListener& timed) {
    torch::NoGradGuard noGrad;
    while (m_row < m_total) {
        if (!m_forward.active()) {
            const std::int64_t end = std::min(m_total, m_row + m_slice);
            State input = m_source.rowsBefore(deadline, m_split, m_rung, rowRange(m_row, end));
            if (!input.defined()) return false;
            m_forward.start(std::move(input), m_rung, continues() ? m_model.info().headStage : m_model.stageCount());
            m_source.expect(m_split, m_rung, rowRange(end, std::min(m_total, end + m_slice)));
        }
        if (!m_forward.advance(m_model, deadline, timed)) return false;
        const torch::Tensor outputs = m_forward.takeResult().hidden;
        continues() ? takeTokens(outputs) : takeClasses(outputs.cpu());
        m_row += outputs.size(0);
        if (deadline.passed() && m_row < m_total) return false;
    }
    return true;
}

bool EvaluationPass::continues() const { return m_model.info().task == TaskKind::ContinueText; }

void EvaluationPass::takeClasses(const torch::Tensor& outputs) {
    const torch::Tensor probabilities = m_task.probabilities(outputs).contiguous();
    const std::int64_t rows = probabilities.size(0), classes = m_result.classCount;
    std::memcpy(m_result.probabilities.data() + m_row * classes, probabilities.data_ptr<float>(),
                static_cast<std::size_t>(rows * classes) * sizeof(float));
    m_lossSum += m_task.lossOf(outputs, m_result, m_row);
}

void EvaluationPass::takeTokens(const torch::Tensor& hidden) {
    const torch::Tensor next = m_source.targets(m_split, rowRange(m_row, m_row + hidden.size(0)));
    m_lossSum += tokenLoss(hidden, m_model.stage(m_model.info().headStage).tiedTable(), next).sum;
}

PredictionSet EvaluationPass::take() {
    m_result.loss = m_lossSum / static_cast<double>(std::max<std::int64_t>(1, m_total));
    m_task.judge(m_result);
    return std::move(m_result);
}

}  // namespace thaw::core
