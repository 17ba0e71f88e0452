// RunInspector's analyses: finds the model and the pictures, keeps what is asked for again.
#include <algorithm>
#include <optional>
#include <utility>

#include "core/api/errors.h"
#include "core/inspect/activations.h"
#include "core/inspect/class_map.h"
#include "core/inspect/continued_text.h"
#include "core/inspect/file_prediction.h"
#include "core/inspect/layer_statistics.h"
#include "core/inspect/pca.h"
#include "core/inspect/run_inspector.h"
#include "core/inspect/split_outputs.h"
#include "core/inspect/text_attribution.h"
#include "core/inspect/tsne.h"

namespace thaw::core {
namespace {

constexpr std::int64_t kMostTsnePictures = 3000;
constexpr int kTsneReportEvery = 5;  // steps

/// The part of a longer work that begins at `done` and the whole of which is `total`.
CountCallback partOf(const CountCallback& progress, std::int64_t done, std::int64_t total) {
    return [&progress, done, total](std::int64_t part, std::int64_t) { return !progress || progress(done + part, total); };
}

std::vector<torch::Tensor> valuesOf(const std::vector<Parameter>& parameters) {
    std::vector<torch::Tensor> values;
    for (const Parameter& parameter : parameters) values.push_back(parameter.value);
    return values;
}

std::shared_ptr<const PictureSet> picturesAt(const PictureSet& all, const std::vector<std::int64_t>& rows) {
    auto some = std::make_shared<PictureSet>();
    some->width = all.width;
    some->height = all.height;
    if (all.texts) {
        std::vector<std::string> texts;
        for (const std::int64_t row : rows) texts.push_back(all.texts->at(static_cast<std::size_t>(row)));
        some->texts = std::make_shared<const std::vector<std::string>>(std::move(texts));
    } else {
        some->rgb = all.read(rows);
    }
    for (const std::int64_t row : rows) {
        some->labels.push_back(all.labels[static_cast<std::size_t>(row)]);
        if (!all.labelSets.empty())
            some->labelSets.insert(some->labelSets.end(), all.labelSet(row), all.labelSet(row) + all.classCount());
    }
    return some;
}

/// Relative L2 change of every layer; exactly 0 where both have the same parameters.
std::vector<double> movedBetween(const StagedModel& start, const StagedModel& now) {
    std::vector<double> moved;
    for (std::size_t i = 0; i < now.info().layers.size(); ++i) {
        const int layer = static_cast<int>(i), stage = now.info().layers[i].stage;
        const bool shared = &now.stage(stage) == &start.stage(stage);
        moved.push_back(shared ? 0.0 : relativeChange(now.stateOf(layer), valuesOf(start.stateOf(layer))));
    }
    return moved;
}

/// L2 of every layer's gradients.
std::vector<double> gradientNorms(StagedModel& model, const InputSource& source, const CountCallback& progress) {
    LayerMask all;
    for (const LayerInfo& layer : model.info().layers) all.push_back(layer.hasParameters());
    std::vector<double> norms;
    const auto take = [&] {
        for (std::size_t layer = 0; layer < model.info().layers.size(); ++layer)
            norms.push_back(gradientNormOf(model.parametersOf(static_cast<int>(layer))));
    };
    withGradients(model, all, source, rowRange(0, source.train->count()), take, progress);
    return norms;
}

/// What `make` returns; nothing, and why, where it fails. Not for work that can be cancelled.
template <class Make>
auto tried(std::string& problem, Make make) -> std::optional<decltype(make())> {
    try {
        return make();
    } catch (const Error& error) {
        problem = error.hint().empty() ? error.what() : std::string(error.what()) + ' ' + error.hint();
        return std::nullopt;
    }
}

}  // namespace

ActivationMaps RunInspector::activations(const std::string& checkpoint, const PictureChoice& picture, const std::string& layer) {
    const int index = layerIndex(layer);
    requirePictures();
    return activationsOf(*modelOf(checkpoint)->model, inputOf(picture).hidden, index);
}

std::vector<TopPicture> RunInspector::topActivating(const std::string& checkpoint, Split split, const std::string& layer,
                                                    int channel, int count, std::int64_t limit, const CountCallback& progress) {
    const int index = layerIndex(layer);
    requirePictures();
    const LayerInfo& info = m_run.model.layers[static_cast<std::size_t>(index)];
    if (channel < 0 || channel >= info.channels())
        throw ConfigError(info.name + " has no channel " + std::to_string(channel) + ".",
                          "Choose one from 0 to " + std::to_string(info.channels() - 1) + ".");
    const ModelPointer loaded = modelOf(checkpoint);
    const std::int64_t all = pictures(split)->count(), pictureCount = limit > 0 ? std::min(all, limit) : all;
    // Of all channels at once: the next question is mostly for the channel beside.
    const std::string key = loaded->key + splitKey(split) + info.name + " " + std::to_string(pictureCount);
    const torch::Tensor* maxima = m_maxima.find(key);
    if (maxima == nullptr) {
        FeatureStore store;
        const InputSource source = sourceFromShared(*loaded, split, info.stage, store, progress);
        maxima = &m_maxima.put(key, channelMaxima(source, *loaded->model, split, index, pictureCount, progress));
    }
    return topRows(*maxima, channel, count);
}

FilterTiles RunInspector::filters(const std::string& checkpoint) {
    requirePictures();
    const bool bgr = m_manifest.config.scaling == Scaling::Caffe;
    const auto take = [&](const ModelPointer& loaded, std::vector<float>& values) {
        const torch::Tensor weights = firstFilters(*loaded->model), rgb = bgr ? weights.flip(1).contiguous() : weights;
        values.assign(rgb.data_ptr<float>(), rgb.data_ptr<float>() + rgb.numel());
        return rgb.sizes().vec();
    };
    FilterTiles tiles;
    const std::vector<std::int64_t> shape = take(modelOf(checkpoint), tiles.now);
    tiles.count = static_cast<int>(shape[0]);
    tiles.size = static_cast<int>(shape[2]);
    if (const auto start = tried(tiles.startProblem, [&] { return startModel(); })) take(*start, tiles.before);
    return tiles;
}

LayerStatistics RunInspector::statistics(const std::string& checkpoint, const std::string& layer, const CountCallback& progress) {
    const int index = layerIndex(layer);
    LayerStatistics statistics;
    statistics.layer = m_run.model.layers[static_cast<std::size_t>(index)].name;
    if (!m_run.model.layers[static_cast<std::size_t>(index)].hasParameters()) return statistics;
    const ModelPointer loaded = modelOf(checkpoint);
    const std::string key = loaded->key + " " + statistics.layer;
    if (const LayerStatistics* found = m_statistics.find(key)) return *found;

    StagedModel& model = *loaded->model;
    const std::vector<Parameter> parameters = model.parametersOf(index);
    statistics.hasRelu = m_run.model.layer(index).relu;
    std::vector<torch::Tensor> weights{parameters[0].value};
    if (const auto start = tried(statistics.startProblem, [&] { return startModel(); })) {
        const std::vector<torch::Tensor> before = valuesOf((*start)->model->parametersOf(index));
        weights.push_back(before[0]);
        statistics.moved = relativeChange(parameters, before);
    }
    std::vector<Histogram> histograms = histogramsOf(weights);
    statistics.weightsNow = std::move(histograms[0]);
    if (histograms.size() > 1) statistics.weightsStart = std::move(histograms[1]);

    const auto source = tried(statistics.gradientProblem, [&] { return gradientSource(); });
    if (!source) return statistics;
    const std::vector<std::int64_t> rows = rowRange(0, source->train->count());
    statistics.sampleCount = static_cast<int>(rows.size());
    LayerMask only(m_run.model.layers.size(), false);
    only[static_cast<std::size_t>(index)] = true;
    const auto take = [&] {
        statistics.gradients = histogramsOf({parameters[0].value.grad()})[0];
        statistics.gradientNorm = gradientNormOf(parameters);
    };
    const std::int64_t total = 2 * statistics.sampleCount;
    withGradients(model, only, *source, rows, take, partOf(progress, 0, total));
    if (statistics.hasRelu)
        statistics.deadShare = deadShareOf(model, index, *source, rows, partOf(progress, statistics.sampleCount, total));
    return statistics.startProblem.empty() ? m_statistics.put(key, std::move(statistics)) : statistics;
}

InputSource RunInspector::gradientSource() {
    if (!m_gradientPictures) {
        const bool held = m_splits.count(Split::Train) > 0;
        const std::shared_ptr<const PictureSet> all = pictures(Split::Train);
        m_gradientPictures = picturesAt(*all, sampleRows(all->count(), m_manifest.config.inputSize));
        if (!held) m_splits.erase(Split::Train);
    }
    return inputSourceOf(m_gradientPictures, m_manifest.config, m_run.model, m_device);
}

LayerHistory RunInspector::history(bool gradients, const CountCallback& progress) {
    LayerHistory history;
    const auto start = tried(history.startProblem, [&] { return startModel(); });
    std::optional<InputSource> source;
    if (gradients) source = tried(history.gradientProblem, [&] { return gradientSource(); });
    const std::vector<CheckpointEntry> entries = m_store.list();
    const std::vector<KeptCheckpoint> kept = keptOf(entries, m_run.config.task);
    const std::int64_t sample = source ? source->train->count() : 1, total = sample * static_cast<std::int64_t>(kept.size());
    for (std::size_t i = 0; i < kept.size(); ++i) {
        const std::int64_t done = sample * static_cast<std::int64_t>(i);
        report(progress, done, total);
        const std::string key = keyOf(entries[i].name, entries[i].contents);
        const bool known = (!start || m_moved.find(key)) && (!source || m_gradientNorms.find(key));
        const ModelPointer loaded = known ? nullptr : modelWhileKept(kept[i].name);
        if (!known && !loaded) continue;
        history.checkpoints.push_back(kept[i]);
        if (start) {
            const std::vector<double>* moved = m_moved.find(key);
            history.moved.push_back(moved ? *moved : m_moved.put(key, movedBetween(*(*start)->model, *loaded->model)));
        }
        if (source) {
            const std::vector<double>* norms = m_gradientNorms.find(key);
            const auto measure = [&] { return gradientNorms(*loaded->model, *source, partOf(progress, done, total)); };
            history.gradientNorm.push_back(norms ? *norms : m_gradientNorms.put(key, measure()));
        }
    }
    report(progress, total, total);
    return history;
}

ClassMap RunInspector::gradCam(const std::string& checkpoint, const PictureChoice& picture, const std::string& layer,
                               int classIndex, ClassMapMethod method) {
    const int index = layerIndex(layer);
    const LayerInfo& info = m_run.model.layers[static_cast<std::size_t>(index)];
    if (!info.hasPlane()) throw ConfigError(info.name + " has no plane to draw on.", "Choose a convolution or pooling layer.");
    if (method == ClassMapMethod::Occlusion) throw ConfigError("An occlusion map needs no layer.");
    checkClass(classIndex);
    return gradCamOf(*modelOf(checkpoint)->model, inputOf(picture).hidden, index, classIndex, method);
}

ClassMap RunInspector::occlusion(const std::string& checkpoint, const PictureChoice& picture, int classIndex, int patch,
                                 int stride, const CountCallback& progress) {
    checkClass(classIndex);
    requirePictures();
    const int side = m_manifest.config.inputSize;
    if (patch == 0) patch = std::max(1, side / 4);
    if (stride == 0) stride = std::min(patch, std::max(1, side / 8));
    if (patch < 1 || patch > side || stride < 1 || stride > patch)
        throw ConfigError("A patch of " + std::to_string(patch) + " pixels moved by " + std::to_string(stride) +
                              " does not cover the picture of " + std::to_string(side) + " pixels a side.",
                          "Choose 1 <= stride <= patch <= " + std::to_string(side) + ".");
    const torch::Tensor grey = squareInput({128, 128, 128}, /*side=*/1, m_manifest.config).to(m_device);
    return occlusionOf(*modelOf(checkpoint)->model, inputOf(picture).hidden, grey, classIndex, patch, stride, progress);
}

GeneratedText RunInspector::continueText(const std::string& checkpoint, const GenerationSettings& settings,
                                         const GenerationCallback& progress) {
    const ModelPointer loaded = modelOf(checkpoint);
    return continued(*loaded->model, m_manifest.config, m_device, settings, progress);
}

TextAttribution RunInspector::attribution(const std::string& checkpoint, const PictureChoice& text, int classIndex,
                                          AttributionMethod method, const CountCallback& progress) {
    checkClass(classIndex);
    if (!m_run.model.readsTexts()) throw ConfigError("The run's model reads pictures, which have no words.", "Take gradcam.");
    return attributionOf(*modelOf(checkpoint)->model, tokenizer(), m_manifest.config.inputSize, m_device, textOf(text),
                         classIndex, method, progress);
}

torch::Tensor RunInspector::penultimateFeatures(const LoadedModel& loaded, Split split, std::int64_t count,
                                                const CountCallback& progress) {
    const std::string key = loaded.key + splitKey(split) + std::to_string(count);
    if (const torch::Tensor* found = m_features.find(key)) return *found;
    const int last = m_run.model.layers.back().stage;
    FeatureStore store;
    const InputSource source = sourceFromShared(loaded, split, last, store, progress);
    return m_features.put(key, featuresOf(source, *loaded.model, split, rowRange(0, count), last, progress));
}

Embedding RunInspector::embedding(const std::string& checkpoint, const EmbeddingRequest& request, const CountCallback& progress) {
    const bool tsne = request.method == EmbeddingMethod::Tsne;
    const std::int64_t all = pictures(request.split)->count();
    std::int64_t count = request.limit > 0 ? std::min(all, request.limit) : all;
    if (tsne) count = std::min(count, kMostTsnePictures);
    const std::int64_t most = (count - 1) / 3;
    if (tsne && (request.perplexity < 2 || request.perplexity > static_cast<double>(most)))
        throw ConfigError(
            "The perplexity must lie between 2 and " + std::to_string(most) + " for " + std::to_string(count) + " pictures.",
            "Take more pictures or a smaller perplexity.");
    if (tsne && (request.iterations < 1 || request.iterations > 100'000))
        throw ConfigError("t-SNE needs 1 to 100000 iterations.");
    if (count < 2) throw ConfigError("A map needs at least two pictures.");

    const ModelPointer loaded = modelOf(checkpoint), other = request.alignedWith.empty() ? nullptr : modelOf(request.alignedWith);
    std::string key = loaded->key + splitKey(request.split) + std::to_string(count) + (other ? " beside " + other->key : "");
    if (tsne)
        key += " " + std::to_string(request.perplexity) + " " + std::to_string(request.iterations) + " " +
               std::to_string(request.seed);
    if (const Embedding* found = m_embeddings.find(key)) return *found;

    const std::int64_t work = count + (tsne ? request.iterations : 0), total = other ? 2 * work : work;
    const auto part = [&](std::int64_t done) { return partOf(progress, done, total); };
    Embedding made;
    made.method = request.method;
    made.indices = rowRange(0, count);
    torch::Tensor points;
    if (tsne) {
        torch::Tensor start;
        if (other) {
            EmbeddingRequest alone = request;
            alone.alignedWith.clear();
            Embedding beside = embedding(request.alignedWith, alone, part(0));
            start = torch::from_blob(beside.points.data(), {count, 2}).clone();
        }
        const std::int64_t before = other ? work : 0;
        const torch::Tensor features = penultimateFeatures(*loaded, request.split, count, part(before));
        const CountCallback unmoved = [&](std::int64_t, std::int64_t) { return !progress || progress(before + count, total); };
        if (!start.defined()) start = projectOn(principalAxes(features, unmoved), features);
        Tsne descent(neighbourProbabilities(features, request.perplexity, unmoved), start, request.iterations, request.seed);
        while (descent.stepsDone() < request.iterations) {
            if (descent.stepsDone() % kTsneReportEvery == 0) report(progress, before + count + descent.stepsDone(), total);
            descent.step();
        }
        points = descent.points().contiguous();
        made.divergence = descent.divergence();
    } else {
        const torch::Tensor axesFrom = penultimateFeatures(other ? *other : *loaded, request.split, count, part(0));
        const torch::Tensor features = other ? penultimateFeatures(*loaded, request.split, count, part(work)) : axesFrom;
        const CountCallback unmoved = [&](std::int64_t, std::int64_t) { return !progress || progress(total, total); };
        points = projectOn(principalAxes(axesFrom, unmoved), features).contiguous();
        made.explained = explainedBy(points, features);
    }
    report(progress, total, total);
    made.points.assign(points.data_ptr<float>(), points.data_ptr<float>() + points.numel());
    return m_embeddings.put(key, std::move(made));
}

}  // namespace thaw::core
