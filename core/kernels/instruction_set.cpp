#include "core/kernels/instruction_set.h"

#include <cstdlib>
#include <cstring>

#include "core/kernels/kernel_table.h"

namespace thaw::core::kernels {
namespace {

InstructionSet detect() {
#if defined(__x86_64__)
    const char* wanted = std::getenv("THAW_ISA");
    if (wanted && std::strcmp(wanted, "none") == 0) return InstructionSet::None;
    __builtin_cpu_init();
    const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    const bool avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
                        __builtin_cpu_supports("avx512bw");
    if (avx512 && !(wanted && std::strcmp(wanted, "avx2") == 0)) return InstructionSet::Avx512;
    if (avx2) return InstructionSet::Avx2;
#endif
    return InstructionSet::None;
}

}  // namespace

InstructionSet instructionSet() {
    static const InstructionSet set = detect();
    return set;
}

const char* toString(InstructionSet set) {
    return set == InstructionSet::Avx512 ? "AVX-512" : set == InstructionSet::Avx2 ? "AVX2" : "none";
}

const KernelTable& kernels() {
#if defined(__x86_64__)
    static const KernelTable& table = instructionSet() == InstructionSet::Avx512 ? kAvx512Kernels : kAvx2Kernels;
    return table;
#else
    std::abort();
#endif
}

}  // namespace thaw::core::kernels
