#include <algorithm>

#include "core/api/layer_info.h"
#include "core/train/rungs.h"

namespace thaw::core {

Price estimatePrice(const RunConfig& config, const ModelInfo& model, const LayerMask& trainable, const StageTimes& times,
                    const PriceInput& input) {
    Price price;
    const std::size_t count = model.stages.size();
    const int boundary = freezeBoundary(model, trainable);
    std::vector<double> share(count);  // of each stage's parameters, that train
    for (std::size_t i = 0; i < count; ++i) {
        const std::int64_t trains = trainableIn(model, trainable, static_cast<int>(i));
        price.trainableParameters += trains;
        if (trains > 0) share[i] = static_cast<double>(trains) / static_cast<double>(model.stages[i].parameterCount);
    }

    const int rung = usableRung(config, model, boundary, input.trainCount, input.testCount);
    const int variants = cachedVariants(config.augmentation);
    // With shifted crops only the test split's features are kept.
    const int trainRung = variants == 0 ? 0 : rung;
    price.trainRung = trainRung;

    // What the layers inside a stage hold for its backward pass counts too.
    const auto floatsIn = [&](std::size_t i) {
        std::int64_t floats = 0;
        for (int layer = model.stages[i].begin; layer < model.stages[i].end; ++layer) {
            std::int64_t own = 1;
            for (std::int64_t size : model.layer(layer).outputShape) own *= size;
            floats += own;
        }
        return floats;
    };
    const std::int64_t micro = microBatchSize(config, model, boundary, trainRung);
    std::int64_t activations = 0, widest = 0;
    for (std::size_t i = static_cast<std::size_t>(trainRung); i < count; ++i) {
        if (static_cast<int>(i) >= boundary)
            activations += 2 * floatsIn(i);  // the output and its gradient
        else
            widest = std::max(widest, 2 * floatsIn(i));
    }
    const int moments = config.phases.empty() || config.phases.front().optimizer.kind != OptimizerKind::Sgd ? 2 : 1;
    price.memoryBytes = 4 * (model.parameterCount + price.trainableParameters * (1 + moments) + micro * (activations + widest));
    const std::int64_t features = rung > 0 ? rungBytes(config, model, rung, input.trainCount, input.testCount) : 0;
    if (features <= config.cache.memoryBudget) price.memoryBytes += features;

    if (times.stages.size() != count) return price;
    double forwardFrom = 0, backward = 0, testForward = 0, fill = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const StageTimes::Stage& stage = times.stages[i];
        const int index = static_cast<int>(i);
        if (index >= trainRung) forwardFrom += stage.forward;
        if (index >= rung) testForward += stage.forward;
        if (index > boundary) backward += stage.backwardData;
        backward += share[i] * stage.backwardWeights;
        if (index >= input.cachedBoundary && index < rung) fill += stage.forward;
    }
    const double update =
        times.optimizerPerParameter * static_cast<double>(price.trainableParameters) / std::max(1, config.batchSize);
    const double perPicture = forwardFrom + backward + update + times.besideStages;
    if (perPicture <= 0) return price;
    price.imagesPerSecond = 1.0 / (perPicture * input.slowdown);
    price.epochSeconds = input.slowdown * (static_cast<double>(input.trainCount) * perPicture +
                                           static_cast<double>(input.testCount) * testForward);
    price.oneTimeSeconds = input.slowdown * fill * static_cast<double>(input.trainCount * variants + input.testCount);
    return price;
}

double estimatePlan(const RunConfig& config, const ModelInfo& model, const StageTimes& times, PriceInput input) {
    double sum = 0;
    for (const PhaseConfig& phase : config.phases) {
        if (phase.epochs == 0) continue;
        const LayerMask mask = model.maskOf(phase.trainable);
        const Price price = estimatePrice(config, model, mask, times, input);
        if (price.epochSeconds < 0) return -1;
        sum += price.oneTimeSeconds + phase.epochs * price.epochSeconds;
        // Rungs at the pools below stay with the cache: a later phase finds its features there.
        input.cachedBoundary = std::max(input.cachedBoundary, freezeBoundary(model, mask));
    }
    return sum;
}

}  // namespace thaw::core
