#include "core/train/run_data.h"

#include <algorithm>
#include <set>
#include <system_error>

#include "core/api/models.h"
#include "core/api/text.h"
#include "core/data/dataset.h"
#include "core/store/paths.h"
#include "core/util/text.h"

namespace thaw::core {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kMostNamed = 5;

std::string wherein(const DatasetInfo& dataset) { return dataset.title + " in " + dataset.location.string(); }

std::string firstOf(const std::vector<std::string>& items) {
    std::string text;
    for (std::size_t i = 0; i < std::min(items.size(), kMostNamed); ++i) text += (i > 0 ? ", " : "") + items[i];
    if (items.size() > kMostNamed) text += " and " + std::to_string(items.size() - kMostNamed) + " more";
    return text;
}

void compareCounts(const std::vector<std::string>& classes, const std::vector<std::int64_t>& before,
                   const std::vector<std::int64_t>& now, const char* kind, std::vector<std::string>& differences) {
    for (std::size_t i = 0; i < std::min(before.size(), now.size()); ++i)
        if (before[i] != now[i])
            differences.push_back('"' + classes[i] + "\" has " + std::to_string(now[i]) + ' ' + kind + " pictures instead of " +
                                  std::to_string(before[i]));
}

std::string described(const Decision& decision) {
    return '"' + decision.file +
           (decision.kind == DecisionKind::Move ? "\" is moved to \"" + decision.className + '"' : std::string("\" is left out"));
}

/// What `list` has beyond `others`.
std::vector<std::string> beyond(const std::vector<Decision>& list, const std::vector<Decision>& others) {
    std::set<std::string> known;
    for (const Decision& one : others) known.insert(described(one));
    std::vector<std::string> result;
    for (const Decision& one : list)
        if (std::string text = described(one); known.count(text) == 0) result.push_back(std::move(text));
    return result;
}

void requireSameDecisions(const DatasetInfo& dataset, const RunManifest& manifest) {
    const std::vector<Decision> now = countingDecisions(dataset);
    const std::vector<std::string> made = beyond(now, manifest.decisions), gone = beyond(manifest.decisions, now);
    if (made.empty() && gone.empty()) return;
    std::string text = "The decisions about pictures of " + wherein(dataset) + " have changed since the run was made.";
    if (!made.empty()) text += " New: " + firstOf(made) + '.';
    if (!gone.empty()) text += " Taken back: " + firstOf(gone) + '.';
    throw DataError(text, "Decide as it was then (in the window, or with: thaw-cli data decide FOLDER), or train a new run.");
}

}  // namespace

std::vector<Decision> countingDecisions(const DatasetInfo& dataset) {
    std::vector<Decision> decisions;
    try {
        decisions = decisionsAbout(dataset.location).list;
    } catch (const StoreError& error) {
        throw DataError(error.what(), error.hint());
    }
    decisions.erase(
        std::remove_if(decisions.begin(), decisions.end(), [](const Decision& one) { return one.kind == DecisionKind::Keep; }),
        decisions.end());
    return decisions;
}

DatasetInfo datasetOfRun(const RunManifest& manifest, const fs::path& directory) {
    const std::string id = manifest.datasetId.empty() ? manifest.config.data.dataset : manifest.datasetId;
    if (!directory.empty()) return datasetIn(absolutePath(directory), id, manifest.config.data.split);
    const Modality modality = modalityOf(manifest.config.model);
    std::vector<std::string> missing;
    DataConfig wanted;
    wanted.dataset = id;
    wanted.split = manifest.config.data.split;
    for (const fs::path& place : {manifest.config.data.directory, manifest.dataLocation}) {
        if (place.empty()) continue;
        const fs::path there =
            absolutePath(pathOfText(place.string()));  // records of earlier versions have paths as they were typed
        std::error_code ignored;
        if (!fs::exists(there, ignored)) {
            if (std::find(missing.begin(), missing.end(), there.string()) == missing.end()) missing.push_back(there.string());
            continue;
        }
        wanted.directory = there;
        return resolveDataset(wanted, modality);
    }
    // A run that came from another machine: its data may be in this one's usual places.
    try {
        return resolveDataset(wanted, modality);
    } catch (const DataError& error) {
        if (missing.empty()) throw;
        throw DataError("The run read its data from " + firstOf(missing) + ", where nothing is now. " + error.what(),
                        error.hint());
    }
}

std::string classDifference(const std::vector<std::string>& expected, const std::vector<std::string>& found) {
    if (expected == found) return {};
    const auto missingIn = [](const std::vector<std::string>& names, const std::vector<std::string>& other) {
        std::vector<std::string> missing;
        for (const std::string& name : names)
            if (std::find(other.begin(), other.end(), name) == other.end()) missing.push_back('"' + name + '"');
        return missing;
    };
    const std::vector<std::string> gone = missingIn(expected, found), added = missingIn(found, expected);
    std::string text;
    if (!gone.empty()) text = firstOf(gone) + (gone.size() == 1 ? " is missing" : " are missing");
    if (!added.empty()) text += (text.empty() ? "" : ", ") + firstOf(added) + (added.size() == 1 ? " is new" : " are new");
    if (text.empty()) text = "their order is " + firstOf(found) + " instead of " + firstOf(expected);
    return text;
}

void requireSameClasses(const DatasetInfo& dataset, const RunManifest& manifest) {
    std::vector<std::string> found = dataset.classNames;
    // Records of earlier versions have U+FFFD where a name is not UTF-8.
    for (std::size_t i = 0; i < std::min(found.size(), manifest.classNames.size()); ++i)
        if (withLostLetters(found[i]) == manifest.classNames[i]) found[i] = manifest.classNames[i];
    const std::string difference = classDifference(manifest.classNames, found);
    if (difference.empty()) return;
    throw DataError(wherein(dataset) + " has other classes than the run: " + difference + '.',
                    "Give the classes the names that they had when the run was made, or train a new run on this data.");
}

void requireSameCounts(const DatasetInfo& dataset, const RunManifest& manifest) {
    requireSameDecisions(dataset, manifest);
    std::vector<std::string> differences;
    compareCounts(manifest.classNames, manifest.trainPerClass, dataset.trainPerClass, "training", differences);
    compareCounts(manifest.classNames, manifest.testPerClass, dataset.testPerClass, "test", differences);
    if (differences.empty()) return;
    throw DataError(wherein(dataset) + " has other pictures than when the run was made: " + firstOf(differences) + '.',
                    "Put the run's own pictures there again, or train a new run on this data.");
}

DataError otherPictures(const DatasetInfo& dataset) {
    return DataError(wherein(dataset) + " has other pictures than the run was made with.",
                     "Put the run's own pictures there again, or train a new run on this data.");
}

}  // namespace thaw::core
