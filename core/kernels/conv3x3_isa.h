// One table of kernels an instruction set; conv3x3_impl.h fills it, conv3x3.cpp picks one.
#pragma once

#include "core/kernels/conv3x3.h"

namespace thaw::core::kernels {

struct ConvKernels {
    int panel;  ///< output channels in a packed panel
    void (*pack)(ConvMethod method, const float* weights, int outChannels, int inChannels, bool forGradient, float* packed, int threads);
    void (*convolve)(ConvMethod method, const ConvShape& shape, const float* x, const float* packed, const Epilogue& epilogue, float* y,
                     int threads);
    void (*weightGradient)(ConvMethod method, const ConvShape& shape, const float* x, const float* dy, float* dw, int threads);
};

extern const ConvKernels kAvx2Kernels;
extern const ConvKernels kAvx512Kernels;

/// Floats between two positions' matrices: away from multiples of a page, where all would meet in one cache set.
constexpr long paddedStride(long floats) { return (floats + 1023) / 1024 * 1024 + 80; }

/// Transform positions of a method: 36 or 9.
constexpr int positionsOf(ConvMethod method) { return method == ConvMethod::Toeplitz ? 9 : 36; }

}  // namespace thaw::core::kernels
