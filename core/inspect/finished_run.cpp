#include "core/inspect/finished_run.h"

#include <utility>

#include "core/api/engine_info.h"
#include "core/api/errors.h"
#include "core/api/models.h"
#include "core/model/zoo.h"
#include "core/train/evaluation.h"
#include "core/train/run_data.h"
#include "core/train/rungs.h"
#include "core/train/stage_times.h"
#include "core/train/text_input.h"

namespace thaw::core {
namespace {

std::string listed(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
    return text;
}

}  // namespace

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
    auto model = std::make_unique<StagedModel>(networkOf(config, static_cast<int>(manifest.classNames.size())), config.seed,
                                               /*drawTrunk=*/false);
    model->setKernels(config.kernels);
    return model;
}

PictureKind pictureKindOf(const RunManifest& manifest) {
    if (manifest.pictureKind.side == 0) return pictureKindOf(manifest.datasetId, manifest.config);
    PictureKind kind = manifest.pictureKind;
    if (kind.anySize) kind.fit = manifest.config.data.squareFit;
    return kind;
}

FinishedRun openRun(const RunSelection& selection, int threads) {
    useComputeThreads(threads);
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

int layerIndexOf(const ModelInfo& model, const std::string& name, int count) {
    const int index = model.indexOf(name);
    if (index >= 0 && index < count) return index;
    std::vector<std::string> known;
    for (int layer = 0; layer < count; ++layer) known.push_back(model.layers[static_cast<std::size_t>(layer)].name);
    throw ConfigError("There is no layer \"" + name + "\".", "Layers: " + listed(known) + ".");
}

DatasetInfo datasetOf(const DataConfig& asked, const RunManifest& manifest) {
    return forInput(asked.dataset == "auto" ? datasetOfRun(manifest, asked.directory)
                                            : resolveDataset(asked, modalityOf(manifest.config.model)),
                    manifest.config);
}

std::shared_ptr<const PictureSet> splitOf(const DatasetInfo& dataset, const DataConfig& asked, const RunManifest& manifest,
                                          Split split) {
    requireSameClasses(dataset, manifest);
    DataConfig part = asked;
    if (asked.dataset == "auto") {
        part = manifest.config.data;
        if (asked.testLimit > 0) part.testLimit = asked.testLimit;
        if (asked.trainLimit > 0) part.trainLimit = asked.trainLimit;
    }
    return loadSplit(dataset, split, part, manifest.config.seed);
}

TestLock lockOf(const std::filesystem::path& run, const DatasetInfo& dataset, const RunManifest& manifest) {
    return dataset.id == manifest.datasetId ? readTestLock(run) : TestLock();
}

Split shownSplit(Split asked, const TestLock& lock) {
    if (asked == Split::Train) return asked;
    if (!lock.validatesOnHeldOut) return Split::Test;
    return lock.isLocked() ? Split::HeldOut : asked;
}

std::string recordedDigest(const RunManifest& manifest, Split split) {
    if (split == Split::Train) return manifest.trainDigest;
    return split == validationSplit(manifest.config.data) ? manifest.testDigest : std::string();
}

bool isOwn(const PictureSet& pictures, const RunManifest& manifest, Split split) {
    const std::string digest = recordedDigest(manifest, split);
    return digest.empty() || pictures.identity.digest == digest;
}

void requireOwn(const PictureSet& pictures, const DatasetInfo& dataset, const RunManifest& manifest, Split split) {
    if (isOwn(pictures, manifest, split)) return;
    requireSameCounts(dataset, manifest);  // says more
    throw otherPictures(dataset);
}

std::shared_ptr<const PictureSet> unseenPictures(const DatasetInfo& dataset, const RunManifest& manifest, std::int64_t count) {
    auto unseen = std::make_shared<PictureSet>(loadUnseen(dataset, manifest.config.data, manifest.config.seed, count));
    const bool known =
        unseen->count() > 0 && isOwn(*splitOf(dataset, DataConfig(), manifest, Split::Train), manifest, Split::Train);
    return known ? unseen : std::make_shared<PictureSet>();
}

Split unseenSplit(const DatasetInfo& dataset, const RunManifest& manifest) {
    const std::int64_t limit = manifest.config.data.trainLimit;
    return limit > 0 && limit < dataset.trainCount ? Split::Train : Split::HeldOut;
}

InputSource inputSourceOf(std::shared_ptr<const PictureSet> pictures, const RunConfig& config, const ModelInfo& model,
                          torch::Device device) {
    InputSource source;
    ModelInput input = modelInput(std::move(pictures), config);
    source.trainTokens = source.testTokens = std::move(input.tokens);
    source.train = source.test = std::move(input.samples);
    source.model = &model;
    source.scaling = config.scaling;
    source.inputSize = config.inputSize;
    source.device = device;
    return source;
}

PredictionSet predictSplit(const InputSource& source, const StagedModel& model, Split split, const CountCallback& progress,
                           int rung) {
    EvaluationPass pass(source, model, split, rung, sliceSize(model.info()));
    report(progress, 0, pass.total());
    while (!pass.advance(Deadline(kPiece), {})) report(progress, pass.done(), pass.total());
    report(progress, pass.total(), pass.total());
    return pass.take();
}

}  // namespace thaw::core
