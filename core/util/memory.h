// How much memory the machine can still give, so that a cache yields before anything is swapped or killed.
#pragma once

#include <cstdint>

namespace thaw::core {

struct MemoryState {
    std::int64_t total = 0, available = 0;  ///< bytes, of the machine or of this process's control group, whichever has less left
    /// What others are left: a tenth, 1 GB at most.
    std::int64_t reserve() const;
    std::int64_t spare() const;  ///< what is left beside the reserve; 0 where that is touched
    bool isShort() const { return available < reserve(); }
};

/// Reads a few lines of /proc and /sys; THAW_MEMINFO names a file in /proc/meminfo's form that is read in their place.
/// Where nothing can be read there is plenty.
MemoryState memoryState();

/// Gives the system what the allocator keeps of freed memory; prepareProcess tells it to keep a lot. Some milliseconds.
void returnFreeMemory();

}  // namespace thaw::core
