// How a data set's pictures would be divided into training, validation and test pictures, and which groups, such as the pictures
// of one patient, would lie on both sides. No picture is read.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/api/dataset_info.h"

namespace thaw::core {

struct DividedSide {
    std::int64_t pictures = 0;
    std::int64_t groups = 0;  ///< that have a picture there; 0 where nothing makes groups
};

struct GroupedPicture {
    std::string file;  ///< as CheckedPicture's
    Split split = Split::Train;
    int label = -1;  ///< the first of several; -1: it has none
};

/// A group with pictures in more than one split.
struct DividedGroup {
    std::string name;                      ///< what its pictures have in common
    std::vector<GroupedPicture> pictures;  ///< training, then validation, then test pictures
};

struct DivisionPreview {
    DividedSide train, validation, test;
    std::vector<DividedGroup> onBothSides;  ///< by their names; none where the settings divide anew, which keeps groups whole
    std::string example;                    ///< a file, as CheckedPicture's
    std::string exampleGroup;               ///< its group; empty: nothing makes groups
    std::size_t exampleBegin = 0, exampleLength = 0;  ///< the bytes of `example` that make its group; of a column: length 0
};

/// The pictures of a data set, which are files, as they are listed now, without those that the user has left out. Thread-safe.
class DivisiblePictures {
public:
    virtual ~DivisiblePictures() = default;
    virtual const std::vector<std::string>& columns() const = 0;  ///< of the data set's table; empty: it has none
    /// As a run with these settings divides them. SplitConfig::groups counts also where the data set divides them itself. Throws
    /// DataError as a run would, and where a group cannot be told.
    virtual DivisionPreview preview(const SplitConfig& split) const = 0;
};

/// Blocking: lists the data set in a folder or archive. Throws DataError, also where its pictures are no files of their own.
std::unique_ptr<DivisiblePictures> openDivisiblePictures(const std::filesystem::path& folder);

}  // namespace thaw::core
