// The order in which an epoch sees the training pictures, and its cuts into batches. Pure functions of (seed, epoch).
#pragma once

#include <cstdint>
#include <vector>

namespace thaw::core {

class Batcher {
public:
    Batcher(std::int64_t count, std::int64_t batchSize, std::uint64_t seed);

    std::int64_t batches() const;  ///< an epoch; the last may be smaller
    /// Picture indices of a batch. Epochs count from 1, batches from 0.
    std::vector<std::int64_t> rows(int epoch, std::int64_t batch) const;

private:
    void shuffle(int epoch) const;
    std::int64_t m_count, m_batchSize;
    std::uint64_t m_seed;
    mutable int m_epoch = 0;
    mutable std::vector<std::int64_t> m_order;
};

}  // namespace thaw::core
