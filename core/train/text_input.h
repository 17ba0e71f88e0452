// What a run's model reads of a set: of texts their tokens.
#pragma once

#include <memory>
#include <string>

#include "core/api/config.h"
#include "core/data/token_set.h"

namespace thaw::core {

struct ModelInput {
    std::shared_ptr<const PictureSet> samples;
    std::shared_ptr<const TokenSet> tokens;  ///< of the samples; null: they are pictures
};
/// A set as the run's model reads it. Of texts that are continued the samples are windows of them, and their texts are what the
/// tokens of a window say. Throws DataError, and Cancelled where `progress` says so.
ModelInput modelInput(std::shared_ptr<const PictureSet> set, const RunConfig& config, const CountCallback& progress = {});

/// What the network's input depends on beside the set, for keys of cached features.
std::string inputKey(const RunConfig& config);

}  // namespace thaw::core
