#include "core/data/picture_reading.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <system_error>

#include "core/data/dataset_source.h"

namespace thaw::core {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kMostNamed = 3;
constexpr double kMostUnreadable = 0.1;

std::string firstOf(const std::vector<LeftOutFile>& files) {
    std::string text;
    for (std::size_t i = 0; i < std::min(files.size(), kMostNamed); ++i)
        text += (i > 0 ? ", " : "") + files[i].file.filename().string() + " (" + files[i].reason + ')';
    if (files.size() > kMostNamed) text += " and " + std::to_string(files.size() - kMostNamed) + " more";
    return text;
}

/// Damaged files, and what they were like then.
struct Damaged {
    std::string reason, state;
};
struct DamagedFiles {
    std::mutex mutex;
    std::map<fs::path, Damaged> known;
};
DamagedFiles& damagedFiles() {
    static DamagedFiles files;
    return files;
}

std::string stateOf(const fs::path& file) {
    std::error_code sizeError, timeError;
    const auto size = fs::file_size(file, sizeError);
    const auto time = fs::last_write_time(file, timeError);
    if (sizeError || timeError) return {};
    return std::to_string(size) + ' ' + std::to_string(time.time_since_epoch().count());
}

bool isInside(const fs::path& file, const fs::path& folder) {
    return std::mismatch(folder.begin(), folder.end(), file.begin(), file.end()).first == folder.end();
}

}  // namespace

void rememberDamaged(const std::vector<LeftOutFile>& files) {
    const std::lock_guard lock(damagedFiles().mutex);
    for (const LeftOutFile& file : files) damagedFiles().known[file.file] = {file.reason, stateOf(file.file)};
}

std::vector<LeftOutFile> damagedIn(const fs::path& folder) {
    std::vector<LeftOutFile> found;
    const std::lock_guard lock(damagedFiles().mutex);
    for (const auto& [file, damaged] : damagedFiles().known)
        if (isInside(file, folder) && stateOf(file) == damaged.state) found.push_back({file, damaged.reason});
    return found;
}

std::string noteOfLeftOut(const std::vector<LeftOutFile>& leftOut) {
    if (leftOut.empty()) return {};
    return (leftOut.size() == 1 ? "1 picture is left out, because it cannot be read: "
                                : std::to_string(leftOut.size()) + " pictures are left out, because they cannot be read: ") +
           firstOf(leftOut) + '.';
}

void requireFewUnreadable(const std::filesystem::path& location, const std::vector<LeftOutFile>& bad, double share) {
    if (bad.size() < 2 || share <= kMostUnreadable + 1e-9) return;
    throw DataError(std::to_string(bad.size()) + " pictures in " + location.string() +
                        " cannot be read, which is more than a tenth: " + firstOf(bad) + '.',
                    "Replace these files or remove them.");
}

void requireMostReadable(const DatasetInfo& dataset, const std::vector<LeftOutFile>& leftOut, std::int64_t read) {
    std::vector<LeftOutFile> bad = unreadableIn(dataset);
    const auto listed = static_cast<double>(bad.size()), damaged = static_cast<double>(leftOut.size());
    bad.insert(bad.end(), leftOut.begin(), leftOut.end());
    // A run may read a part only: what is damaged in it stands for the rest.
    const double all = listed + static_cast<double>(dataset.trainCount + dataset.testCount + dataset.validationCount);
    const double ofListed = listed / std::max(1.0, all), ofRead = damaged / std::max(1.0, damaged + static_cast<double>(read));
    requireFewUnreadable(dataset.location, bad, ofListed + (1 - ofListed) * ofRead);
}

void throwEmptyClass(const std::string& name, const std::vector<LeftOutFile>& bad) {
    throw DataError("No picture of the class \"" + name + "\" can be read: " + firstOf(bad) + '.',
                    "Replace these files or remove the class's folder.");
}

}  // namespace thaw::core
