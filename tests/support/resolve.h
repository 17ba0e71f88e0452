// The data set in a place, as a run finds it.
#pragma once

#include "core/data/dataset.h"

namespace thaw::test {

inline core::DatasetInfo resolveIn(const std::filesystem::path& place, const std::string& dataset = "auto") {
    core::DataConfig config;
    config.dataset = dataset;
    config.directory = place;
    return core::resolveDataset(config);
}

}  // namespace thaw::test
