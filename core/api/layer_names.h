// Layers in as few names as possible.
#pragma once

#include <string>
#include <vector>

#include "core/api/layer_info.h"

namespace thaw::core {

/// Whole groups by their paths ("layer4", "layer3.1"), others layer by layer; what maskOf() turns back into the mask. Pure.
std::vector<std::string> groupedNames(const ModelInfo& model, const LayerMask& mask);
/// The same of layers by their names; names that the model does not have stay. Pure.
std::vector<std::string> groupedNames(const ModelInfo& model, const std::vector<std::string>& layers);

}  // namespace thaw::core
