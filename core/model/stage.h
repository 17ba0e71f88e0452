// One stage of a model: a small graph of operations on tensors, its parameters and its buffers. Belongs to the thread that
// computes.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <torch/torch.h>

#include "core/model/graph.h"

namespace thaw::core {

struct Parameter {
    std::string name;  ///< torchvision's state_dict key: "features.28.weight"
    torch::Tensor value;
    int layer = 0;  ///< index into ModelInfo::layers
};

/// Reads the output of one layer while a pass goes by; of a layer with ReLU, what comes out of that.
struct Tap {
    int layer = -1;
    bool asLeaf = false;  ///< the pass goes on from `value` as a leaf that requires a gradient
    /// Defined, with asLeaf: that leaf lies on the way from `origin` to the layer's output, at this part of it.
    torch::Tensor origin, part;
    torch::Tensor value;
};

/// What flows between stages: most networks use `hidden` alone.
struct State {
    torch::Tensor hidden;  ///< [rows, ...]; of texts first int64 [rows, tokens], then float32 [rows, tokens, units]
    torch::Tensor mask;    ///< float32 [rows, tokens]: 1 for a token of the text, 0 for padding; undefined: no padding
    State() = default;
    State(torch::Tensor value, torch::Tensor tokens = {}) : hidden(std::move(value)), mask(std::move(tokens)) {}
    bool defined() const { return hidden.defined(); }
    std::int64_t rows() const { return hidden.size(0); }
};

/// Keys and values of the tokens that went through already, so that a text can grow by a token without going through anew. Each
/// layer's as float32 [rows, heads, tokens, units of a head].
struct AttentionMemory {
    std::map<int, std::pair<torch::Tensor, torch::Tensor>> keysAndValues;  // by layer
    std::int64_t tokens = 0;  ///< that went through all stages; the caller counts them after each pass
};

/// What a forward pass needs beside its input.
struct ForwardContext {
    std::vector<torch::Tensor> dropoutMasks;  ///< one a Dropout of the model, [rows, units], 0 or 1 / (1 - rate); empty: off
    bool updateStatistics = false;            ///< batch norms that train take the batch's statistics
    Tap* tap = nullptr;
    AttentionMemory* memory = nullptr;  ///< of causal attention; the input is what comes behind the tokens of the memory
};

class Stage {
public:
    /// Tensors without values.
    explicit Stage(const StageGraph& graph);
    ~Stage();
    Stage(const Stage&) = delete;
    Stage& operator=(const Stage&) = delete;

    /// The next stage's hidden, float32; the mask stays. Pure but for the dropout masks and for statistics, which wait for
    /// commitStatistics().
    torch::Tensor forward(const State& input, const ForwardContext& context) const;
    /// The same followed by a 2x2 max pooling, where one pass does both and no gradient is recorded; undefined: it does not.
    torch::Tensor forwardPooled(const torch::Tensor& input) const;
    /// Hands over the table that it reads and another stage has (Op::TokenScores); others are not changed.
    void tie(const std::vector<Parameter>& elsewhere);
    /// That table; undefined: it reads none.
    torch::Tensor tiedTable() const;
    /// Whether it is a 2x2 max pooling and nothing else.
    bool isPooling() const;
    void setKernels(KernelKind kernels);
    /// To be called when parameters or buffers were written to.
    void parametersChanged();
    /// Frees what can be made anew from the parameters; between steps only.
    void releaseWorkspace();
    /// Running statistics take in what the passes since the last call saw, or forget it.
    void commitStatistics();
    void dropStatistics();

    const std::vector<Parameter>& parameters() const { return m_parameters; }
    const std::vector<Parameter>& buffers() const { return m_buffers; }

private:
    struct Step;
    struct Run;

    std::vector<Step> m_steps;  // one a node
    int m_output;
    bool m_arrangesInput = false;  // some node beyond convolutions adds up numbers
    std::vector<Parameter> m_parameters, m_buffers;
};

}  // namespace thaw::core
