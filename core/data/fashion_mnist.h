// Fashion-MNIST (Zalando Research): four IDX files (idx_file.h), gzipped or plain, 28x28 grey.
#pragma once

#include <memory>

#include "core/data/dataset_source.h"

namespace thaw::core {

/// Read from the folder of Debian's package dataset-fashion-mnist, of torchvision (FashionMNIST/raw) or any other that has the
/// four files. Thaw's offline stand-in for CIFAR-10.
std::unique_ptr<DatasetSource> makeFashionMnist();

}  // namespace thaw::core
