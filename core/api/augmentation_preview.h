// What a run would make of some of its pictures before the network sees them: how each becomes a square, and how augmentation
// changes it from epoch to epoch.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "core/api/config.h"
#include "core/api/prediction.h"

namespace thaw::core {

struct PreviewSample {
    std::string name;  ///< of its class, or of its several with commas
    std::string file;  ///< its name without the folder; empty where pictures are no files of their own
    RgbPicture whole;  ///< at most 512 pixels a side; empty where all pictures of the data set are squares of one size
    std::array<RgbPicture, 3> squares;  ///< the whole one by each SquareFit, in its order; empty as `whole`
    std::vector<RgbPicture> epochs;     ///< the network's input without augmentation, then in epochs 1, 2, ...
};

struct AugmentationPreview {
    std::string dataset;    ///< its title
    bool ownSizes = false;  ///< its pictures are files of any size, which SquareFit makes squares
    std::vector<PreviewSample> samples;
};

/// The pictures are those of a run with the same settings, seed and epoch, but for mix-up, which blends two of a batch. Reads
/// labels and `samples` pictures. Blocking. Throws ConfigError for settings that no run takes, DataError, Cancelled (in a
/// ReadingScope).
AugmentationPreview previewAugmentation(const RunConfig& config, int samples, int epochs);

}  // namespace thaw::core
