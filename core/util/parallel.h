// The same work on many items by all processors that this process may use.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>

#include "core/api/analysis.h"

namespace thaw::core {

/// Calls work(i, stop) for each i in 0..count - 1, in threads of their own and in no order; `stop` becomes true when the rest is
/// not wanted any more, for work that takes long. `progress` is told a few times a second, on the calling thread. Throws
/// Cancelled when it returns false or when that thread's ReadingScope ends, and the first exception of the work.
void forEachInParallel(std::int64_t count, const std::function<void(std::int64_t, const std::atomic<bool>& stop)>& work,
                       const CountCallback& progress);

}  // namespace thaw::core
