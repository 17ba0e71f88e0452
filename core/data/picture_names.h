// What pictures of a data set are called wherever they are listed, and whatever machine they lie on.
#pragma once

#include <filesystem>
#include <string>

#include "core/data/dataset_source.h"

namespace thaw::core {

/// The file relative to the data set's folder, with '/'; of a set without picture files "train/17": the split and the number.
std::string pictureName(const std::filesystem::path& location, const SplitLabels& labels, Split split, std::size_t index);

/// A file or folder of a data set, relative to its folder.
std::string nameWithin(const std::filesystem::path& location, const std::filesystem::path& file);

}  // namespace thaw::core
