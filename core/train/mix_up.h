// How much of each picture's partner is blended into it.
#pragma once

#include <cstdint>

namespace thaw::core {

/// The share, 0.5 to 1, that a picture keeps of itself in a step: the larger of the two that a Beta(alpha, alpha) distribution
/// gives. 1 where alpha is 0. A pure function of its arguments.
double mixUpShare(double alpha, std::uint64_t seed, std::int64_t step);

}  // namespace thaw::core
