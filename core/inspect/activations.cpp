#include "core/inspect/activations.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <numeric>
#include <utility>

#include "core/inspect/split_outputs.h"

namespace thaw::core {

torch::Tensor planesOf(const LayerInfo& layer, const torch::Tensor& output) {
    if (layer.hasPlane() || output.dim() == 2) return output;
    if (output.dim() == 4) return output.permute({0, 3, 1, 2});
    const std::int64_t patches = output.size(1) - 1;
    const auto side = static_cast<std::int64_t>(std::lround(std::sqrt(static_cast<double>(patches))));
    const torch::Tensor units = output.transpose(1, 2);
    if (side * side != patches) return units.unsqueeze(-1);
    return units.slice(2, 1).reshape({output.size(0), output.size(2), side, side});
}

ActivationMaps activationsOf(const StagedModel& model, const torch::Tensor& input, int layer) {
    torch::NoGradGuard noGrad;
    const LayerInfo& info = model.info().layer(layer);
    const torch::Tensor output = planesOf(info, model.outputOf(input, 0, layer))[0].cpu().contiguous();
    ActivationMaps maps;
    maps.layer = info.name;
    maps.channels = static_cast<int>(output.size(0));
    maps.height = output.dim() == 3 ? static_cast<int>(output.size(1)) : 1;
    maps.width = output.dim() == 3 ? static_cast<int>(output.size(2)) : 1;
    maps.values.assign(output.data_ptr<float>(), output.data_ptr<float>() + output.numel());
    std::vector<float> finite;
    std::copy_if(maps.values.begin(), maps.values.end(), std::back_inserter(finite),
                 [](float value) { return std::isfinite(value); });
    if (finite.empty()) return maps;
    const auto [least, most] = std::minmax_element(finite.begin(), finite.end());
    maps.minimum = *least;
    maps.maximum = *most;
    return maps;
}

torch::Tensor channelMaxima(const InputSource& source, const StagedModel& model, Split split, int layer, std::int64_t count,
                            const CountCallback& progress) {
    const LayerInfo& info = model.info().layer(layer);
    torch::Tensor maxima = torch::empty({count, info.channels()});
    const auto take = [&](std::int64_t begin, const torch::Tensor& output) {
        const torch::Tensor planes = planesOf(info, output);
        maxima.slice(0, begin, begin + output.size(0)).copy_(planes.dim() == 4 ? planes.amax({2, 3}) : planes);
    };
    outputsOfLayer(source, model, split, rowRange(0, count), layer, take, progress);
    return maxima;
}

std::vector<TopPicture> topRows(const torch::Tensor& maxima, int channel, int count) {
    const auto values = maxima.accessor<float, 2>();
    std::vector<std::int64_t> order(static_cast<std::size_t>(maxima.size(0)));
    std::iota(order.begin(), order.end(), 0);
    const auto wanted = order.begin() + std::clamp<std::int64_t>(count, 0, maxima.size(0));
    const auto rank = [&](std::int64_t row) {
        const float value = values[row][channel];
        return std::make_pair(std::isnan(value) ? -std::numeric_limits<float>::infinity() : value, -row);
    };
    std::partial_sort(order.begin(), wanted, order.end(), [&](std::int64_t a, std::int64_t b) { return rank(a) > rank(b); });
    std::vector<TopPicture> top;
    for (auto row = order.begin(); row != wanted; ++row) top.push_back({*row, values[*row][channel]});
    return top;
}

}  // namespace thaw::core
