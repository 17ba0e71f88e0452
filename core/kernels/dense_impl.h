// The three products of a dense layer. Included by kernels_impl.h alone.
#pragma once

#include "core/kernels/kernel_table.h"
#include "core/kernels/products_impl.h"

namespace thaw::core::kernels {
namespace {

/// packed[k][kPanel] of b[depth][columns], or of b[columns][depth] when Transposed.
template <bool Transposed>
void packPanel(const float* b, long stride, int depth, float* packed) {
    if constexpr (Transposed) {
        for (int column = 0; column < kPanel; column += 8) {
            for (int k = 0; k < depth; k += 8) {
                __m256 rows[8], columns[8];
                THAW_UNROLL for (int i = 0; i < 8; ++i) rows[i] = _mm256_loadu_ps(b + (column + i) * stride + k);
                transpose8(rows, columns);
                THAW_UNROLL for (int i = 0; i < 8; ++i) _mm256_storeu_ps(packed + (k + i) * kPanel + column, columns[i]);
            }
        }
    } else {
        for (int k = 0; k < depth; ++k) {
            THAW_UNROLL for (int j = 0; j < kPanelVectors; ++j)
                store(packed + k * kPanel + j * kVector, load(b + k * stride + j * kVector));
        }
    }
}

template <bool TransposedA, bool TransposedB>
void denseProduct(const DenseProduct& p, int threads) {
    const int panels = p.columns / kPanel, rowParts = (threads + panels - 1) / panels;
    const long aDepth = TransposedA ? p.rows : 1, aRow = TransposedA ? 1 : p.depth;
    const long bDepth = TransposedB ? 1 : p.columns, bColumn = TransposedB ? p.depth : 1;
#pragma omp parallel for collapse(2) schedule(static) num_threads(threads)
    for (int part = 0; part < rowParts; ++part) {
        for (int panel = 0; panel < panels; ++panel) {
            const Range rows = rangeOf(p.rows, kRows, rowParts, part);
            if (rows.size() == 0) continue;
            float* packed = t_panel.reserve((long)kDepth * kPanel);
            float* c = p.c + rows.begin * p.columns + panel * kPanel;
            for (int k = 0; k < p.depth; k += kDepth) {
                const int depth = least(kDepth, p.depth - k);
                packPanel<TransposedB>(p.b + k * bDepth + panel * kPanel * bColumn, TransposedB ? p.depth : p.columns, depth,
                                       packed);
                multiplyPanel<TransposedA>((int)rows.size(), depth, p.a + rows.begin * aRow + k * aDepth,
                                           TransposedA ? p.rows : p.depth, packed, c, p.columns, k > 0, packed);
            }
            if (!p.bias && !p.relu) continue;
            for (long row = 0; row < rows.size(); ++row) {
                THAW_UNROLL for (int j = 0; j < kPanelVectors; ++j) {
                    float* value = c + row * p.columns + j * kVector;
                    const Vector bias = p.bias ? load(p.bias + panel * kPanel + j * kVector) : Vector{};
                    store(value, rectified(load(value) + bias, p.relu));
                }
            }
        }
    }
}

void multiplyDense(const DenseProduct& p, int threads) {
    if (p.transposedA)
        denseProduct<true, false>(p, threads);
    else if (p.transposedB)
        denseProduct<false, true>(p, threads);
    else
        denseProduct<false, false>(p, threads);
}

}  // namespace
}  // namespace thaw::core::kernels
