#define THAW_VECTOR_FLOATS 16
#define THAW_KERNELS kAvx512Kernels
#include "core/kernels/conv3x3_impl.h"
