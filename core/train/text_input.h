// What a run's model reads of a set: of texts their tokens.
#pragma once

#include <memory>
#include <string>

#include "core/api/config.h"
#include "core/data/token_set.h"

namespace thaw::core {

/// The texts of a set as the run's model reads them; null for pictures. Throws DataError, and Cancelled where `progress` says so.
std::shared_ptr<const TokenSet> tokensOf(const PictureSet& set, const RunConfig& config, const CountCallback& progress = {});

/// What the network's input depends on beside the set, for keys of cached features.
std::string inputKey(const RunConfig& config);

}  // namespace thaw::core
