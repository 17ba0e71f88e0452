#include <algorithm>
#include <set>

#include "core/api/decisions.h"
#include "core/api/errors.h"
#include "core/data/picture_names.h"
#include "core/doctor/surveyed_set.h"

namespace thaw::core {
namespace {

std::string listed(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
    return text;
}

std::set<std::string> filesOf(const SurveyedSet& set) {
    std::set<std::string> files;
    for (const Split split : {Split::Train, Split::HeldOut, Split::Test})
        for (const std::string& file : set.labels.of(split).files) files.insert(nameWithin(set.location, file));
    return files;
}

void requireMovable(const DatasetLabels& labels, const Decision& decision) {
    if (labels.task != TaskKind::OneLabel)
        throw DataError("Pictures of this data set have several labels each: \"" + decision.file + "\" has no one class.",
                        "Leave the picture out, or correct its labels in the table.");
    if (std::find(labels.classNames.begin(), labels.classNames.end(), decision.className) == labels.classNames.end())
        throw DataError("The data set has no class \"" + decision.className + "\".",
                        "Choose one of: " + listed(labels.classNames) + '.');
}

}  // namespace

std::filesystem::path requireDecidable(const std::filesystem::path& folder, const std::vector<Decision>& decisions) {
    const SurveyedSet set = surveyOf(folder, Decided::Ignored);
    const std::set<std::string> files = filesOf(set);
    if (files.empty())
        throw DataError(
            (set.labels.title.empty() ? set.info.title : set.labels.title) + " has no picture that is a file of its own.",
            "Single pictures can be left out or moved in data sets whose pictures are files.");
    for (const Decision& one : decisions) {
        if (files.count(one.file) == 0)
            throw DataError("The data set has no picture \"" + one.file + "\".",
                            "Name it relative to " + set.location.string() + ", for example " + *files.begin() + '.');
        if (one.kind == DecisionKind::Move) requireMovable(set.labels, one);
    }
    return set.location;
}

}  // namespace thaw::core
