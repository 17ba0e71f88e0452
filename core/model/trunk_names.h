// What the name of a tensor says: which layer of which chain of convolutions it belongs to. Torchvision, Keras, Flax, lpips and
// Caffe's converters name VGG's layers in their own ways, and training scripts wrap these names.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/model/weights_source.h"

namespace thaw::core {

/// "features.0.weight" and "a/b" to their parts.
std::vector<std::string> nameParts(const std::string& name);
/// A whole number below 10,000 without sign.
std::optional<int> nameNumber(const std::string& part);

enum class TensorRole { Kernel, Bias, Scale, Other };

/// Where a network that is one chain of convolutions has them.
struct ConvChain {
    std::vector<int> perBlock;  ///< convolutions of each block
    std::vector<int> numbers;   ///< of each convolution in torchvision's Sequential "features"
};

/// Position of a block's convolution in the chain.
std::optional<std::size_t> chainPosition(const ConvChain& chain, int block, int number);

struct TensorPlace {
    /// Chains of different groups are different networks or parts: the prefix of numbered layers ("state_dict.features"), or one
    /// group for all layers that are called block1_conv1 or conv1_1.
    std::string group;
    int order = 0;  ///< of the layer in its group
    TensorRole role = TensorRole::Other;
    bool channelsLast = false;               ///< a kernel in Keras's order: height, width, in, out
    bool numbered = false;                   ///< the order counts all layers, as in a torch.nn.Sequential
    bool counted = false;                    ///< the order counts convolutions alone
    bool flax = false;                       ///< named as Flax does
    bool usual = false;                      ///< a place where trunks usually stand: features, slices, blocks, counted layers
    std::optional<std::size_t> convolution;  ///< of the chain, where the name alone tells it
};

/// Nothing for names that belong to no such layer, and for an optimiser's moments. Wrappers (module, _orig_mod ...) are skipped
/// wherever they stand.
std::optional<TensorPlace> placeOf(const std::string& name, const ConvChain& chain);

/// A name without its wrappers; empty for an optimiser's moments.
std::string withoutWrappers(const std::string& name);

}  // namespace thaw::core
