// Pictures in files of their own that are decoded when they are asked for: a set may be far larger than the memory.
#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "core/api/dataset_info.h"
#include "core/data/picture_reading.h"

namespace thaw::core {

/// The set of those files, whose labels are set already, as squares of set.width pixels: gets its reader and its identity's
/// digest and state. Looks at each file's size and time, opens none. Several threads decode; what was decoded is kept in a pack
/// of the user's cache. Throws DataError for a file that is not there, and Cancelled.
void readOnDemand(PictureSet& set, const std::filesystem::path& location, std::vector<std::string> files, const PictureKind& kind,
                  const PictureReading& reading);

}  // namespace thaw::core
