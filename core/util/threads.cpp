#include "core/util/threads.h"

#include <dlfcn.h>
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
#include "core/api/signals.h"
#include "core/util/control_group.h"
#include "core/util/environment.h"
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

/// Processors' worth of time that a group may use; 0: no limit.
double quotaOf(const ControlGroup& group) {
    double quota = 0, period = 0;
    if (group.unified) {
        std::ifstream stream(group.folder / "cpu.max");  // "150000 100000", "max 100000"
        if (!(stream >> quota >> period)) return 0;
    } else if (!(std::ifstream(group.folder / "cpu.cfs_quota_us") >> quota) ||
               !(std::ifstream(group.folder / "cpu.cfs_period_us") >> period)) {
        return 0;
    }
    return quota > 0 && period > 0 ? quota / period : 0;
}

int coresOfAffinity() {
    for (int most = CPU_SETSIZE; most <= (1 << 20); most *= 2) {  // the kernel refuses a set smaller than its own
        cpu_set_t* const set = CPU_ALLOC(most);
        const std::size_t bytes = CPU_ALLOC_SIZE(most);
        CPU_ZERO_S(bytes, set);
        const bool known = sched_getaffinity(0, bytes, set) == 0;
        const int cores = known ? CPU_COUNT_S(bytes, set) : 0;
        const bool tooSmall = !known && errno == EINVAL;
        CPU_FREE(set);
        if (known) return cores;
        if (!tooSmall) break;
    }
    return static_cast<int>(sysconf(_SC_NPROCESSORS_ONLN));
}

/// OMP_PROC_BIND ties the first thread to one processor; OpenMP alone knows what the process had before.
int coresOfOpenMp() {
    const auto count = reinterpret_cast<int (*)()>(dlsym(RTLD_DEFAULT, "omp_get_num_procs"));
    return count ? count() : 0;
}

/// The first number of OMP_NUM_THREADS, which may be a list by nesting level; 0 where it says nothing.
int threadsOfOpenMp() {
    const char* text = std::getenv("OMP_NUM_THREADS");
    if (!text) return 0;
    char* end = nullptr;
    const long count = std::strtol(text, &end, 10);
    while (*end == ' ') ++end;
    return end != text && (*end == '\0' || *end == ',') && count > 0 && count <= kMostThreads ? static_cast<int>(count) : 0;
}

void setNiceness(int niceness) {
    if (setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), niceness) != 0)
        logMessage("warning", "A thread keeps its priority: " + std::string(std::strerror(errno)));
}

}  // namespace

int availableCores() {
    int cores = std::max(coresOfAffinity(), coresOfOpenMp());
    for (const ControlGroup& group : controlGroupsOf("cpu"))
        if (const double quota = quotaOf(group); quota > 0 && quota < cores) cores = static_cast<int>(std::lround(quota));
    return std::max(cores, 1);
}

int threadsFor(int asked) {
    const int cores = availableCores(), wanted = asked > 0 ? asked : threadsOfOpenMp();
    return wanted > 0 ? std::min(wanted, cores) : cores;
}

void prepareProcess(int argc, char** argv) {
    raiseMallocThresholds();
    // UCX, which LibTorch 2.6 of Debian brings, takes SIGHUP for its debug mode and the signals of crashes for its own reports:
    // here before main() where LibTorch is linked, there when it is loaded.
    setenv("UCX_DEBUG_SIGNO", "0", /*overwrite=*/0);
    setenv("UCX_HANDLE_ERRORS", "none", /*overwrite=*/0);
    handleSignal(SIGHUP, SIG_DFL);
    std::signal(SIGXFSZ, SIG_IGN);  // a full quota is an error of write(), not the end of the process
    std::signal(SIGPIPE, SIG_IGN);
    setenv("OPENBLAS_THREAD_TIMEOUT", "8", /*overwrite=*/0);  // 2^8 cycles: see restBlasThreadsEarly
    // Read by OpenCV: seconds until a camera that sends nothing counts as gone, and FFmpeg's silence about damaged videos.
    setenv("OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT", "3", /*overwrite=*/0);
    setenv("OPENCV_FFMPEG_LOGLEVEL", "-8", /*overwrite=*/0);
    reserveVariable();
    openLogFile(argc > 0 && argv[0] ? std::filesystem::path(argv[0]).filename().string() : "thaw");
}

void giveWayToOtherThreads() { setNiceness(5); }

void giveWayToTraining(bool longAnalyses) { setNiceness(longAnalyses ? 19 : 10); }

}  // namespace thaw::core
