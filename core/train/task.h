// A task for the engine: what the head's outputs mean, their loss and its gradient, and the figures that judge them.
#pragma once

#include <cstdint>
#include <vector>

#include <torch/torch.h>

#include "core/api/prediction.h"
#include "core/train/task_counts.h"

namespace thaw::core {

/// What a run asks of its loss.
struct LossOptions {
    double labelSmoothing = 0;        ///< of one label each; RunConfig's
    std::vector<float> classWeights;  ///< class_balance.h's; empty: all count 1
};

/// Without state; any thread. Outputs are the head's, float32 [rows, classes], before softmax or sigmoid. A text that is
/// continued has no classes: what is asked of them throws ConfigError, and token_loss.h has its loss.
class Task {
public:
    virtual ~Task() = default;

    /// On the processor: int64 [rows], or float32 [rows, classes] of 0 and 1.
    virtual torch::Tensor targets(const PictureSet& pictures, const std::vector<std::int64_t>& rows) const;
    /// Of some rows out of a batch of `batchRows`: the sum of their losses (nats), and the gradient of the batch's mean loss at
    /// their outputs.
    struct Loss {
        double sum = 0;
        torch::Tensor gradient;
    };
    virtual Loss loss(const torch::Tensor& outputs, const torch::Tensor& targets, std::int64_t batchRows,
                      const LossOptions& options = {}) const;
    virtual TaskCounts count(const torch::Tensor& outputs, const torch::Tensor& targets) const;
    /// The task's score (TaskInfo); negative: nothing counted.
    virtual double score(const TaskCounts& counts) const = 0;
    /// Whether a single batch is enough for a score.
    virtual bool scoresBatches() const = 0;

    /// float32 [rows, classes].
    virtual torch::Tensor probabilities(const torch::Tensor& outputs) const;
    /// Sum of the losses (nats) of the rows from `first` on of what `set` has the labels of; `outputs` on the processor.
    virtual double lossOf(const torch::Tensor& outputs, const PredictionSet& set, std::int64_t first) const;
    /// Fills in the score and the other metrics of a set that has probabilities and labels, or its loss alone where there are no
    /// classes.
    virtual void judge(PredictionSet& set) const = 0;
};
const Task& taskOf(TaskKind kind);

}  // namespace thaw::core
