// Which input scaling weights were trained with: the one place that decides it.
#pragma once

#include "core/api/weights_info.h"
#include "core/model/trunk_match.h"
#include "core/model/weights_source.h"

namespace thaw::core {

/// The file's own word, else its numbers (the first layer of published weights is known, and fine-tuning seldom touches it), else
/// what files of its origin usually need. Reads the first layer of a match that has it. Throws WeightsError.
WeightsScaling scalingNeededBy(const WeightsSource& source, const TrunkMatch& match);

}  // namespace thaw::core
