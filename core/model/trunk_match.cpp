#include "core/model/trunk_match.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>

#include "core/model/other_networks.h"
#include "core/model/trunk_names.h"
#include "core/model/untrusted.h"

namespace thaw::core {

namespace {

using Tensors = std::map<std::string, SourceTensor>;

struct Convolution {
    int torchvisionIndex;  // features.<index>
    std::int64_t in, out;
};
constexpr std::array<Convolution, 13> kConvolutions = {{
    {0, 3, 64},
    {2, 64, 64},
    {5, 64, 128},
    {7, 128, 128},
    {10, 128, 256},
    {12, 256, 256},
    {14, 256, 256},
    {17, 256, 512},
    {19, 512, 512},
    {21, 512, 512},
    {24, 512, 512},
    {26, 512, 512},
    {28, 512, 512},
}};

// Of a torch.nn.Sequential with this many of the 26 tensors in their places some are lost: no other VGG's numbers fit as well.
constexpr std::size_t kNearlyComplete = 22;

std::string joined(const std::vector<std::int64_t>& shape) {
    std::string text;
    for (std::int64_t size : shape) text += (text.empty() ? "" : "x") + std::to_string(size);
    return text.empty() ? "a single number" : text;
}

struct Named {
    std::string name;
    TensorRole role = TensorRole::Other;
    bool channelsLast = false;
};
struct Layer {
    std::vector<Named> tensors;
    std::optional<std::size_t> convolution;  // of VGG16
};
/// One chain of layers: a network's trunk, or something else with numbered layers.
struct Group {
    std::map<int, Layer> layers;
    bool numbered = false, counted = false, flax = false, usual = false;
};

std::map<std::string, Group> groupsOf(const Tensors& tensors) {
    std::map<std::string, Group> groups;
    for (const auto& [name, tensor] : tensors) {
        const std::optional<TensorPlace> place = placeOf(name);
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
        if (!group.counted || group.layers.size() < kConvolutions.size()) continue;
        std::size_t position = 0;
        for (auto& [order, layer] : group.layers) {
            if (position < kConvolutions.size()) layer.convolution = position;
            ++position;
        }
    }
    return groups;
}

std::vector<std::int64_t> expectedShape(std::size_t index, const Named& tensor) {
    const std::vector<std::int64_t>& shape = trunkTensors()[index].shape;
    if (tensor.role == TensorRole::Scale) return {shape[0]};
    if (tensor.channelsLast) return {shape[2], shape[3], shape[1], shape[0]};
    return shape;
}

std::string bothCouldBe(const std::string& trunkName, const std::string& one, const std::string& other) {
    return trunkName + ": both " + inQuotes(one) + " and " + inQuotes(other) + " could be it";
}

/// The trunk's tensors among those of one group.
class GroupMatch {
public:
    GroupMatch(const Tensors& tensors, const Group& group) : m_tensors(&tensors), m_usual(group.usual) {
        for (const auto& [order, layer] : group.layers) {
            if (!layer.convolution) continue;
            for (const Named& tensor : layer.tensors) {
                const std::size_t index = 2 * *layer.convolution;
                if (tensor.role == TensorRole::Kernel) m_candidates[index].push_back(tensor);
                if (tensor.role == TensorRole::Bias) m_candidates[index + 1].push_back(tensor);
                if (tensor.role == TensorRole::Scale) m_scales[index].push_back(tensor);
            }
        }
        for (std::size_t i = 0; i < trunkTensors().size(); ++i) take(i);
    }

    bool isComplete() const { return result.found.size() == trunkTensors().size(); }
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

