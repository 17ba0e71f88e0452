#include <cmath>

#include "core/export/model_export.h"
#include "core/export/onnx_graph.h"

namespace thaw::core {
namespace {

template <class Numbers>
std::vector<std::int64_t> whole(const Numbers& numbers) {
    return {numbers.begin(), numbers.end()};
}

/// One node of Thaw's as nodes of ONNX.
class Writer {
public:
    explicit Writer(OnnxGraph& graph) : m_graph(graph) {}

    std::string write(const GraphNode& node, const std::vector<std::string>& inputs);

private:
    using Attributes = OnnxGraph::Attributes;

    std::string add(const std::string& operation, const std::vector<std::string>& inputs, const Attributes& attributes = {}) {
        return m_graph.node(operation, inputs, attributes);
    }
    std::string number(double value) { return m_graph.constant({static_cast<float>(value)}, {}); }
    std::string permuted(const std::string& x, const std::vector<std::int64_t>& order) {
        return add("Transpose", {x}, {{"perm", order}});
    }
    std::string reshaped(const std::string& x, const std::vector<std::int64_t>& shape) {
        return add("Reshape", {x, m_graph.constant(shape)});
    }
    /// Of the last dimension of tokens or planes.
    std::string product(const std::string& x, const TensorSpec& weight, const TensorSpec& bias) {
        return add("Add", {add("MatMul", {x, permuted(weight.name, {1, 0})}), bias.name});
    }
    std::vector<std::string> normInputs(const std::string& x, const GraphNode& node);
    std::string withParameters(const GraphNode& node, const std::string& x);
    std::string layerNorm(const GraphNode& node, const std::string& x);
    std::string attention(const GraphNode& node, const std::string& x);
    std::string classToken(const GraphNode& node, const std::string& x);
    std::string activation(Op op, const std::string& x);
    std::string pooling(const GraphNode& node, const std::string& x);

