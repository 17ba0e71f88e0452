// A stage's output for many pictures, slice by slice.
#pragma once

#include <functional>
#include <vector>

#include "core/api/analysis.h"
#include "core/model/staged_model.h"
#include "core/train/input_source.h"

namespace thaw::core {

/// What flows out of stage `end` - 1 for rows of a split, in slices; `progress` may be empty. Throws Cancelled.
void statesOf(const InputSource& source, const StagedModel& model, Split split, const std::vector<std::int64_t>& rows, int end,
              const std::function<void(std::int64_t begin, const State& state)>& take, const CountCallback& progress);

/// Runs the stages below `end` over rows of a split, from the highest of them whose input the source's store holds. `take` gets
/// each slice's output and where it begins in `rows`. Throws Cancelled.
void outputsOf(const InputSource& source, const StagedModel& model, Split split, const std::vector<std::int64_t>& rows, int end,
               const std::function<void(std::int64_t begin, const torch::Tensor& output)>& take, const CountCallback& progress);

/// The same for the output of one layer, which may lie inside a stage.
void outputsOfLayer(const InputSource& source, const StagedModel& model, Split split, const std::vector<std::int64_t>& rows,
                    int layer, const std::function<void(std::int64_t begin, const torch::Tensor& output)>& take,
                    const CountCallback& progress);

/// The same as one tensor on the CPU, [rows, floats of one picture].
torch::Tensor featuresOf(const InputSource& source, const StagedModel& model, Split split, const std::vector<std::int64_t>& rows,
                         int end, const CountCallback& progress);

}  // namespace thaw::core
