#include <QTest>
#include <cmath>
#include <cstring>
#include <limits>

#include "core/api/weights_info.h"
#include "core/model/safetensors.h"
#include "core/model/trunk_match.h"
#include "core/model/weights.h"
#include "core/store/paths.h"
#include "core/util/hash.h"
#include "tests/support/drawn_data.h"
#include "tests/support/expect_error.h"
#include "tests/support/faulty_server.h"
#include "tests/support/temporary_home.h"

using namespace thaw::core;
using namespace thaw::test;
namespace fs = std::filesystem;

namespace {

/// What a trunk file is made of; a test changes a tensor or two.
struct Item {
    std::string name;
    DType dtype = DType::Float32;
    std::vector<std::int64_t> shape;
    Bytes bytes;
};
using Items = std::map<std::string, Item>;

std::size_t countOf(const std::vector<std::int64_t>& shape) {
    std::size_t count = 1;
    for (std::int64_t size : shape) count *= static_cast<std::size_t>(size);
    return count;
}

template <typename T>
Bytes bytesOf(const std::vector<T>& values) {
    Bytes bytes(values.size() * sizeof(T));
    std::memcpy(bytes.data(), values.data(), bytes.size());
    return bytes;
}

/// By torchvision's name; tensor k is full of k + 0.5.
Items plainTrunk() {
    Items items;
    float value = 0.5f;
    for (const TensorSpec& tensor : layoutOf("vgg16").tensors) {
        items[tensor.name] = {tensor.name, DType::Float32, tensor.shape,
                              bytesOf(std::vector<float>(countOf(tensor.shape), value))};
        value += 1;
    }
    return items;
}

void write(const fs::path& file, const Items& items, const std::map<std::string, std::string>& metadata = {}) {
    SafetensorsWriter writer;
    for (const auto& [key, item] : items) writer.add(item.name, item.dtype, item.shape, item.bytes.data());
    for (const auto& [key, value] : metadata) writer.setMetadata(key, value);
    writer.write(file);
}

}  // namespace

class WeightsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { m_home = std::make_unique<TemporaryHome>(); }
    void cleanup() { m_home.reset(); }

    void embedded();
    void dequantises();
    void everyFloatType();
    void namesOfOthers_data();
    void namesOfOthers();
    void countedNames();
    void refusesWhatIsNotFinite_data();
    void refusesWhatIsNotFinite();
    void reportsWhatDoesNotFit();
    void twoTensorsForOne();
    void scalesThatDoNotFit();
    void importsOnce();
    void scalingByOrigin_data();
    void scalingByOrigin();
    void scalingFollowsTheChoice();
    void listsUsableFiles();
    void downloads();
    void downloadOfUnknownName();

private:
    fs::path file() const { return *m_home / "x.safetensors"; }
    std::unique_ptr<TemporaryHome> m_home;
};

void WeightsTest::embedded() {
    const TrunkWeights weights = loadTrunkWeights({});
    QCOMPARE(weights.tensors.size(), std::size_t{26});
    QCOMPARE(weights.title, std::string("VGG16, ImageNet (built in, 8 bit)"));
    QCOMPARE(weights.digest, digestOfFile(ownWeightsOf("vgg16")));
    // torchvision's first kernel begins with -0.5537, 0.1427, 0.5290; a step of the 8-bit numbers is 0.006 there.
    const HostTensor& first = weights.tensors.at("features.0.weight");
    QVERIFY(first.shape == (std::vector<std::int64_t>{64, 3, 3, 3}));
    QVERIFY(std::abs(first.values[0] - -0.55373f) < 0.004f);
    QVERIFY(std::abs(first.values[1] - 0.14270f) < 0.004f);
    QVERIFY(std::abs(first.values[2] - 0.52896f) < 0.004f);
    QVERIFY(std::abs(weights.tensors.at("features.0.bias").values[0] - 0.403388f) < 1e-6f);

    const WeightsReport report = inspectWeights(ownWeightsOf("vgg16"));
    QVERIFY(report.usable());
    QVERIFY(report.unexpected.empty());
    QCOMPARE(report.fileBytes, std::int64_t{14'747'936});
    QCOMPARE(report.matched.front(), std::string("features.0.weight <- features.0.weight and its scales"));
    const std::map<std::string, std::string> metadata(report.metadata.begin(), report.metadata.end());
    QCOMPARE(metadata.at("source_sha256"), std::string("a286e44ce15db862b3b5244d175b0f9abbc13c0e737c8355a7dd69fb62fc693b"));
}

