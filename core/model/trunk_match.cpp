#include "core/model/trunk_match.h"

#include <algorithm>
#include <optional>
#include <set>

#include "core/model/name_match.h"
#include "core/model/other_networks.h"
#include "core/model/tensor_taker.h"
#include "core/model/trunk_names.h"
#include "core/model/zoo.h"

namespace thaw::core {

namespace {

// Of a torch.nn.Sequential with all but this many tensors in their places some are lost: no other VGG's numbers fit as well.
constexpr std::size_t kFewLost = 4;

struct Layer {
    std::vector<Named> tensors;
    std::optional<std::size_t> convolution;  // of the chain
};
/// One chain of layers: a network's trunk, or something else with numbered layers.
struct Group {
    std::map<int, Layer> layers;
    bool numbered = false, counted = false, flax = false, usual = false;
};

std::map<std::string, Group> groupsOf(const Tensors& tensors, const ConvChain& chain) {
    const std::size_t convolutions = chain.numbers.size();
    std::map<std::string, Group> groups;
    for (const auto& [name, tensor] : tensors) {
        const std::optional<TensorPlace> place = placeOf(name, chain);
        if (!place) continue;
        Group& group = groups[place->group];
        group.numbered |= place->numbered;
        group.counted |= place->counted;
        group.flax |= place->flax;
        group.usual |= place->usual;
        Layer& layer = group.layers[place->order];
        layer.convolution = place->convolution;
        layer.tensors.push_back({name, place->role, place->channelsLast});
    }
    // Some versions of Keras leave numbers out: the position among the convolutions counts.
    for (auto& [name, group] : groups) {
        if (!group.counted || group.layers.size() < convolutions) continue;
        std::size_t position = 0;
        for (auto& [order, layer] : group.layers) {
            if (position < convolutions) layer.convolution = position;
            ++position;
        }
    }
    return groups;
}

/// The trunk's tensors among those of one group.
class GroupMatch : public Taker {
public:
    GroupMatch(const Tensors& tensors, const TrunkLayout& layout, const Group& group)
        : Taker(tensors, layout), m_usual(group.usual) {
        for (const auto& [order, layer] : group.layers) {
            if (!layer.convolution) continue;
            for (const Named& tensor : layer.tensors) {
                const std::size_t index = 2 * *layer.convolution;
                if (tensor.role == TensorRole::Kernel) m_candidates[index].push_back(tensor);
                if (tensor.role == TensorRole::Bias) m_candidates[index + 1].push_back(tensor);
                if (tensor.role == TensorRole::Scale) m_scales[index].push_back(tensor);
            }
        }
        for (std::size_t i = 0; i < layout.tensors.size(); ++i) take(i, m_candidates[i], m_scales[i]);
    }

    /// How much speaks for this group. Wrong shapes speak for it only where a trunk's layers usually stand.
    std::pair<std::size_t, std::size_t> weight() const { return {result.found.size(), m_usual ? result.misshapen.size() : 0}; }

