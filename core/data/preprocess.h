// From 8-bit pictures to the network's float input.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include <torch/torch.h>

#include "core/api/config.h"
#include "core/api/dataset_info.h"
#include "core/data/picture_change.h"

namespace thaw::core {

/// [rows, 3, inputSize, inputSize] float32 on the CPU: scaled, then resized bilinearly (corners not aligned, no antialiasing)
/// where the pictures have another size. `changes` is empty or has an entry a row. Blocks and throws as PictureReader where the
/// set is not in memory.
torch::Tensor networkInput(const PictureSet& pictures, const std::vector<std::int64_t>& rows,
                           const std::vector<PictureChange>& changes, Scaling scaling, int inputSize);

/// A scaling as arithmetic: input channel c = source channel `source[c]` of RGB, 0..255, times factor[c] plus offset[c].
struct ScalingNumbers {
    std::array<int, 3> source{};
    std::array<double, 3> factor{}, offset{};
};
ScalingNumbers numbersOf(Scaling scaling);

/// What networkInput depends on, for keys of cached features.
std::string preprocessingKey(Scaling scaling, int inputSize);

}  // namespace thaw::core
