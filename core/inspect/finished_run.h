// A run's model out of a checkpoint, with what its record says of data and input: the ground of the headless analyses.
#pragma once

#include <memory>

#include "core/api/analysis.h"
#include "core/store/run_record.h"
#include "core/train/model_setup.h"

namespace thaw::core {

struct FinishedRun {
    RunManifest manifest;
    int epoch = 0;
    std::unique_ptr<StagedModel> model;
    torch::Device device = torch::kCPU;
};

/// Sets the calling thread's compute threads (0: all cores). Throws StoreError.
FinishedRun openRun(const RunSelection& selection, int threads);

/// The data that a request means: its own, or the run's where its data set is "auto". Throws DataError.
DatasetInfo datasetOf(const DataConfig& asked, const RunManifest& manifest);

}  // namespace thaw::core
