#include "core/api/suspects.h"

#include <torch/torch.h>

#include <algorithm>
#include <set>

#include "core/api/engine_info.h"
#include "core/data/dataset.h"
#include "core/data/picture_names.h"
#include "core/doctor/nearest.h"
#include "core/doctor/out_of_fold.h"
#include "core/doctor/surveyed_set.h"
#include "core/doctor/whitened.h"
#include "core/inspect/finished_run.h"
#include "core/inspect/split_outputs.h"
#include "core/model/weights.h"

namespace thaw::core {
namespace {

constexpr int kFolds = 5, kNeighbours = 10;
constexpr double kPenalty = 0.1;
constexpr std::int64_t kMostFeatures = 4096;
constexpr std::int64_t kParts = 100, kFeatureParts = 75, kHeadParts = 20, kNearParts = 3, kFarParts = 2;  ///< of the progress

CountCallback partOf(const CountCallback& progress, std::int64_t begin, std::int64_t length) {
    return [&progress, begin, length](std::int64_t done, std::int64_t total) {
        return !progress || progress(begin + length * done / std::max<std::int64_t>(1, total), kParts);
    };
}

/// The last but one place where features are worth keeping: the last is tuned to the classes of the weights.
int featureStage(const ModelInfo& model) {
    std::vector<int> ends;
    for (int stage = 0; stage < model.headStage; ++stage)
        if (model.stage(stage).cut) ends.push_back(stage + 1);
    return ends.size() > 1 ? ends[ends.size() - 2] : model.headStage;
}

/// Where a picture has too many numbers, one a plane: its mean.
torch::Tensor readFeatures(const InputSource& source, const StagedModel& model, std::int64_t count,
                           const CountCallback& progress) {
    torch::Tensor features;
    const auto take = [&](std::int64_t begin, const torch::Tensor& output) {
        torch::Tensor flat = output.flatten(1);
        if (flat.size(1) > kMostFeatures && output.dim() == 4) flat = output.mean({2, 3});
        if (!features.defined()) features = torch::empty({count, flat.size(1)});
        features.slice(0, begin, begin + flat.size(0)).copy_(flat);
    };
    outputsOf(source, model, Split::Train, rowRange(0, count), featureStage(model.info()), take, progress);
    return features;
}

/// Of the training pictures that could be read, in their order.
std::vector<std::string> namesOf(const DatasetInfo& dataset, const std::vector<LeftOutFile>& leftOut) {
    const SurveyedSet set = surveyOf(dataset.location);
    std::set<std::filesystem::path> bad;
    for (const LeftOutFile& file : leftOut) bad.insert(file.file);
    const SplitLabels& train = set.labels.train;
    std::vector<std::string> names;
    for (std::size_t i = 0; i < train.count(); ++i)
        if (train.files.empty() || bad.count(train.files[i]) == 0)
            names.push_back(pictureName(set.location, train, Split::Train, i));
    return names;
}

/// The pictures that were judged.
struct Judged {
    std::vector<std::string> names;
    const std::vector<int>& labels;
    Neighbours neighbours;

