#include "core/kernels/conv3x3.h"

#include <cstdlib>
#include <cstring>
#include <new>
#include <utility>

#include "core/kernels/instruction_set.h"
#include "core/kernels/kernel_table.h"

namespace thaw::core::kernels {
namespace {

std::size_t packedFloats(ConvMethod method, int outChannels, int inChannels) {
    const long pairs = static_cast<long>(outChannels) * inChannels;
    return static_cast<std::size_t>(method == ConvMethod::Direct ? pairs * 9 : paddedStride(pairs) * positionsOf(method));
}

bool multipleOf64(int channels) { return channels > 0 && channels % 64 == 0; }

ConvMethod transformMethod(const ConvShape& shape) {
    if (instructionSet() == InstructionSet::None || !multipleOf64(shape.inChannels) || !multipleOf64(shape.outChannels))
        return ConvMethod::None;
    if (shape.height == 2 && shape.width == 2) return ConvMethod::Toeplitz;
    return shape.height > 2 && shape.width > 2 ? ConvMethod::Winograd : ConvMethod::None;
}

}  // namespace

ConvMethod forwardMethod(const ConvShape& shape) {
    if (shape.inChannels == 3 && multipleOf64(shape.outChannels) && instructionSet() != InstructionSet::None &&
        shape.height > 0 && shape.width > 0)
        return ConvMethod::Direct;
    return transformMethod(shape);
}

bool hasGradients(const ConvShape& shape) { return transformMethod(shape) != ConvMethod::None; }

PackedFilter::~PackedFilter() { std::free(m_data); }

PackedFilter::PackedFilter(PackedFilter&& other) noexcept { *this = std::move(other); }

PackedFilter& PackedFilter::operator=(PackedFilter&& other) noexcept {
    std::swap(m_method, other.m_method);
    std::swap(m_data, other.m_data);
    std::swap(m_capacity, other.m_capacity);
    return *this;
}

void PackedFilter::reserve(std::size_t floats) {
    if (floats <= m_capacity) return;
    std::free(m_data);
    m_capacity = 0;
    m_data = static_cast<float*>(std::aligned_alloc(64, (floats * sizeof(float) + 63) / 64 * 64));
    if (!m_data) throw std::bad_alloc();
    m_capacity = floats;
}

void PackedFilter::pack(ConvMethod method, const float* weights, int outChannels, int inChannels, int threads) {
    reserve(packedFloats(method, outChannels, inChannels));
    kernels().pack(method, weights, outChannels, inChannels, /*forGradient=*/false, m_data, threads);
    m_method = method;
}

void PackedFilter::packForGradient(ConvMethod method, const float* weights, int outChannels, int inChannels, int threads) {
    reserve(packedFloats(method, outChannels, inChannels));
    kernels().pack(method, weights, outChannels, inChannels, /*forGradient=*/true, m_data, threads);
    m_method = method;
}

void forward(const ConvShape& shape, const float* x, const PackedFilter& filter, const Epilogue& epilogue, float* y,
             int threads) {
    if (shape.batch > 0) kernels().convolve(filter.method(), shape, x, filter.data(), epilogue, y, threads);
}

void dataGradient(const ConvShape& shape, const float* dy, const PackedFilter& filter, float* dx, int threads) {
    const ConvShape turned{shape.batch, shape.height, shape.width, shape.outChannels, shape.inChannels};
    if (shape.batch > 0) kernels().convolve(filter.method(), turned, dy, filter.data(), {}, dx, threads);
}

void weightGradient(const ConvShape& shape, const float* x, const float* dy, float* dw, int threads) {
    if (shape.batch > 0)
        kernels().weightGradient(transformMethod(shape), shape, x, dy, dw, threads);
    else
        std::memset(dw, 0,
                    sizeof(float) * 9 * static_cast<std::size_t>(shape.inChannels) * static_cast<std::size_t>(shape.outChannels));
}

}  // namespace thaw::core::kernels
