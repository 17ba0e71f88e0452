// Measured speeds of this machine, kept in the cache folder between runs.
#pragma once

#include <string>

#include "core/api/layer_info.h"

namespace thaw::core {

/// Writes what storedStageTimes() will find. Throws StoreError.
void storeStageTimes(const RunConfig& config, const StageTimes& times);

}  // namespace thaw::core