void WeightsTest::dequantises() {
    Items items = plainTrunk();
    Item& weight = items["features.2.weight"];
    weight.dtype = DType::Int8;
    weight.bytes.resize(countOf(weight.shape));
    const std::size_t perChannel = 64 * 9;
    for (std::size_t i = 0; i < weight.bytes.size(); ++i)
        weight.bytes[i] = static_cast<std::uint8_t>(static_cast<int>(i % 256) - 128);
    std::vector<float> scales(64);
    for (std::size_t o = 0; o < scales.size(); ++o) scales[o] = 0.25f * static_cast<float>(o + 1);
    items["scale"] = {"features.2.weight_scale", DType::Float32, {64}, bytesOf(scales)};
    write(file(), items);
    const HostTensor tensor = loadTrunkWeights(file()).tensors.at("features.2.weight");
    for (std::size_t i = 0; i < tensor.values.size(); ++i) {
        QCOMPARE(tensor.values[i], static_cast<float>(static_cast<int>(i % 256) - 128) * scales[i / perChannel]);
    }
}

void WeightsTest::everyFloatType() {
    Items items = plainTrunk();
    // 1, -2, the smallest subnormal, the largest, -0 (and zeros).
    std::vector<std::uint16_t> half(64), brain(64);
    half[0] = 0x3c00, half[1] = 0xc000, half[2] = 0x0001, half[3] = 0x7bff, half[4] = 0x8000, half[5] = 0x83ff;
    brain[0] = 0x3f80, brain[1] = 0xc000, brain[2] = 0x0001, brain[3] = 0x7f7f;
    std::vector<double> wide(128, 1.0 / 3.0);
    items["features.0.bias"] = {"features.0.bias", DType::Float16, {64}, bytesOf(half)};
    items["features.2.bias"] = {"features.2.bias", DType::BFloat16, {64}, bytesOf(brain)};
    items["features.5.bias"] = {"features.5.bias", DType::Float64, {128}, bytesOf(wide)};
    write(file(), items);
    const TrunkWeights weights = loadTrunkWeights(file());
    const std::vector<float>& fromHalf = weights.tensors.at("features.0.bias").values;
    QCOMPARE(fromHalf[0], 1.0f);
    QCOMPARE(fromHalf[1], -2.0f);
    QCOMPARE(fromHalf[2], std::ldexp(1.0f, -24));
    QCOMPARE(fromHalf[3], 65504.0f);
    QVERIFY(fromHalf[4] == 0.0f && std::signbit(fromHalf[4]));
    QCOMPARE(fromHalf[5], -std::ldexp(1023.0f, -24));
    const std::vector<float>& fromBrain = weights.tensors.at("features.2.bias").values;
    QCOMPARE(fromBrain[0], 1.0f);
    QCOMPARE(fromBrain[1], -2.0f);
    QVERIFY(fromBrain[2] > 0 && fromBrain[3] > 3e38f);
    QCOMPARE(weights.tensors.at("features.5.bias").values[7], 1.0f / 3.0f);
    QCOMPARE(weights.tensors.at("features.28.bias").values[0], 25.5f);
}

