#include "core/model/tensor_taker.h"

#include <utility>

#include "core/model/untrusted.h"

namespace thaw::core {
namespace {

std::string joined(const std::vector<std::int64_t>& shape) {
    std::string text;
    for (std::int64_t size : shape) text += (text.empty() ? "" : "x") + std::to_string(size);
    return text.empty() ? "a single number" : text;
}

std::vector<std::int64_t> expectedShape(const TensorSpec& tensor, const Named& named) {
    const std::vector<std::int64_t>& shape = tensor.shape;
    if (named.role == TensorRole::Scale) return {shape[0]};
    if (named.channelsLast && shape.size() == 2) return {shape[1], shape[0]};
    // A depthwise kernel of Keras: one for each channel.
    if (named.channelsLast && shape[1] == 1) return {shape[2], shape[3], shape[0], 1};
    if (named.channelsLast) return {shape[2], shape[3], shape[1], shape[0]};
    return shape;
}

bool isReal(DType type) {
    return type == DType::Float32 || type == DType::Float16 || type == DType::BFloat16 || type == DType::Float64;
}

}  // namespace

std::string bothCouldBe(const std::string& trunkName, const std::string& one, const std::string& other) {
    return trunkName + ": both " + inQuotes(one) + " and " + inQuotes(other) + " could be it";
}

void Taker::take(std::size_t index, const std::vector<Named>& candidates, const std::vector<Named>& scales) {
    const TensorSpec& wanted = result.layout.tensors[index];
    if (candidates.empty()) return result.missing.push_back(wanted.name);
    const Named& own = candidates.front();
    if (candidates.size() > 1) return result.misshapen.push_back(bothCouldBe(wanted.name, own.name, candidates[1].name));

    const SourceTensor& tensor = m_tensors->at(own.name);
    const std::vector<std::int64_t> expected = expectedShape(wanted, own);
    if (tensor.shape != expected)
        return result.misshapen.push_back(wanted.name + ": expected " + joined(expected) +
                                          (wanted.transposed  ? " (inputs first)"
                                           : own.channelsLast ? " (Keras's order)"
                                                              : "") +
                                          ", file has " + joined(tensor.shape));
    const bool quantised = tensor.dtype == DType::Int8 && expected.size() >= 2;
    if (!quantised && !isReal(tensor.dtype))
        return result.misshapen.push_back(wanted.name + ": expected floating point numbers, file has " + toString(tensor.dtype));
    TrunkMatch::Found found{own.name, own.channelsLast, {}};
    if (quantised && !takeScale(wanted, scales, found)) return;
    result.matched.push_back(wanted.name + " <- " + own.name + (quantised ? " and its scales" : ""));
    result.found.emplace(index, std::move(found));
}

bool Taker::takeScale(const TensorSpec& wanted, const std::vector<Named>& scales, TrunkMatch::Found& found) {
    const std::string scaleName = wanted.name + "_scale";
    if (scales.size() != 1) {
        result.missing.push_back(scaleName);
        return false;
    }
    const SourceTensor& scale = m_tensors->at(scales.front().name);
    const std::vector<std::int64_t> expected = expectedShape(wanted, scales.front());
    if (scale.shape != expected || scale.dtype != DType::Float32) {
        result.misshapen.push_back(scaleName + ": expected " + joined(expected) + " of float32, file has " + joined(scale.shape) +
                                   " of " + toString(scale.dtype));
        return false;
    }
    found.scaleName = scales.front().name;
    return true;
}

}  // namespace thaw::core
