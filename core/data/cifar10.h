// CIFAR-10: https://www.cs.toronto.edu/~kriz/cifar.html. Five files of training pictures and one of test pictures. In the binary
// version a record is a label byte (0..9) and 3,072 bytes: 32x32 red, then green, then blue, row-major. The Python version has
// the same pictures in the same order (cifar10_python.h).
#pragma once

#include <memory>

#include "core/data/dataset_source.h"

namespace thaw::core {

/// Read from a folder or straight from cifar-10-binary.tar.gz or cifar-10-python.tar.gz. A file may hold fewer than the official
/// 10,000 records (an extract for a quick try), never more and never part of one.
std::unique_ptr<DatasetSource> makeCifar10();

}  // namespace thaw::core
