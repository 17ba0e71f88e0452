// The nearest neighbours of each sample by its features.
#pragma once

#include <cstdint>

#include <torch/torch.h>

#include "core/api/analysis.h"

namespace thaw::core {

struct Neighbours {
    torch::Tensor rows;      ///< int64 [count, k]: the nearest first
    torch::Tensor distance;  ///< float32 [count, k]
};

enum class NearestBy {
    Cosine,  ///< 1 minus the cosine, 0..2
    Length,  ///< of the difference
};

/// Of float32 [count, n]. A row is no neighbour of its own. With more than 20,000 rows the neighbours are looked for among so
/// many, drawn by the seed. Fewer than `k` where there are not so many. Throws Cancelled.
Neighbours nearestNeighbours(const torch::Tensor& features, NearestBy by, int k, std::uint64_t seed,
                             const CountCallback& progress);

}  // namespace thaw::core
