// The order in which an epoch sees the training pictures, and its cuts into batches. Pure functions of (seed, epoch).
#pragma once

#include <cstdint>
#include <vector>

namespace thaw::core {

class Batcher {
public:
    Batcher(std::int64_t count, std::int64_t batchSize, std::uint64_t seed);

    /// From now on each class that has pictures comes equally often in an epoch, as equally as the number allows: of small ones
    /// all again and again, of large ones a part that is drawn anew. `labels` has a class a picture.
    void balance(const std::vector<int>& labels, int classes);

    std::int64_t batches() const;  ///< an epoch; the last may be smaller
    /// Picture indices of a batch. Epochs count from 1, batches from 0.
    std::vector<std::int64_t> rows(int epoch, std::int64_t batch) const;

private:
    void shuffle(int epoch) const;
    std::vector<std::int64_t> balanced(int epoch) const;
    std::int64_t m_count, m_batchSize;
    std::uint64_t m_seed;
    std::vector<std::vector<std::int64_t>> m_classes;  // pictures of each; empty: not balanced
    mutable int m_epoch = 0;
    mutable std::vector<std::int64_t> m_order;
};

}  // namespace thaw::core
