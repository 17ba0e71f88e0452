#include "core/util/blas.h"

#include <dlfcn.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <mutex>

namespace thaw::core {

namespace {

template <class Function>
Function* symbol(const char* name) {
    return reinterpret_cast<Function*>(dlsym(RTLD_DEFAULT, name));
}

template <std::size_t Count>
bool contains(const std::array<const char*, Count>& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

// OpenBLAS's names for kernels that use AVX-512, and for those that use AVX2 with FMA.
constexpr std::array kAvx512Cores = {"SkylakeX", "Cooperlake", "SapphireRapids"};
constexpr std::array kAvx2Cores = {"Haswell", "Zen", "Excavator"};

struct {
    std::mutex mutex;
    int wanted = 0;         // 0: not asked yet
    int smallProducts = 0;  // that live now
} g_threads;

void tellBlas(int threads) {
    static const auto set = symbol<void(int)>("openblas_set_num_threads");
    if (set) set(threads);
}

}  // namespace

LoadedBlas loadedBlas() {
    LoadedBlas blas;
    if (const auto coreName = symbol<char*()>("openblas_get_corename")) {
        blas.isOpenBlas = true;
        blas.core = coreName();
        blas.library = "OpenBLAS";
        if (const auto config = symbol<char*()>("openblas_get_config")) {
            const std::string text = config();  // "OpenBLAS 0.3.21 NO_LAPACKE DYNAMIC_ARCH ..."
            const std::size_t second = text.find(' ', text.find(' ') + 1);
            if (text.rfind("OpenBLAS ", 0) == 0) blas.library = text.substr(0, second);
        }
    } else if (symbol<void()>("bli_info_get_version_str")) {
        blas.library = "BLIS";
    } else if (symbol<void()>("mkl_get_version_string") || symbol<void()>("MKL_Get_Version_String")) {
        blas.library = "Intel MKL";
    } else {
        blas.library = "reference BLAS (slow)";
    }
    return blas;
}

std::string betterCoreType(const std::string& core, const CpuFeatures& features) {
    // Zen is what OpenBLAS chooses on AMD's processors on purpose, with AVX-512 or without.
    if (features.avx512) return contains(kAvx512Cores, core) || core == "Zen" ? "" : "SkylakeX";
    if (features.avx2) return contains(kAvx2Cores, core) ? "" : "Haswell";
    return {};
}

std::string chooseBlasKernels() {
    constexpr char kCoreType[] = "OPENBLAS_CORETYPE";
    const auto forget = symbol<void()>("gotoblas_dynamic_quit"), choose = symbol<void()>("gotoblas_dynamic_init");
    const LoadedBlas blas = loadedBlas();
    if (!blas.isOpenBlas || !forget || !choose || std::getenv(kCoreType)) return {};
    const std::string better = betterCoreType(blas.core, cpuFeatures());
    if (better.empty()) return {};
    setenv(kCoreType, better.c_str(), /*overwrite=*/0);
    forget();
    choose();
    return "OpenBLAS had chosen its " + blas.core + " kernels and was told " + better;
}

void setBlasThreads(int threads) {
    const std::lock_guard lock(g_threads.mutex);
    g_threads.wanted = threads;
    if (g_threads.smallProducts == 0) tellBlas(threads);
}

SmallProduct::SmallProduct(double multiplyAdds) : m_small(multiplyAdds < kWorthThreads) {
    if (!m_small) return;
    const std::lock_guard lock(g_threads.mutex);
    if (g_threads.smallProducts++ > 0) return;
    static const auto count = symbol<int()>("openblas_get_num_threads");
    if (g_threads.wanted == 0 && count) g_threads.wanted = count();
    tellBlas(1);
}

SmallProduct::~SmallProduct() {
    if (!m_small) return;
    const std::lock_guard lock(g_threads.mutex);
    if (--g_threads.smallProducts == 0) tellBlas(g_threads.wanted);
}

bool restBlasThreadsEarly() {
    const auto readEnvironment = symbol<void()>("openblas_read_env");
    const auto stopThreads = symbol<int()>("blas_thread_shutdown_");
    const auto startThreads = symbol<int()>("blas_thread_init");
    if (!readEnvironment || !stopThreads || !startThreads) return false;
    readEnvironment();
    stopThreads();
    startThreads();
    return true;
}

}  // namespace thaw::core
