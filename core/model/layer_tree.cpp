#include <algorithm>

#include "core/api/errors.h"
#include "core/api/layer_info.h"
#include "core/model/zoo.h"

namespace thaw::core {
namespace {

LayerInfo denseLayer(const std::string& name, std::int64_t inputs, std::int64_t units) {
    LayerInfo layer;
    layer.name = name;
    layer.torchName = "head." + name;
    layer.block = "head";
    layer.kind = LayerKind::Dense;
    layer.outputShape = {units};
    layer.parameterCount = inputs * units + units;
    layer.multiplyAdds = static_cast<double>(inputs) * static_cast<double>(units);
    return layer;
}

LayerInfo plainHeadLayer(const std::string& name, LayerKind kind, std::int64_t units) {
    LayerInfo layer;
    layer.name = name;
    layer.torchName = "head." + name;
    layer.block = "head";
    layer.kind = kind;
    layer.outputShape = {units};
    return layer;
}

}  // namespace

int ModelInfo::indexOf(const std::string& wanted) const {
    for (std::size_t i = 0; i < layers.size(); ++i)
        if (layers[i].name == wanted || layers[i].torchName == wanted) return static_cast<int>(i);
    return -1;
}

std::vector<bool> ModelInfo::maskOf(const std::vector<std::string>& names) const {
    std::vector<bool> mask(layers.size(), false);
    for (const std::string& wanted : names) {
        bool known = false;
        for (std::size_t i = 0; i < layers.size(); ++i) {
            const LayerInfo& layer = layers[i];
            const bool inHead = static_cast<int>(i) >= headBegin;
            const bool meant = wanted == layer.name || wanted == layer.torchName || wanted == layer.block || wanted == "all" ||
                               (wanted == "trunk" && !inHead) || (wanted == "head" && inHead);
            if (!meant) continue;
            known = true;
            if (layer.hasParameters()) mask[i] = true;
        }
        if (!known) {
            throw ConfigError("There is no layer \"" + wanted + "\" in " + name + ".",
                              "Name layers like block5_conv3 or features.28, blocks like block5, or head, trunk, all.");
        }
    }
    return mask;
}

ModelInfo describeModel(const RunConfig& config, int classCount) {
    if (classCount < 2) throw ConfigError("A model needs at least two classes.", "Choose a data set with two classes or more.");
    if (config.inputSize < 1) throw ConfigError("The input size must be positive.", "Choose 32 to 224 pixels.");
    if (config.head.hiddenUnits < 1) throw ConfigError("The head needs at least one hidden unit.", "Choose 1 to 8192 units.");
    const TrunkRecipe& recipe = recipeOf(config.model);

    ModelInfo model;
    model.name = recipe.title;
    std::int64_t channels = 3, size = config.inputSize;
    int torchIndex = 0;
    for (std::size_t block = 0; block < recipe.blocks.size(); ++block) {
        const std::string blockName = "block" + std::to_string(block + 1);
        for (std::size_t conv = 0; conv < recipe.blocks[block].size(); ++conv) {
            const std::int64_t outputs = recipe.blocks[block][conv];
            LayerInfo layer;
            layer.name = blockName + "_conv" + std::to_string(conv + 1);
            layer.torchName = "features." + std::to_string(torchIndex);
            layer.block = blockName;
            layer.kind = LayerKind::Conv2d;
            layer.outputShape = {outputs, size, size};
            layer.parameterCount = outputs * channels * 9 + outputs;
            layer.multiplyAdds = static_cast<double>(outputs * channels * 9) * static_cast<double>(size * size);
            model.layers.push_back(std::move(layer));
            torchIndex += 2;  // torchvision counts the ReLU as a module of its own
            channels = outputs;
        }
        size /= 2;
        if (size < 1) {
            throw ConfigError("Pictures of " + std::to_string(config.inputSize) + " pixels are too small for " + model.name + ".",
                              "Choose an input size of 32 pixels or more.");
        }
        LayerInfo pool;
        pool.name = blockName + "_pool";
        pool.torchName = "features." + std::to_string(torchIndex++);
        pool.block = blockName;
        pool.kind = LayerKind::MaxPool2d;
        pool.outputShape = {channels, size, size};
        model.layers.push_back(std::move(pool));
    }

    model.headBegin = static_cast<int>(model.layers.size());
    const std::int64_t features = channels * size * size, hidden = config.head.hiddenUnits;
    model.layers.push_back(plainHeadLayer("flatten", LayerKind::Flatten, features));
    model.layers.push_back(denseLayer("dense_1", features, hidden));
    model.layers.push_back(plainHeadLayer("dropout", LayerKind::Dropout, hidden));
    model.layers.back().dropout = config.head.dropout;
    model.layers.push_back(denseLayer("dense_2", hidden, classCount));
    for (const LayerInfo& layer : model.layers) model.parameterCount += layer.parameterCount;
    return model;
}

std::string describeMask(const ModelInfo& model, const LayerMask& trainable) {
    const auto equals = [&](const std::vector<std::string>& names) { return trainable == model.maskOf(names); };
    if (std::find(trainable.begin(), trainable.end(), true) == trainable.end()) return "All frozen";
    if (equals({"all"})) return "Everything thawed";
    if (equals({"head"})) return "Head only";
    if (model.headBegin > 0) {
        const std::string& last = model.layers[static_cast<std::size_t>(model.headBegin - 1)].block;
        if (last.rfind("block", 0) == 0 && equals({"head", last})) return "Block " + last.substr(5) + " thawed";
    }
    return "Custom";
}

int freezeBoundary(const ModelInfo& model, const LayerMask& trainable) {
    const std::size_t count = std::min(model.layers.size(), trainable.size());
    for (std::size_t i = 0; i < count; ++i)
        if (trainable[i] && model.layers[i].hasParameters()) return static_cast<int>(i);
    return static_cast<int>(model.layers.size());
}

}  // namespace thaw::core
