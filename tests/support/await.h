// Waiting for something to become true, never for a time to pass.
#pragma once

#include <QTest>

#include "ui/bridge/training_controller.h"

namespace thaw::test {

constexpr int kPatience = 20'000;  ///< ms; only a broken test waits so long

template <class Predicate>
[[nodiscard]] bool await(Predicate predicate, int milliseconds = kPatience) {
    return QTest::qWaitFor(predicate, milliseconds);
}

[[nodiscard]] inline bool awaitState(const ui::TrainingController& controller, core::TrainerState state) {
    return await([&] { return controller.state() == state; });
}

[[nodiscard]] inline bool awaitEpoch(const ui::TrainingController& controller, int epoch) {
    return await([&] { return controller.lastEpoch() && controller.lastEpoch()->epoch >= epoch; });
}

}  // namespace thaw::test
