// Which tensor of a file is which tensor of VGG16's trunk, by the names that torchvision, Keras and others give them.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/model/weights_source.h"

namespace thaw::core {

/// One convolution's weight [out, in, 3, 3] or bias [out].
struct TrunkTensor {
    std::string name;  ///< "features.0.weight"
    std::vector<std::int64_t> shape;
};
/// All 26, in the network's order.
const std::vector<TrunkTensor>& trunkTensors();

struct TrunkMatch {
    struct Found {
        std::string name;  ///< in the file
        bool channelsLast = false;
        std::string scaleName;  ///< of an int8 kernel; else empty
    };
    std::map<std::size_t, Found> found;  ///< by index into trunkTensors(); right in name, shape and type
    std::vector<std::string> matched, missing, unexpected, misshapen;  ///< as in WeightsReport
    std::string otherNetwork;                                          ///< as in WeightsReport
    bool flaxNames = false;                                            ///< Conv_0/kernel ...
    bool isTrunk() const { return found.size() == trunkTensors().size() && misshapen.empty() && otherNetwork.empty(); }
};
TrunkMatch matchTrunk(const std::map<std::string, SourceTensor>& tensors);

}  // namespace thaw::core
