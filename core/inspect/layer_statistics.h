// A layer's weights, gradients and dead channels, and its first filters as pictures.
#pragma once

#include <functional>
#include <vector>

#include "core/api/inspector.h"
#include "core/model/staged_model.h"
#include "core/train/input_source.h"

namespace thaw::core {

/// Equal bins from the tensors' smallest to their largest finite value, the same for all of them. What is not finite is left out.
std::vector<Histogram> histogramsOf(const std::vector<torch::Tensor>& tensors);

/// Training pictures to take gradients of: spread evenly over the split, fewer of large ones.
std::vector<std::int64_t> sampleRows(std::int64_t count, int inputSize);

/// Gradients of the mean loss of training pictures for the parameters of the layers in `layers`. They stand in the model's
/// parameters while `take` is called; afterwards the model is as it was, with nothing trainable. Throws Cancelled.
void withGradients(StagedModel& model, const LayerMask& layers, const InputSource& source, const std::vector<std::int64_t>& rows,
                   const std::function<void()>& take, const CountCallback& progress);
/// L2 of a layer's gradients, weights and bias.
double gradientNormOf(const std::vector<Parameter>& parameters);

/// Share of a layer's channels that are 0 for every row. Throws Cancelled.
double deadShareOf(const StagedModel& model, int layer, const InputSource& source, const std::vector<std::int64_t>& rows,
                   const CountCallback& progress);

/// Weights of the first convolution, [filters, 3, size, size]. Throws ConfigError where it does not see RGB.
torch::Tensor firstFilters(const StagedModel& model);

}  // namespace thaw::core
