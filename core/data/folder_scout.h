// Looks into folders without reading their pictures: which are there, and whether pictures lie in or below them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace thaw::core {

/// Whether the name's ending is one that a picture which can be read nearly always has: its content is not looked at. Pure.
bool hasPlainPictureEnding(const std::filesystem::path& file);

struct Subfolder {
    std::filesystem::path path;
    std::string name;
    bool link = false;  ///< a symbolic link to a folder
};

struct FolderLook {
    bool hasPictures = false;        ///< directly inside; by content where the ending says nothing
    std::vector<Subfolder> folders;  ///< in the order of their names; without hidden ones and what programs leave behind
    std::vector<Subfolder> junk;     ///< those
};

/// Remembers what it saw. Links to folders are followed at the first level only, so that circles end. All methods throw DataError
/// for a folder that cannot be read, and when more than `entries` names were read.
class FolderScout {
public:
    explicit FolderScout(std::int64_t entries) : m_left(entries) {}

    const FolderLook& look(const std::filesystem::path& folder);
    bool holdsPictures(const std::filesystem::path& folder);                   ///< inside or below
    std::vector<Subfolder> withPictures(const std::filesystem::path& folder);  ///< its folders that hold pictures
    std::int64_t countPictures(const std::filesystem::path& folder);           ///< inside or below, by their endings

private:
    bool holdsPictures(const std::filesystem::path& folder, int depth);
    std::int64_t countPictures(const std::filesystem::path& folder, int depth);
    void spend();

    std::int64_t m_left;
    std::map<std::filesystem::path, FolderLook> m_looks;
};

/// Throws the DataError of a folder that cannot be listed.
[[noreturn]] void throwUnreadable(const std::filesystem::path& folder, const std::string& reason);

}  // namespace thaw::core
