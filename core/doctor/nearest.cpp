#include "core/doctor/nearest.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "core/api/errors.h"
#include "core/train/input_source.h"
#include "core/train/random.h"

namespace thaw::core {
namespace {

constexpr std::int64_t kSlice = 512, kMostOthers = 20'000;

torch::Tensor directionsOf(const torch::Tensor& features) {
    torch::Tensor values = features - features.mean(0, /*keepdim=*/true);
    values.div_(values.std(0, /*unbiased=*/false, /*keepdim=*/true).clamp_min_(1e-6));
    return values.div_(values.norm(2, {1}, /*keepdim=*/true).clamp_min_(1e-12));
}

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

Neighbours nearestNeighbours(const torch::Tensor& features, int k, std::uint64_t seed, const CountCallback& progress) {
    const torch::NoGradGuard noGrad;
    const std::int64_t count = features.size(0);
    const torch::Tensor directions = directionsOf(features), places = torch::tensor(othersOf(count, seed));
    const torch::Tensor others = places.size(0) == count ? directions : directions.index_select(0, places);
    const std::int64_t wanted = std::min<std::int64_t>(k, others.size(0) - 1);
    Neighbours result{torch::empty({count, wanted}, torch::kLong), torch::empty({count, wanted})};
    for (std::int64_t begin = 0; begin < count; begin += kSlice) {
        if (progress && !progress(begin, count)) throw Cancelled();
        const std::int64_t end = std::min(count, begin + kSlice);
        torch::Tensor likeness = directions.slice(0, begin, end).matmul(others.t());
        likeness.masked_fill_(places.unsqueeze(0) == torch::arange(begin, end).unsqueeze(1), -2);
        const auto [values, at] = likeness.topk(wanted, 1);
        result.rows.slice(0, begin, end).copy_(places.index_select(0, at.flatten()).view_as(at));
        result.distance.slice(0, begin, end).copy_(1 - values);
    }
    if (progress) progress(count, count);
    return result;
}

}  // namespace thaw::core
