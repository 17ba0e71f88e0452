// The BLAS that the process has loaded, asked at run time, and whether its kernels suit the processor.
#pragma once

#include <string>

#include "core/util/cpu_features.h"

namespace thaw::core {

struct LoadedBlas {
    bool isOpenBlas = false;
    std::string library;  ///< "OpenBLAS 0.3.21", "BLIS", "reference BLAS (slow)"
    std::string core;     ///< OpenBLAS: the kernels that it runs, "SkylakeX"
};
LoadedBlas loadedBlas();

/// The OPENBLAS_CORETYPE that should be; empty when `core` suits such a processor. Pure.
std::string betterCoreType(const std::string& core, const CpuFeatures& features);

/// OpenBLAS takes its slowest kernels on processors that it does not know: here it chooses again, told by OPENBLAS_CORETYPE,
/// unless the user has set that. For the start of a process, before anything multiplies. Returns what was done; empty where there
/// was no need.
std::string chooseBlasKernels();

/// OpenBLAS keeps a thread count of its own, for all threads that call it.
void setBlasThreads(int threads);

/// Multiply-adds of a forward pass below which OpenBLAS's threads wait for each other longer than they compute.
constexpr double kWorthThreads = 1e8;

/// While one lives that stands for less than kWorthThreads, OpenBLAS multiplies in the calling thread alone: its other threads
/// would wait for a time slice behind OpenMP's, which spin between two convolutions. For scopes of any thread.
class SmallProduct {
public:
    explicit SmallProduct(double multiplyAdds);
    ~SmallProduct();
    SmallProduct(const SmallProduct&) = delete;
    SmallProduct& operator=(const SmallProduct&) = delete;

private:
    const bool m_small;
};

/// OpenBLAS's threads spin for a while after each product, on the cores that LibTorch's and Thaw's threads then need: a step
/// that thaws block 5 takes half as long again. prepareProcess sets OPENBLAS_THREAD_TIMEOUT, where the user has not, so that they
/// sleep at once; a library that was loaded before that reads it here. For the start of a process. Returns false where OpenBLAS
/// is not loaded.
bool restBlasThreadsEarly();

}  // namespace thaw::core
