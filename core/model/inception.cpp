// Szegedy et al. 2014: "Going deeper with convolutions" (GoogLeNet); 2015: "Rethinking the Inception architecture for computer
// vision" (Inception v3). The heads that helped their training half-way up are left out: files may hold them.
#include "core/model/families.h"

namespace thaw::core {
namespace {

constexpr double kEpsilon = 0.001;  // of all batch norms of both

struct Shape {
    int height, width, stride = 1;
    bool padded = true;
};
constexpr Shape kOne{1, 1}, kThree{3, 3}, kFive{5, 5}, kRow7{1, 7}, kColumn7{7, 1}, kRow3{1, 3}, kColumn3{3, 1};
constexpr Shape kHalving{3, 3, 2, false}, kBare{3, 3, 1, false};

Wire unit(GraphBuilder& graph, Wire input, const std::string& path, int channels, const Shape& shape) {
    ConvOptions options;
    options.stride = shape.stride;
    options.kernelWidth = shape.width;
    if (!shape.padded) options.padding = 0;
    const Wire wire = graph.conv(input, path + ".conv", channels, shape.height, options);
    return graph.relu(graph.batchNorm(wire, path + ".bn", kEpsilon));
}

void stageOf(GraphBuilder& graph, const std::string& path, int channels, const Shape& shape) {
    graph.beginGroup(path);
    graph.endStage(unit(graph, graph.beginStage(path), path, channels, shape));
    graph.endGroup();
}

/// Branches of one block.
class Block {
public:
    Block(GraphBuilder& graph, const std::string& path) : m_graph(graph), m_path(path) {
        graph.beginGroup(path);
        m_input = graph.beginStage(path);
    }
    Wire input() const { return m_input; }
    Wire unit(Wire from, const std::string& name, int channels, const Shape& shape) {
        return core::unit(m_graph, from, m_path + "." + name, channels, shape);
    }
    Wire maxPool(int stride, int padding, bool ceil = false) {
        PoolOptions options;
        options.stride = stride;
        options.padding = padding;
        options.ceil = ceil;
        return m_graph.maxPool(m_input, m_path + ".pool", 3, options);
    }
    Wire averagePool() { return m_graph.averagePool(m_input, m_path + ".pool", 3, {/*stride=*/1, /*padding=*/1}); }
    Wire join(const std::vector<Wire>& wires, const std::string& name) { return m_graph.concatenate(wires, m_path + "." + name); }
    void end(const std::vector<Wire>& branches) {
        m_graph.endStage(join(branches, "join"), /*cut=*/true);
        m_graph.endGroup();
    }

private:
    GraphBuilder& m_graph;
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

void drawGoogLeNetBlock(GraphBuilder& graph, const GoogLeNetRow& row) {
    Block block(graph, std::string("inception") + row.name);
    const Wire one = block.unit(block.input(), "branch1", row.one, kOne);
    const Wire three = block.unit(block.unit(block.input(), "branch2.0", row.reduced3, kOne), "branch2.1", row.three, kThree);
    // The paper says 5x5; the published weights are 3x3.
    const Wire five = block.unit(block.unit(block.input(), "branch3.0", row.reduced5, kOne), "branch3.1", row.five, kThree);
    const Wire pool = block.unit(block.maxPool(1, 1, /*ceil=*/true), "branch4.1", row.pool, kOne);
    block.end({one, three, five, pool});
}

void drawGoogLeNet(GraphBuilder& graph) {
    graph.beginGroup("stem");
    stageOf(graph, "conv1", 64, {7, 7, 2});
    drawPool(graph, "maxpool1", 3, true);
    stageOf(graph, "conv2", 64, kOne);
    stageOf(graph, "conv3", 192, kThree);
    drawPool(graph, "maxpool2", 3, true);
    graph.endGroup();
    graph.beginGroup("inception3");
    drawGoogLeNetBlock(graph, {"3a", 64, 96, 128, 16, 32, 32});
    drawGoogLeNetBlock(graph, {"3b", 128, 128, 192, 32, 96, 64});
    drawPool(graph, "maxpool3", 3, true);
    graph.endGroup();
    graph.beginGroup("inception4");
    drawGoogLeNetBlock(graph, {"4a", 192, 96, 208, 16, 48, 64});
    drawGoogLeNetBlock(graph, {"4b", 160, 112, 224, 24, 64, 64});
    drawGoogLeNetBlock(graph, {"4c", 128, 128, 256, 24, 64, 64});
    drawGoogLeNetBlock(graph, {"4d", 112, 144, 288, 32, 64, 64});
    drawGoogLeNetBlock(graph, {"4e", 256, 160, 320, 32, 128, 128});
    drawPool(graph, "maxpool4", 2, true);
    graph.endGroup();
    graph.beginGroup("inception5");
    drawGoogLeNetBlock(graph, {"5a", 256, 160, 320, 32, 128, 128});
    drawGoogLeNetBlock(graph, {"5b", 384, 192, 384, 48, 128, 128});
    graph.endGroup();
}

void drawBlockA(GraphBuilder& graph, const std::string& path, int poolChannels) {
    Block block(graph, path);
    const Wire one = block.unit(block.input(), "branch1x1", 64, kOne);
    const Wire five = block.unit(block.unit(block.input(), "branch5x5_1", 48, kOne), "branch5x5_2", 64, kFive);
    Wire twice = block.unit(block.unit(block.input(), "branch3x3dbl_1", 64, kOne), "branch3x3dbl_2", 96, kThree);
    twice = block.unit(twice, "branch3x3dbl_3", 96, kThree);
    const Wire pool = block.unit(block.averagePool(), "branch_pool", poolChannels, kOne);
    block.end({one, five, twice, pool});
}

void drawBlockB(GraphBuilder& graph, const std::string& path) {
    Block block(graph, path);
    const Wire three = block.unit(block.input(), "branch3x3", 384, kHalving);
    Wire twice = block.unit(block.unit(block.input(), "branch3x3dbl_1", 64, kOne), "branch3x3dbl_2", 96, kThree);
    twice = block.unit(twice, "branch3x3dbl_3", 96, kHalving);
    block.end({three, twice, block.maxPool(2, 0)});
}

void drawBlockC(GraphBuilder& graph, const std::string& path, int width) {
    Block block(graph, path);
    const Wire one = block.unit(block.input(), "branch1x1", 192, kOne);
    Wire seven = block.unit(block.unit(block.input(), "branch7x7_1", width, kOne), "branch7x7_2", width, kRow7);
    seven = block.unit(seven, "branch7x7_3", 192, kColumn7);
    Wire twice = block.unit(block.unit(block.input(), "branch7x7dbl_1", width, kOne), "branch7x7dbl_2", width, kColumn7);
    twice = block.unit(block.unit(twice, "branch7x7dbl_3", width, kRow7), "branch7x7dbl_4", width, kColumn7);
    twice = block.unit(twice, "branch7x7dbl_5", 192, kRow7);
    const Wire pool = block.unit(block.averagePool(), "branch_pool", 192, kOne);
    block.end({one, seven, twice, pool});
}

void drawBlockD(GraphBuilder& graph, const std::string& path) {
    Block block(graph, path);
    const Wire three = block.unit(block.unit(block.input(), "branch3x3_1", 192, kOne), "branch3x3_2", 320, kHalving);
    Wire seven = block.unit(block.unit(block.input(), "branch7x7x3_1", 192, kOne), "branch7x7x3_2", 192, kRow7);
    seven = block.unit(block.unit(seven, "branch7x7x3_3", 192, kColumn7), "branch7x7x3_4", 192, kHalving);
    block.end({three, seven, block.maxPool(2, 0)});
}

void drawBlockE(GraphBuilder& graph, const std::string& path) {
    Block block(graph, path);
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

void drawInceptionV3(GraphBuilder& graph) {
    graph.beginGroup("stem");
    stageOf(graph, "Conv2d_1a_3x3", 32, kHalving);
    stageOf(graph, "Conv2d_2a_3x3", 32, kBare);
    stageOf(graph, "Conv2d_2b_3x3", 64, kThree);
    drawPool(graph, "maxpool1", 3, false);
    stageOf(graph, "Conv2d_3b_1x1", 80, {1, 1, 1, false});
    stageOf(graph, "Conv2d_4a_3x3", 192, kBare);
    drawPool(graph, "maxpool2", 3, false);
    graph.endGroup();
    graph.beginGroup("Mixed_5");
    drawBlockA(graph, "Mixed_5b", 32);
    drawBlockA(graph, "Mixed_5c", 64);
    drawBlockA(graph, "Mixed_5d", 64);
    graph.endGroup();
    graph.beginGroup("Mixed_6");
    drawBlockB(graph, "Mixed_6a");
    drawBlockC(graph, "Mixed_6b", 128);
    drawBlockC(graph, "Mixed_6c", 160);
    drawBlockC(graph, "Mixed_6d", 160);
    drawBlockC(graph, "Mixed_6e", 192);
    graph.endGroup();
    graph.beginGroup("Mixed_7");
    drawBlockD(graph, "Mixed_7a");
    drawBlockE(graph, "Mixed_7b");
    drawBlockE(graph, "Mixed_7c");
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
    third.drawTrunk = drawInceptionV3;
    third.drawClassifier = [](GraphBuilder& graph, int classes) { drawMeanClassifier(graph, classes, "fc", "dropout", 0.5); };
    third.presets = {{"Last two blocks thawed", {"Mixed_7b", "Mixed_7c", "head"}},
                     {"Mixed_7 thawed", {"Mixed_7", "head"}},
                     {"Mixed_6 and 7 thawed", {"Mixed_6", "Mixed_7", "head"}}};
    third.published = PublishedAccuracy{0.77294, "torchvision, IMAGENET1K_V1"};
    return {first, third};
}

}  // namespace thaw::core
