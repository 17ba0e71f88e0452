// A data set's labels with what the user has decided about single pictures (core/api/decisions.h).
#pragma once

#include <filesystem>

#include "core/data/dataset_source.h"

namespace thaw::core {

/// Takes out the pictures that are to be left out, and gives others the class that they were moved to; where pictures have
/// several labels each, none is moved. The notes say how many. Nothing happens where pictures are no files of their own. Throws
/// DataError where the decisions cannot be read, and `forTraining` where they leave a class without a training picture or a split
/// without pictures.
void decide(DatasetLabels& labels, const std::filesystem::path& location, bool forTraining);

}  // namespace thaw::core
