// Every model of the zoo against torchvision's module, or Keras's, on the same weights: names, shapes, outputs and the gradient
// of every parameter. tests/data/make_zoo_golden.py and make_keras_zoo_golden.py made the numbers; zoo_golden.py says how the
// weights are drawn.
#include <torch/torch.h>

#include <QTest>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>

#include <nlohmann/json.hpp>

#include "core/api/engine_info.h"
#include "core/api/errors.h"
#include "core/api/layer_names.h"
#include "core/model/families.h"
#include "core/model/staged_model.h"
#include "core/model/trunk_match.h"
#include "core/model/weights.h"
#include "tests/support/expect_error.h"
#include "tests/support/golden_numbers.h"

using namespace thaw::core;
using namespace thaw::test;
using nlohmann::json;

namespace {

json goldenOf(const std::string& name) {
    std::ifstream file(THAW_TEST_DATA "/zoo/" + name + ".json");
    return json::parse(file);
}

double strayOfLogits(const torch::Tensor& logits, const json& golden) {
    const std::int64_t each = static_cast<std::int64_t>(golden["logits"].size()) / logits.size(0);
    double difference = 0, norm = 0;
    for (std::int64_t row = 0; row < logits.size(0); ++row) {
        for (std::int64_t i = 0; i < each; ++i) {
            const double expected = golden["logits"][static_cast<std::size_t>(row * each + i)];
            difference += std::pow(logits[row][i].item<double>() - expected, 2);
            norm += expected * expected;
        }
    }
    const double whole = golden["norm"];
    return std::max(std::sqrt(difference / norm), std::abs(logits.norm().item<double>() - whole) / whole);
}

/// A model with drawn weights in float64: of two kernels that round differently, units near the kink of a ReLU would differ.
std::unique_ptr<StagedModel> exactModel(const std::string& name, int size) {
    auto model = std::make_unique<StagedModel>(publishedNetwork(name, size), /*seed=*/1, /*drawTrunk=*/false);
    for (const Parameter& parameter : model->stateDict()) {
        fill(parameter.name, parameter.value);
        torch::Tensor value = parameter.value;
        value.set_data(value.to(torch::kFloat64));
    }
    return model;
}

}  // namespace

