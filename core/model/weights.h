// A trunk out of any file that Thaw reads, as plain float32 by torchvision's names.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "core/api/weights_info.h"

namespace thaw::core {

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

/// Reads, matches names and shapes, dequantises int8, checks that every value is finite. Empty file: the model's own weights.
/// Throws WeightsError that lists what is missing or misshapen.
TrunkWeights loadTrunkWeights(const std::filesystem::path& file, const std::string& model = RunConfig().model);
/// The file that is meant (see above), and how people call its weights.
struct WeightsPlace {
    std::filesystem::path file;
    std::string title;
};
WeightsPlace weightsPlace(const std::filesystem::path& file, const std::string& model);

/// The same with the classifier that they were published with.
TrunkWeights loadWholeWeights(const std::filesystem::path& file, const std::string& model);
/// The weights that a run asks for.
TrunkWeights trunkWeightsOf(const RunConfig& config);

/// One tensor of a match that has it, by its index into the layout's tensors: in torchvision's order, dequantised.
HostTensor readTrunkTensor(const WeightsSource& source, const TrunkMatch& match, std::size_t index);

/// The weight of a dense layer as files have it that write it so (TensorSpec::transposed).
HostTensor inputsFirst(const HostTensor& weight);

/// All tensors of a match in an open file; `path` is for messages.
std::map<std::string, HostTensor> readTrunk(const WeightsSource& source, const TrunkMatch& match,
                                            const std::filesystem::path& path);

}  // namespace thaw::core