    /// Names that could stand for a tensor of the trunk, right or not.
    std::set<std::string> named() const {
        std::set<std::string> names;
        for (const auto& [index, candidates] : m_candidates)
            for (const Named& candidate : candidates) names.insert(candidate.name);
        for (const auto& [index, found] : result.found)
            if (!found.scaleName.empty()) names.insert(found.scaleName);
        return names;
    }

private:
    bool m_usual;
    std::map<std::size_t, std::vector<Named>> m_candidates, m_scales;
};

/// The convolutions' kernels in the network's order.
std::vector<KernelShape> kernelsOf(const Tensors& tensors, const Group& group) {
    std::vector<KernelShape> kernels;
    for (const auto& [order, layer] : group.layers) {
        for (const Named& tensor : layer.tensors) {
            const std::vector<std::int64_t>& shape = tensors.at(tensor.name).shape;
            if (tensor.role != TensorRole::Kernel || shape.size() != 4) continue;
            kernels.push_back(tensor.channelsLast ? KernelShape{shape[3], shape[2], shape[0], shape[1]}
                                                  : KernelShape{shape[0], shape[1], shape[2], shape[3]});
        }
    }
    return kernels;
}

/// Whether a layer with weights stands between a group's numbered convolutions: a norm or an activation that learns.
bool hasLayersBetween(const Tensors& tensors, const Group& group) {
    bool before = false, between = false;
    for (const auto& [order, layer] : group.layers) {
        for (const Named& tensor : layer.tensors) {
            if (tensor.role != TensorRole::Kernel) continue;
            const bool convolution = tensors.at(tensor.name).shape.size() == 4;
            if (convolution && between) return group.numbered;
            (convolution ? before : between) |= convolution || before;
        }
    }
    return false;
}

/// Whether the file has a batch normalisation for each of these convolutions, whatever it is called.
bool hasNormOfEach(const Tensors& tensors, const std::vector<KernelShape>& kernels) {
    std::map<std::int64_t, int> left;
    for (const auto& [name, tensor] : tensors) {
        const std::vector<std::string> parts = nameParts(name);
        const std::string last = parts.back().substr(0, parts.back().find(':'));
        const bool counted = parts.size() >= 3 && parts[parts.size() - 2] == "vars" && last == "2";  // Keras 3's moving mean
        if (tensor.shape.size() == 1 && (counted || last == "running_mean" || last == "moving_mean")) ++left[tensor.shape[0]];
    }
    return std::all_of(kernels.begin(), kernels.end(), [&](const KernelShape& kernel) { return left[kernel.out]-- > 0; });
}

/// What a chain is where it is not the one of `own`. Empty: that, or nothing that is known.
std::string otherVgg(const Tensors& tensors, const std::string& own, const Group& group, bool complete) {
    const std::vector<KernelShape> kernels = kernelsOf(tensors, group);
    const std::string name = vggName(kernels);
    if (name.empty() && complete) return "a network with " + std::to_string(kernels.size()) + " convolutions";
    if (name.empty()) return {};
    if (hasNormOfEach(tensors, kernels)) return name + " with batch normalisation";
    if (hasLayersBetween(tensors, group)) return name + " with other layers between its convolutions";
    return name == own ? "" : name;
}

TrunkMatch matchChain(const Tensors& tensors, const TrunkLayout& layout) {
    const std::map<std::string, Group> groups = groupsOf(tensors, layout.chain);
    const Group empty;
    const Group* chosen = &empty;
    GroupMatch best(tensors, layout, empty);
    std::vector<std::string> twins;
    for (const auto& [name, group] : groups) {
        GroupMatch match(tensors, layout, group);
        if (match.isComplete() && best.isComplete())
            for (const auto& [index, found] : match.result.found)
                twins.push_back(bothCouldBe(layout.tensors[index].name, best.result.found.at(index).name, found.name));
        if (match.weight() <= best.weight()) continue;
        best = std::move(match);
        chosen = &group;
    }

    TrunkMatch result = best.result;
    result.flaxNames = chosen->flax;
    result.misshapen.insert(result.misshapen.end(), twins.begin(), twins.end());
    const std::set<std::string> named = best.named();
    for (const auto& [name, tensor] : tensors)
        if (named.count(name) == 0) result.unexpected.push_back(name);

    if (best.isComplete() || !chosen->numbered || best.result.found.size() + kFewLost < layout.tensors.size())
        result.otherNetwork = otherVgg(tensors, layout.title, *chosen, best.isComplete());
    if (best.isComplete()) return result;
    for (const auto& [name, group] : groups)
        if (result.otherNetwork.empty() && &group != chosen)
            result.otherNetwork = otherVgg(tensors, layout.title, group, /*complete=*/false);
    if (result.otherNetwork.empty() && 2 * result.found.size() < layout.tensors.size())
        result.otherNetwork = networkByNames(tensors);
    return result;
}

/// Empty for a trunk that is more than convolutions with ReLU, numbered in their paths.
ConvChain chainOf(const ModelInfo& model) {
    ConvChain chain;
    int group = -1;
    for (int i = 0; i < model.headBegin; ++i) {
        const LayerInfo& layer = model.layer(i);
        if (!layer.hasParameters()) continue;
        const std::optional<int> number = nameNumber(nameParts(layer.torchName).back());
        if (layer.kind != LayerKind::Conv2d || !layer.relu || layer.name == layer.torchName || !number) return {};
        if (layer.group != group || chain.perBlock.empty()) chain.perBlock.push_back(0);
        group = layer.group;
        ++chain.perBlock.back();
        chain.numbers.push_back(*number);
    }
    return chain;
}

}  // namespace

TrunkLayout layoutOf(const std::string& model) {
    const ModelDescription& description = descriptionOf(model);
    RunConfig config;
    config.model = model;
    config.inputSize = description.input.usual;
    config.head = description.head;
    const Network network = networkOf(config, /*classCount=*/2);
    TrunkLayout layout;
    layout.model = model;
    layout.title = description.title;
    layout.tensors = trunkTensorsOf(network);
    layout.chain = chainOf(network.info);
    if (description.keras) layout.kerasLayers = kerasLayersOf(network, network.info.headStage);
    return layout;
}

TrunkLayout wholeLayoutOf(const std::string& model) {
    const ModelDescription& description = descriptionOf(model);
    const Network network = publishedNetwork(model, description.input.usual);
    TrunkLayout layout;
    layout.model = model;
    layout.title = description.title;
    layout.tensors = tensorsOf(network);
    if (description.keras) layout.kerasLayers = kerasLayersOf(network, static_cast<int>(network.stages.size()));
    return layout;
}

TrunkMatch matchTrunk(const Tensors& tensors, const TrunkLayout& layout) {
    if (layout.isChain()) {
        TrunkMatch chain = matchChain(tensors, layout);
        const bool strange = chain.otherNetwork.empty() && 2 * chain.found.size() < layout.tensors.size();
        if (const std::string other = strange ? modelIn(tensors) : std::string(); !other.empty() && other != layout.model)
            chain.otherNetwork = descriptionOf(other).title;
        return chain;
    }
    const NameMatch match = matchNames(tensors, layout);
    TrunkMatch result = match.result;
    if (match.fits()) return result;
    const std::string other = modelIn(tensors);
    if (!other.empty() && other != layout.model) {
        result.otherNetwork = descriptionOf(other).title;
        return result;
    }
    const bool larger = match.isComplete() && match.hasMore();
    if (larger || 2 * result.found.size() < layout.tensors.size()) result.otherNetwork = networkByNames(tensors);
    if (result.otherNetwork == layout.title) result.otherNetwork.clear();
    if (larger && result.otherNetwork.empty()) result.otherNetwork = "a network with more layers of the same kind";
    return result;
}

std::string modelIn(const Tensors& tensors) {
    for (const ModelDescription* model : allModels()) {
        const TrunkLayout layout = layoutOf(model->name);
        const bool fits = layout.isChain() ? matchChain(tensors, layout).isTrunk() : matchNames(tensors, layout).fits();
        if (fits) return model->name;
    }
    return {};
}

}  // namespace thaw::core
