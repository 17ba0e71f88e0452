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

/// Throws DataError where the memory would not hold so many squares.
void requireMemoryFor(std::size_t pictures, int side);

/// The centre squares of the files, `side` pixels a side, read by several threads, without labels. What cannot be read is left
/// out and listed in `reading`; `kept` gets the places of the others in `files`. Throws Cancelled.
PictureSet readSquares(const std::vector<std::string>& files, const PictureKind& kind, PictureReading& reading,
                       std::vector<std::size_t>& kept);

/// Adds the labels of one picture; `classes`: how many there are, where pictures have several labels each, else 0.
void addLabels(PictureSet& set, const std::vector<int>& labels, std::size_t classes);

/// "insects (a folder of pictures)": what a data set in a folder or file of the user's is called.
std::string folderTitle(const std::filesystem::path& folder, const std::string& kind);

}  // namespace thaw::core
