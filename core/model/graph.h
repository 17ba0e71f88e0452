// What a network computes, without tensors: a line of stages, each one a small graph of operations. A family's file draws it with
// GraphBuilder; the layer tree, the shapes of all parameters and the work of every layer follow by arithmetic.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/api/layer_info.h"

namespace thaw::core {

enum class Op {
    // with parameters
    Convolution,
    BatchNorm,
    LayerNorm,  ///< over the last dimension
    Linear,     ///< of the last dimension
    Attention,
    ClassToken,
    ChannelScale,
    TokenTable,   ///< {tokens} of ids to {tokens, units}: a row of the table for each
    AddPlaces,    ///< adds the table's row of a token's place to each token
    AddFirstRow,  ///< adds the table's first row to each token
    TokenScores,  ///< {tokens, units} to {tokens, vocabulary}: products with the rows of a table that stands elsewhere
    // without
    Relu,
    Relu6,
    HardSwish,
    HardSigmoid,
    Sigmoid,
    Silu,
    Gelu,      ///< the exact one, with erf
    GeluTanh,  ///< GPT-2's approximation of it
    MaxPool,
    AveragePool,
    AdaptiveAveragePool,
    Add,
    Multiply,  ///< the second input may be one number a channel
    Concatenate,
    Flatten,
    Dropout,
    ToTokens,       ///< {channels, height, width} to {height * width, channels}
    FirstToken,     ///< {tokens, units} to {units}
    MeanToken,      ///< the same: the mean of the tokens that are no padding
    LastToken,      ///< the same: the last token that is no padding
    MixTokens,      ///< attention without parameters: of queries, keys and values {tokens, units}, one behind the other where
                    ///< they are one input; padding is not looked at
    ChannelsLast,   ///< {channels, height, width} to {height, width, channels}
    ChannelsFirst,  ///< and back
};

struct TensorSpec {
    std::string name;  ///< state_dict key: "layer1.0.conv1.weight"
    std::vector<std::int64_t> shape;
    bool transposed = false;  ///< files hold it with its two dimensions exchanged: GPT-2's Conv1D
};

/// {vertical, horizontal} everywhere.
struct GraphNode {
    Op op = Op::Add;
    std::vector<int> inputs;          ///< earlier nodes of the stage; kStageInput: what the stage gets
    std::vector<std::int64_t> shape;  ///< of its output, one picture
    std::vector<TensorSpec> parameters, buffers;
    std::array<std::int64_t, 2> kernel{1, 1}, stride{1, 1};
    std::array<std::int64_t, 2> before{0, 0}, after{0, 0};  ///< padding: above and to the left, below and to the right
    std::int64_t groups = 1;
    std::int64_t heads = 1;     ///< Attention, MixTokens
    bool causal = false;        ///< MixTokens: a token looks at itself and at those before it
    std::string tied = {};      ///< TokenScores: the table's name, a parameter of an earlier stage
    bool ceil = false;          ///< a pooling's last window may reach over the edge
    bool countsPadding = true;  ///< AveragePool
    double value = 0;           ///< a norm's epsilon, a Dropout's rate
    double momentum = 0.1;      ///< BatchNorm: weight of a batch in the running statistics
    int layer = -1;             ///< index into ModelInfo::layers; -1: not a layer of its own
    int dropout = -1;           ///< Dropout: which one of the network
};
constexpr int kStageInput = -1;

struct StageGraph {
    std::string path;
    std::vector<GraphNode> nodes;
    int output = kStageInput;
};

struct Network {
    ModelInfo info;
    std::vector<StageGraph> stages;
    int dropouts = 0;
};

/// Goes through a network in forward order. `write` gets a node and the names of its inputs, and returns that of its output;
/// `input` is the name of the network's. Returns the name of the network's output.
using NodeWriter = std::function<std::string(const GraphNode& node, const std::vector<std::string>& inputs)>;
std::string walk(const Network& network, const std::string& input, const NodeWriter& write);

/// A node of the stage that is being drawn.
using Wire = int;

struct ConvOptions {
    int stride = 1;
    int padding = -1;  ///< -1: half the kernel, so that only the stride changes the size
    int groups = 1;
    bool bias = false;
    bool same = false;    ///< TensorFlow's padding: as much as the stride needs, the odd pixel below and to the right
    int kernelWidth = 0;  ///< 0: as high as wide
};

struct PoolOptions {
    int stride = 0;  ///< 0: the kernel's size
    int padding = 0;
    bool ceil = false;
    bool countsPadding = true;
};

/// Draws one network, in forward order. Groups and stages nest: a stage may hold groups and lie in some, but no stage another.
class GraphBuilder {
public:
    explicit GraphBuilder(std::vector<std::int64_t> inputShape);

