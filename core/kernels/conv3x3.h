// Fast 3x3 convolutions (stride 1, zero padding 1) on float32, forward and both gradients.
//
// Fewer multiplications than the direct form:
//   Winograd F(4x4,3x3)  36 products a 4x4 tile of outputs instead of 144; any plane larger than 2x2
//   Toeplitz 2x2         9 products a plane instead of 16 (dense) or 36 (direct); planes of exactly 2x2
//   Direct               for three input channels, where transforms would cost more than they save
//
// Layout: activations are NHWC (LibTorch's channels_last, contiguous), 64-byte alignment is not needed. Filters are OIHW.
// Threading: each call uses `threads` OpenMP threads; results do not depend on their number. Different calls may run at once
// in different threads. Values that are not finite give values that are not finite, not always at the same places as the
// direct form would.
#pragma once

#include <cstddef>
#include <cstdint>

namespace thaw::core::kernels {

struct ConvShape {
    int batch = 0, height = 0, width = 0;
    int inChannels = 0, outChannels = 0;
};

enum class ConvMethod { None, Winograd, Toeplitz, Direct };

/// How forward() computes this shape; None: not here, use LibTorch. A batch of zero is fine.
/// Winograd and Toeplitz take channels in multiples of 64; Direct takes three in and multiples of 64 out.
ConvMethod forwardMethod(const ConvShape& shape);
/// Whether dataGradient() and weightGradient() compute this shape.
bool hasGradients(const ConvShape& shape);

/// A filter in the form that the products read. Made once for a frozen layer, again after each step for one that trains.
class PackedFilter {
public:
    PackedFilter() = default;
    ~PackedFilter();
    PackedFilter(PackedFilter&& other) noexcept;
    PackedFilter& operator=(PackedFilter&& other) noexcept;

    /// From OIHW weights [outChannels][inChannels][3][3] for forward().
    void pack(ConvMethod method, const float* weights, int outChannels, int inChannels, int threads);
    /// The same weights turned by 180 degrees with the channels' roles exchanged, for dataGradient().
    void packForGradient(ConvMethod method, const float* weights, int outChannels, int inChannels, int threads);

    ConvMethod method() const { return m_method; }
    const float* data() const { return m_data; }
    std::size_t bytes() const { return m_capacity * sizeof(float); }

private:
    void reserve(std::size_t floats);
    ConvMethod m_method = ConvMethod::None;
    float* m_data = nullptr;
    std::size_t m_capacity = 0;
};

struct Epilogue {
    const float* bias = nullptr;  ///< outChannels values; null: none
    bool relu = false;
    bool maxPool = false;  ///< 2x2, stride 2, after the ReLU; an odd last row or column is dropped
};

/// y = conv(x): x [batch][height][width][in], y [batch][height'][width'][out] with half the size when pooled.
/// The filter must have been packed for forwardMethod(shape).
void forward(const ConvShape& shape, const float* x, const PackedFilter& filter, const Epilogue& epilogue, float* y, int threads);

/// dx [batch][height][width][in] from dy [batch][height][width][out].
void dataGradient(const ConvShape& shape, const float* dy, const PackedFilter& filter, float* dx, int threads);

/// dw [out][in][3][3] from x and dy; overwritten.
void weightGradient(const ConvShape& shape, const float* x, const float* dy, float* dw, int threads);

}  // namespace thaw::core::kernels
