#include "core/inspect/finished_run.h"

#include <utility>

#include "core/api/engine_info.h"
#include "core/api/errors.h"
#include "core/train/evaluation.h"
#include "core/train/rungs.h"
#include "core/train/stage_times.h"

namespace thaw::core {

void report(const CountCallback& progress, std::int64_t done, std::int64_t total) {
    if (progress && !progress(done, total)) throw Cancelled();
}

torch::Device inspectionDeviceOf(const RunConfig& config) {
    RunConfig wanted = config;
    if (wanted.device == DeviceKind::Cuda) wanted.device = DeviceKind::Auto;
    return deviceOf(wanted);
}

std::unique_ptr<StagedModel> emptyModelOf(const RunManifest& manifest) {
    const RunConfig& config = manifest.config;
    auto model = std::make_unique<StagedModel>(describeModel(config, static_cast<int>(manifest.classNames.size())), config.seed,
                                               /*drawTrunk=*/false);
    model->setKernels(config.kernels);
    return model;
}

FinishedRun openRun(const RunSelection& selection, int threads) {
    RunConfig wanted;
    wanted.threads = threads;
    useComputeThreads(computeThreadsOf(wanted));
    FinishedRun run;
    run.manifest = readManifest(selection.run);
    const CheckpointStore store(selection.run);
    const Checkpoint checkpoint = store.loadModel(store.find(selection.checkpoint).name);
    run.epoch = checkpoint.epoch;
    run.device = inspectionDeviceOf(run.manifest.config);
    run.model = emptyModelOf(run.manifest);
    loadModel(*run.model, checkpoint);
    run.model->moveTo(run.device);
    return run;
}

DatasetInfo datasetOf(const DataConfig& asked, const RunManifest& manifest) {
    if (asked.dataset != "auto") return resolveDataset(asked);
    DataConfig own = manifest.config.data;
    own.dataset = manifest.datasetId;
    std::error_code ignored;
    // A run that came from another machine: its data may be in this one's usual places.
    if (!asked.directory.empty() || !std::filesystem::exists(own.directory, ignored)) own.directory = asked.directory;
    return resolveDataset(own);
}

LoadedSplit splitOf(const DatasetInfo& dataset, const DataConfig& asked, const RunManifest& manifest, Split split) {
    if (dataset.classNames.size() != manifest.classNames.size())
        throw DataError(dataset.title + " has " + std::to_string(dataset.classNames.size()) + " classes, the model has " +
                            std::to_string(manifest.classNames.size()) + ".",
                        "Take the data set that the run was trained on.");
    const int limit = split == Split::Test ? asked.testLimit : asked.trainLimit;
    const bool own = split == Split::HeldOut || (asked.dataset == "auto" && limit == 0);
    return loadSplit(dataset, split, own ? manifest.config.data : asked, manifest.config.seed);
}

TestLock lockOf(const std::filesystem::path& run, const DatasetInfo& dataset, const RunManifest& manifest) {
    return dataset.id == manifest.datasetId ? readTestLock(run) : TestLock();
}

Split shownSplit(Split asked, const TestLock& lock) {
    if (asked == Split::Train) return asked;
    if (!lock.validatesOnHeldOut) return Split::Test;
    return lock.isLocked() ? Split::HeldOut : asked;
}

void requireUnlocked(Split split, const TestLock& lock) {
    if (split == Split::Test && lock.isLocked())
        throw DataError("The run's test split is locked: the run validates on training pictures that were held out.",
                        "Evaluate those with --split validation. --reveal opens the test split for good, which is counted and "
                        "recorded in the run.");
}

bool isOwn(const LoadedSplit& pictures, const RunManifest& manifest, Split split) {
    if (split == Split::Train) return manifest.trainDigest.empty() || pictures.digest == manifest.trainDigest;
    const bool validated = split == validationSplit(manifest.config.data) && !manifest.testDigest.empty();
    return !validated || pictures.digest == manifest.testDigest;
}

void requireOwn(const LoadedSplit& pictures, const DatasetInfo& dataset, const RunManifest& manifest, Split split) {
    if (!isOwn(pictures, manifest, split))
        throw DataError(dataset.title + " in " + dataset.location.string() + " has other pictures than the run was made with.",
                        "Put the run's own data there again, or train a new run on this data.");
}

std::shared_ptr<const PictureSet> unseenPictures(const DatasetInfo& dataset, const RunManifest& manifest, std::int64_t count) {
    auto unseen = std::make_shared<PictureSet>(loadUnseen(dataset, manifest.config.data, manifest.config.seed, count));
    const bool known =
        unseen->count() > 0 && isOwn(splitOf(dataset, DataConfig(), manifest, Split::Train), manifest, Split::Train);
    return known ? unseen : std::make_shared<PictureSet>();
}

Split unseenSplit(const DatasetInfo& dataset, const RunManifest& manifest) {
    const std::int64_t limit = manifest.config.data.trainLimit;
    return limit > 0 && limit < dataset.trainCount ? Split::Train : Split::HeldOut;
}

InputSource inputSourceOf(std::shared_ptr<const PictureSet> pictures, const RunConfig& config, const ModelInfo& model,
                          torch::Device device) {
    InputSource source;
    source.train = source.test = std::move(pictures);
    source.model = &model;
    source.scaling = config.scaling;
    source.inputSize = config.inputSize;
    source.device = device;
    return source;
}

PredictionSet predictSplit(const InputSource& source, const StagedModel& model, Split split, const CountCallback& progress,
                           int rung) {
    EvaluationPass pass(source, model, split, rung, sliceSize(source.inputSize));
    report(progress, 0, pass.total());
    while (!pass.advance(Deadline(kPiece), {})) report(progress, pass.done(), pass.total());
    report(progress, pass.total(), pass.total());
    return pass.take();
}

}  // namespace thaw::core
