// The model as the layer tree, the price tag and the command line see it. No tensors.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/api/config.h"

namespace thaw::core {

enum class LayerKind {
    Conv2d,
    MaxPool2d,
    AveragePool2d,
    Flatten,
    Dense,
    Dropout,
    BatchNorm,
    LayerNorm,
    Attention,
    Tokens,  ///< of a transformer: its class token, and its tables of words and of places
    Scale,   ///< one factor a channel
    Sum,     ///< of a block and what skips it
    Join,    ///< of branches, channels behind channels
};

/// A leaf of the layer tree, in forward order.
struct LayerInfo {
    std::string name;       ///< "block5_conv3" (Keras's) where a family has such names, else the path: "layer4.1.conv2"
    std::string torchName;  ///< path: the prefix of its state_dict keys: "features.28", "layer4.1.conv2", "head.dense_1"
    std::string block;      ///< the outermost group: "block5", "layer4", "head"
    LayerKind kind = LayerKind::Conv2d;
    std::string kindText;                   ///< "Conv 3x3/2", "Depthwise 5x5", "BatchNorm"
    std::vector<std::int64_t> outputShape;  ///< one picture: {channels, height, width}, {units} or {tokens, units}
    std::int64_t inputs = 0;                ///< channels or units that it reads
    std::int64_t parameterCount = 0;
    std::int64_t bufferCount = 0;  ///< numbers that are kept and do not learn by gradients: a batch norm's statistics
    double multiplyAdds = 0;       ///< forward, one picture
    double dropout = 0;            ///< of a Dropout: share of the units that are off while training, [0, 1)
    int stage = 0;                 ///< index into ModelInfo::stages
    int group = -1;                ///< index into ModelInfo::groups: the innermost that holds it; -1: none
    bool relu = false;             ///< its output goes through a ReLU and nothing else
    bool hasParameters() const { return parameterCount > 0; }
    /// Whether its output is planes: something to draw a map on.
    bool hasPlane() const {
        return outputShape.size() == 3 &&
               (kind == LayerKind::Conv2d || kind == LayerKind::MaxPool2d || kind == LayerKind::AveragePool2d ||
                kind == LayerKind::BatchNorm || kind == LayerKind::Scale || kind == LayerKind::Sum || kind == LayerKind::Join);
    }
    /// How many maps or units its output has.
    std::int64_t channels() const { return hasPlane() ? outputShape.front() : outputShape.back(); }
};

/// A branch of the layer tree: layers [begin, end), which one tick freezes and thaws together.
struct LayerGroup {
    std::string path;  ///< "layer4.1", "block5", "head"
    int parent = -1;   ///< index into ModelInfo::groups, always smaller than its own; -1: at the top
    int begin = 0, end = 0;
};

/// The model is a line of stages: features can be kept between two of them, and the freeze boundary lies between two of them.
/// Inside a stage its layers form any graph.
struct StageInfo {
    std::string name;                       ///< that of its only layer, or its path: "block5_conv3", "layer4.1"
    std::string path;                       ///< "features.28", "layer4.1"
    int begin = 0, end = 0;                 ///< layers [begin, end)
    std::vector<std::int64_t> outputShape;  ///< one picture
    std::int64_t parameterCount = 0;
    double multiplyAdds = 0;  ///< forward, one picture
    bool cut = false;         ///< a place where features are worth keeping: its output is what the next stage needs, and small
    std::int64_t outputFloats() const {
        std::int64_t floats = 1;
        for (std::int64_t size : outputShape) floats *= size;
        return floats;
    }
};

/// A named choice of layers that a course would make with this model.
struct LayerPreset {
    std::string title;                ///< "Head only", "Block 5 thawed"
    std::vector<std::string> layers;  ///< names as in PhaseConfig::trainable
};

struct ModelInfo {
    std::string name;                    ///< "VGG16"
    TaskKind task = TaskKind::OneLabel;  ///< what its outputs mean
    std::vector<LayerInfo> layers;
    std::vector<LayerGroup> groups;  ///< in pre-order
    std::vector<StageInfo> stages;
    std::vector<LayerPreset> presets;
    std::vector<std::int64_t> inputShape;  ///< one picture: {3, size, size}; one text: {the most tokens}
    int headBegin = 0;                     ///< index of the head's first layer
    int headStage = 0;                     ///< index of the head's first stage
    std::int64_t parameterCount = 0;