void WeightsTest::namesOfOthers_data() {
    QTest::addColumn<QString>("weight");
    QTest::addColumn<QString>("bias");
    QTest::addColumn<bool>("channelsLast");
    QTest::newRow("data parallel") << "module.features.%1.weight"
                                   << "module.features.%1.bias" << false;
    QTest::newRow("within a model") << "state_dict.backbone.features.%1.weight"
                                    << "state_dict.backbone.features.%1.bias" << false;
    QTest::newRow("lpips") << "net.slice1.%1.weight"
                           << "net.slice1.%1.bias" << false;
    QTest::newRow("Keras 1") << "%2/%2_W_1:0"
                             << "%2/%2_b_1:0" << true;
    QTest::newRow("Keras 2") << "model_weights/%2/%2/kernel:0"
                             << "model_weights/%2/%2/bias:0" << true;
    QTest::newRow("Keras 3") << "layers/%2/vars/0"
                             << "layers/%2/vars/1" << true;
    QTest::newRow("Flax") << "VGG16_0/Conv_%3/kernel"
                          << "VGG16_0/Conv_%3/bias" << true;
    QTest::newRow("Flax, dots") << "VGG16_0.Conv_%3.kernel"
                                << "VGG16_0.Conv_%3.bias" << true;
}

void WeightsTest::namesOfOthers() {
    QFETCH(QString, weight);
    QFETCH(QString, bias);
    QFETCH(bool, channelsLast);
    Items items = plainTrunk();
    const std::vector<int> perBlock = {2, 2, 3, 3, 3};
    std::size_t index = 0;
    int position = 0;
    for (int block = 1; block <= 5; ++block) {
        for (int number = 1; number <= perBlock[static_cast<std::size_t>(block - 1)]; ++number, ++position) {
            for (const QString& pattern : {weight, bias}) {
                Item& item = items[layoutOf("vgg16").tensors[index++].name];
                const QString torchvision = QString::fromStdString(item.name).section('.', 1, 1);
                QString name = pattern;
                name.replace("%1", torchvision)
                    .replace("%2", QString("block%1_conv%2").arg(block).arg(number))
                    .replace("%3", QString::number(position));
                item.name = name.toStdString();
                if (channelsLast && item.shape.size() == 4) item.shape = {3, 3, item.shape[1], item.shape[0]};
            }
        }
    }
    items["other"] = {"VGG16_0/NetLinLayer_0/Conv_0/kernel", DType::Float32, {2}, Bytes(8)};
    write(file(), items);
    const WeightsReport report = inspectWeights(file());
    QVERIFY2(report.usable(), report.missing.empty() ? "" : report.missing.front().c_str());
    QCOMPARE(report.unexpected.size(), std::size_t{1});
    const TrunkWeights weights = loadTrunkWeights(file());
    float value = 0.5f;
    for (const TensorSpec& tensor : layoutOf("vgg16").tensors) {
        QVERIFY(weights.tensors.at(tensor.name).shape == tensor.shape);
        QCOMPARE(weights.tensors.at(tensor.name).values.back(), value);
        value += 1;
    }
}

void WeightsTest::countedNames() {
    // With fewer than thirteen convolutions a count says nothing.
    write(file(), {{"a", {"layers/conv2d/vars/0", DType::Float32, {3, 3, 3, 64}, Bytes(3 * 3 * 3 * 64 * 4)}}});
    const WeightsReport report = inspectWeights(file());
    QVERIFY(report.matched.empty());
    QCOMPARE(report.missing.size(), std::size_t{26});
    QVERIFY(report.unexpected == std::vector<std::string>{"layers/conv2d/vars/0"});
    QVERIFY(!report.usable());
}

void WeightsTest::refusesWhatIsNotFinite_data() {
    QTest::addColumn<float>("value");
    QTest::newRow("NaN") << std::numeric_limits<float>::quiet_NaN();
    QTest::newRow("infinity") << std::numeric_limits<float>::infinity();
    QTest::newRow("-infinity") << -std::numeric_limits<float>::infinity();
}

void WeightsTest::refusesWhatIsNotFinite() {
    QFETCH(float, value);
    Items items = plainTrunk();
    std::memcpy(items["features.28.weight"].bytes.data() + 4000, &value, sizeof value);
    write(file(), items);
    const std::string error = errorOf<WeightsError>([&] { loadTrunkWeights(file()); });
    QVERIFY2(error.find("not finite in \"features.28.weight\"") != std::string::npos, error.c_str());
}

