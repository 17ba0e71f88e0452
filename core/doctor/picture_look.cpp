#include "core/doctor/picture_look.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace thaw::core {
namespace {

constexpr int kPixels = kLookSide * kLookSide, kWaves = 8;
constexpr float kPi = 3.14159265358979F;

/// (column, row) of the frequencies, lowest first, without the mean.
const std::array<std::pair<int, int>, kHashBits>& frequencies() {
    static const auto order = [] {
        std::array<std::pair<int, int>, kHashBits> list{};
        std::size_t at = 0;
        for (int sum = 1; sum <= 2 * (kWaves - 1); ++sum)
            for (int u = std::max(0, sum - kWaves + 1); u <= std::min(sum, kWaves - 1); ++u) list[at++] = {u, sum - u};
        return list;
    }();
    return order;
}

int luma(const std::uint8_t* rgb) { return (299 * rgb[0] + 587 * rgb[1] + 114 * rgb[2] + 500) / 1000; }

}  // namespace

PictureLook lookOf(const std::uint8_t* rgb) {
    constexpr int kCell = kLookSide / kTintSide, kCells = kTintSide * kTintSide;
    PictureLook look;
    std::array<int, 2 * kCells> tint{};
    for (int i = 0; i < kPixels; ++i, rgb += 3) {
        const int value = luma(rgb);
        look.luma[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(value);
        const auto cell = static_cast<std::size_t>(i / kLookSide / kCell * kTintSide + i % kLookSide / kCell);
        tint[cell] += rgb[0] - value;
        tint[kCells + cell] += rgb[2] - value;
    }
    for (std::size_t i = 0; i < tint.size(); ++i)
        look.tint[i] = static_cast<std::int8_t>(std::clamp(tint[i] / (2 * kCell * kCell), -127, 127));
    return look;
}

float brightnessOf(const PictureLook& look) {
    int sum = 0;
    for (const std::uint8_t value : look.luma) sum += value;
    return static_cast<float>(sum) / (255.0F * kPixels);
}

bool isGreyPicture(const std::uint8_t* rgb) {
    constexpr int kMost = 12, kMeanTimes = 2 * kPixels;
    int sum = 0;
    for (int i = 0; i < kPixels; ++i, rgb += 3) {
        const int spread = std::max({rgb[0], rgb[1], rgb[2]}) - std::min({rgb[0], rgb[1], rgb[2]});
        if (spread > kMost) return false;
        sum += spread;
    }
    return sum <= kMeanTimes;
}

LookHashes::LookHashes() : m_axis{{0, 1}, {0.025F, 0.95F}, {0.05F, 0.9F}, {0, 0.95F}, {0.05F, 0.95F}} {
    for (const Part& part : m_axis) m_waves.push_back(wavesOf(part));
    for (const Part& y : m_axis)
        for (const Part& x : m_axis) m_parts.push_back({x, y});
}

/// Cosines over a part, each pixel weighted by how much of it lies inside.
LookHashes::Waves LookHashes::wavesOf(const Part& part) {
    Waves waves{};
    const float begin = part.begin * kLookSide, length = part.length * kLookSide;
    for (int k = 0; k < kWaves; ++k)
        for (int i = 0; i < kLookSide; ++i) {
            const float low = std::max(static_cast<float>(i), begin), high = std::min(static_cast<float>(i + 1), begin + length);
            if (high <= low) continue;
            const float at = ((low + high) / 2 - begin) / length;
            waves[static_cast<std::size_t>(k)][static_cast<std::size_t>(i)] =
                (high - low) / length * std::cos(kPi * static_cast<float>(k) * at);
        }
    return waves;
}

void LookHashes::compute(const PictureLook& look, std::vector<LookHash>& hashes) const {
    hashes.assign(m_parts.size(), {});
    std::array<std::array<float, kWaves>, kLookSide> rows;  // of each row of pixels its waves along x
    for (std::size_t x = 0; x < m_axis.size(); ++x) {
        for (std::size_t row = 0; row < kLookSide; ++row)
            for (std::size_t u = 0; u < kWaves; ++u) {
                float sum = 0;
                for (std::size_t i = 0; i < kLookSide; ++i)
                    sum += m_waves[x][u][i] * static_cast<float>(look.luma[row * kLookSide + i]);
                rows[row][u] = sum;
            }
        for (std::size_t y = 0; y < m_axis.size(); ++y) {
            LookHash& hash = hashes[y * m_axis.size() + x];
            for (std::size_t bit = 0; bit < kHashBits; ++bit) {
                const auto [u, v] = frequencies()[bit];
                float sum = 0;
                for (std::size_t i = 0; i < kLookSide; ++i)
                    sum += m_waves[y][static_cast<std::size_t>(v)][i] * rows[i][static_cast<std::size_t>(u)];
                if (sum > 0) hash.bits |= std::uint64_t{1} << bit;
                hash.strength[bit] = std::abs(sum);
            }
        }
    }
}

LookHash LookHashes::whole(const PictureLook& look) const {
    std::vector<LookHash> hashes;
    compute(look, hashes);
    return hashes.front();
}

}  // namespace thaw::core
