#include "core/model/keras_names.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <numeric>
#include <optional>
#include <utility>

namespace thaw::core {
namespace {

// Names longer than any model's are not worth reading.
constexpr std::size_t kLongestName = 512;
constexpr std::array<const char*, 5> kKinds = {"conv2d", "depthwise_conv2d", "separable_conv2d", "batch_normalization", "dense"};

bool startsWith(const std::string& text, const std::string& start) { return text.compare(0, start.size(), start) == 0; }

std::vector<std::string> split(const std::string& name) {
    std::vector<std::string> parts(1);
    for (const char c : name) {
        if (c == '/')
            parts.emplace_back();
        else
            parts.back() += c;
    }
    return parts;
}

/// Whether `text` is `name`, or `name_1` as TensorFlow calls it where the name was taken.
bool isCopyOf(const std::string& text, const std::string& name) {
    if (!startsWith(text, name)) return false;
    const std::string rest = text.substr(name.size());
    return rest.empty() || (rest.front() == '_' && nameNumber(rest.substr(1)));
}

/// Where a tensor stands in a file of Keras.
struct Place {
    std::string container;  // with a point behind it, where there is one
    std::string layer;
    std::string tensor;      // "kernel"; empty: see number
    std::size_t number = 0;  // among the layer's tensors
};

std::optional<Place> placeIn(const std::string& name) {
    if (name.size() > kLongestName) return std::nullopt;
    const std::vector<std::string> parts = split(name);
    if (parts.size() < 2 ||
        std::any_of(parts.begin(), parts.end(), [](const auto& part) { return startsWith(part, "optimizer"); }))
        return std::nullopt;
    Place place;
    std::size_t layer = parts.size() - 2;
    if (parts.size() >= 3 && parts[layer] == "vars") {
        const std::optional<int> number = nameNumber(parts.back());
        if (!number) return std::nullopt;
        place.number = static_cast<std::size_t>(*number);
        --layer;
    } else {
        place.tensor = parts.back().substr(0, parts.back().find(':'));
        if (layer > 0 && isCopyOf(parts[layer], parts[layer - 1])) --layer;
        // Keras 1 wrote the layer's name once more: conv1_W, conv1_W_1.
        if (startsWith(place.tensor, parts[layer] + "_")) place.tensor.erase(0, parts[layer].size() + 1);
        for (const char* old : {"W", "b"})
            if (isCopyOf(place.tensor, old)) place.tensor = old;
    }
    place.layer = parts[layer];
    for (std::size_t i = 0; i < layer; ++i) place.container += parts[i] + ".";
    return place;
}

struct Counted {
    std::string kind;
    int number = 0;
};
/// "conv2d_7".
std::optional<Counted> countedIn(const std::string& layer) {
    for (const char* kind : kKinds) {
        if (layer == kind) return Counted{kind, 0};
        if (!startsWith(layer, std::string(kind) + "_")) continue;
        if (const std::optional<int> number = nameNumber(layer.substr(std::string(kind).size() + 1)))
            return Counted{kind, *number};
    }
    return std::nullopt;
}

/// With all numbers alike: "conv#_block#_#_conv".
std::string patternOf(const std::string& name) {
    std::string pattern;
    for (const char c : name) {
        const bool digit = std::isdigit(static_cast<unsigned char>(c)) != 0;
        if (!digit || pattern.empty() || pattern.back() != '#') pattern += digit ? '#' : c;
    }
    return pattern;
}

class Namer {
public:
    Namer(const Tensors& tensors, const std::vector<KerasLayer>& layers, KerasNumbers numbers) : m_numbers(numbers) {
        for (const KerasLayer& layer : layers) {
            m_byName[layer.name] = &layer;
            m_byKind[layer.kind].push_back(&layer);
            m_patterns.insert(patternOf(layer.name));
        }
        for (const auto& [name, tensor] : tensors) {
            const std::optional<Place> place = placeIn(name);
            const std::optional<Counted> counted = place ? countedIn(place->layer) : std::nullopt;
            if (counted) m_counted[{place->container, counted->kind}].insert(counted->number);
        }
    }

    void add(const std::string& name, const SourceTensor& tensor, PlainNames& names) const {
        const std::optional<Place> place = placeIn(name);
        if (!place) return;
        const KerasLayer* layer = layerOf(*place);
        std::string plain = place->container;
        if (layer == nullptr) {
            plain += place->layer + (place->tensor.empty() ? ".vars." + std::to_string(place->number) : "." + place->tensor);
            const bool like = m_numbers == KerasNumbers::OfPlaces ? countedIn(place->layer).has_value()
                                                                  : m_patterns.count(patternOf(place->layer)) > 0;
            if (like && tensor.shape.size() == 4) names.moreOfTheKind.insert(plain);
        } else {
            plain += tensorOf(*layer, *place);
        }
        names.byName[plain].push_back({name, TensorRole::Kernel, tensor.shape.size() >= 2});
    }

private:
    const KerasLayer* layerOf(const Place& place) const {
        const std::optional<Counted> counted = countedIn(place.layer);
        if (!counted) {
            const auto found = m_byName.find(place.layer);
            return found == m_byName.end() || m_numbers == KerasNumbers::OfPlaces ? nullptr : found->second;
        }
        // Some versions leave numbers out, others begin where the last network ended: only their order counts.
        const std::set<int>& all = m_counted.at({place.container, counted->kind});
        const auto rank = static_cast<std::size_t>(std::distance(all.begin(), all.find(counted->number)));
        if (m_numbers == KerasNumbers::OfNames) {
            const auto found = m_byName.find(counted->kind + (rank == 0 ? "" : "_" + std::to_string(rank)));
            return found == m_byName.end() ? nullptr : found->second;
        }
        const auto found = m_byKind.find(counted->kind);
        return found == m_byKind.end() || rank >= found->second.size() ? nullptr : found->second[rank];
    }

