// The BLAS that the process has loaded, asked at run time, and whether its kernels suit the processor.
#pragma once

#include <string>

namespace thaw::core {

struct LoadedBlas {
    bool isOpenBlas = false;
    std::string library;   ///< "OpenBLAS 0.3.21", "BLIS", "reference BLAS (slow)"
    std::string core;      ///< OpenBLAS: the kernels that it runs, "SkylakeX"
};
LoadedBlas loadedBlas();

/// Vector instructions that matter to the choice of kernels, as processor and system offer them.
struct CpuFeatures {
    bool avx2 = false;     ///< AVX2 and FMA
    bool avx512 = false;   ///< AVX-512 F, DQ, BW and VL
};
CpuFeatures cpuFeatures();

/// The OPENBLAS_CORETYPE to start again with; empty when `core` suits such a processor. Pure.
std::string betterCoreType(const std::string& core, const CpuFeatures& features);

/// OpenBLAS keeps a thread count of its own.
void setBlasThreads(int threads);

/// OpenBLAS's threads spin for 2^26 cycles after each product, on the cores that LibTorch's and Thaw's threads then need: a step
/// that thaws block 5 takes half as long again. From here on they sleep at once. For the start of a process, before threads
/// multiply; a user's OPENBLAS_THREAD_TIMEOUT is respected. Returns false where it was, or where OpenBLAS is not loaded.
bool restBlasThreadsEarly();

}  // namespace thaw::core
