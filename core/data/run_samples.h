// A few of the pictures that a run trains on.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "core/api/dataset_info.h"

namespace thaw::core {

struct RunSamples {
    PictureSet pictures;
    std::vector<std::int64_t> rows;            ///< of each its place in the split that the run trains on
    std::vector<std::filesystem::path> files;  ///< of each; empty where pictures are no files of their own
};

/// At most `count` of the training pictures that loadSplit() gives for the same arguments, of different classes as far as there
/// are some, chosen by `seed`. Only these are read; one that cannot be decoded is left out. Where others before them cannot be
/// decoded, a run in memory has them at a smaller row. Blocking. Throws DataError, Cancelled.
RunSamples sampleRun(const DatasetInfo& dataset, const DataConfig& part, std::uint64_t seed, std::int64_t count);

}  // namespace thaw::core
