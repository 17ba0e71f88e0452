#include <torch/torch.h>

#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "core/api/collect.h"
#include "core/api/errors.h"
#include "core/data/picture_file.h"
#include "core/inspect/file_prediction.h"
#include "core/model/zoo.h"
#include "core/train/model_setup.h"
#include "core/train/softmax_regression.h"

namespace thaw::core {
namespace {

std::vector<float> valuesOf(const torch::Tensor& tensor) {
    const torch::Tensor plain = tensor.contiguous();
    return {plain.data_ptr<float>(), plain.data_ptr<float>() + plain.numel()};
}

class TrunkCollector final : public Collector {
public:
    explicit TrunkCollector(CollectTrunk trunk) : m_trunk(std::move(trunk)) {
        const ModelDescription& description = descriptionOf(m_trunk.model);
        chooseModel(m_config, m_trunk.model);
        if (m_trunk.inputSize == 0) m_trunk.inputSize = description.input.suggested;
        m_config.inputSize = m_trunk.inputSize;
        m_config.weights = m_trunk.weights;
        m_config.head.pooling = HeadPooling::Average;
        m_title = description.title;
        const TrunkWeights weights = trunkWeightsOf(m_config);
        m_config.scaling = weights.scaling.scaling;
        m_model = buildModel(m_config, /*classCount=*/2, &weights);
        m_featureCount = static_cast<int>(m_model->info().stage(m_model->info().headStage).outputFloats());
    }

    const CollectTrunk& trunk() const override { return m_trunk; }
    const std::string& title() const override { return m_title; }
    int featureCount() const override { return m_featureCount; }

    std::vector<float> features(const RgbPicture& picture) override {
        return ofSquare(squareOfPicture(picture, PictureKind{m_config.inputSize}));
    }
    FileFeatures features(const std::filesystem::path& file) override {
        FilePrediction read = readPictureFile(file, PictureKind{m_config.inputSize});
        if (!read.error.empty()) throw DataError(read.error);
        return {ofSquare(read.modelRgb), {read.width, read.height, std::move(read.rgb)}};
    }

private:
    std::vector<float> ofSquare(const std::vector<std::uint8_t>& rgb) {
        const torch::NoGradGuard noGrad;
        return valuesOf(m_model->forward(squareInput(rgb, m_config.inputSize, m_config), 0, m_model->info().headStage));
    }

    CollectTrunk m_trunk;
    RunConfig m_config;
    std::string m_title;
    std::unique_ptr<StagedModel> m_model;
    int m_featureCount = 0;
};

}  // namespace

std::unique_ptr<Collector> makeCollector(const CollectTrunk& trunk) { return std::make_unique<TrunkCollector>(trunk); }

CollectHead trainCollectHead(const std::vector<CollectSample>& samples, int classCount, const std::atomic<bool>& stop) {
    if (classCount < 2 || samples.empty()) throw TrainingError("The head needs pictures of at least two classes.");
    const auto count = static_cast<std::int64_t>(samples.size());
    const auto width = static_cast<std::int64_t>(samples.front().features->size());
    const torch::Tensor features = torch::empty({count, width});
    const torch::Tensor labels = torch::empty({count}, torch::kInt64);
    for (std::int64_t i = 0; i < count; ++i) {
        const CollectSample& sample = samples[static_cast<std::size_t>(i)];
        std::copy(sample.features->begin(), sample.features->end(), features.data_ptr<float>() + i * width);
        labels.data_ptr<std::int64_t>()[i] = sample.classIndex;
    }
    const SoftmaxRegression fit = fitSoftmaxRegression(features, labels, classCount, {}, &stop);
    CollectHead head;
    head.classCount = classCount;
    head.mean = valuesOf(fit.mean);
    head.scale = valuesOf(fit.scale);
    head.weights = valuesOf(fit.weights);
    head.bias = valuesOf(fit.bias);
    head.steps = fit.steps;
    head.converged = fit.converged;
    return head;
}

std::string pngOf(const RgbPicture& picture) {
    const cv::Mat rgb(picture.height, picture.width, CV_8UC3, const_cast<std::uint8_t*>(picture.rgb.data()));
    cv::Mat bgr;
    cv::cvtColor(rgb, bgr, cv::COLOR_RGB2BGR);
    std::vector<unsigned char> bytes;
    cv::imencode(".png", bgr, bytes, {cv::IMWRITE_PNG_COMPRESSION, 1});
    return {bytes.begin(), bytes.end()};
}

}  // namespace thaw::core
