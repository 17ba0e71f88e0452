#include <chrono>
#include <cstdint>

#include "core/api/layer_info.h"
#include "core/kernels/instruction_set.h"
#include "core/train/stage_times.h"
#include "core/util/threads.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace thaw::core {
namespace {

using kernels::InstructionSet;

constexpr auto kProbeTime = std::chrono::milliseconds(5);
constexpr long kRounds = 10'000;
constexpr int kChains = 10;  // independent sums: more than a multiply-add's latency times the units that do it

// Of a processor's greatest rate, for the arithmetic as it stands in the layer: Winograd's kernels need a third of it. Measured
// on processors with AVX2 and AVX-512 (thaw-cli bench stages).
struct Efficiency {
    double forward, backwardData, backwardWeights;
};
constexpr Efficiency kOwnConvolution{3.5, 2.6, 1.9}, kLibraryConvolution{0.9, 0.8, 0.7}, kDense{0.5, 0.5, 0.5};
constexpr double kBytesPerSecond = 8e9;   // that a core brings from memory
constexpr double kUpdateBytes = 28;       // Adam: four values read, three written
constexpr double kBesideStages = 0.2e-6;  // seconds a picture

#if defined(__x86_64__)
#define THAW_PROBE(NAME, TARGET, VECTOR, SET, STEP)                                       \
    __attribute__((target(TARGET))) float NAME() {                                        \
        const VECTOR factor = SET(0.999f), term = SET(1e-3f);                             \
        VECTOR a = SET(1.0f), b = SET(1.1f), c = SET(1.2f), d = SET(1.3f), e = SET(1.4f); \
        VECTOR f = SET(1.5f), g = SET(1.6f), h = SET(1.7f), i = SET(1.8f), j = SET(1.9f); \
        for (long round = 0; round < kRounds; ++round) {                                  \
            a = STEP(a), b = STEP(b), c = STEP(c), d = STEP(d), e = STEP(e);              \
            f = STEP(f), g = STEP(g), h = STEP(h), i = STEP(i), j = STEP(j);              \
        }                                                                                 \
        const VECTOR sum = ((a + b) + (c + d)) + ((e + f) + (g + h)) + (i + j);           \
        return sum[0];                                                                    \
    }
#define THAW_STEP512(x) _mm512_fmadd_ps(x, factor, term)
#define THAW_STEP256(x) _mm256_fmadd_ps(x, factor, term)
#define THAW_STEP128(x) _mm_add_ps(_mm_mul_ps(x, factor), term)
THAW_PROBE(probe512, "avx512f", __m512, _mm512_set1_ps, THAW_STEP512)
THAW_PROBE(probe256, "avx2,fma", __m256, _mm256_set1_ps, THAW_STEP256)
THAW_PROBE(probe128, "sse2", __m128, _mm_set1_ps, THAW_STEP128)
#undef THAW_STEP128
#undef THAW_STEP256
#undef THAW_STEP512
#undef THAW_PROBE
#endif

struct Probe {
    float (*run)();
    int floats;
};

#if !defined(__x86_64__)
float probeAny() {
    constexpr int kFloats = 4 * kChains;
    float values[kFloats];
    for (int i = 0; i < kFloats; ++i) values[i] = 1.0f + 0.1f * static_cast<float>(i);
    for (long round = 0; round < kRounds; ++round)
        for (float& value : values) value = value * 0.999f + 1e-3f;
    float sum = 0;
    for (const float value : values) sum += value;
    return sum;
}
#endif

Probe probeOf(InstructionSet set) {
#if defined(__x86_64__)
    if (set == InstructionSet::Avx512) return {probe512, 16};
    return set == InstructionSet::Avx2 ? Probe{probe256, 8} : Probe{probe128, 4};
#else
    static_cast<void>(set);
    return {probeAny, 4};
#endif
}

/// Floating-point operations that one core does in a second, at most: the best of several short bursts, so that a moment taken by
/// another program does not count.
double operationsPerSecond() {
    static const double best = [] {
        using Clock = std::chrono::steady_clock;
        const Probe probe = probeOf(kernels::instructionSet());
        double rate = 0;
        volatile float sink = 0;
        for (const auto end = Clock::now() + kProbeTime; Clock::now() < end;) {
            const auto begin = Clock::now();
            sink = probe.run();
            const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
            const double rateNow = 2.0 * kChains * probe.floats * kRounds / seconds;
            if (rateNow > rate) rate = rateNow;
        }
        static_cast<void>(sink);
        return rate;
    }();
    return best;
}

}  // namespace

StageTimes guessedStageTimes(const RunConfig& config, const ModelInfo& model) {
    StageTimes times;
    if (config.device == DeviceKind::Cuda) return times;
    times.origin = TimesOrigin::Guessed;
    times.batchSize = config.batchSize;
    const double threads = threadsFor(config.threads);
    const double rate = threads * operationsPerSecond();
    const bool own = config.kernels == KernelKind::Thaw && kernels::instructionSet() != InstructionSet::None;
    for (const StageInfo& stage : model.stages) {
        StageTimes::Stage sum;
        for (int i = stage.begin; i < stage.end; ++i) {
            const LayerInfo& layer = model.layer(i);
            double floats = 1;
            for (const std::int64_t size : layer.outputShape) floats *= static_cast<double>(size);
            const bool ours = own && layer.relu && layer.kindText == "Conv 3x3";
            const Efficiency& efficiency = layer.kind != LayerKind::Conv2d ? kDense
                                           : ours                          ? kOwnConvolution
                                                                           : kLibraryConvolution;
            const double operations = 2 * layer.multiplyAdds;
            const double moving = 4 * floats / (threads * kBytesPerSecond);
            sum.forward += operations / (rate * efficiency.forward) + moving;
            sum.backwardData += operations / (rate * efficiency.backwardData) + 2 * moving;
            if (layer.hasParameters()) sum.backwardWeights += operations / (rate * efficiency.backwardWeights) + moving;
        }
        times.stages.push_back(sum);
    }
    times.optimizerPerParameter = kUpdateBytes / (threads * kBytesPerSecond);
    times.besideStages = kBesideStages;
    return times;
}

}  // namespace thaw::core
