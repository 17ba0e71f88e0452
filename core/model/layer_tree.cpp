#include <algorithm>
#include <string_view>
#include <utility>

#include "core/api/errors.h"
#include "core/api/layer_info.h"
#include "core/api/layer_names.h"
#include "core/model/zoo.h"

namespace thaw::core {
namespace {

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

/// "block" and "5" of block5, "layer" and "3" of encoder.layer.3; no number: the group goes by its name.
std::pair<std::string, std::string> wordAndNumber(const std::string& name) {
    constexpr std::size_t kMostDigits = 4;
    const std::size_t end = name.find_last_not_of("0123456789") + 1;
    const std::string number = name.substr(end), before = name.substr(0, end);
    if (number.empty() || number.size() > kMostDigits) return {name, ""};
    if (before == "block") return {before, number};
    constexpr std::string_view kLayer = ".layer.";
    const bool layer = before.size() > kLayer.size() && before.compare(before.size() - kLayer.size(), kLayer.size(), kLayer) == 0;
    return layer ? std::pair(std::string("layer"), number) : std::pair(name, std::string());
}

/// "block 5", "blocks 4 and 5", "layers 1, 3 and 5", "blocks 2 to 5"; those without a number go by their names.
std::string blockWords(const std::vector<std::string>& names) {
    std::vector<std::string> shown;
    std::vector<int> numbers;
    const std::string word = wordAndNumber(names.front()).first;
    for (const std::string& name : names) {
        const auto [own, number] = wordAndNumber(name);
        if (own == word && !number.empty()) numbers.push_back(std::stoi(number));
        shown.push_back(number);
    }
    const bool allNumbered = numbers.size() == names.size();
    if (!allNumbered) shown = names;
    const std::string before = !allNumbered ? "" : names.size() == 1 ? word + ' ' : word + "s ";
    const bool row = allNumbered && numbers.size() > 2 &&
                     numbers.back() - numbers.front() + 1 == static_cast<int>(numbers.size()) &&
                     std::is_sorted(numbers.begin(), numbers.end());
    if (row) return before + shown.front() + " to " + shown.back();
    std::string text = before + shown.front();
    for (std::size_t i = 1; i < shown.size(); ++i) text += (i + 1 == shown.size() ? " and " : ", ") + shown[i];
    return text;
}

/// "Name layers like block5_conv3 or features.28, groups like block5, or head, trunk, all.": with the last ones of this trunk.
std::string hintOfNames(const ModelInfo& model) {
    const LayerInfo* last = nullptr;
    for (int i = 0; i < model.headBegin; ++i)
        if (model.layer(i).kind == LayerKind::Conv2d || model.layer(i).kind == LayerKind::Dense) last = &model.layer(i);
    if (last == nullptr) return "Name layers of the tree, or head, trunk, all.";
    const std::string other = last->torchName == last->name ? "" : " or " + last->torchName;
    return "Name layers like " + last->name + other + ", groups like " + last->block + ", or head, trunk, all.";
}

}  // namespace

int ModelInfo::indexOf(const std::string& wanted) const {
    for (std::size_t i = 0; i < layers.size(); ++i)
        if (layers[i].name == wanted || layers[i].torchName == wanted) return static_cast<int>(i);
    return -1;
}

std::vector<bool> ModelInfo::maskOf(const std::vector<std::string>& names) const {
    std::vector<bool> mask(layers.size(), false);
    const auto set = [&](int begin, int end) {
        for (int i = begin; i < end; ++i)
            if (layer(i).hasParameters()) mask[static_cast<std::size_t>(i)] = true;
    };
    const int count = static_cast<int>(layers.size());
    for (const std::string& wanted : names) {
        bool known = wanted == "all" || wanted == "trunk" || wanted == "head";
        if (known) set(wanted == "head" ? headBegin : 0, wanted == "trunk" ? headBegin : count);
        for (const LayerGroup& group : groups) {
            if (group.path != wanted) continue;
            known = true;
            set(group.begin, group.end);
        }
        for (const StageInfo& stage : stages) {
            if (stage.path != wanted) continue;
            known = true;
            set(stage.begin, stage.end);
        }
        if (const int index = indexOf(wanted); index >= 0) {
            known = true;
            set(index, index + 1);
        }
        if (!known) throw ConfigError("There is no layer \"" + wanted + "\" in " + name + ".", hintOfNames(*this));
    }
    return mask;
}

ModelInfo describeModel(const RunConfig& config, int classCount) { return networkOf(config, classCount).info; }

std::int64_t trainableIn(const ModelInfo& model, const LayerMask& trainable, int stage) {
    std::int64_t sum = 0;
    for (int i = model.stage(stage).begin; i < model.stage(stage).end; ++i)
        if (static_cast<std::size_t>(i) < trainable.size() && trainable[static_cast<std::size_t>(i)])
            sum += model.layer(i).parameterCount;
    return sum;
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
    // Other groups are called by their paths.
    if (text.compare(0, 6, "block ") == 0 || text.compare(0, 7, "blocks ") == 0) text.front() = 'B';
    if (text.compare(0, 6, "layer ") == 0 || text.compare(0, 7, "layers ") == 0) text.front() = 'L';
    return text;
}

std::vector<std::string> groupedNames(const ModelInfo& model, const LayerMask& mask) {
    std::vector<std::string> names;
    for (int i = 0; i < static_cast<int>(std::min(model.layers.size(), mask.size()));) {
        // The outermost group that begins here and trains as a whole.
        const LayerGroup* whole = nullptr;
        for (const LayerGroup& group : model.groups) {
            if (group.begin != i) continue;
            const Share share = shareOf(model, mask, static_cast<std::size_t>(group.begin), static_cast<std::size_t>(group.end));
            if (share == Share::All) {
                whole = &group;
                break;
            }
        }
        if (whole == nullptr && mask[static_cast<std::size_t>(i)]) names.push_back(model.layer(i).name);
        if (whole != nullptr) names.push_back(whole->path);
        i = whole != nullptr ? whole->end : i + 1;
    }
    return names;
}

std::vector<std::string> groupedNames(const ModelInfo& model, const std::vector<std::string>& layers) {
    LayerMask mask(model.layers.size(), false);
    std::vector<std::string> strangers;
    for (const std::string& name : layers) {
        const int index = model.indexOf(name);
        if (index >= 0)
            mask[static_cast<std::size_t>(index)] = true;
        else
            strangers.push_back(name);
    }
    std::vector<std::string> names = groupedNames(model, mask);
    names.insert(names.end(), strangers.begin(), strangers.end());
    return names;
}

int freezeBoundary(const ModelInfo& model, const LayerMask& trainable) {
    const int count = static_cast<int>(model.stages.size());
    for (int stage = 0; stage < count; ++stage)
        if (trainableIn(model, trainable, stage) > 0) return stage;
    return count;
}

}  // namespace thaw::core
