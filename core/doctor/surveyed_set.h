// A data set as its source lists it for those who look for what is wrong.
#pragma once

#include <filesystem>
#include <string>

#include "core/data/dataset_source.h"

namespace thaw::core {

struct SurveyedSet {
    const DatasetSource* source = nullptr;
    DatasetInfo info;  ///< what its source says without the files
    std::filesystem::path location;
    DatasetLabels labels;
};

enum class Decided { Applied, Ignored };  ///< what the user decided about single pictures

/// The first copy in a folder or archive that can be listed. Throws the DataError of the first that cannot, or of a place that
/// holds none, and Cancelled.
SurveyedSet surveyOf(const std::filesystem::path& place, Decided decided = Decided::Applied);

}  // namespace thaw::core
