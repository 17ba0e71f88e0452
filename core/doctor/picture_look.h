// How a picture looks, small: what is compared to find pictures that show the same.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace thaw::core {

constexpr int kLookSide = 32;  ///< pixels a side of the square into which a whole picture is squeezed
constexpr int kTintSide = 4;

struct PictureLook {
    std::array<std::uint8_t, kLookSide * kLookSide> luma{};     ///< Rec. 601
    std::array<std::int8_t, 2 * kTintSide * kTintSide> tint{};  ///< half of red and of blue minus luma, in a coarse grid
};

/// Of kLookSide * kLookSide interleaved RGB pixels.
PictureLook lookOf(const std::uint8_t* rgb);
/// Mean luma, 0..1.
float brightnessOf(const PictureLook& look);
/// Whether those pixels have no colours but for what compression adds.
bool isGreyPicture(const std::uint8_t* rgb);

/// A part of a picture along one axis, in shares of its length.
struct Part {
    float begin = 0, length = 1;
};
struct LookPart {
    Part x, y;
};

/// Signs of the low frequencies of a look, or of a part of it: alike where the pictures are.
struct LookHash {
    std::uint64_t bits = 0;
    std::array<float, 64> strength{};  ///< of each bit: how far it is from the other value
};
/// Bits that are used, the lowest frequencies first.
constexpr int kHashBits = 63;

/// The hash of the whole, and those of parts that a crop of up to a tenth of each axis leaves over.
class LookHashes {
public:
    LookHashes();
    const std::vector<LookPart>& parts() const { return m_parts; }  ///< the first is the whole
    /// One for each part.
    void compute(const PictureLook& look, std::vector<LookHash>& hashes) const;
    LookHash whole(const PictureLook& look) const;

private:
    using Waves = std::array<std::array<float, kLookSide>, 8>;
    static Waves wavesOf(const Part& part);
    std::vector<Part> m_axis;
    std::vector<Waves> m_waves;
    std::vector<LookPart> m_parts;
};

/// Whole pictures of which one may be a part of the other.
struct LookDifference {
    double remaining = 0;  ///< root mean square of what differs in luma where both lie best upon each other, in levels of 255
    double contrast = 0;   ///< standard deviation of luma, in levels
    double tint = 0;       ///< mean difference of the coarse colours, in levels
    /// What remains over the contrast: below a tenth of copies that differ in size, compression and a narrow edge alone. 1 where
    /// the colours differ.
    double share() const;
};

/// `start` is where `part` lies in `picture` by their hashes; the place is refined to parts of a pixel.
LookDifference differenceOf(const PictureLook& picture, const PictureLook& part, const LookPart& start);

}  // namespace thaw::core
