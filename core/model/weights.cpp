#include "core/model/weights.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>
#include <utility>

#include "core/api/errors.h"
#include "core/api/weights_info.h"
#include "core/model/trunk_match.h"
#include "core/model/untrusted.h"
#include "core/model/weights_source.h"
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

/// Height, width, in, out (Keras) to out, in, height, width (torchvision).
std::vector<float> toChannelsFirst(const std::vector<float>& values, const std::vector<std::int64_t>& shape) {
    const auto out = static_cast<std::size_t>(shape[0]), in = static_cast<std::size_t>(shape[1]);
    const auto area = static_cast<std::size_t>(shape[2] * shape[3]);
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

std::map<std::string, HostTensor> readTrunk(const WeightsSource& source, const std::filesystem::path& path) {
    const TrunkMatch match = matchTrunk(source.tensors());
    if (!match.missing.empty() || !match.misshapen.empty()) {
        std::string why = path.string() + " does not hold VGG16's trunk.";
        if (!match.misshapen.empty()) why += " Wrong: " + listed(match.misshapen) + ".";
        if (!match.missing.empty()) why += " Missing: " + listed(match.missing) + ".";
        throw WeightsError(why, "Choose a VGG16 file with torchvision's or Keras's layer names.");
    }

    std::map<std::string, HostTensor> tensors;
    const std::vector<TrunkTensor>& trunk = trunkTensors();
    for (const auto& [index, found] : match.found) {
        HostTensor tensor;
        tensor.shape = trunk[index].shape;
        tensor.values = toFloats(source.read(found.name), source.tensors().at(found.name).dtype);
        if (found.channelsLast) tensor.values = toChannelsFirst(tensor.values, tensor.shape);
        if (!found.scaleName.empty()) {
            const std::vector<float> scales = toFloats(source.read(found.scaleName), DType::Float32);
            const std::size_t perChannel = tensor.values.size() / scales.size();
            for (std::size_t i = 0; i < tensor.values.size(); ++i) tensor.values[i] *= scales[i / perChannel];
        }
        if (!std::all_of(tensor.values.begin(), tensor.values.end(), [](float value) { return std::isfinite(value); })) {
            throw WeightsError(path.string() + " holds numbers that are not finite in " + inQuotes(found.name) + ".",
                               "A training run that failed may have written it. Choose another file.");
        }
        tensors.emplace(trunk[index].name, std::move(tensor));
    }
    return tensors;
}

TrunkWeights loadTrunkWeights(const std::filesystem::path& file) {
    const bool embedded = file.empty();
    const std::filesystem::path path = embedded ? embeddedWeightsFile() : file;
    TrunkWeights weights;
    weights.tensors = readTrunk(*openWeights(path), path);
    weights.digest = digestOfFile(path);
    weights.title = embedded ? kEmbeddedTitle : path.filename().string();
    return weights;
}

}  // namespace thaw::core
