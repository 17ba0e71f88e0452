#include <torch/torch.h>

#include <QTest>

#include "core/api/errors.h"
#include "core/data/preprocess.h"
#include "core/model/families.h"
#include "core/model/safetensors.h"
#include "core/model/staged_model.h"
#include "core/train/batch_step.h"
#include "core/train/forward_slice.h"
#include "core/train/model_setup.h"

using namespace thaw::core;

namespace {

RunConfig tinyConfig() {
    addModel(vggModel("tiny", "Tiny", {{4}, {6, 6}, {6}, {8}, {8, 8, 8}}));
    RunConfig config;
    config.model = "tiny";
    config.initialization = Initialization::Random;
    config.head.hiddenUnits = 16;
    return config;
}

torch::Tensor golden(const SafetensorsReader& reader, const std::string& name) {
    const SafetensorsEntry& entry = reader.entries().at(name);
    torch::Tensor tensor = torch::empty(entry.shape);
    reader.read(name, tensor.data_ptr<float>());
    return tensor;
}

double relative(const torch::Tensor& value, const torch::Tensor& expected) {
    return ((value - expected).norm() / expected.norm()).item<double>();
}

/// Gradients of a batch by this code, in micro-batches.
std::vector<torch::Tensor> gradients(const StagedModel& model, const torch::Tensor& input, const torch::Tensor& labels,
                                     const torch::Tensor& mask, int boundary, std::int64_t microBatch, double seconds,
                                     double* loss) {
    BatchPlan plan;
    plan.boundary = boundary;
    plan.rows = input.size(0);
    plan.microBatch = microBatch;
    plan.input = [&](const Deadline&, std::int64_t begin, std::int64_t end) { return input.slice(0, begin, end); };
    plan.targets = labels;
    plan.dropoutMasks = {mask};
    BatchStep batch(model, plan);
    while (!batch.advance(Deadline(seconds))) {
    }
    *loss = batch.loss();
    std::vector<torch::Tensor> result;
    for (const Parameter& parameter : model.stateDict()) {
        torch::Tensor value = parameter.value;
        result.push_back(value.grad());
        value.mutable_grad() = torch::Tensor();
    }
    return result;
}

}  // namespace

