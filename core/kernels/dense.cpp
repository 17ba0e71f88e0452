#include "core/kernels/dense.h"

#include <cstring>

#include "core/kernels/instruction_set.h"
#include "core/kernels/kernel_table.h"

namespace thaw::core::kernels {

bool hasDense(const DenseShape& shape) {
    return instructionSet() != InstructionSet::None && shape.in > 0 && shape.in % 64 == 0 && shape.out > 0 && shape.out % 64 == 0;
}

void denseForward(const DenseShape& shape, const float* x, const float* weights, const float* bias, bool relu, float* y,
                  int threads) {
    kernels().multiplyDense(
        {shape.rows, shape.out, shape.in, x, weights, /*transposedA=*/false, /*transposedB=*/true, bias, relu, y}, threads);
}

void denseDataGradient(const DenseShape& shape, const float* dy, const float* weights, float* dx, int threads) {
    kernels().multiplyDense(
        {shape.rows, shape.in, shape.out, dy, weights, /*transposedA=*/false, /*transposedB=*/false, nullptr, false, dx},
        threads);
}

void denseWeightGradient(const DenseShape& shape, const float* x, const float* dy, float* dw, int threads) {
    if (shape.rows == 0) {
        std::memset(dw, 0, sizeof(float) * static_cast<std::size_t>(shape.in) * static_cast<std::size_t>(shape.out));
        return;
    }
    kernels().multiplyDense(
        {shape.out, shape.in, shape.rows, dy, x, /*transposedA=*/true, /*transposedB=*/false, nullptr, false, dw}, threads);
}

}  // namespace thaw::core::kernels
