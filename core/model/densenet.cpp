// Huang et al. 2016: "Densely connected convolutional networks". Every dense layer is a stage: what flows on is all that the
// layers before it made.
#include "core/model/families.h"

namespace thaw::core {
namespace {

constexpr int kGrowth = 32, kBottleneck = 4 * kGrowth;
constexpr int kBlocks[] = {6, 12, 24, 16};

void drawDenseLayer(GraphBuilder& graph, const std::string& path, bool cut) {
    graph.beginGroup(path);
    const Wire input = graph.beginStage(path);
    Wire wire = graph.conv(graph.relu(graph.batchNorm(input, path + ".norm1")), path + ".conv1", kBottleneck, 1);
    wire = graph.conv(graph.relu(graph.batchNorm(wire, path + ".norm2")), path + ".conv2", kGrowth, 3);
    graph.endStage(graph.concatenate({input, wire}, path + ".join"), cut);
    graph.endGroup();
}

void drawTrunk(GraphBuilder& graph) {
    graph.beginGroup("stem");
    ConvOptions options;
    options.stride = 2;
    const Wire stem = graph.conv(graph.beginStage("stem"), "features.conv0", 64, 7, options);
    graph.endStage(
        graph.maxPool(graph.relu(graph.batchNorm(stem, "features.norm0")), "features.pool0", 3, {/*stride=*/2, /*padding=*/1}),
        /*cut=*/true);
    graph.endGroup();
    int number = 0;
    for (int layers : kBlocks) {
        const std::string block = "denseblock" + std::to_string(++number);
        graph.beginGroup(block);
        for (int i = 1; i <= layers; ++i)
            drawDenseLayer(graph, "features." + block + ".denselayer" + std::to_string(i), i == layers);
        graph.endGroup();
        if (number == 4) break;
        const std::string path = "features.transition" + std::to_string(number);
        graph.beginGroup(path);
        Wire wire = graph.relu(graph.batchNorm(graph.beginStage(path), path + ".norm"));
        wire = graph.conv(wire, path + ".conv", static_cast<int>(graph.channels(wire)) / 2, 1);
        graph.endStage(graph.averagePool(wire, path + ".pool", 2), /*cut=*/true);
        graph.endGroup();
    }
    graph.beginGroup("last");
    graph.endStage(graph.relu(graph.batchNorm(graph.beginStage("features.norm5"), "features.norm5")), /*cut=*/true);
    graph.endGroup();
}

}  // namespace

std::vector<ModelDescription> denseNetFamily() {
    ModelDescription model;
    model.name = "densenet121";
    model.title = "DenseNet-121";
    model.family = "DenseNet";
    model.head = kLinearHead;
    model.drawTrunk = drawTrunk;
    model.drawClassifier = [](GraphBuilder& graph, int classes) { drawMeanClassifier(graph, classes, "classifier"); };
    model.torchvision = {"classifier", TorchvisionEnd::Pooling::Always};
    model.presets = {{"denseblock4 thawed", {"denseblock4", "last", "head"}},
                     {"denseblock3 and 4 thawed", {"denseblock3", "features.transition3", "denseblock4", "last", "head"}}};
    model.published = PublishedAccuracy{0.74434, "torchvision, IMAGENET1K_V1"};
    return {model};
}

}  // namespace thaw::core
