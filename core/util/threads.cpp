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
#include <system_error>

#include "core/api/engine_info.h"
#include "core/util/blas.h"
#include "core/util/log.h"

namespace thaw::core {

namespace {

constexpr char kCoreType[] = "OPENBLAS_CORETYPE";
constexpr char kGuard[] = "THAW_STARTED_AGAIN";  // its value: what for

// LibTorch's buffers are tens of megabytes. glibc would map and return them at every step, and clear fresh pages each time.
constexpr int kMmapThreshold = 1 << 30;
constexpr int kTrimThreshold = 2'000'000'000;

void raiseMallocThresholds() {
    mallopt(M_MMAP_THRESHOLD, kMmapThreshold);
    mallopt(M_TRIM_THRESHOLD, kTrimThreshold);
    mallopt(M_ARENA_MAX, 1);  // the arenas of other threads than main hold 64 MB at most and would map the rest all the same
}

std::string programFile() {
    std::error_code error;
    const std::filesystem::path file = std::filesystem::read_symlink("/proc/self/exe", error);
    return error || !std::filesystem::exists(file, error) ? "/proc/self/exe" : file.string();
}

// OpenBLAS reads the variable while it is loaded: setting it now is too late, so the program starts over. At most once.
void startAgainForBlas(char** argv) {
    const LoadedBlas blas = loadedBlas();
    if (!blas.isOpenBlas || std::getenv(kCoreType) || std::getenv(kGuard)) return;
    const std::string better = betterCoreType(blas.core, cpuFeatures());
    if (better.empty()) return;
    setenv(kCoreType, better.c_str(), 1);
    setenv(kGuard, ("started again with " + std::string(kCoreType) + '=' + better + ", OpenBLAS had chosen " + blas.core).c_str(), 1);
    execv(programFile().c_str(), argv);
    // Still here: the system refused. Slow kernels are better than none.
    unsetenv(kCoreType);
    setenv(kGuard, ("could not start again for OpenBLAS: " + std::string(std::strerror(errno))).c_str(), 1);
}

double quotaOf(const std::string& file) {
    std::ifstream stream(file);
    std::string quota;
    double period = 0;
    if (!(stream >> quota >> period) || quota == "max" || period <= 0) return 0;
    return std::atof(quota.c_str()) / period;
}

}  // namespace

int availableCores() {
    cpu_set_t set;
    CPU_ZERO(&set);
    int cores = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : static_cast<int>(sysconf(_SC_NPROCESSORS_ONLN));
    if (const double quota = quotaOf("/sys/fs/cgroup/cpu.max"); quota > 0) cores = std::min(cores, static_cast<int>(std::ceil(quota)));
    return std::max(cores, 1);
}

std::string preparationNote() {
    const char* note = std::getenv(kGuard);
    return note ? note : "";
}

void prepareProcess(int argc, char** argv) {
    startAgainForBlas(argv);
    restBlasThreadsEarly();
    raiseMallocThresholds();
    std::signal(SIGXFSZ, SIG_IGN);  // a full quota is an error of write(), not the end of the process
    std::signal(SIGPIPE, SIG_IGN);
    // Read by OpenCV: seconds until a camera that sends nothing counts as gone, and FFmpeg's silence about damaged videos.
    setenv("OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT", "3", /*overwrite=*/0);
    setenv("OPENCV_FFMPEG_LOGLEVEL", "-8", /*overwrite=*/0);
    openLogFile(argc > 0 && argv[0] ? std::filesystem::path(argv[0]).filename().string() : "thaw");

    const EngineInfo info = engineInfo();
    logMessage("info", "Thaw " + info.thawVersion + ", LibTorch " + info.libtorchVersion + " (" + info.cpuCapability + "), " +
                           info.blasLibrary + (info.blasCore.empty() ? "" : " (" + info.blasCore + ")") + ", " + info.processor + ", " +
                           std::to_string(info.cores) + (info.cores == 1 ? " core" : " cores") + (info.note.empty() ? "" : ", " + info.note));
    if (!info.blasSuitable)
        logMessage("warning", info.blasLibrary + (info.blasCore.empty() ? "" : " with its " + info.blasCore + " kernels") +
                                  " is slow on this processor. " +
                                  (std::getenv(kGuard) || !std::getenv(kCoreType)
                                       ? "Install OpenBLAS (libopenblas0-pthread) or a newer one."
                                       : std::string("Unset ") + kCoreType + ", which asks for them."));
}

void giveWayToOtherThreads() {
    constexpr int kNiceness = 5;
    if (setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), kNiceness) != 0)
        logMessage("warning", "The training thread keeps its priority: " + std::string(std::strerror(errno)));
}

}  // namespace thaw::core
