#include "core/util/memory.h"

#include <malloc.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>
#include <string>

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
void limitByControlGroup(MemoryState& state) {
    std::ifstream membership("/proc/self/cgroup");
    std::string line;
    if (!std::getline(membership, line) || line.rfind("0::/", 0) != 0) return;
    const fs::path root = "/sys/fs/cgroup";
    for (fs::path group = root / line.substr(4);; group = group.parent_path()) {
        const std::int64_t most = number(group / "memory.max"), used = number(group / "memory.current");
        if (most >= 0 && used >= 0) {
            const std::int64_t files = std::max<std::int64_t>(0, field(group / "memory.stat", "inactive_file")) +
                                       std::max<std::int64_t>(0, field(group / "memory.stat", "active_file"));
            const std::int64_t left = std::max<std::int64_t>(0, most - used + files);
            if (left < state.available) state = {most, left};
        }
        if (group == root || group.native().size() <= root.native().size()) return;
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
    if (!given) limitByControlGroup(state);
    return state;
}

void returnFreeMemory() { malloc_trim(0); }

}  // namespace thaw::core
