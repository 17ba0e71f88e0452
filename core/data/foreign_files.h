// Names what people choose in place of a data set: archives of pictures, CIFAR-100, tables, arrays. So that a message says what a
// file is and what to do with it.
#pragma once

#include <filesystem>

#include "core/api/errors.h"

namespace thaw::core {

/// Why an archive without any file of CIFAR-10's is no data set, by the names in it.
DataError otherArchive(const std::filesystem::path& file);

/// Throws DataError when the content of a file, or the names of what a folder holds, say what it is.
void explainForeign(const std::filesystem::path& place);

}  // namespace thaw::core
