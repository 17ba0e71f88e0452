#include "core/api/analysis.h"

#include <algorithm>
#include <utility>

#include "core/api/engine_info.h"
#include "core/api/errors.h"
#include "core/api/evaluation.h"
#include "core/data/dataset.h"
#include "core/inspect/file_prediction.h"
#include "core/inspect/finished_run.h"
#include "core/inspect/model_file.h"
#include "core/inspect/split_outputs.h"
#include "core/train/stage_times.h"

namespace thaw::core {

Evaluation evaluateRun(const EvaluateRequest& request, const CountCallback& progress) {
    const FinishedRun run = openRun(request.run, request.threads);
    const RunConfig& config = run.manifest.config;
    const DatasetInfo dataset = datasetOf(request.data, run.manifest);
    const TestLock lock = lockOf(request.run.run, dataset, run.manifest);
    const bool testMeant = request.reveal || request.split == Split::Test;
    const Split which = testMeant ? Split::Test : shownSplit(request.split.value_or(Split::Test), lock);
    if (!request.reveal) requireUnlocked(which, lock);
    const LoadedSplit split = splitOf(dataset, request.data, run.manifest, which);
    const bool ownData = request.data.dataset == "auto", chosen = !request.data.directory.empty();
    const int limit = which == Split::Test ? request.data.testLimit : which == Split::Train ? request.data.trainLimit : 0;
    if (ownData && !chosen && limit == 0) requireOwn(split, dataset, run.manifest, which);
    const InputSource source = inputSourceOf(split.pictures, config, run.model->info(), run.device);

    Evaluation evaluation;
    evaluation.testReveals = request.reveal ? revealTest(request.run.run) : lock.reveals;
    evaluation.predictions = predictSplit(source, *run.model, which, progress);
    evaluation.predictions.epoch = run.epoch;
    evaluation.classNames = dataset.classNames;
    evaluation.dataset = dataset.title;
    evaluation.digest = split.digest;
    evaluation.epoch = run.epoch;
    if (ownData && request.temperaturePictures > 0) {
        const std::shared_ptr<const PictureSet> unseen = unseenPictures(dataset, run.manifest, request.temperaturePictures);
        if (unseen->count() > 0)
            evaluation.temperature = fitTemperature(
                predictSplit(inputSourceOf(unseen, config, run.model->info(), run.device), *run.model, Split::Train, progress));
    }
    return evaluation;
}

std::vector<FilePrediction> predictFiles(const RunSelection& selection, const std::vector<std::filesystem::path>& files,
                                         int threads, std::vector<std::string>* classNames) {
    const FinishedRun run = openRun(selection, threads);
    if (classNames != nullptr) *classNames = run.manifest.classNames;
    std::vector<FilePrediction> predictions;
    const PictureKind kind = pictureKindOf(run.manifest.datasetId);
    for (const std::filesystem::path& file : files)
        predictions.push_back(predictPicture(*run.model, run.manifest.config, kind, run.device, file));
    return predictions;
}

void extractFeatures(const ExtractRequest& request, const CountCallback& progress) {
    const bool withRun = !request.run.run.empty();
    FinishedRun run;
    RunConfig config = request.config;
    DatasetInfo dataset;
    if (withRun) {
        run = openRun(request.run, request.config.threads);
        config = run.manifest.config;
        dataset = datasetOf(request.config.data, run.manifest);
    } else {
        useComputeThreads(computeThreadsOf(config));
        run.device = deviceOf(config);
        dataset = resolveDataset(config.data);
        const TrunkWeights trunk = loadTrunkWeights(config.weights);
        run.model = buildModel(config, static_cast<int>(dataset.classNames.size()), &trunk);
        run.model->moveTo(run.device);
    }
    const ModelInfo& info = run.model->info();
    const int layer = info.indexOf(request.layer);
    if (layer < 0 || (!withRun && layer >= info.headBegin))
        throw ConfigError("There is no layer \"" + request.layer + "\" in " + (withRun ? "the model." : "the trunk."),
                          "Name one like block5_pool or features.30.");

    const Split which = request.split == Split::HeldOut ? validationSplit(config.data) : request.split;
    if (withRun) requireUnlocked(which, lockOf(request.run.run, dataset, run.manifest));
    // The first pictures in data-set order, not a seeded choice of them.
    const LoadedSplit split = loadSplit(dataset, which, which == Split::HeldOut ? config.data : DataConfig(), config.seed);
    const InputSource source = inputSourceOf(split.pictures, config, info, run.device);
    const std::int64_t all = split.pictures->count(), count = request.limit > 0 ? std::min(all, request.limit) : all;
    const int classes = static_cast<int>(info.layers.back().outputShape[0]);
    std::vector<std::int64_t> shape = info.layers[static_cast<std::size_t>(layer)].outputShape;
    std::int64_t floats = 1;
    for (std::int64_t size : shape) floats *= size;
    shape.insert(shape.begin(), count);
    std::vector<float> features(static_cast<std::size_t>(count * floats)),
        logits(static_cast<std::size_t>(withRun ? count * classes : 0));

    const auto take = [&](std::int64_t begin, const torch::Tensor& output) {
        const torch::Tensor host = output.cpu().contiguous();
        std::copy_n(host.data_ptr<float>(), host.numel(), features.data() + begin * floats);
        if (!withRun) return;
        const torch::Tensor last = run.model->forward(output, layer + 1, run.model->stageCount()).cpu().contiguous();
        std::copy_n(last.data_ptr<float>(), last.numel(), logits.data() + begin * classes);
    };
    outputsOf(source, *run.model, which, rowRange(0, count), layer + 1, take, progress);

    const std::vector<std::int64_t> labels(split.pictures->labels.begin(), split.pictures->labels.begin() + count);
    SafetensorsWriter writer;
    writer.add("features", DType::Float32, shape, features.data());
    writer.add("labels", DType::Int64, {count}, labels.data());
    if (withRun) writer.add("logits", DType::Float32, {count, classes}, logits.data());
    writer.setMetadata("layer", info.layers[static_cast<std::size_t>(layer)].name);
    writer.setMetadata("dataset", dataset.id);
    writer.setMetadata("split", which == Split::Train ? "train" : which == Split::Test ? "test" : "validation");
    writer.setMetadata("scaling", toString(config.scaling));
    writer.setMetadata("input_size", std::to_string(config.inputSize));
    writer.write(request.output);
}

void exportModel(const RunSelection& selection, const std::filesystem::path& file) {
    const FinishedRun run = openRun(selection, /*threads=*/0);
    writeModelFile(*run.model, run.manifest.config, run.manifest.classNames, file);
}

}  // namespace thaw::core
