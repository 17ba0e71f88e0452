// Pictures of a split whose pictures are files of their own: in memory where they are few, else decoded when they are asked for.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "core/data/dataset_source.h"

namespace thaw::core {

/// What a set in memory may take, where the machine has it to spare; a larger one is read on demand (picture_files.h).
constexpr std::int64_t kMostBytesInMemory = 400'000'000;
/// Another limit from now on, for tests. Before any other thread reads pictures.
void setMostBytesInMemory(std::int64_t bytes);

/// The pictures at `indices` (ascending) with their labels as squares of `side` pixels, of `classes` classes. In memory those
/// that cannot be decoded are left out and listed in `reading`, else see PictureReader. Throws DataError and Cancelled.
PictureSet readSplitPictures(const std::filesystem::path& location, const SplitLabels& labels, std::size_t classes,
                             const std::vector<std::int64_t>& indices, const PictureKind& kind, PictureReading& reading);

}  // namespace thaw::core
