// Learning rates over a phase. Pure.
#pragma once

#include <cstdint>

#include "core/api/config.h"

namespace thaw::core {

/// What the phase's base rate is multiplied with at a step of the phase, counted from 0. Above 0 but for Cosine with floor 0.
double scheduleFactor(const ScheduleConfig& schedule, std::int64_t stepInPhase, std::int64_t stepsPerEpoch,
                      std::int64_t phaseSteps);

}  // namespace thaw::core
