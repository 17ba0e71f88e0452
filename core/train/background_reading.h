// Reading that takes longer than a step may: it goes on in a thread of its own, and step() looks at it.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <thread>

#include "core/api/analysis.h"

namespace thaw::core {

/// Belongs to one thread, which calls it.
class BackgroundReading {
public:
    using Work = std::function<void(const CountCallback& progress)>;

    /// `work` begins at once. It owns or shares all that it uses: it may outlive this object, when what it reads does not answer.
    explicit BackgroundReading(Work work);
    /// Cancels, and waits two seconds at most.
    ~BackgroundReading();
    BackgroundReading(const BackgroundReading&) = delete;
    BackgroundReading& operator=(const BackgroundReading&) = delete;

    /// Waits for the end, so long at most; false: it goes on. Throws what the work threw.
    bool over(std::chrono::milliseconds patience);
    /// Asks the work to end, and does not wait for it.
    void cancel();
    /// What it said last; 0 of 0 before that.
    std::int64_t done() const;
    std::int64_t total() const;

private:
    struct Shared;
    std::shared_ptr<Shared> m_shared;
    std::thread m_thread;
};

}  // namespace thaw::core
