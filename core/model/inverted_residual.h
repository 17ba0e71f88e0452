// The block of MobileNetV2, MobileNetV3 and EfficientNet: widen by 1x1, look around by a depthwise convolution, weigh the
// channels by squeeze-and-excitation, narrow by 1x1, and add what came in where the shapes allow it.
#pragma once

#include <string>

#include "core/model/graph.h"

namespace thaw::core {

struct InvertedResidual {
    std::string path;  ///< of the stage
    /// Paths of the convolution and the norm of each part; an empty first one: the part is missing.
    std::string expand, expandNorm, depthwise, depthwiseNorm, project, projectNorm;
    std::string squeeze, excite;  ///< of the two 1x1 convolutions that make a factor for each channel
    int expanded = 0, channels = 0, kernel = 3, stride = 1;
    int squeezed = 0;
    Op activation = Op::Relu6, squeezeActivation = Op::Relu, gate = Op::HardSigmoid;
    double epsilon = 1e-5, momentum = 0.1;
    bool same = false;  ///< TensorFlow's padding
};

/// The stages of MobileNetV2.
struct MobileNetV2Row {
    int expansion, channels, repeats, stride;
};
inline constexpr MobileNetV2Row kMobileNetV2Rows[] = {{1, 16, 1, 1}, {6, 24, 2, 2},  {6, 32, 3, 2}, {6, 64, 4, 2},
                                                      {6, 96, 3, 1}, {6, 160, 3, 2}, {6, 320, 1, 1}};

/// Draws one stage.
void drawInvertedResidual(GraphBuilder& graph, const InvertedResidual& block);

}  // namespace thaw::core
