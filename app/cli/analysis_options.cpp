#include "app/cli/analysis_options.h"

#include "core/api/errors.h"

namespace thaw::cli {

core::Split splitFromString(const std::string& name) {
    if (name == "train") return core::Split::Train;
    if (name == "test") return core::Split::Test;
    if (name == "validation") return core::Split::HeldOut;
    throw core::ConfigError("--split: '" + name + "' is not train, test or validation.");
}

std::string toString(core::Split split) {
    return split == core::Split::Train ? "train" : split == core::Split::Test ? "test" : "validation";
}

std::string picturesOf(core::Split split) {
    return split == core::Split::Train  ? "training pictures"
           : split == core::Split::Test ? "test pictures"
                                        : "held-out validation pictures";
}

core::CountCallback progressOn(Console& console, const std::string& activity) {
    return [&console, activity](std::int64_t done, std::int64_t total) {
        core::Event event;
        event.data = core::WorkProgress{activity, done, total, -1};
        console.show(event);
        return true;
    };
}

void addRunSelection(CLI::App& app, core::RunSelection& selection, const std::string& checkpoints) {
    app.add_option("--run", selection.run, "Folder of the run")->required();
    addCheckpoint(app, selection, checkpoints);
}

void addCheckpoint(CLI::App& app, core::RunSelection& selection, const std::string& checkpoints) {
    app.add_option("--checkpoint", selection.checkpoint, checkpoints);
}

}  // namespace thaw::cli
