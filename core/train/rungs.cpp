#include "core/train/rungs.h"

#include <algorithm>

namespace thaw::core {
namespace {

constexpr int kSlicePixels = 128 * 32 * 32;
constexpr int kSliceTokens = 32 * 128;

}  // namespace

std::vector<int> rungsOf(const ModelInfo& model) {
    std::vector<int> rungs;
    for (int i = 0; i < model.headStage; ++i)
        if (model.stage(i).cut) rungs.push_back(i + 1);
    return rungs;
}

int rungBelow(const ModelInfo& model, int boundary) {
    int best = 0;
    for (int rung : rungsOf(model))
        if (rung <= boundary) best = rung;
    return best;
}

std::int64_t rungFloats(const ModelInfo& model, int rung) { return model.stage(rung - 1).outputFloats(); }

std::int64_t rungBytes(const RunConfig& config, const ModelInfo& model, int rung, std::int64_t trainCount,
                       std::int64_t testCount) {
    const std::int64_t rows = trainCount * cachedVariants(config.augmentation) + testCount;
    return rows * rungFloats(model, rung) * static_cast<std::int64_t>(sizeof(float));
}

bool CacheRoom::take(std::int64_t bytes) {
    for (std::int64_t* room : {&m_memory, &m_disk})
        if (bytes <= *room) {
            *room -= bytes;
            return true;
        }
    return false;
}

int usableRung(const RunConfig& config, const ModelInfo& model, int boundary, std::int64_t trainCount, std::int64_t testCount) {
    if (!config.cache.enabled) return 0;
    int best = 0;
    for (int rung : rungsOf(model))
        if (rung <= boundary && CacheRoom(config.cache).take(rungBytes(config, model, rung, trainCount, testCount))) best = rung;
    return best;
}

int sliceSize(int inputSize) {
    int slice = 128;
    while (slice > 1 && slice * inputSize * inputSize > kSlicePixels) slice /= 2;
    return slice;
}

int sliceSize(const ModelInfo& model) {
    const int size = static_cast<int>(model.inputShape.back());
    return model.readsTexts() ? std::max(1, kSliceTokens / size) : sliceSize(size);
}

int microBatchSize(const RunConfig& config, const ModelInfo& model, int boundary, int rung) {
    if (boundary >= model.headStage && rung >= model.headStage) return config.batchSize;
    return std::min(config.batchSize, sliceSize(model));
}

}  // namespace thaw::core
