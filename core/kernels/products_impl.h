// Products of matrices that lie in the caches: the micro-kernel and its loops. Included by kernels_impl.h alone.
#pragma once

#include "core/kernels/vectors_impl.h"

namespace thaw::core::kernels {
namespace {

constexpr int kPanelVectors = kVector == 16 ? 4 : 2;
constexpr int kPanel = kPanelVectors * kVector;  // columns of a micro-kernel
constexpr int kRows = 6;                         // rows of a micro-kernel
constexpr int kDepth = 256;                      // products a pass over a panel, so that it stays near the processor

/// Bytes that the products after these read, fetched into the second-level cache `step` bytes a time: a filter of many channels
/// comes from memory, and waiting for each panel would cost a third of the time.
struct Ahead {
    const char* next;
    long step;
};

/// c[Rows][kPanel] (+)= a * b; a's element (row, k) is a[row * rowStride + k * depthStride], b holds kPanel floats for each k.
template <int Rows>
THAW_INLINE void multiply(int depth, const float* a, long rowStride, long depthStride, const float* b, float* c, long cStride,
                          bool accumulate, Ahead ahead) {
    Vector sum[Rows][kPanelVectors];
    THAW_UNROLL for (int i = 0; i < Rows; ++i) {
        THAW_UNROLL for (int j = 0; j < kPanelVectors; ++j) sum[i][j] =
            accumulate ? load(c + i * cStride + j * kVector) : Vector{};
    }
    for (int k = 0; k < depth; ++k) {
        Vector row[kPanelVectors];
        THAW_UNROLL for (int j = 0; j < kPanelVectors; ++j) row[j] = load(b + (long)k * kPanel + j * kVector);
        _mm_prefetch(ahead.next + k * ahead.step, _MM_HINT_T1);
        THAW_UNROLL for (int i = 0; i < Rows; ++i) {
            const Vector factor = broadcast(a + i * rowStride + k * depthStride);
            THAW_UNROLL for (int j = 0; j < kPanelVectors; ++j) sum[i][j] += factor * row[j];
        }
    }
    THAW_UNROLL for (int i = 0; i < Rows; ++i) {
        THAW_UNROLL for (int j = 0; j < kPanelVectors; ++j) store(c + i * cStride + j * kVector, sum[i][j]);
    }
}

/// The two forms that occur, so that one stride is a constant: a row-major, and a transposed.
template <int Rows, bool Transposed>
__attribute__((noinline)) void multiplyRows(int depth, const float* a, long aStride, const float* b, float* c, long cStride,
                                            bool accumulate, Ahead ahead) {
    if constexpr (Transposed)
        multiply<Rows>(depth, a, 1, aStride, b, c, cStride, accumulate, ahead);
    else
        multiply<Rows>(depth, a, aStride, 1, b, c, cStride, accumulate, ahead);
}

template <int Rows, bool Transposed>
void multiplyLastRows(int rows, int depth, const float* a, long aStride, const float* b, float* c, long cStride, bool accumulate,
                      Ahead ahead) {
    if constexpr (Rows > 0) {
        if (rows == Rows)
            multiplyRows<Rows, Transposed>(depth, a, aStride, b, c, cStride, accumulate, ahead);
        else
            multiplyLastRows<Rows - 1, Transposed>(rows, depth, a, aStride, b, c, cStride, accumulate, ahead);
    }
}

/// `next`: what is multiplied after it.
template <bool Transposed>
void multiplyPanel(int rows, int depth, const float* a, long aStride, const float* b, float* c, long cStride, bool accumulate,
                   const float* next) {
    const long rowStep = Transposed ? 1 : aStride;
    // All rows together fetch a panel.
    const long groups = (rows + kRows - 1) / kRows, step = ((long)sizeof(float) * kPanel + groups - 1) / groups;
    int i = 0;
    for (; i + kRows <= rows; i += kRows)
        multiplyRows<kRows, Transposed>(depth, a + i * rowStep, aStride, b, c + i * cStride, cStride, accumulate,
                                        {(const char*)next + i / kRows * depth * step, step});
    if (i < rows)
        multiplyLastRows<kRows - 1, Transposed>(rows - i, depth, a + i * rowStep, aStride, b, c + i * cStride, cStride,
                                                accumulate, {(const char*)next + i / kRows * depth * step, step});
}

/// c[rows][columns] = a[rows][depth] * b, b packed in panels of kPanel columns; `next` is the b of the following product.
void product(int rows, int depth, int columns, const float* a, long aStride, const float* packed, float* c, long cStride,
             const float* next) {
    const int panels = columns / kPanel;
    for (int k = 0; k < depth; k += kDepth) {
        const int part = least(kDepth, depth - k);
        for (int panel = 0; panel < panels; ++panel) {
            const float* after = panel + 1 < panels   ? packed + ((long)(panel + 1) * depth + k) * kPanel
                                 : k + kDepth < depth ? packed + (long)(k + kDepth) * kPanel
                                                      : next;
            multiplyPanel<false>(rows, part, a + k, aStride, packed + ((long)panel * depth + k) * kPanel, c + panel * kPanel,
                                 cStride, k > 0, after);
        }
    }
}

/// c[rows][columns] (+)= transpose(a[depth][rows]) * b, b packed in panels of kPanel columns.
void productOfTransposed(int depth, int rows, int columns, const float* a, long aStride, const float* packed, float* c,
                         long cStride, bool accumulate) {
    for (int panel = 0; panel < columns / kPanel; ++panel) {
        const float* b = packed + (long)panel * depth * kPanel;
        multiplyPanel<true>(rows, depth, a, aStride, b, c + panel * kPanel, cStride, accumulate, b + (long)depth * kPanel);
    }
}

}  // namespace
}  // namespace thaw::core::kernels
