// SGD, Adam and AdamW as PyTorch defines them (torch/optim), with the state kept by parameter name: freezing, thawing,
// checkpoints and resumption do not depend on tensors' addresses or on LibTorch's version.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/model/staged_model.h"

namespace thaw::core {

/// One parameter's memory: Adam's and AdamW's exp_avg and exp_avg_sq, SGD's momentum_buffer.
struct OptimizerRecord {
    std::int64_t step = 0;  ///< updates that this parameter had since it began to train
    std::map<std::string, torch::Tensor> moments;
};

class Optimizer {
public:
    explicit Optimizer(const OptimizerConfig& config);

    /// What trains from now on. A parameter that stays keeps its record, one that leaves loses it, a new one starts without.
    void setParameters(std::vector<Parameter> parameters);
    void setLearningRate(double rate) { m_config.learningRate = rate; }
    double learningRate() const { return m_config.learningRate; }
    const OptimizerConfig& config() const { return m_config; }

    /// Updates every parameter that has a gradient and makes the gradients undefined. False when a parameter is no longer finite.
    bool step();
    /// Undefined, not zero: a zero gradient still moves a parameter by its momentum.
    void clearGradients();

    const std::map<std::string, OptimizerRecord>& records() const { return m_records; }
    void setRecord(const std::string& parameter, OptimizerRecord record) { m_records[parameter] = std::move(record); }

private:
    /// What gradients are multiplied with so that they are no longer than the settings allow.
    double clipFactor() const;
    double decayOf(const torch::Tensor& parameter) const;
    bool adam(const torch::Tensor& parameter, const torch::Tensor& gradient, OptimizerRecord& record) const;
    bool sgd(const torch::Tensor& parameter, const torch::Tensor& gradient, OptimizerRecord& record) const;

    OptimizerConfig m_config;
    std::vector<Parameter> m_parameters;
    std::map<std::string, OptimizerRecord> m_records;
};

}  // namespace thaw::core