    void beginGroup(const std::string& path);
    void endGroup();
    /// A stage's input is the output of the one before.
    Wire beginStage(const std::string& path);
    /// `cut`: a place where features are worth keeping.
    void endStage(Wire output, bool cut = false);
    /// Everything that follows is the head.
    void beginHead();

    /// `name`: how people call it, where that is not its path.
    Wire conv(Wire input, const std::string& path, int channels, int kernel, const ConvOptions& options = {},
              const std::string& name = {});
    /// `scale`: it has a learned factor for each channel (weight) beside the offset (bias).
    Wire batchNorm(Wire input, const std::string& path, double epsilon = 1e-5, double momentum = 0.1, bool scale = true);
    Wire layerNorm(Wire input, const std::string& path, double epsilon);
    Wire linear(Wire input, const std::string& path, int units, const std::string& name = {});
    /// GPT-2's: the same dense layer, whose files hold the weight as {inputs, units}.
    Wire conv1d(Wire input, const std::string& path, int units);
    Wire attention(Wire input, const std::string& path, int heads);
    /// A learned token before the others, and a learned place added to each. Parameters: `token`, `places`.
    Wire classToken(Wire input, const std::string& token, const std::string& places);
    Wire channelScale(Wire input, const std::string& parameter);

    /// Of a text: its tokens' rows of a table; a table's row for each place; a table's first row.
    Wire tokenTable(Wire ids, const std::string& path, int vocabulary, int units);
    Wire addPlaces(Wire input, const std::string& path, int places);
    Wire addFirstRow(Wire input, const std::string& path, int rows);
    /// Attention between what three dense layers made of the tokens; a layer of the tree, without numbers.
    Wire mixTokens(Wire query, Wire key, Wire value, const std::string& path, int heads);
    /// The same of one dense layer's {tokens, 3 * units}; each token looks only at itself and at those before it.
    Wire mixTokensBefore(Wire joined, const std::string& path, int heads);
    /// Mean of a text's real tokens, or the last of them; a layer of the tree.
    Wire meanToken(Wire input, const std::string& path);
    Wire lastToken(Wire input, const std::string& path);
    /// How well each word of the table at `table`, which an earlier stage has, would come next; a layer of the tree without
    /// numbers of its own.
    Wire tokenScores(Wire input, const std::string& path, const std::string& table, int vocabulary);

    /// Everything that needs neither numbers nor a name: activations, Flatten, tokens.
    Wire plain(Op op, Wire input);
    Wire relu(Wire input) { return plain(Op::Relu, input); }
    Wire maxPool(Wire input, const std::string& path, int kernel, const PoolOptions& options = {}, const std::string& name = {});
    Wire averagePool(Wire input, const std::string& path, int kernel, const PoolOptions& options = {});
    Wire adaptiveAveragePool(Wire input, const std::string& path, int side);
    /// Inside a block: no layer of the tree.
    Wire squeeze(Wire input);
    Wire multiply(Wire planes, Wire factors);
    /// The end of a block: the sum with what skips it, the branches one behind the other. A layer of the tree, without numbers.
    Wire add(Wire a, Wire b, const std::string& path);
    Wire concatenate(const std::vector<Wire>& inputs, const std::string& path);
    Wire flatten(Wire input, const std::string& path, const std::string& name = {});
    Wire dropout(Wire input, const std::string& path, double rate, const std::string& name = {});

    const std::vector<std::int64_t>& shape(Wire wire) const;
    std::int64_t channels(Wire wire) const { return shape(wire).front(); }

    /// Throws ConfigError where a plane became empty: the input is too small.
    Network take(const std::string& title);

private:
    Wire addNode(GraphNode node);
    Wire addLayer(GraphNode node, LayerKind kind, std::string kindText, const std::string& path, const std::string& name);
    Wire poolTokens(Wire input, Op op, const std::string& word, const std::string& path);
    Wire addTable(Wire input, Op op, const std::string& word, const std::string& path, std::int64_t rows);
    Wire pool(Wire input, Op op, LayerKind kind, const std::string& word, const std::string& path, int kernel,
              const PoolOptions& options, const std::string& name);

    Network m_network;
    std::vector<int> m_open;  // groups
    std::vector<std::int64_t> m_stageInput;
    bool m_empty = false;
};

}  // namespace thaw::core
