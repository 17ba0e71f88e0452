#define THAW_VECTOR_FLOATS 16
#define THAW_KERNELS kAvx512Kernels
#include "core/kernels/kernels_impl.h"
