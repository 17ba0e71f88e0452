#include "core/train/schedule.h"

#include <algorithm>
#include <cmath>

namespace thaw::core {

double scheduleFactor(const ScheduleConfig& schedule, const SchedulePosition& at) {
    switch (schedule.kind) {
        case ScheduleKind::Constant:
            return 1.0;
        case ScheduleKind::Cosine: {
            const double position =
                std::min(1.0, static_cast<double>(at.step) / static_cast<double>(std::max<std::int64_t>(1, at.phaseSteps)));
            return schedule.floor + (1.0 - schedule.floor) * 0.5 * (1.0 + std::cos(3.14159265358979323846 * position));
        }
        case ScheduleKind::Step: {
            const std::int64_t epoch = at.step / std::max<std::int64_t>(1, at.stepsPerEpoch);
            return std::pow(schedule.factor, static_cast<double>(epoch / std::max(1, schedule.everyEpochs)));
        }
        case ScheduleKind::Plateau:
            return std::pow(schedule.factor, static_cast<double>(at.plateaus));
    }
    return 1.0;
}

}  // namespace thaw::core
