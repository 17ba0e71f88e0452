#define THAW_VECTOR_FLOATS 8
#define THAW_KERNELS kAvx2Kernels
#include "core/kernels/kernels_impl.h"
