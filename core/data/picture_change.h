// What augmentation does to pictures.
#pragma once

#include <cstdint>
#include <string>

#include "core/api/config.h"

namespace thaw::core {

/// What is done to one picture. Nothing, by default.
struct PictureChange {
    bool flip = false;
    int shiftX = 0, shiftY = 0;  ///< pixels; the edge is repeated
    bool verticalFlip = false;
    float cropX = 0, cropY = 0, cropWidth = 1, cropHeight = 1;      ///< shares of the picture's sides
    float rotation = 0;                                             ///< degrees, about the crop's centre; the edge is mirrored
    float brightness = 1, contrast = 1, saturation = 1;             ///< factors
    float blur = 0;                                                 ///< sigma of a Gaussian, pixels of the result
    float eraseX = 0, eraseY = 0, eraseWidth = 0, eraseHeight = 0;  ///< shares of the result's sides, made grey
    int variant = 0;  ///< which of the cached copies it is: see AugmentationConfig::variants; 0: the picture as it is, or any

    /// Flip and shift alone, which move whole pixels.
    bool isPlain() const;
    bool operator==(const PictureChange& other) const;
};

/// The change that a picture gets in an epoch: a pure function of its arguments.
PictureChange augmentationOf(const AugmentationConfig& augmentation, std::uint64_t seed, int epoch, std::int64_t picture);

/// That of a cached copy: `variant` counts from 0, which is the picture as it is, to cachedVariants() - 1.
PictureChange variantOf(const AugmentationConfig& augmentation, std::uint64_t seed, int variant, std::int64_t picture);

/// Copies of the training pictures that are cached: 1, or 2 with flips alone, or the setting's number; 0: no two epochs are
/// alike, so that nothing can be cached.
int cachedVariants(const AugmentationConfig& augmentation);
/// What the pictures of a variant depend on beside the picture, for keys of cached features: "train", "train, flipped", or all
/// settings and the seed.
std::string variantKey(const AugmentationConfig& augmentation, std::uint64_t seed, int variant);

/// A changed picture, 8-bit RGB, row-major, interleaved: width x height pixels to side x side, bilinear.
void changePicture(const std::uint8_t* rgb, int width, int height, const PictureChange& change, int side, std::uint8_t* out);

}  // namespace thaw::core
