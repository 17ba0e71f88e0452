#include "core/doctor/near_pairs.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <numeric>
#include <tuple>

#include "core/util/parallel.h"

namespace thaw::core {
namespace {

constexpr std::size_t kTables = 6, kTableBits = 16, kBandFrom = 44;
constexpr int kMostBits = 16;                ///< that two hashes of the same differ in
constexpr std::size_t kMostCandidates = 24;  ///< that are compared for one picture
constexpr std::size_t kCrowd = 512;          ///< a key that more pictures have tells nothing

/// Which bits of a hash make the key of each table: always the same draw out of the lowest frequencies.
using Bands = std::array<std::array<std::uint8_t, kTableBits>, kTables>;
Bands drawBands() {
    Bands bands{};
    std::uint64_t state = 0x9E3779B97F4A7C15U;
    for (auto& band : bands) {
        std::array<std::uint8_t, kBandFrom> bits{};
        std::iota(bits.begin(), bits.end(), std::uint8_t{0});
        for (std::size_t i = 0; i < kTableBits; ++i) {
            state = state * 6364136223846793005U + 1442695040888963407U;
            std::swap(bits[i], bits[i + (state >> 33) % (kBandFrom - i)]);
            band[i] = bits[i];
        }
    }
    return bands;
}
const Bands kBands = drawBands();

std::uint32_t keyOf(std::uint64_t hash, std::size_t table) {
    std::uint32_t key = 0;
    for (std::size_t i = 0; i < kTableBits; ++i) key |= static_cast<std::uint32_t>(hash >> kBands[table][i] & 1U) << i;
    return key;
}

/// The key and those next to it: its weakest bits may have fallen the other way.
std::array<std::uint32_t, 8> keysNear(const LookHash& hash, std::size_t table) {
    std::array<std::size_t, kTableBits> order{};
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::partial_sort(order.begin(), order.begin() + 3, order.end(), [&](std::size_t a, std::size_t b) {
        return hash.strength[kBands[table][a]] < hash.strength[kBands[table][b]];
    });
    std::array<std::uint32_t, 8> keys{};
    const std::uint32_t key = keyOf(hash.bits, table);
    for (std::uint32_t i = 0; i < keys.size(); ++i)
        keys[i] = key ^ ((i & 1U) << order[0]) ^ ((i >> 1 & 1U) << order[1]) ^ ((i >> 2 & 1U) << order[2]);
    return keys;
}

/// Pictures by one key, as one sorted array.
struct Table {
    std::vector<std::uint32_t> begin = std::vector<std::uint32_t>((1U << kTableBits) + 1), pictures;
};

Table tableOf(const std::vector<std::uint64_t>& hashes, std::size_t which) {
    Table table;
    table.pictures.resize(hashes.size());
    for (const std::uint64_t hash : hashes) ++table.begin[keyOf(hash, which) + 1];
    std::partial_sum(table.begin.begin(), table.begin.end(), table.begin.begin());
    std::vector<std::uint32_t> next(table.begin.begin(), table.begin.end() - 1);
    for (std::size_t i = 0; i < hashes.size(); ++i)
        table.pictures[next[keyOf(hashes[i], which)]++] = static_cast<std::uint32_t>(i);
    return table;
}

/// Two looks and what differs, as LookDifference::share().
struct Pair {
    std::size_t first = 0, second = 0;
    double share = 0;
    bool operator<(const Pair& other) const {
        return std::tie(first, second, share) < std::tie(other.first, other.second, other.share);
    }
    bool isOf(const Pair& other) const { return first == other.first && second == other.second; }
};

constexpr double kMostShare = 0.1, kLeastShare = 0.06, kShareStep = 0.01;
constexpr double kBeside = 1.2;      ///< a limit is judged by the pairs up to so much above it
constexpr double kMostBeside = 0.1;  ///< of the pairs below it
constexpr std::int64_t kFewBeside = 20;
constexpr double kAlone = 0.5;  ///< of what the next picture differs by
constexpr double kMostCompared = kMostShare / kAlone;

/// The largest share at which pairs still count as the same. Copies end well below it, while pictures that are merely alike, as
/// in a set of shirts, become more and more: where many lie just above a limit, a lower one is taken.
double limitFor(const std::vector<Pair>& pairs) {
    const auto upTo = [&pairs](double share) {
        return std::count_if(pairs.begin(), pairs.end(), [share](const Pair& pair) { return pair.share <= share; });
    };
    double limit = kMostShare;
    for (; limit > kLeastShare; limit -= kShareStep) {
        const std::int64_t below = upTo(limit), beside = upTo(limit * kBeside) - below;
        if (beside <= kFewBeside || static_cast<double>(beside) <= kMostBeside * static_cast<double>(below)) break;
    }
    return limit;
}

/// By picture, ascending: what those that are alike differ by.
std::map<std::size_t, std::vector<double>> sharesOf(const std::vector<Pair>& pairs) {
    std::map<std::size_t, std::vector<double>> shares;
    for (const Pair& pair : pairs)
        for (const std::size_t picture : {pair.first, pair.second}) shares[picture].push_back(pair.share);
    for (auto& [picture, own] : shares) std::sort(own.begin(), own.end());
    return shares;
}

/// Whether a pair stands apart: the next picture that is alike differs by clearly more. So does a copy amid many shirts.
bool standsApart(double share, const std::vector<double>& shares) {
    const auto next = std::upper_bound(shares.begin(), shares.end(), share);
    return share <= kAlone * (next == shares.end() ? kMostCompared : *next);
}

struct Candidate {
    std::uint32_t picture = 0;
    int bits = 0;  ///< in which the hashes differ
    LookPart part;
};

class PairFinder {
public:
    PairFinder(const std::vector<PictureLook>& looks, const CountCallback& progress) : m_looks(looks), m_hashes(looks.size()) {
        const auto count = static_cast<std::int64_t>(looks.size());
        forEachInParallel(
            count,
            [&](std::int64_t i, const std::atomic<bool>&) {
                const auto at = static_cast<std::size_t>(i);
                m_hashes[at] = m_parts.whole(looks[at]).bits;
            },
            [&](std::int64_t, std::int64_t) { return !progress || progress(0, count); });
        for (std::size_t table = 0; table < kTables; ++table) m_tables.push_back(tableOf(m_hashes, table));
    }

