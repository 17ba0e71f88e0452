// Many picture files as squares in memory.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/api/dataset_info.h"
#include "core/api/errors.h"
#include "core/data/picture_reading.h"

namespace thaw::core {

/// The centre squares of the files, `side` pixels a side, read by several threads, without labels. What cannot be read is left
/// out and listed in `reading`; `kept` gets the places of the others in `files`. Throws DataError where the memory would not hold
/// them and Cancelled.
PictureSet readSquares(const std::vector<std::filesystem::path>& files, int side, PictureReading& reading,
                       std::vector<std::size_t>& kept);

/// Those of `entries`, which have a member `file`, at `indices` (ascending); add(set, entry) adds the labels of each that was
/// read. `location`: of the data set, for messages. Throws as above, and DataError where there are fewer entries now.
template <class Entry, class Add>
PictureSet readSquares(const std::filesystem::path& location, const std::vector<Entry>& entries,
                       const std::vector<std::int64_t>& indices, int side, PictureReading& reading, const Add& add) {
    if (!indices.empty() && indices.back() >= static_cast<std::int64_t>(entries.size()))
        throw DataError(location.string() + " has changed while it was read.", "Try again.");
    const auto entryAt = [&](std::size_t i) -> const Entry& { return entries[static_cast<std::size_t>(indices[i])]; };
    std::vector<std::filesystem::path> files;
    for (std::size_t i = 0; i < indices.size(); ++i) files.push_back(entryAt(i).file);
    std::vector<std::size_t> kept;
    PictureSet set = readSquares(files, side, reading, kept);
    for (const std::size_t i : kept) add(set, entryAt(i));
    return set;
}

/// "insects (a folder of pictures)": what a data set in a folder of the user's is called.
std::string folderTitle(const std::filesystem::path& folder, const std::string& kind);

}  // namespace thaw::core
