// Many picture files as squares in memory.
#pragma once

#include <filesystem>
#include <vector>

#include "core/api/dataset_info.h"
#include "core/data/picture_reading.h"

namespace thaw::core {

/// The centre squares of the files, `side` pixels a side, read by several threads, without labels. What cannot be read is left
/// out and listed in `reading`; `kept` gets the places of the others in `files`. Throws DataError where the memory would not hold
/// them and Cancelled.
PictureSet readSquares(const std::vector<std::filesystem::path>& files, int side, PictureReading& reading,
                       std::vector<std::size_t>& kept);

}  // namespace thaw::core
