// Which tensor of a file is which tensor of a model's trunk, by the names that torchvision, Keras and others give them.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/model/graph.h"
#include "core/model/keras_names.h"
#include "core/model/trunk_names.h"
#include "core/model/weights_source.h"

namespace thaw::core {

/// The tensors of a model's trunk, and how they may be called.
struct TrunkLayout {
    std::string model, title;
    std::vector<TensorSpec> tensors;  ///< parameters and buffers in the network's order; torchvision's names, or Keras's layers'
    /// Of a network that is one chain of 3x3 convolutions with biases: these have many names. Empty for others, which go by the
    /// names of `tensors`.
    ConvChain chain;
    std::vector<KerasLayer> kerasLayers;  ///< of Keras's own networks; empty for others
    bool isChain() const { return !chain.numbers.empty(); }
};
/// Throws ConfigError naming the models that exist.
TrunkLayout layoutOf(const std::string& model);
/// With the classifier that the weights were published with. Throws ConfigError also where the model has none.
TrunkLayout wholeLayoutOf(const std::string& model);

struct TrunkMatch {
    struct Found {
        std::string name;           ///< in the file
        bool channelsLast = false;  ///< in Keras's order
        std::string scaleName;      ///< of an int8 kernel; else empty
    };
    TrunkLayout layout;
    std::map<std::size_t, Found> found;  ///< by index into layout.tensors; right in name, shape and type
    std::vector<std::string> matched, missing, unexpected, misshapen;  ///< as in WeightsReport
    std::string otherNetwork;                                          ///< as in WeightsReport
    bool flaxNames = false;                                            ///< Conv_0/kernel ...
    bool isTrunk() const { return found.size() == layout.tensors.size() && misshapen.empty() && otherNetwork.empty(); }
};
TrunkMatch matchTrunk(const std::map<std::string, SourceTensor>& tensors, const TrunkLayout& layout);

/// The model whose trunk a file holds; empty where it is none of the zoo's.
std::string modelIn(const std::map<std::string, SourceTensor>& tensors);

}  // namespace thaw::core
