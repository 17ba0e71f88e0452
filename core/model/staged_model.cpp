#include "core/model/staged_model.h"

#include <cmath>
#include <optional>
#include <utility>

#include "core/api/errors.h"
#include "core/kernels/fast_conv.h"
#include "core/kernels/fast_dense.h"
#include "core/train/random.h"
#include "core/util/blas.h"
#include "core/util/hash.h"

namespace thaw::core {
namespace {

class ConvReluStage : public Stage {
public:
    ConvReluStage(const std::string& name, std::int64_t inputs, std::int64_t outputs) {
        m_parameters = {{name + ".weight", torch::empty({outputs, inputs, 3, 3})}, {name + ".bias", torch::zeros({outputs})}};
    }
    void draw(RandomStream random) {
        const torch::Tensor& weight = m_parameters[0].value;
        const std::int64_t outputs = weight.size(0);
        const double deviation = std::sqrt(2.0 / static_cast<double>(outputs * 9));
        float* values = weight.data_ptr<float>();
        for (std::int64_t i = 0; i < weight.numel(); i += 2) {
            const double radius = std::sqrt(-2.0 * std::log(1.0 - random.uniform())), angle = 2.0 * M_PI * random.uniform();
            values[i] = static_cast<float>(deviation * radius * std::cos(angle));
            if (i + 1 < weight.numel()) values[i + 1] = static_cast<float>(deviation * radius * std::sin(angle));
        }
    }
    torch::Tensor forward(const torch::Tensor& input, const ForwardContext&) const override {
        const torch::Tensor &weight = m_parameters[0].value, &bias = m_parameters[1].value;
        if (m_fast) {
            const bool recorded = torch::GradMode::is_enabled() && (input.requires_grad() || weight.requires_grad());
            if (recorded && FastConv::supportsGradients(input, weight, bias, kGeometry))
                return m_fast->forwardRecorded(input, weight, bias);
            if (!recorded && FastConv::supports(input, weight, bias, kGeometry))
                return m_fast->forward(input, weight, bias, /*pool=*/false);
        }
        return at::conv2d(input, weight, bias, kGeometry.stride, kGeometry.padding, kGeometry.dilation, kGeometry.groups).relu_();
    }
    torch::Tensor forwardPooled(const torch::Tensor& input) const override {
        const torch::Tensor &weight = m_parameters[0].value, &bias = m_parameters[1].value;
        const bool recorded = torch::GradMode::is_enabled() && (input.requires_grad() || weight.requires_grad());
        if (!m_fast || recorded || !FastConv::supports(input, weight, bias, kGeometry)) return {};
        return m_fast->forward(input, weight, bias, /*pool=*/true);
    }
    void setKernels(KernelKind kernels) override {
        if (kernels == KernelKind::LibTorch)
            m_fast.reset();
        else if (!m_fast)
            m_fast.emplace();
    }
    void parametersChanged() override {
        if (m_fast) m_fast->weightsChanged();
    }
    void releaseWorkspace() override {
        if (m_fast) m_fast->release();
    }

private:
    static constexpr ConvGeometry kGeometry{};

