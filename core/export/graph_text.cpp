#include "core/export/graph_text.h"

#include <array>
#include <cmath>
#include <utility>
#include <vector>

#include "core/util/number_text.h"

namespace thaw::core {
namespace {

template <class Numbers>
std::string list(const Numbers& numbers) {
    std::string text;
    for (const std::int64_t number : numbers) text += (text.empty() ? "" : ", ") + std::to_string(number);
    return '[' + text + ']';
}

std::string truth(bool value) { return value ? "True" : "False"; }

/// A floating-point literal: never without a point or an exponent.
std::string real(double value) {
    const std::string text = numberText(value);
    return text.find_first_of(".e") == std::string::npos ? text + ".0" : text;
}

class Writer {
public:
    Writer(const TextDialect& dialect, int indent) : m_dialect(dialect), m_indent(static_cast<std::size_t>(indent), ' ') {}

    std::string write(const GraphNode& node, const std::vector<std::string>& inputs) {
        return node.op == Op::Dropout ? inputs[0] : named(expression(node, inputs));
    }
    std::string take(const std::string& output) { return m_lines + m_indent + "return " + output + '\n'; }

private:
    std::string named(const std::string& expression) {
        const std::string name = "x" + std::to_string(++m_count);
        m_lines += m_indent + name + " = " + expression + '\n';
        return name;
    }
    std::string call(const std::string& operation, const std::vector<std::string>& arguments) const {
        std::string text;
        for (const std::string& argument : arguments) text += (text.empty() ? "" : ", ") + argument;
        return m_dialect.operations + operation + '(' + text + ')';
    }
    /// "None" for one that the node does not have.
    std::string parameter(const GraphNode& node, std::size_t index) const {
        return index < node.parameters.size() ? m_dialect.tensor(node.parameters[index].name) : "None";
    }
    std::string buffer(const GraphNode& node, std::size_t index) const { return m_dialect.tensor(node.buffers[index].name); }

    std::string expression(const GraphNode& node, const std::vector<std::string>& inputs);
    std::string withParameters(const GraphNode& node, const std::string& x);
    std::string convolution(const GraphNode& node, std::string x);
    std::string attention(const GraphNode& node, const std::string& x);
    std::string activation(Op op, const std::string& x) const;
    std::string pooling(const GraphNode& node, const std::string& x) const;

    const TextDialect& m_dialect;
    std::string m_indent, m_lines;
    int m_count = 0;
};

std::string Writer::convolution(const GraphNode& node, std::string x) {
    std::array<std::int64_t, 2> padding = node.before;
    if (node.before != node.after) {
        const std::array<std::int64_t, 4> sides{node.before[1], node.after[1], node.before[0], node.after[0]};
        x = named(call("constant_pad_nd", {x, list(sides)}));
        padding = {0, 0};
    }
    return call("conv2d", {x, parameter(node, 0), parameter(node, 1), list(node.stride), list(padding), "[1, 1]",
                           std::to_string(node.groups)});
}

std::string Writer::attention(const GraphNode& node, const std::string& x) {
    const std::int64_t tokens = node.shape[0], units = node.shape[1], each = units / node.heads;
    const std::array<std::int64_t, 5> split{-1, tokens, 3, node.heads, each};
    const std::array<std::int64_t, 3> joined{-1, tokens, units};
    const std::string all = named(call("linear", {x, parameter(node, 0), parameter(node, 1)}));
    const std::string parts = named(call("permute", {call("reshape", {all, list(split)}), "[2, 0, 3, 1, 4]"}));
    const auto part = [&](int index) { return call("select", {parts, "0", std::to_string(index)}); };
    const std::string query = named(part(0) + " / " + real(std::sqrt(static_cast<double>(each))));
    const std::string scores = named(call("matmul", {query, call("transpose", {part(1), "-2", "-1"})}));
    const std::string mixed = named(call("matmul", {call("softmax", {scores, "-1"}), part(2)}));
    const std::string together = call("reshape", {call("transpose", {mixed, "1", "2"}), list(joined)});
    return call("linear", {together, parameter(node, 2), parameter(node, 3)});
}

std::string Writer::withParameters(const GraphNode& node, const std::string& x) {
    switch (node.op) {
        case Op::Convolution:
            return convolution(node, x);
        case Op::BatchNorm:
            return call("batch_norm",
                        {x, node.parameters.size() > 1 ? parameter(node, 0) : "None", parameter(node, node.parameters.size() - 1),
                         buffer(node, 0), buffer(node, 1), "False", real(node.momentum), real(node.value), "False"});
        case Op::LayerNorm:
            return call("layer_norm", {x, '[' + std::to_string(node.shape.back()) + ']', parameter(node, 0), parameter(node, 1),
                                       real(node.value)});
        case Op::Linear:
            return call("linear", {x, parameter(node, 0), parameter(node, 1)});
        case Op::Attention:
            return attention(node, x);
        case Op::ClassToken:
            return call("cat",
                        {'[' + call("expand", {parameter(node, 0), '[' + x + ".size(0), -1, -1]"}) + ", " + x + ']', "1"}) +
                   " + " + parameter(node, 1);
        default:  // ChannelScale
            return x + " * " + parameter(node, 0);
    }
}

std::string Writer::activation(Op op, const std::string& x) const {
    switch (op) {
        case Op::Relu:
            return call("relu", {x});
        case Op::Relu6:
            return call("clamp", {x, "0.0", "6.0"});
        case Op::HardSwish:
            return call("hardswish", {x});
        case Op::HardSigmoid:
            return call("hardsigmoid", {x});
        case Op::Sigmoid:
            return call("sigmoid", {x});
        case Op::Silu:
            return call("silu", {x});
        default:
            return call("gelu", {x});
    }
}

std::string Writer::pooling(const GraphNode& node, const std::string& x) const {
    switch (node.op) {
        case Op::MaxPool:
            return call("max_pool2d", {x, list(node.kernel), list(node.stride), list(node.before), "[1, 1]", truth(node.ceil)});
        case Op::AveragePool:
            return call("avg_pool2d", {x, list(node.kernel), list(node.stride), list(node.before), truth(node.ceil),
                                       truth(node.countsPadding)});
        default:
            return call("adaptive_avg_pool2d", {x, list(std::array<std::int64_t, 2>{node.shape[1], node.shape[2]})});
    }
}

std::string Writer::expression(const GraphNode& node, const std::vector<std::string>& inputs) {
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
        case Op::AdaptiveAveragePool:
            return pooling(node, x);
        case Op::Add:
            return x + " + " + inputs[1];
        case Op::Multiply:
            return x + " * " + inputs[1];
        case Op::Concatenate: {
            std::string all;
            for (const std::string& input : inputs) all += (all.empty() ? "" : ", ") + input;
            return call("cat", {'[' + all + ']', "1"});
        }
        case Op::Flatten:
            return call("flatten", {x, "1"});
        case Op::ToTokens:
            return call("transpose", {call("flatten", {x, "2"}), "1", "2"});
        case Op::FirstToken:
            return call("select", {x, "1", "0"});
        case Op::ChannelsLast:
            return call("permute", {x, "[0, 2, 3, 1]"});
        case Op::ChannelsFirst:
            return call("permute", {x, "[0, 3, 1, 2]"});
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

}  // namespace

std::string graphText(const Network& network, const std::string& input, int indent, const TextDialect& dialect) {
    Writer writer(dialect, indent);
    const std::string output = walk(network, input, [&](const GraphNode& node, const std::vector<std::string>& inputs) {
        return writer.write(node, inputs);
    });
    return writer.take(output);
}

}  // namespace thaw::core
