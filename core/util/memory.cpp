#include "core/util/memory.h"

#include <malloc.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>
#include <string>

#include "core/util/control_group.h"

namespace thaw::core {

namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kLargestReserve = 1'000'000'000;

/// The number behind a line's first word; -1 where there is no such line.
std::int64_t field(const fs::path& file, const std::string& name) {
    std::ifstream stream(file);
    std::string word;
    for (std::int64_t value = 0; stream >> word; stream.ignore(std::numeric_limits<std::streamsize>::max(), '\n'))
        if (word == name && stream >> value) return value;
    return -1;
}

std::int64_t number(const fs::path& file) {
    std::int64_t value = -1;
    return std::ifstream(file) >> value ? value : -1;  // "max" is no number
}

/// A control group counts the pages of files that it could give back at once.
void limitByControlGroups(MemoryState& state) {
    for (const ControlGroup& group : controlGroupsOf("memory")) {
        const char* prefix = group.unified ? "" : "total_";  // with the groups below it
        const std::int64_t most = number(group.folder / (group.unified ? "memory.max" : "memory.limit_in_bytes"));
        const std::int64_t used = number(group.folder / (group.unified ? "memory.current" : "memory.usage_in_bytes"));
        if (most < 0 || used < 0) continue;
        std::int64_t left = most - used;
        for (const char* files : {"inactive_file", "active_file"})
            left += std::max<std::int64_t>(0, field(group.folder / "memory.stat", prefix + std::string(files)));
        left = std::max<std::int64_t>(0, left);
        if (left < state.available) state = {most, left};
    }
}

}  // namespace

std::int64_t MemoryState::reserve() const { return std::min(total / 10, kLargestReserve); }

std::int64_t MemoryState::spare() const { return std::max<std::int64_t>(0, available - reserve()); }

MemoryState memoryState() {
    const char* given = std::getenv("THAW_MEMINFO");
    const fs::path file = given ? given : "/proc/meminfo";
    const std::int64_t total = field(file, "MemTotal:"), available = field(file, "MemAvailable:");
    if (total < 0 || available < 0) return {std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::max()};
    MemoryState state{total * 1024, available * 1024};
    if (!given) limitByControlGroups(state);
    return state;
}

void returnFreeMemory() { malloc_trim(0); }

}  // namespace thaw::core
