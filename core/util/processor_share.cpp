#include "core/util/processor_share.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <string>

#include "core/util/threads.h"

namespace thaw::core {
namespace {

namespace fs = std::filesystem;

constexpr double kWaitedShare = 0.15, kOthersShare = 0.1;

double secondsOf(clockid_t clock) {
    timespec now{};
    clock_gettime(clock, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

}  // namespace

ProcessorTimes processorTimes() {
    ProcessorTimes times;
    times.wall = secondsOf(CLOCK_MONOTONIC);
    times.own = secondsOf(CLOCK_PROCESS_CPUTIME_ID);
    std::error_code error;
    for (fs::directory_iterator thread("/proc/self/task", error), end; !error && thread != end; thread.increment(error)) {
        std::ifstream file(thread->path() / "schedstat");
        double ran = 0, waited = 0;  // nanoseconds
        if (file >> ran >> waited) times.waited[std::atoi(thread->path().filename().c_str())] = 1e-9 * waited;
    }
    std::ifstream file("/proc/stat");
    std::string name;
    double user, nice, system, idle, disk, interrupts, soft, stolen;
    if (file >> name >> user >> nice >> system >> idle >> disk >> interrupts >> soft >> stolen) {
        const double tick = 1.0 / static_cast<double>(sysconf(_SC_CLK_TCK));
        times.all = tick * (user + nice + system + interrupts + soft + stolen);
        times.stolen = tick * stolen;
    }
    return times;
}

bool wasDisturbed(const ProcessorTimes& before, const ProcessorTimes& after, int cores) {
    const double wall = after.wall - before.wall, own = after.own - before.own;
    if (wall <= 0 || own <= 0) return false;
    double waited = std::max(0.0, after.stolen - before.stolen);
    for (const auto& [thread, now] : after.waited) {
        const auto known = before.waited.find(thread);
        waited += std::max(0.0, now - (known == before.waited.end() ? 0 : known->second));
    }
    if (waited < kWaitedShare * (waited + own)) return false;
    if (before.all < 0 || after.all < 0) return true;
    return after.all - before.all - own > kOthersShare * wall * cores;
}

bool ProcessorWatch::disturbed() const { return wasDisturbed(m_begin, processorTimes(), availableCores()); }

}  // namespace thaw::core
