// Which files hold VGG16's trunk, and what the others hold: by names and shapes alone, as the files of the real networks have
// them.
#include <QTest>

#include <algorithm>
#include <functional>

#include "core/model/trunk_match.h"

using namespace thaw::core;

namespace {

using Tensors = std::map<std::string, SourceTensor>;
using Shape = std::vector<std::int64_t>;
using Blocks = std::vector<int>;

const Blocks kVgg11{1, 1, 2, 2, 2}, kVgg13{2, 2, 2, 2, 2}, kVgg16{2, 2, 3, 3, 3}, kVgg19{2, 2, 4, 4, 4};

struct Conv {
    int block, number, position;  // position among all convolutions
    std::int64_t in, out;
};

std::vector<Conv> convolutionsOf(const Blocks& blocks) {
    const std::int64_t channels[] = {64, 128, 256, 512, 512};
    std::vector<Conv> all;
    std::int64_t in = 3;
    for (int block = 1; block <= 5; ++block)
        for (int number = 1; number <= blocks[static_cast<std::size_t>(block - 1)]; ++number, in = channels[block - 1])
            all.push_back({block, number, static_cast<int>(all.size()), in, channels[block - 1]});
    return all;
}

void put(Tensors& tensors, const std::string& name, Shape shape, DType dtype = DType::Float32) {
    tensors[name] = {dtype, std::move(shape)};
}

/// As torchvision's vgg*().features or vgg*_bn().features, with `prefix` before the numbers.
Tensors torchvision(const Blocks& blocks, bool norm = false, const std::string& prefix = "features.") {
    Tensors tensors;
    int index = 0, block = 1;
    for (const Conv& conv : convolutionsOf(blocks)) {
        if (conv.block != block) ++index, block = conv.block;  // the pooling
        const std::string name = prefix + std::to_string(index++);
        put(tensors, name + ".weight", {conv.out, conv.in, 3, 3});
        put(tensors, name + ".bias", {conv.out});
        if (norm) {
            const std::string own = prefix + std::to_string(index++);
            for (const char* part : {".weight", ".bias", ".running_mean", ".running_var"}) put(tensors, own + part, {conv.out});
            put(tensors, own + ".num_batches_tracked", {}, DType::Int64);
        }
        ++index;  // the ReLU
    }
    return tensors;
}

using KerasNames = std::function<std::pair<std::string, std::string>(const Conv&)>;

Tensors keras(const Blocks& blocks, const KerasNames& names) {
    Tensors tensors;
    for (const Conv& conv : convolutionsOf(blocks)) {
        const auto [kernel, bias] = names(conv);
        put(tensors, kernel, {3, 3, conv.in, conv.out});
        put(tensors, bias, {conv.out});
    }
    return tensors;
}

std::string blockName(const Conv& conv) { return "block" + std::to_string(conv.block) + "_conv" + std::to_string(conv.number); }
std::pair<std::string, std::string> keras1(const Conv& conv) {
    const std::string name = blockName(conv);
    return {name + "/" + name + "_W_1:0", name + "/" + name + "_b_1:0"};
}
std::pair<std::string, std::string> keras2(const Conv& conv) {
    const std::string name = "model_weights/" + blockName(conv) + "/" + blockName(conv);
    return {name + "/kernel:0", name + "/bias:0"};
}
std::pair<std::string, std::string> keras3(const Conv& conv) {
    return {"layers/" + blockName(conv) + "/vars/0", "layers/" + blockName(conv) + "/vars/1"};
}
std::string countedLayer(const Conv& conv) {
    return conv.position == 0 ? "layers/conv2d" : "layers/conv2d_" + std::to_string(conv.position);
}
std::pair<std::string, std::string> counted(const Conv& conv) {
    return {countedLayer(conv) + "/vars/0", countedLayer(conv) + "/vars/1"};
}
std::pair<std::string, std::string> caffeInTorch(const Conv& conv) {
    const std::string name = "conv" + std::to_string(conv.block) + "_" + std::to_string(conv.number);
    return {name + ".weight", name + ".bias"};
}

Tensors renamed(const Tensors& tensors, const std::function<std::string(const std::string&)>& rename) {
    Tensors result;
    for (const auto& [name, tensor] : tensors) result[rename(name)] = tensor;
    return result;
}

const char* text(const TrunkMatch& match) {
    static std::string all;
    all = "other: " + match.otherNetwork;
    for (const auto& one : match.missing) all += "; missing " + one;
    for (const auto& one : match.misshapen) all += "; " + one;
    return all.c_str();
}

#define VERIFY_TRUNK(tensors)                                             \
    do {                                                                  \
        const TrunkMatch match_ = matchTrunk(tensors, layoutOf("vgg16")); \
        QVERIFY2(match_.isTrunk(), text(match_));                         \
    } while (false)

}  // namespace

class TrunkMatchTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void otherVggs_data();
    void otherVggs();
    void namesOfTheTrunk_data();
    void namesOfTheTrunk();
    void wrappings_data();
    void wrappings();
    void whatBelongsToAHeadIsNoOtherNetwork();
    void layersBetweenAreAnotherNetwork();
    void moreOfTheSameKindIsAnotherNetwork();
    void oneWholeTrunkAmongOthers();
    void damagedTrunkIsNoOtherNetwork();
    void otherNetworksByName_data();
    void otherNetworksByName();
    void hostileNames();
};

void TrunkMatchTest::otherVggs_data() {
    QTest::addColumn<QString>("tensors");
    QTest::addColumn<QString>("name");
    for (const char* makers :
         {"torchvision", "bare", "wrapped", "bn", "bn bare", "keras1", "keras2", "keras3", "counted", "caffe"})
        for (const char* name : {"VGG11", "VGG13", "VGG16", "VGG19"}) {
            const bool norm = QString(makers).startsWith("bn");
            if (!norm && QString(name) == "VGG16") continue;
            QTest::newRow((std::string(makers) + " " + name).c_str())
                << makers << QString(name) + (norm ? " with batch normalisation" : "");
        }
}

void TrunkMatchTest::otherVggs() {
    QFETCH(QString, tensors);
    QFETCH(QString, name);
    const Blocks blocks = name.startsWith("VGG11")   ? kVgg11
                          : name.startsWith("VGG13") ? kVgg13
                          : name.startsWith("VGG16") ? kVgg16
                                                     : kVgg19;
    Tensors own;
    if (tensors == "torchvision") own = torchvision(blocks);
    if (tensors == "bare") own = torchvision(blocks, false, "");
    if (tensors == "wrapped") own = torchvision(blocks, false, "state_dict.module._orig_mod.backbone.features.");
    if (tensors == "bn") own = torchvision(blocks, true);
    if (tensors == "bn bare") own = torchvision(blocks, true, "");
    if (tensors == "keras1") own = keras(blocks, keras1);
    if (tensors == "keras2") own = keras(blocks, keras2);
    if (tensors == "keras3") own = keras(blocks, keras3);
    if (tensors == "counted") own = keras(blocks, counted);
    if (tensors == "caffe") {
        for (const Conv& conv : convolutionsOf(blocks)) {
            put(own, caffeInTorch(conv).first, {conv.out, conv.in, 3, 3});
            put(own, caffeInTorch(conv).second, {conv.out});
        }
    }
    put(own, "classifier.0.weight", {4096, 25088});
    const TrunkMatch match = matchTrunk(own, layoutOf("vgg16"));
    QVERIFY(!match.isTrunk());
    QCOMPARE(QString::fromStdString(match.otherNetwork), name);
}

void TrunkMatchTest::namesOfTheTrunk_data() {
    QTest::addColumn<QString>("makers");
    for (const char* makers : {"keras1", "keras2", "keras3", "counted", "caffe"}) QTest::newRow(makers) << makers;
}

