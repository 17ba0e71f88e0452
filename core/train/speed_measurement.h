// Times every stage of a model once, forward and both gradients, in bounded pieces.
#pragma once

#include "core/model/staged_model.h"
#include "core/train/deadline.h"
#include "core/util/processor_share.h"

namespace thaw::core {

class SpeedMeasurement {
public:
    /// The model must not be in use by autograd meanwhile; its grad flags are off afterwards.
    SpeedMeasurement(const StagedModel& model, int batchSize, torch::Device device);
    /// True when all stages are measured; times().origin then tells whether the machine was left alone meanwhile.
    bool advance(const Deadline& deadline);
    int done() const { return m_stage; }
    const StageTimes& times() const { return m_times; }

private:
    StageTimes::Stage measure(int stage) const;
    StageTimes::Stage measureScores(int stage, std::int64_t rows) const;

    const StagedModel& m_model;
    int m_batchSize;
    torch::Device m_device;
    int m_stage = 0;
    ProcessorWatch m_watch;
    StageTimes m_times;
};

/// Of two measurements, the shorter time of each part: what disturbs makes longer.
StageTimes betterOf(const StageTimes& first, const StageTimes& second);

/// Brings real steps into measured times: an average that forgets slowly.
class TimesRefiner {
public:
    void setTimes(StageTimes times);
    /// What was never seen at work is scaled by what the rest became: a machine that was busy then is quiet now, or the reverse.
    StageTimes times() const;
    /// The same without that scaling, for keeping: what was not seen is as it was measured.
    const StageTimes& kept() const { return m_times; }
    bool empty() const { return m_times.empty(); }
    void forward(int stage, double seconds, std::int64_t rows);
    /// `data`: whether the pass computed the gradient of the stage's input; `weights`: that of which share of its parameters.
    void backward(int stage, double seconds, std::int64_t rows, bool data, double weights);
    void update(double seconds, std::int64_t parameters);
    /// What a whole step took beyond its stages and its update.
    void besideStages(double seconds, std::int64_t rows);

private:
    struct Seen {
        int forward = 0, backwardData = 0, backwardWeights = 0;  // samples
    };
    StageTimes m_measured, m_times;
    std::vector<Seen> m_seen;
    int m_updates = 0, m_steps = 0;
};

}  // namespace thaw::core