    std::optional<FastConv> m_fast;
};

class MaxPoolStage : public Stage {
public:
    torch::Tensor forward(const torch::Tensor& input, const ForwardContext&) const override {
        return at::max_pool2d(input, /*kernel_size=*/2, /*stride=*/2);
    }
};

class FlattenStage : public Stage {
public:
    torch::Tensor forward(const torch::Tensor& input, const ForwardContext&) const override { return input.flatten(1); }
};

class DenseStage : public Stage {
public:
    DenseStage(const std::string& name, std::int64_t inputs, std::int64_t outputs, bool relu, RandomStream random)
        : m_relu(relu) {
        torch::Tensor weight = torch::empty({outputs, inputs});
        const double limit = std::sqrt(6.0 / static_cast<double>(inputs + outputs));
        float* values = weight.data_ptr<float>();
        for (std::int64_t i = 0; i < weight.numel(); ++i) values[i] = static_cast<float>(limit * (2.0 * random.uniform() - 1.0));
        m_parameters = {{name + ".weight", weight}, {name + ".bias", torch::zeros({outputs})}};
    }
    torch::Tensor forward(const torch::Tensor& input, const ForwardContext&) const override {
        const torch::Tensor &weight = m_parameters[0].value, &bias = m_parameters[1].value;
        if (m_fast && supportsFastDense(input, weight)) return fastDense(input, weight, bias, m_relu);
        const SmallProduct alone(static_cast<double>(input.size(0) * weight.numel()));
        torch::Tensor output = at::linear(input, weight, bias);
        return m_relu ? output.relu_() : output;
    }
    void setKernels(KernelKind kernels) override { m_fast = kernels == KernelKind::Thaw; }

private:
    bool m_relu, m_fast = false;
};

class DropoutStage : public Stage {
public:
    torch::Tensor forward(const torch::Tensor& input, const ForwardContext& context) const override {
        return context.dropoutMask.defined() ? input * context.dropoutMask : input;
    }
};

std::int64_t product(const std::vector<std::int64_t>& shape) {
    std::int64_t result = 1;
    for (std::int64_t size : shape) result *= size;
    return result;
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

StagedModel::StagedModel(ModelInfo info, std::uint64_t seed, bool drawTrunk) : m_info(std::move(info)) {
    std::vector<std::int64_t> shape{3};
    for (std::size_t i = 0; i < m_info.layers.size(); ++i) {
        const LayerInfo& layer = m_info.layers[i];
        const RandomStream random(seed, Purpose::Initialization, i);
        switch (layer.kind) {
            case LayerKind::Conv2d: {
                auto stage = std::make_unique<ConvReluStage>(layer.torchName, shape[0], layer.outputShape[0]);
                if (drawTrunk) stage->draw(random);
                m_stages.push_back(std::move(stage));
                break;
            }
            case LayerKind::MaxPool2d:
                m_stages.push_back(std::make_unique<MaxPoolStage>());
                break;
            case LayerKind::Flatten:
                m_stages.push_back(std::make_unique<FlattenStage>());
                break;
            case LayerKind::Dense:
                m_stages.push_back(std::make_unique<DenseStage>(layer.torchName, product(shape), layer.outputShape[0],
                                                                /*relu=*/i + 1 < m_info.layers.size(), random));
                break;
            case LayerKind::Dropout:
                m_stages.push_back(std::make_unique<DropoutStage>());
                break;
        }
        shape = layer.outputShape;
    }
    m_stageDigests.resize(m_stages.size());
}

torch::Tensor StagedModel::forward(torch::Tensor input, int begin, int end, const ForwardContext& context) const {
    for (int i = begin; i < end;) i = advance(input, i, end, context);
    return input;
}

int StagedModel::advance(torch::Tensor& current, int index, int end, const ForwardContext& context) const {
    if (index + 1 < end && m_info.layers[static_cast<std::size_t>(index) + 1].kind == LayerKind::MaxPool2d) {
        if (torch::Tensor pooled = stage(index).forwardPooled(current); pooled.defined()) {
            current = std::move(pooled);
            return index + 2;
        }
    }
    current = stage(index).forward(current, context);
    return index + 1;
}

std::vector<Parameter> StagedModel::stateDict() const {
    std::vector<Parameter> all;
    for (const auto& stage : m_stages) all.insert(all.end(), stage->parameters().begin(), stage->parameters().end());
    return all;
}

void StagedModel::load(const std::string& name, const torch::Tensor& value) {
    for (int i = 0; i < stageCount(); ++i) {
        for (const Parameter& parameter : parameters(i)) {
            if (parameter.name != name) continue;
            if (parameter.value.sizes() != value.sizes())
                throw WeightsError("The tensor \"" + name + "\" has another shape than the model's.");
            torch::NoGradGuard noGrad;
            parameter.value.copy_(value);
            markChanged(i);
            return;
        }
    }
    throw WeightsError("The model has no tensor \"" + name + "\".");
}

void StagedModel::loadTrunk(const TrunkWeights& weights) {
    for (int i = 0; i < m_info.headBegin; ++i) {
        for (const Parameter& parameter : parameters(i)) {
            const auto found = weights.tensors.find(parameter.name);
            if (found == weights.tensors.end()) throw WeightsError("The weights lack the tensor \"" + parameter.name + "\".");
            const HostTensor& tensor = found->second;
            load(parameter.name, torch::from_blob(const_cast<float*>(tensor.values.data()), tensor.shape));
        }
    }
}

void StagedModel::share(int stage, const StagedModel& other) {
    m_stages[static_cast<std::size_t>(stage)] = other.m_stages[static_cast<std::size_t>(stage)];
    m_stageDigests[static_cast<std::size_t>(stage)].clear();
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
            value.set_requires_grad(trainable[static_cast<std::size_t>(i)]);
        }
    }
}

std::string StagedModel::prefixDigest(int end) const {
    Digest all;
    for (int i = 0; i < end; ++i) {
        std::string& digest = m_stageDigests[static_cast<std::size_t>(i)];
        if (digest.empty()) {
            Digest one;
            one.update(m_info.layers[static_cast<std::size_t>(i)].torchName.data(),
                       m_info.layers[static_cast<std::size_t>(i)].torchName.size());
            for (const Parameter& parameter : parameters(i)) {
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

void StagedModel::releaseWorkspaces() {
    for (const auto& stage : m_stages) stage->releaseWorkspace();
}

}  // namespace thaw::core
