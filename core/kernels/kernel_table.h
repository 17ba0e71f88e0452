// One table of kernels an instruction set: kernels_impl.h fills it, kernels() picks one.
#pragma once

#include "core/kernels/conv3x3.h"

namespace thaw::core::kernels {

/// c[rows][columns] = relu(op(a) op(b) + bias), all dense. Columns in multiples of 64, depth of 8 where b is transposed.
struct DenseProduct {
    int rows = 0, columns = 0, depth = 0;
    const float* a = nullptr;                       ///< [rows][depth]; transposed [depth][rows]
    const float* b = nullptr;                       ///< [depth][columns]; transposed [columns][depth]
    bool transposedA = false, transposedB = false;  ///< not both
    const float* bias = nullptr;                    ///< columns values; null: none
    bool relu = false;
    float* c = nullptr;
};

struct KernelTable {
    void (*pack)(ConvMethod method, const float* weights, int outChannels, int inChannels, bool forGradient, float* packed,
                 int threads);
    void (*convolve)(ConvMethod method, const ConvShape& shape, const float* x, const float* packed, const Epilogue& epilogue,
                     float* y, int threads);
    void (*weightGradient)(ConvMethod method, const ConvShape& shape, const float* x, const float* dy, float* dw, int threads);
    void (*multiplyDense)(const DenseProduct& product, int threads);
};

extern const KernelTable kAvx2Kernels;
extern const KernelTable kAvx512Kernels;

/// This processor's. Only where instructionSet() is not None.
const KernelTable& kernels();

/// Floats between two positions' matrices: away from multiples of a page, where all would meet in one cache set.
constexpr long paddedStride(long floats) { return (floats + 1023) / 1024 * 1024 + 80; }

/// Transform positions of a method: 36 or 9.
constexpr int positionsOf(ConvMethod method) { return method == ConvMethod::Toeplitz ? 9 : 36; }

}  // namespace thaw::core::kernels
