#include "core/data/known_labels.h"

#include <sys/stat.h>

#include <algorithm>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/api/errors.h"
#include "core/api/reading_scope.h"
#include "core/data/decided_labels.h"
#include "core/data/division.h"
#include "core/store/decision_file.h"
#include "core/util/hash.h"

namespace thaw::core {

namespace fs = std::filesystem;

namespace {

using Labels = std::shared_ptr<const DatasetLabels>;

struct Known {
    std::string place;         ///< source, location and split
    std::string state;         ///< of the files
    std::string foldersState;  ///< of the folders that hold them; empty: they say too little
    Labels labels;
};

/// The last used first.
class KnownLabels {
public:
    template <class Fits>
    Labels find(const Fits& fits) {
        const std::lock_guard lock(m_mutex);
        const auto found = std::find_if(m_known.begin(), m_known.end(), fits);
        if (found == m_known.end()) return nullptr;
        std::rotate(m_known.begin(), found, found + 1);
        return m_known.front().labels;
    }
    void add(Known known) {
        const std::lock_guard lock(m_mutex);
        m_known.insert(m_known.begin(), std::move(known));
        if (m_known.size() > kMost) m_known.pop_back();
    }

private:
    static constexpr std::size_t kMost = 8;
    std::mutex m_mutex;
    std::vector<Known> m_known;
};

KnownLabels& knownLabels() {
    static KnownLabels known;
    return known;
}

void addState(Digest& digest, const std::string& file) {
    requireReadingWanted();
    struct stat info {};
    if (stat(file.c_str(), &info) != 0) info = {};
    const std::string line = file + '|' + std::to_string(info.st_size) + '|' + std::to_string(info.st_mtim.tv_sec) + '.' +
                             std::to_string(info.st_mtim.tv_nsec) + '\n';
    digest.update(line.data(), line.size());
}

std::vector<const SplitLabels*> partsOf(const DatasetLabels& labels) { return {&labels.train, &labels.validation, &labels.test}; }

/// Empty where a table says more than the folders' times can tell.
std::string foldersState(const DatasetLabels& labels, const fs::path& location) {
    if (labels.train.files.empty() || !labels.columns.empty()) return {};
    std::set<fs::path> folders{location};
    std::string last;
    for (const SplitLabels* part : partsOf(labels))
        for (const std::string& file : part->files) {
            const std::string parent = file.substr(0, file.rfind('/'));
            if (parent == last) continue;
            last = parent;
            fs::path folder = parent;
            while (folder.native().size() > location.native().size() && folders.insert(folder).second)
                folder = folder.parent_path();
        }
    Digest digest;
    for (const fs::path& folder : folders) addState(digest, folder.string());
    addState(digest, decisionFileOf(location).string());
    return digest.hex();
}

std::shared_ptr<DatasetLabels> readLabels(const DatasetSource& source, const fs::path& location) {
    auto labels = std::make_shared<DatasetLabels>(source.readLabels(location));
    if (labels->train.count() == 0 || labels->test.count() == 0) throw DataError(location.string() + " holds no pictures.");
    decide(*labels, location, /*forTraining=*/true);
    return labels;
}

/// What was unpacked into the cache may have been cleared away.
bool filesAreThere(const DatasetLabels& labels) {
    std::error_code ignored;
    return labels.train.files.empty() || fs::exists(labels.train.files.front(), ignored);
}

std::string placeOf(const DatasetSource& source, const fs::path& location, const SplitConfig& split) {
    return source.describe().id + '|' + location.string() + splitKey(split);
}

}  // namespace

Labels labelsOf(const DatasetSource& source, const fs::path& location, const SplitConfig& split) {
    Digest digest;
    const std::vector<fs::path> files = source.files(location);
    std::shared_ptr<DatasetLabels> labels = files.empty() ? readLabels(source, location) : nullptr;
    for (const fs::path& file : files) addState(digest, file.string());
    addState(digest, decisionFileOf(location).string());
    if (labels) {  // whose pictures are files: listing them is reading their labels
        for (const SplitLabels* part : partsOf(*labels)) {
            for (const std::string& file : part->files) addState(digest, file);
            digest.update(part->first.data(), part->first.size() * sizeof(int));
            for (const std::vector<int>& set : part->sets) digest.update(set.data(), set.size() * sizeof(int));
        }
        for (const LeftOutFile& left : labels->leftOut) addState(digest, left.file.string());
    }
    const std::string place = placeOf(source, location, split), state = digest.hex();
    const auto same = [&](const Known& one) { return one.place == place && one.state == state; };
    if (Labels found = knownLabels().find(same); found && filesAreThere(*found)) return found;
    if (!labels) labels = readLabels(source, location);
    divide(*labels, split, location);
    knownLabels().add({place, state, foldersState(*labels, location), labels});
    return labels;
}

Labels listedLabels(const DatasetSource& source, const fs::path& location, const SplitConfig& split) {
    const std::string place = placeOf(source, location, split);
    const Labels before = knownLabels().find([&](const Known& one) { return one.place == place && !one.foldersState.empty(); });
    if (!before) return labelsOf(source, location, split);
    const std::string state = foldersState(*before, location);
    const auto same = [&](const Known& one) { return one.labels == before && one.foldersState == state; };
    if (Labels found = knownLabels().find(same)) return found;
    return labelsOf(source, location, split);
}

}  // namespace thaw::core
