// The machine and the libraries, and what a process has to do before it computes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace thaw::core {

struct EngineInfo {
    std::string thawVersion;
    std::string libtorchVersion;
    std::string cpuCapability;  ///< of LibTorch: "AVX512"
    std::string processor;
    std::string blasLibrary;       ///< "OpenBLAS 0.3.21", "reference BLAS (slow)"
    std::string blasCore;          ///< kernels it runs: "SkylakeX"
    bool blasSuitable = true;      ///< the kernels are this processor's own
    int cores = 0;                 ///< processors that this process may use
    int threads = 0;               ///< that compute unless another number is asked for
    std::string device;            ///< "CPU", or CUDA's devices and that nobody tested them
    std::int64_t memoryBytes = 0;  ///< of the machine
    std::filesystem::path dataFolder, cacheFolder, runsFolder, configFolder;
    std::int64_t cacheBytes = 0;
    std::string note;  ///< "OpenBLAS had chosen its Prescott kernels and was told SkylakeX"; empty: nothing to tell
};

EngineInfo engineInfo();
std::string version();                 ///< of Thaw, as in EngineInfo, without looking at anything else
std::filesystem::path configFolder();  ///< as in EngineInfo, without looking at anything else
std::filesystem::path cacheFolder();   ///< as in EngineInfo, without looking at anything else

/// First thing in main(): raises malloc's thresholds; ignores SIGXFSZ and SIGPIPE; opens the log.
void prepareProcess(int argc, char** argv);

/// Next, before anything computes: where the BLAS library chose another processor's kernels it is told better; the log says what
/// there is. A program that loads the engine late does this with it, at the first call that needs the engine, in the calling
/// thread: calls below and in the other headers then take a second longer, and throw Error where there is no engine.
void prepareEngine();

/// What a setting of threads may ask for at most.
inline constexpr int kMostThreads = 1024;

/// Calling thread: EngineInfo::threads (threads = 0), or as many as said but no more than EngineInfo::cores. First thing in the
/// thread that trains.
void useComputeThreads(int threads);

/// Calling thread, and the compute threads that it starts from now on, give way to the program's other threads: a window answers
/// at once while all cores compute. First thing in a thread that trains beside a window.
void giveWayToOtherThreads();

/// The same, and to training as well: where nothing trains the thread has the processor to itself. Beside a run a long analysis
/// takes at most about a twentieth of a core, another one a quarter. First thing in a thread of analyses.
void giveWayToTraining(bool longAnalyses);

/// Messages of the core's log, level "debug", "info", "warning" or "error". Called on the thread that logs; keep it short.
using LogListener = std::function<void(double time, const std::string& level, const std::string& text)>;
/// Returns an id for removeLogListener. Thread-safe.
int addLogListener(LogListener listener);
void removeLogListener(int id);
/// Writes to the core's log. Thread-safe.
void logMessage(const std::string& level, const std::string& text);

/// Deletes the features that are cached in `directory` (CacheConfig::directory; empty: the user's cache folder) and nothing else;
/// returns the bytes freed. Runs that read them go on from memory or compute them anew. Blocking.
std::int64_t clearFeatureCache(const std::filesystem::path& directory = {});

}  // namespace thaw::core
