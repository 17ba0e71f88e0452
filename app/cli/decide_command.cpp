// data decide: leave a picture out, give it another class, keep it as it is; take that back.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <memory>

#include "app/cli/analysis_options.h"
#include "app/cli/commands.h"
#include "app/cli/console.h"
#include "core/api/decisions.h"
#include "core/api/errors.h"
#include "core/api/text.h"

namespace thaw::cli {
namespace {

struct Options {
    std::string folder, reason;
    std::vector<std::string> leftOut, kept, undone;
    std::vector<std::pair<std::string, std::string>> moved;
    bool undo = false, csv = false;
};

std::vector<core::Decision> decisionsOf(const Options& options) {
    const double now = std::floor(std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count());
    std::vector<core::Decision> decisions;
    const auto add = [&](const std::string& file, core::DecisionKind kind, const std::string& className = {}) {
        decisions.push_back({file, kind, className, options.reason, now});
    };
    for (const std::string& file : options.leftOut) add(file, core::DecisionKind::LeaveOut);
    for (const auto& [file, className] : options.moved) add(file, core::DecisionKind::Move, className);
    for (const std::string& file : options.kept) add(file, core::DecisionKind::Keep);
    return decisions;
}

/// Those that were named, or the newest.
std::vector<std::string> undoneBy(const Options& options, const std::vector<core::Decision>& before) {
    if (!options.undo) return {};
    if (options.undone.empty() && before.empty()) throw core::DataError("There is no decision that could be taken back.");
    if (options.undone.empty()) return {before.back().file};
    for (const std::string& file : options.undone)
        if (std::none_of(before.begin(), before.end(), [&](const core::Decision& one) { return one.file == file; }))
            throw core::DataError("There is no decision about \"" + file + "\".", "--list shows those that there are.");
    return options.undone;
}

void show(const core::KeptDecisions& kept) {
    for (const core::Decision& one : kept.list)
        printText(stdout, "%s: %s%s%s\n", core::printableLine(one.file).c_str(), core::toString(one.kind).c_str(),
                  one.className.empty() ? "" : (" to " + core::printableLine(one.className)).c_str(),
                  one.reason.empty() ? "" : (" (" + core::printableLine(one.reason) + ")").c_str());
    if (kept.list.empty()) printText(stdout, "No decision about this data set.\n");
    if (!kept.damaged.empty())
        printText(stderr, "Earlier decisions cannot be read and do not count: %s\n", kept.damaged.string().c_str());
}

/// On a terminal lines end with LF alone.
void printTable(const std::string& table) {
    for (std::size_t begin = 0, end = 0; (end = table.find("\r\n", begin)) != std::string::npos; begin = end + 2)
        printText(stdout, "%s\n", table.substr(begin, end - begin).c_str());
}

int decide(const Options& options) {
    const std::vector<core::Decision> made = decisionsOf(options);
    const std::filesystem::path location = core::requireDecidable(options.folder, made);
    core::KeptDecisions kept = core::decisionsAbout(location);
    const std::vector<std::string> undone = undoneBy(options, kept.list);
    if (!made.empty() || !undone.empty()) kept = core::changeDecisions(location, made, undone);
    if (options.csv)
        printTable(core::decisionTable(kept.list));
    else
        show(kept);
    return kDone;
}

}  // namespace

Subcommand addDecide(CLI::App& data) {
    auto options = std::make_shared<Options>();
    CLI::App* app = data.add_subcommand("decide", "Leave single pictures out, move them to another class or keep them");
    app->add_option("folder", options->folder, "Folder or archive of the data set")->required()->check(notEmpty());
    const auto many = [app](const char* name, std::vector<std::string>& files, const char* help) {
        return app->add_option(name, files, help)->type_name("FILE")->allow_extra_args(false);
    };
    many("--leave-out", options->leftOut, "Pictures that are not used, relative to the folder");
    app->add_option("--move", options->moved, "A picture and the class that it belongs to")
        ->type_name("FILE CLASS")
        ->allow_extra_args(false);
    many("--keep", options->kept, "Pictures that are right as they are");
    CLI::Option* undo = many("--undo", options->undone, "Take a decision back; without a name the newest")->expected(0, 1);
    app->add_option("--reason", options->reason, "Why, for the list");
    app->add_flag("--list", "Only list the decisions");
    app->add_flag("--csv", options->csv, "List them as a table (CSV)");
    return {app, [options, undo] {
                options->undo = undo->count() > 0;
                std::vector<std::string>& undone = options->undone;  // without a name CLI11 gives an empty one
                undone.erase(std::remove(undone.begin(), undone.end(), std::string()), undone.end());
                return decide(*options);
            }};
}

}  // namespace thaw::cli
