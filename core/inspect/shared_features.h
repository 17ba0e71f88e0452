// What a split's pictures become at stages below which several checkpoints of a run have the same weights: a frozen trunk is
// computed for the first of them, and the others are a matter of their last stages.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/api/prediction.h"
#include "core/api/runs.h"
#include "core/inspect/finished_run.h"
#include "core/util/recently_used.h"

namespace thaw::core {

/// A rung (see core/train/rungs.h) that is worth keeping.
struct SharedRung {
    int rung = 0;
    std::string key;   ///< names the weights of all stages below it, and the pictures
    std::string file;  ///< the same in the feature cache (featureFileKey); empty: it is not looked for there
};

/// Not thread-safe.
class SharedFeatures {
public:
    /// `cache`: the feature cache's folder; empty: none.
    explicit SharedFeatures(std::filesystem::path cache = {}) : m_cache(std::move(cache)) {}

    /// The highest of `rungs` (ascending) not above `end` whose features of the source's pictures are held, or lie in the cache
    /// since the run was trained; `store` has them then. 0: none. Throws Cancelled.
    int find(FeatureStore& store, const InputSource& source, const StagedModel& model, Split split,
             const std::vector<SharedRung>& rungs, int end, const CountCallback& progress);
    /// The same bits as predictSplit's, from the highest of `rungs` that is found; those above it are held afterwards. Rungs that
    /// take too much memory are passed over. Throws Cancelled.
    PredictionSet predict(InputSource source, const StagedModel& model, Split split, const std::vector<SharedRung>& rungs,
                          const CountCallback& progress);

private:
    std::filesystem::path m_cache;
    RecentlyUsed<std::shared_ptr<FeatureBlock>> m_blocks{4};
};

}  // namespace thaw::core
