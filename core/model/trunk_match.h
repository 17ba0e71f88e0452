// Which tensor of a file is which tensor of VGG16's trunk, by the names that torchvision, Keras and others give them.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/model/weights_source.h"

namespace thaw::core {

/// One convolution's weight [out, in, 3, 3] or bias [out].
struct TrunkTensor {
    std::string name;                 ///< "features.0.weight"
    std::vector<std::int64_t> shape;
};
/// All 26, in the network's order.
const std::vector<TrunkTensor>& trunkTensors();

/// What a name in a file means.
struct TrunkName {
    std::size_t index = 0;            ///< into trunkTensors()
    bool channelsLast = false;        ///< a kernel in Keras's order: height, width, in, out
    bool scale = false;               ///< the scales [out] of an int8 kernel, not the kernel
};
std::optional<TrunkName> trunkName(const std::string& nameInFile);
/// The kernel's shape in the file's order.
std::vector<std::int64_t> expectedShape(const TrunkName& name);

struct TrunkMatch {
    struct Found {
        std::string name;             ///< in the file
        bool channelsLast = false;
        std::string scaleName;        ///< of an int8 kernel; else empty
    };
    std::map<std::size_t, Found> found;  ///< by index into trunkTensors(); right in shape and type
    std::vector<std::string> matched, missing, unexpected, misshapen;  ///< as in WeightsReport
};
TrunkMatch matchTrunk(const std::map<std::string, SourceTensor>& tensors);

}  // namespace thaw::core
