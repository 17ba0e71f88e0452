#include "core/model/stage.h"

#include <array>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include "core/kernels/fast_conv.h"
#include "core/kernels/fast_dense.h"
#include "core/util/blas.h"

namespace thaw::core {
namespace {

bool wantsGradient(const torch::Tensor& tensor) { return tensor.defined() && tensor.requires_grad(); }

/// With the strides of this order alone. Where a plane is one pixel or there is one channel, several strides mean the same, and
/// LibTorch chooses its way of computing by them.
torch::Tensor inOrder(const torch::Tensor& from, at::MemoryFormat order) {
    const torch::Tensor ordered = from.contiguous(order);
    const std::int64_t channels = from.size(1), height = from.size(2), width = from.size(3), all = channels * height * width;
    const std::array<std::int64_t, 4> strides = order == at::MemoryFormat::ChannelsLast
                                                    ? std::array<std::int64_t, 4>{all, 1, width * channels, channels}
                                                    : std::array<std::int64_t, 4>{all, height * width, width, 1};
    return ordered.strides() == c10::IntArrayRef(strides) ? ordered : ordered.as_strided(from.sizes(), strides);
}

/// A convolution with the batch norm behind it in one: never what is stored.
struct Folded {
    torch::Tensor weight, bias;
};

ConvGeometry geometryOf(const GraphNode& node) {
    ConvGeometry geometry;
    geometry.stride = node.stride;
    geometry.padding = node.before;
    geometry.groups = node.groups;
    return geometry;
}

}  // namespace

struct Stage::Step {
    GraphNode node;
    torch::Tensor weight, bias;    // of Attention: in_proj
    torch::Tensor weight2, bias2;  // of Attention: out_proj
    torch::Tensor mean, variance;  // of BatchNorm, whose weight may be undefined
    int norm = -1, relu = -1;      // nodes that read this one alone: a batch norm, a ReLU
    bool soleReader = false;       // exactly one node reads it
    bool fast = false;
    mutable std::optional<FastConv> conv;
    mutable std::optional<Folded> folded;
    mutable torch::Tensor channelsLast, channelsLastOf;  // weights of a convolution in another order, and the ones they were
    mutable torch::Tensor nextMean, nextVariance;

    bool recordsParameters() const {
        return torch::GradMode::is_enabled() &&
               (wantsGradient(weight) || wantsGradient(bias) || wantsGradient(weight2) || wantsGradient(bias2));
    }
};

/// One pass through the graph.
struct Stage::Run {
    const Stage& stage;
    torch::Tensor input;
    const torch::Tensor& mask;
    const ForwardContext& context;
    std::vector<torch::Tensor> outputs;

    const Step& step(int index) const { return stage.m_steps[static_cast<std::size_t>(index)]; }
    torch::Tensor& output(int index) { return outputs[static_cast<std::size_t>(index)]; }
    const torch::Tensor& in(const Step& step, std::size_t which = 0) {
        const int from = step.node.inputs[which];
        return from == kStageInput ? input : output(from);
    }
    bool tapped(const Step& step) const { return context.tap && step.node.layer >= 0 && context.tap->layer == step.node.layer; }
    /// The value may be overwritten: nobody else reads it.
    bool owned(const Step& step) const {
        const int from = step.node.inputs[0];
        return from != kStageInput && this->step(from).soleReader && !tapped(this->step(from));
    }

    torch::Tensor read(const torch::Tensor& value) const {
        Tap& tap = *context.tap;
        tap.value = value;
        if (tap.asLeaf) {
            const torch::Tensor end = value.detach();
            tap.value = (tap.part.defined() ? tap.origin + tap.part * (end - tap.origin) : end).requires_grad_();
        }
        return tap.value;
    }

