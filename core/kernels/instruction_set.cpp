#include "core/kernels/instruction_set.h"

#include <cstdlib>
#include <cstring>

#include "core/util/cpu_features.h"

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

}  // namespace thaw::core::kernels