void TrunkMatchTest::namesOfTheTrunk() {
    QFETCH(QString, makers);
    Tensors tensors = keras(kVgg16, makers == "keras1"   ? keras1
                                    : makers == "keras2" ? keras2
                                    : makers == "keras3" ? keras3
                                    : makers == "caffe"  ? caffeInTorch
                                                         : counted);
    if (makers == "caffe")
        for (const Conv& conv : convolutionsOf(kVgg16)) tensors[caffeInTorch(conv).first].shape = {conv.out, conv.in, 3, 3};
    VERIFY_TRUNK(tensors);
    const TrunkMatch match = matchTrunk(tensors, layoutOf("vgg16"));
    QCOMPARE(match.found.at(0).channelsLast, makers != "caffe");
    QVERIFY(!match.found.at(1).channelsLast);
}

void TrunkMatchTest::wrappings_data() {
    QTest::addColumn<QString>("prefix");
    for (const char* prefix : {"",
                               "features.",
                               "features.module.",
                               "module.features.",
                               "module.features.module.",
                               "_orig_mod.features.",
                               "module._orig_mod.features.",
                               "_orig_mod.module.features.module.",
                               "model.features.",
                               "net.features.",
                               "state_dict.features.",
                               "model_state_dict.features.",
                               "state_dict.model.features.",
                               "model.state_dict.module.features.",
                               "backbone.",
                               "backbone.features.",
                               "encoder.",
                               "encoder.features.",
                               "net.",
                               "trunk.0.",
                               "vgg.",
                               "base.features.",
                               "model.0.features.",
                               "0.",
                               "0.features.",
                               "1.0.",
                               "student.encoder.vgg16.features.",
                               "_fsdp_wrapped_module.features.",
                               "feature_extractor.",
                               "state_dict._forward_module.model.backbone.features.",
                               "any name.features.",
                               "features.0.",
                               "teacher.features.features."})
        QTest::newRow(prefix) << prefix;
}

void TrunkMatchTest::wrappings() {
    QFETCH(QString, prefix);
    Tensors tensors = torchvision(kVgg16, false, prefix.toStdString());
    VERIFY_TRUNK(tensors);
    // Half precision, and the number of classes of somebody's own.
    for (auto& [name, tensor] : tensors) tensor.dtype = DType::Float16;
    put(tensors, "head.weight", {3, 512}, DType::Float16);
    put(tensors, "epoch", {}, DType::Int64);
    VERIFY_TRUNK(tensors);
    for (auto& [name, tensor] : tensors) tensor.dtype = DType::BFloat16;
    VERIFY_TRUNK(tensors);
    for (auto& [name, tensor] : tensors) tensor.dtype = DType::Float64;
    VERIFY_TRUNK(tensors);
    // Each layer wrapped for itself.
    VERIFY_TRUNK(renamed(tensors, [](std::string name) {
        const std::size_t dot = name.rfind('.');
        return dot == std::string::npos ? name : name.substr(0, dot) + "._checkpoint_wrapped_module" + name.substr(dot);
    }));
}

void TrunkMatchTest::whatBelongsToAHeadIsNoOtherNetwork() {
    Tensors whole = torchvision(kVgg16);
    for (const auto& [name, shape] : std::map<std::string, Shape>{{"classifier.0.weight", {4096, 25088}},
                                                                  {"classifier.6.weight", {7, 4096}},
                                                                  {"classifier.1.running_mean", {4096}},
                                                                  {"head.0.weight", {256, 512, 3, 3}},
                                                                  {"head.1.running_mean", {256}},
                                                                  {"head.1.num_batches_tracked", {}},
                                                                  {"pre_logits.fc1.weight", {4096, 512, 7, 7}},
                                                                  {"features.30.weight", {10, 512, 1, 1}},
                                                                  {"features.31.weight", {1024, 512, 3, 3}},
                                                                  {"decoder.0.weight", {512, 512, 3, 3}},
                                                                  {"mean", {3}}}) {
        put(whole, name, shape);
        VERIFY_TRUNK(whole);
    }
    Tensors ofKeras = keras(kVgg16, keras2);
    put(ofKeras, "model_weights/fc1/fc1/kernel:0", {25088, 4096});
    put(ofKeras, "model_weights/predictions/predictions/kernel:0", {4096, 3});
    put(ofKeras, "model_weights/conv2d/conv2d/kernel:0", {3, 3, 512, 512});
    put(ofKeras, "model_weights/batch_normalization/batch_normalization/moving_mean:0", {512});
    put(ofKeras, "optimizer_weights/Adam/block1_conv1/kernel/m:0", {3, 3, 3, 64});
    put(ofKeras, "optimizer_weights/training/Adam/block3_conv4/kernel/m:0", {3, 3, 256, 256});
    VERIFY_TRUNK(ofKeras);
    Tensors inLine = keras(kVgg16, counted);
    put(inLine, "layers/conv2d_13/vars/0", {1, 1, 512, 64});
    put(inLine, "layers/dense/vars/0", {64, 10});
    VERIFY_TRUNK(inLine);
}

