#include "core/model/graph.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "core/api/errors.h"

namespace thaw::core {
namespace {

std::int64_t product(const std::vector<std::int64_t>& shape) {
    return std::accumulate(shape.begin(), shape.end(), std::int64_t{1}, std::multiplies<>());
}

std::string sizeText(std::int64_t height, std::int64_t width, std::int64_t stride) {
    std::string text = std::to_string(height) + "x" + std::to_string(width);
    if (stride > 1) text += "/" + std::to_string(stride);
    return text;
}

std::int64_t convolved(std::int64_t side, std::int64_t padding, std::int64_t kernel, std::int64_t stride) {
    return side + padding < kernel ? 0 : (side + padding - kernel) / stride + 1;
}

std::int64_t pooled(std::int64_t side, const GraphNode& node) {
    const std::int64_t padded = side + 2 * node.before[0];
    if (padded < node.kernel[0]) return 0;
    const std::int64_t rest = padded - node.kernel[0], stride = node.stride[0];
    std::int64_t out = (node.ceil ? (rest + stride - 1) / stride : rest / stride) + 1;
    // A window begins inside the picture or its left padding.
    if (node.ceil && (out - 1) * stride >= side + node.before[0]) --out;
    return out;
}

}  // namespace

std::string walk(const Network& network, const std::string& input, const NodeWriter& write) {
    std::string current = input;
    for (const StageGraph& stage : network.stages) {
        std::vector<std::string> values;
        const auto nameOf = [&](int node) { return node == kStageInput ? current : values[static_cast<std::size_t>(node)]; };
        for (const GraphNode& node : stage.nodes) {
            std::vector<std::string> inputs;
            for (const int from : node.inputs) inputs.push_back(nameOf(from));
            values.push_back(write(node, inputs));
        }
        current = nameOf(stage.output);
    }
    return current;
}

GraphBuilder::GraphBuilder(std::vector<std::int64_t> inputShape) {
    m_stageInput = inputShape;
    m_network.info.inputShape = std::move(inputShape);
    m_network.info.headBegin = m_network.info.headStage = -1;
}

void GraphBuilder::beginGroup(const std::string& path) {
    LayerGroup group;
    group.path = path;
    group.parent = m_open.empty() ? -1 : m_open.back();
    group.begin = group.end = static_cast<int>(m_network.info.layers.size());
    m_network.info.groups.push_back(group);
    m_open.push_back(static_cast<int>(m_network.info.groups.size()) - 1);
}

void GraphBuilder::endGroup() {
    m_network.info.groups[static_cast<std::size_t>(m_open.back())].end = static_cast<int>(m_network.info.layers.size());
    m_open.pop_back();
}

Wire GraphBuilder::beginStage(const std::string& path) {
    StageInfo stage;
    stage.name = stage.path = path;
    stage.begin = static_cast<int>(m_network.info.layers.size());
    m_network.info.stages.push_back(stage);
    m_network.stages.push_back({path, {}, kStageInput});
    return kStageInput;
}

void GraphBuilder::endStage(Wire output, bool cut) {
    ModelInfo& info = m_network.info;
    StageInfo& stage = info.stages.back();
    stage.end = static_cast<int>(info.layers.size());
    stage.outputShape = shape(output);
    stage.cut = cut;
    for (int i = stage.begin; i < stage.end; ++i) {
        stage.parameterCount += info.layer(i).parameterCount;
        stage.multiplyAdds += info.layer(i).multiplyAdds;
    }
    if (stage.end - stage.begin == 1) stage.name = info.layer(stage.begin).name;
    m_network.stages.back().output = output;
    m_stageInput = stage.outputShape;
}

void GraphBuilder::beginHead() {
    m_network.info.headBegin = static_cast<int>(m_network.info.layers.size());
    m_network.info.headStage = static_cast<int>(m_network.info.stages.size());
}

const std::vector<std::int64_t>& GraphBuilder::shape(Wire wire) const {
    return wire == kStageInput ? m_stageInput : m_network.stages.back().nodes[static_cast<std::size_t>(wire)].shape;
}

Wire GraphBuilder::addNode(GraphNode node) {
    m_empty = m_empty || product(node.shape) < 1;
    std::vector<GraphNode>& nodes = m_network.stages.back().nodes;
    nodes.push_back(std::move(node));
    return static_cast<Wire>(nodes.size()) - 1;
}

Wire GraphBuilder::addLayer(GraphNode node, LayerKind kind, std::string kindText, const std::string& path,
                            const std::string& name) {
    ModelInfo& info = m_network.info;
    LayerInfo layer;
    layer.name = name.empty() ? path : name;
    layer.torchName = path;
    layer.kind = kind;
    layer.kindText = std::move(kindText);
    layer.outputShape = node.shape;
    const std::vector<std::int64_t>& from = shape(node.inputs.front());
    layer.inputs = node.op == Op::Linear ? from.back() : from.front();
    for (const TensorSpec& tensor : node.parameters) layer.parameterCount += product(tensor.shape);
    for (const TensorSpec& tensor : node.buffers) layer.bufferCount += product(tensor.shape);
    layer.stage = static_cast<int>(info.stages.size()) - 1;
    layer.group = m_open.empty() ? -1 : m_open.back();
    layer.block = m_open.empty() ? layer.name : info.groups[static_cast<std::size_t>(m_open.front())].path;
    layer.dropout = node.op == Op::Dropout ? node.value : 0;
    const double outputs = static_cast<double>(product(node.shape));
    if (node.op == Op::Convolution || node.op == Op::Linear) {
        const std::vector<std::int64_t>& weight = node.parameters.front().shape;
        const std::int64_t perOutput = product(weight) / weight.front();
        layer.multiplyAdds = outputs * static_cast<double>(perOutput);
    }
    if (node.op == Op::TokenScores) layer.multiplyAdds = outputs * static_cast<double>(from.back());
    if (node.op == Op::MixTokens) layer.multiplyAdds = 2 * outputs * static_cast<double>(node.shape[0]);
    if (node.op == Op::Attention) {
        const double tokens = static_cast<double>(node.shape[0]), units = static_cast<double>(node.shape[1]);
        layer.multiplyAdds = 4 * tokens * units * units + 2 * tokens * tokens * units;
    }
    info.parameterCount += layer.parameterCount;
    node.layer = static_cast<int>(info.layers.size());
    info.layers.push_back(std::move(layer));
    return addNode(std::move(node));
}

Wire GraphBuilder::conv(Wire input, const std::string& path, int channels, int kernel, const ConvOptions& options,
                        const std::string& name) {
    const std::vector<std::int64_t> from = shape(input);
    GraphNode node;
    node.op = Op::Convolution;
    node.inputs = {input};
    node.kernel = {kernel, options.kernelWidth > 0 ? options.kernelWidth : kernel};
    node.stride = {options.stride, options.stride};
    node.groups = options.groups;
    for (std::size_t side = 0; side < 2; ++side) {
        node.before[side] = node.after[side] = options.padding >= 0 ? options.padding : node.kernel[side] / 2;
        if (options.same) {
            const std::int64_t length = from[side + 1], steps = (length + options.stride - 1) / options.stride;
            const std::int64_t all = std::max<std::int64_t>(0, (steps - 1) * options.stride + node.kernel[side] - length);
            node.before[side] = all / 2;
            node.after[side] = all - all / 2;
        }
    }
    node.parameters = {{path + ".weight", {channels, from[0] / options.groups, node.kernel[0], node.kernel[1]}}};
    if (options.bias) node.parameters.push_back({path + ".bias", {channels}});
    node.shape = {channels, convolved(from[1], node.before[0] + node.after[0], node.kernel[0], options.stride),
                  convolved(from[2], node.before[1] + node.after[1], node.kernel[1], options.stride)};
    const bool depthwise = options.groups > 1 && options.groups == from[0];
    return addLayer(std::move(node), LayerKind::Conv2d,
                    (depthwise ? "Depthwise " : "Conv ") +
                        sizeText(kernel, options.kernelWidth > 0 ? options.kernelWidth : kernel, options.stride),
                    path, name);
}

Wire GraphBuilder::batchNorm(Wire input, const std::string& path, double epsilon, double momentum, bool scale) {
    GraphNode node;
    node.op = Op::BatchNorm;
    node.inputs = {input};
    node.shape = shape(input);
    node.value = epsilon;
    node.momentum = momentum;
    const std::vector<std::int64_t> each{node.shape[0]};
    if (scale) node.parameters.push_back({path + ".weight", each});
    node.parameters.push_back({path + ".bias", each});
    node.buffers = {{path + ".running_mean", each}, {path + ".running_var", each}};
    return addLayer(std::move(node), LayerKind::BatchNorm, "BatchNorm", path, {});
}

Wire GraphBuilder::layerNorm(Wire input, const std::string& path, double epsilon) {
    GraphNode node;
    node.op = Op::LayerNorm;
    node.inputs = {input};
    node.shape = shape(input);
    node.value = epsilon;
    const std::vector<std::int64_t> each{node.shape.back()};
    node.parameters = {{path + ".weight", each}, {path + ".bias", each}};
    return addLayer(std::move(node), LayerKind::LayerNorm, "LayerNorm", path, {});
}

Wire GraphBuilder::linear(Wire input, const std::string& path, int units, const std::string& name) {
    GraphNode node;
    node.op = Op::Linear;
    node.inputs = {input};
    node.shape = shape(input);
    const std::int64_t inputs = node.shape.back();
    node.shape.back() = units;
    node.parameters = {{path + ".weight", {units, inputs}}, {path + ".bias", {units}}};
    return addLayer(std::move(node), LayerKind::Dense, "Dense", path, name);
}

Wire GraphBuilder::conv1d(Wire input, const std::string& path, int units) {
    const Wire wire = linear(input, path, units);
    m_network.stages.back().nodes.back().parameters.front().transposed = true;
    return wire;
}

Wire GraphBuilder::attention(Wire input, const std::string& path, int heads) {
    GraphNode node;
    node.op = Op::Attention;
    node.inputs = {input};
    node.shape = shape(input);
    node.heads = heads;
    const std::int64_t units = node.shape[1];
    node.parameters = {{path + ".in_proj_weight", {3 * units, units}},
                       {path + ".in_proj_bias", {3 * units}},
                       {path + ".out_proj.weight", {units, units}},
                       {path + ".out_proj.bias", {units}}};
    return addLayer(std::move(node), LayerKind::Attention, "Attention, " + std::to_string(heads) + " heads", path, {});
}

Wire GraphBuilder::classToken(Wire input, const std::string& token, const std::string& places) {
    GraphNode node;
    node.op = Op::ClassToken;
    node.inputs = {input};
    node.shape = shape(input);
    ++node.shape[0];
    node.parameters = {{token, {1, 1, node.shape[1]}}, {places, {1, node.shape[0], node.shape[1]}}};
    return addLayer(std::move(node), LayerKind::Tokens, "Token and places", token, {});
}

Wire GraphBuilder::channelScale(Wire input, const std::string& parameter) {
    GraphNode node;
    node.op = Op::ChannelScale;
    node.inputs = {input};
    node.shape = shape(input);
    node.parameters = {{parameter, {node.shape[0], 1, 1}}};
    return addLayer(std::move(node), LayerKind::Scale, "Scale", parameter, {});
}

Wire GraphBuilder::tokenTable(Wire ids, const std::string& path, int vocabulary, int units) {
    GraphNode node;
    node.op = Op::TokenTable;
    node.inputs = {ids};
    node.shape = {shape(ids)[0], units};
    node.parameters = {{path + ".weight", {vocabulary, units}}};
    return addLayer(std::move(node), LayerKind::Tokens, "Table of tokens", path, {});
}

Wire GraphBuilder::addTable(Wire input, Op op, const std::string& word, const std::string& path, std::int64_t rows) {
    GraphNode node;
    node.op = op;
    node.inputs = {input};
    node.shape = shape(input);
    node.parameters = {{path + ".weight", {rows, node.shape[1]}}};
    return addLayer(std::move(node), LayerKind::Tokens, word, path, {});
}

Wire GraphBuilder::addPlaces(Wire input, const std::string& path, int places) {
    return addTable(input, Op::AddPlaces, "Table of places", path, places);
}

Wire GraphBuilder::addFirstRow(Wire input, const std::string& path, int rows) {
    return addTable(input, Op::AddFirstRow, "Table of parts", path, rows);
}

Wire GraphBuilder::mixTokens(Wire query, Wire key, Wire value, const std::string& path, int heads) {
    GraphNode node;
    node.op = Op::MixTokens;
    node.inputs = {query, key, value};
    node.shape = shape(value);
    node.heads = heads;
    return addLayer(std::move(node), LayerKind::Attention, "Attention, " + std::to_string(heads) + " heads", path, {});
}

Wire GraphBuilder::mixTokensBefore(Wire joined, const std::string& path, int heads) {
    GraphNode node;
    node.op = Op::MixTokens;
    node.inputs = {joined};
    node.shape = shape(joined);
    node.shape[1] /= 3;
    node.heads = heads;
    node.causal = true;
    return addLayer(std::move(node), LayerKind::Attention, "Attention to what is before, " + std::to_string(heads) + " heads",
                    path, {});
}

Wire GraphBuilder::poolTokens(Wire input, Op op, const std::string& word, const std::string& path) {
    GraphNode node;
    node.op = op;
    node.inputs = {input};
    node.shape = {shape(input)[1]};
    return addLayer(std::move(node), LayerKind::AveragePool2d, word, path, {});
}

Wire GraphBuilder::meanToken(Wire input, const std::string& path) {
    return poolTokens(input, Op::MeanToken, "Mean of tokens", path);
}

Wire GraphBuilder::lastToken(Wire input, const std::string& path) { return poolTokens(input, Op::LastToken, "Last token", path); }

Wire GraphBuilder::tokenScores(Wire input, const std::string& path, const std::string& table, int vocabulary) {
    GraphNode node;
    node.op = Op::TokenScores;
    node.inputs = {input};
    node.shape = {shape(input)[0], vocabulary};
    node.tied = table + ".weight";
    return addLayer(std::move(node), LayerKind::Dense, "Dense, same as " + table, path, {});
}

Wire GraphBuilder::plain(Op op, Wire input) {
    GraphNode node;
    node.op = op;
    node.inputs = {input};
    const std::vector<std::int64_t>& from = shape(input);
    node.shape = from;
    if (op == Op::Flatten) node.shape = {product(from)};
    if (op == Op::ToTokens) node.shape = {from[1] * from[2], from[0]};
    if (op == Op::FirstToken) node.shape = {from[1]};
    if (op == Op::ChannelsLast) node.shape = {from[1], from[2], from[0]};
    if (op == Op::ChannelsFirst) node.shape = {from[2], from[0], from[1]};
    if (op == Op::Relu && input != kStageInput) {
        const int layer = m_network.stages.back().nodes[static_cast<std::size_t>(input)].layer;
        if (layer >= 0) m_network.info.layers[static_cast<std::size_t>(layer)].relu = true;
    }
    return addNode(std::move(node));
}

Wire GraphBuilder::pool(Wire input, Op op, LayerKind kind, const std::string& word, const std::string& path, int kernel,
                        const PoolOptions& options, const std::string& name) {
    GraphNode node;
    node.op = op;
    node.inputs = {input};
    node.kernel = {kernel, kernel};
    node.stride.fill(options.stride > 0 ? options.stride : kernel);
    node.before.fill(options.padding);
    node.after = node.before;
    node.ceil = options.ceil;
    node.countsPadding = options.countsPadding;
    const std::vector<std::int64_t>& from = shape(input);
    node.shape = {from[0], pooled(from[1], node), pooled(from[2], node)};
    const std::int64_t stride = node.stride[0] == kernel ? 1 : node.stride[0];  // as wide as usual: not worth a word
    return addLayer(std::move(node), kind, word + sizeText(kernel, kernel, stride), path, name);
}

Wire GraphBuilder::maxPool(Wire input, const std::string& path, int kernel, const PoolOptions& options, const std::string& name) {
    return pool(input, Op::MaxPool, LayerKind::MaxPool2d, "Max ", path, kernel, options, name);
}

Wire GraphBuilder::averagePool(Wire input, const std::string& path, int kernel, const PoolOptions& options) {
    return pool(input, Op::AveragePool, LayerKind::AveragePool2d, "Average ", path, kernel, options, {});
}

Wire GraphBuilder::adaptiveAveragePool(Wire input, const std::string& path, int side) {
    GraphNode node;
    node.op = Op::AdaptiveAveragePool;
    node.inputs = {input};
    node.shape = {channels(input), side, side};
    return addLayer(std::move(node), LayerKind::AveragePool2d,
                    side == 1 ? "Global average" : "Average to " + std::to_string(side) + "x" + std::to_string(side), path, {});
}

Wire GraphBuilder::squeeze(Wire input) {
    GraphNode node;
    node.op = Op::AdaptiveAveragePool;
    node.inputs = {input};
    node.shape = {channels(input), 1, 1};
    return addNode(std::move(node));
}

Wire GraphBuilder::add(Wire a, Wire b, const std::string& path) {
    GraphNode node;
    node.op = Op::Add;
    node.inputs = {a, b};
    node.shape = shape(a);
    return addLayer(std::move(node), LayerKind::Sum, "Sum", path, {});
}

Wire GraphBuilder::multiply(Wire planes, Wire factors) {
    GraphNode node;
    node.op = Op::Multiply;
    node.inputs = {planes, factors};
    node.shape = shape(planes);
    return addNode(std::move(node));
}

Wire GraphBuilder::concatenate(const std::vector<Wire>& inputs, const std::string& path) {
    GraphNode node;
    node.op = Op::Concatenate;
    node.inputs = inputs;
    node.shape = shape(inputs.front());
    node.shape[0] = 0;
    for (Wire input : inputs) node.shape[0] += channels(input);
    return addLayer(std::move(node), LayerKind::Join, "Join", path, {});
}

Wire GraphBuilder::flatten(Wire input, const std::string& path, const std::string& name) {
    GraphNode node;
    node.op = Op::Flatten;
    node.inputs = {input};
    node.shape = {product(shape(input))};
    return addLayer(std::move(node), LayerKind::Flatten, "Flatten", path, name);
}

Wire GraphBuilder::dropout(Wire input, const std::string& path, double rate, const std::string& name) {
    GraphNode node;
    node.op = Op::Dropout;
    node.inputs = {input};
    node.shape = shape(input);
    node.value = rate;
    node.dropout = m_network.dropouts++;
    return addLayer(std::move(node), LayerKind::Dropout, "Dropout", path, name);
}

Network GraphBuilder::take(const std::string& title) {
    ModelInfo& info = m_network.info;
    info.name = title;
    if (m_empty) {
        throw ConfigError("Pictures of " + std::to_string(info.inputShape.back()) + " pixels are too small for " + title + ".",
                          "Choose a larger input size.");
    }
    if (info.headBegin < 0) beginHead();
    return std::move(m_network);
}

}  // namespace thaw::core
