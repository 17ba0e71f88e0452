#include "core/api/engine_info.h"

#include <torch/torch.h>
#include <torch/version.h>

#include <ATen/Version.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "core/store/paths.h"
#include "core/util/blas.h"
#include "core/util/threads.h"

namespace thaw::core {

namespace fs = std::filesystem;

namespace {

std::string preparationNote;  // written by prepareEngine, before there are threads that read it

std::string processorName() {
    std::ifstream stream("/proc/cpuinfo");
    for (std::string line; std::getline(stream, line);)
        if (line.rfind("model name", 0) == 0)
            if (const std::size_t colon = line.find(": "); colon != std::string::npos) return line.substr(colon + 2);
    return "unknown processor";
}

std::int64_t sizeOfFolder(const fs::path& folder) {
    std::int64_t bytes = 0;
    std::error_code error;
    for (fs::recursive_directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
        std::error_code ignored;
        if (!it->is_regular_file(ignored) || it->is_symlink(ignored)) continue;
        const auto size = it->file_size(ignored);
        if (!ignored) bytes += static_cast<std::int64_t>(size);
    }
    return bytes;
}

// at::get_cpu_capability() came with LibTorch 2; the text that both print has a line "  - CPU capability usage: AVX512".
std::string cpuCapability() {
    static constexpr char kLabel[] = "CPU capability usage: ";
    const std::string config = at::show_config();
    const std::size_t label = config.find(kLabel);
    if (label == std::string::npos) return "unknown";
    const std::size_t begin = label + sizeof kLabel - 1;
    return config.substr(begin, config.find('\n', begin) - begin);
}

}  // namespace

void prepareEngine() {
    preparationNote = chooseBlasKernels();
    restBlasThreadsEarly();
    const EngineInfo info = engineInfo();
    logMessage("info", "Thaw " + info.thawVersion + ", LibTorch " + info.libtorchVersion + " (" + info.cpuCapability + "), " +
                           info.blasLibrary + (info.blasCore.empty() ? "" : " (" + info.blasCore + ")") + ", " + info.processor +
                           ", " + std::to_string(info.cores) + (info.cores == 1 ? " core" : " cores") +
                           (info.note.empty() ? "" : ", " + info.note));
    if (info.blasSuitable) return;
    const bool asked = std::getenv("OPENBLAS_CORETYPE") && info.note.empty();
    logMessage("warning", info.blasLibrary + (info.blasCore.empty() ? "" : " with its " + info.blasCore + " kernels") +
                              " is slow on this processor. " +
                              (asked ? "Unset OPENBLAS_CORETYPE, which asks for them."
                                     : "Install OpenBLAS (libopenblas0-pthread) or a newer one."));
}

EngineInfo engineInfo() {
    EngineInfo info;
    info.thawVersion = version();
    info.libtorchVersion = TORCH_VERSION;
    info.cpuCapability = cpuCapability();
    info.processor = processorName();

    const LoadedBlas blas = loadedBlas();
    if (at::hasMKL()) {  // LibTorch's own builds carry it inside, where no other library can see it
        info.blasLibrary = "Intel MKL";
    } else {
        info.blasLibrary = blas.library;
        info.blasCore = blas.core;
        info.blasSuitable =
            blas.isOpenBlas ? betterCoreType(blas.core, cpuFeatures()).empty() : blas.library.find("slow") == std::string::npos;
    }
    info.cores = availableCores();
    info.threads = threadsFor(0);
    const auto devices = torch::cuda::is_available() ? torch::cuda::device_count() : 0;
    info.device = devices == 0 ? "CPU"
                               : "CUDA (" + std::to_string(devices) + (devices == 1 ? " device" : " devices") +
                                     "), which Thaw's makers could not test";
    info.memoryBytes = static_cast<std::int64_t>(sysconf(_SC_PHYS_PAGES)) * sysconf(_SC_PAGE_SIZE);
    info.dataFolder = dataFolder();
    info.cacheFolder = cacheFolder();
    info.runsFolder = runsFolder();
    info.configFolder = configFolder();
    info.cacheBytes = sizeOfFolder(info.cacheFolder);
    info.note = preparationNote;
    return info;
}

void useComputeThreads(int threads) {
    const int count = threadsFor(threads);
    at::set_num_threads(count);
    setBlasThreads(count);
}

}  // namespace thaw::core