void TrunkMatchTest::layersBetweenAreAnotherNetwork() {
    Tensors norms = torchvision(kVgg16);
    for (const Conv& conv : convolutionsOf(kVgg16))
        put(norms, "norms." + std::to_string(conv.position) + ".running_mean", {conv.out});
    QCOMPARE(matchTrunk(norms, layoutOf("vgg16")).otherNetwork, std::string("VGG16 with batch normalisation"));

    Tensors ofKeras = keras(kVgg16, keras3);
    for (const Conv& conv : convolutionsOf(kVgg16))
        for (const char* number : {"0", "1", "2", "3"})
            put(ofKeras, "layers/batch_normalization_" + std::to_string(conv.position) + "/vars/" + number, {conv.out});
    QCOMPARE(matchTrunk(ofKeras, layoutOf("vgg16")).otherNetwork, std::string("VGG16 with batch normalisation"));

    Tensors activations = torchvision(kVgg16);
    put(activations, "features.1.weight", {64});  // a PReLU
    QCOMPARE(matchTrunk(activations, layoutOf("vgg16")).otherNetwork,
             std::string("VGG16 with other layers between its convolutions"));

    Tensors convolution = torchvision(kVgg16);
    put(convolution, "features.15.weight", {256, 256, 1, 1});
    QCOMPARE(matchTrunk(convolution, layoutOf("vgg16")).otherNetwork, std::string("a network with 14 convolutions"));
    QVERIFY(!matchTrunk(convolution, layoutOf("vgg16")).isTrunk());
}

void TrunkMatchTest::moreOfTheSameKindIsAnotherNetwork() {
    Tensors torch = torchvision(kVgg16);
    put(torch, "features.31.weight", {512, 512, 3, 3});
    QCOMPARE(matchTrunk(torch, layoutOf("vgg16")).otherNetwork, std::string("a VGG network with 14 convolutions"));
    Tensors ofKeras = keras(kVgg16, keras3);
    put(ofKeras, "layers/block5_conv4/vars/0", {3, 3, 512, 512});
    QVERIFY(!matchTrunk(ofKeras, layoutOf("vgg16")).isTrunk());
    Tensors early = keras(kVgg16, keras3);
    put(early, "layers/block1_conv3/vars/0", {3, 3, 64, 64});
    QCOMPARE(matchTrunk(early, layoutOf("vgg16")).otherNetwork, std::string("a network with 14 convolutions"));
    Tensors inLine = keras(kVgg16, counted);
    put(inLine, "layers/conv2d_13/vars/0", {3, 3, 512, 512});
    QCOMPARE(matchTrunk(inLine, layoutOf("vgg16")).otherNetwork, std::string("a VGG network with 14 convolutions"));
}

void TrunkMatchTest::oneWholeTrunkAmongOthers() {
    Tensors two = torchvision(kVgg16);
    put(two, "teacher.features.0.weight", {64, 3, 3, 3});
    VERIFY_TRUNK(two);
    two.merge(torchvision(kVgg16, false, "ema.features."));
    const TrunkMatch match = matchTrunk(two, layoutOf("vgg16"));
    QVERIFY(!match.isTrunk());
    QVERIFY(match.otherNetwork.empty());
    QCOMPARE(match.misshapen.size(), std::size_t{26});
    QCOMPARE(match.misshapen.front(),
             std::string("features.0.weight: both \"ema.features.0.weight\" and \"features.0.weight\" could be it"));
}

