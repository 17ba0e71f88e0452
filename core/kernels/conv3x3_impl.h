// The 3x3 convolutions by transforms: forward, data gradient, weight gradient. Included by kernels_impl.h alone.
#pragma once

#include <cstring>

#include "core/kernels/conv3x3.h"
#include "core/kernels/kernel_table.h"
#include "core/kernels/products_impl.h"

namespace thaw::core::kernels {
namespace {

// ---- One-dimensional transforms ------------------------------------------------------------------------------------------
// input: kIn values of x to kPositions; output: kPositions to kOut values of y; outputTransposed: kOut values of dy to
// kPositions; filter: 3 weights to kPositions; filterTransposed: kPositions to 3 weights.

struct Winograd {
    static constexpr int kIn = 6, kOut = 4, kPositions = 6;

    static THAW_INLINE void input(const Vector* d, int s, Vector* o, int t) {
        const Vector d0 = d[0], d1 = d[s], d2 = d[2 * s], d3 = d[3 * s], d4 = d[4 * s], d5 = d[5 * s];
        const Vector a = d4 - 4.f * d2, b = d3 - 4.f * d1, c = d4 - d2, e = 2.f * (d3 - d1);
        o[0] = 4.f * d0 - 5.f * d2 + d4;
        o[t] = a + b;
        o[2 * t] = a - b;
        o[3 * t] = c + e;
        o[4 * t] = c - e;
        o[5 * t] = 4.f * d1 - 5.f * d3 + d5;
    }
    static THAW_INLINE void output(const Vector* m, int s, Vector* o, int t) {
        const Vector p = m[s] + m[2 * s], q = m[s] - m[2 * s], u = m[3 * s] + m[4 * s], v = m[3 * s] - m[4 * s];
        o[0] = m[0] + p + u;
        o[t] = q + 2.f * v;
        o[2 * t] = p + 4.f * u;
        o[3 * t] = q + 8.f * v + m[5 * s];
    }
    static THAW_INLINE void outputTransposed(const Vector* y, int s, Vector* o, int t) {
        const Vector y0 = y[0], y1 = y[s], y2 = y[2 * s], y3 = y[3 * s];
        const Vector e = y0 + y2, f = y1 + y3, g = y0 + 4.f * y2, h = 2.f * y1 + 8.f * y3;
        o[0] = y0;
        o[t] = e + f;
        o[2 * t] = e - f;
        o[3 * t] = g + h;
        o[4 * t] = g - h;
        o[5 * t] = y3;
    }
    static THAW_INLINE void filter(const Vector* g, int s, Vector* o, int t) {
        const Vector g0 = g[0], g1 = g[s], g2 = g[2 * s];
        const Vector even = (g0 + g2) * (-1.f / 6), odd = g1 * (-1.f / 6);
        const Vector wide = g0 * (1.f / 24) + g2 * (1.f / 6), wideOdd = g1 * (1.f / 12);
        o[0] = g0 * 0.25f;
        o[t] = even + odd;
        o[2 * t] = even - odd;
        o[3 * t] = wide + wideOdd;
        o[4 * t] = wide - wideOdd;
        o[5 * t] = g2;
    }
    static THAW_INLINE void filterTransposed(const Vector* m, int s, Vector* o, int t) {
        const Vector p = (m[s] + m[2 * s]) * (-1.f / 6), q = (m[s] - m[2 * s]) * (-1.f / 6);
        const Vector u = m[3 * s] + m[4 * s], v = m[3 * s] - m[4 * s];
        o[0] = m[0] * 0.25f + p + u * (1.f / 24);
        o[t] = q + v * (1.f / 12);
        o[2 * t] = p + u * (1.f / 6) + m[5 * s];
    }
};

/// y0 = w1 x0 + w2 x1, y1 = w0 x0 + w1 x1: three products, w1 (x0 + x1), (w2 - w1) x1, (w0 - w1) x0.
struct Toeplitz {
    static constexpr int kIn = 2, kOut = 2, kPositions = 3;

