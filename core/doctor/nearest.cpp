#include "core/doctor/nearest.h"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "core/api/errors.h"
#include "core/train/input_source.h"
#include "core/train/random.h"

namespace thaw::core {
namespace {

constexpr std::int64_t kSlice = 512, kMostOthers = 20'000;

/// Ascending.
std::vector<std::int64_t> othersOf(std::int64_t count, std::uint64_t seed) {
    std::vector<std::int64_t> rows = rowRange(0, count);
    if (count <= kMostOthers) return rows;
    RandomStream random(seed, Purpose::Shuffle, 1);
    for (std::size_t i = 0; i < static_cast<std::size_t>(kMostOthers); ++i)
        std::swap(rows[i], rows[i + random.below(static_cast<std::uint64_t>(rows.size() - i))]);
    rows.resize(static_cast<std::size_t>(kMostOthers));
    std::sort(rows.begin(), rows.end());
    return rows;
}

}  // namespace

Neighbours nearestNeighbours(const torch::Tensor& features, NearestBy by, int k, std::uint64_t seed,
                             const CountCallback& progress) {
    const torch::NoGradGuard noGrad;
    const std::int64_t count = features.size(0);
    const torch::Tensor points =
        by == NearestBy::Cosine ? features / features.norm(2, {1}, /*keepdim=*/true).clamp_min_(1e-12) : features;
    const torch::Tensor places = torch::tensor(othersOf(count, seed));
    const torch::Tensor others = places.size(0) == count ? points : points.index_select(0, places);
    // By both the nearest has the largest product with a point, less half its square.
    const torch::Tensor half = others.square().sum(1).div_(2);
    const std::int64_t wanted = std::min<std::int64_t>(k, others.size(0) - 1);
    Neighbours result{torch::empty({count, wanted}, torch::kLong), torch::empty({count, wanted})};
    for (std::int64_t begin = 0; begin < count; begin += kSlice) {
        if (progress && !progress(begin, count)) throw Cancelled();
        const std::int64_t end = std::min(count, begin + kSlice);
        const torch::Tensor rows = points.slice(0, begin, end);
        torch::Tensor likeness = rows.matmul(others.t()).sub_(half);
        likeness.masked_fill_(places.unsqueeze(0) == torch::arange(begin, end).unsqueeze(1),
                              -std::numeric_limits<float>::infinity());
        const auto [values, at] = likeness.topk(wanted, 1);
        result.rows.slice(0, begin, end).copy_(places.index_select(0, at.flatten()).view_as(at));
        const torch::Tensor squares = (rows.square().sum(1, /*keepdim=*/true) - 2 * values).clamp_min_(0);
        result.distance.slice(0, begin, end).copy_(by == NearestBy::Cosine ? squares / 2 : squares.sqrt());
    }
    if (progress) progress(count, count);
    return result;
}

}  // namespace thaw::core