void WeightsTest::reportsWhatDoesNotFit() {
    Items items = plainTrunk();
    items["features.0.weight"].shape = {64, 3, 1, 9};
    items["features.2.bias"] = {"features.2.bias", DType::Int64, {64}, Bytes(512)};
    items.erase("features.28.bias");
    items["classifier"] = {"classifier.0.weight", DType::Float32, {2}, Bytes(8)};
    items["features.1"] = {"features.1.weight", DType::Float32, {2}, Bytes(8)};
    items["moment"] = {"optimizer.features.0.weight", DType::Float32, {2}, Bytes(8)};
    write(file(), items);
    const WeightsReport report = inspectWeights(file());
    QVERIFY(!report.usable());
    QVERIFY(report.missing == std::vector<std::string>{"features.28.bias"});
    QVERIFY(report.misshapen == (std::vector<std::string>{"features.0.weight: expected 64x3x3x3, file has 64x3x1x9",
                                                          "features.2.bias: expected floating point numbers, file has int64"}));
    QVERIFY(report.unexpected ==
            (std::vector<std::string>{"classifier.0.weight", "features.1.weight", "optimizer.features.0.weight"}));
    const std::string error = errorOf<WeightsError>([&] { loadTrunkWeights(file()); });
    QVERIFY2(
        error.find("Missing: features.28.bias.") != std::string::npos && error.find("file has 64x3x1x9") != std::string::npos,
        error.c_str());
}

void WeightsTest::twoTensorsForOne() {
    Items items = plainTrunk();
    items["other"] = {"module.features.0.bias", DType::Float32, {64}, Bytes(256)};
    write(file(), items);
    QVERIFY(inspectWeights(file()).misshapen ==
            std::vector<std::string>{"features.0.bias: both \"features.0.bias\" and \"module.features.0.bias\" could be it"});
}

void WeightsTest::scalesThatDoNotFit() {
    Items items = plainTrunk();
    Item& weight = items["features.0.weight"];
    weight.dtype = DType::Int8;
    weight.bytes.resize(countOf(weight.shape));
    write(file(), items);
    QVERIFY(inspectWeights(file()).missing == std::vector<std::string>{"features.0.weight_scale"});
    items["scale"] = {"features.0.weight_scale", DType::Float32, {3}, Bytes(12)};
    write(file(), items);
    QVERIFY(inspectWeights(file()).misshapen ==
            std::vector<std::string>{"features.0.weight_scale: expected 64 of float32, file has 3 of float32"});
    items["scale"] = {
        "features.0.weight_scale", DType::Float32, {64}, bytesOf(std::vector<float>(64, std::numeric_limits<float>::infinity()))};
    items["features.0.weight"].bytes[0] = 1;
    write(file(), items);
    QVERIFY(errorOf<WeightsError>([&] { loadTrunkWeights(file()); }).find("not finite") != std::string::npos);
    // Scales without an int8 kernel have no place.
    items = plainTrunk();
    items["scale"] = {"features.0.weight_scale", DType::Float32, {64}, Bytes(256)};
    write(file(), items);
    QVERIFY(inspectWeights(file()).unexpected == std::vector<std::string>{"features.0.weight_scale"});
}

void WeightsTest::importsOnce() {
    write(file(), plainTrunk());
    const fs::path first = importWeights(file());
    QCOMPARE(first.string(), (weightsFolder() / "x.safetensors").string());
    QCOMPARE(importWeights(file()).string(), first.string());
    const TrunkWeights imported = loadTrunkWeights(first);
    QCOMPARE(imported.title, std::string("x.safetensors"));
    for (const auto& [name, tensor] : loadTrunkWeights(file()).tensors)
        QVERIFY(imported.tensors.at(name).values == tensor.values);
    // Others of the same name get a place of their own.
    Items other = plainTrunk();
    other["features.0.bias"].bytes[0] ^= 1;
    write(file(), other);
    const fs::path second = importWeights(file());
    QCOMPARE(second.filename().string(), std::string("x-2.safetensors"));
    QCOMPARE(importWeights(file()).string(), second.string());
    QCOMPARE(importWeights(file(), *m_home / "y.safetensors").string(), (*m_home / "y.safetensors").string());
    QVERIFY(inspectWeights(*m_home / "y.safetensors").usable());
    QVERIFY(!errorOf<StoreError>([&] { importWeights(file(), *m_home / "no" / "such" / "folder"); }).empty());
}

