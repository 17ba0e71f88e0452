// From 8-bit pictures to the network's float input.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include <torch/torch.h>

#include "core/api/config.h"
#include "core/api/dataset_info.h"

namespace thaw::core {

/// What augmentation does to one picture.
struct PictureChange {
    bool flip = false;
    int shiftX = 0, shiftY = 0;  ///< pixels; the edge is repeated
};

/// The change that a picture gets in an epoch: a pure function of its arguments.
PictureChange augmentationOf(const AugmentationConfig& augmentation, std::uint64_t seed, int epoch, std::int64_t picture);

/// [rows, 3, inputSize, inputSize] float32 on the CPU: scaled, then resized bilinearly (corners not aligned, no antialiasing)
/// where the pictures have another size. `changes` is empty or has an entry a row.
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