    TrunkMatch result;

private:
    void take(std::size_t index) {
        const std::string& trunkName = trunkTensors()[index].name;
        const auto candidates = m_candidates.find(index);
        if (candidates == m_candidates.end()) return result.missing.push_back(trunkName);
        const Named& own = candidates->second.front();
        if (candidates->second.size() > 1)
            return result.misshapen.push_back(bothCouldBe(trunkName, own.name, candidates->second[1].name));

        const SourceTensor& tensor = m_tensors->at(own.name);
        const std::vector<std::int64_t> expected = expectedShape(index, own);
        if (tensor.shape != expected)
            return result.misshapen.push_back(trunkName + ": expected " + joined(expected) +
                                              (own.channelsLast ? " (Keras's order)" : "") + ", file has " +
                                              joined(tensor.shape));
        const bool quantised = tensor.dtype == DType::Int8 && expected.size() == 4;
        const bool real = tensor.dtype == DType::Float32 || tensor.dtype == DType::Float16 || tensor.dtype == DType::BFloat16 ||
                          tensor.dtype == DType::Float64;
        if (!quantised && !real)
            return result.misshapen.push_back(trunkName + ": expected floating point numbers, file has " +
                                              toString(tensor.dtype));
        TrunkMatch::Found found{own.name, own.channelsLast, {}};
        if (quantised && !takeScale(index, found)) return;
        result.matched.push_back(trunkName + " <- " + own.name + (quantised ? " and its scales" : ""));
        result.found.emplace(index, std::move(found));
    }

    bool takeScale(std::size_t index, TrunkMatch::Found& found) {
        const std::string scaleName = trunkTensors()[index].name + "_scale";
        const auto own = m_scales.find(index);
        if (own == m_scales.end() || own->second.size() != 1) {
            result.missing.push_back(scaleName);
            return false;
        }
        const SourceTensor& scale = m_tensors->at(own->second.front().name);
        const std::vector<std::int64_t> expected = expectedShape(index, own->second.front());
        if (scale.shape != expected || scale.dtype != DType::Float32) {
            result.misshapen.push_back(scaleName + ": expected " + joined(expected) + " of float32, file has " +
                                       joined(scale.shape) + " of " + toString(scale.dtype));
            return false;
        }
        found.scaleName = own->second.front().name;
        return true;
    }

    const Tensors* m_tensors;
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

/// What a chain is where it is not VGG16's. Empty: VGG16, or nothing that is known.
std::string otherVgg(const Tensors& tensors, const Group& group, bool complete) {
    const std::vector<KernelShape> kernels = kernelsOf(tensors, group);
    const std::string name = vggName(kernels);
    if (name.empty() && complete) return "a network with " + std::to_string(kernels.size()) + " convolutions";
    if (name.empty()) return {};
    if (hasNormOfEach(tensors, kernels)) return name + " with batch normalisation";
    if (hasLayersBetween(tensors, group)) return name + " with other layers between its convolutions";
    return name == "VGG16" ? "" : name;
}

}  // namespace

const std::vector<TrunkTensor>& trunkTensors() {
    static const std::vector<TrunkTensor> kTensors = [] {
        std::vector<TrunkTensor> tensors;
        for (const Convolution& convolution : kConvolutions) {
            const std::string name = "features." + std::to_string(convolution.torchvisionIndex);
            tensors.push_back({name + ".weight", {convolution.out, convolution.in, 3, 3}});
            tensors.push_back({name + ".bias", {convolution.out}});
        }
        return tensors;
    }();
    return kTensors;
}

TrunkMatch matchTrunk(const Tensors& tensors) {
    const std::map<std::string, Group> groups = groupsOf(tensors);
    const Group empty;
    const Group* chosen = &empty;
    GroupMatch best(tensors, empty);
    std::vector<std::string> twins;
    for (const auto& [name, group] : groups) {
        GroupMatch match(tensors, group);
        if (match.isComplete() && best.isComplete())
            for (const auto& [index, found] : match.result.found)
                twins.push_back(bothCouldBe(trunkTensors()[index].name, best.result.found.at(index).name, found.name));
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

    if (best.isComplete() || !chosen->numbered || best.result.found.size() < kNearlyComplete)
        result.otherNetwork = otherVgg(tensors, *chosen, best.isComplete());
    if (best.isComplete()) return result;
    for (const auto& [name, group] : groups)
        if (result.otherNetwork.empty() && &group != chosen) result.otherNetwork = otherVgg(tensors, group, /*complete=*/false);
    if (result.otherNetwork.empty() && result.found.size() < kConvolutions.size()) result.otherNetwork = networkByNames(tensors);
    return result;
}

}  // namespace thaw::core
