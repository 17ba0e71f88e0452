// What goes on beside the pictures while a split is read: progress, cancelling, and pictures that turn out to be damaged.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/api/analysis.h"
#include "core/api/dataset_info.h"
#include "core/api/errors.h"
#include "core/api/reading_scope.h"

namespace thaw::core {

struct PictureReading {
    CountCallback progress;            ///< pictures read of all, on the thread that reads; may be empty
    std::vector<LeftOutFile> leftOut;  ///< filled by reading: pictures that cannot be decoded, in data-set order
    /// Throws Cancelled.
    void tell(std::int64_t done, std::int64_t total) const {
        requireReadingWanted();
        if (progress && !progress(done, total)) throw Cancelled();
    }
};

/// "3 pictures are left out, because they cannot be read: a.jpg (the file is empty), ..."; empty where `leftOut` is.
std::string noteOfLeftOut(const std::vector<LeftOutFile>& leftOut);

/// Throws DataError that names some of the bad ones when `share` of a data set's pictures, which they are, is more than a tenth;
/// a single one is never too many.
void requireFewUnreadable(const std::filesystem::path& location, const std::vector<LeftOutFile>& bad, double share);

/// The same of a data set of which splits were read: those that were left out when it was listed, and those of `leftOut` beside
/// `read` good ones.
void requireMostReadable(const DatasetInfo& dataset, const std::vector<LeftOutFile>& leftOut, std::int64_t read);

/// Keeps in mind what only decoding showed, for lists of data sets that are made later in this process.
void rememberDamaged(const std::vector<LeftOutFile>& files);
/// Those inside a folder that have not changed since.
std::vector<LeftOutFile> damagedIn(const std::filesystem::path& folder);

/// Throws the DataError of a class of which only bad pictures are left.
[[noreturn]] void throwEmptyClass(const std::string& name, const std::vector<LeftOutFile>& bad);

}  // namespace thaw::core
