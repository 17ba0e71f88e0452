// Runs that take milliseconds: a VGG-shaped trunk of a few channels, drawn pictures, real training.
#pragma once

#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "core/api/trainer.h"
#include "tests/support/temporary_home.h"

namespace thaw::test {

/// A home of its own with a drawn CIFAR-10 in it; the model "vgg16" is a tiny trunk as long as the process lives.
class TinyLesson {
public:
    explicit TinyLesson(int trainPerClass = 10, int testPerClass = 5);

    const TemporaryHome& home() const { return m_home; }
    /// Random trunk, head of 16 units, batch 16, one thread. Phase 1: head, Adam 0.01, two epochs; phase 2: head and block 5,
    /// Adam 0.001, two epochs.
    core::RunConfig config(const std::string& runName = "run") const;

private:
    TemporaryHome m_home;
};

using Events = std::vector<core::Event>;
/// Steps until there is no work, or until `until` says so of an event. Fails the test after a million steps.
Events drive(core::Trainer& trainer, const std::function<bool(const core::Event&)>& until = {});
void append(Events& all, Events more);

template <class T>
std::vector<T> all(const Events& events) {
    std::vector<T> found;
    for (const core::Event& event : events)
        if (const T* data = std::get_if<T>(&event.data)) found.push_back(*data);
    return found;
}
template <class T>
bool holds(const core::Event& event) {
    return std::holds_alternative<T>(event.data);
}

/// Names, shapes and bytes of a run's newest checkpoint, model and optimiser: equal texts mean equal bits.
std::string weightsDigest(const std::filesystem::path& run);
/// Bytes of one tensor of a checkpoint ("last", "epoch:1", ...).
std::vector<float> tensorOf(const std::filesystem::path& run, const std::string& checkpoint, const std::string& name);

}  // namespace thaw::test
