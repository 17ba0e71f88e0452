// Data sets of two pairs of IDX files (idx_file.h) beside Fashion-MNIST: MNIST, EMNIST, KMNIST and one's own.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "core/data/dataset_source.h"

namespace thaw::core {

/// A copy is the file of training pictures; beside it lie its labels and the test's pair: names with "train" and "t10k" or
/// "test", "images" and "labels", "idx3" and "idx1", for example emnist-letters-train-images-idx3-ubyte.gz. Where a folder has
/// several, the first by name counts. Classes are called by their numbers; EMNIST's and KMNIST's by their letters, told by the
/// names of file and folder. EMNIST's pictures, which are stored by columns, are turned upright.
std::unique_ptr<DatasetSource> makeIdxDataset();

/// Whether these are the labels of MNIST's 60,000 training pictures, whose files are called like Fashion-MNIST's. Pure.
bool areMnistsDigits(const std::vector<std::uint8_t>& labels);

/// Whether the folder is called, or lies in one that is called, MNIST, EMNIST, KMNIST or QMNIST. Pure.
bool isOfOtherDigits(const std::filesystem::path& folder);

}  // namespace thaw::core