    /// Pictures that are a part of this one, or this one of them where they are the same part.
    std::vector<Pair> of(std::size_t picture) const {
        std::vector<Pair> alike;
        for (const Candidate& candidate : candidatesOf(picture)) {
            const std::size_t other = candidate.picture;
            const double share = differenceOf(m_looks[picture], m_looks[other], candidate.part).share();
            if (share <= kMostCompared) alike.push_back({std::min(picture, other), std::max(picture, other), share});
        }
        return alike;
    }

private:
    std::vector<Candidate> candidatesOf(std::size_t picture) const {
        std::vector<LookHash> hashes;
        m_parts.compute(m_looks[picture], hashes);
        std::map<std::uint32_t, Candidate> best;
        for (std::size_t part = 0; part < hashes.size(); ++part)
            for (std::size_t table = 0; table < kTables; ++table)
                for (const std::uint32_t key : keysNear(hashes[part], table))
                    take(picture, hashes[part].bits, part, table, key, best);
        std::vector<Candidate> list;
        for (const auto& [other, candidate] : best) list.push_back(candidate);
        std::stable_sort(list.begin(), list.end(), [](const Candidate& a, const Candidate& b) { return a.bits < b.bits; });
        if (list.size() > kMostCandidates) list.resize(kMostCandidates);
        return list;
    }

    void take(std::size_t picture, std::uint64_t hash, std::size_t part, std::size_t table, std::uint32_t key,
              std::map<std::uint32_t, Candidate>& best) const {
        const std::uint32_t begin = m_tables[table].begin[key], end = m_tables[table].begin[key + 1];
        if (end - begin > kCrowd) return;
        for (std::uint32_t at = begin; at < end; ++at) {
            const std::uint32_t other = m_tables[table].pictures[at];
            const int bits = __builtin_popcountll(hash ^ m_hashes[other]);
            if (other == picture || bits > kMostBits) continue;
            const auto [entry, added] = best.try_emplace(other, Candidate{other, bits, m_parts.parts()[part]});
            if (!added && bits < entry->second.bits) entry->second = {other, bits, m_parts.parts()[part]};
        }
    }

    const std::vector<PictureLook>& m_looks;
    const LookHashes m_parts;
    std::vector<std::uint64_t> m_hashes;
    std::vector<Table> m_tables;
};

}  // namespace

std::vector<std::pair<std::size_t, std::size_t>> nearPairs(const std::vector<PictureLook>& looks, const CountCallback& progress) {
    const PairFinder finder(looks, progress);
    std::vector<Pair> alike;
    std::mutex mutex;
    forEachInParallel(
        static_cast<std::int64_t>(looks.size()),
        [&](std::int64_t i, const std::atomic<bool>&) {
            const auto picture = static_cast<std::size_t>(i);
            const std::vector<Pair> found = finder.of(picture);
            const std::lock_guard lock(mutex);
            alike.insert(alike.end(), found.begin(), found.end());
        },
        progress);
    std::sort(alike.begin(), alike.end());
    alike.erase(std::unique(alike.begin(), alike.end(), [](const Pair& a, const Pair& b) { return a.isOf(b); }), alike.end());
    const double limit = limitFor(alike);
    std::vector<std::pair<std::size_t, std::size_t>> pairs;
    const auto shares = sharesOf(alike);
    for (const Pair& pair : alike)
        if (pair.share <= limit || (pair.share <= kMostShare && standsApart(pair.share, shares.at(pair.first)) &&
                                    standsApart(pair.share, shares.at(pair.second))))
            pairs.emplace_back(pair.first, pair.second);
    return pairs;
}

std::vector<std::vector<std::size_t>> groupsOf(std::size_t count, const std::vector<std::pair<std::size_t, std::size_t>>& pairs) {
    std::vector<std::size_t> first(count);
    std::iota(first.begin(), first.end(), std::size_t{0});
    const auto rootOf = [&first](std::size_t i) {
        while (first[i] != i) i = first[i] = first[first[i]];
        return i;
    };
    for (const auto& [a, b] : pairs) {
        const std::size_t one = rootOf(a), other = rootOf(b);
        first[std::max(one, other)] = std::min(one, other);
    }
    std::map<std::size_t, std::vector<std::size_t>> groups;
    for (const auto& [a, b] : pairs) {
        groups[rootOf(a)].push_back(a);
        groups[rootOf(b)].push_back(b);
    }
    std::vector<std::vector<std::size_t>> result;
    for (auto& [root, members] : groups) {
        std::sort(members.begin(), members.end());
        members.erase(std::unique(members.begin(), members.end()), members.end());
        result.push_back(std::move(members));
    }
    return result;
}

}  // namespace thaw::core
