#include "core/kernels/kernel_table.h"

#include <cstdlib>

#include "core/kernels/instruction_set.h"

namespace thaw::core::kernels {

const KernelTable& kernels() {
#if defined(__x86_64__)
    static const KernelTable& table = instructionSet() == InstructionSet::Avx512 ? kAvx512Kernels : kAvx2Kernels;
    return table;
#else
    std::abort();
#endif
}

}  // namespace thaw::core::kernels
