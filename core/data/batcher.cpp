#include "core/data/batcher.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "core/train/random.h"

namespace thaw::core {

Batcher::Batcher(std::int64_t count, std::int64_t batchSize, std::uint64_t seed)
    : m_count(count), m_batchSize(batchSize), m_seed(seed) {}

std::int64_t Batcher::batches() const { return (m_count + m_batchSize - 1) / m_batchSize; }

std::vector<std::int64_t> Batcher::rows(int epoch, std::int64_t batch) const {
    if (epoch != m_epoch) shuffle(epoch);
    const std::int64_t begin = batch * m_batchSize, end = std::min(m_count, begin + m_batchSize);
    return {m_order.begin() + begin, m_order.begin() + end};
}

void Batcher::shuffle(int epoch) const {
    m_order.resize(static_cast<std::size_t>(m_count));
    std::iota(m_order.begin(), m_order.end(), std::int64_t{0});
    RandomStream random(m_seed, Purpose::Shuffle, static_cast<std::uint64_t>(epoch));
    for (std::size_t i = m_order.size(); i > 1; --i) std::swap(m_order[i - 1], m_order[random.below(i)]);
    m_epoch = epoch;
}

}  // namespace thaw::core
