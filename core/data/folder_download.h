// Published data sets that are archives of picture files: downloaded, unpacked once and read as folders.
#pragma once

#include <memory>
#include <vector>

#include "core/data/dataset_source.h"

namespace thaw::core {

/// Imagenette, tf_flowers, Food-101, the Oxford pets, colorectal histology and malaria cells; each with the digest that is known
/// of its archive. A copy is a folder of the archive's usual name.
std::vector<std::unique_ptr<DatasetSource>> makeFolderDownloads();

}  // namespace thaw::core
