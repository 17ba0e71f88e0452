// Softmax regression on fixed features: a linear classifier whose optimum is found by L-BFGS (Nocedal 1980) on all samples at
// once. Deterministic: it starts from zero and draws no random numbers.
#pragma once

#include <atomic>

#include <torch/torch.h>

namespace thaw::core {

struct RegressionOptions {
    double penalty = 1e-2;  ///< half of it times the squared L2 norm of the weights is added to the mean cross-entropy
    int stepLimit = 300;
    double tolerance = 1e-4;  ///< it ends where no component of the gradient is larger
};

struct SoftmaxRegression {
    torch::Tensor mean, scale;    ///< [features] float32: standardised = (features - mean) * scale
    torch::Tensor weights, bias;  ///< [classes, features], [classes] float32, of standardised features
    double loss = 0;              ///< mean cross-entropy and penalty, in nats
    int steps = 0;
    bool converged = false;

    torch::Tensor logits(const torch::Tensor& features) const;  ///< [samples, features] to [samples, classes]
};

/// `features`: [samples, features] float32 on the CPU; `labels`: [samples] int64, 0..classCount - 1. A feature that is the same
/// in all samples takes no part. Throws TrainingError where a feature is not finite, and Cancelled soon after `stop` became true.
SoftmaxRegression fitSoftmaxRegression(const torch::Tensor& features, const torch::Tensor& labels, int classCount,
                                       const RegressionOptions& options = {}, const std::atomic<bool>* stop = nullptr);

}  // namespace thaw::core
