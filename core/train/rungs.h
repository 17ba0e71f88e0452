// Where features may be cached, how large they are and in what portions they are computed. Pure arithmetic.
// A rung is the index of the stage whose input is kept: the stage after a pooling, or 0 for the pictures themselves.
#pragma once

#include <cstdint>
#include <vector>

#include "core/api/layer_info.h"
#include "core/data/picture_change.h"

namespace thaw::core {

/// All rungs above the pictures, lowest first.
std::vector<int> rungsOf(const ModelInfo& model);
/// The highest rung at or below a freeze boundary.
int rungBelow(const ModelInfo& model, int boundary);
/// Floats of one picture's features at a rung above 0.
std::int64_t rungFloats(const ModelInfo& model, int rung);
/// Bytes of a rung for both splits.
std::int64_t rungBytes(const RunConfig& config, const ModelInfo& model, int rung, std::int64_t trainCount,
                       std::int64_t testCount);
/// What the settings leave to features: memory, and a disk for rungs that do not fit into it.
class CacheRoom {
public:
    explicit CacheRoom(const CacheConfig& config)
        : m_memory(config.memoryBudget), m_disk(config.onDisk ? config.diskBudget : 0) {}
    /// Takes room for a rung where there is some left.
    bool take(std::int64_t bytes);

private:
    std::int64_t m_memory, m_disk;
};

/// The rung that training with this boundary should read from: the highest that the settings have room for; 0: none.
int usableRung(const RunConfig& config, const ModelInfo& model, int boundary, std::int64_t trainCount, std::int64_t testCount);

/// Pictures that go through trunk stages together, whatever the batch: it bounds a stage's time and memory. Depends on the
/// input size alone, so that features have the same bits in every run.
int sliceSize(int inputSize);
/// Of a model that reads such pictures, or texts: then how many of the longest.
int sliceSize(const ModelInfo& model);
/// Pictures of one forward and backward pass of a batch: all of them where only the head trains on cached features, slices
/// otherwise. Measured speeds have no say: the same run has the same bits again.
int microBatchSize(const RunConfig& config, const ModelInfo& model, int boundary, int rung);

}  // namespace thaw::core
