// A VGG16 trunk out of any file that Thaw reads, as plain float32 by torchvision's names.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "core/api/weights_info.h"

namespace thaw::core {

/// Title of the weights that come with Thaw.
inline constexpr const char* kEmbeddedTitle = "VGG16, ImageNet (built in, 8 bit)";

struct HostTensor {
    std::vector<std::int64_t> shape;
    std::vector<float> values;
};

class WeightsSource;
struct TrunkMatch;

struct TrunkWeights {
    std::map<std::string, HostTensor> tensors;  ///< "features.0.weight" [64,3,3,3], "features.0.bias" [64], ...
    std::string digest;                         ///< SHA-256 of the file
    std::string title;                          ///< "VGG16, ImageNet (built in, 8 bit)" or the file's name
    WeightsScaling scaling;                     ///< that they need
};

/// Reads, matches names and shapes, dequantises int8, checks that every value is finite. Empty file: the embedded weights.
/// Throws WeightsError that lists what is missing or misshapen.
TrunkWeights loadTrunkWeights(const std::filesystem::path& file);

/// One tensor of a match that has it, by its index into trunkTensors(): in torchvision's order, dequantised.
HostTensor readTrunkTensor(const WeightsSource& source, const TrunkMatch& match, std::size_t index);

/// The same from an open file; `path` is for messages.
std::map<std::string, HostTensor> readTrunk(const WeightsSource& source, const std::filesystem::path& path);

}  // namespace thaw::core
