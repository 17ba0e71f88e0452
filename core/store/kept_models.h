// Whether the models that a run made are on the disk.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/api/task.h"

namespace thaw::core {

/// A checkpoint that can be read.
struct KeptModel {
    std::int64_t step = 0;
    int epoch = 0;  ///< finished epochs
    bool endsEpoch = false, best = false;
};

/// Where a run stands.
struct ReachedModel {
    std::int64_t step = 0;
    int epoch = 0;           ///< finished epochs
    bool endsEpoch = false;  ///< nothing was trained since the last one
    int bestEpoch = 0;       ///< 0: no epoch finished
};

/// Sentences for people that say which model, the newest or the best, is not kept, and which are. Empty: both are. `kept`: oldest
/// first. Pure.
std::string missingModels(const std::vector<KeptModel>& kept, const ReachedModel& reached);

}  // namespace thaw::core
