#include "core/kernels/dense.h"

#include <cstring>

#include "core/kernels/instruction_set.h"
#include "core/kernels/kernel_table.h"

namespace thaw::core::kernels {

bool hasDense(const DenseShape& shape) {
    return instructionSet() != InstructionSet::None && shape.in > 0 && shape.in % 64 == 0 && shape.out > 0 && shape.out % 64 == 0;
}

void denseForward(const DenseShape& shape, const float* x, const float* weights, const float* bias, bool relu, float* y, int threads) {
    DenseProduct product;
    product.rows = shape.rows, product.columns = shape.out, product.depth = shape.in;
    product.a = x, product.b = weights, product.transposedB = true;
    product.bias = bias, product.relu = relu, product.c = y;
    kernels().multiplyDense(product, threads);
}

void denseDataGradient(const DenseShape& shape, const float* dy, const float* weights, float* dx, int threads) {
    DenseProduct product;
    product.rows = shape.rows, product.columns = shape.in, product.depth = shape.out;
    product.a = dy, product.b = weights, product.c = dx;
    kernels().multiplyDense(product, threads);
}

void denseWeightGradient(const DenseShape& shape, const float* x, const float* dy, float* dw, int threads) {
    if (shape.rows == 0) {
        std::memset(dw, 0, sizeof(float) * static_cast<std::size_t>(shape.in) * static_cast<std::size_t>(shape.out));
        return;
    }
    DenseProduct product;
    product.rows = shape.out, product.columns = shape.in, product.depth = shape.rows;
    product.a = dy, product.transposedA = true, product.b = x, product.c = dw;
    kernels().multiplyDense(product, threads);
}

}  // namespace thaw::core::kernels
