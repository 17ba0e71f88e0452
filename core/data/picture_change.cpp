#include "core/data/picture_change.h"

#include <algorithm>
#include <cmath>
#include <sstream>
#include <tuple>

#include "core/train/random.h"

namespace thaw::core {
namespace {

constexpr double kLeastAspect = 3.0 / 4, kMostAspect = 4.0 / 3;              // as torchvision's RandomResizedCrop
constexpr double kLeastErased = 0.02, kMostErased = 0.2, kErasedAspect = 3;  // shares of the area; of the sides

double between(RandomStream& random, double low, double high) { return low + (high - low) * random.uniform(); }

/// A rectangle of a share of the area, whole inside the unit square.
void rectangle(RandomStream& random, double share, double leastAspect, double mostAspect, float& x, float& y, float& width,
               float& height) {
    const double aspect = std::exp(between(random, std::log(leastAspect), std::log(mostAspect)));
    const double w = std::min(1.0, std::sqrt(share * aspect)), h = std::min(1.0, std::sqrt(share / aspect));
    x = static_cast<float>(random.uniform() * (1 - w));
    y = static_cast<float>(random.uniform() * (1 - h));
    width = static_cast<float>(w);
    height = static_cast<float>(h);
}

float factor(RandomStream& random, double strength) { return static_cast<float>(between(random, 1 - strength, 1 + strength)); }

/// What flips and shifts do not do. Draws in a fixed order, whatever is on.
void changeFreely(const AugmentationConfig& augmentation, RandomStream random, PictureChange& change) {
    if (augmentation.crop < 1)
        rectangle(random, between(random, augmentation.crop, 1), kLeastAspect, kMostAspect, change.cropX, change.cropY,
                  change.cropWidth, change.cropHeight);
    if (augmentation.verticalFlip) change.verticalFlip = random.uniform() < 0.5;
    if (augmentation.rotation > 0)
        change.rotation = static_cast<float>(between(random, -augmentation.rotation, augmentation.rotation));
    if (augmentation.colour > 0) {
        change.brightness = factor(random, augmentation.colour);
        change.contrast = factor(random, augmentation.colour);
        change.saturation = factor(random, augmentation.colour);
    }
    if (augmentation.blur > 0) change.blur = static_cast<float>(between(random, 0, augmentation.blur));
    if (augmentation.erasing > 0 && random.uniform() < augmentation.erasing)
        rectangle(random, between(random, kLeastErased, kMostErased), 1 / kErasedAspect, kErasedAspect, change.eraseX,
                  change.eraseY, change.eraseWidth, change.eraseHeight);
}

/// `major` tells epochs, or variants, apart.
PictureChange drawn(const AugmentationConfig& augmentation, std::uint64_t seed, std::uint64_t major, std::int64_t picture) {
    PictureChange change;
    const std::uint64_t minor = static_cast<std::uint64_t>(picture);
    if (augmentation.flip) change.flip = (RandomStream(seed, Purpose::Flip, major, minor).at(0) >> 63) != 0;
    if (augmentation.shift > 0) {
        RandomStream random(seed, Purpose::Shift, major, minor);
        const std::uint64_t range = 2 * static_cast<std::uint64_t>(augmentation.shift) + 1;
        change.shiftX = static_cast<int>(random.below(range)) - augmentation.shift;
        change.shiftY = static_cast<int>(random.below(range)) - augmentation.shift;
    }
    changeFreely(augmentation, RandomStream(seed, Purpose::Change, major, minor), change);
    return change;
}

bool flipsAlone(const AugmentationConfig& augmentation) { return augmentation.flip && !augmentation.moves(); }

}  // namespace

bool PictureChange::isPlain() const {
    PictureChange plain;
    plain.variant = variant;
    plain.flip = flip;
    plain.shiftX = shiftX;
    plain.shiftY = shiftY;
    return *this == plain;
}

bool PictureChange::operator==(const PictureChange& other) const {
    const auto all = [](const PictureChange& c) {
        return std::tie(c.variant, c.flip, c.shiftX, c.shiftY, c.verticalFlip, c.cropX, c.cropY, c.cropWidth, c.cropHeight,
                        c.rotation, c.brightness, c.contrast, c.saturation, c.blur, c.eraseX, c.eraseY, c.eraseWidth,
                        c.eraseHeight);
    };
    return all(*this) == all(other);
}

PictureChange augmentationOf(const AugmentationConfig& augmentation, std::uint64_t seed, int epoch, std::int64_t picture) {
    const std::uint64_t major = static_cast<std::uint64_t>(epoch), minor = static_cast<std::uint64_t>(picture);
    if (augmentation.moves() && augmentation.variants > 0) {
        const auto count = static_cast<std::uint64_t>(augmentation.variants);
        const auto variant = static_cast<int>(RandomStream(seed, Purpose::Variant, major, minor).below(count));
        return variantOf(augmentation, seed, variant, picture);
    }
    PictureChange change = drawn(augmentation, seed, major, picture);
    if (flipsAlone(augmentation)) change.variant = change.flip ? 1 : 0;
    return change;
}

PictureChange variantOf(const AugmentationConfig& augmentation, std::uint64_t seed, int variant, std::int64_t picture) {
    PictureChange change;
    if (variant > 0 && flipsAlone(augmentation))
        change.flip = true;
    else if (variant > 0)
        change = drawn(augmentation, seed, static_cast<std::uint64_t>(variant), picture);
    change.variant = variant;
    return change;
}

int cachedVariants(const AugmentationConfig& augmentation) {
    if (augmentation.moves()) return augmentation.variants;
    return augmentation.flip ? 2 : 1;
}

std::string variantKey(const AugmentationConfig& augmentation, std::uint64_t seed, int variant) {
    if (variant == 0) return "train";
    if (flipsAlone(augmentation)) return "train, flipped";
    const AugmentationConfig& a = augmentation;
    std::ostringstream key;
    key << "train variant " << variant << " of seed " << seed << ": " << a.flip << ' ' << a.shift << ' ' << a.verticalFlip << ' '
        << a.crop << ' ' << a.rotation << ' ' << a.colour << ' ' << a.blur << ' ' << a.erasing;
    return key.str();
}

}  // namespace thaw::core
