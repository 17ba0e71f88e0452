// Which files of Keras hold which network: by names and shapes alone, as Keras's versions write them.
#include <QTest>

#include <algorithm>
#include <fstream>
#include <functional>
#include <map>

#include <nlohmann/json.hpp>

#include "core/api/errors.h"
#include "core/model/name_match.h"
#include "core/model/trunk_match.h"
#include "core/model/zoo.h"

using namespace thaw::core;
using nlohmann::json;

namespace {

using Shape = std::vector<std::int64_t>;

std::vector<const ModelDescription*> kerasModels() {
    std::vector<const ModelDescription*> models;
    for (const ModelDescription* model : allModels())
        if (model->keras) models.push_back(model);
    return models;
}

Shape kerasShape(const Shape& shape) {
    if (shape.size() != 4) return shape;
    return shape[1] == 1 ? Shape{shape[2], shape[3], shape[0], 1} : Shape{shape[2], shape[3], shape[1], shape[0]};
}

/// Names a tensor of a layer: its own name, its number in the layer, and the layer's number among those of its kind.
using Naming = std::function<std::string(const KerasLayer&, std::size_t tensor, int number)>;

Tensors fileOf(const std::string& model, const Naming& naming) {
    const TrunkLayout layout = layoutOf(model);
    std::map<std::string, Shape> shapes;
    for (const TensorSpec& tensor : layout.tensors) shapes[tensor.name] = tensor.shape;
    std::map<std::string, int> counts;
    Tensors tensors;
    for (const KerasLayer& layer : layout.kerasLayers) {
        const int number = counts[layer.kind]++;
        for (std::size_t i = 0; i < layer.tensors.size(); ++i)
            tensors[naming(layer, i, number)] = {DType::Float32, kerasShape(shapes.at(layer.tensors[i]))};
    }
    return tensors;
}

std::string counted(const std::string& kind, int number) { return kind + (number == 0 ? "" : "_" + std::to_string(number)); }

/// Of Keras 2, or 3 without ":0" and with another name for a depthwise kernel.
std::string oldTensor(const KerasLayer& layer, std::size_t tensor, bool third) {
    const std::string& name = layer.tensors[tensor];
    const std::string end = name.substr(layer.name.size() + 1);
    const bool norm = layer.kind == "batch_normalization";
    const std::map<std::string, std::string> ends = {
        {"weight", norm ? "gamma" : "kernel"},    {"bias", norm ? "beta" : "bias"},
        {"running_mean", "moving_mean"},          {"running_var", "moving_variance"},
        {"depthwise.weight", "depthwise_kernel"}, {"pointwise.weight", "pointwise_kernel"}};
    const std::string word = layer.kind == "depthwise_conv2d" && end == "weight" && !third ? "depthwise_kernel" : ends.at(end);
    return word + (third ? "" : ":0");
}

std::string keras2(const KerasLayer& layer, std::size_t tensor, int) {
    return "model_weights/" + layer.name + "/" + layer.name + "/" + oldTensor(layer, tensor, false);
}
std::string keras2Nested(const KerasLayer& layer, std::size_t tensor, int) {
    return "model_weights/base_1.00_224/" + layer.name + "/" + oldTensor(layer, tensor, false);
}
/// As TensorFlow called layers whose names were taken.
std::string keras2Taken(const KerasLayer& layer, std::size_t tensor, int) {
    return layer.name + "/" + layer.name + "_1/" + oldTensor(layer, tensor, false);
}
/// A session's second network: the layers without names count on.
std::string keras2Second(const KerasLayer& layer, std::size_t tensor, int) {
    std::string name = layer.name;
    for (const char* kind : {"conv2d", "batch_normalization"}) {
        if (name.rfind(kind, 0) != 0) continue;
        const std::string number = name == kind ? "0" : name.substr(std::string(kind).size() + 1);
        name = std::string(kind) + "_" + std::to_string(94 + std::stoi(number));
    }
    return name + "/" + name + "/" + oldTensor(layer, tensor, false);
}
std::string keras3Legacy(const KerasLayer& layer, std::size_t tensor, int) {
    return "model_weights/" + layer.name + "/" + layer.name + "/" + oldTensor(layer, tensor, true);
}
std::string keras3Named(const KerasLayer& layer, std::size_t tensor, int) {
    return "layers/" + layer.name + "/vars/" + std::to_string(tensor);
}
std::string keras3Counted(const KerasLayer& layer, std::size_t tensor, int number) {
    return "layers/functional/layers/" + counted(layer.kind, number) + "/vars/" + std::to_string(tensor);
}
std::string keras213(const KerasLayer& layer, std::size_t tensor, int number) {
    return "_layer_checkpoint_dependencies/" + counted(layer.kind, 2 * number) + "/vars/" + std::to_string(tensor);
}

std::string otherIn(const Tensors& tensors, const std::string& model) {
    return matchTrunk(tensors, layoutOf(model)).otherNetwork;
}

const char* text(const TrunkMatch& match) {
    static std::string all;
    all = "other: " + match.otherNetwork;
    for (const auto& one : match.missing) all += "; missing " + one;
    for (const auto& one : match.misshapen) all += "; " + one;
    return all.c_str();
}

}  // namespace