class TestZoo : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { useComputeThreads(0); }
    void equalsItsMakers_data() {
        QTest::addColumn<QString>("name");
        for (const ModelDescription* model : allModels())
            if (model->input.modality == Modality::Pictures)  // tst_bert looks at the others
                QTest::newRow(model->name.c_str()) << QString::fromStdString(model->name);
    }
    void equalsItsMakers() {
        QFETCH(QString, name);
        const std::string own = name.toStdString();
        const json golden = goldenOf(own);
        const Network network = publishedNetwork(own, descriptionOf(own).input.usual);
        std::map<std::string, std::vector<std::int64_t>> expected, present;
        for (const json& entry : golden["state"]) expected[entry[0]] = entry[1].get<std::vector<std::int64_t>>();
        for (const TensorSpec& tensor : tensorsOf(network)) present[tensor.name] = tensor.shape;
        QVERIFY(present == expected);
        QCOMPARE(network.info.parameterCount, golden["parameters"].get<std::int64_t>());
        double multiplyAdds = 0;
        for (const LayerInfo& layer : network.info.layers) multiplyAdds += layer.multiplyAdds;
        const double counted = golden["multiply_adds"];
        QVERIFY2(std::abs(multiplyAdds - counted) < 1e-3 * counted, std::to_string(multiplyAdds).c_str());
        for (const json& item : golden["cases"]) {
            const int size = item["size"];
            const auto model = exactModel(own, size);
            const int stages = model->stageCount();
            const std::int64_t batch = item["batch"];
            const torch::Tensor input = drawnLike("input", {batch, 3, size, size}, 1.7);
            {
                torch::NoGradGuard noGrad;
                require(strayOfLogits(model->forward(input, 0, stages), item), kOutputs, "the folded pass");
            }
            model->setTrainable(LayerMask(model->info().layers.size(), true));
            torch::AutoGradMode record(true);
            const torch::Tensor logits = model->forward(input, 0, stages);
            require(strayOfLogits(logits, item), kOutputs, "the recorded pass");
            (logits * drawnLike("loss", logits.sizes().vec(), 1)).sum().backward();
            std::size_t checked = 0;
            for (int stage = 0; stage < stages; ++stage) {
                for (const Parameter& parameter : model->parameters(stage)) {
                    require(strayOf(parameter.name, parameter.value.grad(), item["gradients"][parameter.name]), kGradients,
                            "the gradient of " + parameter.name);
                    ++checked;
                }
            }
            QCOMPARE(checked, item["gradients"].size());
        }
    }

    /// Thawed batch norms that take the batch's statistics, and what these become.
    void batchNormTrains() {
        const json item = goldenOf("batch_norm_training")["cases"][0];
        const int size = item["size"];
        const auto model = exactModel("resnet18", size);
        const torch::Tensor input = drawnLike("input", {item["batch"].get<std::int64_t>(), 3, size, size}, 1.7);
        model->setTrainable(LayerMask(model->info().layers.size(), true));
        ForwardContext context;
        context.updateStatistics = true;
        const torch::Tensor before = model->stateDict()[3].value.clone();
        const torch::Tensor logits = model->forward(input, 0, model->stageCount(), context);
        require(strayOfLogits(logits, item), kOutputs, "the pass");
        (logits * drawnLike("loss", logits.sizes().vec(), 1)).sum().backward();
        for (int stage = 0; stage < model->stageCount(); ++stage)
            for (const Parameter& parameter : model->parameters(stage))
                require(strayOf(parameter.name, parameter.value.grad(), item["gradients"][parameter.name]), kGradients,
                        "the gradient of " + parameter.name);
        QVERIFY(torch::equal(before, model->stateDict()[3].value));  // an unfinished batch leaves no trace
        model->commitStatistics();
        std::size_t checked = 0;
        for (const Parameter& buffer : model->stateDict()) {
            if (!item["buffers"].contains(buffer.name)) continue;
            require(strayOf(buffer.name, buffer.value, item["buffers"][buffer.name]), kOutputs, buffer.name);
            ++checked;
        }
        QCOMPARE(checked, item["buffers"].size());
    }

    /// A tap reads what flows inside a block, and a pass from it as a leaf gives its gradient.
    void tapsReadInsideBlocks() {
        const auto model = exactModel("resnet18", 64);
        const torch::Tensor input = drawnLike("input", {1, 3, 64, 64}, 1.7);
        const ModelInfo& info = model->info();
        const int layer = info.indexOf("layer4.0.bn1");
        QVERIFY(layer > 0 && info.layer(layer).relu);
        torch::NoGradGuard noGrad;
        const torch::Tensor normed = model->outputOf(input, 0, layer);
        QVERIFY(normed.min().item<double>() >= 0);
        const torch::Tensor raw = model->outputOf(input, 0, info.indexOf("layer4.0.conv1"));
        const std::vector<Parameter> bn = model->stateOf(layer);
        const torch::Tensor expected = ((raw - bn[2].value.view({1, -1, 1, 1})) /
                                            (bn[3].value + 1e-5).sqrt().view({1, -1, 1, 1}) * bn[0].value.view({1, -1, 1, 1}) +
                                        bn[1].value.view({1, -1, 1, 1}))
                                           .relu();
        QVERIFY(at::allclose(normed, expected, 1e-9, 1e-9));
    }

    void sizesAreChecked() {
        RunConfig config;
        chooseModel(config, "inception_v3");
        config.inputSize = 64;
        const std::string error = errorOf<ConfigError>([&] { networkOf(config, 10); });
        QVERIFY2(error.find("too small for Inception v3") != std::string::npos, error.c_str());
        chooseModel(config, "vit_b_16");
        config.inputSize = 100;
        QVERIFY(errorOf<ConfigError>([&] { networkOf(config, 10); }).find("cannot take") != std::string::npos);
        config.inputSize = 1024;
        QVERIFY(!errorOf<ConfigError>([&] { networkOf(config, 10); }).empty());
        // Every model takes its least and its suggested size.
        for (const ModelDescription* model : allModels()) {
            for (const int size : {model->input.least, model->input.suggested, model->input.usual, model->input.greatest}) {
                RunConfig own;
                chooseModel(own, model->name);
                own.inputSize = size;
                const Network network = networkOf(own, 10);
                QCOMPARE(network.info.stages.back().outputShape, std::vector<std::int64_t>{10});
            }
        }
    }

    /// Presets name layers that exist, the first of them beyond the head thaws the last of the trunk.
    void presetsNameLayers() {
        for (const ModelDescription* model : allModels()) {
            RunConfig config;
            chooseModel(config, model->name);
            const ModelInfo info = networkOf(config, 10).info;
            QVERIFY(info.presets.size() >= 3);
            for (const LayerPreset& preset : info.presets) info.maskOf(preset.layers);
            const int boundary = freezeBoundary(info, info.maskOf(info.presets[1].layers));
            QVERIFY2(boundary < info.headStage && boundary >= info.headStage / 3, model->name.c_str());
            QCOMPARE(freezeBoundary(info, info.maskOf({"head"})),
                     static_cast<int>(info.stages.size()) - 1 - 2 * (config.head.hiddenLayers > 0));
        }
    }

    /// A file of any model is told from those of all others, whatever wraps its names.
    void filesTellTheirModel() {
        const auto tensorsOfFile = [](const std::string& model, const std::string& prefix, DType type) {
            std::map<std::string, SourceTensor> tensors;
            const TrunkLayout layout = descriptionOf(model).drawClassifier ? wholeLayoutOf(model) : layoutOf(model);
            for (const TensorSpec& tensor : layout.tensors) {
                std::vector<std::int64_t> shape = tensor.shape;
                if (tensor.transposed) std::reverse(shape.begin(), shape.end());
                tensors[prefix + tensor.name] = {type, shape};
            }
            return tensors;
        };
        for (const ModelDescription* model : allModels()) {
            for (const char* prefix : {"", "state_dict.module."}) {
                const auto tensors = tensorsOfFile(model->name, prefix, *prefix ? DType::Float16 : DType::Float32);
                QVERIFY2(modelIn(tensors) == model->name, (prefix + model->name + ": " + modelIn(tensors)).c_str());
                QVERIFY(matchTrunk(tensors, layoutOf(model->name)).isTrunk());
            }
        }
        // Every layer of ResNet-18 is in ResNet-34's file, with the same shapes.
        TrunkMatch match = matchTrunk(tensorsOfFile("resnet34", "", DType::Float32), layoutOf("resnet18"));
        QVERIFY(!match.isTrunk());
        QCOMPARE(match.otherNetwork, std::string("ResNet-34"));
        match = matchTrunk(tensorsOfFile("vgg19", "", DType::Float32), layoutOf("resnet50"));
        QCOMPARE(match.otherNetwork, std::string("VGG19"));
        match = matchTrunk(tensorsOfFile("vgg16_bn", "", DType::Float32), layoutOf("vgg16"));
        QVERIFY(!match.isTrunk());
        auto half = tensorsOfFile("resnet18", "", DType::Float32);
        half.erase("layer4.1.bn2.running_var");
        match = matchTrunk(half, layoutOf("resnet18"));
        QCOMPARE(match.missing, std::vector<std::string>{"layer4.1.bn2.running_var"});
        // A file as torchvision wrote DenseNets once.
        std::map<std::string, SourceTensor> old;
        for (const auto& [name, tensor] : tensorsOfFile("densenet121", "", DType::Float32)) {
            std::string before = name;
            for (const char* part : {"norm1", "norm2", "conv1", "conv2"}) {
                const std::size_t at = before.find("denselayer");
                const std::size_t place = at == std::string::npos ? at : before.find(std::string(".") + part + ".", at);
                if (place != std::string::npos) before.insert(place + 5, ".");
            }
            old[before] = tensor;
        }
        QVERIFY(old.count("features.denseblock1.denselayer1.norm.1.weight") == 1);
        QVERIFY(matchTrunk(old, layoutOf("densenet121")).isTrunk());
    }

    void builtInWeightsFit() {
        int whole = 0, trunks = 0;
        for (const ModelDescription* model : allModels()) {
            if (model->builtIn.empty()) continue;
            const TrunkWeights weights = loadTrunkWeights({}, model->name);
            QVERIFY2(weights.scaling.certain && weights.scaling.scaling == model->scaling, model->name.c_str());
            QCOMPARE(weights.title, model->builtInTitle);
            ++trunks;
            if (model->builtInWhole) {
                QVERIFY(loadWholeWeights({}, model->name).tensors.size() > weights.tensors.size());
                ++whole;
            } else if (model->drawClassifier) {
                const std::string error = errorOf<WeightsError>([&] { loadWholeWeights({}, model->name); });
                QVERIFY2(error.find("Missing") != std::string::npos, error.c_str());
            }
        }
        QCOMPARE(trunks, 7);
        QCOMPARE(whole, 2);
        const std::string error = errorOf<WeightsError>([] { loadTrunkWeights({}, "resnet101"); });
        QVERIFY2(error.find("thaw-cli weights get resnet101") != std::string::npos, error.c_str());
    }

    /// HACKING.md's promise: a new model is one description, and everything asks it.
    void aNewModelIsOneDescription() {
        addModel(resNetModel("tiny_resnet", "Tiny ResNet", {1, 1, 1, 1}, /*bottleneck=*/false));
        RunConfig config;
        config.phases.resize(1);
        config.phases[0].trainable = {"block5", "head"};
        chooseModel(config, "tiny_resnet");
        QCOMPARE(config.phases[0].trainable, (std::vector<std::string>{"layer4", "head"}));
        QVERIFY(validate(config).empty());
        const ModelInfo info = describeModel(config, 7);
        QCOMPARE(info.name, std::string("Tiny ResNet"));
        QCOMPARE(describeMask(info, info.maskOf({"layer4", "head"})), std::string("layer4 thawed"));
        QCOMPARE(groupedNames(info, info.maskOf({"layer3", "layer4.0.conv1", "head"})),
                 (std::vector<std::string>{"layer3", "layer4.0.conv1", "head"}));
        QCOMPARE(groupedNames(info, info.maskOf({"layer4.0.conv1", "layer4.0.bn1"})),
                 (std::vector<std::string>{"layer4.0.conv1", "layer4.0.bn1"}));
        QVERIFY(errorOf<ConfigError>([&] { info.maskOf({"block5"}); }).find("block5") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TestZoo)
#include "tst_zoo.moc"
