// All kernels, compiled once for AVX2 and once for AVX-512: the including file defines THAW_VECTOR_FLOATS (8 or 16) and
// THAW_KERNELS (the table's name). Nothing here may instantiate a function that other files share (std::vector, std::min): the
// linker could keep this file's copy, with instructions that the processor lacks.
#include "core/kernels/conv3x3_impl.h"
#include "core/kernels/dense_impl.h"
#include "core/kernels/kernel_table.h"

namespace thaw::core::kernels {

extern const KernelTable THAW_KERNELS;
const KernelTable THAW_KERNELS = {pack, convolve, weightGradient, multiplyDense};

}  // namespace thaw::core::kernels
