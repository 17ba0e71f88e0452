// Apart from the controller, so that only a program which asks for the real engine links it.
#include "ui/bridge/training_controller.h"

namespace thaw::ui {

TrainerFactory coreTrainerFactory() {
    TrainerFactory factory;
    factory.make = [](const core::RunConfig& config, bool startPaused) { return core::makeTrainer(config, startPaused); };
    factory.resume = [](const std::filesystem::path& directory, bool startPaused) {
        return core::resumeTrainer(directory, startPaused);
    };
    factory.prepareThread = [] {
        core::giveWayToOtherThreads();
        core::useComputeThreads(0);
    };
    return factory;
}

}  // namespace thaw::ui