    std::vector<NearPicture> nearestTo(std::size_t picture) const {
        const torch::Tensor row = neighbours.rows[static_cast<std::int64_t>(picture)];
        std::vector<NearPicture> near;
        for (std::int64_t i = 0; i < std::min<std::int64_t>(kNearest, row.size(0)); ++i) {
            const auto other = static_cast<std::size_t>(row[i].item<std::int64_t>());
            near.push_back(
                {names[other], labels[other], neighbours.distance[static_cast<std::int64_t>(picture)][i].item<float>()});
        }
        return near;
    }
};

void doubtLabels(const torch::Tensor& probabilities, const Judged& judged, LabelSuspects& suspects) {
    const auto rows = probabilities.accessor<float, 2>();
    std::int64_t right = 0;
    for (std::size_t i = 0; i < judged.labels.size(); ++i) {
        const auto row = rows[static_cast<std::int64_t>(i)];
        const int label = judged.labels[i];
        int best = -1;
        for (int c = 0; c < static_cast<int>(probabilities.size(1)); ++c)
            if (c != label && (best < 0 || row[c] > row[best])) best = c;
        const double own = row[label], other = row[best];
        if (own >= other)
            ++right;
        else
            suspects.labels.push_back({judged.names[i], label, best, own, other, judged.nearestTo(i)});
    }
    suspects.accuracy = static_cast<double>(right) / static_cast<double>(std::max<std::size_t>(1, judged.labels.size()));
    std::stable_sort(suspects.labels.begin(), suspects.labels.end(),
                     [](const SuspectedLabel& a, const SuspectedLabel& b) { return a.score < b.score; });
}

/// `distances`: of each picture to its nearest ones, float32 [count, k].
void findUnlike(const Judged& judged, const torch::Tensor& distances, LabelSuspects& suspects) {
    if (distances.numel() == 0) return;
    const torch::Tensor distance = distances.mean(1), sorted = std::get<0>(distance.sort(0));
    const auto quantile = [&](std::int64_t quarter) { return sorted[(sorted.size(0) - 1) * quarter / 4].item<float>(); };
    const float fence = quantile(3) + 3 * (quantile(3) - quantile(1));
    for (std::size_t i = 0; i < judged.labels.size(); ++i)
        if (const float far = distance[static_cast<std::int64_t>(i)].item<float>(); far > fence)
            suspects.unlike.push_back({judged.names[i], judged.labels[i], far, judged.nearestTo(i)});
    std::stable_sort(suspects.unlike.begin(), suspects.unlike.end(),
                     [](const UnlikePicture& a, const UnlikePicture& b) { return a.distance > b.distance; });
}

}  // namespace

LabelSuspects suspectLabels(const SuspectsRequest& request, const CountCallback& progress) {
    useComputeThreads(request.threads);
    RunConfig config;
    chooseModel(config, request.model);
    if (request.inputSize > 0) config.inputSize = request.inputSize;
    config.data.directory = request.folder;
    const DatasetInfo dataset = forInput(resolveDataset(config.data), config);
    if (dataset.task != TaskKind::OneLabel)
        throw DataError(dataset.title + " has several labels for each picture.",
                        "Wrong labels can be looked for where each picture has one.");
    const TrunkWeights trunk = trunkWeightsOf(config);
    config.scaling = trunk.scaling.scaling;
    const auto model = buildModel(config, static_cast<int>(dataset.classNames.size()), &trunk);
    const torch::Device device = deviceOf(config);
    model->moveTo(device);

    PictureReading reading;
    const auto pictures = loadSplit(dataset, Split::Train, DataConfig(), config.seed, &reading);
    LabelSuspects suspects;
    suspects.classNames = dataset.classNames;
    suspects.pictures = pictures->count();
    const std::vector<std::string> names = namesOf(dataset, reading.leftOut);
    if (static_cast<std::int64_t>(names.size()) != pictures->count())
        throw DataError(dataset.location.string() + " has changed while it was read.", "Try again.");
    const torch::Tensor features = readFeatures(inputSourceOf(pictures, config, model->info(), device), *model, pictures->count(),
                                                partOf(progress, 0, kFeatureParts));
    const torch::Tensor labels = torch::tensor(std::vector<std::int64_t>(pictures->labels.begin(), pictures->labels.end()));
    const torch::Tensor probabilities =
        outOfFoldProbabilities(features, labels, static_cast<int>(dataset.classNames.size()), kFolds, kPenalty, request.seed,
                               partOf(progress, kFeatureParts, kHeadParts));
    const Judged judged{names, pictures->labels,
                        nearestNeighbours(standardised(features), NearestBy::Cosine, kNeighbours, request.seed,
                                          partOf(progress, kFeatureParts + kHeadParts, kNearParts))};
    doubtLabels(probabilities, judged, suspects);
    const Neighbours inWhite = nearestNeighbours(whitened(features), NearestBy::Length, kNeighbours, request.seed,
                                                 partOf(progress, kParts - kFarParts, kFarParts));
    findUnlike(judged, inWhite.distance, suspects);
    return suspects;
}

}  // namespace thaw::core
