// Szegedy et al. 2014: "Going deeper with convolutions" (GoogLeNet); 2015: "Rethinking the Inception architecture for computer
// vision" (Inception v3). The heads that helped their training half-way up are left out: files may hold them. Keras's Inception
// v3 has the same branches; its batch norms have no scale, and its average pooling does not count the padding.
#include "core/model/families.h"

namespace thaw::core {
namespace {

constexpr double kEpsilon = 0.001;  // of all batch norms
constexpr double kKerasMomentum = 0.01;

struct Shape {
    int height, width, stride = 1;
    bool padded = true;
};
constexpr Shape kOne{1, 1}, kThree{3, 3}, kFive{5, 5}, kRow7{1, 7}, kColumn7{7, 1}, kRow3{1, 3}, kColumn3{3, 1};
constexpr Shape kHalving{3, 3, 2, false}, kBare{3, 3, 1, false};

/// Whose names and norms the network has.
class Maker {
public:
    explicit Maker(bool keras) : m_keras(keras) {}
    bool isKeras() const { return m_keras; }
    /// Of a group or a stage.
    std::string path(const char* ofTorchvision, const char* ofKeras) const { return m_keras ? ofKeras : ofTorchvision; }
    /// A convolution with its norm. Keras counts them.
    Wire unit(GraphBuilder& graph, Wire input, const std::string& path, int channels, const Shape& shape) {
        ConvOptions options;
        options.stride = shape.stride;
        options.kernelWidth = shape.width;
        if (!shape.padded) options.padding = 0;
        const std::string number = m_units == 0 ? "" : "_" + std::to_string(m_units);
        ++m_units;
        const Wire wire = graph.conv(input, m_keras ? "conv2d" + number : path + ".conv", channels, shape.height, options);
        const Wire normed = m_keras
                                ? graph.batchNorm(wire, "batch_normalization" + number, kEpsilon, kKerasMomentum, /*scale=*/false)
                                : graph.batchNorm(wire, path + ".bn", kEpsilon);
        return graph.relu(normed);
    }

private:
    bool m_keras;
    int m_units = 0;
};

void stageOf(GraphBuilder& graph, Maker& maker, const std::string& path, int channels, const Shape& shape) {
    graph.beginGroup(path);
    graph.endStage(maker.unit(graph, graph.beginStage(path), path, channels, shape));
    graph.endGroup();
}

/// Branches of one block.
class Block {
public:
    Block(GraphBuilder& graph, Maker& maker, const std::string& path) : m_graph(graph), m_maker(maker), m_path(path) {
        graph.beginGroup(path);
        m_input = graph.beginStage(path);
    }
    Wire input() const { return m_input; }
    Wire unit(Wire from, const std::string& name, int channels, const Shape& shape) {
        return m_maker.unit(m_graph, from, m_path + "." + name, channels, shape);
    }
    Wire maxPool(int stride, int padding, bool ceil = false) {
        PoolOptions options;
        options.stride = stride;
        options.padding = padding;
        options.ceil = ceil;
        return m_graph.maxPool(m_input, m_path + ".pool", 3, options);
    }
    Wire averagePool() {
        PoolOptions options;
        options.stride = options.padding = 1;
        options.countsPadding = !m_maker.isKeras();
        return m_graph.averagePool(m_input, m_path + ".pool", 3, options);
    }
    Wire join(const std::vector<Wire>& wires, const std::string& name) { return m_graph.concatenate(wires, m_path + "." + name); }
    void end(const std::vector<Wire>& branches) {
        m_graph.endStage(join(branches, "join"), /*cut=*/true);
        m_graph.endGroup();
    }

private:
    GraphBuilder& m_graph;
    Maker& m_maker;
    std::string m_path;
    Wire m_input = kStageInput;
};

void drawPool(GraphBuilder& graph, const std::string& path, int kernel, bool ceil) {
    PoolOptions options;
    options.stride = 2;
    options.ceil = ceil;
    graph.endStage(graph.maxPool(graph.beginStage(path), path, kernel, options), /*cut=*/true);
}

struct GoogLeNetRow {
    const char* name;
    int one, reduced3, three, reduced5, five, pool;
};

void drawGoogLeNetBlock(GraphBuilder& graph, Maker& maker, const GoogLeNetRow& row) {
    Block block(graph, maker, std::string("inception") + row.name);
    const Wire one = block.unit(block.input(), "branch1", row.one, kOne);
    const Wire three = block.unit(block.unit(block.input(), "branch2.0", row.reduced3, kOne), "branch2.1", row.three, kThree);
    // The paper says 5x5; the published weights are 3x3.
    const Wire five = block.unit(block.unit(block.input(), "branch3.0", row.reduced5, kOne), "branch3.1", row.five, kThree);
    const Wire pool = block.unit(block.maxPool(1, 1, /*ceil=*/true), "branch4.1", row.pool, kOne);
    block.end({one, three, five, pool});
}

void drawGoogLeNet(GraphBuilder& graph) {
    Maker maker(/*keras=*/false);
    graph.beginGroup("stem");
    stageOf(graph, maker, "conv1", 64, {7, 7, 2});
    drawPool(graph, "maxpool1", 3, true);
    stageOf(graph, maker, "conv2", 64, kOne);
    stageOf(graph, maker, "conv3", 192, kThree);
    drawPool(graph, "maxpool2", 3, true);
    graph.endGroup();
    graph.beginGroup("inception3");
    drawGoogLeNetBlock(graph, maker, {"3a", 64, 96, 128, 16, 32, 32});
    drawGoogLeNetBlock(graph, maker, {"3b", 128, 128, 192, 32, 96, 64});
    drawPool(graph, "maxpool3", 3, true);
    graph.endGroup();
    graph.beginGroup("inception4");
    drawGoogLeNetBlock(graph, maker, {"4a", 192, 96, 208, 16, 48, 64});
    drawGoogLeNetBlock(graph, maker, {"4b", 160, 112, 224, 24, 64, 64});
    drawGoogLeNetBlock(graph, maker, {"4c", 128, 128, 256, 24, 64, 64});
    drawGoogLeNetBlock(graph, maker, {"4d", 112, 144, 288, 32, 64, 64});
    drawGoogLeNetBlock(graph, maker, {"4e", 256, 160, 320, 32, 128, 128});
    drawPool(graph, "maxpool4", 2, true);
    graph.endGroup();
    graph.beginGroup("inception5");
    drawGoogLeNetBlock(graph, maker, {"5a", 256, 160, 320, 32, 128, 128});
    drawGoogLeNetBlock(graph, maker, {"5b", 384, 192, 384, 48, 128, 128});
    graph.endGroup();
}

void drawBlockA(GraphBuilder& graph, Maker& maker, const std::string& path, int poolChannels) {
    Block block(graph, maker, path);
    const Wire one = block.unit(block.input(), "branch1x1", 64, kOne);
    const Wire five = block.unit(block.unit(block.input(), "branch5x5_1", 48, kOne), "branch5x5_2", 64, kFive);
    Wire twice = block.unit(block.unit(block.input(), "branch3x3dbl_1", 64, kOne), "branch3x3dbl_2", 96, kThree);
    twice = block.unit(twice, "branch3x3dbl_3", 96, kThree);
    const Wire pool = block.unit(block.averagePool(), "branch_pool", poolChannels, kOne);
    block.end({one, five, twice, pool});
}

void drawBlockB(GraphBuilder& graph, Maker& maker, const std::string& path) {
    Block block(graph, maker, path);
    const Wire three = block.unit(block.input(), "branch3x3", 384, kHalving);
    Wire twice = block.unit(block.unit(block.input(), "branch3x3dbl_1", 64, kOne), "branch3x3dbl_2", 96, kThree);
    twice = block.unit(twice, "branch3x3dbl_3", 96, kHalving);
    block.end({three, twice, block.maxPool(2, 0)});
}

void drawBlockC(GraphBuilder& graph, Maker& maker, const std::string& path, int width) {
    Block block(graph, maker, path);
    const Wire one = block.unit(block.input(), "branch1x1", 192, kOne);
    Wire seven = block.unit(block.unit(block.input(), "branch7x7_1", width, kOne), "branch7x7_2", width, kRow7);
    seven = block.unit(seven, "branch7x7_3", 192, kColumn7);
    Wire twice = block.unit(block.unit(block.input(), "branch7x7dbl_1", width, kOne), "branch7x7dbl_2", width, kColumn7);
    twice = block.unit(block.unit(twice, "branch7x7dbl_3", width, kRow7), "branch7x7dbl_4", width, kColumn7);
    twice = block.unit(twice, "branch7x7dbl_5", 192, kRow7);
    const Wire pool = block.unit(block.averagePool(), "branch_pool", 192, kOne);
    block.end({one, seven, twice, pool});
}

void drawBlockD(GraphBuilder& graph, Maker& maker, const std::string& path) {
    Block block(graph, maker, path);
    const Wire three = block.unit(block.unit(block.input(), "branch3x3_1", 192, kOne), "branch3x3_2", 320, kHalving);
    Wire seven = block.unit(block.unit(block.input(), "branch7x7x3_1", 192, kOne), "branch7x7x3_2", 192, kRow7);
    seven = block.unit(block.unit(seven, "branch7x7x3_3", 192, kColumn7), "branch7x7x3_4", 192, kHalving);
    block.end({three, seven, block.maxPool(2, 0)});
}

void drawBlockE(GraphBuilder& graph, Maker& maker, const std::string& path) {
    Block block(graph, maker, path);
    const Wire one = block.unit(block.input(), "branch1x1", 320, kOne);
    const Wire three = block.unit(block.input(), "branch3x3_1", 384, kOne);
    const Wire both = block.join(
        {block.unit(three, "branch3x3_2a", 384, kRow3), block.unit(three, "branch3x3_2b", 384, kColumn3)}, "branch3x3_join");
    const Wire twice = block.unit(block.unit(block.input(), "branch3x3dbl_1", 448, kOne), "branch3x3dbl_2", 384, kThree);
    const Wire bothTwice =
        block.join({block.unit(twice, "branch3x3dbl_3a", 384, kRow3), block.unit(twice, "branch3x3dbl_3b", 384, kColumn3)},
                   "branch3x3dbl_join");
    const Wire pool = block.unit(block.averagePool(), "branch_pool", 192, kOne);
    block.end({one, both, bothTwice, pool});
}

void drawInceptionV3(GraphBuilder& graph, bool keras) {
    Maker maker(keras);
    graph.beginGroup("stem");
    stageOf(graph, maker, maker.path("Conv2d_1a_3x3", "stem_1"), 32, kHalving);
    stageOf(graph, maker, maker.path("Conv2d_2a_3x3", "stem_2"), 32, kBare);
    stageOf(graph, maker, maker.path("Conv2d_2b_3x3", "stem_3"), 64, kThree);
    drawPool(graph, maker.path("maxpool1", "max_pooling2d"), 3, false);
    stageOf(graph, maker, maker.path("Conv2d_3b_1x1", "stem_4"), 80, {1, 1, 1, false});
    stageOf(graph, maker, maker.path("Conv2d_4a_3x3", "stem_5"), 192, kBare);
    drawPool(graph, maker.path("maxpool2", "max_pooling2d_1"), 3, false);
    graph.endGroup();
    graph.beginGroup(maker.path("Mixed_5", "mixed0-2"));
    drawBlockA(graph, maker, maker.path("Mixed_5b", "mixed0"), 32);
    drawBlockA(graph, maker, maker.path("Mixed_5c", "mixed1"), 64);
    drawBlockA(graph, maker, maker.path("Mixed_5d", "mixed2"), 64);
    graph.endGroup();
    graph.beginGroup(maker.path("Mixed_6", "mixed3-7"));
    drawBlockB(graph, maker, maker.path("Mixed_6a", "mixed3"));
    drawBlockC(graph, maker, maker.path("Mixed_6b", "mixed4"), 128);
    drawBlockC(graph, maker, maker.path("Mixed_6c", "mixed5"), 160);
    drawBlockC(graph, maker, maker.path("Mixed_6d", "mixed6"), 160);
    drawBlockC(graph, maker, maker.path("Mixed_6e", "mixed7"), 192);
    graph.endGroup();
    graph.beginGroup(maker.path("Mixed_7", "mixed8-10"));
    drawBlockD(graph, maker, maker.path("Mixed_7a", "mixed8"));
    drawBlockE(graph, maker, maker.path("Mixed_7b", "mixed9"));
    drawBlockE(graph, maker, maker.path("Mixed_7c", "mixed10"));
    graph.endGroup();
}

}  // namespace

std::vector<ModelDescription> inceptionFamily() {
    ModelDescription first;
    first.name = "googlenet";
    first.title = "GoogLeNet";
    first.family = "Inception";
    first.head = kLinearHead;
    first.scaling = Scaling::MinusOneToOne;
    first.drawTrunk = drawGoogLeNet;
    first.drawClassifier = [](GraphBuilder& graph, int classes) { drawMeanClassifier(graph, classes, "fc", "dropout", 0.2); };
    first.torchvision = {"fc", TorchvisionEnd::Pooling::Module, "aux_logits=False, init_weights=False"};
    first.presets = {{"inception5 thawed", {"inception5", "head"}},
                     {"Last block thawed", {"inception5b", "head"}},
                     {"inception4 and 5 thawed", {"inception4", "inception5", "head"}}};
    first.published = PublishedAccuracy{0.69778, "torchvision, IMAGENET1K_V1"};

    ModelDescription third = first;
    third.name = "inception_v3";
    third.title = "Inception v3";
    third.input.least = 75;
    third.input.usual = 299;
    third.input.suggested = 128;
    third.drawTrunk = [](GraphBuilder& graph) { drawInceptionV3(graph, /*keras=*/false); };
    third.drawClassifier = [](GraphBuilder& graph, int classes) { drawMeanClassifier(graph, classes, "fc", "dropout", 0.5); };
    third.presets = {{"Last two blocks thawed", {"Mixed_7b", "Mixed_7c", "head"}},
                     {"Mixed_7 thawed", {"Mixed_7", "head"}},
                     {"Mixed_6 and 7 thawed", {"Mixed_6", "Mixed_7", "head"}}};
    third.published = PublishedAccuracy{0.77294, "torchvision, IMAGENET1K_V1"};

    ModelDescription keras = third;
    keras.name = "inception_v3_keras";
    keras.title = "Inception v3 of Keras";
    keras.keras = true;
    keras.torchvision = {};
    keras.published = {};
    keras.drawTrunk = [](GraphBuilder& graph) { drawInceptionV3(graph, /*keras=*/true); };
    keras.drawClassifier = [](GraphBuilder& graph, int classes) { drawMeanClassifier(graph, classes, "predictions"); };
    keras.presets = {{"Last two blocks thawed", {"mixed9", "mixed10", "head"}},
                     {"mixed8 to mixed10 thawed", {"mixed8-10", "head"}},
                     {"mixed3 to mixed10 thawed", {"mixed3-7", "mixed8-10", "head"}}};
    return {first, third, keras};
}

}  // namespace thaw::core
