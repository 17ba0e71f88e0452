// Grad-CAM, Grad-CAM++, activations and occlusion against Python's torch and against answers that are known beforehand.
#include <torch/torch.h>

#include <QTest>

#include <algorithm>
#include <cmath>

#include "core/api/errors.h"
#include "core/inspect/activations.h"
#include "core/inspect/class_map.h"
#include "core/model/families.h"
#include "core/model/safetensors.h"
#include "core/train/model_setup.h"

using namespace thaw::core;

namespace {

constexpr double kTolerance = 1e-4;

torch::Tensor golden(const SafetensorsReader& reader, const std::string& name) {
    const SafetensorsEntry& entry = reader.entries().at(name);
    torch::Tensor tensor = torch::empty(entry.shape);
    reader.read(name, tensor.data_ptr<float>());
    return tensor;
}

double furthest(const std::vector<float>& values, const torch::Tensor& expected) {
    const torch::Tensor made = torch::from_blob(const_cast<float*>(values.data()), expected.sizes());
    return (made - expected).abs().max().item<double>();
}

RunConfig tinyConfig() {
    addModel(vggModel("tiny", "Tiny", {{4}, {6}, {6}, {8}, {8, 8, 8}}));
    RunConfig config;
    config.model = "tiny";
    config.initialization = Initialization::Random;
    config.head.hiddenUnits = 16;
    return config;
}

std::unique_ptr<StagedModel> goldenModel(const SafetensorsReader& reader) {
    auto model = buildModel(tinyConfig(), 10, nullptr);
    for (const Parameter& parameter : model->stateDict()) model->load(parameter.name, golden(reader, parameter.name));
    return model;
}

/// Every class map and every activation of the golden file; returns how many maps there were.
int compareAll(const StagedModel& model, const SafetensorsReader& reader, const torch::Tensor& input, double& worstMap,
               double& worstOutput) {
    int maps = 0;
    for (const auto& [name, entry] : reader.entries()) {
        const std::size_t slash = name.find('/');
        if (slash == std::string::npos) continue;
        const int layer = model.info().indexOf(name.substr(0, slash));
        const std::string rest = name.substr(slash + 1);
        const auto picture = [&](char digit) { return input.slice(0, digit - '0', digit - '0' + 1); };
        if (rest.rfind("output/", 0) == 0) {
            const ActivationMaps made = activationsOf(model, picture(rest.back()), layer);
            if (made.channels != entry.shape[0] || made.height != entry.shape[1] || made.width != entry.shape[2]) return -1;
            worstOutput = std::max(worstOutput, furthest(made.values, golden(reader, name)));
            continue;
        }
        const bool plusPlus = rest.rfind("gradcam++/", 0) == 0;
        const ClassMap map = gradCamOf(model, picture(rest[rest.size() - 3]), layer, rest.back() - '0',
                                       plusPlus ? ClassMapMethod::GradCamPlusPlus : ClassMapMethod::GradCam);
        worstMap = std::max(worstMap, furthest(map.values, golden(reader, name)));
        const torch::Tensor probabilities = golden(reader, "probabilities");
        worstMap = std::max(
            worstMap, std::abs(map.probability - probabilities[rest[rest.size() - 3] - '0'][rest.back() - '0'].item<double>()));
        ++maps;
    }
    return maps;
}

}  // namespace

