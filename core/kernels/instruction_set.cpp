#include "core/kernels/instruction_set.h"

#include <cstdlib>
#include <cstring>

#include "core/kernels/kernel_table.h"
#include "core/util/blas.h"

namespace thaw::core::kernels {
namespace {

InstructionSet detect() {
    const char* wanted = std::getenv("THAW_ISA");
    if (wanted && std::strcmp(wanted, "none") == 0) return InstructionSet::None;
    const CpuFeatures features = cpuFeatures();
    if (features.avx512 && !(wanted && std::strcmp(wanted, "avx2") == 0)) return InstructionSet::Avx512;
    return features.avx2 ? InstructionSet::Avx2 : InstructionSet::None;
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
