// How much each class counts in the loss.
#pragma once

#include <vector>

#include "core/api/config.h"
#include "core/api/dataset_info.h"

namespace thaw::core {

/// A weight a class, of the training pictures; empty: all count 1. Balanced: of one label each pictures / (classes * those of the
/// class), so that their mean over the pictures is 1; of several labels (pictures without the label) / (those with it), for the
/// pictures that have it. A class without pictures counts 1. Throws ConfigError where the setting's list does not have a positive
/// weight for each class.
std::vector<float> classWeights(const ClassBalanceConfig& config, const PictureSet& pictures, int classes);

}  // namespace thaw::core
