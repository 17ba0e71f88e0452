// A model is an ordered list of stages, each a small graph of layers; forward is their composition. The layer tree, the freeze
// boundary, the feature cache and the activation views all hang on this. Belongs to the thread that computes.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <torch/torch.h>

#include "core/model/graph.h"
#include "core/model/stage.h"
#include "core/model/weights.h"

namespace thaw::core {

/// L2 of what a layer's parameters moved from `before`, relative to their L2 then; 0 where that was 0.
double relativeChange(const std::vector<Parameter>& now, const std::vector<torch::Tensor>& before);

class StagedModel {
public:
    /// Parameters drawn from the seed: dense layers Glorot-uniform, convolutions He-normal over outputs (as torchvision), biases
    /// zero, norms one. Without `drawTrunk` the convolutions' weights are whatever the memory held, for those that are loaded
    /// anyway.
    StagedModel(Network network, std::uint64_t seed, bool drawTrunk = true);

    const ModelInfo& info() const { return m_info; }
    int dropoutCount() const { return m_dropouts; }
    int stageCount() const { return static_cast<int>(m_stages.size()); }
    const Stage& stage(int index) const { return *m_stages[static_cast<std::size_t>(index)]; }
    const std::vector<Parameter>& parameters(int stage) const { return m_stages[static_cast<std::size_t>(stage)]->parameters(); }
    /// Parameters and buffers of one stage.
    std::vector<Parameter> stateOfStage(int stage) const;
    /// Parameters, or parameters and buffers, of one layer.
    std::vector<Parameter> parametersOf(int layer) const;
    std::vector<Parameter> stateOf(int layer) const;

    /// Stages [begin, end) of the composition.
    torch::Tensor forward(State input, int begin, int end, const ForwardContext& context = {}) const;
    /// Replaces the input of a stage by its output, or by the next one's where one pass computes both; returns the stage after.
    int advance(State& current, int stage, int end, const ForwardContext& context = {}) const;

    /// The output of one layer, of one with ReLU what comes out of that.
    torch::Tensor outputOf(const State& input, int begin, int layer) const;

    /// Every parameter and buffer by its state_dict name, in forward order: parameters first within a stage.
    std::vector<Parameter> stateDict() const;
    /// Copies values in; the model's own device and grad flags stay. Throws WeightsError for an unknown name or another shape.
    void load(const std::string& name, const torch::Tensor& value);
    /// Stages [0, end); end negative: the trunk. Learned places of patches are interpolated where their number differs.
    void loadTrunk(const TrunkWeights& weights, int end = -1);
    /// Takes over a stage of a model of the same layers, its parameters and all: neither may be written to from then on. One that
    /// reads another stage's table stays, and reads this model's.
    void share(int stage, const StagedModel& other);

    /// Whose convolutions compute; LibTorch's until told otherwise.
    void setKernels(KernelKind kernels);
    void moveTo(const torch::Device& device);
    /// Flags that hold for autograd from now on; gradients of all parameters become undefined.
    void setTrainable(const LayerMask& trainable);

    /// Running statistics take in what the recorded passes since the last call saw, or forget it.
    void commitStatistics();
    void dropStatistics();

    /// SHA-256 of the parameters and buffers of stages [0, end), names and shapes included.
    std::string prefixDigest(int end) const;
    /// To be called for a stage whose parameters were written to.
    void markChanged(int stage);
    /// Frees what the stages made of their parameters, several times the parameters' size, until the next pass makes it anew;
    /// between steps only.
    void releaseWorkspaces();

private:
    void tieStages();
    void drawLayer(const Stage& stage, const GraphNode& node, std::uint64_t seed, bool weightsToo);

    ModelInfo m_info;
    int m_dropouts = 0;
    std::vector<std::shared_ptr<Stage>> m_stages;
    mutable std::vector<std::string> m_stageDigests;  // empty: to be computed
};

}  // namespace thaw::core
