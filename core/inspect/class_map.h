// Where a model looks for a class: Grad-CAM and Grad-CAM++ by gradients, occlusion without them.
#pragma once

#include "core/api/inspector.h"
#include "core/model/staged_model.h"

namespace thaw::core {

/// Grad-CAM (Selvaraju and others 2017) or Grad-CAM++ (Chattopadhyay and others 2018) of a layer that puts out planes, by the
/// class's logit. `input`: [1, 3, side, side]. Gradients flow from the logit to the layer's output only: no parameter need be
/// trainable.
ClassMap gradCamOf(const StagedModel& model, const torch::Tensor& input, int layer, int classIndex, ClassMapMethod method);

/// Each pixel gets the mean, over the patches that cover it, of the probability that the class loses under the patch.
/// `grey`: the input of a wholly grey picture, of the same shape. 1 <= stride <= patch <= side. Throws Cancelled.
ClassMap occlusionOf(const StagedModel& model, const torch::Tensor& input, const torch::Tensor& grey, int classIndex, int patch,
                     int stride, const CountCallback& progress);

}  // namespace thaw::core
