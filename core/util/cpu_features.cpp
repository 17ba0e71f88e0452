#include "core/util/cpu_features.h"

namespace thaw::core {

CpuFeatures cpuFeatures() {
    CpuFeatures features;
#if defined(__x86_64__)
    features.avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    features.avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
                      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
#endif
    return features;
}

}  // namespace thaw::core
