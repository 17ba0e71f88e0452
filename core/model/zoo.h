// The models that Thaw knows, each described by its family's file: how its network is drawn, what input it takes, what a course
// would thaw, and where its weights come from. Everything else asks these descriptions and knows no model by name.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/api/config.h"
#include "core/api/modality.h"
#include "core/model/graph.h"

namespace thaw::core {

/// Sizes of square input pictures, in pixels, or of texts, in tokens.
struct InputSpec {
    int least = 32, greatest = 512;
    int step = 1;        ///< sizes are multiples of it
    int usual = 224;     ///< what the published weights were trained with
    int suggested = 96;  ///< a good compromise between speed and accuracy on a laptop
    Modality modality = Modality::Pictures;
};

struct PublishedAccuracy {
    double top1 = 0;     ///< on ImageNet's 50,000 validation pictures, 0..1
    std::string source;  ///< "torchvision, IMAGENET1K_V1"
};

/// Where torchvision's module of a model ends: what a run's head takes the place of.
struct TorchvisionEnd {
    enum class Pooling {
        Module,  ///< in its `avgpool`, which can be another one
        Always,  ///< in its forward(): the mean of each plane
        None,    ///< not before the classifier
    };
    std::string classifier;  ///< "fc"; empty: torchvision does not have the model
    Pooling pooling = Pooling::Module;
    std::string arguments = {};  ///< of torchvision.models.NAME, in Python; SIZE: the input's size
};

/// Python that makes the network with transformers, behind "transformers.": "BertModel(...)". Empty: it has none.
struct TransformersNetwork {
    std::string trunk;      ///< from tokens to hidden states
    std::string continues;  ///< from tokens to the scores of what comes next
};

struct ModelDescription {
    std::string name;    ///< torchvision's: "resnet18"; of Keras's own network with "_keras" behind it
    std::string title;   ///< "ResNet-18"
    std::string family;  ///< "ResNet"
    InputSpec input;
    std::string tokenizer = {};                    ///< of texts: as openTokenizer() takes it
    HeadConfig head;                               ///< this family's usual one
    Scaling scaling = Scaling::ImageNet;           ///< that its published weights expect
    std::function<void(GraphBuilder&)> drawTrunk;  ///< from the pictures to the last planes, from the texts to the last tokens
    /// Of a model of texts: from the last tokens to the scores of what comes next, the head of TaskKind::ContinueText. Empty: it
    /// reads a text in both directions and cannot continue one.
    std::function<void(GraphBuilder&)> drawContinuation;
    /// The network's own way from the trunk to the classes of its weights. Empty: it has none.
    std::function<void(GraphBuilder&, int classes)> drawClassifier;
    TorchvisionEnd torchvision;
    TransformersNetwork transformers;
    /// Keras's own network, by the names of Keras's layers: "conv2_block1_1_conv.weight". Its weights come from files of Keras.
    bool keras = false;
    std::vector<LayerPreset> presets;            ///< beside "Head only" and "Everything thawed"
    std::string builtIn;                         ///< file name in resources/weights; empty: none
    std::string builtInTitle;                    ///< "ResNet-50 without labels (AugNet, built in, 8 bit)"
    std::string builtInNote;                     ///< one sentence: what these weights are
    bool builtInWhole = false;                   ///< they have the classifier of ImageNet's 1,000 classes too
    bool builtInWithoutLabels = false;           ///< learned without labels
    bool builtInPublished = false;               ///< they are the weights that `published` is of
    std::string licence;                         ///< of the built-in weights, as their package states it
    std::optional<PublishedAccuracy> published;  ///< of the weights that can be downloaded
};

/// Throws ConfigError naming the models that exist.
const ModelDescription& descriptionOf(const std::string& model);
/// In the order in which they are shown. Not to be kept while models are added.
std::vector<const ModelDescription*> allModels();
/// Adds a model, or puts another one behind a name. Not thread-safe: before anything runs.
void addModel(ModelDescription model);

/// The network of a run: its trunk with a new head. Throws ConfigError.
Network networkOf(const RunConfig& config, int classCount);
/// The network as its weights were published, with its own classifier. Throws ConfigError where it has none.
Network publishedNetwork(const std::string& model, int inputSize, int classCount = 1000);
/// Whether a trunk has a layer of that kind.
bool trunkHas(const ModelDescription& model, LayerKind kind);
/// Parameters and buffers of a trunk in forward order; they do not depend on the input's size but for places of patches.
std::vector<TensorSpec> trunkTensorsOf(const Network& network);
/// The same of the whole network.
std::vector<TensorSpec> tensorsOf(const Network& network);

}  // namespace thaw::core
