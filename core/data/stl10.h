// STL-10: https://cs.stanford.edu/~acoates/stl10. Binary files: pictures of 96x96 pixels, red, green, then blue, each stored
// column by column; labels as bytes 1 to 10. Its unlabelled pictures are not read.
#pragma once

#include <memory>

#include "core/data/dataset_source.h"

namespace thaw::core {

/// Read from a folder with train_X.bin, train_y.bin, test_X.bin and test_y.bin ("stl10_binary", as torchvision unpacks it). A
/// file may hold fewer pictures than the official one, never part of one.
std::unique_ptr<DatasetSource> makeStl10();

}  // namespace thaw::core