    /// The trunk's name of a layer's tensor; another one, which no trunk has, where it is none.
    static std::string tensorOf(const KerasLayer& layer, const Place& place) {
        if (place.tensor.empty())
            return place.number < layer.tensors.size() ? layer.tensors[place.number]
                                                       : layer.name + ".vars." + std::to_string(place.number);
        constexpr std::array<std::pair<const char*, const char*>, 12> kEnds = {{{"kernel", ".weight"},
                                                                                {"W", ".weight"},
                                                                                {"gamma", ".weight"},
                                                                                {"depthwise_kernel", ".weight"},
                                                                                {"depthwise_kernel", ".depthwise.weight"},
                                                                                {"pointwise_kernel", ".pointwise.weight"},
                                                                                {"bias", ".bias"},
                                                                                {"b", ".bias"},
                                                                                {"beta", ".bias"},
                                                                                {"moving_mean", ".running_mean"},
                                                                                {"running_mean", ".running_mean"},
                                                                                {"moving_variance", ".running_var"}}};
        for (const auto& [kerasName, end] : kEnds) {
            const std::string name = layer.name + end;
            if (place.tensor == kerasName && std::count(layer.tensors.begin(), layer.tensors.end(), name) > 0) return name;
        }
        return layer.name + "." + place.tensor;
    }

    KerasNumbers m_numbers;
    std::map<std::string, const KerasLayer*> m_byName;
    std::map<std::string, std::vector<const KerasLayer*>> m_byKind;
    std::set<std::string> m_patterns;
    std::map<std::pair<std::string, std::string>, std::set<int>> m_counted;  // by container and kind
};

/// By node: the number of nodes on the longest way to the stage's end.
std::vector<int> distancesOf(const StageGraph& stage) {
    std::vector<int> distances(stage.nodes.size(), 0);
    for (std::size_t i = stage.nodes.size(); i-- > 0;)
        for (const int from : stage.nodes[i].inputs)
            if (from != kStageInput)
                distances[static_cast<std::size_t>(from)] = std::max(distances[static_cast<std::size_t>(from)], distances[i] + 1);
    return distances;
}

KerasLayer layerOf(const GraphNode& node) {
    KerasLayer layer;
    const std::string& first = node.parameters.front().name;
    layer.name = first.substr(0, first.rfind('.'));
    for (const TensorSpec& tensor : node.parameters) layer.tensors.push_back(tensor.name);
    for (const TensorSpec& tensor : node.buffers) layer.tensors.push_back(tensor.name);
    layer.kind = node.op == Op::BatchNorm ? "batch_normalization" : node.op == Op::Linear ? "dense" : "conv2d";
    if (node.op != Op::Convolution || node.groups == 1) return layer;
    layer.kind = "depthwise_conv2d";
    if (const std::size_t part = layer.name.rfind(".depthwise"); part != std::string::npos) {
        layer.kind = "separable_conv2d";
        layer.name.erase(part);
    }
    return layer;
}

}  // namespace

std::vector<KerasLayer> kerasLayersOf(const Network& network, int stages) {
    std::vector<KerasLayer> layers;
    for (int index = 0; index < stages; ++index) {
        const StageGraph& stage = network.stages[static_cast<std::size_t>(index)];
        const std::vector<int> distances = distancesOf(stage);
        std::vector<std::size_t> order(stage.nodes.size());
        std::iota(order.begin(), order.end(), std::size_t{0});
        std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return distances[a] > distances[b]; });
        for (const std::size_t node : order) {
            if (stage.nodes[node].parameters.empty()) continue;
            KerasLayer layer = layerOf(stage.nodes[node]);
            const std::string& tensor = layer.tensors.front();
            // The second half of a separable convolution.
            if (const std::size_t part = tensor.rfind(".pointwise."); part != std::string::npos)
                layers.back().tensors.push_back(tensor);
            else
                layers.push_back(std::move(layer));
        }
    }
    return layers;
}

PlainNames kerasNames(const Tensors& tensors, const std::vector<KerasLayer>& layers, KerasNumbers numbers) {
    const Namer namer(tensors, layers, numbers);
    PlainNames names;
    for (const auto& [name, tensor] : tensors) namer.add(name, tensor, names);
    return names;
}

}  // namespace thaw::core
