// The families of models, one file each.
#pragma once

#include <vector>

#include "core/model/zoo.h"

namespace thaw::core {

/// A VGG-shaped model: blocks of 3x3 convolutions with ReLU, each block ended by a 2x2 max pooling; output channels of every
/// convolution.
ModelDescription vggModel(const std::string& name, const std::string& title, const std::vector<std::vector<int>>& blocks,
                          bool batchNorm = false);

/// A ResNet-shaped model: blocks of each of its layers; width doubles from layer to layer.
ModelDescription resNetModel(const std::string& name, const std::string& title, const std::vector<int>& blocks, bool bottleneck);

/// Sizes of a network of BERT's kind.
struct BertShape {
    int layers = 12, width = 768, heads = 12, hidden = 3072;
    bool distilled = false;  ///< DistilBERT: its own names, no table of a text's parts
    int vocabulary = 30522, places = 512;
};
ModelDescription bertModel(const std::string& name, const std::string& title, const BertShape& shape);

/// Sizes of a network of GPT-2's kind.
struct GptShape {
    int layers = 12, width = 768, heads = 12;
    int vocabulary = 50257, places = 1024;
};
ModelDescription gptModel(const std::string& name, const std::string& title, const GptShape& shape);

/// One dense layer on the means of the last planes: the usual head beyond VGG.
inline const HeadConfig kLinearHead{/*hiddenUnits=*/512, /*dropout=*/0.2, /*hiddenLayers=*/0, HeadPooling::Average};

/// The classifier that most networks were published with: one dense layer, `linear`, on the mean of each plane, behind a dropout
/// where one is named.
void drawMeanClassifier(GraphBuilder& graph, int classes, const std::string& linear, const std::string& dropout = {},
                        double rate = 0);

std::vector<ModelDescription> vggFamily();
std::vector<ModelDescription> alexNetFamily();
std::vector<ModelDescription> squeezeNetFamily();
std::vector<ModelDescription> resNetFamily();
std::vector<ModelDescription> inceptionFamily();
std::vector<ModelDescription> xceptionFamily();
std::vector<ModelDescription> mobileNetFamily();
std::vector<ModelDescription> kerasMobileNetFamily();
std::vector<ModelDescription> efficientNetFamily();
std::vector<ModelDescription> denseNetFamily();
std::vector<ModelDescription> convNextFamily();
std::vector<ModelDescription> visionTransformerFamily();
std::vector<ModelDescription> bertFamily();
std::vector<ModelDescription> gptFamily();

}  // namespace thaw::core
