#include "core/train/schedule.h"

#include <algorithm>
#include <cmath>

namespace thaw::core {

namespace {

std::int64_t warmUpSteps(const ScheduleConfig& schedule, const SchedulePosition& at) {
    return std::llround(schedule.warmUp * static_cast<double>(at.phaseSteps));
}

/// Of the phase's steps behind the warm-up, 0 to 1.
double shareDone(const ScheduleConfig& schedule, const SchedulePosition& at) {
    const std::int64_t warm = warmUpSteps(schedule, at), rest = std::max<std::int64_t>(1, at.phaseSteps - warm);
    return std::min(1.0, static_cast<double>(std::max<std::int64_t>(0, at.step - warm)) / static_cast<double>(rest));
}

double fallenTo(const ScheduleConfig& schedule, const SchedulePosition& at) {
    switch (schedule.kind) {
        case ScheduleKind::Constant:
            return 1.0;
        case ScheduleKind::Cosine:
            return schedule.floor +
                   (1.0 - schedule.floor) * 0.5 * (1.0 + std::cos(3.14159265358979323846 * shareDone(schedule, at)));
        case ScheduleKind::Linear:
            return schedule.floor + (1.0 - schedule.floor) * (1.0 - shareDone(schedule, at));
        case ScheduleKind::Step: {
            const std::int64_t epoch = at.step / std::max<std::int64_t>(1, at.stepsPerEpoch);
            return std::pow(schedule.factor, static_cast<double>(epoch / std::max(1, schedule.everyEpochs)));
        }
        case ScheduleKind::Plateau:
            return std::pow(schedule.factor, static_cast<double>(at.plateaus));
    }
    return 1.0;
}

}  // namespace

double scheduleFactor(const ScheduleConfig& schedule, const SchedulePosition& at) {
    const std::int64_t warm = warmUpSteps(schedule, at);
    const double fallen = fallenTo(schedule, at);
    return at.step < warm ? fallen * static_cast<double>(at.step + 1) / static_cast<double>(warm) : fallen;
}

}  // namespace thaw::core
