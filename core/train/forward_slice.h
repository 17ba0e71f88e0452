// A forward pass without gradients that can stop between two stages and go on in the next step.
#pragma once

#include <functional>
#include <utility>

#include "core/model/staged_model.h"
#include "core/train/deadline.h"

namespace thaw::core {

/// Seconds that a stage took for a number of rows.
using StageListener = std::function<void(int stage, double seconds, std::int64_t rows)>;

class ForwardSlice {
public:
    void start(State input, int begin, int end);
    bool active() const { return m_current.defined(); }
    /// True when the last stage is done. `afterStage` gets the number of stages done and what flows from there.
    bool advance(const StagedModel& model, const Deadline& deadline, const StageListener& timed,
                 const std::function<void(int stagesDone, const State& state)>& afterStage = {});
    State takeResult() { return std::exchange(m_current, {}); }

private:
    State m_current;
    int m_stage = 0, m_end = 0;
};

}  // namespace thaw::core
