// The user's own pictures as a data set: one folder a class. Either <folder>/train/<class>/* and <folder>/test/<class>/*, in all
// usual spellings (folder_names.h) and with a validation split beside them if there is one, or <folder>/<class>/* alone, of which
// a fifth of every class becomes the test split: always the same fifth, chosen by a hash of the names.
#pragma once

#include <memory>

#include "core/data/dataset_source.h"

namespace thaw::core {

/// Classes in alphabetical order, at least two, each with two pictures or more. Every picture becomes the centre square at
/// 64 x 64 pixels, or of the network's input where that is larger (picture_file.h); those that cannot be read are left out.
/// Folders inside a class are entered (folder_layout.h).
std::unique_ptr<DatasetSource> makeImageFolder();

}  // namespace thaw::core
