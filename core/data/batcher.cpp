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

void Batcher::balance(const std::vector<int>& labels, int classes) {
    std::vector<std::vector<std::int64_t>> all(static_cast<std::size_t>(classes));
    for (std::size_t i = 0; i < labels.size(); ++i)
        all[static_cast<std::size_t>(labels[i])].push_back(static_cast<std::int64_t>(i));
    m_classes.clear();
    for (std::vector<std::int64_t>& one : all)
        if (!one.empty()) m_classes.push_back(std::move(one));
    m_epoch = 0;
}

std::vector<std::int64_t> Batcher::balanced(int epoch) const {
    std::vector<std::int64_t> chosen;
    const auto classes = static_cast<std::int64_t>(m_classes.size());
    for (std::int64_t c = 0; c < classes; ++c) {
        std::vector<std::int64_t> own = m_classes[static_cast<std::size_t>(c)];
        RandomStream random(m_seed, Purpose::Balance, static_cast<std::uint64_t>(epoch), static_cast<std::uint64_t>(c));
        for (std::size_t i = own.size(); i > 1; --i) std::swap(own[i - 1], own[random.below(i)]);
        const std::int64_t quota = m_count / classes + (c < m_count % classes ? 1 : 0);
        for (std::int64_t i = 0; i < quota; ++i) chosen.push_back(own[static_cast<std::size_t>(i) % own.size()]);
    }
    return chosen;
}

void Batcher::shuffle(int epoch) const {
    if (m_classes.empty()) {
        m_order.resize(static_cast<std::size_t>(m_count));
        std::iota(m_order.begin(), m_order.end(), std::int64_t{0});
    } else {
        m_order = balanced(epoch);
    }
    RandomStream random(m_seed, Purpose::Shuffle, static_cast<std::uint64_t>(epoch));
    for (std::size_t i = m_order.size(); i > 1; --i) std::swap(m_order[i - 1], m_order[random.below(i)]);
    m_epoch = epoch;
}

}  // namespace thaw::core
