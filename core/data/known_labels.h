// What the copies of data sets hold, kept as long as their files stay as they are: an archive takes seconds to go through.
#pragma once

#include <filesystem>
#include <memory>

#include "core/data/dataset_source.h"

namespace thaw::core {

/// readLabels() of a copy, divided as `split` says. A set in a few files is not opened when these are as they were; one whose
/// pictures are files is listed anew each time. Throws DataError, also for a set without pictures, and Cancelled. Thread-safe.
std::shared_ptr<const DatasetLabels> labelsOf(const DatasetSource& source, const std::filesystem::path& location,
                                              const SplitConfig& split);

/// The same for reading what was listed before: as it was then, unless files came, went or were renamed since.
std::shared_ptr<const DatasetLabels> listedLabels(const DatasetSource& source, const std::filesystem::path& location,
                                                  const SplitConfig& split);

}  // namespace thaw::core
