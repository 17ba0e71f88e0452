// Learning rates over a phase. Pure.
#pragma once

#include <cstdint>

#include "core/api/config.h"

namespace thaw::core {

/// Where a phase stands.
struct SchedulePosition {
    std::int64_t step = 0;  ///< of the phase, from 0
    std::int64_t stepsPerEpoch = 1, phaseSteps = 1;
    int plateaus = 0;  ///< times that the watched figure got no better for as long as the schedule waits
};

/// What the phase's base rate is multiplied with. Above 0 but for Cosine and Linear with floor 0.
double scheduleFactor(const ScheduleConfig& schedule, const SchedulePosition& at);

}  // namespace thaw::core
