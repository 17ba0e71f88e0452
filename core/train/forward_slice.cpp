#include "core/train/forward_slice.h"

#include <utility>

namespace thaw::core {

void ForwardSlice::start(State input, int begin, int end) {
    m_current = std::move(input);
    m_stage = begin;
    m_end = end;
}

bool ForwardSlice::advance(const StagedModel& model, const Deadline& deadline, const StageListener& timed,
                           const std::function<void(int, const State&)>& afterStage) {
    torch::NoGradGuard noGrad;
    while (m_stage < m_end) {
        const auto begin = Clock::now();
        const std::int64_t rows = m_current.rows();
        const int stage = m_stage;
        m_stage = model.advance(m_current, stage, m_end);
        if (timed) timed(stage, secondsSince(begin), rows);
        if (afterStage) afterStage(m_stage, m_current);
        if (deadline.passed() && m_stage < m_end) return false;
    }
    return true;
}

}  // namespace thaw::core
