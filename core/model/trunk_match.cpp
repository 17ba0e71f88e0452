#include "core/model/trunk_match.h"

#include <array>
#include <charconv>
#include <iterator>
#include <optional>
#include <set>

#include "core/model/untrusted.h"

namespace thaw::core {

namespace {

struct Convolution {
    int torchvisionIndex, block, number;  // features.<index>, block<block>_conv<number>
    std::int64_t in, out;
};
constexpr std::array<Convolution, 13> kConvolutions = {{
    {0, 1, 1, 3, 64},
    {2, 1, 2, 64, 64},
    {5, 2, 1, 64, 128},
    {7, 2, 2, 128, 128},
    {10, 3, 1, 128, 256},
    {12, 3, 2, 256, 256},
    {14, 3, 3, 256, 256},
    {17, 4, 1, 256, 512},
    {19, 4, 2, 512, 512},
    {21, 4, 3, 512, 512},
    {24, 5, 1, 512, 512},
    {26, 5, 2, 512, 512},
    {28, 5, 3, 512, 512},
}};

// Names longer than any model's are not worth matching.
constexpr std::size_t kLongestName = 512;

std::string joined(const std::vector<std::int64_t>& shape) {
    std::string text;
    for (std::int64_t size : shape) text += (text.empty() ? "" : "x") + std::to_string(size);
    return text.empty() ? "a single number" : text;
}

std::vector<std::string> components(const std::string& name) {
    std::vector<std::string> parts(1);
    for (char c : name) {
        if (c == '/' || c == '.') {
            parts.emplace_back();
        } else {
            parts.back() += c;
        }
    }
    return parts;
}

bool startsWith(const std::string& text, const std::string& start) { return text.compare(0, start.size(), start) == 0; }

std::optional<int> number(const std::string& text) {
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || text.size() > 4 || error != std::errc() || end != text.data() + text.size() || value < 0)
        return std::nullopt;
    return value;
}

std::optional<std::size_t> convolutionAt(int torchvisionIndex) {
    for (std::size_t i = 0; i < kConvolutions.size(); ++i) {
        if (kConvolutions[i].torchvisionIndex == torchvisionIndex) return i;
    }
    return std::nullopt;
}

std::optional<std::size_t> convolutionNamed(const std::string& kerasName) {
    for (std::size_t i = 0; i < kConvolutions.size(); ++i) {
        if (kerasName == "block" + std::to_string(kConvolutions[i].block) + "_conv" + std::to_string(kConvolutions[i].number))
            return i;
    }
    return std::nullopt;
}

/// What a name in a file means.
struct Meaning {
    std::size_t index = 0;      // into trunkTensors()
    bool channelsLast = false;  // a kernel in Keras's order: height, width, in, out
    bool scale = false;         // the scales [out] of an int8 kernel, not the kernel
};

/// Layers that a file only counts: Keras 3 writes layers/conv2d/vars/0, layers/conv2d_1/vars/0 ..., Flax Conv_0/kernel,
/// Conv_1/kernel.
struct Counted {
    std::string container;  // what stands before the layer: numbers count within it
    int number = 0;
};
std::optional<Counted> counted(const std::vector<std::string>& parts, std::size_t layer) {
    std::optional<int> position;
    if (parts[layer] == "conv2d") position = 0;
    if (startsWith(parts[layer], "conv2d_")) position = number(parts[layer].substr(7));
    if (startsWith(parts[layer], "Conv_")) position = number(parts[layer].substr(5));
    if (!position) return std::nullopt;
    Counted result{{}, *position};
    for (std::size_t i = 0; i < layer; ++i) result.container += parts[i] + "/";
    return result;
}

/// Where the layer's name stands among the parts of a Keras or Flax name: layers/<layer>/vars/0 or .../<layer>/kernel:0.
std::size_t layerPart(const std::vector<std::string>& parts) {
    const bool variables = parts.size() >= 3 && parts[parts.size() - 2] == "vars";
    return parts.size() - (variables ? 3 : 2);
}

class NameReader {
public:
    explicit NameReader(const std::map<std::string, SourceTensor>& tensors) {
        for (const auto& [name, tensor] : tensors) {
            const std::vector<std::string> parts = components(name);
            if (name.size() > kLongestName || parts.size() < 2) continue;
            if (const std::optional<Counted> layer = counted(parts, layerPart(parts)))
                m_numbers[layer->container].insert(layer->number);
        }
    }

    std::optional<Meaning> meaning(const std::string& name) const {
        if (name.size() > kLongestName) return std::nullopt;
        const std::vector<std::string> parts = components(name);
        if (parts.size() < 2) return std::nullopt;
        // An optimiser's moments carry the names of the weights that they belong to.
        for (const std::string& part : parts) {
            if (startsWith(part, "optimizer")) return std::nullopt;
        }
        return parts.size() >= 3 && isTorchParent(parts[parts.size() - 3]) ? torchMeaning(parts) : kerasMeaning(parts);
    }

private:
    /// torchvision: [prefix.]features.N.weight; the lpips package: [prefix.]sliceK.N.weight
    static bool isTorchParent(const std::string& part) {
        return part == "features" || (part.size() == 6 && startsWith(part, "slice"));
    }

