// A model is an ordered list of stages, each one named layer; forward is their composition. The layer tree, the freeze boundary,
// the feature cache and the activation views all hang on this. Belongs to the thread that computes.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <torch/torch.h>

#include "core/api/layer_info.h"
#include "core/model/weights.h"

namespace thaw::core {

struct Parameter {
    std::string name;  ///< torchvision's state_dict key: "features.28.weight"
    torch::Tensor value;
};

/// What a forward pass needs beside its input.
struct ForwardContext {
    torch::Tensor dropoutMask;  ///< [rows, units], 0 or 1 / (1 - rate); undefined: dropout is off
};

/// One layer. Its forward is the seam for other implementations of the same mathematics.
class Stage {
public:
    virtual ~Stage() = default;
    /// [rows, ...] to [rows, ...]; float32. Pure but for the dropout mask of the context.
    virtual torch::Tensor forward(const torch::Tensor& input, const ForwardContext& context) const = 0;
    /// The same followed by a 2x2 max pooling, where one pass does both and no gradient is recorded; undefined: it does not.
    virtual torch::Tensor forwardPooled(const torch::Tensor&) const { return {}; }
    virtual void setKernels(KernelKind) {}
    /// To be called when parameters were written to.
    virtual void parametersChanged() {}
    /// Frees what can be made anew from the parameters; between steps only.
    virtual void releaseWorkspace() {}
    const std::vector<Parameter>& parameters() const { return m_parameters; }

protected:
    std::vector<Parameter> m_parameters;
};

/// L2 of what a layer's parameters moved from `before`, relative to their L2 then; 0 where that was 0.
double relativeChange(const std::vector<Parameter>& now, const std::vector<torch::Tensor>& before);

class StagedModel {
public:
    /// Parameters drawn from the seed: dense layers Glorot-uniform, convolutions He-normal over outputs (as torchvision's
    /// VGG), biases zero. Without `drawTrunk` the convolutions' weights are whatever the memory held, for those that are loaded
    /// anyway.
    StagedModel(ModelInfo info, std::uint64_t seed, bool drawTrunk = true);

    const ModelInfo& info() const { return m_info; }
    int stageCount() const { return static_cast<int>(m_stages.size()); }
    const Stage& stage(int index) const { return *m_stages[static_cast<std::size_t>(index)]; }
    const std::vector<Parameter>& parameters(int stage) const { return m_stages[static_cast<std::size_t>(stage)]->parameters(); }

    /// Stages [begin, end) of the composition.
    torch::Tensor forward(torch::Tensor input, int begin, int end, const ForwardContext& context = {}) const;
    /// Replaces the input of a stage by its output, or by the next one's where one pass computes both; returns the stage after.
    int advance(torch::Tensor& current, int stage, int end, const ForwardContext& context = {}) const;

    /// Every parameter by its state_dict name, in forward order.
    std::vector<Parameter> stateDict() const;
    /// Copies values in; the model's own device and grad flags stay. Throws WeightsError for an unknown name or another shape.
    void load(const std::string& name, const torch::Tensor& value);
    void loadTrunk(const TrunkWeights& weights);
    /// Takes over a stage of a model of the same layers, its parameters and all: neither may be written to from then on.
    void share(int stage, const StagedModel& other);

    /// Whose convolutions compute; LibTorch's until told otherwise.
    void setKernels(KernelKind kernels);
    void moveTo(const torch::Device& device);
    /// Flags that hold for autograd from now on; gradients of all parameters become undefined.
    void setTrainable(const LayerMask& trainable);

    /// SHA-256 of the parameters of stages [0, end), names and shapes included.
    std::string prefixDigest(int end) const;
    /// To be called for a stage whose parameters were written to.
    void markChanged(int stage);
    /// Frees what the stages made of their parameters, several times the parameters' size, until the next pass makes it anew;
    /// between steps only.
    void releaseWorkspaces();

private:
    ModelInfo m_info;
    std::vector<std::shared_ptr<Stage>> m_stages;
    mutable std::vector<std::string> m_stageDigests;  // empty: to be computed
};

}  // namespace thaw::core
