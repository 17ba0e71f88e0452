#include "app/cli/analysis_options.h"

#include "core/api/errors.h"

namespace thaw::cli {

core::Split splitFromString(const std::string& name) {
    if (name == "train") return core::Split::Train;
    if (name == "test") return core::Split::Test;
    throw core::ConfigError("--split: '" + name + "' is not train or test.");
}

std::string toString(core::Split split) { return split == core::Split::Train ? "train" : "test"; }

std::string picturesOf(core::Split split) { return split == core::Split::Train ? "training pictures" : "test pictures"; }

core::CountCallback progressOn(Console& console, const std::string& activity) {
    return [&console, activity](std::int64_t done, std::int64_t total) {
        core::Event event;
        event.data = core::WorkProgress{activity, done, total, -1};
        console.show(event);
        return true;
    };
}

void addRunSelection(CLI::App& app, core::RunSelection& selection) {
    app.add_option("--run", selection.run, "Folder of the run")->required();
    addCheckpoint(app, selection);
}

void addCheckpoint(CLI::App& app, core::RunSelection& selection) {
    app.add_option("--checkpoint", selection.checkpoint, "best, last or epoch:N");
}

}  // namespace thaw::cli
