// Times every stage of a model once, forward and both gradients, in bounded pieces.
#pragma once

#include "core/model/staged_model.h"
#include "core/train/deadline.h"

namespace thaw::core {

class SpeedMeasurement {
public:
    /// The model must not be in use by autograd meanwhile; its grad flags are off afterwards.
    SpeedMeasurement(const StagedModel& model, int inputSize, int batchSize, torch::Device device);
    /// True when all stages are measured.
    bool advance(const Deadline& deadline);
    int done() const { return m_stage; }
    const StageTimes& times() const { return m_times; }

private:
    StageTimes::Stage measure(int stage) const;

    const StagedModel& m_model;
    int m_inputSize, m_batchSize;
    torch::Device m_device;
    int m_stage = 0;
    StageTimes m_times;
};

/// Brings real steps into measured times: an average that forgets slowly.
class TimesRefiner {
public:
    void setTimes(StageTimes times) { m_times = std::move(times); }
    const StageTimes& times() const { return m_times; }
    void forward(int stage, double seconds, std::int64_t rows);
    /// `data`, `weights`: which gradients the pass computed.
    void backward(int stage, double seconds, std::int64_t rows, bool data, bool weights);
    void update(double seconds, std::int64_t parameters);

private:
    StageTimes m_times;
};

}  // namespace thaw::core
