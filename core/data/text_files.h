// Files of texts: what a folder holds, and what they say. Files are untrusted. Any thread.
#pragma once

#include <cstddef>
#include <filesystem>
#include <initializer_list>
#include <string>
#include <vector>

#include "core/data/text_encoding.h"

namespace thaw::core {

/// Whether a file's name ends in one of these (".txt"), in letters of either case.
bool hasEnding(const std::filesystem::path& file, std::initializer_list<const char*> endings);

/// Whether a text is white space alone.
bool isBlank(const std::string& text);

/// The folders in a folder and its .txt files, by name; hidden ones are left out.
struct FolderOfTexts {
    std::vector<std::filesystem::path> folders, files;
};
/// Throws DataError for a folder that cannot be read or has more than 1,000,000 entries, and Cancelled in a ReadingScope that
/// ended.
FolderOfTexts listTexts(const std::filesystem::path& folder);

/// As UTF-8 (toUtf8()). Throws DataError for a file that cannot be read or has more bytes.
std::string readTextFile(const std::filesystem::path& file, std::size_t mostBytes, EncodingCounts& encodings);

}  // namespace thaw::core