    static std::optional<Meaning> torchMeaning(const std::vector<std::string>& parts) {
        const std::optional<int> position = number(parts[parts.size() - 2]);
        const std::optional<std::size_t> convolution = position ? convolutionAt(*position) : std::nullopt;
        if (!convolution) return std::nullopt;
        if (parts.back() == "weight") return Meaning{2 * *convolution, false, false};
        if (parts.back() == "weight_scale") return Meaning{2 * *convolution, false, true};
        if (parts.back() == "bias") return Meaning{2 * *convolution + 1, false, false};
        return std::nullopt;
    }

    std::optional<Meaning> kerasMeaning(const std::vector<std::string>& parts) const {
        const std::size_t layer = layerPart(parts);
        std::optional<std::size_t> convolution = convolutionNamed(parts[layer]);
        if (!convolution) convolution = rank(parts, layer);
        if (!convolution) return std::nullopt;
        const std::string& last = parts.back();
        if (parts.size() - layer == 3) {  // vars: 0 is the kernel, 1 the bias
            if (last == "0") return Meaning{2 * *convolution, true, false};
            if (last == "1") return Meaning{2 * *convolution + 1, false, false};
            return std::nullopt;
        }
        // Keras 1 wrote block1_conv1/block1_conv1_W_1:0, Keras 2 block1_conv1/kernel:0, Flax Conv_0/kernel.
        std::string kind = last.substr(0, last.find(':'));
        if (startsWith(kind, parts[layer] + "_")) kind = kind.substr(parts[layer].size() + 1, 1);
        if (kind == "kernel" || kind == "W") return Meaning{2 * *convolution, true, false};
        if (kind == "bias" || kind == "b") return Meaning{2 * *convolution + 1, false, false};
        return std::nullopt;
    }

    /// Position among the container's convolutions: some versions of Keras leave numbers out.
    std::optional<std::size_t> rank(const std::vector<std::string>& parts, std::size_t layer) const {
        const std::optional<Counted> own = counted(parts, layer);
        if (!own) return std::nullopt;
        const std::set<int>& numbers = m_numbers.at(own->container);
        const auto position = static_cast<std::size_t>(std::distance(numbers.begin(), numbers.find(own->number)));
        if (numbers.size() < kConvolutions.size() || position >= kConvolutions.size()) return std::nullopt;
        return position;
    }

    std::map<std::string, std::set<int>> m_numbers;
};

std::vector<std::int64_t> expectedShape(const Meaning& meaning) {
    const std::vector<std::int64_t>& shape = trunkTensors()[meaning.index].shape;
    if (meaning.scale) return {shape[0]};
    if (meaning.channelsLast) return {shape[2], shape[3], shape[1], shape[0]};
    return shape;
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

TrunkMatch matchTrunk(const std::map<std::string, SourceTensor>& tensors) {
    TrunkMatch match;
    const NameReader names(tensors);
    std::map<std::size_t, std::vector<std::pair<std::string, Meaning>>> candidates, scales;
    for (const auto& [name, tensor] : tensors) {
        const std::optional<Meaning> meaning = names.meaning(name);
        if (!meaning) {
            match.unexpected.push_back(name);
        } else {
            (meaning->scale ? scales : candidates)[meaning->index].emplace_back(name, *meaning);
        }
    }

    const std::vector<TrunkTensor>& trunk = trunkTensors();
    for (std::size_t i = 0; i < trunk.size(); ++i) {
        const auto& found = candidates[i];
        if (found.empty()) {
            match.missing.push_back(trunk[i].name);
            continue;
        }
        if (found.size() > 1) {
            match.misshapen.push_back(trunk[i].name + ": both " + inQuotes(found[0].first) + " and " + inQuotes(found[1].first) +
                                      " could be it");
            continue;
        }
        const auto& [name, meaning] = found.front();
        const SourceTensor& tensor = tensors.at(name);
        const std::vector<std::int64_t> expected = expectedShape(meaning);
        if (tensor.shape != expected) {
            match.misshapen.push_back(trunk[i].name + ": expected " + joined(expected) +
                                      (meaning.channelsLast ? " (Keras's order)" : "") + ", file has " + joined(tensor.shape));
            continue;
        }
        const bool quantised = tensor.dtype == DType::Int8 && expected.size() == 4;
        const bool real = tensor.dtype == DType::Float32 || tensor.dtype == DType::Float16 || tensor.dtype == DType::BFloat16 ||
                          tensor.dtype == DType::Float64;
        if (!quantised && !real) {
            match.misshapen.push_back(trunk[i].name + ": expected floating point numbers, file has " + toString(tensor.dtype));
            continue;
        }
        TrunkMatch::Found result{name, meaning.channelsLast, {}};
        if (quantised) {
            const std::string scaleName = trunk[i].name + "_scale";
            const auto& own = scales[i];
            if (own.size() != 1) {
                match.missing.push_back(scaleName);
                continue;
            }
            const SourceTensor& scale = tensors.at(own.front().first);
            if (scale.shape != expectedShape(own.front().second) || scale.dtype != DType::Float32) {
                match.misshapen.push_back(scaleName + ": expected " + joined(expectedShape(own.front().second)) +
                                          " of float32, file has " + joined(scale.shape) + " of " + toString(scale.dtype));
                continue;
            }
            result.scaleName = own.front().first;
        }
        match.matched.push_back(trunk[i].name + " <- " + name + (quantised ? " and its scales" : ""));
        match.found.emplace(i, std::move(result));
    }
    for (const auto& [index, own] : scales) {
        const auto found = match.found.find(index);
        for (const auto& [name, meaning] : own) {
            if (found == match.found.end() || found->second.scaleName != name) match.unexpected.push_back(name);
        }
    }
    return match;
}

}  // namespace thaw::core
