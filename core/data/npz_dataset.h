// Data sets in one file of NumPy's (.npz): MedMNIST's, Keras's mnist.npz and others with the same names inside.
#pragma once

#include <memory>
#include <vector>

#include "core/data/dataset_source.h"

namespace thaw::core {

/// The arrays are train_images, train_labels, val_images, ... test_labels, or x_train, y_train, x_test, y_test. Pictures: bytes,
/// (count, side, side) grey or (count, side, side, 3) colour. Labels: whole numbers, (count) or (count, 1) one label each, or
/// (count, classes) of 0 and 1 several. A "val" split validates; without "test" it tests. One source for each set of MedMNIST
/// that can be downloaded, and one for every other file, whose classes are numbers unless its name is that of a set of MedMNIST.
std::vector<std::unique_ptr<DatasetSource>> makeNpzDatasets();

}  // namespace thaw::core
