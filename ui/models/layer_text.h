// A layer of a model in words.
#pragma once

#include <QString>

#include "core/api/layer_info.h"

namespace thaw::ui {

/// "conv3", "dense 1": its name within its block.
/// "Block 4 conv3", "Head dense 1": where the block does not stand beside it.
QString fullLayerName(const core::LayerInfo& layer);
/// "Block 4 conv3, 4×4": of which a class map can be made.
QString classMapLayerText(const core::LayerInfo& layer);
QString shortLayerName(const core::LayerInfo& layer);
/// Of the tree: what stands below its group: "conv3", "conv1", "branch1x1.conv".
QString layerTitle(const core::ModelInfo& model, int index);
QString groupTitle(const core::LayerGroup& group);    ///< "Block 5", "layer4.1", "Head"
QString layerKindText(const core::LayerInfo& layer);  ///< "Conv 3×3", "Drop 0.5"
/// "512 @ 2×2", or "512" for a row of units.
QString layerShapeText(const std::vector<std::int64_t>& shape);
/// What it is, takes and gives, and how many parameters it has: "Conv 3×3, 512 in, 512 out, ReLU.  2,359,808 parameters."
QString layerDescription(const core::ModelInfo& model, int layer);

}  // namespace thaw::ui
