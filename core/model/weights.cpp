#include "core/model/weights.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>
#include <utility>

#include "core/api/errors.h"
#include "core/model/trunk_match.h"
#include "core/model/untrusted.h"
#include "core/model/weights_scaling.h"
#include "core/model/weights_source.h"
#include "core/model/zoo.h"
#include "core/util/hash.h"

namespace thaw::core {

namespace {

float fromHalf(std::uint16_t bits) {
    const std::uint32_t sign = static_cast<std::uint32_t>(bits & 0x8000u) << 16;
    const int exponent = (bits >> 10) & 0x1f;
    const std::uint32_t mantissa = bits & 0x3ffu;
    if (exponent == 0) {
        const float magnitude = std::ldexp(static_cast<float>(mantissa), -24);
        return sign != 0 ? -magnitude : magnitude;
    }
    const std::uint32_t wide = exponent == 0x1f ? 0xffu : static_cast<std::uint32_t>(exponent + 112);
    const std::uint32_t word = sign | (wide << 23) | (mantissa << 13);
    float value = 0;
    std::memcpy(&value, &word, sizeof value);
    return value;
}

float fromBFloat16(std::uint16_t bits) {
    const std::uint32_t word = static_cast<std::uint32_t>(bits) << 16;
    float value = 0;
    std::memcpy(&value, &word, sizeof value);
    return value;
}

template <typename From, typename Convert>
void convertAll(const std::vector<std::uint8_t>& raw, std::vector<float>& values, Convert convert) {
    for (std::size_t i = 0; i < values.size(); ++i) {
        From item;
        std::memcpy(&item, raw.data() + i * sizeof(From), sizeof(From));
        values[i] = convert(item);
    }
}

std::vector<float> toFloats(const std::vector<std::uint8_t>& raw, DType dtype) {
    std::vector<float> values(raw.size() / sizeOf(dtype));
    switch (dtype) {
        case DType::Float32:
            convertAll<float>(raw, values, [](float x) { return x; });
            break;
        case DType::Float64:
            convertAll<double>(raw, values, [](double x) { return static_cast<float>(x); });
            break;
        case DType::Float16:
            convertAll<std::uint16_t>(raw, values, fromHalf);
            break;
        case DType::BFloat16:
            convertAll<std::uint16_t>(raw, values, fromBFloat16);
            break;
        case DType::Int8:
            convertAll<std::int8_t>(raw, values, [](std::int8_t x) { return static_cast<float>(x); });
            break;
        default:
            values.clear();
            break;
    }
    return values;
}

/// Height, width, in, out (Keras) to out, in, height, width (torchvision); without sides, too.
std::vector<float> toChannelsFirst(const std::vector<float>& values, const std::vector<std::int64_t>& shape) {
    const auto out = static_cast<std::size_t>(shape[0]), in = static_cast<std::size_t>(shape[1]);
    const auto area = static_cast<std::size_t>(shape.size() == 4 ? shape[2] * shape[3] : 1);
    std::vector<float> result(values.size());
    for (std::size_t p = 0; p < area; ++p) {
        for (std::size_t i = 0; i < in; ++i) {
            for (std::size_t o = 0; o < out; ++o) result[(o * in + i) * area + p] = values[(p * in + i) * out + o];
        }
    }
    return result;
}

std::string listed(const std::vector<std::string>& items) {
    constexpr std::size_t kMost = 4;
    std::string text;
    for (std::size_t i = 0; i < items.size() && i < kMost; ++i) text += (i == 0 ? "" : "; ") + items[i];
    if (items.size() > kMost) text += "; and " + std::to_string(items.size() - kMost) + " more";
    return text;
}

}  // namespace

HostTensor readTrunkTensor(const WeightsSource& source, const TrunkMatch& match, std::size_t index) {
    const TrunkMatch::Found& found = match.found.at(index);
    HostTensor tensor;
    tensor.shape = match.layout.tensors[index].shape;
    tensor.values = toFloats(source.read(found.name), source.tensors().at(found.name).dtype);
    if (found.channelsLast) tensor.values = toChannelsFirst(tensor.values, tensor.shape);
    if (!found.scaleName.empty()) {
        const std::vector<float> scales = toFloats(source.read(found.scaleName), DType::Float32);
        const std::size_t perChannel = tensor.values.size() / scales.size();
        for (std::size_t i = 0; i < tensor.values.size(); ++i) tensor.values[i] *= scales[i / perChannel];
    }
    return tensor;
}

HostTensor inputsFirst(const HostTensor& weight) {
    const std::vector<std::int64_t> shape{weight.shape[1], weight.shape[0]};
    return {shape, toChannelsFirst(weight.values, shape)};
}

std::map<std::string, HostTensor> readTrunk(const WeightsSource& source, const TrunkMatch& match,
                                            const std::filesystem::path& path) {
    const TrunkLayout& layout = match.layout;
    if (!match.otherNetwork.empty()) {
        const std::string other = modelIn(source.tensors());
        throw WeightsError(
            path.string() + " cannot be used: this is " + match.otherNetwork + ", and the model is " + layout.title + ".",
            other.empty() ? "Choose weights of " + layout.title + "."
                          : "Choose the model " + other + ", or weights of " + layout.title + ".");
    }
    if (!match.isTrunk()) {
        std::string why = path.string() + " does not hold the trunk of " + layout.title + ".";
        if (match.found.empty() && match.misshapen.empty())
            why += " None of its " + std::to_string(source.tensors().size()) + " tensors is named like a layer of " +
                   layout.title + ".";
        else if (!match.missing.empty())
            why += " Missing: " + listed(match.missing) + ".";
        if (!match.misshapen.empty()) why += " Wrong: " + listed(match.misshapen) + ".";
        throw WeightsError(why, "Choose a file of " + layout.title +
                                    " with torchvision's or Keras's layer names. thaw-cli weights inspect lists what a file "
                                    "holds.");
    }

    std::map<std::string, HostTensor> tensors;
    for (const auto& [index, found] : match.found) {
        HostTensor tensor = readTrunkTensor(source, match, index);
        if (!std::all_of(tensor.values.begin(), tensor.values.end(), [](float value) { return std::isfinite(value); })) {
            throw WeightsError(path.string() + " holds numbers that are not finite in " + inQuotes(found.name) + ".",
                               "A training run that failed may have written it. Choose another file.");
        }
        tensors.emplace(layout.tensors[index].name, std::move(tensor));
    }
    return tensors;
}

namespace {

TrunkWeights loadWeights(const std::filesystem::path& file, const TrunkLayout& layout) {
    const WeightsPlace place = weightsPlace(file, layout.model);
    TrunkWeights weights;
    const std::unique_ptr<WeightsSource> source = openWeights(place.file);
    const TrunkMatch match = matchTrunk(source->tensors(), layout);
    weights.tensors = readTrunk(*source, match, place.file);
    weights.scaling = scalingNeededBy(*source, match);
    weights.digest = digestOfFile(place.file);
    weights.title = place.title;
    return weights;
}

}  // namespace

WeightsPlace weightsPlace(const std::filesystem::path& file, const std::string& model) {
    const ModelDescription& description = descriptionOf(model);
    const std::filesystem::path path = file.empty() ? ownWeightsOf(model) : file;
    const bool builtIn = file.empty() && !description.builtIn.empty();
    return {path, builtIn ? description.builtInTitle : path.filename().string()};
}

TrunkWeights loadTrunkWeights(const std::filesystem::path& file, const std::string& model) {
    return loadWeights(file, layoutOf(model));
}

TrunkWeights loadWholeWeights(const std::filesystem::path& file, const std::string& model) {
    return loadWeights(file, wholeLayoutOf(model));
}

TrunkWeights trunkWeightsOf(const RunConfig& config) { return loadTrunkWeights(config.weights, config.model); }

}  // namespace thaw::core
