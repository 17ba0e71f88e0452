// What the Trainer reads its batches from: the pictures, or features that its supply holds.
#include <chrono>
#include <tuple>
#include <utility>

#include "core/train/rungs.h"
#include "core/train/torch_trainer.h"

namespace thaw::core {

void TorchTrainer::chooseSource(bool tell) {
    const int boundary = freezeBoundary(m_info, m_loop.mask), before = m_loop.rung;
    std::tie(m_loop.rung, m_loop.testRung) = m_supply->rungs();
    m_loop.microBatch = microBatchSize(m_config, m_info, boundary, m_loop.rung);
    if (updatesStatistics() && m_loop.microBatch < m_config.batchSize) {
        m_loop.microBatch = m_config.batchSize;
        if (!std::exchange(m_toldWhole, true))
            notice(
                "Batch norms that train take the statistics of a whole batch, so that batches are not divided: a step takes "
                "longer, and pausing waits for it.");
    }
    if (!tell || !m_config.cache.enabled || cachedVariants(m_config.augmentation) == 0 || boundary == 0) return;
    const int ideal = rungBelow(m_info, boundary);
    if (m_loop.rung >= ideal || (m_loop.rung == before && m_loop.point != LoopPoint::Batches)) return;
    const std::string layer = m_info.stage(ideal - 1).name;
    const bool fits = usableRung(m_config, m_info, boundary, m_train->count(), m_test->count()) == ideal;
    notice(fits ? "The features of " + layer + " are not in the cache yet: every batch computes them until the epoch ends."
                : "The features of " + layer +
                      " are larger than the memory for features: every batch computes them. Raise that limit in the "
                      "settings to cache them.");
}

bool TorchTrainer::updatesStatistics() const {
    if (!m_config.updateStatistics) return false;
    for (std::size_t i = 0; i < m_loop.mask.size(); ++i)
        if (m_loop.mask[i] && m_info.layers[i].kind == LayerKind::BatchNorm) return true;
    return false;
}

/// Looks once a second.
void TorchTrainer::yieldMemory() {
    const auto now = Clock::now();
    if (!m_supply || m_batch || m_evaluation || now - m_lastMemoryLook < std::chrono::seconds(1)) return;
    m_lastMemoryLook = now;
    if (m_supply->yieldMemory() && m_loop.point != LoopPoint::EpochBegin) chooseSource(/*tell=*/true);
}

/// A change of layers neither waits for features nor stalls for them: what is there is used, and the next epoch fetches the rest.
void TorchTrainer::featuresAfterMaskChange() {
    if (isRestoring()) {
        m_chooseAgain = true;  // once the saved source is fetched
        return;
    }
    if (m_loop.point == LoopPoint::Batches) {
        chooseSource(/*tell=*/true);
        return;
    }
    if (m_loop.point == LoopPoint::EpochEnd) {
        if (!m_evaluation) chooseSource(/*tell=*/false);
        return;
    }
    if (m_loop.point == LoopPoint::EpochBegin) m_supply->layersChanged();
}

}  // namespace thaw::core