    torch::Tensor arranged(const torch::Tensor& from) const;
    torch::Tensor all();
    int compute(int index);
    torch::Tensor single(const Step& step);
    torch::Tensor convolution(const Step& step, const torch::Tensor& weight, const torch::Tensor& bias, bool relu);
    torch::Tensor batchNorm(const Step& step);
    torch::Tensor linear(const Step& step, bool relu);
    torch::Tensor attention(const Step& step);
    torch::Tensor mixTokens(const Step& step);
    torch::Tensor addPlaces(const Step& step);
    torch::Tensor meanToken(const torch::Tensor& from) const;
    torch::Tensor lastToken(const torch::Tensor& from) const;
    void remember(const Step& step, torch::Tensor& key, torch::Tensor& value) const;
    torch::Tensor mixed(const torch::Tensor& query, const torch::Tensor& key, const torch::Tensor& value,
                        bool causal = false) const;
    const Folded& folded(const Step& conv, const Step& norm) const;
    const torch::Tensor& channelsLast(const Step& conv, const torch::Tensor& weight) const;
};

Stage::Stage(const StageGraph& graph) : m_output(graph.output) {
    for (const GraphNode& node : graph.nodes) {
        Step step;
        step.node = node;
        std::vector<torch::Tensor*> places{&step.weight, &step.bias, &step.weight2, &step.bias2};
        if (node.op == Op::BatchNorm && node.parameters.size() == 1) places = {&step.bias};
        for (std::size_t i = 0; i < node.parameters.size(); ++i) {
            *places[i] = torch::empty(node.parameters[i].shape);
            m_parameters.push_back({node.parameters[i].name, *places[i], node.layer});
        }
        if (node.op == Op::BatchNorm) {
            step.mean = torch::empty(node.buffers[0].shape);
            step.variance = torch::empty(node.buffers[1].shape);
            m_buffers.push_back({node.buffers[0].name, step.mean, node.layer});
            m_buffers.push_back({node.buffers[1].name, step.variance, node.layer});
        }
        m_steps.push_back(std::move(step));
    }
    std::vector<int> readers(m_steps.size(), 0), reader(m_steps.size(), -1);
    for (std::size_t i = 0; i < m_steps.size(); ++i) {
        for (int from : m_steps[i].node.inputs) {
            if (from == kStageInput) continue;
            ++readers[static_cast<std::size_t>(from)];
            reader[static_cast<std::size_t>(from)] = static_cast<int>(i);
        }
    }
    for (std::size_t i = 0; i < m_steps.size(); ++i) {
        Step& step = m_steps[i];
        step.soleReader = readers[i] == 1 && static_cast<int>(i) != m_output;
        if (!step.soleReader) continue;
        const Op next = m_steps[static_cast<std::size_t>(reader[i])].node.op;
        // Only what follows at once: else another node would be computed too early.
        if (reader[i] != static_cast<int>(i) + 1) continue;
        if (next == Op::BatchNorm && step.node.op == Op::Convolution) step.norm = reader[i];
        if (next == Op::Relu) step.relu = reader[i];
    }
}

Stage::~Stage() = default;

torch::Tensor Stage::forward(const State& input, const ForwardContext& context) const {
    Run run{*this, input.hidden, input.mask, context, std::vector<torch::Tensor>(m_steps.size())};
    return run.all();
}

/// The order that LibTorch computes in here, the quickest where nothing is recorded. It must not depend on whether `from` was
/// computed just now or comes out of the cache, nor on what trains: in another order, sums differ in their last bits.
torch::Tensor Stage::Run::arranged(const torch::Tensor& from) const {
    if (from.dim() != 4 || !from.is_cpu()) return from;
    return inOrder(from, torch::GradMode::is_enabled() ? at::MemoryFormat::Contiguous : at::MemoryFormat::ChannelsLast);
}

torch::Tensor Stage::Run::all() {
    if (stage.m_arrangesInput) input = arranged(input);
    for (int i = 0; i < static_cast<int>(outputs.size());) i = compute(i);
    return stage.m_output == kStageInput ? input : output(stage.m_output);
}

/// Computes a node, and those behind it that one pass computes with it; returns the next node.
int Stage::Run::compute(int index) {
    const Step& step = this->step(index);
    const Op op = step.node.op;
    int last = index;
    torch::Tensor value;
    if (op == Op::Convolution && step.norm >= 0 && !tapped(step)) {
        const Step& norm = this->step(step.norm);
        if (!step.recordsParameters() && !norm.recordsParameters()) {
            const bool relu = norm.relu >= 0;
            const Folded& both = folded(step, norm);
            value = convolution(step, both.weight, both.bias, relu);
            last = relu ? norm.relu : step.norm;
            if (tapped(norm)) value = read(value);
        }
    }
    if (!value.defined()) {
        const bool relu = step.relu >= 0 && (op == Op::Convolution || op == Op::Linear);
        if (op == Op::Convolution)
            value = convolution(step, step.weight, step.bias, relu);
        else if (op == Op::Linear)
            value = linear(step, relu);
        else
            value = single(step);
        if (relu) last = step.relu;
        if (!relu && step.relu >= 0 && tapped(step)) {
            value = value.relu();
            last = step.relu;
        }
        if (tapped(step)) value = read(value);
    }
    output(last) = std::move(value);
    for (int from : step.node.inputs)
        if (from != kStageInput && this->step(from).soleReader) output(from) = torch::Tensor();
    return last + 1;
}

const Folded& Stage::Run::folded(const Step& conv, const Step& norm) const {
    if (!conv.folded) {
        torch::NoGradGuard noGrad;
        const torch::Tensor deviation = (norm.variance + norm.node.value).sqrt();
        const torch::Tensor factor = norm.weight.defined() ? norm.weight / deviation : deviation.reciprocal();
        torch::Tensor bias = norm.bias - norm.mean * factor;
        if (conv.bias.defined()) bias = bias + conv.bias * factor;
        conv.folded = Folded{(conv.weight * factor.view({-1, 1, 1, 1})).detach().contiguous(), bias.detach().contiguous()};
        if (conv.conv) conv.conv->weightsChanged();
    }
    return *conv.folded;
}

const torch::Tensor& Stage::Run::channelsLast(const Step& conv, const torch::Tensor& weight) const {
    if (!conv.channelsLastOf.is_same(weight)) {
        conv.channelsLast = weight.detach().contiguous(at::MemoryFormat::ChannelsLast);
        conv.channelsLastOf = weight;
    }
    return conv.channelsLast;
}

torch::Tensor Stage::Run::convolution(const Step& step, const torch::Tensor& weight, const torch::Tensor& bias, bool relu) {
    const GraphNode& node = step.node;
    const ConvGeometry geometry = geometryOf(node);
    torch::Tensor from = in(step);
    const bool records = torch::GradMode::is_enabled() && (wantsGradient(from) || wantsGradient(weight));
    if (node.before != node.after) {
        from = at::constant_pad_nd(from, {node.before[1], node.after[1], node.before[0], node.after[0]});
    } else if (relu && step.fast && bias.defined() && from.dim() == 4) {
        if (records && FastConv::supportsGradients(from, weight, bias, geometry)) {
            if (!step.conv) step.conv.emplace();
            return step.conv->forwardRecorded(from, weight, bias);
        }
        if (!records && FastConv::supports(from, weight, bias, geometry)) {
            if (!step.conv) step.conv.emplace();
            return step.conv->forward(from, weight, bias, /*pool=*/false);
        }
    }
    const std::array<std::int64_t, 2> none{0, 0};
    const bool last = step.fast && !torch::GradMode::is_enabled() && from.is_cpu();
    if (last)
        from = inOrder(from, at::MemoryFormat::ChannelsLast);
    else if (step.fast && node.inputs[0] == kStageInput)
        from = arranged(from);
    const torch::Tensor output = at::conv2d(from, last ? channelsLast(step, weight) : weight, bias, geometry.stride,
                                            node.before != node.after ? none : geometry.padding, geometry.dilation, node.groups);
    return relu ? output.relu_() : output;
}

torch::Tensor Stage::Run::batchNorm(const Step& step) {
    const torch::Tensor& from = in(step);
    if (!context.updateStatistics || !step.recordsParameters()) {
        return at::batch_norm(from, step.weight, step.bias, step.mean, step.variance, /*training=*/false, step.node.momentum,
                              step.node.value, /*cudnn_enabled=*/true);
    }
    step.nextMean = step.mean.clone();
    step.nextVariance = step.variance.clone();
    return at::batch_norm(from, step.weight, step.bias, step.nextMean, step.nextVariance, /*training=*/true, step.node.momentum,
                          step.node.value, /*cudnn_enabled=*/true);
}

torch::Tensor Stage::Run::linear(const Step& step, bool relu) {
    const torch::Tensor& from = in(step);
    if (step.fast && from.dim() == 2 && supportsFastDense(from, step.weight))
        return fastDense(from, step.weight, step.bias, relu);
    const SmallProduct alone(static_cast<double>(from.size(0) * step.weight.numel()));
    const torch::Tensor output = at::linear(from, step.weight, step.bias);
    return relu ? output.relu_() : output;
}

torch::Tensor Stage::Run::attention(const Step& step) {
    const torch::Tensor& from = in(step);
    const std::int64_t heads = step.node.heads, each = from.size(2) / heads;
    const torch::Tensor all = at::linear(from, step.weight, step.bias).view({from.size(0), from.size(1), 3, heads, each});
    const torch::Tensor parts = all.permute({2, 0, 3, 1, 4});
    return at::linear(mixed(parts[0], parts[1], parts[2]), step.weight2, step.bias2);
}

torch::Tensor Stage::Run::mixTokens(const Step& step) {
    const std::int64_t heads = step.node.heads;
    const auto divided = [heads](const torch::Tensor& from) {
        return from.view({from.size(0), from.size(1), heads, from.size(2) / heads}).transpose(1, 2);
    };
    if (step.node.inputs.size() > 1) return mixed(divided(in(step, 0)), divided(in(step, 1)), divided(in(step, 2)));
    const std::vector<torch::Tensor> parts = in(step).chunk(3, /*dim=*/2);
    torch::Tensor key = divided(parts[1]), value = divided(parts[2]);
    if (context.memory) remember(step, key, value);
    return mixed(divided(parts[0]), key, value, step.node.causal);
}

/// Puts those of the earlier tokens before, and keeps them all.
void Stage::Run::remember(const Step& step, torch::Tensor& key, torch::Tensor& value) const {
    auto& [keys, values] = context.memory->keysAndValues[step.node.layer];
    if (keys.defined()) {
        key = at::cat({keys, key}, 2);
        value = at::cat({values, value}, 2);
    }
    keys = key;
    values = value;
}

/// Of [rows, heads, tokens, units of a head] each, to [rows, tokens, units]. The queries are the last ones of the keys' tokens.
torch::Tensor Stage::Run::mixed(const torch::Tensor& query, const torch::Tensor& key, const torch::Tensor& value,
                                bool causal) const {
    constexpr double kNever = -std::numeric_limits<double>::infinity();
    const torch::Tensor scaled = query / std::sqrt(static_cast<double>(query.size(3)));
    torch::Tensor scores = at::matmul(scaled, key.transpose(-2, -1));
    if (mask.defined()) scores = scores.masked_fill(mask.eq(0).unsqueeze(1).unsqueeze(2), kNever);
    if (const std::int64_t asked = query.size(2), known = key.size(2); causal && asked > 1) {
        const torch::Tensor later = at::ones({asked, known}, scores.options().dtype(torch::kBool)).triu(known - asked + 1);
        scores = scores.masked_fill(later, kNever);
    }
    const torch::Tensor mixture = at::matmul(at::softmax(scores, -1), value);
    return mixture.transpose(1, 2).reshape({query.size(0), query.size(2), query.size(1) * query.size(3)});
}

torch::Tensor Stage::Run::addPlaces(const Step& step) {
    const torch::Tensor& from = in(step);
    const std::int64_t before = context.memory ? context.memory->tokens : 0;
    return from + step.weight.slice(0, before, before + from.size(1));
}

torch::Tensor Stage::Run::lastToken(const torch::Tensor& from) const {
    if (!mask.defined()) return from.select(1, from.size(1) - 1);
    const torch::Tensor last = mask.sum(1).to(torch::kInt64) - 1;
    return from.gather(1, last.view({-1, 1, 1}).expand({-1, 1, from.size(2)})).squeeze(1);
}

torch::Tensor Stage::Run::meanToken(const torch::Tensor& from) const {
    if (!mask.defined()) return from.mean(1);
    const torch::Tensor real = mask.to(from.scalar_type()).unsqueeze(2);
    return (from * real).sum(1) / real.sum(1);
}

torch::Tensor Stage::Run::single(const Step& step) {
    const GraphNode& node = step.node;
    const torch::Tensor& from = in(step);
    switch (node.op) {
        case Op::BatchNorm:
            return batchNorm(step);
        case Op::LayerNorm:
            return at::layer_norm(from, {node.shape.back()}, step.weight, step.bias, node.value);
        case Op::Attention:
            return attention(step);
        case Op::ClassToken:
            return at::cat({step.weight.expand({from.size(0), -1, -1}), from}, 1) + step.bias;
        case Op::ChannelScale:
            return from * step.weight;
        case Op::TokenTable:
            return at::embedding(step.weight, from);
        case Op::AddPlaces:
            return addPlaces(step);
        case Op::AddFirstRow:
            return from + step.weight[0];
        case Op::TokenScores:
            return at::linear(from, step.weight);
        case Op::Relu:
            return owned(step) ? torch::Tensor(from).relu_() : from.relu();
        case Op::Relu6:
            return owned(step) ? torch::Tensor(from).clamp_(0, 6) : from.clamp(0, 6);
        case Op::HardSwish:
            return at::hardswish(from);
        case Op::HardSigmoid:
            return at::hardsigmoid(from);
        case Op::Sigmoid:
            return from.sigmoid();
        case Op::Silu:
            return at::silu(from);
        case Op::Gelu:
            return at::gelu(from);
        case Op::GeluTanh:
            return at::gelu(from, "tanh");
        case Op::MaxPool:
            return at::max_pool2d(from, node.kernel, node.stride, node.before, /*dilation=*/1, node.ceil);
        case Op::AveragePool:
            return at::avg_pool2d(from, node.kernel, node.stride, node.before, node.ceil, node.countsPadding);
        case Op::AdaptiveAveragePool:
            return at::adaptive_avg_pool2d(from, {node.shape[1], node.shape[2]});
        case Op::Add:
            return from + in(step, 1);
        case Op::Multiply:
            return from * in(step, 1);
        case Op::Concatenate: {
            std::vector<torch::Tensor> all;
            for (std::size_t i = 0; i < node.inputs.size(); ++i) all.push_back(in(step, i));
            return at::cat(all, 1);
        }
        case Op::Flatten:
            return from.flatten(1);
        case Op::Dropout: {
            const auto which = static_cast<std::size_t>(node.dropout);
            const bool on = which < context.dropoutMasks.size() && context.dropoutMasks[which].defined();
            return on ? from * context.dropoutMasks[which] : from;
        }
        case Op::ToTokens:
            return from.flatten(2).transpose(1, 2);
        case Op::FirstToken:
            return from.select(1, 0);
        case Op::MeanToken:
            return meanToken(from);
        case Op::LastToken:
            return lastToken(from);
        case Op::MixTokens:
            return mixTokens(step);
        case Op::ChannelsLast:
            return from.permute({0, 2, 3, 1});
        case Op::ChannelsFirst:
            return from.permute({0, 3, 1, 2});
        case Op::Convolution:
        case Op::Linear:
            break;  // computed with what follows
    }
    return from;
}

torch::Tensor Stage::forwardPooled(const torch::Tensor& input) const {
    if (m_steps.size() != 2 || m_steps[0].relu != 1 || m_steps[0].node.op != Op::Convolution || !m_steps[0].fast) return {};
    const Step& step = m_steps[0];
    const bool recorded = torch::GradMode::is_enabled() && (input.requires_grad() || step.weight.requires_grad());
    if (recorded || !step.bias.defined() || !FastConv::supports(input, step.weight, step.bias, geometryOf(step.node))) return {};
    if (!step.conv) step.conv.emplace();
    return step.conv->forward(input, step.weight, step.bias, /*pool=*/true);
}

void Stage::tie(const std::vector<Parameter>& elsewhere) {
    for (Step& step : m_steps)
        for (const Parameter& parameter : elsewhere)
            if (step.node.op == Op::TokenScores && parameter.name == step.node.tied) step.weight = parameter.value;
}

torch::Tensor Stage::tiedTable() const {
    for (const Step& step : m_steps)
        if (step.node.op == Op::TokenScores) return step.weight;
    return {};
}

bool Stage::isPooling() const {
    using Pair = std::array<std::int64_t, 2>;
    if (m_steps.size() != 1) return false;
    const GraphNode& node = m_steps[0].node;
    return node.op == Op::MaxPool && node.kernel == Pair{2, 2} && node.stride == Pair{2, 2} && node.before == Pair{0, 0} &&
           !node.ceil;
}

void Stage::setKernels(KernelKind kernels) {
    m_arrangesInput = false;
    for (Step& step : m_steps) {
        step.fast = kernels == KernelKind::Thaw;
        const Op op = step.node.op;
        const bool arrangesItself = op == Op::Convolution || op == Op::Relu || op == Op::MaxPool || op == Op::Flatten;
        m_arrangesInput = m_arrangesInput || (step.fast && !arrangesItself);
        if (!step.fast) step.conv.reset();
    }
}

void Stage::parametersChanged() {
    for (Step& step : m_steps) {
        step.folded.reset();
        step.channelsLast = step.channelsLastOf = torch::Tensor();
        if (step.conv) step.conv->weightsChanged();
    }
}

void Stage::releaseWorkspace() {
    for (Step& step : m_steps) {
        step.folded.reset();
        step.channelsLast = step.channelsLastOf = torch::Tensor();
        if (step.conv) step.conv->release();
    }
}

void Stage::commitStatistics() {
    torch::NoGradGuard noGrad;
    for (Step& step : m_steps) {
        if (!step.nextMean.defined()) continue;
        step.mean.copy_(step.nextMean);
        step.variance.copy_(step.nextVariance);
    }
    dropStatistics();
}

void Stage::dropStatistics() {
    for (Step& step : m_steps) {
        step.nextMean = torch::Tensor();
        step.nextVariance = torch::Tensor();
    }
}

}  // namespace thaw::core
