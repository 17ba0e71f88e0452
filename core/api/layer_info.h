// The model as the layer tree, the price tag and the command line see it. No tensors.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/api/config.h"

namespace thaw::core {

enum class LayerKind { Conv2d, MaxPool2d, Flatten, Dense, Dropout };

/// One stage of the model, in forward order.
struct LayerInfo {
    std::string name;       ///< Keras's: "block5_conv3", "flatten", "dense_1", "dropout", "dense_2"
    std::string torchName;  ///< torchvision's, the prefix of its state_dict keys: "features.28", "head.dense_1"
    std::string block;      ///< "block5" or "head"
    LayerKind kind = LayerKind::Conv2d;
    std::vector<std::int64_t> outputShape;  ///< one picture: {channels, height, width} or {units}
    std::int64_t parameterCount = 0;
    double multiplyAdds = 0;  ///< forward, one picture
    double dropout = 0;       ///< of a Dropout: share of the units that are off while training, [0, 1)
    bool hasParameters() const { return parameterCount > 0; }
};

struct ModelInfo {
    std::string name;  ///< "VGG16"
    std::vector<LayerInfo> layers;
    int headBegin = 0;  ///< index of the head's first layer
    std::int64_t parameterCount = 0;

    /// Index of the layer that Keras's or torchvision's name means; -1 when there is none.
    int indexOf(const std::string& name) const;
    /// A flag a layer (false for layers without parameters) for names as in PhaseConfig::trainable. Throws ConfigError.
    std::vector<bool> maskOf(const std::vector<std::string>& names) const;
};

/// Layers that train, one flag a layer of ModelInfo::layers; always false where a layer has no parameters.
using LayerMask = std::vector<bool>;

/// Describes the model that `config` would build, by arithmetic alone: no weights are read. Throws ConfigError.
ModelInfo describeModel(const RunConfig& config, int classCount);

/// "Head only", "Block 5 thawed", "Everything thawed", "All frozen", or "Custom". Pure.
std::string describeMask(const ModelInfo& model, const LayerMask& trainable);

/// Index of the first layer that trains: everything below is frozen and cacheable. layers.size() when nothing trains.
int freezeBoundary(const ModelInfo& model, const LayerMask& trainable);

/// Where times come from, and so how far they can be trusted.
enum class TimesOrigin {
    Guessed,    ///< from the processor's arithmetic alone: rough
    Disturbed,  ///< measured while other programs used the processor; measured again when a run prepares
    Measured,
};

/// Seconds a picture, one entry a layer, for one input size, batch size and thread count of this machine.
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
