// What goes on beside the pictures while a split is read: progress, cancelling, and pictures that turn out to be damaged.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/api/analysis.h"
#include "core/api/dataset_info.h"
#include "core/api/errors.h"

namespace thaw::core {

struct PictureReading {
    CountCallback progress;            ///< pictures read of all, on the thread that reads; may be empty
    std::vector<LeftOutFile> leftOut;  ///< filled by reading: pictures that cannot be decoded, in data-set order
    /// Throws Cancelled.
    void tell(std::int64_t done, std::int64_t total) const {
        if (progress && !progress(done, total)) throw Cancelled();
    }
};

/// "3 pictures are left out, because they cannot be read: a.jpg (the file is empty), ..."; empty where `leftOut` is.
std::string noteOfLeftOut(const std::vector<LeftOutFile>& leftOut);

/// Throws DataError that names some of them when more than a tenth of a data set's pictures cannot be read, those that were left
/// out when it was listed included; a single one is never too many. `read`: pictures of all loads that could be.
void requireMostReadable(const DatasetInfo& dataset, const std::vector<LeftOutFile>& leftOut, std::int64_t read);

}  // namespace thaw::core
