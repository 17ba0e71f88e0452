#include "app/cli/analysis_options.h"

#include "app/cli/interrupts.h"
#include "core/api/engine_info.h"
#include "core/api/errors.h"

namespace thaw::cli {

std::optional<core::Split> splitFromString(const std::string& name) {
    if (name.empty()) return std::nullopt;
    for (const core::Split split : {core::Split::Train, core::Split::Test, core::Split::HeldOut})
        if (name == core::toString(split)) return split;
    throw core::ConfigError("--split: '" + name + "' is not train, test or validation.");
}

std::string picturesOf(core::Split split) {
    return split == core::Split::Train  ? "training pictures"
           : split == core::Split::Test ? "test pictures"
                                        : "held-out validation pictures";
}

core::CountCallback progressOn(Console& console, const std::string& activity) {
    noteInterrupts();
    return [&console, activity](std::int64_t done, std::int64_t total) {
        core::Event event;
        event.data = core::WorkProgress{activity, done, total, -1};
        console.show(event);
        return !interrupted();
    };
}

CLI::Option* addRunSelection(CLI::App& app, core::RunSelection& selection, const std::string& checkpoints) {
    CLI::Option* run = app.add_option("--run", selection.run, "Folder of the run")->required();
    addCheckpoint(app, selection, checkpoints);
    return run;
}

void addCheckpoint(CLI::App& app, core::RunSelection& selection, const std::string& checkpoints) {
    app.add_option("--checkpoint", selection.checkpoint, checkpoints)->capture_default_str();
}

void addSplit(CLI::App& app, std::string& split) {
    app.add_option("--split", split,
                   "train, test or validation (default: test, or validation as long as the run keeps its test split locked)");
}

void addData(CLI::App& app, std::filesystem::path& directory) {
    app.add_option("--data", directory, "Folder or archive of the run's data set (default: where the run found it)");
}

void addThreads(CLI::App& app, int& threads) {
    app.add_option("--threads", threads, "Compute threads, no more than processors may be used (default: all)")
        ->check(CLI::Range(0, core::kMostThreads));
}

void addOutput(CLI::App& app, std::filesystem::path& file, const std::string& help) {
    app.add_option("--out", file, help)->required()->check(notEmpty());
}

const CLI::Validator& notNegative() {
    static const CLI::Validator validator(
        [](const std::string& text) { return text.rfind('-', 0) == 0 ? "'" + text + "' is negative." : std::string(); },
        "0 or more");
    return validator;
}

const CLI::Validator& notEmpty() {
    static const CLI::Validator validator(
        [](const std::string& text) { return text.empty() ? std::string("name a file.") : std::string(); }, "");
    return validator;
}

core::ChosenCheckpoint chooseCheckpoint(Console& console, core::RunSelection& selection) {
    core::ChosenCheckpoint chosen = core::chooseCheckpoint(selection);
    for (const std::string& warning : chosen.warnings) console.warn("Warning: " + warning);
    for (const core::StoreError& error : chosen.passedOver)
        console.warn(std::string("Warning: ") + error.what() + ' ' + error.hint());
    if (!chosen.passedOver.empty())
        console.warn("Warning: \"" + selection.checkpoint + "\" is therefore the one " + momentOf(chosen) + " (" + chosen.name +
                     "), of those that can be read.");
    selection.checkpoint = chosen.name;
    return chosen;
}

std::string momentOf(const core::ChosenCheckpoint& checkpoint) {
    if (checkpoint.name == "start") return "before the first step";
    return checkpoint.endsEpoch ? "after epoch " + std::to_string(checkpoint.epoch) : "at step " + thousands(checkpoint.step);
}

}  // namespace thaw::cli
