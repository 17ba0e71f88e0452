#include "core/api/decisions.h"

#include <algorithm>
#include <mutex>
#include <set>
#include <system_error>
#include <utility>

#include "core/api/engine_info.h"
#include "core/api/errors.h"
#include "core/store/atomic_file.h"
#include "core/store/decision_file.h"
#include "core/store/paths.h"
#include "core/store/system_error.h"
#include "core/util/csv_text.h"
#include "core/util/hash.h"

namespace thaw::core {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using nlohmann::ordered_json;

constexpr int kFormat = 1;
constexpr std::size_t kLargestFile = 256u << 20;
constexpr std::pair<DecisionKind, const char*> kKinds[] = {
    {DecisionKind::LeaveOut, "leave out"}, {DecisionKind::Move, "move"}, {DecisionKind::Keep, "keep"}};

std::mutex& fileMutex() {
    static std::mutex mutex;
    return mutex;
}

std::vector<Decision> decisionsIn(const std::string& text) {
    const json document = parseStrictJson(text);
    JsonFields fields(document, "");
    int format = 0;
    fields.read("format", format);
    if (format != kFormat) throw ConfigError("It was written by another version of Thaw.");
    const json* list = fields.take("decisions");
    return decisionsFrom(list ? *list : json(), "decisions");
}

std::string textOf(const fs::path& location, const std::vector<Decision>& decisions) {
    return jsonText({{"format", kFormat}, {"location", location.string()}, {"decisions", decisionsValue(decisions)}}, 1) + '\n';
}

fs::path damagedFileOf(const fs::path& file, int number) {
    return file.parent_path() / (file.stem().string() + ".damaged" + (number > 1 ? "-" + std::to_string(number) : "") + ".json");
}

void setAside(const fs::path& file, const std::string& why) {
    std::error_code error;
    int number = 1;
    while (fs::exists(damagedFileOf(file, number), error)) ++number;
    fs::rename(file, damagedFileOf(file, number), error);
    if (error) throw systemError("Cannot rename", file, error.value());
    logMessage("warning",
               "Decisions about pictures cannot be read and are kept in " + damagedFileOf(file, number).string() + ": " + why);
}

KeptDecisions readKept(const fs::path& location) {
    const fs::path file = decisionFileOf(location);
    KeptDecisions kept;
    std::error_code ignored;
    if (fs::exists(file, ignored)) {
        const std::string text = readSmallFile(file, kLargestFile);
        try {
            kept.list = decisionsIn(text);
        } catch (const ConfigError& error) {
            setAside(file, error.what());
        }
    }
    if (const fs::path damaged = damagedFileOf(file, 1); fs::exists(damaged, ignored)) kept.damaged = damaged;
    return kept;
}

}  // namespace

std::string toString(DecisionKind kind) {
    for (const auto& [known, name] : kKinds)
        if (known == kind) return name;
    return {};
}

DecisionKind decisionKindOf(const std::string& text) {
    for (const auto& [known, name] : kKinds)
        if (text == name) return known;
    throw ConfigError("expected \"leave out\", \"move\" or \"keep\".");
}

ordered_json decisionsValue(const std::vector<Decision>& decisions) {
    ordered_json list = ordered_json::array();
    for (const Decision& one : decisions) {
        ordered_json value = {{"file", one.file}, {"decision", toString(one.kind)}};
        if (!one.className.empty()) value["class"] = one.className;
        if (!one.reason.empty()) value["reason"] = one.reason;
        value["time"] = one.time;
        list.push_back(std::move(value));
    }
    return list;
}

std::vector<Decision> decisionsFrom(const json& list, const std::string& path) {
    if (!list.is_array()) throw ConfigError(path + ": expected a list in [ ].");
    std::vector<Decision> decisions;
    for (const json& value : list) {
        JsonFields fields(value, path + '[' + std::to_string(decisions.size()) + ']');
        Decision one;
        fields.read("file", one.file);
        fields.read("decision", one.kind, decisionKindOf);
        fields.read("class", one.className);
        fields.read("reason", one.reason);
        fields.read("time", one.time);
        if (one.file.empty()) throw ConfigError(fields.pathOf("file") + ": expected the name of a picture.");
        decisions.push_back(std::move(one));
    }
    return decisions;
}

fs::path decisionFileOf(const fs::path& location) {
    std::error_code ignored;
    const std::string place = fs::weakly_canonical(absolutePath(location), ignored).string();
    return dataFolder() / "decisions" / (digestOf(place.data(), place.size()).substr(0, 24) + ".json");
}

KeptDecisions decisionsAbout(const fs::path& location) {
    const std::lock_guard lock(fileMutex());
    return readKept(location);
}

KeptDecisions changeDecisions(const fs::path& location, const std::vector<Decision>& made,
                              const std::vector<std::string>& undone) {
    const std::lock_guard lock(fileMutex());
    KeptDecisions kept = readKept(location);
    std::set<std::string> gone(undone.begin(), undone.end());
    for (const Decision& one : made) gone.insert(one.file);
    const auto isGone = [&gone](const Decision& one) { return gone.count(one.file) > 0; };
    kept.list.erase(std::remove_if(kept.list.begin(), kept.list.end(), isGone), kept.list.end());
    kept.list.insert(kept.list.end(), made.begin(), made.end());
    const fs::path file = decisionFileOf(location);
    ensureFolder(file.parent_path());
    writeFileAtomically(file, textOf(absolutePath(location), kept.list));
    return kept;
}

std::string decisionTable(const std::vector<Decision>& decisions) {
    std::string table = "file,decision,class,reason\r\n";
    for (const Decision& one : decisions)
        table += csvName(one.file) + ',' + toString(one.kind) + ',' + csvName(one.className) + ',' + csvName(one.reason) + "\r\n";
    return table;
}

void writeDecisionTable(const std::vector<Decision>& decisions, const fs::path& csv) {
    writeFileAtomically(csv, decisionTable(decisions));
}

}  // namespace thaw::core
