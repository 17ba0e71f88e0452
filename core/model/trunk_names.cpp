#include "core/model/trunk_names.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace thaw::core {

namespace {

// Names longer than any model's are not worth reading.
constexpr std::size_t kLongestName = 512;

// torch.nn.DataParallel, torch.compile, FullyShardedDataParallel and activation checkpoints put themselves between names.
constexpr std::array<const char*, 5> kWrappers = {"module", "_orig_mod", "_fsdp_wrapped_module", "_checkpoint_wrapped_module",
                                                  "_forward_module"};

bool startsWith(const std::string& text, const std::string& start) { return text.compare(0, start.size(), start) == 0; }

bool isWrapper(const std::string& part) {
    return std::any_of(kWrappers.begin(), kWrappers.end(), [&](const char* wrapper) { return part == wrapper; });
}

/// The lpips package cuts its trunk into slice1 ... slice5, whose layers keep their numbers.
bool isSlice(const std::string& part) { return part.size() == 6 && startsWith(part, "slice") && nameNumber(part.substr(5)); }

std::string joined(const std::vector<std::string>& parts, std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) text += (i == 0 ? "" : ".") + parts[i];
    return text;
}

/// Parts of a name without wrappers. None for one that is too long, and for an optimiser's moments: these carry the names of the
/// weights that they belong to.
std::vector<std::string> unwrapped(const std::string& name) {
    if (name.size() > kLongestName) return {};
    std::vector<std::string> parts = nameParts(name);
    parts.erase(std::remove_if(parts.begin(), parts.end(), isWrapper), parts.end());
    if (std::any_of(parts.begin(), parts.end(), [](const std::string& part) { return startsWith(part, "optimizer"); })) return {};
    return parts;
}

struct BlockName {
    int block = 0, number = 0;
};
/// "block3_conv2" (Keras) and "conv3_2" (Caffe's name).
std::optional<BlockName> blockName(const std::string& part) {
    const bool keras = startsWith(part, "block");
    const std::size_t middle = part.find(keras ? "_conv" : "_"), begin = keras ? 5 : 4;
    if ((!keras && !startsWith(part, "conv")) || middle == std::string::npos || middle < begin) return std::nullopt;
    const std::optional<int> block = nameNumber(part.substr(begin, middle - begin)),
                             number = nameNumber(part.substr(middle + (keras ? 5 : 1)));
    if (!block || !number || *block > 9 || *number > 99) return std::nullopt;
    return BlockName{*block, *number};
}

/// Keras 3 counts conv2d, conv2d_1 ...; Flax Conv_0, Conv_1 ...
std::optional<int> countedNumber(const std::string& part) {
    if (part == "conv2d") return 0;
    if (startsWith(part, "conv2d_")) return nameNumber(part.substr(7));
    if (startsWith(part, "Conv_")) return nameNumber(part.substr(5));
    return std::nullopt;
}

TensorRole torchRole(const std::string& last) {
    if (last == "weight") return TensorRole::Kernel;
    if (last == "bias") return TensorRole::Bias;
    if (last == "weight_scale") return TensorRole::Scale;
    return TensorRole::Other;
}

/// Keras 3: vars/0 is the kernel, vars/1 the bias. Keras 1 wrote block1_conv1/block1_conv1_W_1:0, Keras 2 kernel:0, Flax kernel.
TensorRole kerasRole(const std::string& last, const std::string& layer, bool variables) {
    if (variables) return last == "0" ? TensorRole::Kernel : last == "1" ? TensorRole::Bias : TensorRole::Other;
    std::string kind = last.substr(0, last.find(':'));
    if (startsWith(kind, layer + "_")) kind = kind.substr(layer.size() + 1, 1);
    if (kind == "kernel" || kind == "W") return TensorRole::Kernel;
    return kind == "bias" || kind == "b" ? TensorRole::Bias : TensorRole::Other;
}

std::optional<TensorPlace> numberedPlace(const std::vector<std::string>& parts, const ConvChain& chain) {
    const std::optional<int> order = nameNumber(parts[parts.size() - 2]);
    if (!order || parts[parts.size() - 1].find(':') != std::string::npos) return std::nullopt;
    std::vector<std::string> prefix(parts.begin(), parts.end() - 2);
    if (!prefix.empty() && prefix.back() == "vars") return std::nullopt;
    const auto slices = std::remove_if(prefix.begin(), prefix.end(), isSlice);
    TensorPlace place;
    place.usual = slices != prefix.end() || (!prefix.empty() && prefix.back() == "features");
    prefix.erase(slices, prefix.end());
    place.group = joined(prefix, prefix.size());
    place.order = *order;
    place.role = torchRole(parts.back());
    place.numbered = true;
    const auto found = std::find(chain.numbers.begin(), chain.numbers.end(), *order);
    if (found != chain.numbers.end()) place.convolution = static_cast<std::size_t>(found - chain.numbers.begin());
    return place;
}

}  // namespace

std::vector<std::string> nameParts(const std::string& name) {
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

std::optional<int> nameNumber(const std::string& part) {
    int value = 0;
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), value);
    if (part.empty() || part.size() > 4 || error != std::errc() || end != part.data() + part.size() || value < 0)
        return std::nullopt;
    return value;
}

std::optional<std::size_t> chainPosition(const ConvChain& chain, int block, int number) {
    if (block < 1 || block > static_cast<int>(chain.perBlock.size()) || number < 1 ||
        number > chain.perBlock[static_cast<std::size_t>(block - 1)])
        return std::nullopt;
    std::size_t position = static_cast<std::size_t>(number - 1);
    for (int before = 1; before < block; ++before)
        position += static_cast<std::size_t>(chain.perBlock[static_cast<std::size_t>(before - 1)]);
    return position;
}

std::string withoutWrappers(const std::string& name) {
    const std::vector<std::string> parts = unwrapped(name);
    return joined(parts, parts.size());
}

std::optional<TensorPlace> placeOf(const std::string& name, const ConvChain& chain) {
    const std::vector<std::string> parts = unwrapped(name);
    if (parts.size() < 2) return std::nullopt;

    const bool variables = parts.size() >= 3 && parts[parts.size() - 2] == "vars";
    const std::size_t layer = parts.size() - (variables ? 3 : 2);
    const std::string& last = parts.back();
    TensorPlace place;
    if (const std::optional<BlockName> block = blockName(parts[layer])) {
        // Keras 2 writes a layer's name twice.
        place.usual = true;
        place.group = joined(parts, layer > 0 && parts[layer - 1] == parts[layer] ? layer - 1 : layer) + "|blocks";
        place.order = 100 * block->block + block->number;
        place.convolution = chainPosition(chain, block->block, block->number);
        const TensorRole torch = variables ? TensorRole::Other : torchRole(last);
        place.role = torch != TensorRole::Other ? torch : kerasRole(last, parts[layer], variables);
        place.channelsLast = place.role == TensorRole::Kernel && torch == TensorRole::Other;
        return place;
    }
    if (const std::optional<int> number = countedNumber(parts[layer])) {
        place.group = joined(parts, layer) + "|counted";
        place.order = *number;
        place.usual = place.counted = true;
        place.flax = startsWith(parts[layer], "Conv_");
        place.role = kerasRole(last, parts[layer], variables);
        place.channelsLast = place.role == TensorRole::Kernel;
        return place;
    }
    return numberedPlace(parts, chain);
}

}  // namespace thaw::core
