#include "core/inspect/run_inspector.h"

#include <algorithm>
#include <utility>

#include "core/api/errors.h"
#include "core/api/models.h"
#include "core/data/picture_file.h"
#include "core/export/model_export.h"
#include "core/inspect/file_prediction.h"
#include "core/model/weights.h"
#include "core/model/zoo.h"
#include "core/store/paths.h"
#include "core/train/model_setup.h"
#include "core/train/run_data.h"
#include "core/train/rungs.h"
#include "core/train/task.h"
#include "core/train/text_input.h"
#include "core/util/hash.h"
#include "core/util/memory.h"

namespace thaw::core {
namespace {

constexpr const char* kStart = "start";

std::string knownKey(std::int64_t step, Split split) { return toString(split) + ' ' + std::to_string(step); }

std::vector<float> toVector(const torch::Tensor& tensor) {
    const torch::Tensor host = tensor.cpu().contiguous();
    return {host.data_ptr<float>(), host.data_ptr<float>() + host.numel()};
}

}  // namespace

RunInspector::RunInspector(const std::filesystem::path& runDirectory, const DataConfig& data)
    : m_manifest(readManifest(runDirectory)),
      m_data(data),
      m_store(runDirectory),
      m_device(inspectionDeviceOf(m_manifest.config)),
      m_shared(m_manifest.config.cache.onDisk ? featureFolder(m_manifest.config.cache) : std::filesystem::path()) {
    m_run.directory = runDirectory;
    m_run.runId = absolutePath(runDirectory).filename().string();
    m_run.config = m_manifest.config;
    m_run.classNames = m_manifest.classNames;
    m_run.model = describeModel(m_run.config, static_cast<int>(m_run.classNames.size()));
    try {
        m_run.dataset = datasetOf(m_data, m_manifest);
        requireSameClasses(m_run.dataset, m_manifest);
    } catch (const Error& error) {
        // Files of the user's can be looked into without it; whoever asks for its pictures is told.
        m_run.dataset.id = m_manifest.datasetId;
        m_run.dataset.title = m_manifest.datasetTitle;
        m_run.dataset.classNames = m_manifest.classNames;
        m_run.dataset.problem = error.what();
        m_run.dataset.installHint = error.hint();
    }
    m_run.testLock = lockOf(runDirectory, m_run.dataset, m_manifest);
}

std::vector<KeptCheckpoint> RunInspector::checkpoints() { return listCheckpoints(m_run.directory); }

std::vector<StoreError> RunInspector::leftOutCheckpoints() { return m_store.leftOut(); }

std::shared_ptr<const PictureSet> RunInspector::pictures(Split asked) {
    const Split split = shownSplit(asked, m_run.testLock);
    const auto found = m_splits.find(split);
    if (found != m_splits.end()) return found->second;
    if (!m_run.dataset.problem.empty()) throw DataError(m_run.dataset.problem, m_run.dataset.installHint);
    std::shared_ptr<const PictureSet> loaded = splitOf(m_run.dataset, m_data, m_manifest, split);
    if (m_data.dataset == "auto") requireOwn(*loaded, m_run.dataset, m_manifest, split);
    return m_splits.emplace(split, std::move(loaded)).first->second;
}

std::string RunInspector::keyOf(const std::string& name, const std::map<std::string, std::string>& contents) {
    Digest digest;
    for (const auto& [parameter, content] : contents) {
        digest.update(parameter.data(), parameter.size());
        digest.update(content.data(), content.size());
    }
    return name + " " + digest.hex();
}

RunInspector::ModelPointer RunInspector::modelOf(const std::string& checkpoint) {
    if (checkpoint == kStart) return startModel();
    CheckpointEntry entry = m_store.find(checkpoint);
    const std::string key = keyOf(entry.name, entry.contents);
    if (const ModelPointer* found = m_models.find(key)) return *found;

    auto loaded = std::make_shared<LoadedModel>();
    loaded->key = key;
    loaded->step = entry.step;
    loaded->epoch = entry.epoch;
    loaded->contents = std::move(entry.contents);
    loaded->model = emptyModelOf(m_manifest);
    const std::map<int, ModelPointer> shared = sharedStages(*loaded->model, loaded->contents);
    std::set<std::string> known;
    for (const auto& [stage, owner] : shared) {
        loaded->model->share(stage, *owner->model);
        for (const Parameter& parameter : loaded->model->parameters(stage)) known.insert(parameter.name);
    }
    loadModel(*loaded->model, m_store.loadModel(entry.name, known));
    loaded->model->moveTo(m_device);
    return m_models.put(key, std::move(loaded));
}

RunInspector::ModelPointer RunInspector::modelWhileKept(const std::string& name) {
    try {
        return modelOf(name);
    } catch (const StoreError&) {
        const std::vector<KeptCheckpoint> kept = checkpoints();
        if (std::any_of(kept.begin(), kept.end(), [&](const KeptCheckpoint& one) { return one.name == name; })) throw;
        return nullptr;
    }
}

RunInspector::ModelPointer RunInspector::startModel() {
    if (m_start) return m_start;
    std::optional<TrunkWeights> trunk;
    if (m_manifest.config.initialization == Initialization::Pretrained) {
        const WeightsPlace place = weightsPlace(m_manifest.config.weights, m_manifest.config.model);
        if (digestOfFile(place.file) != m_manifest.weightsDigest)
            throw WeightsError("The weights " + place.title + " are not those that the run started from.",
                               "Put the run's own weights in their place to see the model before its first step.");
        trunk = trunkWeightsOf(m_manifest.config);
    }
    auto start = std::make_shared<LoadedModel>();
    start->model = buildModel(m_manifest.config, static_cast<int>(m_manifest.classNames.size()), trunk ? &*trunk : nullptr);
    for (const Parameter& parameter : start->model->stateDict())
        start->contents[parameter.name] =
            contentDigest({DType::Float32, parameter.value.sizes().vec(), parameter.value.data_ptr<float>(), {}});
    for (const auto& [stage, owner] : sharedStages(*start->model, start->contents)) start->model->share(stage, *owner->model);
    start->model->moveTo(m_device);
    start->key = keyOf(kStart, start->contents);
    return m_start = std::move(start);
}

std::string RunInspector::splitKey(Split asked) const { return ' ' + toString(shownSplit(asked, m_run.testLock)) + ' '; }

std::map<int, RunInspector::ModelPointer> RunInspector::sharedStages(const StagedModel& model,
                                                                     const std::map<std::string, std::string>& contents) const {
    std::vector<ModelPointer> loaded;
    if (m_start) loaded.push_back(m_start);
    for (const auto& entry : m_models.entries()) loaded.push_back(entry.second);
    const auto digest = [](const std::map<std::string, std::string>& all, const std::string& name) {
        const auto found = all.find(name);
        return found == all.end() ? std::string() : found->second;
    };
    std::map<int, ModelPointer> shared;
    for (int stage = 0; stage < model.stageCount(); ++stage) {
        const std::vector<Parameter> parameters = model.stateOfStage(stage);
        if (parameters.empty()) continue;
        for (const ModelPointer& other : loaded) {
            const bool same = std::all_of(parameters.begin(), parameters.end(), [&](const Parameter& parameter) {
                const std::string mine = digest(contents, parameter.name);
                return !mine.empty() && mine == digest(other->contents, parameter.name);
            });
            if (same) shared.emplace(stage, other);
        }
    }
    return shared;
}

Tokenizer& RunInspector::tokenizer() {
    if (!m_tokenizer) m_tokenizer = openTokenizer(descriptionOf(m_manifest.config.model).tokenizer);
    return *m_tokenizer;
}

const std::string& RunInspector::textOf(const PictureChoice& text) {
    if (!text.text.empty()) return text.text;
    const std::shared_ptr<const PictureSet> all = pictures(text.split);
    requireRow(*all, text);
    return all->texts->at(static_cast<std::size_t>(text.index));
}

void RunInspector::requirePictures() const {
    if (m_run.model.readsTexts()) throw ConfigError("The run's model reads texts, which have no planes to look at.");
}

void RunInspector::requireRow(const PictureSet& all, const PictureChoice& choice) const {
    if (choice.index >= 0 && choice.index < all.count()) return;
    throw ConfigError(std::string("There is no ") + (all.texts ? "text " : "picture ") + std::to_string(choice.index) +
                          " in the " + toString(shownSplit(choice.split, m_run.testLock)) + " split.",
                      "Choose one from 0 to " + std::to_string(all.count() - 1) + ".");
}

State RunInspector::inputOf(const PictureChoice& picture) {
    const RunConfig& config = m_manifest.config;
    if (m_run.model.readsTexts()) {
        State input = tokenBatch(tokenize({textOf(picture)}, tokenizer(), config.inputSize), {0});
        input.hidden = input.hidden.to(m_device);
        return input;
    }
    const auto ofSquare = [&](auto read) {
        const PictureKind kind = pictureKindOf(m_manifest);
        return squareInput(read(kind), kind.side, config).to(m_device);
    };
    if (picture.pixels) return ofSquare([&](const PictureKind& kind) { return squareOfPicture(*picture.pixels, kind); });
    if (!picture.file.empty()) return ofSquare([&](const PictureKind& kind) { return readSquarePicture(picture.file, kind); });
    const std::shared_ptr<const PictureSet> all = pictures(picture.split);
    requireRow(*all, picture);
    return networkInput(*all, {picture.index}, {}, config.scaling, config.inputSize).to(m_device);
}

InputSource RunInspector::sourceOf(Split split, const StagedModel& model) {
    return inputSourceOf(pictures(split), m_manifest.config, model.info(), m_device);
}

InputSource RunInspector::sourceFromShared(const LoadedModel& loaded, Split split, int end, FeatureStore& store,
                                           const CountCallback& progress) {
    InputSource source = sourceOf(split, *loaded.model);
    m_shared.find(store, source, *loaded.model, split, sharedRungs(loaded, split), end, progress);
    source.features = &store;
    return source;
}

int RunInspector::layerIndex(const std::string& name) const {
    return layerIndexOf(m_run.model, name, static_cast<int>(m_run.model.layers.size()));
}

void RunInspector::checkClass(int classIndex) const {
    if (classIndex < 0 || classIndex >= static_cast<int>(m_run.classNames.size()))
        throw ConfigError("There is no class " + std::to_string(classIndex) + " in the run's " +
                          std::to_string(m_run.classNames.size()) + " classes.");
}

std::vector<SharedRung> RunInspector::sharedRungs(const LoadedModel& loaded, Split asked) {
    pictures(asked);  // they are read by now
    const Split split = shownSplit(asked, m_run.testLock);
    return sharedRungs(loaded, splitKey(split), split, m_splits.at(split)->identity.featureKey());
}

std::vector<SharedRung> RunInspector::sharedRungs(const LoadedModel& loaded, const std::string& of, Split split,
                                                  const std::string& pictures) const {
    const RunConfig& config = m_manifest.config;
    const auto fileOf = [&](int rung) {
        return featureFileKey(loaded.model->prefixDigest(rung), pictures,
                              partKey(featurePartOf(split), config.augmentation, config.seed), inputKey(config),
                              computeFingerprint(m_device, config.kernels));
    };
    const std::vector<CheckpointEntry> entries = m_store.list();
    std::vector<SharedRung> shared;
    std::map<std::string, std::string> below;
    std::ptrdiff_t sharers = -1;
    int stage = 0;
    for (const int rung : rungsOf(loaded.model->info())) {
        for (; stage < rung; ++stage)
            for (const Parameter& parameter : loaded.model->stateOfStage(stage))
                below[parameter.name] = loaded.contents.at(parameter.name);
        const auto count = std::count_if(entries.begin(), entries.end(), [&](const CheckpointEntry& entry) {
            return entry.contents != loaded.contents &&
                   std::includes(entry.contents.begin(), entry.contents.end(), below.begin(), below.end());
        });
        if (count == 0) break;
        if (count == sharers) shared.pop_back();
        shared.push_back({rung, keyOf(of, below), pictures.empty() ? std::string() : fileOf(rung)});
        sharers = count;
    }
    return shared;
}

std::shared_ptr<const PredictionSet> RunInspector::predictions(const std::string& checkpoint, Split asked,
                                                               const CountCallback& progress) {
    const Split split = shownSplit(asked, m_run.testLock);
    if (checkpoint != kStart)
        if (auto known = knownPredictions(m_store.find(checkpoint), split)) return known;
    const ModelPointer loaded = modelOf(checkpoint);
    const std::string key = loaded->key + splitKey(split);
    if (const auto* found = m_predictions.find(key)) return *found;
    auto made = std::make_shared<PredictionSet>(
        m_shared.predict(sourceOf(split, *loaded->model), *loaded->model, split, sharedRungs(*loaded, split), progress));
    made->step = loaded->step;
    made->epoch = loaded->epoch;
    return m_predictions.put(key, std::move(made));
}

void RunInspector::know(std::shared_ptr<const PredictionSet> predictions) {
    const std::string key = knownKey(predictions->step, predictions->split);
    if (auto* known = m_known.find(key))
        *known = std::move(predictions);
    else
        m_known.put(key, std::move(predictions));
}

std::shared_ptr<const PredictionSet> RunInspector::knownPredictions(const CheckpointEntry& entry, Split split) {
    const auto* known = m_known.find(knownKey(entry.step, split));
    // A run that was taken up again further back comes to the same step with other weights.
    const bool same = known && entry.endsEpoch && (*known)->epoch == entry.epoch && (*known)->score == entry.valScore;
    return same && (*known)->labels == pictures(split)->labels ? *known : nullptr;
}

std::shared_ptr<const PredictionSet> RunInspector::unseenPredictions(const std::string& checkpoint, std::int64_t limit,
                                                                     const CountCallback& progress) {
    const ModelPointer loaded = modelOf(checkpoint);
    const std::string pictures = " unseen " + std::to_string(limit), key = loaded->key + pictures;
    if (const auto* found = m_predictions.find(key)) return *found;
    if (!m_run.dataset.problem.empty()) throw DataError(m_run.dataset.problem, m_run.dataset.installHint);
    const std::shared_ptr<const PictureSet> unseen = unseenPictures(m_run.dataset, m_manifest, limit);
    const InputSource source = inputSourceOf(unseen, m_manifest.config, loaded->model->info(), m_device);
    auto made = std::make_shared<PredictionSet>(
        m_shared.predict(source, *loaded->model, Split::Train, sharedRungs(*loaded, pictures, Split::Train, {}), progress));
    made->split = unseenSplit(m_run.dataset, m_manifest);
    made->step = loaded->step;
    made->epoch = loaded->epoch;
    return m_predictions.put(key, std::move(made));
}

std::vector<float> RunInspector::predict(const std::string& checkpoint, const PictureChoice& picture) {
    torch::NoGradGuard noGrad;
    const ModelPointer loaded = modelOf(checkpoint);
    const StagedModel& model = *loaded->model;
    return toVector(taskOf(model.info().task).probabilities(model.forward(inputOf(picture), 0, model.stageCount())));
}

std::vector<FilePrediction> RunInspector::predictFiles(const std::string& checkpoint,
                                                       const std::vector<std::filesystem::path>& files,
                                                       const CountCallback& progress) {
    const ModelPointer loaded = modelOf(checkpoint);
    const PictureKind kind = pictureKindOf(m_manifest);
    const std::int64_t total = static_cast<std::int64_t>(files.size());
    std::vector<FilePrediction> answers;
    for (const std::filesystem::path& file : files) {
        report(progress, static_cast<std::int64_t>(answers.size()), total);
        answers.push_back(predictPicture(*loaded->model, m_manifest.config, kind, m_device, file));
    }
    report(progress, total, total);
    return answers;
}

void RunInspector::exportModel(const std::string& checkpoint, ExportFormat format, const std::filesystem::path& file) {
    const PictureKind kind = pictureKindOf(m_manifest);
    writeExport(exportedModel(*modelOf(checkpoint)->model, m_manifest.config, m_manifest.classNames, kind), format, file);
}

void RunInspector::releaseMemory(bool toSystem) {
    if (m_start) m_start->model->releaseWorkspaces();
    for (const auto& entry : m_models.entries()) entry.second->model->releaseWorkspaces();
    if (toSystem) returnFreeMemory();
}

std::unique_ptr<Inspector> openInspector(const std::filesystem::path& runDirectory, const DataConfig& data) {
    return std::make_unique<RunInspector>(runDirectory, data);
}

std::vector<KeptCheckpoint> keptOf(const std::vector<CheckpointEntry>& entries, TaskKind task) {
    const CheckpointEntry* best = bestOf(entries);
    std::vector<KeptCheckpoint> kept;
    for (const CheckpointEntry& entry : entries)
        kept.push_back(
            {entry.name, entry.step, entry.epoch, entry.valScore, entry.endsEpoch, entry.endsPhase, &entry == best, task});
    return kept;
}

std::vector<KeptCheckpoint> listCheckpoints(const std::filesystem::path& runDirectory) {
    const RunManifest manifest = readManifest(runDirectory);  // throws where the folder is no run
    return keptOf(CheckpointStore(runDirectory).list(), manifest.config.task);
}

}  // namespace thaw::core