class TestClassMap : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void equalsPythonsTorch() {
        const SafetensorsReader reader(THAW_TEST_DATA "/gradcam_golden.safetensors");
        const auto model = goldenModel(reader);
        const torch::Tensor input = golden(reader, "input");
        double worstMap = 0, worstOutput = 0;
        QCOMPARE(compareAll(*model, reader, input, worstMap, worstOutput), 56);
        QVERIFY2(worstMap < kTolerance, qPrintable(QString::number(worstMap)));
        QVERIFY2(worstOutput < kTolerance, qPrintable(QString::number(worstOutput)));
    }

    /// The same bits whatever trains: gradients go to the layer's output, none to the weights.
    void independentOfWhatTrains() {
        const SafetensorsReader reader(THAW_TEST_DATA "/gradcam_golden.safetensors");
        const auto model = goldenModel(reader);
        const torch::Tensor input = golden(reader, "input").slice(0, 0, 1);
        const int layer = model->info().indexOf("block3_conv1");
        const LayerMask none(model->info().layers.size(), false);
        model->setTrainable(none);
        const ClassMap frozen = gradCamOf(*model, input, layer, 3, ClassMapMethod::GradCam);
        model->setTrainable(model->info().maskOf({"all"}));
        const ClassMap thawed = gradCamOf(*model, input, layer, 3, ClassMapMethod::GradCam);
        QVERIFY(frozen.values == thawed.values);
        for (const Parameter& parameter : model->stateDict()) QVERIFY2(!parameter.value.grad().defined(), parameter.name.c_str());
        QVERIFY(*std::max_element(frozen.values.begin(), frozen.values.end()) == 1.0f);
    }

    /// The real trunk's kernels (Winograd, Toeplitz, packed filters) give what LibTorch's give.
    void kernelsAgree() {
        RunConfig config;
        config.initialization = Initialization::Random;
        const auto model = buildModel(config, 10, nullptr);
        torch::Generator generator = at::detail::createCPUGenerator(1);
        const torch::Tensor input = torch::randn({1, 3, 32, 32}, generator);
        for (const char* name : {"block3_conv1", "block4_conv3", "block5_conv3", "block4_pool"}) {
            const int layer = model->info().indexOf(name);
            for (const ClassMapMethod method : {ClassMapMethod::GradCam, ClassMapMethod::GradCamPlusPlus}) {
                model->setKernels(KernelKind::Thaw);
                const ClassMap fast = gradCamOf(*model, input, layer, 5, method);
                model->setKernels(KernelKind::LibTorch);
                const ClassMap plain = gradCamOf(*model, input, layer, 5, method);
                const double difference =
                    furthest(fast.values, torch::from_blob(const_cast<float*>(plain.values.data()), {fast.height, fast.width}));
                QVERIFY2(difference < 1e-3, qPrintable(QStringLiteral("%1: %2").arg(QLatin1String(name)).arg(difference)));
            }
        }
    }

    void topRowsOfAChannel() {
        const torch::Tensor maxima = torch::tensor({{0.f, 5.f}, {2.f, 1.f}, {2.f, 7.f}, {1.f, 0.f}});
        const std::vector<TopPicture> top = topRows(maxima, 0, 3);
        QCOMPARE(top.size(), std::size_t(3));
        QCOMPARE(top[0].index, std::int64_t(1));  // the first of equals
        QCOMPARE(top[1].index, std::int64_t(2));
        QCOMPARE(top[2].index, std::int64_t(3));
        QCOMPARE(topRows(maxima, 1, 100)[0].value, 7.0f);
        QCOMPARE(topRows(maxima, 1, 100).size(), std::size_t(4));
    }

    /// Covering everything at once loses p(picture) - p(grey), at every place.
    void occlusionOfTheWhole() {
        const SafetensorsReader reader(THAW_TEST_DATA "/gradcam_golden.safetensors");
        const auto model = goldenModel(reader);
        const torch::Tensor input = golden(reader, "input").slice(0, 0, 1), grey = torch::zeros_like(input);
        const ClassMap map = occlusionOf(*model, input, grey, 3, /*patch=*/32, /*stride=*/1, {});
        torch::NoGradGuard noGrad;
        const double before = at::softmax(model->forward(input, 0, model->stageCount()), 1)[0][3].item<double>();
        const double after = at::softmax(model->forward(grey, 0, model->stageCount()), 1)[0][3].item<double>();
        QCOMPARE(map.width, 32);
        for (const float value : map.values) QVERIFY(std::abs(value - (before - after)) < 1e-6);
    }

    /// A picture that is grey but for one square loses only where patches cover that square.
    void occlusionFindsTheOnlyThingThere() {
        const SafetensorsReader reader(THAW_TEST_DATA "/gradcam_golden.safetensors");
        const auto model = goldenModel(reader);
        const torch::Tensor grey = torch::zeros({1, 3, 32, 32});
        torch::Tensor input = grey.clone();
        input.slice(2, 4, 8).slice(3, 20, 24).fill_(2);
        int calls = 0;
        const ClassMap map =
            occlusionOf(*model, input, grey, 3, /*patch=*/5, /*stride=*/3, [&](std::int64_t done, std::int64_t total) {
                ++calls;
                return done <= total;
            });
        QVERIFY(calls >= 2);
        for (int y = 0; y < 32; ++y)
            for (int x = 0; x < 32; ++x)
                if (y > 12 || x < 15 || x > 28) QVERIFY(std::abs(map.values[static_cast<std::size_t>(y * 32 + x)]) < 1e-6f);
        QVERIFY(std::any_of(map.values.begin(), map.values.end(), [](float value) { return std::abs(value) > 1e-4f; }));
        QVERIFY_EXCEPTION_THROWN(occlusionOf(*model, input, grey, 3, 5, 3, [](std::int64_t, std::int64_t) { return false; }),
                                 Cancelled);
    }
};

QTEST_APPLESS_MAIN(TestClassMap)
#include "tst_class_map.moc"
