// What all kernels are made of: vectors of the instruction set, ranges, memory that is kept. Included by kernels_impl.h alone.
#pragma once

#include <immintrin.h>

#include <cstdlib>

namespace thaw::core::kernels {
namespace {

#define THAW_INLINE inline __attribute__((always_inline))
#define THAW_UNROLL _Pragma("GCC unroll 16")

constexpr int kVector = THAW_VECTOR_FLOATS;
typedef float Vector __attribute__((vector_size(kVector * sizeof(float)), aligned(sizeof(float)), may_alias));

#if THAW_VECTOR_FLOATS == 16
THAW_INLINE Vector broadcast(const float* p) { return (Vector)_mm512_set1_ps(*p); }
/// The processor's maximum: b where either is not a number.
THAW_INLINE Vector maximum(Vector a, Vector b) { return (Vector)_mm512_max_ps((__m512)a, (__m512)b); }
/// Not a number where either is.
THAW_INLINE Vector largest(Vector a, Vector b) {
    return (Vector)_mm512_mask_mov_ps((__m512)maximum(a, b), _mm512_cmp_ps_mask((__m512)a, (__m512)a, _CMP_UNORD_Q), (__m512)a);
}
/// Past the caches; p is aligned. For what is read much later: fetching the line first would cost as much as writing it.
THAW_INLINE void stream(float* p, Vector v) { _mm512_stream_ps(p, (__m512)v); }
#else
THAW_INLINE Vector broadcast(const float* p) { return (Vector)_mm256_broadcast_ss(p); }
THAW_INLINE Vector maximum(Vector a, Vector b) { return (Vector)_mm256_max_ps((__m256)a, (__m256)b); }
THAW_INLINE Vector largest(Vector a, Vector b) {
    return (Vector)_mm256_blendv_ps((__m256)maximum(a, b), (__m256)a, _mm256_cmp_ps((__m256)a, (__m256)a, _CMP_UNORD_Q));
}
THAW_INLINE void stream(float* p, Vector v) { _mm256_stream_ps(p, (__m256)v); }
#endif

/// columns[i] = the i-th floats of the eight rows.
THAW_INLINE void transpose8(const __m256* rows, __m256* columns) {
    __m256 pair[8], quad[8];
    THAW_UNROLL for (int i = 0; i < 8; i += 2) {
        pair[i] = _mm256_unpacklo_ps(rows[i], rows[i + 1]);
        pair[i + 1] = _mm256_unpackhi_ps(rows[i], rows[i + 1]);
    }
    THAW_UNROLL for (int i = 0; i < 8; i += 4) {
        quad[i] = _mm256_shuffle_ps(pair[i], pair[i + 2], 0x44);
        quad[i + 1] = _mm256_shuffle_ps(pair[i], pair[i + 2], 0xEE);
        quad[i + 2] = _mm256_shuffle_ps(pair[i + 1], pair[i + 3], 0x44);
        quad[i + 3] = _mm256_shuffle_ps(pair[i + 1], pair[i + 3], 0xEE);
    }
    THAW_UNROLL for (int i = 0; i < 4; ++i) {
        columns[i] = _mm256_permute2f128_ps(quad[i], quad[i + 4], 0x20);
        columns[i + 4] = _mm256_permute2f128_ps(quad[i], quad[i + 4], 0x31);
    }
}

THAW_INLINE Vector load(const float* p) { return *(const Vector*)p; }
THAW_INLINE void store(float* p, Vector v) { *(Vector*)p = v; }
THAW_INLINE int least(int a, int b) { return a < b ? a : b; }
THAW_INLINE long least(long a, long b) { return a < b ? a : b; }

/// A value that is not a number stays so: a run that diverged must not look like one with dead units.
THAW_INLINE Vector rectified(Vector value, bool relu) { return relu ? maximum(Vector{}, value) : value; }

struct Range {
    long begin, end;
    long size() const { return end - begin; }
};

/// The part-th of `parts` nearly equal ranges of [0, count), cut at multiples of `grain`.
THAW_INLINE Range rangeOf(long count, long grain, long parts, long part) {
    const long grains = (count + grain - 1) / grain;
    return {least(count, grains * part / parts * grain), least(count, grains * (part + 1) / parts * grain)};
}

/// Grows and is kept for the thread's next call: fresh pages at every call would cost as much as the transforms.
class Workspace {
public:
    ~Workspace() { std::free(m_data); }
    float* reserve(long floats) {
        if (floats > m_capacity) {
            std::free(m_data);
            m_capacity = floats;
            m_data = static_cast<float*>(std::aligned_alloc(64, ((std::size_t)floats * sizeof(float) + 63) / 64 * 64));
            if (!m_data) std::abort();
        }
        return m_data;
    }

private:
    float* m_data = nullptr;
    long m_capacity = 0;
};
thread_local Workspace t_inputs, t_products, t_panel;

}  // namespace
}  // namespace thaw::core::kernels
