#include "core/train/mix_up.h"

#include <algorithm>
#include <limits>
#include <random>

#include "core/train/random.h"

namespace thaw::core {
namespace {

/// A stream as the standard's distributions take it.
struct Generator {
    using result_type = std::uint64_t;
    RandomStream stream;
    static constexpr result_type min() { return 0; }
    static constexpr result_type max() { return std::numeric_limits<result_type>::max(); }
    result_type operator()() { return stream.next(); }
};

}  // namespace

double mixUpShare(double alpha, std::uint64_t seed, std::int64_t step) {
    if (alpha <= 0) return 1;
    Generator generator{RandomStream(seed, Purpose::MixUp, static_cast<std::uint64_t>(step))};
    std::gamma_distribution<double> gamma(alpha);
    const double own = gamma(generator), other = gamma(generator), sum = own + other;
    return sum > 0 ? std::max(own, other) / sum : 1;
}

}  // namespace thaw::core
