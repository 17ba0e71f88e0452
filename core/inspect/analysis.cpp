#include "core/api/analysis.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include "core/api/engine_info.h"
#include "core/api/errors.h"
#include "core/api/evaluation.h"
#include "core/api/models.h"
#include "core/data/dataset.h"
#include "core/data/picture_format.h"
#include "core/inspect/file_prediction.h"
#include "core/inspect/finished_run.h"
#include "core/inspect/split_outputs.h"
#include "core/store/system_error.h"
#include "core/train/run_data.h"
#include "core/train/stage_times.h"

namespace thaw::core {

namespace {

/// Throws ConfigError for a limit that would say nothing.
void requireLimitsOf(Split split, const DataConfig& data) {
    if ((split != Split::Test && data.testLimit > 0) || (split != Split::Train && data.trainLimit > 0))
        throw ConfigError("The " + toString(split) + " split is asked for, and a limit of another one is given.",
                          split == Split::HeldOut ? "Held-out pictures are always taken whole: leave the limit out."
                                                  : "Limit the split that is asked for, or leave the limit out.");
}

/// The pictures that a request means, and whether the run's record proves that they are its own.
std::shared_ptr<const PictureSet> picturesFor(const DataConfig& asked, const DatasetInfo& dataset, const RunManifest& manifest,
                                              Split split, bool& own) {
    own = false;
    if (asked.dataset != "auto") return splitOf(dataset, asked, manifest, split);
    // Who has no digest of a revealed test split has one of the pictures beside it.
    const Split recorded = recordedDigest(manifest, split).empty() ? validationSplit(manifest.config.data) : split;
    std::shared_ptr<const PictureSet> used = splitOf(dataset, DataConfig(), manifest, recorded);
    requireOwn(*used, dataset, manifest, recorded);
    const bool limited = asked.testLimit > 0 || asked.trainLimit > 0;
    std::shared_ptr<const PictureSet> meant = recorded == split && !limited ? used : splitOf(dataset, asked, manifest, split);
    own = recorded == split && !recordedDigest(manifest, split).empty() && meant->count() <= used->count();
    return meant;
}

}  // namespace

ChosenCheckpoint chooseCheckpoint(const RunSelection& selection) {
    std::vector<std::string> warnings;
    for (const Notice& note : readManifest(selection.run).notes)
        if (note.warning) warnings.push_back(note.text);
    const CheckpointStore store(selection.run);
    try {
        const CheckpointEntry entry = store.find(selection.checkpoint);
        return {entry.name,         entry.step, entry.epoch, entry.endsEpoch, store.passedOver(selection.checkpoint, entry),
                std::move(warnings)};
    } catch (const StoreError& error) {
        // Where every checkpoint can be read it is the name that is wrong.
        if (store.leftOut().empty() && !store.list().empty()) throw ConfigError(error.what(), error.hint());
        throw;
    }
}

Split chosenSplit(std::optional<Split> asked, const TestLock& lock) {
    if (asked == Split::HeldOut && !lock.validatesOnHeldOut)
        throw ConfigError("No training pictures were held out for validation: there is no validation split.",
                          "Choose --split test or --split train.");
    if (asked == Split::Test && lock.isLocked())
        throw DataError("The run's test split is locked: the run validates on other pictures.",
                        "Take those with --split validation. thaw-cli evaluate --reveal opens the test split for good, which is "
                        "counted and recorded in the run.");
    return asked.value_or(lock.isLocked() ? Split::HeldOut : Split::Test);
}

void requireWritable(const std::filesystem::path& file) {
    const std::filesystem::path folder = file.has_parent_path() ? file.parent_path() : ".";
    std::error_code ignored;
    if (std::filesystem::exists(file, ignored) && !std::filesystem::is_regular_file(file, ignored))
        throw StoreError("Cannot write " + file.string() + ": it is not a regular file.", "Choose another name.");
    if (!std::filesystem::is_directory(folder, ignored))
        throw StoreError("Cannot write " + file.string() + ": there is no folder " + folder.string() + '.', "Check the path.");
    if (::access(folder.c_str(), W_OK | X_OK) != 0) throw systemError("Cannot write", file, errno);
}

Evaluation evaluateRun(const EvaluateRequest& request, const CountCallback& progress) {
    const FinishedRun run = openRun(request.run, request.threads);
    const RunConfig& config = run.manifest.config;
    const DatasetInfo dataset = datasetOf(request.data, run.manifest);
    const TestLock lock = lockOf(request.run.run, dataset, run.manifest);
    const Split which = request.reveal ? Split::Test : chosenSplit(request.split, lock);
    requireLimitsOf(which, request.data);
    Evaluation evaluation;
    const std::shared_ptr<const PictureSet> split = picturesFor(request.data, dataset, run.manifest, which, evaluation.ownData);
    const InputSource source = inputSourceOf(split, config, run.model->info(), run.device);

    evaluation.testReveals = request.reveal ? revealTest(request.run.run) : lock.reveals;
    evaluation.predictions = predictSplit(source, *run.model, which, progress);
    evaluation.predictions.epoch = run.epoch;
    evaluation.classNames = dataset.classNames;
    evaluation.dataset = dataset.title;
    evaluation.epoch = run.epoch;
    const bool fits = config.task == TaskKind::OneLabel && request.data.dataset == "auto";
    if (fits && request.temperaturePictures > 0) {
        const std::shared_ptr<const PictureSet> unseen = unseenPictures(dataset, run.manifest, request.temperaturePictures);
        if (unseen->count() > 0)
            evaluation.temperature = fitTemperature(
                predictSplit(inputSourceOf(unseen, config, run.model->info(), run.device), *run.model, Split::Train, progress));
    }
    return evaluation;
}

PictureFolder listPictures(const std::filesystem::path& folder) {
    PictureFolder found;
    std::error_code error;
    for (std::filesystem::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
        std::error_code ignored;
        if (it->path().filename().string().front() == '.' || it->is_directory(ignored)) continue;
        if (checkPicture(it->path()).verdict != PictureCheck::Verdict::Other)
            found.pictures.push_back(it->path());
        else
            ++found.otherFiles;
    }
    if (error)
        throw DataError("Cannot read the folder " + folder.string() + ": " + error.message() + '.', "Check its permissions.");
    if (found.pictures.empty())
        throw DataError("There are no pictures in the folder " + folder.string() + '.',
                        std::string("Choose one with ") + kPictureFormats + " files.");
    std::sort(found.pictures.begin(), found.pictures.end());
    return found;
}

std::vector<FilePrediction> predictFiles(const RunSelection& selection, const std::vector<std::filesystem::path>& files,
                                         int threads, std::vector<std::string>* classNames, const CountCallback& progress) {
    const FinishedRun run = openRun(selection, threads);
    if (run.model->info().readsTexts())
        throw ConfigError("The run's model reads texts, not pictures.", "Ask it with: thaw-cli predict --run RUN --text TEXT.");
    if (classNames != nullptr) *classNames = run.manifest.classNames;
    std::vector<FilePrediction> predictions;
    const PictureKind kind = pictureKindOf(run.manifest);
    for (const std::filesystem::path& file : files) {
        predictions.push_back(predictPicture(*run.model, run.manifest.config, kind, run.device, file));
        FilePrediction& last = predictions.back();
        last.rgb = {};  // those of a folder would not fit into memory
        if (progress && !progress(static_cast<std::int64_t>(predictions.size()), static_cast<std::int64_t>(files.size())))
            throw Cancelled();
    }
    return predictions;
}

std::vector<std::string> classNamesOf(const std::filesystem::path& run) { return readManifest(run).classNames; }

void extractFeatures(const ExtractRequest& request, const CountCallback& progress) {
    const bool withRun = !request.run.run.empty();
    FinishedRun run;
    RunConfig config = request.config;
    DatasetInfo dataset;
    if (withRun) {
        run = openRun(request.run, request.config.threads);
        config = run.manifest.config;
        dataset = datasetOf(request.config.data, run.manifest);
        requireSameClasses(dataset, run.manifest);
    } else {
        useComputeThreads(config.threads);
        run.device = deviceOf(config);
        dataset = forInput(resolveDataset(config.data, modalityOf(config.model)), config);
        const TrunkWeights trunk = trunkWeightsOf(config);
        run.model = buildModel(config, static_cast<int>(dataset.classNames.size()), &trunk);
        run.model->moveTo(run.device);
    }
    const ModelInfo& info = run.model->info();
    const int layer = layerIndexOf(info, request.layer, withRun ? static_cast<int>(info.layers.size()) : info.headBegin);
    if (info.readsTexts() && info.layer(layer).outputShape.size() > 1)
        throw ConfigError("The layer " + info.layer(layer).name + " has an output for each token of a text.",
                          "Choose the layer pooling, or one of the head.");
    const int stage = info.layer(layer).stage;
    const Split which = chosenSplit(request.split, withRun ? lockOf(request.run.run, dataset, run.manifest) : TestLock());
    // The first pictures in data-set order, not a seeded choice of them.
    const std::shared_ptr<const PictureSet> split =
        loadSplit(dataset, which, which == Split::HeldOut ? config.data : DataConfig(), config.seed);
    const InputSource source = inputSourceOf(split, config, info, run.device);
    const std::int64_t all = split->count(), count = request.limit > 0 ? std::min(all, request.limit) : all;
    const int classes = static_cast<int>(info.layers.back().outputShape[0]);
    std::vector<std::int64_t> shape = info.layers[static_cast<std::size_t>(layer)].outputShape;
    std::int64_t floats = 1;
    for (std::int64_t size : shape) floats *= size;
    shape.insert(shape.begin(), count);
    std::vector<float> features(static_cast<std::size_t>(count * floats)),
        logits(static_cast<std::size_t>(withRun ? count * classes : 0));

    const auto take = [&](std::int64_t begin, const State& state) {
        Tap tap;
        tap.layer = layer;
        ForwardContext context;
        context.tap = &tap;
        const torch::Tensor last =
            run.model->forward(state, stage, withRun ? run.model->stageCount() : stage + 1, context).cpu().contiguous();
        const torch::Tensor host = tap.value.cpu().contiguous();
        std::copy_n(host.data_ptr<float>(), host.numel(), features.data() + begin * floats);
        if (!withRun) return;
        std::copy_n(last.data_ptr<float>(), last.numel(), logits.data() + begin * classes);
    };
    statesOf(source, *run.model, which, rowRange(0, count), stage, take, progress);

    const std::vector<std::int64_t> labels(split->labels.begin(), split->labels.begin() + count);
    SafetensorsWriter writer;
    writer.add("features", DType::Float32, shape, features.data());
    writer.add("labels", DType::Int64, {count}, labels.data());
    if (withRun) writer.add("logits", DType::Float32, {count, classes}, logits.data());
    writer.setMetadata("layer", info.layers[static_cast<std::size_t>(layer)].name);
    writer.setMetadata("dataset", dataset.id);
    writer.setMetadata("split", toString(which));
    writer.setMetadata("scaling", toString(config.scaling));
    writer.setMetadata("input_size", std::to_string(config.inputSize));
    writer.write(request.output);
}

}  // namespace thaw::core
