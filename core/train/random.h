// Random numbers by counter: a stream is a pure function of (seed, purpose, position), so a resumed run needs to know
// positions only, and one purpose never draws from another's stream.
#pragma once

#include <cstdint>

namespace thaw::core {

enum class Purpose : std::uint64_t {
    Initialization = 1,
    Shuffle,
    Dropout,
    Flip,
    Shift,
    Embedding,
    Change,
    Variant,
    MixUp,
    Balance,
    Bootstrap,
    Continuation,
};

/// Steele, Lea and Flood 2014: SplitMix64's output function.
inline std::uint64_t mixBits(std::uint64_t x) {
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ull;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBull;
    return x ^ (x >> 31);
}

class RandomStream {
public:
    RandomStream(std::uint64_t seed, Purpose purpose, std::uint64_t major, std::uint64_t minor = 0)
        : m_key(mixBits(mixBits(mixBits(mixBits(seed + kStep) + static_cast<std::uint64_t>(purpose) * kStep) + major * kStep) +
                        minor * kStep)) {}

    /// The number at a position: random access.
    std::uint64_t at(std::uint64_t position) const { return mixBits(m_key + (position + 1) * kStep); }
    std::uint64_t next() { return at(m_position++); }
    /// [0, 1) with 53 bits.
    double uniform() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }
    /// [0, bound), without bias.
    std::uint64_t below(std::uint64_t bound) {
        const std::uint64_t limit = bound * (~0ull / bound);
        std::uint64_t value = next();
        while (value >= limit) value = next();
        return value % bound;
    }

private:
    static constexpr std::uint64_t kStep = 0x9E3779B97F4A7C15ull;
    std::uint64_t m_key;
    std::uint64_t m_position = 0;
};

}  // namespace thaw::core
