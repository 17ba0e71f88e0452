#include "core/inspect/class_map.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "core/inspect/finished_run.h"
#include "core/train/rungs.h"
#include "core/train/task.h"

namespace thaw::core {
namespace {

/// A weight for each channel, out of the layer's output and its gradient, both [channels, height, width].
torch::Tensor channelWeights(const torch::Tensor& output, const torch::Tensor& gradient, ClassMapMethod method) {
    if (method == ClassMapMethod::GradCam) return gradient.mean({1, 2});
    constexpr double kTiny = 1e-6;
    const torch::Tensor square = gradient * gradient;
    const torch::Tensor alpha = square / (2 * square + output.sum({1, 2}, /*keepdim=*/true) * square * gradient + kTiny);
    return (alpha * gradient.relu()).sum({1, 2});
}

/// Left (or upper) edges of patches that together reach from 0 to `side`.
std::vector<int> patchPlaces(int side, int patch, int stride) {
    std::vector<int> places;
    for (int at = 0; at < side - patch; at += stride) places.push_back(at);
    places.push_back(side - patch);
    return places;
}

}  // namespace

ClassMap gradCamOf(const StagedModel& model, const torch::Tensor& input, int layer, int classIndex, ClassMapMethod method) {
    const int stage = model.info().layer(layer).stage;
    torch::Tensor before;
    {
        torch::NoGradGuard noGrad;
        before = model.forward(input, 0, stage).detach();
    }
    Tap tap;
    tap.layer = layer;
    tap.asLeaf = true;
    ForwardContext context;
    context.tap = &tap;
    torch::Tensor logits, gradient;
    {
        torch::AutoGradMode record(true);
        logits = model.forward(before, stage, model.stageCount(), context);
        gradient = torch::autograd::grad({logits[0][classIndex]}, {tap.value})[0];
    }
    torch::NoGradGuard noGrad;
    // Grad-CAM++ divides by what may be nearly 0.
    const torch::Tensor planes = tap.value.detach()[0].to(torch::kFloat64);
    const torch::Tensor weights = channelWeights(planes, gradient[0].to(torch::kFloat64), method);
    torch::Tensor cam = (weights.view({-1, 1, 1}) * planes).sum(0).relu();
    const double largest = cam.max().item<double>();
    if (largest > 0) cam = cam / largest;
    cam = cam.to(torch::kFloat32).cpu().contiguous();

    ClassMap map;
    map.method = method;
    map.layer = model.info().layers[static_cast<std::size_t>(layer)].name;
    map.classIndex = classIndex;
    map.probability = taskOf(model.info().task).probabilities(logits.detach())[0][classIndex].item<double>();
    map.height = static_cast<int>(cam.size(0));
    map.width = static_cast<int>(cam.size(1));
    map.values.assign(cam.data_ptr<float>(), cam.data_ptr<float>() + cam.numel());
    return map;
}

ClassMap occlusionOf(const StagedModel& model, const torch::Tensor& input, const torch::Tensor& grey, int classIndex, int patch,
                     int stride, const CountCallback& progress) {
    torch::NoGradGuard noGrad;
    const auto probabilities = [&](const torch::Tensor& pictures) {
        return taskOf(model.info().task)
            .probabilities(model.forward(pictures, 0, model.stageCount()))
            .select(1, classIndex)
            .cpu()
            .contiguous();
    };
    const int side = static_cast<int>(input.size(2));
    ClassMap map;
    map.method = ClassMapMethod::Occlusion;
    map.classIndex = classIndex;
    map.probability = probabilities(input)[0].item<double>();
    map.height = map.width = side;

    const std::vector<int> places = patchPlaces(side, patch, stride);
    std::vector<std::pair<int, int>> corners;
    for (const int y : places)
        for (const int x : places) corners.emplace_back(y, x);
    torch::Tensor lost = torch::zeros({side, side}), covers = torch::zeros({side, side});
    const std::size_t slice = static_cast<std::size_t>(std::max(1, sliceSize(side) / 4));
    for (std::size_t begin = 0; begin < corners.size(); begin += slice) {
        report(progress, static_cast<std::int64_t>(begin), static_cast<std::int64_t>(corners.size()));
        const std::size_t end = std::min(corners.size(), begin + slice);
        torch::Tensor pictures = input.repeat({static_cast<std::int64_t>(end - begin), 1, 1, 1});
        const auto window = [&](const torch::Tensor& planes, std::size_t i) {
            const auto [y, x] = corners[i];
            return planes.slice(-2, y, y + patch).slice(-1, x, x + patch);
        };
        for (std::size_t i = begin; i < end; ++i)
            window(pictures[static_cast<std::int64_t>(i - begin)], i).copy_(window(grey[0], i));
        const torch::Tensor left = probabilities(pictures);
        for (std::size_t i = begin; i < end; ++i) {
            window(lost, i).add_(map.probability - left[static_cast<std::int64_t>(i - begin)].item<double>());
            window(covers, i).add_(1);
        }
    }
    report(progress, static_cast<std::int64_t>(corners.size()), static_cast<std::int64_t>(corners.size()));
    lost.div_(covers);
    map.values.assign(lost.data_ptr<float>(), lost.data_ptr<float>() + lost.numel());
    return map;
}

}  // namespace thaw::core
