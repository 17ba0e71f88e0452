// A folder of pictures with a table of their labels as a data set, one label each or several.
#pragma once

#include <memory>

#include "core/data/dataset_source.h"

namespace thaw::core {

/// The folder has one table (label_table.h) and the pictures in it or in folders below; names in the table may lack their endings
/// or their folders. A column of the table may say the splits; else a fifth of the pictures, at least one, tests: always the
/// same, chosen by a hash of the name. Pictures become squares as those of a folder (image_folder.h).
std::unique_ptr<DatasetSource> makePictureTable();

}  // namespace thaw::core