    OnnxGraph& m_graph;
};

std::vector<std::int64_t> sidesOf(const GraphNode& node) {
    return {node.before[0], node.before[1], node.after[0], node.after[1]};
}

std::vector<std::string> named(const std::string& x, const GraphNode& node) {
    std::vector<std::string> inputs{x};
    for (const TensorSpec& parameter : node.parameters) inputs.push_back(parameter.name);
    for (const TensorSpec& buffer : node.buffers) inputs.push_back(buffer.name);
    return inputs;
}

/// ONNX's batch norm always has a scale.
std::vector<std::string> Writer::normInputs(const std::string& x, const GraphNode& node) {
    std::vector<std::string> inputs = named(x, node);
    if (node.parameters.size() == 1)
        inputs.insert(inputs.begin() + 1,
                      m_graph.constant(std::vector<float>(static_cast<std::size_t>(node.shape[0]), 1.0F), {node.shape[0]}));
    return inputs;
}

/// By its parts: an operation of its own came with opset 17.
std::string Writer::layerNorm(const GraphNode& node, const std::string& x) {
    const Attributes last{{"axes", std::vector<std::int64_t>{-1}}, {"keepdims", std::int64_t{1}}};
    const std::string centred = add("Sub", {x, add("ReduceMean", {x}, last)});
    const std::string variance = add("ReduceMean", {add("Mul", {centred, centred})}, last);
    const std::string deviation = add("Sqrt", {add("Add", {variance, number(node.value)})});
    return add("Add", {add("Mul", {add("Div", {centred, deviation}), node.parameters[0].name}), node.parameters[1].name});
}

std::string Writer::attention(const GraphNode& node, const std::string& x) {
    const std::int64_t tokens = node.shape[0], units = node.shape[1], each = units / node.heads;
    const std::string all = product(x, node.parameters[0], node.parameters[1]);
    const std::string parts = permuted(reshaped(all, {0, tokens, 3, node.heads, each}), {2, 0, 3, 1, 4});
    const auto part = [&](int index) {
        return add("Gather", {parts, m_graph.constant(std::int64_t{index})}, {{"axis", std::int64_t{0}}});
    };
    const std::string query = add("Div", {part(0), number(std::sqrt(static_cast<double>(each)))});
    const std::string scores = add("MatMul", {query, permuted(part(1), {0, 1, 3, 2})});
    const std::string mixed = add("MatMul", {add("Softmax", {scores}, {{"axis", std::int64_t{-1}}}), part(2)});
    const std::string together = reshaped(permuted(mixed, {0, 2, 1, 3}), {0, tokens, units});
    return product(together, node.parameters[2], node.parameters[3]);
}

std::string Writer::classToken(const GraphNode& node, const std::string& x) {
    const std::string rows = add("Slice", {add("Shape", {x}), m_graph.constant(std::vector<std::int64_t>{0}),
                                           m_graph.constant(std::vector<std::int64_t>{1})});
    const std::string shape =
        add("Concat", {rows, m_graph.constant(std::vector<std::int64_t>{1, node.shape[1]})}, {{"axis", std::int64_t{0}}});
    const std::string token = add("Expand", {node.parameters[0].name, shape});
    return add("Add", {add("Concat", {token, x}, {{"axis", std::int64_t{1}}}), node.parameters[1].name});
}

std::string Writer::withParameters(const GraphNode& node, const std::string& x) {
    switch (node.op) {
        case Op::Convolution:
            return add("Conv", named(x, node),
                       {{"kernel_shape", whole(node.kernel)},
                        {"strides", whole(node.stride)},
                        {"pads", sidesOf(node)},
                        {"group", node.groups}});
        case Op::BatchNorm:
            return add("BatchNormalization", normInputs(x, node), {{"epsilon", node.value}});
        case Op::LayerNorm:
            return layerNorm(node, x);
        case Op::Linear:
            if (node.shape.size() > 1) return product(x, node.parameters[0], node.parameters[1]);
            return add("Gemm", named(x, node), {{"transB", std::int64_t{1}}});
        case Op::Attention:
            return attention(node, x);
        case Op::ClassToken:
            return classToken(node, x);
        default:  // ChannelScale
            return add("Mul", named(x, node));
    }
}

std::string Writer::activation(Op op, const std::string& x) {
    const auto hardSigmoid = [&] { return add("HardSigmoid", {x}, {{"alpha", 1.0 / 6}, {"beta", 0.5}}); };
    switch (op) {
        case Op::Relu:
            return add("Relu", {x});
        case Op::Relu6:
            return add("Clip", {x, number(0), number(6)});
        case Op::HardSwish:
            return add("Mul", {x, hardSigmoid()});
        case Op::HardSigmoid:
            return hardSigmoid();
        case Op::Sigmoid:
            return add("Sigmoid", {x});
        case Op::Silu:
            return add("Mul", {x, add("Sigmoid", {x})});
        default: {  // Gelu
            const std::string erf = add("Erf", {add("Div", {x, number(std::sqrt(2.0))})});
            return add("Mul", {add("Mul", {x, add("Add", {erf, number(1)})}), number(0.5)});
        }
    }
}

std::string Writer::pooling(const GraphNode& node, const std::string& x) {
    Attributes attributes{{"kernel_shape", whole(node.kernel)},
                          {"strides", whole(node.stride)},
                          {"pads", sidesOf(node)},
                          {"ceil_mode", std::int64_t{node.ceil}}};
    if (node.op == Op::MaxPool) return add("MaxPool", {x}, attributes);
    attributes["count_include_pad"] = std::int64_t{node.countsPadding};
    return add("AveragePool", {x}, attributes);
}

std::string Writer::write(const GraphNode& node, const std::vector<std::string>& inputs) {
    const std::string& x = inputs[0];
    switch (node.op) {
        case Op::Convolution:
        case Op::BatchNorm:
        case Op::LayerNorm:
        case Op::Linear:
        case Op::Attention:
        case Op::ClassToken:
        case Op::ChannelScale:
            return withParameters(node, x);
        case Op::Relu:
        case Op::Relu6:
        case Op::HardSwish:
        case Op::HardSigmoid:
        case Op::Sigmoid:
        case Op::Silu:
        case Op::Gelu:
            return activation(node.op, x);
        case Op::MaxPool:
        case Op::AveragePool:
            return pooling(node, x);
        case Op::AdaptiveAveragePool:  // of a run's network always to one number
            return add("GlobalAveragePool", {x});
        case Op::Add:
            return add("Add", inputs);
        case Op::Multiply:
            return add("Mul", inputs);
        case Op::Concatenate:
            return add("Concat", inputs, {{"axis", std::int64_t{1}}});
        case Op::Flatten:
            return add("Flatten", {x}, {{"axis", std::int64_t{1}}});
        case Op::ToTokens:
            return permuted(reshaped(x, {0, node.shape[1], node.shape[0]}), {0, 2, 1});
        case Op::FirstToken:
            return add("Gather", {x, m_graph.constant(std::int64_t{0})}, {{"axis", std::int64_t{1}}});
        case Op::ChannelsLast:
            return permuted(x, {0, 2, 3, 1});
        case Op::ChannelsFirst:
            return permuted(x, {0, 3, 1, 2});
        case Op::TokenTable:  // of models of texts, which are not written here
        case Op::AddPlaces:
        case Op::AddFirstRow:
        case Op::TokenScores:
        case Op::GeluTanh:
        case Op::MeanToken:
        case Op::LastToken:
        case Op::MixTokens:
        case Op::Dropout:
            break;
    }
    return x;
}

/// Planes as sums of the three planes of `x`: `factors` has three for each, `offsets` one.
std::string mixed(OnnxGraph& graph, const std::string& x, const std::vector<float>& factors, const std::vector<float>& offsets) {
    const auto planes = static_cast<std::int64_t>(offsets.size());
    return graph.node("Conv", {x, graph.constant(factors, {planes, 3, 1, 1}), graph.constant(offsets, {planes})},
                      {{"kernel_shape", std::vector<std::int64_t>{1, 1}}});
}

std::string brightness(OnnxGraph& graph, const std::string& x) {
    // As OpenCV has it: whole numbers, which float32 holds.
    const std::string sum = mixed(graph, x, {9798, 19235, 3735}, {16384});
    const std::string grey = graph.node("Floor", {graph.node("Div", {sum, graph.constant({32768}, {})})});
    return graph.node("Concat", {grey, grey, grey}, {{"axis", std::int64_t{1}}});
}

/// Factor by which a side grows, as the shortest that gives exactly `to` pixels where they are counted in float32.
float growth(int from, int to) {
    float factor = static_cast<float>(to) / static_cast<float>(from);
    while (std::floor(factor * static_cast<float>(from)) < static_cast<float>(to)) factor = std::nextafter(factor, 1e9f);
    return factor;
}

/// From pictures of 0 to 255 to the network's input.
std::string networkInputOf(OnnxGraph& graph, const ExportedModel& model, std::string x) {
    if (model.kind.grey) x = brightness(graph, x);
    // Scaling and the order of the channels in one.
    const ScalingNumbers numbers = numbersOf(model.config.scaling);
    std::vector<float> factors(9, 0.0f);
    for (std::size_t c = 0; c < 3; ++c)
        factors[3 * c + static_cast<std::size_t>(numbers.source[c])] = static_cast<float>(numbers.factor[c]);
    x = mixed(graph, x, factors, {numbers.offset.begin(), numbers.offset.end()});
    if (model.kind.side == model.config.inputSize) return x;
    const float factor = growth(model.kind.side, model.config.inputSize);
    return graph.node("Resize", {x, "", graph.constant({1, 1, factor, factor}, {4})},
                      {{"mode", std::string("linear")}, {"coordinate_transformation_mode", std::string("half_pixel")}});
}

}  // namespace

std::string onnxOf(const ExportedModel& model) {
    OnnxGraph graph(model.config.model);
    const std::int64_t side = model.kind.side;
    graph.input("pictures", "rows", {3, side, side});
    for (const Parameter& parameter : model.state)
        graph.tensor(parameter.name, parameter.value.sizes().vec(), parameter.value.data_ptr<float>());
    Writer writer(graph);
    const std::string logits =
        walk(model.network, networkInputOf(graph, model, "pictures"),
             [&](const GraphNode& node, const std::vector<std::string>& inputs) { return writer.write(node, inputs); });
    graph.rename(logits, "logits");
    graph.output("logits", "rows", {static_cast<std::int64_t>(model.classNames.size())});
    return graph.bytes(metadataOf(model));
}

}  // namespace thaw::core