    bool readsTexts() const { return inputShape.size() == 1; }
    /// Index of the layer that Keras's or torchvision's name means; -1 when there is none.
    int indexOf(const std::string& name) const;
    /// A flag a layer (false for layers without parameters) for names as in PhaseConfig::trainable. Throws ConfigError.
    std::vector<bool> maskOf(const std::vector<std::string>& names) const;
    const LayerInfo& layer(int index) const { return layers[static_cast<std::size_t>(index)]; }
    const StageInfo& stage(int index) const { return stages[static_cast<std::size_t>(index)]; }
    /// One picture's shape at the entry of a stage.
    const std::vector<std::int64_t>& shapeBefore(int stage) const {
        return stage == 0 ? inputShape : stages[static_cast<std::size_t>(stage) - 1].outputShape;
    }
};

/// Layers that train, one flag a layer of ModelInfo::layers; always false where a layer has no parameters.
using LayerMask = std::vector<bool>;

/// Parameters of a stage that train.
std::int64_t trainableIn(const ModelInfo& model, const LayerMask& trainable, int stage);

/// Describes the model that `config` would build, by arithmetic alone: no weights are read. Throws ConfigError.
ModelInfo describeModel(const RunConfig& config, int classCount);

/// "Head only", "Block 5 thawed", "Everything thawed", "All frozen", or "Custom". Pure.
std::string describeMask(const ModelInfo& model, const LayerMask& trainable);

/// Index of the first stage with a layer that trains: everything below is frozen and cacheable. stages.size() when nothing
/// trains.
int freezeBoundary(const ModelInfo& model, const LayerMask& trainable);

/// Where times come from, and so how far they can be trusted.
enum class TimesOrigin {
    Guessed,    ///< from the processor's arithmetic alone: rough
    Disturbed,  ///< measured while other programs used the processor; measured again when a run prepares
    Measured,
};

/// Seconds a picture, one entry a stage, for one input size, batch size and thread count of this machine.
struct StageTimes {
    struct Stage {
        double forward = 0, backwardData = 0, backwardWeights = 0;
    };
    std::vector<Stage> stages;
    double optimizerPerParameter = 0;  ///< seconds a step and trainable parameter
    double besideStages = 0;           ///< seconds a picture of a training step: its batch is put together, its loss computed
    int batchSize = 0;
    TimesOrigin origin = TimesOrigin::Measured;
    bool empty() const { return stages.empty(); }
};

/// What the ticks would cost. Negative: not known yet.
struct Price {
    std::int64_t trainableParameters = 0;
    double imagesPerSecond = -1;    ///< training alone, features below the boundary from the cache where it can hold them
    double epochSeconds = -1;       ///< training epoch and evaluation
    double oneTimeSeconds = -1;     ///< filling the cache once for this boundary; 0 when it is there
    std::int64_t memoryBytes = -1;  ///< parameters, gradients, moments, activations of one batch, features held
    int trainRung = 0;              ///< stage whose input training reads; 0: the pictures
};

struct PriceInput {
    std::int64_t trainCount = 0;  ///< pictures an epoch
    std::int64_t testCount = 0;
    int cachedBoundary = 0;  ///< highest stage whose input is in the cache for the whole of both splits; 0: the pictures
    double slowdown = 1;     ///< what a step takes over what the times say, as measured on the layers that train now
};

/// Pure arithmetic on measured times; the GUI thread may call it at every tick.
Price estimatePrice(const RunConfig& config, const ModelInfo& model, const LayerMask& trainable, const StageTimes& times,
                    const PriceInput& input);

/// Seconds of the whole plan of `config`: all its epochs, and the passes through the frozen layers that its phases need. Negative
/// where the times say nothing. Pure.
double estimatePlan(const RunConfig& config, const ModelInfo& model, const StageTimes& times, PriceInput input);

/// Times last measured on this machine for this model, input size, batch size and threads; empty when never measured.
/// Reads a small file of the cache folder.
StageTimes storedStageTimes(const RunConfig& config);

/// A rough guess from the model's arithmetic and what this processor computes in a second with the threads of `config`: what to
/// say before anything is measured. The first call of a process measures the processor for about 5 ms. Empty for a graphics card.
StageTimes guessedStageTimes(const RunConfig& config, const ModelInfo& model);

}  // namespace thaw::core
