#include "core/train/fused_update.h"

#include <cmath>
#include <cstring>

#include "core/kernels/instruction_set.h"

namespace thaw::core {
namespace {

#define THAW_INLINE __attribute__((always_inline)) inline

// By bits: a comparison in floating point would keep the loops from being vectorised.
THAW_INLINE std::uint32_t notFinite(float value) {
    std::uint32_t bits;
    std::memcpy(&bits, &value, sizeof bits);
    return (bits & 0x7F800000u) == 0x7F800000u ? 1u : 0u;
}

THAW_INLINE bool adamLoop(float* __restrict parameter, const float* __restrict gradient, float* __restrict mean,
                          float* __restrict square, std::int64_t count, const AdamCoefficients& coefficients) {
    const AdamCoefficients c = coefficients;
    std::uint32_t bad = 0;
    for (std::int64_t i = 0; i < count; ++i) {
        float p = parameter[i] * c.decay;
        const float g = gradient[i] + c.l2 * p;
        const float m = mean[i] * c.beta1 + c.oneMinusBeta1 * g;
        const float v = square[i] * c.beta2 + c.oneMinusBeta2 * g * g;
        mean[i] = m;
        square[i] = v;
        const float denominator = std::sqrt(v) / c.rootCorrection + c.epsilon;
        p -= c.stepSize * m / denominator;
        parameter[i] = p;
        bad |= notFinite(p);
    }
    return bad == 0;
}

THAW_INLINE bool sgdLoop(float* __restrict parameter, const float* __restrict gradient, float* __restrict buffer,
                         std::int64_t count, const SgdCoefficients& coefficients) {
    const SgdCoefficients c = coefficients;
    std::uint32_t bad = 0;
    for (std::int64_t i = 0; i < count; ++i) {
        float p = parameter[i];
        float g = gradient[i] + c.l2 * p;
        if (buffer != nullptr) {
            const float b = c.first ? g : buffer[i] * c.momentum + g;
            buffer[i] = b;
            g = c.nesterov ? g + c.momentum * b : b;
        }
        p -= c.learningRate * g;
        parameter[i] = p;
        bad |= notFinite(p);
    }
    return bad == 0;
}

#if defined(__x86_64__)
#define THAW_FOR_TARGET(name, instructions)                                                                             \
    __attribute__((target(instructions))) bool adam##name(float* p, const float* g, float* m, float* v, std::int64_t n, \
                                                          const AdamCoefficients& c) {                                  \
        return adamLoop(p, g, m, v, n, c);                                                                              \
    }                                                                                                                   \
    __attribute__((target(instructions))) bool sgd##name(float* p, const float* g, float* b, std::int64_t n,            \
                                                         const SgdCoefficients& c) {                                    \
        return sgdLoop(p, g, b, n, c);                                                                                  \
    }
THAW_FOR_TARGET(Avx512, "avx512f,prefer-vector-width=512")
THAW_FOR_TARGET(Avx2, "avx2,fma")
#undef THAW_FOR_TARGET
#endif

}  // namespace

bool adamUpdate(float* parameter, const float* gradient, float* mean, float* square, std::int64_t count,
                const AdamCoefficients& c) {
#if defined(__x86_64__)
    if (kernels::instructionSet() == kernels::InstructionSet::Avx512)
        return adamAvx512(parameter, gradient, mean, square, count, c);
    if (kernels::instructionSet() == kernels::InstructionSet::Avx2) return adamAvx2(parameter, gradient, mean, square, count, c);
#endif
    return adamLoop(parameter, gradient, mean, square, count, c);
}

bool sgdUpdate(float* parameter, const float* gradient, float* buffer, std::int64_t count, const SgdCoefficients& c) {
#if defined(__x86_64__)
    if (kernels::instructionSet() == kernels::InstructionSet::Avx512) return sgdAvx512(parameter, gradient, buffer, count, c);
    if (kernels::instructionSet() == kernels::InstructionSet::Avx2) return sgdAvx2(parameter, gradient, buffer, count, c);
#endif
    return sgdLoop(parameter, gradient, buffer, count, c);
}

}  // namespace thaw::core