    static THAW_INLINE void input(const Vector* d, int s, Vector* o, int t) {
        o[0] = d[0] + d[s];
        o[t] = d[s];
        o[2 * t] = d[0];
    }
    static THAW_INLINE void output(const Vector* m, int s, Vector* o, int t) {
        o[0] = m[0] + m[s];
        o[t] = m[0] + m[2 * s];
    }
    static THAW_INLINE void outputTransposed(const Vector* y, int s, Vector* o, int t) {
        o[0] = y[0] + y[s];
        o[t] = y[0];
        o[2 * t] = y[s];
    }
    static THAW_INLINE void filter(const Vector* g, int s, Vector* o, int t) {
        o[0] = g[s];
        o[t] = g[2 * s] - g[s];
        o[2 * t] = g[0] - g[s];
    }
    static THAW_INLINE void filterTransposed(const Vector* m, int s, Vector* o, int t) {
        o[0] = m[2 * s];
        o[t] = m[0] - m[s] - m[2 * s];
        o[2 * t] = m[s];
    }
};

// ---- Tiles ---------------------------------------------------------------------------------------------------------------

/// Tiles of a batch of planes, numbered picture by picture, row by row.
template <typename Transform>
struct Tiling {
    int height, width, rows, columns;
    explicit Tiling(const ConvShape& shape)
        : height(shape.height),
          width(shape.width),
          rows((shape.height + Transform::kOut - 1) / Transform::kOut),
          columns((shape.width + Transform::kOut - 1) / Transform::kOut) {}
    long count(int batch) const { return (long)batch * rows * columns; }
    void locate(long tile, int& picture, int& y, int& x) const {
        const long perPicture = (long)rows * columns;
        picture = (int)(tile / perPicture);
        const int rest = (int)(tile % perPicture);
        y = rest / columns * Transform::kOut;
        x = rest % columns * Transform::kOut;
    }
};

alignas(64) const float kZeros[kVector] = {};

/// Where a transform lies: tile t's channel c of position p at p * position + t * tile + c / kPanel * panel + c % kPanel.
struct Layout {
    long position, tile, panel;
};

/// Transforms tiles [from, to) of x, `channels` of the `pixel` floats that lie at each pixel, into v.
/// Gradient: takes kOut x kOut values of dy instead of the window of x.
template <typename Transform, bool Gradient>
void transformInput(const Tiling<Transform>& tiling, const float* x, int pixel, int channels, long from, long to, float* v,
                    const Layout& layout) {
    constexpr int kSize = Gradient ? Transform::kOut : Transform::kIn;
    constexpr int kPositions = Transform::kPositions;
    constexpr int kBorder = Gradient || Transform::kIn == Transform::kOut ? 0 : 1;
    for (long tile = from; tile < to; ++tile) {
        int picture, top, left;
        tiling.locate(tile, picture, top, left);
        // Outside the plane a source points to zeros and does not move with the channel.
        const float* source[kSize * kSize];
        long step[kSize * kSize];
        for (int i = 0; i < kSize * kSize; ++i) {
            const int row = top - kBorder + i / kSize, column = left - kBorder + i % kSize;
            const bool inside = row >= 0 && row < tiling.height && column >= 0 && column < tiling.width;
            source[i] = inside ? x + (((long)picture * tiling.height + row) * tiling.width + column) * pixel : kZeros;
            step[i] = inside ? 1 : 0;
        }
        float* tileOut = v + (tile - from) * layout.tile;
        for (int c = 0; c < channels; c += kVector) {
            float* out = tileOut + c / kPanel * layout.panel + c % kPanel;
            Vector half[kPositions * kSize];
            THAW_UNROLL for (int column = 0; column < kSize; ++column) {
                Vector d[kSize];
                THAW_UNROLL for (int row = 0; row < kSize; ++row) {
                    const int i = row * kSize + column;
                    d[row] = load(source[i] + step[i] * c);
                }
                if constexpr (Gradient)
                    Transform::outputTransposed(d, 1, half + column, kSize);
                else
                    Transform::input(d, 1, half + column, kSize);
            }
            THAW_UNROLL for (int row = 0; row < kPositions; ++row) {
                Vector o[kPositions];
                if constexpr (Gradient)
                    Transform::outputTransposed(half + row * kSize, 1, o, 1);
                else
                    Transform::input(half + row * kSize, 1, o, 1);
                THAW_UNROLL for (int column = 0; column < kPositions; ++column)
                    store(out + (row * kPositions + column) * layout.position, o[column]);
            }
        }
    }
}

/// Transforms products m of tiles [from, to) into y, with bias, ReLU and max pool.
template <typename Transform>
void transformOutput(const Tiling<Transform>& tiling, const float* m, long stride, int channels, long from, long to,
                     const Epilogue& epilogue, float* y) {
    constexpr int kOut = Transform::kOut, kPositions = Transform::kPositions;
    const bool pool = epilogue.maxPool;
    const int height = pool ? tiling.height / 2 : tiling.height, width = pool ? tiling.width / 2 : tiling.width;
    for (long tile = from; tile < to; ++tile) {
        int picture, top, left;
        tiling.locate(tile, picture, top, left);
        if (pool) top /= 2, left /= 2;
        const int side = pool ? kOut / 2 : kOut;
        const int rows = least(side, height - top), columns = least(side, width - left);
        const float* in = m + (tile - from) * channels;
        float* out = y + (((long)picture * height + top) * width + left) * channels;
        for (int c = 0; c < channels; c += kVector) {
            Vector half[kOut * kPositions], value[kOut][kOut];
            THAW_UNROLL for (int column = 0; column < kPositions; ++column) {
                Vector d[kPositions];
                THAW_UNROLL for (int row = 0; row < kPositions; ++row) d[row] =
                    load(in + (row * kPositions + column) * stride + c);
                Transform::output(d, 1, half + column, kPositions);
            }
            THAW_UNROLL for (int row = 0; row < kOut; ++row) Transform::output(half + row * kPositions, 1, value[row], 1);
            const Vector bias = epilogue.bias ? load(epilogue.bias + c) : Vector{};
            if (pool) {
                THAW_UNROLL for (int row = 0; row < kOut / 2; ++row) {
                    THAW_UNROLL for (int column = 0; column < kOut / 2; ++column) {
                        if (row >= rows || column >= columns) continue;
                        const Vector pooled =
                            largest(largest(value[2 * row][2 * column], value[2 * row][2 * column + 1]),
                                    largest(value[2 * row + 1][2 * column], value[2 * row + 1][2 * column + 1]));
                        store(out + ((long)row * width + column) * channels + c, rectified(pooled + bias, epilogue.relu));
                    }
                }
            } else {
                THAW_UNROLL for (int row = 0; row < kOut; ++row) {
                    THAW_UNROLL for (int column = 0; column < kOut; ++column) {
                        if (row >= rows || column >= columns) continue;
                        store(out + ((long)row * width + column) * channels + c,
                              rectified(value[row][column] + bias, epilogue.relu));
                    }
                }
            }
        }
    }
}

// ---- Forward and data gradient -------------------------------------------------------------------------------------------

template <typename Transform>
void convolveTiles(const ConvShape& shape, const float* x, const float* packed, const Epilogue& epilogue, float* y, int threads) {
    constexpr int kCount = Transform::kPositions * Transform::kPositions;
    const Tiling<Transform> tiling(shape);
    const long tiles = tiling.count(shape.batch);
    const int in = shape.inChannels, out = shape.outChannels;
    const long filterStride = paddedStride((long)in * out);
    // About 64 tiles a block keep the transforms in the second-level cache; equal blocks keep the threads busy to the end.
    const long rounds = (tiles + 64L * threads - 1) / (64L * threads);
    const long blocks = rounds * threads;
#pragma omp parallel for schedule(dynamic) num_threads(threads)
    for (long block = 0; block < blocks; ++block) {
        const auto [from, to] = rangeOf(tiles, 1, blocks, block);
        if (from == to) continue;
        const int count = (int)(to - from);
        const long vStride = paddedStride((long)count * in), mStride = paddedStride((long)count * out);
        float* v = t_inputs.reserve(vStride * kCount);
        float* m = t_products.reserve(mStride * kCount);
        transformInput<Transform, false>(tiling, x, in, in, from, to, v, {vStride, in, kPanel});
        for (int p = 0; p < kCount; ++p)
            product(count, in, out, v + p * vStride, in, packed + p * filterStride, m + p * mStride, out,
                    packed + (p + 1) % kCount * filterStride);
        transformOutput<Transform>(tiling, m, mStride, out, from, to, epilogue, y);
    }
}

/// Three input channels: the 27 weights of each output channel times the window, Pixels outputs of a row at a time.
template <int Pixels>
THAW_INLINE void directPixels(const float* window, long rowStride, const float* packed, int out, const Epilogue& epilogue,
                              float* y) {
    for (int panel = 0; panel < out; panel += kPanel) {
        Vector sum[Pixels][kPanelVectors];
        THAW_UNROLL for (int j = 0; j < kPanelVectors; ++j) {
            const Vector bias = epilogue.bias ? load(epilogue.bias + panel + j * kVector) : Vector{};
            THAW_UNROLL for (int i = 0; i < Pixels; ++i) sum[i][j] = bias;
        }
        for (int row = 0; row < 3; ++row) {
            for (int k = 0; k < 9; ++k) {
                Vector weights[kPanelVectors];
                THAW_UNROLL for (int j = 0; j < kPanelVectors; ++j) weights[j] =
                    load(packed + (long)(row * 9 + k) * out + panel + j * kVector);
                THAW_UNROLL for (int i = 0; i < Pixels; ++i) {
                    const Vector factor = broadcast(window + row * rowStride + i * 3 + k);
                    THAW_UNROLL for (int j = 0; j < kPanelVectors; ++j) sum[i][j] += factor * weights[j];
                }
            }
        }
        THAW_UNROLL for (int i = 0; i < Pixels; ++i) {
            THAW_UNROLL for (int j = 0; j < kPanelVectors; ++j)
                store(y + (long)i * out + panel + j * kVector, rectified(sum[i][j], epilogue.relu));
        }
    }
}

void convolveDirect(const ConvShape& shape, const float* x, const float* packed, const Epilogue& epilogue, float* y,
                    int threads) {
    const int height = shape.height, width = shape.width, out = shape.outChannels;
    const long rowStride = (width + 2) * 3L;
#pragma omp parallel for schedule(dynamic) num_threads(threads)
    for (int picture = 0; picture < shape.batch; ++picture) {
        float* padded = t_inputs.reserve(rowStride * (height + 2));
        std::memset(padded, 0, (std::size_t)rowStride * (height + 2) * sizeof(float));
        for (int row = 0; row < height; ++row)
            std::memcpy(padded + (row + 1) * rowStride + 3, x + ((long)picture * height + row) * width * 3,
                        (std::size_t)width * 3 * sizeof(float));
        for (int row = 0; row < height; ++row) {
            const float* window = padded + row * rowStride;
            float* target = y + ((long)picture * height + row) * width * out;
            int column = 0;
            for (; column + 6 <= width; column += 6)
                directPixels<6>(window + column * 3, rowStride, packed, out, epilogue, target + (long)column * out);
            for (; column < width; ++column)
                directPixels<1>(window + column * 3, rowStride, packed, out, epilogue, target + (long)column * out);
        }
    }
}

void convolve(ConvMethod method, const ConvShape& shape, const float* x, const float* packed, const Epilogue& epilogue, float* y,
              int threads) {
    if (method == ConvMethod::Toeplitz)
        convolveTiles<Toeplitz>(shape, x, packed, epilogue, y, threads);
    else if (method == ConvMethod::Winograd)
        convolveTiles<Winograd>(shape, x, packed, epilogue, y, threads);
    else
        convolveDirect(shape, x, packed, epilogue, y, threads);
}

// ---- Filters -------------------------------------------------------------------------------------------------------------

/// The nine weights of kVector filters that lie `stride` floats apart, one vector a tap: transposed in registers, since gathering
/// takes as long as all the products of a small batch.
THAW_INLINE void loadTaps(const float* p, long stride, Vector* taps) {
    for (int lane = 0; lane < kVector; ++lane) taps[8][lane] = p[lane * stride + 8];
    __m256 eight[kVector / 8][8];
    THAW_UNROLL for (int part = 0; part < kVector / 8; ++part) {
        __m256 rows[8];
        THAW_UNROLL for (int i = 0; i < 8; ++i) rows[i] = _mm256_loadu_ps(p + (part * 8 + i) * stride);
        transpose8(rows, eight[part]);
    }
#if THAW_VECTOR_FLOATS == 16
    THAW_UNROLL for (int i = 0; i < 8; ++i) taps[i] =
        (Vector)_mm512_insertf32x8(_mm512_castps256_ps512(eight[0][i]), eight[1][i], 1);
#else
    THAW_UNROLL for (int i = 0; i < 8; ++i) taps[i] = (Vector)eight[0][i];
#endif
}

/// The opposite, of filters that lie one behind the other.
THAW_INLINE void storeTaps(const Vector* taps, float* p) {
    THAW_UNROLL for (int part = 0; part < kVector / 8; ++part) {
        __m256 columns[8], rows[8];
#if THAW_VECTOR_FLOATS == 16
        THAW_UNROLL for (int i = 0; i < 8; ++i) columns[i] =
            part == 0 ? _mm512_castps512_ps256((__m512)taps[i]) : _mm512_extractf32x8_ps((__m512)taps[i], 1);
#else
        THAW_UNROLL for (int i = 0; i < 8; ++i) columns[i] = (__m256)taps[i];
#endif
        transpose8(columns, rows);
        THAW_UNROLL for (int i = 0; i < 8; ++i) _mm256_storeu_ps(p + (part * 8 + i) * 9, rows[i]);
    }
    for (int lane = 0; lane < kVector; ++lane) p[lane * 9 + 8] = taps[8][lane];
}

constexpr int kLine = 16;  // floats of a cache line

/// A cache line of columns of each row: out[p * positionStride + row * kPanel][kLine].
template <typename Transform>
void packColumns(const float* weights, int rows, long rowStride, long columnStride, bool turned, float* out,
                 long positionStride) {
    constexpr int kPositions = Transform::kPositions, kVectors = kLine / kVector;
    for (int row = 0; row < rows; ++row, weights += rowStride, out += kPanel) {
        Vector half[kVectors][kPositions * 3];
        THAW_UNROLL for (int j = 0; j < kVectors; ++j) {
            Vector taps[9], g[9];
            loadTaps(weights + j * kVector * columnStride, columnStride, taps);
            THAW_UNROLL for (int i = 0; i < 9; ++i) g[i] = taps[turned ? 8 - i : i];
            THAW_UNROLL for (int x = 0; x < 3; ++x) Transform::filter(g + x, 3, half[j] + x, 3);
        }
        for (int y = 0; y < kPositions; ++y) {
            Vector o[kVectors][kPositions];
            THAW_UNROLL for (int j = 0; j < kVectors; ++j) Transform::filter(half[j] + y * 3, 1, o[j], 1);
            THAW_UNROLL for (int x = 0; x < kPositions; ++x) {
                THAW_UNROLL for (int j = 0; j < kVectors; ++j)
                    stream(out + (y * kPositions + x) * positionStride + j * kVector, o[j][x]);
            }
        }
    }
}

/// packed[p][panel][row][kPanel]: rows are the channels that are summed over, panels those that come out.
/// weights[o][i][3][3]; for the gradient rows are o, panels are i, and the 3x3 is turned by 180 degrees.
template <typename Transform>
void packTransformed(const float* weights, int outChannels, int inChannels, bool forGradient, float* packed, int threads) {
    const int rows = forGradient ? outChannels : inChannels, columns = forGradient ? inChannels : outChannels;
    const long rowStride = forGradient ? inChannels * 9L : 9L, columnStride = forGradient ? 9L : inChannels * 9L;
    const long positionStride = paddedStride((long)inChannels * outChannels);
#pragma omp parallel num_threads(threads)
    {
#pragma omp for schedule(static) nowait
        for (int column = 0; column < columns; column += kLine)
            packColumns<Transform>(weights + column * columnStride, rows, rowStride, columnStride, forGradient,
                                   packed + (long)(column / kPanel) * rows * kPanel + column % kPanel, positionStride);
        _mm_sfence();
    }
}

/// packed[row][column * 3 + channel][out], the order in which a window of NHWC pictures is read.
void packDirect(const float* weights, int outChannels, float* packed) {
    for (int o = 0; o < outChannels; ++o)
        for (int channel = 0; channel < 3; ++channel)
            for (int tap = 0; tap < 9; ++tap)
                packed[(long)((tap / 3) * 9 + (tap % 3) * 3 + channel) * outChannels + o] =
                    weights[((long)o * 3 + channel) * 9 + tap];
}

void pack(ConvMethod method, const float* weights, int outChannels, int inChannels, bool forGradient, float* packed,
          int threads) {
    if (method == ConvMethod::Toeplitz)
        packTransformed<Toeplitz>(weights, outChannels, inChannels, forGradient, packed, threads);
    else if (method == ConvMethod::Winograd)
        packTransformed<Winograd>(weights, outChannels, inChannels, forGradient, packed, threads);
    else
        packDirect(weights, outChannels, packed);
}

// ---- Weight gradient -----------------------------------------------------------------------------------------------------

/// Back from the transformed gradient u[p][o][i] to dw[o][i][3][3], whose rows of filters lie dwStride floats apart.
template <typename Transform>
void unpackGradient(const float* u, long stride, int outChannels, int inChannels, float* dw, long dwStride) {
    constexpr int kPositions = Transform::kPositions;
    for (int o = 0; o < outChannels; ++o) {
        for (int i = 0; i < inChannels; i += kVector) {
            const float* source = u + (long)o * inChannels + i;
            Vector half[3 * kPositions], g[9];
            THAW_UNROLL for (int x = 0; x < kPositions; ++x) {
                Vector m[kPositions];
                THAW_UNROLL for (int y = 0; y < kPositions; ++y) m[y] = load(source + (y * kPositions + x) * stride);
                Transform::filterTransposed(m, 1, half + x, kPositions);
            }
            THAW_UNROLL for (int y = 0; y < 3; ++y) Transform::filterTransposed(half + y * kPositions, 1, g + y * 3, 1);
            storeTaps(g, dw + o * dwStride + i * 9L);
        }
    }
}

/// What some tiles contribute to the gradient of some filters, all in this thread's own memory: cores that hand transforms to
/// each other wait longer for them than they compute.
template <typename Transform>
void weightGradientShare(const ConvShape& shape, const float* x, const float* dy, Range tiles, Range ins, Range outs, float* dw) {
    constexpr int kCount = Transform::kPositions * Transform::kPositions;
    constexpr long kChunk = 128;  // tiles whose transforms are multiplied at once
    constexpr int kPass = 64;     // channels whose transforms are read in whole cache lines
    const Tiling<Transform> tiling(shape);
    const int out = (int)outs.size();
    const long chunk = least(kChunk, tiles.size());
    // With one chunk the sums need not be kept: a few channels after the other.
    const int in = tiles.size() <= kChunk ? kPass : (int)ins.size();
    // Tiles a few lines further apart than their channels: a column of them would meet in one cache set.
    const long mTile = out + 16;
    const long vStride = paddedStride(chunk * in), mStride = paddedStride(chunk * mTile), uStride = paddedStride((long)in * out);
    float* v = t_inputs.reserve((vStride + mStride) * kCount);
    float* m = v + vStride * kCount;
    float* u = t_products.reserve(uStride * kCount);
    for (long i = ins.begin; i < ins.end; i += in) {
        for (long from = tiles.begin; from < tiles.end; from += chunk) {
            const long to = least(tiles.end, from + chunk), count = to - from;
            transformInput<Transform, false>(tiling, x + i, shape.inChannels, in, from, to, v, {vStride, kPanel, count * kPanel});
            if (i == ins.begin)
                transformInput<Transform, true>(tiling, dy + outs.begin, shape.outChannels, out, from, to, m,
                                                {mStride, mTile, kPanel});
            for (int p = 0; p < kCount; ++p)
                productOfTransposed((int)count, out, in, m + p * mStride, mTile, v + p * vStride, u + p * uStride, in,
                                    from > tiles.begin);
        }
        unpackGradient<Transform>(u, uStride, out, in, dw + (outs.begin * shape.inChannels + i) * 9, shape.inChannels * 9L);
    }
}

template <typename Transform>
void weightGradientTiles(const ConvShape& shape, const float* x, const float* dy, float* dw, int threads) {
    const long tiles = Tiling<Transform>(shape).count(shape.batch), size = 9L * shape.inChannels * shape.outChannels;
    // Where many tiles meet few filters, each slab of tiles gets sums of its own. Their number must not depend on the threads'.
    int slabs = (int)least(tiles / 512, least(16L, 262'144L / (shape.inChannels * shape.outChannels)));
    if (slabs < 1) slabs = 1;
    // Where slabs do not suffice, threads share the filters as well.
    const int perSlab = (threads + slabs - 1) / slabs, inParts = least(perSlab, shape.inChannels / 64);
    const int outParts = least((perSlab + inParts - 1) / inParts, shape.outChannels / 64);
    float* sums = slabs > 1 ? t_panel.reserve(size * slabs) : dw;
#pragma omp parallel for collapse(3) schedule(dynamic) num_threads(threads)
    for (int slab = 0; slab < slabs; ++slab) {
        for (int i = 0; i < inParts; ++i) {
            for (int o = 0; o < outParts; ++o)
                weightGradientShare<Transform>(shape, x, dy, rangeOf(tiles, 1, slabs, slab),
                                               rangeOf(shape.inChannels, 64, inParts, i),
                                               rangeOf(shape.outChannels, 64, outParts, o), sums + size * slab);
        }
    }
    if (slabs == 1) return;
#pragma omp parallel for schedule(static) num_threads(threads)
    for (long i = 0; i < size; i += kVector) {
        Vector sum = load(sums + i);
        for (int slab = 1; slab < slabs; ++slab) sum += load(sums + size * slab + i);
        store(dw + i, sum);
    }
}

void weightGradient(ConvMethod method, const ConvShape& shape, const float* x, const float* dy, float* dw, int threads) {
    if (method == ConvMethod::Toeplitz)
        weightGradientTiles<Toeplitz>(shape, x, dy, dw, threads);
    else
        weightGradientTiles<Winograd>(shape, x, dy, dw, threads);
}

}  // namespace
}  // namespace thaw::core::kernels
