#include <algorithm>
#include <cctype>

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

/// How much of a stretch of layers trains.
enum class Share { NoWeights, None, Some, All };

Share shareOf(const ModelInfo& model, const LayerMask& trainable, std::size_t begin, std::size_t end) {
    std::size_t trains = 0, all = 0;
    for (std::size_t i = begin; i < end; ++i) {
        all += model.layers[i].hasParameters();
        trains += model.layers[i].hasParameters() && i < trainable.size() && trainable[i];
    }
    return all == 0 ? Share::NoWeights : trains == 0 ? Share::None : trains == all ? Share::All : Share::Some;
}

/// "block 5", "blocks 4 and 5", "blocks 1, 3 and 5", "blocks 2 to 5"; blocks without a number go by their names.
std::string blockWords(const std::vector<std::string>& names) {
    std::vector<std::string> shown;
    std::vector<int> numbers;
    for (const std::string& name : names) {
        const bool numbered = name.size() > 5 && name.size() < 10 && name.rfind("block", 0) == 0 &&
                              std::all_of(name.begin() + 5, name.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
        if (numbered) numbers.push_back(std::stoi(name.substr(5)));
        shown.push_back(numbered ? name.substr(5) : name);
    }
    const bool allNumbered = numbers.size() == names.size();
    const std::string before = !allNumbered ? "" : names.size() == 1 ? "block " : "blocks ";
    const bool row = allNumbered && numbers.size() > 2 &&
                     numbers.back() - numbers.front() + 1 == static_cast<int>(numbers.size()) &&
                     std::is_sorted(numbers.begin(), numbers.end());
    if (row) return before + shown.front() + " to " + shown.back();
    std::string text = before + shown.front();
    for (std::size_t i = 1; i < shown.size(); ++i) text += (i + 1 == shown.size() ? " and " : ", ") + shown[i];
    return text;
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
    const auto head = static_cast<std::size_t>(model.headBegin);
    std::vector<std::string> whole, part;
    std::size_t blocks = 0;
    for (std::size_t begin = 0, end = 0; begin < head; begin = end) {
        end = begin;
        while (end < head && model.layers[end].block == model.layers[begin].block) ++end;
        const Share share = shareOf(model, trainable, begin, end);
        if (share == Share::All) whole.push_back(model.layers[begin].block);
        if (share == Share::Some) part.push_back(model.layers[begin].block);
        blocks += share != Share::NoWeights;
    }
    const Share ofHead = shareOf(model, trainable, head, model.layers.size());
    const bool headTrains = ofHead == Share::All || ofHead == Share::NoWeights;
    if (whole.empty() && part.empty())
        return ofHead == Share::All ? "Head only" : ofHead == Share::Some ? "Part of the head" : "All frozen";
    if (whole.size() == blocks && headTrains) return "Everything thawed";
    std::string text;
    if (whole.empty()) {
        text = blockWords(part) + " thawed in part";
    } else {
        text = blockWords(whole) + " thawed";
        if (!part.empty()) text += ", " + blockWords(part) + " in part";
    }
    if (!headTrains) text += ofHead == Share::Some ? ", head in part" : ", head frozen";
    text.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(text.front())));
    return text;
}

int freezeBoundary(const ModelInfo& model, const LayerMask& trainable) {
    const std::size_t count = std::min(model.layers.size(), trainable.size());
    for (std::size_t i = 0; i < count; ++i)
        if (trainable[i] && model.layers[i].hasParameters()) return static_cast<int>(i);
    return static_cast<int>(model.layers.size());
}

}  // namespace thaw::core
