#include "core/data/text_files.h"

#include <algorithm>
#include <system_error>

#include "core/api/errors.h"
#include "core/api/reading_scope.h"
#include "core/data/folder_names.h"
#include "core/store/atomic_file.h"

namespace thaw::core {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kMostFiles = 1'000'000;

}  // namespace

bool hasEnding(const fs::path& file, std::initializer_list<const char*> endings) {
    const std::string own = lowered(file.extension().string());
    return std::find(endings.begin(), endings.end(), own) != endings.end();
}

bool isBlank(const std::string& text) { return text.find_first_not_of(" \t\r\n\f\v") == std::string::npos; }

FolderOfTexts listTexts(const fs::path& folder) {
    FolderOfTexts found;
    std::error_code error;
    for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
        requireReadingWanted();
        std::error_code ignored;
        if (it->path().filename().string().front() == '.') continue;
        if (it->is_directory(ignored)) found.folders.push_back(it->path());
        if (hasEnding(it->path(), {".txt"}) && it->is_regular_file(ignored)) found.files.push_back(it->path());
        if (found.folders.size() + found.files.size() > kMostFiles)
            throw DataError(folder.string() + " is too large: it has more than 1,000,000 files.", "Choose a folder with fewer.");
    }
    if (error) throw DataError("Cannot read " + folder.string() + ": " + error.message() + '.', "Check its permissions.");
    std::sort(found.folders.begin(), found.folders.end());
    std::sort(found.files.begin(), found.files.end());
    return found;
}

std::string readTextFile(const fs::path& file, std::size_t mostBytes, EncodingCounts& encodings) {
    try {
        return toUtf8(readSmallFile(file, mostBytes), encodings);
    } catch (const StoreError& error) {
        throw DataError(error.what(), error.hint());
    }
}

}  // namespace thaw::core
