#include "core/doctor/surveyed_set.h"

#include <optional>

#include "core/api/errors.h"
#include "core/data/decided_labels.h"
#include "core/store/paths.h"

namespace thaw::core {

SurveyedSet surveyOf(const std::filesystem::path& place, Decided decided) {
    const std::filesystem::path folder = absolutePath(place);
    std::optional<DataError> problem;
    for (const auto& source : datasetSources()) {
        const std::filesystem::path location = source->find(folder);
        if (location.empty()) continue;
        try {
            SurveyedSet set{source.get(), source->describe(), location, source->survey(location)};
            if (decided == Decided::Applied) decide(set.labels, location, /*forTraining=*/false);
            return set;
        } catch (const DataError& error) {
            if (!problem) problem = error;
        }
    }
    if (problem) throw *problem;
    DataConfig config;
    config.directory = folder;
    resolveDataset(config);  // says why there is none
    throw DataError(folder.string() + " holds no data set that Thaw knows.");
}

}  // namespace thaw::core
