// Whether other programs took processor time that this process wanted, as the kernel counts it.
#pragma once

#include <map>

namespace thaw::core {

/// Seconds since some moment; only differences mean something.
struct ProcessorTimes {
    double wall = 0;
    double own = 0;                ///< computed by this process
    double all = -1;               ///< computed on the whole machine, stolen time included; negative: unknown
    double stolen = 0;             ///< taken by the machine's host, part of `all`
    std::map<int, double> waited;  ///< by thread: ready to run, but without a processor
};
ProcessorTimes processorTimes();

/// True where this process waited for a processor for a notable part of the time it wanted, and others were using them then. Its
/// own threads may well wait for each other: that alone is no disturbance. Pure.
bool wasDisturbed(const ProcessorTimes& before, const ProcessorTimes& after, int cores);

/// Watches from its construction, or from restart(), until it is asked.
class ProcessorWatch {
public:
    ProcessorWatch() : m_begin(processorTimes()) {}
    void restart() { m_begin = processorTimes(); }
    bool disturbed() const;

private:
    ProcessorTimes m_begin;
};

}  // namespace thaw::core
