// The gradients of one batch, in pieces between which the caller may do something else: forward and backward go stage by stage,
// each stage's graph on its own, and a batch too large for that goes through in micro-batches whose gradients add up. Nothing of
// the model changes before the optimiser's step, so that an unfinished batch can be thrown away and begun again.
#pragma once

#include <functional>
#include <vector>

#include "core/model/staged_model.h"
#include "core/train/deadline.h"
#include "core/train/task.h"

namespace thaw::core {

struct BatchPlan {
    int rung = 0;      ///< stage whose input the batch is
    int boundary = 0;  ///< first stage that trains; below it nothing is recorded
    std::int64_t rows = 0;
    std::int64_t microBatch = 0;
    /// Rows of the batch, on the model's device; undefined where they are not there by the deadline.
    std::function<State(const Deadline& deadline, std::int64_t begin, std::int64_t end)> input;
    torch::Tensor targets;                    ///< of the batch, as the task has them
    std::vector<torch::Tensor> dropoutMasks;  ///< of the whole batch; see ForwardContext
    LossOptions loss;
    double mixShare = 1;  ///< what a row keeps of itself; the rest is of the row as far from the micro-batch's other end
    bool updateStatistics = false;  ///< needs microBatch >= rows
};

struct StageSample {
    int stage = 0;
    bool backward = false;
    double seconds = 0;
    std::int64_t rows = 0;
};

class BatchStep {
public:
    BatchStep(const StagedModel& model, BatchPlan plan);
    ~BatchStep();
    BatchStep(const BatchStep&) = delete;
    BatchStep& operator=(const BatchStep&) = delete;

    /// True when every parameter that trains has the gradient of the batch's mean loss.
    bool advance(const Deadline& deadline);
    /// Clears what gradients there are, so that the batch can be begun anew.
    void abandon();

    double loss() const;  ///< the task's, mean of the rows, nats
    const TaskCounts& counts() const { return m_counts; }
    const std::vector<StageSample>& samples() const { return m_samples; }

private:
    /// Stages that the loss is not made of; the scores of words are made with it.
    int lossStage() const;
    void forwardStage();
    void lossGradient();
    void tokenGradient();
    void backwardStage();

    const StagedModel& m_model;
    BatchPlan m_plan;
    std::int64_t m_begin = 0, m_end = 0;  // the micro-batch
    enum class Part { Input, Forward, Loss, Backward } m_part = Part::Input;
    int m_stage = 0;
    ForwardContext m_context;
    State m_current;
    torch::Tensor m_gradient;
    std::vector<torch::Tensor> m_inputs, m_outputs;
    double m_lossSum = 0;
    const Task& m_task;
    TaskCounts m_counts;
    std::vector<StageSample> m_samples;
};

/// [rows, units]: 0 with probability `rate`, 1 / (1 - rate) otherwise; a pure function of (seed, step, which).
torch::Tensor dropoutMask(std::int64_t rows, std::int64_t units, double rate, std::uint64_t seed, std::int64_t step,
                          std::uint64_t which = 0);
/// One for each Dropout of the model, undefined where its rate is 0.
std::vector<torch::Tensor> dropoutMasks(const ModelInfo& model, std::int64_t rows, std::uint64_t seed, std::int64_t step);

}  // namespace thaw::core