class TestKerasNames : public QObject {
    Q_OBJECT
private Q_SLOTS:
    /// The order of Keras's model.layers, as Keras's own models have it.
    void layersStandInKerasOrder() {
        std::ifstream file(THAW_TEST_DATA "/keras/layers.json");
        const json golden = json::parse(file);
        QCOMPARE(golden.size(), kerasModels().size());
        for (const ModelDescription* model : kerasModels()) {
            std::vector<std::pair<std::string, std::string>> own;
            for (const KerasLayer& layer : layoutOf(model->name).kerasLayers) own.emplace_back(layer.kind, layer.name);
            const auto expected = golden.at(model->name).get<std::vector<std::pair<std::string, std::string>>>();
            std::map<std::string, std::vector<std::string>> ownByKind, expectedByKind;
            for (const auto& [kind, name] : own) ownByKind[kind].push_back(name);
            for (const auto& [kind, name] : expected) expectedByKind[kind].push_back(name);
            QVERIFY2(ownByKind == expectedByKind, model->name.c_str());
        }
    }

    void readsEveryNaming() {
        const Naming namings[] = {keras2,       keras2Nested, keras2Taken,   keras2Second,
                                  keras3Legacy, keras3Named,  keras3Counted, keras213};
        for (const ModelDescription* model : kerasModels()) {
            int number = 0;
            for (const Naming& naming : namings) {
                Tensors tensors = fileOf(model->name, naming);
                tensors["optimizer/vars/7"] = tensors["optimizer_weights/conv1/kernel/m:0"] = {DType::Float32, {3, 3, 3, 32}};
                tensors["layers/dense/vars/0"] = {DType::Float32, {2048, 10}};
                const std::string where = model->name + ", naming " + std::to_string(number++);
                QVERIFY2(modelIn(tensors) == model->name, where.c_str());
                const TrunkMatch match = matchTrunk(tensors, layoutOf(model->name));
                QVERIFY2(match.isTrunk(), text(match));
                for (const auto& [index, found] : match.found)
                    QCOMPARE(found.channelsLast, match.layout.tensors[index].shape.size() == 4);
            }
        }
    }

    /// Every tensor comes from its own layer, though many have the same shape.
    void findsTheRightLayers() {
        for (const ModelDescription* model : kerasModels()) {
            const TrunkLayout layout = layoutOf(model->name);
            for (const Naming& naming : {Naming(keras2Second), Naming(keras3Named), Naming(keras3Counted)}) {
                std::map<std::string, std::string> expected;
                std::map<std::string, int> counts;
                for (const KerasLayer& layer : layout.kerasLayers) {
                    const int number = counts[layer.kind]++;
                    for (std::size_t i = 0; i < layer.tensors.size(); ++i) expected[layer.tensors[i]] = naming(layer, i, number);
                }
                const TrunkMatch match = matchTrunk(fileOf(model->name, naming), layout);
                for (const auto& [index, found] : match.found) QCOMPARE(found.name, expected.at(layout.tensors[index].name));
            }
        }
    }

    /// Both ways to count give conv2d_7; the shapes tell them apart.
    void numbersAreNotMistaken() {
        for (const char* model : {"inception_v3_keras", "xception_keras"}) {
            const TrunkLayout layout = layoutOf(model);
            const Tensors named = fileOf(model, keras3Named), placed = fileOf(model, keras3Counted);
            const auto fits = [&](const Tensors& tensors, KerasNumbers numbers) {
                return NameMatch(tensors, layout, kerasNames(tensors, layout.kerasLayers, numbers)).fits();
            };
            QVERIFY(fits(named, KerasNumbers::OfNames) && !fits(named, KerasNumbers::OfPlaces));
            QVERIFY(fits(placed, KerasNumbers::OfPlaces) && !fits(placed, KerasNumbers::OfNames));
        }
    }

