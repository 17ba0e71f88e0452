// An archive of pictures as a data set: zip or tar, of any layout that is read as a folder.
#pragma once

#include <memory>

#include "core/data/dataset_source.h"

namespace thaw::core {

/// The archive is unpacked once into the user's cache (unpacking.h) and read by the first other source that finds a copy there.
/// Messages name the archive, not the cache.
std::unique_ptr<DatasetSource> makePictureArchive();

}  // namespace thaw::core
