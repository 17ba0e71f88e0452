#include "core/doctor/surveyed_set.h"

#include <optional>

#include "core/api/errors.h"
#include "core/store/paths.h"

namespace thaw::core {

SurveyedSet surveyOf(const std::filesystem::path& place) {
    const std::filesystem::path folder = absolutePath(place);
    std::optional<DataError> problem;
    for (const auto& source : datasetSources()) {
        const std::filesystem::path location = source->find(folder);
        if (location.empty()) continue;
        try {
            return {source.get(), source->describe(), location, source->survey(location)};
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