void WeightsTest::scalingByOrigin_data() {
    QTest::addColumn<QString>("metadata");
    QTest::addColumn<QVector<float>>("corner");  // of the first kernel: three channels of each of the first three kernels
    QTest::addColumn<bool>("kerasNames");
    QTest::addColumn<QString>("scaling");
    QTest::addColumn<bool>("certain");
    const QVector<float> other(9, 0.25f);
    const QVector<float> keras{0.42947f, 0.55038f, 0.480015f, 0.11727f, 0.02088f, -0.1727f, 0.03401f, 0.09883f, 0.03756f};
    const QVector<float> torchvision{-0.5547f, 0.1748f, 0.3135f, 0.2318f, -0.1391f, -0.3113f, 0.1769f, 0.3116f, 0.3116f};
    QTest::newRow("the file says caffe") << "caffe" << torchvision << false << "caffe" << true;
    QTest::newRow("the file says 0-1") << "0-1" << keras << true << "0-1" << true;
    QTest::newRow("the file says nonsense") << "by hand" << other << false << "imagenet" << false;
    QTest::newRow("Keras's own, converted") << "" << keras << false << "caffe" << true;
    QTest::newRow("Keras's own") << "" << keras << true << "caffe" << true;
    QTest::newRow("torchvision's") << "" << torchvision << false << "imagenet" << true;
    QTest::newRow("torchvision's by Keras's names") << "" << torchvision << true << "imagenet" << true;
    QTest::newRow("unknown, of PyTorch") << "" << other << false << "imagenet" << false;
    QTest::newRow("unknown, of Keras") << "" << other << true << "caffe" << false;
}

void WeightsTest::scalingByOrigin() {
    QFETCH(QString, metadata);
    QFETCH(QVector<float>, corner);
    QFETCH(bool, kerasNames);
    QFETCH(QString, scaling);
    QFETCH(bool, certain);
    Items items = plainTrunk();
    const std::vector<int> perBlock = {2, 2, 3, 3, 3};
    std::vector<float> first(64 * 3 * 9, 0.5f);
    for (std::size_t o = 0; o < 3; ++o)
        for (std::size_t i = 0; i < 3; ++i)
            first[kerasNames ? i * 64 + o : (o * 3 + i) * 9] = corner[static_cast<int>(o * 3 + i)];
    items["features.0.weight"].bytes = bytesOf(first);
    std::size_t index = 0;
    for (int block = 1; kerasNames && block <= 5; ++block)
        for (int number = 1; number <= perBlock[static_cast<std::size_t>(block - 1)]; ++number)
            for (const char* kind : {"kernel", "bias"}) {
                Item& item = items[layoutOf("vgg16").tensors[index++].name];
                item.name = "block" + std::to_string(block) + "_conv" + std::to_string(number) + "/" + kind;
                if (item.shape.size() == 4) item.shape = {3, 3, item.shape[1], item.shape[0]};
            }
    std::map<std::string, std::string> words;
    if (!metadata.isEmpty()) words["scaling"] = metadata.toStdString();
    write(file(), items, words);
    for (const WeightsScaling& need :
         {scalingOfWeights(file()), inspectWeights(file()).scaling, loadTrunkWeights(file()).scaling}) {
        QCOMPARE(toString(need.scaling), scaling.toStdString());
        QCOMPARE(need.certain, certain);
        QVERIFY(!need.reason.empty());
    }
    // An import knows as much as its origin did, not more.
    const WeightsScaling imported = scalingOfWeights(importWeights(file()));
    QCOMPARE(toString(imported.scaling), scaling.toStdString());
    QCOMPARE(imported.certain, certain);
}

