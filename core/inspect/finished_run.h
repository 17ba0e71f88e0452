// A run's model out of a checkpoint, with what its record says of data and input: the ground of the headless analyses and of the
// inspector.
#pragma once

#include <memory>

#include "core/api/analysis.h"
#include "core/api/runs.h"
#include "core/store/run_record.h"
#include "core/train/deadline.h"
#include "core/train/input_source.h"
#include "core/train/model_setup.h"

namespace thaw::core {

constexpr double kPiece = 0.2;  // seconds between two calls of a progress callback

/// Throws Cancelled where the callback says so.
void report(const CountCallback& progress, std::int64_t done, std::int64_t total);

/// What a picture from elsewhere is made into for a run's model.
PictureKind pictureKindOf(const RunManifest& manifest);

struct FinishedRun {
    RunManifest manifest;
    int epoch = 0;
    std::unique_ptr<StagedModel> model;
    torch::Device device = torch::kCPU;
};

/// Sets the calling thread's compute threads (0: all cores). Throws StoreError.
FinishedRun openRun(const RunSelection& selection, int threads);

/// The run's model before any weights are loaded, on the CPU.
std::unique_ptr<StagedModel> emptyModelOf(const RunManifest& manifest);

/// Index of the layer that Keras's or torchvision's name means, among the first `count`. Throws ConfigError that lists them.
int layerIndexOf(const ModelInfo& model, const std::string& name, int count);

/// Where a run's model is looked into: on the run's own device, or on the processor of a machine that lacks it.
torch::Device inspectionDeviceOf(const RunConfig& config);

/// The data that a request means: its own, or the run's where its data set is "auto". A directory of the request is taken or
/// refused; without one the run's data are looked for where they were, else in the usual places. Throws DataError.
DatasetInfo datasetOf(const DataConfig& asked, const RunManifest& manifest);
/// One split of it: the run's own part, or limited as asked. Throws DataError, also for other classes than the run's.
std::shared_ptr<const PictureSet> splitOf(const DatasetInfo& dataset, const DataConfig& asked, const RunManifest& manifest,
                                          Split split);
/// Of the run's own data set; others have no lock.
TestLock lockOf(const std::filesystem::path& run, const DatasetInfo& dataset, const RunManifest& manifest);
/// What an Inspector's question about the split means: while the test split is locked, the held-out pictures are shown in its
/// stead; without any, they are the test split themselves.
Split shownSplit(Split asked, const TestLock& lock);
/// Of the pictures of a split that the run used; empty: its record does not say.
std::string recordedDigest(const RunManifest& manifest, Split split);
/// Whether nothing in the record says that these are other pictures than those that the run trained on or was judged by.
bool isOwn(const PictureSet& pictures, const RunManifest& manifest, Split split);
/// Throws DataError where they are not.
void requireOwn(const PictureSet& pictures, const DatasetInfo& dataset, const RunManifest& manifest, Split split);
/// Up to `count` training pictures that the run never trained on, as loadUnseen; none where this is not the data it trained on.
std::shared_ptr<const PictureSet> unseenPictures(const DatasetInfo& dataset, const RunManifest& manifest, std::int64_t count);
/// What those are: Train where the run's limit leaves some out, else HeldOut.
Split unseenSplit(const DatasetInfo& dataset, const RunManifest& manifest);

/// Pictures as input of the run's model; `pictures` stand for both splits, `model` must outlive it.
InputSource inputSourceOf(std::shared_ptr<const PictureSet> pictures, const RunConfig& config, const ModelInfo& model,
                          torch::Device device);

/// Predictions of all pictures of a split, in slices, from a rung that the source can give: the same bits from each. step and
/// epoch are the caller's to fill in. Throws Cancelled.
PredictionSet predictSplit(const InputSource& source, const StagedModel& model, Split split, const CountCallback& progress,
                           int rung = 0);

}  // namespace thaw::core
