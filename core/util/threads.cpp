#include "core/util/threads.h"

#include <malloc.h>
#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "core/api/engine_info.h"
#include "core/util/log.h"

namespace thaw::core {

namespace {

// LibTorch's buffers are tens of megabytes. glibc would map and return them at every step, and clear fresh pages each time.
constexpr int kMmapThreshold = 1 << 30;
constexpr int kTrimThreshold = 2'000'000'000;

void raiseMallocThresholds() {
    mallopt(M_MMAP_THRESHOLD, kMmapThreshold);
    mallopt(M_TRIM_THRESHOLD, kTrimThreshold);
    mallopt(M_ARENA_MAX, 1);  // the arenas of other threads than main hold 64 MB at most and would map the rest all the same
}

double quotaOf(const std::string& file) {
    std::ifstream stream(file);
    std::string quota;
    double period = 0;
    if (!(stream >> quota >> period) || quota == "max" || period <= 0) return 0;
    return std::atof(quota.c_str()) / period;
}

void setNiceness(int niceness) {
    if (setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), niceness) != 0)
        logMessage("warning", "A thread keeps its priority: " + std::string(std::strerror(errno)));
}

}  // namespace

int availableCores() {
    cpu_set_t set;
    CPU_ZERO(&set);
    int cores = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : static_cast<int>(sysconf(_SC_NPROCESSORS_ONLN));
    if (const double quota = quotaOf("/sys/fs/cgroup/cpu.max"); quota > 0)
        cores = std::min(cores, static_cast<int>(std::ceil(quota)));
    return std::max(cores, 1);
}

void prepareProcess(int argc, char** argv) {
    raiseMallocThresholds();
    std::signal(SIGXFSZ, SIG_IGN);  // a full quota is an error of write(), not the end of the process
    std::signal(SIGPIPE, SIG_IGN);
    setenv("OPENBLAS_THREAD_TIMEOUT", "8", /*overwrite=*/0);  // 2^8 cycles: see restBlasThreadsEarly
    // Read by OpenCV: seconds until a camera that sends nothing counts as gone, and FFmpeg's silence about damaged videos.
    setenv("OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT", "3", /*overwrite=*/0);
    setenv("OPENCV_FFMPEG_LOGLEVEL", "-8", /*overwrite=*/0);
    openLogFile(argc > 0 && argv[0] ? std::filesystem::path(argv[0]).filename().string() : "thaw");
}

void giveWayToOtherThreads() { setNiceness(5); }

void giveWayToTraining(bool longAnalyses) { setNiceness(longAnalyses ? 19 : 10); }

}  // namespace thaw::core