class TestStagedModel : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void namesAndStart() {
        const auto model = buildModel(tinyConfig(), 10, nullptr), same = buildModel(tinyConfig(), 10, nullptr);
        RunConfig other = tinyConfig();
        other.seed = 43;
        const auto different = buildModel(other, 10, nullptr);
        std::vector<std::string> names;
        for (const Parameter& parameter : model->stateDict()) names.push_back(parameter.name);
        QCOMPARE(names.front(), std::string("features.0.weight"));
        QCOMPARE(names.back(), std::string("head.dense_2.bias"));
        QCOMPARE(model->prefixDigest(model->stageCount()), same->prefixDigest(model->stageCount()));
        QVERIFY(model->prefixDigest(model->stageCount()) != different->prefixDigest(model->stageCount()));
        const Parameter dense = model->parameters(model->info().indexOf("dense_1"))[0];
        const double limit = std::sqrt(6.0 / (8 + 16));
        QVERIFY(dense.value.abs().max().item<double>() <= limit);
        QVERIFY(dense.value.abs().max().item<double>() > 0.8 * limit);
        QCOMPARE(model->parameters(model->info().indexOf("dense_1"))[1].value.abs().sum().item<double>(), 0.0);
        QVERIFY_THROWS_EXCEPTION(WeightsError, model->load("features.99.weight", torch::zeros({1})));
        QVERIFY_THROWS_EXCEPTION(WeightsError, model->load("features.0.weight", torch::zeros({1})));
    }

    void sliceEqualsWhole() {
        torch::NoGradGuard noGrad;
        const auto model = buildModel(tinyConfig(), 10, nullptr);
        const torch::Tensor input = torch::randn({5, 3, 32, 32});
        const torch::Tensor whole = model->forward(input, 0, model->stageCount());
        QCOMPARE(whole.sizes().vec(), (std::vector<std::int64_t>{5, 10}));
        ForwardSlice slice;
        slice.start(input, 0, model->stageCount());
        int pieces = 1;
        while (!slice.advance(*model, Deadline(0), {})) ++pieces;
        QVERIFY(pieces > 5);
        QVERIFY(slice.takeResult().hidden.equal(whole));
        const int middle = model->info().indexOf("block4_conv1");
        QVERIFY(model->forward(model->forward(input, 0, middle), middle, model->stageCount()).allclose(whole, 1e-5, 1e-6));
    }

    // The head's own arithmetic against LibTorch's, and the whole against one graph of autograd.
    void gradientsEqualAutograd() {
        const auto model = buildModel(tinyConfig(), 10, nullptr);
        const torch::Tensor input = torch::randn({12, 3, 32, 32});
        const torch::Tensor labels = torch::arange(12, torch::kInt64).remainder(10);
        const torch::Tensor mask = dropoutMask(12, 16, 0.5, 1, 0);
        for (const std::vector<std::string>& names :
             std::vector<std::vector<std::string>>{{"all"}, {"head"}, {"block5", "head"}, {"block3"}, {"dense_2"}}) {
            const LayerMask trainable = model->info().maskOf(names);
            const int boundary = freezeBoundary(model->info(), trainable);
            model->setTrainable(trainable);
            ForwardContext context;
            context.dropoutMasks = {mask};
            const torch::Tensor loss =
                torch::nn::functional::cross_entropy(model->forward(input, 0, model->stageCount(), context), labels);
            loss.backward();
            std::vector<torch::Tensor> expected;
            for (const Parameter& parameter : model->stateDict()) {
                torch::Tensor value = parameter.value;
                expected.push_back(value.grad());
                value.mutable_grad() = torch::Tensor();
            }
            for (const auto& [microBatch, seconds] : {std::pair{12, 10.0}, {5, 10.0}, {1, 10.0}, {12, 0.0}}) {
                double own = 0;
                const std::vector<torch::Tensor> got =
                    gradients(*model, input, labels, mask, boundary, microBatch, seconds, &own);
                QVERIFY(std::abs(own - loss.item<double>()) < 1e-6);
                for (std::size_t i = 0; i < got.size(); ++i) {
                    QCOMPARE(got[i].defined(), expected[i].defined());
                    if (got[i].defined()) QVERIFY2(got[i].allclose(expected[i], 1e-4, 1e-6), model->stateDict()[i].name.c_str());
                }
            }
        }
    }

    void dropoutIsAPureFunctionWithTheRightRate() {
        const torch::Tensor mask = dropoutMask(100, 101, 0.25, 7, 3);
        QVERIFY(mask.equal(dropoutMask(100, 101, 0.25, 7, 3)));
        QVERIFY(!mask.equal(dropoutMask(100, 101, 0.25, 7, 4)));
        QVERIFY(!mask.equal(dropoutMask(100, 101, 0.25, 8, 3)));
        const double kept = mask.gt(0).to(torch::kFloat64).mean().item<double>();
        QVERIFY(std::abs(kept - 0.75) < 0.02);
        QVERIFY(mask.eq(0).logical_or(mask.eq(1.0f / 0.75f)).all().item<bool>());
    }

    void inputIsScaledAndResized() {
        PictureSet picture;
        picture.width = picture.height = 2;
        picture.rgb = {0, 51, 255, 10, 20, 30, 40, 50, 60, 70, 80, 90};
        picture.labels = {0};
        const auto at = [](const torch::Tensor& t, int c, int y, int x) { return t.index({0, c, y, x}).item<double>(); };
        const torch::Tensor plain = networkInput(picture, {0}, {}, Scaling::ZeroToOne, 2);
        QVERIFY(std::abs(at(plain, 1, 0, 0) - 0.2) < 1e-6);
        const torch::Tensor imagenet = networkInput(picture, {0}, {}, Scaling::ImageNet, 2);
        QVERIFY(std::abs(at(imagenet, 2, 0, 0) - (1 - 0.406) / 0.225) < 1e-5);
        const torch::Tensor caffe = networkInput(picture, {0}, {}, Scaling::Caffe, 2);
        QVERIFY(std::abs(at(caffe, 0, 0, 0) - (255 - 103.939)) < 1e-4);
        QVERIFY(std::abs(at(caffe, 2, 0, 0) - (0 - 123.68)) < 1e-4);
        const torch::Tensor flipped = networkInput(picture, {0}, {PictureChange{true}}, Scaling::ZeroToOne, 2);
        QCOMPARE(at(flipped, 0, 0, 0), at(plain, 0, 0, 1));
        const torch::Tensor shifted = networkInput(picture, {0}, {PictureChange{false, 1, 1}}, Scaling::ZeroToOne, 2);
        QCOMPARE(at(shifted, 0, 0, 0), at(plain, 0, 1, 1));
        QCOMPARE(at(shifted, 0, 1, 1), at(plain, 0, 1, 1));
        const torch::Tensor larger = networkInput(picture, {0}, {}, Scaling::ZeroToOne, 4);
        QVERIFY(larger.allclose(at::upsample_bilinear2d(plain, {4, 4}, false)));
        QVERIFY(std::abs(at(larger, 0, 0, 1) - (0.75 * 0 + 0.25 * 10) / 255) < 1e-6);
    }

    void augmentationIsAPureFunction() {
        AugmentationConfig augmentation;
        augmentation.flip = true;
        augmentation.shift = 2;
        int flips = 0;
        for (int picture = 0; picture < 1000; ++picture) {
            const PictureChange change = augmentationOf(augmentation, 42, 3, picture),
                                again = augmentationOf(augmentation, 42, 3, picture);
            QCOMPARE(change.flip, again.flip);
            QCOMPARE(change.shiftX, again.shiftX);
            QVERIFY(std::abs(change.shiftX) <= 2 && std::abs(change.shiftY) <= 2);
            flips += change.flip;
        }
        QVERIFY(flips > 430 && flips < 570);
    }

    // Python's torch in float64 on the same dequantised weights; the file's script is beside it.
    void featuresEqualPython() {
        torch::NoGradGuard noGrad;
        const SafetensorsReader reader(THAW_TEST_DATA "/vgg_golden.safetensors");
        PictureSet pictures;
        pictures.width = pictures.height = 32;
        pictures.rgb = reader.read("pictures");
        pictures.labels.assign(4, 0);
        const torch::Tensor input = networkInput(pictures, {0, 1, 2, 3}, {}, Scaling::ImageNet, 32);
        QVERIFY(relative(input, golden(reader, "input")) < 1e-6);
        const TrunkWeights trunk = loadTrunkWeights({});
        for (const KernelKind kernels : {KernelKind::LibTorch, KernelKind::Thaw}) {
            RunConfig config;
            config.kernels = kernels;
            const auto model = buildModel(config, 10, &trunk);
            torch::Tensor features = input;
            int begin = 0;
            for (const char* layer : {"block3_pool", "block4_pool", "block5_pool"}) {
                const int end = model->info().indexOf(layer) + 1;
                features = model->forward(features, begin, end);
                begin = end;
                const double error = relative(features, golden(reader, layer));
                qInfo("%s, %s: relative L2 difference %.2g", toString(kernels).c_str(), layer, error);
                QVERIFY(error < 1e-4);
            }
        }
    }
};

QTEST_GUILESS_MAIN(TestStagedModel)
#include "tst_staged_model.moc"