void WeightsTest::scalingFollowsTheChoice() {
    write(file(), plainTrunk(), {{"scaling", "caffe"}});
    RunConfig config;
    QVERIFY(config.scaling == Scaling::ImageNet);
    chooseWeights(config, file());
    QVERIFY(config.scaling == Scaling::Caffe && config.weights == file());
    chooseWeights(config, {});
    QVERIFY(config.scaling == Scaling::ImageNet && config.weights.empty());
    // What differed already was wanted so.
    config.scaling = Scaling::ZeroToOne;
    chooseWeights(config, file());
    QVERIFY(config.scaling == Scaling::ZeroToOne);
    QVERIFY(scalingWarning(Scaling::Caffe, scalingOfWeights(file())).empty());
    const std::string warning = scalingWarning(config.scaling, scalingOfWeights(file()));
    QVERIFY2(warning.find("\"0-1\" is not the one") != std::string::npos && warning.find("\"caffe\"") != std::string::npos,
             warning.c_str());
    QVERIFY(scalingOfWeights({}).certain);
    QVERIFY(scalingOfWeights({}).scaling == Scaling::ImageNet);
    // A model that has no weights of its own here yet.
    chooseModel(config, "resnet50_keras");
    chooseWeights(config, file());
    QVERIFY(config.weights == file());
}

void WeightsTest::listsUsableFiles() {
    QCOMPARE(listWeights().size(), std::size_t{1});
    QVERIFY(listWeights().front().file.empty());
    ensureFolder(weightsFolder());
    write(weightsFolder() / "b.safetensors", plainTrunk(), {{"title", "Mine"}, {"scaling", "caffe"}});
    write(weightsFolder() / "c.safetensors", plainTrunk());
    Items incomplete = plainTrunk();
    incomplete.erase("features.0.bias");
    write(weightsFolder() / "a.safetensors", incomplete);
    writeFile(weightsFolder() / "notes.txt", Bytes(100, 'x'));
    fs::create_directory(weightsFolder() / "folder");
    const std::vector<WeightsChoice> choices = listWeights();
    QCOMPARE(choices.size(), std::size_t{3});
    QCOMPARE(choices[1].title, std::string("Mine"));
    QVERIFY(choices[1].description.find("\"caffe\"") != std::string::npos);
    QVERIFY(choices[0].scaling.scaling == Scaling::ImageNet && choices[0].scaling.certain);
    QVERIFY(choices[1].scaling.scaling == Scaling::Caffe && choices[1].scaling.certain);
    QVERIFY(choices[2].scaling.scaling == Scaling::ImageNet && !choices[2].scaling.certain);
    QCOMPARE(choices[2].title, std::string("c.safetensors"));
    QCOMPARE(choices[2].file.string(), (weightsFolder() / "c.safetensors").string());
}

void WeightsTest::downloads() {
    const auto sources = downloadableWeights();
    QCOMPARE(sources.front().first, std::string("vgg16"));
    QCOMPARE(sources.front().second.bytes, std::int64_t{58'889'256});
    QCOMPARE(sources.front().second.md5, std::string("6d6bbae143d832006294945121d1f1fc"));
    // A server with a file of another size: nothing is installed.
    FaultyServer server([](const FaultyServer::Request&) {
        FaultyServer::Reply reply;
        reply.body = "not these weights";
        return reply;
    });
    const ScopedVariable mirror("THAW_MIRROR", server.url(""));
    const std::string error = errorOf<NetworkError>([] { downloadWeights("vgg16", {}); });
    QVERIFY(!error.empty());
    QVERIFY(!fs::exists(weightsFolder()) || fs::is_empty(weightsFolder()));
}

void WeightsTest::downloadOfUnknownName() {
    const std::string error = errorOf<WeightsError>([] { downloadWeights("resnet", {}); });
    QVERIFY2(error.find("vgg16, vgg16-torchvision") != std::string::npos, error.c_str());
}

QTEST_GUILESS_MAIN(WeightsTest)
#include "tst_weights.moc"
