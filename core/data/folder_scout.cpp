#include "core/data/folder_scout.h"

#include <algorithm>
#include <array>
#include <system_error>

#include "core/api/errors.h"
#include "core/api/reading_scope.h"
#include "core/data/folder_names.h"
#include "core/data/picture_format.h"

namespace thaw::core {

namespace fs = std::filesystem;

namespace {

constexpr int kDeepest = 8;
constexpr std::size_t kLooksPerEnding = 8, kLooks = 100;

bool isHidden(const fs::path& path) { return path.filename().string().rfind('.', 0) == 0; }

// Files whose endings say nothing, few of each kind, so that a folder of a hundred thousand texts costs nothing.
class Candidates {
public:
    void add(const fs::path& file) {
        if (m_files.size() < kLooks && m_perEnding[lowered(file.extension().string())]++ < kLooksPerEnding)
            m_files.push_back(file);
    }
    bool haveAPicture() const {
        return std::any_of(m_files.begin(), m_files.end(),
                           [](const fs::path& file) { return checkPicture(file).verdict != PictureCheck::Verdict::Other; });
    }

private:
    std::vector<fs::path> m_files;
    std::map<std::string, std::size_t> m_perEnding;
};

}  // namespace

bool hasPlainPictureEnding(const fs::path& file) {
    constexpr std::array<const char*, 8> kEndings = {".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif", ".tif", ".tiff"};
    const std::string ending = lowered(file.extension().string());
    return std::find(kEndings.begin(), kEndings.end(), ending) != kEndings.end();
}

void throwUnreadable(const fs::path& folder, const std::string& reason) {
    throw DataError("Cannot read " + folder.string() + ": " + reason + '.', "Change the folder's permissions.");
}

void FolderScout::spend() {
    requireReadingWanted();
    if (--m_left < 0)
        throw DataError("There are too many files and folders in there.", "Choose the folder that holds the class folders.");
}

const FolderLook& FolderScout::look(const fs::path& folder) {
    if (const auto known = m_looks.find(folder); known != m_looks.end()) return known->second;
    FolderLook seen;
    Candidates candidates;
    std::error_code error;
    for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
        spend();
        std::error_code ignored;
        const fs::path& path = at->path();
        if (at->is_directory(ignored)) {
            const std::string name = path.filename().string();
            const Subfolder sub{path, name, at->is_symlink(ignored)};
            (folderRole(name) == FolderRole::Junk ? seen.junk : seen.folders).push_back(sub);
        } else if (!isHidden(path) && !seen.hasPictures) {
            seen.hasPictures = hasPlainPictureEnding(path);
            if (!seen.hasPictures) candidates.add(path);
        }
    }
    if (error) throwUnreadable(folder, error.message());
    if (!seen.hasPictures) seen.hasPictures = candidates.haveAPicture();
    for (std::vector<Subfolder>* list : {&seen.folders, &seen.junk})
        std::sort(list->begin(), list->end(), [](const Subfolder& a, const Subfolder& b) { return a.name < b.name; });
    return m_looks[folder] = std::move(seen);
}

bool FolderScout::holdsPictures(const fs::path& folder) { return holdsPictures(folder, 0); }

bool FolderScout::holdsPictures(const fs::path& folder, int depth) {
    const FolderLook seen = look(folder);
    if (seen.hasPictures) return true;
    return depth < kDeepest && std::any_of(seen.folders.begin(), seen.folders.end(), [&](const Subfolder& sub) {
               return (!sub.link || depth == 0) && holdsPictures(sub.path, depth + 1);
           });
}

std::vector<Subfolder> FolderScout::withPictures(const fs::path& folder) {
    std::vector<Subfolder> result;
    for (const Subfolder& sub : look(folder).folders)
        if (holdsPictures(sub.path, 1)) result.push_back(sub);
    return result;
}

std::int64_t FolderScout::countPictures(const fs::path& folder) { return countPictures(folder, 0); }

std::int64_t FolderScout::countPictures(const fs::path& folder, int depth) {
    std::int64_t count = 0;
    std::error_code error;
    for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
        spend();
        std::error_code ignored;
        if (isHidden(at->path())) continue;
        if (!at->is_directory(ignored))
            count += hasPlainPictureEnding(at->path()) ? 1 : 0;
        else if (depth < kDeepest && !at->is_symlink(ignored))
            count += countPictures(at->path(), depth + 1);
    }
    if (error) throwUnreadable(folder, error.message());
    return count;
}

}  // namespace thaw::core
