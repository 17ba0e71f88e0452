// The layers of Keras's own networks, and what the names in files of Keras's versions say of them:
//
//     conv1_conv/conv1_conv/kernel:0          .h5 before Keras 3 (Keras 1: conv1_conv/conv1_conv_W:0)
//     layers/conv2d_3/vars/0                  .weights.h5 and .keras: the layer's class and number, the tensor's number
//
// Layers that were not given a name are called by class and number, too, but these count in another order: see KerasNumbers.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/model/graph.h"
#include "core/model/trunk_names.h"
#include "core/model/weights_source.h"

namespace thaw::core {

using Tensors = std::map<std::string, SourceTensor>;

/// A tensor of a file that could be one of the trunk's.
struct Named {
    std::string name;  ///< in the file
    TensorRole role = TensorRole::Other;
    bool channelsLast = false;  ///< a kernel in Keras's order: height, width, in, out
};

/// The tensors of a file by the names that a trunk gives them, behind any prefix.
struct PlainNames {
    std::map<std::string, std::vector<Named>> byName;
    std::set<std::string> moreOfTheKind;  ///< of these: convolutions called like the trunk's, but none of them
};

/// A layer with tensors.
struct KerasLayer {
    std::string name;                  ///< "conv2_block1_1_conv"
    std::string kind;                  ///< Keras's class, as it stands in files: "conv2d", "batch_normalization"
    std::vector<std::string> tensors;  ///< in Keras's order: "conv2_block1_1_conv.weight", ...
};

/// Of a network that is drawn as Keras draws it. In the order of Keras's model.layers: by the length of the longest way to the
/// network's end, else in the order in which they were made.
std::vector<KerasLayer> kerasLayersOf(const Network& network, int stages);

/// What the number in "conv2d_7" counts.
enum class KerasNumbers {
    OfNames,   ///< a layer's own name: layers in the order in which they were made
    OfPlaces,  ///< a place in the file: layers of this class in the order of model.layers
};
PlainNames kerasNames(const Tensors& tensors, const std::vector<KerasLayer>& layers, KerasNumbers numbers);

}  // namespace thaw::core
