#include <algorithm>
#include <cctype>
#include <iterator>
#include <set>
#include <system_error>

#include "core/api/analysis.h"
#include "core/api/errors.h"
#include "core/api/evaluation.h"
#include "core/data/picture_format.h"

namespace thaw::core {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kNamesTold = 5;

/// "Fire_Engine", "fire-engine" and "fire engine" are one.
std::string plainName(const std::string& name) {
    std::string plain;
    for (const char letter : name) {
        const bool gap = letter == '_' || letter == '-' || letter == ' ';
        if (gap && (plain.empty() || plain.back() == ' ')) continue;
        plain += gap ? ' ' : static_cast<char>(letter >= 'A' && letter <= 'Z' ? letter - 'A' + 'a' : letter);
    }
    while (!plain.empty() && plain.back() == ' ') plain.pop_back();
    return plain;
}

bool isHidden(const fs::path& path) { return path.filename().string().rfind('.', 0) == 0; }

std::vector<fs::path> sorted(std::vector<fs::path> paths) {
    std::sort(paths.begin(), paths.end());
    return paths;
}

/// Those of the folders below it too.
std::vector<fs::path> picturesBelow(const fs::path& folder, std::int64_t& others) {
    std::vector<fs::path> pictures;
    std::error_code error;
    for (fs::recursive_directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
        std::error_code ignored;
        const bool below = at->is_directory(ignored);
        if (below && isHidden(at->path())) at.disable_recursion_pending();
        if (below || isHidden(at->path())) continue;
        // A damaged picture is one: whoever reads it is told.
        if (checkPicture(at->path()).verdict != PictureCheck::Verdict::Other)
            pictures.push_back(at->path());
        else
            ++others;
    }
    if (error)
        throw DataError("Cannot read the folder " + folder.string() + ": " + error.message() + '.', "Check its permissions.");
    return sorted(std::move(pictures));
}

std::string listed(const std::vector<std::string>& names) {
    std::string text;
    for (std::size_t i = 0; i < std::min(names.size(), kNamesTold); ++i) text += (i == 0 ? "" : ", ") + names[i];
    if (names.size() > kNamesTold) text += " and " + std::to_string(names.size() - kNamesTold) + " more";
    return text;
}

}  // namespace

int classNamed(const std::vector<std::string>& classNames, const std::string& name) {
    const auto exact = std::find(classNames.begin(), classNames.end(), name);
    if (exact != classNames.end()) return static_cast<int>(exact - classNames.begin());
    const std::string plain = plainName(name);
    const auto same = [&](const std::string& one) { return plainName(one) == plain; };
    const auto found = std::find_if(classNames.begin(), classNames.end(), same);
    const bool alone = found != classNames.end() && std::find_if(std::next(found), classNames.end(), same) == classNames.end();
    return alone ? static_cast<int>(found - classNames.begin()) : -1;
}

LabelledPictures labelledPictures(const fs::path& folder, const std::vector<std::string>& classNames) {
    std::vector<fs::path> folders;
    std::error_code error;
    for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
        std::error_code ignored;
        if (!isHidden(at->path()) && at->is_directory(ignored)) folders.push_back(at->path());
    }
    if (error)
        throw DataError("Cannot read the folder " + folder.string() + ": " + error.message() + '.',
                        "Check the path and its permissions.");
    LabelledPictures result;
    std::set<int> seen;
    for (const fs::path& one : sorted(std::move(folders))) {
        const int label = classNamed(classNames, one.filename().string());
        std::int64_t others = 0;
        const std::vector<fs::path> pictures = picturesBelow(one, others);
        if (label < 0) {
            if (!pictures.empty()) result.unknownFolders.push_back(one.filename().string());
            continue;
        }
        result.otherFiles += others;
        if (!pictures.empty()) seen.insert(label);
        result.files.insert(result.files.end(), pictures.begin(), pictures.end());
        result.labels.insert(result.labels.end(), pictures.size(), label);
    }
    for (std::size_t i = 0; i < classNames.size(); ++i)
        if (seen.count(static_cast<int>(i)) == 0) result.missingClasses.push_back(classNames[i]);
    if (!result.files.empty()) return result;
    const std::string has = result.unknownFolders.empty() ? "It holds no folder with pictures."
                                                          : "Its folders are: " + listed(result.unknownFolders) + '.';
    throw DataError("No folder in " + folder.string() + " has pictures and is called as one of the run's classes. " + has,
                    "Name the folder whose folders are called " + listed(classNames) + '.');
}

std::string LabelledPictures::mismatch() const {
    std::string text;
    if (!unknownFolders.empty()) text = "Left out, since the run knows no such class: " + listed(unknownFolders) + '.';
    if (!missingClasses.empty()) text += std::string(text.empty() ? "" : " ") + "No pictures of: " + listed(missingClasses) + '.';
    return text;
}

PredictionSet predictionsOf(const std::vector<FilePrediction>& files, int classCount) {
    PredictionSet set;
    set.classCount = classCount;
    double loss = 0;
    std::int64_t right = 0;
    for (const FilePrediction& file : files) {
        if (file.label < 0 || file.label >= classCount || file.probabilities.size() != static_cast<std::size_t>(classCount))
            continue;
        set.labels.push_back(file.label);
        set.probabilities.insert(set.probabilities.end(), file.probabilities.begin(), file.probabilities.end());
    }
    for (std::int64_t i = 0; i < set.count(); ++i) {
        loss += lossOf(set, i);
        right += set.predicted(i) == set.labels[static_cast<std::size_t>(i)] ? 1 : 0;
    }
    if (set.count() > 0) {
        set.loss = loss / static_cast<double>(set.count());
        set.score = static_cast<double>(right) / static_cast<double>(set.count());
    }
    return set;
}

}  // namespace thaw::core
