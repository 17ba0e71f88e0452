// Which of the kernels this processor can run.
#pragma once

namespace thaw::core::kernels {

enum class InstructionSet { None, Avx2, Avx512 };

/// What this processor offers, or less where the environment variable THAW_ISA says "avx2" or "none". Read once.
InstructionSet instructionSet();
const char* toString(InstructionSet set);

}  // namespace thaw::core::kernels
