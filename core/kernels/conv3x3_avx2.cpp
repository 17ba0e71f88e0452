#define THAW_VECTOR_FLOATS 8
#define THAW_KERNELS kAvx2Kernels
#include "core/kernels/conv3x3_impl.h"
