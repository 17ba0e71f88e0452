#include <fstream>

#include "core/api/analysis.h"
#include "core/api/engine_info.h"
#include "core/api/errors.h"
#include "core/data/picture_file.h"
#include "core/data/preprocess.h"
#include "core/model/staged_model.h"
#include "core/model/zoo.h"
#include "core/store/paths.h"

namespace thaw::core {
namespace {

std::vector<std::string> imageNetClasses() {
    std::ifstream file(resourcePath("classes/imagenet.txt"));
    std::vector<std::string> names;
    for (std::string line; std::getline(file, line);) names.push_back(line);
    if (names.empty())
        throw StoreError("The names of ImageNet's classes (share/thaw/classes) are missing.", "Install Thaw again.");
    return names;
}

/// The middle of a larger square, as the network's input.
torch::Tensor inputOf(const FilePrediction& picture, int readSide, int side, Scaling scaling) {
    PictureSet set;
    set.width = set.height = readSide;
    set.rgb = picture.modelRgb;
    set.labels = {-1};
    const int edge = (readSide - side) / 2;
    return networkInput(set, {0}, {}, scaling, readSide).slice(2, edge, edge + side).slice(3, edge, edge + side).contiguous();
}

}  // namespace

std::vector<FilePrediction> predictPublished(const std::string& model, const std::filesystem::path& weightsFile,
                                             const std::vector<std::filesystem::path>& files, int threads,
                                             std::vector<std::string>* classNames, const CountCallback& progress) {
    useComputeThreads(threads);
    torch::NoGradGuard noGrad;
    const ModelDescription& description = descriptionOf(model);
    if (weightsFile.empty() && !description.builtIn.empty() && !description.builtInWhole)
        throw WeightsError("The built-in weights of " + description.title + " have no classifier of their own.",
                           "Train a head on a data set first, name a whole weights file with --weights, or choose a model that "
                           "comes whole (thaw-cli models).");
    const TrunkWeights weights = loadWholeWeights(weightsFile, model);
    const int side = description.input.usual, readSide = side * 8 / 7;
    StagedModel network(publishedNetwork(model, side), /*seed=*/1, /*drawTrunk=*/false);
    network.loadTrunk(weights, network.stageCount());
    network.setKernels(KernelKind::Thaw);
    if (classNames != nullptr) *classNames = imageNetClasses();

    std::vector<FilePrediction> predictions;
    for (const std::filesystem::path& file : files) {
        FilePrediction prediction = readPictureFile(file, PictureKind{readSide});
        prediction.rgb = {};
        if (prediction.error.empty()) {
            const torch::Tensor input = inputOf(prediction, readSide, side, weights.scaling.scaling);
            const torch::Tensor each = at::softmax(network.forward(input, 0, network.stageCount()), 1).contiguous();
            prediction.probabilities.assign(each.data_ptr<float>(), each.data_ptr<float>() + each.numel());
        }
        predictions.push_back(std::move(prediction));
        if (progress && !progress(static_cast<std::int64_t>(predictions.size()), static_cast<std::int64_t>(files.size())))
            throw Cancelled();
    }
    return predictions;
}

}  // namespace thaw::core
