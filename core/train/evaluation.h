// Predictions of a whole split with dropout off, in slices.
#pragma once

#include <memory>

#include "core/api/prediction.h"
#include "core/train/forward_slice.h"
#include "core/train/input_source.h"
#include "core/train/task.h"

namespace thaw::core {

class EvaluationPass {
public:
    /// Reads the input of stage `rung`, a rung that the source can give for the split; `slice`: rows at a time (0: as suits the
    /// rung).
    EvaluationPass(const InputSource& source, const StagedModel& model, Split split, int rung, std::int64_t slice = 0);

    /// True when all pictures are done.
    bool advance(const Deadline& deadline, const StageListener& timed);
    std::int64_t done() const { return m_row; }
    std::int64_t total() const { return m_total; }
    /// step and epoch are the caller's to fill in.
    PredictionSet take();

private:
    bool continues() const;
    void takeClasses(const torch::Tensor& outputs);
    /// The scores of words are made with their loss.
    void takeTokens(const torch::Tensor& hidden);

    const InputSource& m_source;
    const StagedModel& m_model;
    const Task& m_task;
    Split m_split;
    int m_rung;
    std::int64_t m_slice, m_row = 0, m_total = 0;
    double m_lossSum = 0;
    PredictionSet m_result;
    ForwardSlice m_forward;
};

}  // namespace thaw::core
