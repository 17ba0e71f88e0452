#include "core/model/staged_model.h"

#include <cmath>
#include <utility>

#include "core/api/errors.h"
#include "core/train/random.h"
#include "core/util/hash.h"

namespace thaw::core {
namespace {

void drawNormal(const torch::Tensor& weight, double deviation, RandomStream random) {
    float* values = weight.data_ptr<float>();
    for (std::int64_t i = 0; i < weight.numel(); i += 2) {
        const double radius = std::sqrt(-2.0 * std::log(1.0 - random.uniform())), angle = 2.0 * M_PI * random.uniform();
        values[i] = static_cast<float>(deviation * radius * std::cos(angle));
        if (i + 1 < weight.numel()) values[i + 1] = static_cast<float>(deviation * radius * std::sin(angle));
    }
}

void drawGlorot(const torch::Tensor& weight, RandomStream& random) {
    const double limit = std::sqrt(6.0 / static_cast<double>(weight.size(0) + weight.size(1)));
    float* values = weight.data_ptr<float>();
    for (std::int64_t i = 0; i < weight.numel(); ++i) values[i] = static_cast<float>(limit * (2.0 * random.uniform() - 1.0));
}

/// The values that a layer begins with.
void draw(const LayerInfo& layer, const std::vector<Parameter>& parameters, const GraphNode& node, RandomStream random) {
    constexpr double kTokenDeviation = 0.02, kFirstScale = 1e-6;
    for (const Parameter& parameter : parameters) {
        const torch::Tensor& value = parameter.value;
        const bool vector = value.dim() == 1;
        if (layer.kind == LayerKind::Conv2d && !vector) {
            const std::int64_t fanOut = value.size(0) * value.size(2) * value.size(3) / node.groups;
            drawNormal(value, std::sqrt(2.0 / static_cast<double>(fanOut)), random);
        } else if (layer.kind == LayerKind::Tokens) {
            drawNormal(value, kTokenDeviation, random);
        } else if (layer.kind == LayerKind::Scale) {
            value.fill_(kFirstScale);
        } else if (!vector) {
            drawGlorot(value, random);
        } else {
            const bool norm = layer.kind == LayerKind::BatchNorm || layer.kind == LayerKind::LayerNorm;
            const bool scale = norm && parameters.size() > 1 && &parameter == &parameters.front();
            value.fill_(scale ? 1.0 : 0.0);
        }
    }
}

/// A transformer's learned places for another number of patches: interpolated as a picture, as torchvision does. [1, 1 + patches,
/// width], both squares; unchanged where they are none.
torch::Tensor placesFor(const torch::Tensor& places, std::int64_t tokens) {
    const auto sideOf = [](std::int64_t patches) {
        return static_cast<std::int64_t>(std::lround(std::sqrt(static_cast<double>(patches))));
    };
    const std::int64_t before = sideOf(places.size(1) - 1), now = sideOf(tokens - 1), width = places.size(2);
    if (before * before != places.size(1) - 1 || now * now != tokens - 1) return places;
    const torch::Tensor plane = places.slice(1, 1).transpose(1, 2).reshape({1, width, before, before});
    const torch::Tensor resized = at::upsample_bicubic2d(plane, {now, now}, /*align_corners=*/true);
    return at::cat({places.slice(1, 0, 1), resized.flatten(2).transpose(1, 2)}, 1);
}

}  // namespace

double relativeChange(const std::vector<Parameter>& now, const std::vector<torch::Tensor>& before) {
    torch::NoGradGuard noGrad;
    double difference = 0, norms = 0;
    for (std::size_t i = 0; i < now.size(); ++i) {
        const double moved = (now[i].value - before[i]).norm().item<double>(), norm = before[i].norm().item<double>();
        difference += moved * moved;
        norms += norm * norm;
    }
    return norms > 0 ? std::sqrt(difference / norms) : 0.0;
}

StagedModel::StagedModel(Network network, std::uint64_t seed, bool drawTrunk)
    : m_info(std::move(network.info)), m_dropouts(network.dropouts) {
    torch::NoGradGuard noGrad;
    for (const StageGraph& graph : network.stages) {
        m_stages.push_back(std::make_shared<Stage>(graph));
        for (const GraphNode& node : graph.nodes) {
            if (node.layer < 0) continue;
            const bool loaded = !drawTrunk && node.layer < m_info.headBegin;
            drawLayer(*m_stages.back(), node, seed, /*weightsToo=*/!loaded);
        }
    }
    m_stageDigests.resize(m_stages.size());
    tieStages();
}

void StagedModel::tieStages() {
    for (const auto& stage : m_stages)
        for (const auto& other : m_stages) stage->tie(other->parameters());
}

/// Without `weightsToo` what is cheap alone: vectors.
void StagedModel::drawLayer(const Stage& stage, const GraphNode& node, std::uint64_t seed, bool weightsToo) {
    std::vector<Parameter> own;
    for (const Parameter& parameter : stage.parameters())
        if (parameter.layer == node.layer && (weightsToo || parameter.value.dim() == 1)) own.push_back(parameter);
    draw(m_info.layer(node.layer), own, node,
         RandomStream(seed, Purpose::Initialization, static_cast<std::uint64_t>(node.layer)));
    for (const Parameter& buffer : stage.buffers())
        if (buffer.layer == node.layer) buffer.value.fill_(buffer.name == node.buffers.back().name ? 1.0 : 0.0);
}

torch::Tensor StagedModel::forward(State input, int begin, int end, const ForwardContext& context) const {
    for (int i = begin; i < end;) i = advance(input, i, end, context);
    return input.hidden;
}

int StagedModel::advance(State& current, int index, int end, const ForwardContext& context) const {
    if (index + 1 < end && !context.tap && stage(index + 1).isPooling()) {
        if (torch::Tensor pooled = stage(index).forwardPooled(current.hidden); pooled.defined()) {
            current.hidden = std::move(pooled);
            return index + 2;
        }
    }
    current.hidden = stage(index).forward(current, context);
    return index + 1;
}

torch::Tensor StagedModel::outputOf(const State& input, int begin, int layer) const {
    Tap tap;
    tap.layer = layer;
    ForwardContext context;
    context.tap = &tap;
    const int stage = m_info.layer(layer).stage;
    forward({forward(input, begin, stage), input.mask}, stage, stage + 1, context);
    return tap.value;
}

std::vector<Parameter> StagedModel::parametersOf(int layer) const {
    std::vector<Parameter> own;
    for (const Parameter& parameter : parameters(m_info.layer(layer).stage))
        if (parameter.layer == layer) own.push_back(parameter);
    return own;
}

std::vector<Parameter> StagedModel::stateOfStage(int index) const {
    std::vector<Parameter> all = stage(index).parameters();
    all.insert(all.end(), stage(index).buffers().begin(), stage(index).buffers().end());
    return all;
}

std::vector<Parameter> StagedModel::stateOf(int layer) const {
    std::vector<Parameter> own = parametersOf(layer);
    for (const Parameter& buffer : stage(m_info.layer(layer).stage).buffers())
        if (buffer.layer == layer) own.push_back(buffer);
    return own;
}

std::vector<Parameter> StagedModel::stateDict() const {
    std::vector<Parameter> all;
    for (int i = 0; i < stageCount(); ++i) {
        const std::vector<Parameter> own = stateOfStage(i);
        all.insert(all.end(), own.begin(), own.end());
    }
    return all;
}

void StagedModel::load(const std::string& name, const torch::Tensor& value) {
    for (int i = 0; i < stageCount(); ++i) {
        for (const Parameter& parameter : stateOfStage(i)) {
            if (parameter.name != name) continue;
            if (parameter.value.sizes() != value.sizes())
                throw WeightsError("The tensor \"" + name + "\" has another shape than the model's.");
            torch::NoGradGuard noGrad;
            parameter.value.copy_(value);
            return markChanged(i);
        }
    }
    throw WeightsError("The model has no tensor \"" + name + "\".");
}

void StagedModel::loadTrunk(const TrunkWeights& weights, int end) {
    torch::NoGradGuard noGrad;
    for (int i = 0; i < (end < 0 ? m_info.headStage : end); ++i) {
        for (const Parameter& parameter : stateOfStage(i)) {
            const auto found = weights.tensors.find(parameter.name);
            if (found == weights.tensors.end()) throw WeightsError("The weights lack the tensor \"" + parameter.name + "\".");
            const HostTensor& tensor = found->second;
            torch::Tensor value = torch::from_blob(const_cast<float*>(tensor.values.data()), tensor.shape);
            const bool places = m_info.layer(parameter.layer).kind == LayerKind::Tokens && value.dim() == 3;
            if (places && value.size(1) != parameter.value.size(1)) value = placesFor(value, parameter.value.size(1));
            if (parameter.value.sizes() != value.sizes())
                throw WeightsError("The tensor \"" + parameter.name + "\" has another shape than the model's.");
            parameter.value.copy_(value);
        }
        markChanged(i);
    }
}

void StagedModel::share(int stage, const StagedModel& other) {
    if (this->stage(stage).tiedTable().defined()) return;
    m_stages[static_cast<std::size_t>(stage)] = other.m_stages[static_cast<std::size_t>(stage)];
    m_stageDigests[static_cast<std::size_t>(stage)].clear();
    if (m_stages.back()->tiedTable().defined()) m_stages.back()->tie(parameters(stage));
}

void StagedModel::setKernels(KernelKind kernels) {
    for (const auto& stage : m_stages) stage->setKernels(kernels);
}

void StagedModel::moveTo(const torch::Device& device) {
    torch::NoGradGuard noGrad;
    for (const Parameter& parameter : stateDict()) {
        torch::Tensor value = parameter.value;
        if (value.device() != device) value.set_data(value.to(device));
    }
}

void StagedModel::setTrainable(const LayerMask& trainable) {
    for (int i = 0; i < stageCount(); ++i) {
        for (const Parameter& parameter : parameters(i)) {
            torch::Tensor value = parameter.value;
            value.mutable_grad() = torch::Tensor();
            value.set_requires_grad(trainable[static_cast<std::size_t>(parameter.layer)]);
        }
    }
}

std::string StagedModel::prefixDigest(int end) const {
    Digest all;
    for (int i = 0; i < end; ++i) {
        std::string& digest = m_stageDigests[static_cast<std::size_t>(i)];
        if (digest.empty()) {
            Digest one;
            one.update(m_info.stage(i).path.data(), m_info.stage(i).path.size());
            for (const Parameter& parameter : stateOfStage(i)) {
                const torch::Tensor value = parameter.value.detach().cpu().contiguous();
                one.update(value.sizes().data(), value.sizes().size() * sizeof(std::int64_t));
                one.update(value.data_ptr<float>(), static_cast<std::size_t>(value.numel()) * sizeof(float));
            }
            digest = one.hex();
        }
        all.update(digest.data(), digest.size());
    }
    return all.hex();
}

void StagedModel::markChanged(int stage) {
    m_stageDigests[static_cast<std::size_t>(stage)].clear();
    m_stages[static_cast<std::size_t>(stage)]->parametersChanged();
}

void StagedModel::commitStatistics() {
    for (const auto& stage : m_stages) stage->commitStatistics();
}

void StagedModel::dropStatistics() {
    for (const auto& stage : m_stages) stage->dropStatistics();
}

void StagedModel::releaseWorkspaces() {
    for (const auto& stage : m_stages) stage->releaseWorkspace();
}

}  // namespace thaw::core
