// What a split's pictures become at stages below which several checkpoints of a run have the same weights: a frozen trunk is
// computed for the first of them, and the others are a matter of their last stages.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/api/prediction.h"
#include "core/api/runs.h"
#include "core/inspect/finished_run.h"
#include "core/util/recently_used.h"

namespace thaw::core {

/// A rung (see core/train/rungs.h) that is worth keeping.
struct SharedRung {
    int rung = 0;
    std::string key;  ///< names the weights of all stages below it, and the pictures
};

/// Not thread-safe.
class SharedFeatures {
public:
    /// The same bits as predictSplit's, from the highest of `rungs` (ascending) whose features are held; those above it are held
    /// afterwards. Rungs that take too much memory are passed over. Throws Cancelled.
    PredictionSet predict(InputSource source, const StagedModel& model, Split split, const std::vector<SharedRung>& rungs,
                          const CountCallback& progress);

private:
    RecentlyUsed<std::shared_ptr<FeatureBlock>> m_blocks{4};
};

}  // namespace thaw::core
