// Which of a data set's pictures train and which test, where the settings say so.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/data/dataset_source.h"

namespace thaw::core {

/// Puts all pictures of `labels` into new splits, unless they are to stay as they are. Each class (of several labels each label)
/// is divided in the same shares, as nearly as groups that must stay whole allow; the same settings on the same files always give
/// the same splits. The notes say what was done. Throws DataError where the pictures are not files, a group cannot be told, or a
/// split would be empty.
void divide(DatasetLabels& labels, const SplitConfig& split, const std::filesystem::path& location);

/// What a division depends on beside the files; empty: nothing is divided.
std::string splitKey(const SplitConfig& split);

/// Of pictures that are files, those at `rows`, in their order.
SplitLabels picturesAt(const SplitLabels& all, const std::vector<std::size_t>& rows);

}  // namespace thaw::core
