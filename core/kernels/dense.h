// The three products of a dense layer on float32: forward and both gradients.
//
// OpenBLAS computes the same, but its threads and OpenMP's wait for each other, and it is far from the processor's limit on
// matrices as small as a head's. All matrices are dense and row-major, 64-byte alignment is not needed. Each call uses `threads`
// OpenMP threads; results do not depend on their number.
#pragma once

namespace thaw::core::kernels {

struct DenseShape {
    int rows = 0, in = 0, out = 0;
};

/// Whether the functions below compute this shape: units in multiples of 64 on both sides. Zero rows are fine.
bool hasDense(const DenseShape& shape);

/// y[rows][out] = x[rows][in] transpose(weights[out][in]) + bias[out], negative values set to zero when `relu`.
void denseForward(const DenseShape& shape, const float* x, const float* weights, const float* bias, bool relu, float* y,
                  int threads);

/// dx[rows][in] = dy[rows][out] weights[out][in].
void denseDataGradient(const DenseShape& shape, const float* dy, const float* weights, float* dx, int threads);

/// dw[out][in] = transpose(dy[rows][out]) x[rows][in].
void denseWeightGradient(const DenseShape& shape, const float* x, const float* dy, float* dw, int threads);

}  // namespace thaw::core::kernels
