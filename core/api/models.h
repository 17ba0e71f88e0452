// The networks that can be used as a trunk, as a gallery shows them. No tensors.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/api/config.h"
#include "core/api/modality.h"

namespace thaw::core {

/// One stage of a trunk, for a small drawing.
struct StageCard {
    std::string group;  ///< outermost group: "layer3"
    std::string block;  ///< of the drawing: "plain", "residual", "inverted residual", "branches", "transformer", "pool"
    int side = 0;       ///< pixels of its output at the usual input size; 0: tokens
    int channels = 0;   ///< of its output
    int heads = 0;      ///< of a transformer's layer
};

struct ModelCard {
    std::string name;                                   ///< torchvision's: "resnet18"; Keras's own: "resnet50_keras"
    std::string title;                                  ///< "ResNet-18"
    std::string family;                                 ///< "ResNet"
    Modality modality = Modality::Pictures;             ///< what it reads
    std::int64_t parameters = 0;                        ///< of the trunk, without a classifier
    double multiplyAdds = 0;                            ///< of the trunk, forward, one picture at the usual size
    int features = 0;                                   ///< numbers that its usual head reads at the suggested size
    int leastSize = 0, greatestSize = 0, sizeStep = 1;  ///< pixels a side; of texts: tokens
    int usualSize = 0;                                  ///< that its published weights were trained with
    int suggestedSize = 0;                              ///< for a laptop
    Scaling scaling = Scaling::ImageNet;
    bool builtIn = false;        ///< weights come with Thaw
    std::string builtInTitle;    ///< "ResNet-50 without labels (AugNet, built in, 8 bit)"
    std::string builtInNote;     ///< a sentence
    bool withoutLabels = false;  ///< the built-in weights learned without labels
    bool whole = false;          ///< the built-in weights have the classifier of ImageNet's 1,000 classes
    std::string weightsFrom;     ///< a sentence where its weights are neither built in nor to download; else empty
    std::string licence;         ///< of the built-in weights, as their package states it; empty: none are built in
    /// Top-1 on ImageNet, 0..1, of the built-in weights, or of those to download where none are built in; negative: none is
    /// known.
    double publishedAccuracy = -1;
    std::string publishedSource;  ///< of which weights: "torchvision, IMAGENET1K_V1"
    std::vector<StageCard> stages;
};

/// All models, in the order in which they are shown. Arithmetic alone.
std::vector<ModelCard> listModels();
/// "ResNet-18"; the name itself for a model that does not exist.
std::string modelTitle(const std::string& name);
/// What a model reads; pictures for a model that does not exist.
Modality modalityOf(const std::string& name);
/// Whether a batch norm is among its layers; false for a model that does not exist.
bool hasBatchNorm(const std::string& name);

}  // namespace thaw::core