void TrunkMatchTest::damagedTrunkIsNoOtherNetwork() {
    Tensors tensors = torchvision(kVgg16);
    tensors.erase("features.28.bias");
    TrunkMatch match = matchTrunk(tensors, layoutOf("vgg16"));
    QCOMPARE(match.otherNetwork, std::string());
    QVERIFY(match.missing == std::vector<std::string>{"features.28.bias"});
    tensors = torchvision(kVgg16, false, "");
    tensors.erase("14.weight");
    match = matchTrunk(tensors, layoutOf("vgg16"));
    QCOMPARE(match.otherNetwork, std::string());
    QVERIFY(match.missing == std::vector<std::string>{"features.14.weight"});
    tensors = torchvision(kVgg16);
    tensors["features.0.weight"].shape = {64, 1, 3, 3};  // grey pictures
    match = matchTrunk(tensors, layoutOf("vgg16"));
    QCOMPARE(match.otherNetwork, std::string());
    QVERIFY(match.misshapen == std::vector<std::string>{"features.0.weight: expected 64x3x3x3, file has 64x1x3x3"});
    QVERIFY(!match.isTrunk());
    QVERIFY(matchTrunk({}, layoutOf("vgg16")).missing.size() == 26);
}

void TrunkMatchTest::otherNetworksByName_data() {
    QTest::addColumn<QStringList>("names");
    QTest::addColumn<QString>("network");
    const auto resNet = [](const std::vector<int>& counts, bool bottleneck) {
        QStringList names{"conv1.weight", "bn1.weight", "fc.weight"};
        for (int layer = 1; layer <= 4; ++layer)
            for (int block = 0; block < counts[static_cast<std::size_t>(layer - 1)]; ++block)
                for (int conv = 1; conv <= (bottleneck ? 3 : 2); ++conv)
                    names += QString("layer%1.%2.conv%3.weight").arg(layer).arg(block).arg(conv);
        return names;
    };
    QTest::newRow("resnet18") << resNet({2, 2, 2, 2}, false) << "ResNet-18";
    QTest::newRow("resnet34") << resNet({3, 4, 6, 3}, false) << "ResNet-34";
    QTest::newRow("resnet50") << resNet({3, 4, 6, 3}, true) << "ResNet-50";
    QTest::newRow("resnet101") << resNet({3, 4, 23, 3}, true) << "ResNet-101";
    QTest::newRow("resnet152") << resNet({3, 8, 36, 3}, true) << "ResNet-152";
    QTest::newRow("own resnet") << resNet({1, 1, 1, 1}, true) << "ResNet";
    QTest::newRow("wrapped") << resNet({2, 2, 2, 2}, false).replaceInStrings(QRegularExpression("^"), "module.backbone.")
                             << "ResNet-18";
    const auto row = [](const char* network, const QStringList& names) { QTest::newRow(network) << names << network; };
    row("an older ResNet of Keras or Caffe", {"res2a_branch2a/res2a_branch2a_W_1:0"});
    row("ResNet of Keras", {"conv2_block1_0_conv/conv2_block1_0_conv/kernel:0"});
    row("ResNet-101 of Keras", {"conv2_block1_0_conv/conv2_block1_0_conv/kernel:0", "conv4_block23_1_conv/vars/0"});
    row("ResNet-152 of Keras", {"conv2_block1_0_conv/conv2_block1_0_conv/kernel:0", "conv3_block8_1_conv/vars/0"});
    row("Inception-ResNet v2 of Keras", {"conv2d/vars/0", "conv_7b/vars/0"});
    row("NASNet of Keras", {"stem_conv1/vars/0"});
    row("ConvNeXt of Keras", {"layers/convnext_small_stage_0_block_0_depthwise_conv/vars/0"});
    row("DenseNet", {"features.conv0.weight", "features.denseblock1.denselayer1.conv1.weight"});
    row("SqueezeNet", {"features.0.weight", "features.3.squeeze.weight", "classifier.1.weight"});
    row("MobileNetV2", {"features.0.0.weight", "features.1.conv.0.0.weight", "classifier.1.weight"});
    row("MobileNetV3", {"features.0.0.weight", "features.1.block.0.0.weight", "classifier.0.weight"});
    row("EfficientNet", {"features.0.0.weight", "features.1.0.block.0.0.weight"});
    row("ConvNeXt", {"features.0.0.weight", "features.1.0.layer_scale", "features.1.0.block.0.weight"});
    row("Swin Transformer", {"features.0.0.weight", "features.1.0.attn.qkv.weight"});
    row("GoogLeNet", {"conv1.conv.weight", "inception3a.branch1.conv.weight"});
    row("Inception v3", {"Conv2d_1a_3x3.conv.weight", "Mixed_5b.branch1x1.conv.weight"});
    row("MobileNetV2 of Keras", {"Conv1/kernel:0", "block_1_expand/block_1_expand/kernel:0"});
    row("EfficientNet of Keras", {"stem_conv/stem_conv/kernel:0", "block1a_dwconv/block1a_dwconv/depthwise_kernel:0"});
    row("Xception of Keras", {"block1_conv1/kernel:0", "block2_sepconv1/block2_sepconv1/depthwise_kernel:0"});
    row("a vision transformer (ViT)", {"conv_proj.weight", "encoder.layers.encoder_layer_0.ln_1.weight"});
    row("BERT, a language model", {"bert.encoder.layer.0.attention.self.query.weight"});
    row("GPT-2, a language model", {"transformer.h.0.attn.c_attn.weight"});
    row("", {"somebody.own.weight", "0.weight", "classifier.weight"});
}