    /// torchvision's file for Keras's network, and the other way round.
    void twinsAreRefusedByName() {
        const std::pair<const char*, const char*> twins[] = {
            {"resnet50", "resnet50_keras"}, {"inception_v3", "inception_v3_keras"}, {"mobilenet_v2", "mobilenet_v2_keras"}};
        for (const auto& [torch, keras] : twins) {
            Tensors ofTorch;
            for (const TensorSpec& tensor : wholeLayoutOf(torch).tensors) ofTorch[tensor.name] = {DType::Float32, tensor.shape};
            QCOMPARE(otherIn(ofTorch, keras), descriptionOf(torch).title);
            QCOMPARE(otherIn(fileOf(keras, keras3Named), torch), descriptionOf(keras).title);
            QCOMPARE(otherIn(fileOf(keras, keras3Counted), torch), descriptionOf(keras).title);
        }
        QCOMPARE(otherIn(fileOf("inception_v3_keras", keras2), "vgg16"), std::string("Inception v3 of Keras"));
    }

    void largerAndOtherOnesAreRefused() {
        Tensors deeper = fileOf("resnet50_keras", keras3Named);
        for (int block = 7; block <= 23; ++block)
            deeper["layers/conv4_block" + std::to_string(block) + "_1_conv/vars/0"] = {DType::Float32, {1, 1, 1024, 256}};
        QCOMPARE(otherIn(deeper, "resnet50_keras"), std::string("ResNet-101 of Keras"));
        QVERIFY(modelIn(deeper).empty());

        Tensors longer = fileOf("mobilenet_keras", keras3Counted);
        longer["layers/functional/layers/conv2d_14/vars/0"] = {DType::Float32, {1, 1, 1024, 1024}};
        QVERIFY(!matchTrunk(longer, layoutOf("mobilenet_keras")).isTrunk());

        // A batch norm with a scale has one tensor more, all of the same shape.
        Tensors scaled = fileOf("inception_v3_keras", keras3Named);
        scaled["layers/batch_normalization/vars/3"] = {DType::Float32, {32}};
        QVERIFY(!matchTrunk(scaled, layoutOf("inception_v3_keras")).isTrunk());
        Tensors scaledByName = fileOf("inception_v3_keras", keras2);
        scaledByName["model_weights/batch_normalization/batch_normalization/gamma:0"] = {DType::Float32, {32}};
        QVERIFY(!matchTrunk(scaledByName, layoutOf("inception_v3_keras")).isTrunk());

        Tensors narrow = fileOf("mobilenet_v2_keras", keras2);
        narrow["model_weights/Conv1/Conv1/kernel:0"].shape = {3, 3, 3, 16};
        const TrunkMatch match = matchTrunk(narrow, layoutOf("mobilenet_v2_keras"));
        QCOMPARE(match.misshapen, std::vector<std::string>{"Conv1.weight: expected 3x3x3x32 (Keras's order), file has 3x3x3x16"});
    }

    /// A head of the user's own has layers without names, too.
    void headsAreLeftOut() {
        Tensors tensors = fileOf("xception_keras", keras2);
        for (const char* part : {"gamma", "beta", "moving_mean", "moving_variance"})
            tensors[std::string("model_weights/batch_normalization_40/batch_normalization_40/") + part + ":0"] = {DType::Float32,
                                                                                                                  {2048}};
        const TrunkMatch match = matchTrunk(tensors, layoutOf("xception_keras"));
        QVERIFY2(match.isTrunk(), text(match));
        QCOMPARE(match.unexpected.size(), std::size_t{4});
    }

    /// What Thaw imports and exports bears Keras's names and PyTorch's order.
    void ownFilesFit() {
        for (const ModelDescription* model : kerasModels()) {
            Tensors tensors;
            for (const TensorSpec& tensor : layoutOf(model->name).tensors) tensors[tensor.name] = {DType::Float32, tensor.shape};
            const TrunkMatch match = matchTrunk(tensors, layoutOf(model->name));
            QVERIFY2(match.isTrunk(), text(match));
            QVERIFY(
                std::none_of(match.found.begin(), match.found.end(), [](const auto& item) { return item.second.channelsLast; }));
        }
    }
};

QTEST_GUILESS_MAIN(TestKerasNames)
#include "tst_keras_names.moc"
