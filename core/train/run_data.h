// The data set of a run that was made earlier: where it is looked for, and whether it still is the one that the run learned.
#pragma once

#include <vector>

#include "core/api/dataset_info.h"
#include "core/api/decisions.h"
#include "core/api/errors.h"
#include "core/store/run_record.h"

namespace thaw::core {

/// In `directory`, which is taken or refused; where that is empty, where the run found it, then in the usual places. Throws
/// DataError that names all of them.
DatasetInfo datasetOfRun(const RunManifest& manifest, const std::filesystem::path& directory = {});

/// Throws DataError that says which classes were renamed, added, removed or stand in another order.
void requireSameClasses(const DatasetInfo& dataset, const RunManifest& manifest);

/// The user's decisions that change which pictures there are or their labels. Throws DataError.
std::vector<Decision> countingDecisions(const DatasetInfo& dataset);

/// Throws DataError that names decisions about pictures that were made or taken back since the run was made, or the classes with
/// other counts of pictures; records of earlier versions do not know the counts.
void requireSameCounts(const DatasetInfo& dataset, const RunManifest& manifest);

/// Why the data set is not the run's own, for a split whose pictures have another digest than those in the record.
DataError otherPictures(const DatasetInfo& dataset);

}  // namespace thaw::core