void TrunkMatchTest::otherNetworksByName() {
    QFETCH(QStringList, names);
    QFETCH(QString, network);
    Tensors tensors;
    for (const QString& name : names) put(tensors, name.toStdString(), {64, 64, 1, 1});
    const TrunkMatch match = matchTrunk(tensors, layoutOf("vgg16"));
    QCOMPARE(QString::fromStdString(match.otherNetwork), network);
    QVERIFY(!match.isTrunk());
    if (!network.startsWith("ResNet-50")) return;
    put(tensors, "layer1.0.conv2.weight", {128, 4, 3, 3});
    if (match.otherNetwork == "ResNet-50")
        QCOMPARE(matchTrunk(tensors, layoutOf("vgg16")).otherNetwork, std::string("ResNeXt-50"));
    put(tensors, "layer1.0.conv2.weight", {128, 128, 3, 3});
    if (match.otherNetwork == "ResNet-50")
        QCOMPARE(matchTrunk(tensors, layoutOf("vgg16")).otherNetwork, std::string("Wide ResNet-50"));
}

void TrunkMatchTest::hostileNames() {
    Tensors tensors;
    for (const char* name : {"",
                             ".",
                             "..",
                             "/",
                             "0",
                             "0.",
                             ".0",
                             "0.weight",
                             "99999.weight",
                             "-1.weight",
                             "block.weight",
                             "block1_conv",
                             "block_conv1.weight",
                             "conv1_.weight",
                             "conv_1.weight",
                             "block99_conv999/kernel",
                             "vars/0",
                             "0/vars/0",
                             "conv2d_/kernel",
                             "Conv_x.kernel",
                             "slice.0.weight",
                             "slicex.0.weight",
                             "module",
                             "module.module",
                             "module.weight",
                             "module.0.weight",
                             "conv2d:0/kernel:0",
                             "features.0.weight:0",
                             "conv9_99.weight"})
        put(tensors, name, {1, 1, 1, 1});
    put(tensors, std::string(600, 'x') + ".0.weight", {64, 3, 3, 3});
    put(tensors, "features.2.weight", {});
    put(tensors, "features.5.weight", Shape(30, 1));
    const TrunkMatch match = matchTrunk(tensors, layoutOf("vgg16"));
    QVERIFY(!match.isTrunk());
    QVERIFY(match.found.empty());
}

QTEST_GUILESS_MAIN(TrunkMatchTest)
#include "tst_trunk_match.moc"
