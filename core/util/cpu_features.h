#pragma once

namespace thaw::core {

/// Vector instructions that matter to the choice of kernels, as processor and system offer them.
struct CpuFeatures {
    bool avx2 = false;    ///< AVX2 and FMA
    bool avx512 = false;  ///< AVX-512 F, DQ, BW and VL
};
CpuFeatures cpuFeatures();

}  // namespace thaw::core
