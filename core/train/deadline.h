// How long one piece of work may go on.
#pragma once

#include <chrono>

namespace thaw::core {

using Clock = std::chrono::steady_clock;

inline double secondsSince(Clock::time_point begin) { return std::chrono::duration<double>(Clock::now() - begin).count(); }

class Deadline {
public:
    explicit Deadline(double seconds)
        : m_end(Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds))) {}
    bool passed() const { return Clock::now() >= m_end; }
    Clock::time_point end() const { return m_end; }

private:
    Clock::time_point m_end;
};

}  // namespace thaw::core
