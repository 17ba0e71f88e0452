// CIFAR-10 and CIFAR-100: https://www.cs.toronto.edu/~kriz/cifar.html. In the binary version a record is a label byte (of
// CIFAR-100 two: the coarse label, then the fine one, which is used) and 3,072 bytes: 32x32 red, then green, then blue,
// row-major. The Python version has the same pictures in the same order (cifar_python.h).
#pragma once

#include <memory>

#include "core/data/dataset_source.h"

namespace thaw::core {

/// Read from a folder or straight from the official archive of either version. A file may hold fewer than the official number of
/// records (an extract for a quick try), never more and never part of one.
std::unique_ptr<DatasetSource> makeCifar10();
std::unique_ptr<DatasetSource> makeCifar100();

}  // namespace thaw::core
