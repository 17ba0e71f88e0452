// Which network a file holds, by the shapes of its convolutions and by the names of its layers: so that weights of another
// network are called by their name.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/model/weights_source.h"

namespace thaw::core {

struct KernelShape {
    std::int64_t out = 0, in = 0, height = 0, width = 0;
    bool operator==(const KernelShape& other) const {
        return out == other.out && in == other.in && height == other.height && width == other.width;
    }
};

/// "VGG19": the one of the VGG family whose convolutions `kernels` begin with, in the network's order. Layers that follow and are
/// not of the same kind (3x3, 512 to 512 channels) belong to a head. "a VGG network with 18 convolutions" where more of the same
/// kind follow. Empty: no VGG.
std::string vggName(const std::vector<KernelShape>& kernels);

/// "ResNet-50", "MobileNetV2", "BERT": by the names that its makers give to its layers. Empty: not known.
std::string networkByNames(const std::map<std::string, SourceTensor>& tensors);

}  // namespace thaw::core
