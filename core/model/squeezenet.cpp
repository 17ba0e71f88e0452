// Iandola et al. 2016: "SqueezeNet: AlexNet-level accuracy with 50x fewer parameters and <0.5MB model size", version 1.1.
#include "core/model/families.h"

namespace thaw::core {
namespace {

void drawFire(GraphBuilder& graph, int index, int squeeze, int expand) {
    const std::string path = "features." + std::to_string(index);
    ConvOptions options;
    options.bias = true;
    graph.beginGroup(path);
    const Wire narrow = graph.relu(graph.conv(graph.beginStage(path), path + ".squeeze", squeeze, 1, options));
    const Wire one = graph.relu(graph.conv(narrow, path + ".expand1x1", expand, 1, options));
    const Wire three = graph.relu(graph.conv(narrow, path + ".expand3x3", expand, 3, options));
    graph.endStage(graph.concatenate({one, three}, path + ".join"), /*cut=*/true);
    graph.endGroup();
}

void drawPool(GraphBuilder& graph, int index) {
    PoolOptions options;
    options.stride = 2;
    options.ceil = true;
    const std::string path = "features." + std::to_string(index);
    graph.endStage(graph.maxPool(graph.beginStage(path), path, 3, options), /*cut=*/true);
}

void drawTrunk(GraphBuilder& graph) {
    ConvOptions options;
    options.stride = 2;
    options.padding = 0;
    options.bias = true;
    graph.beginGroup("stem");
    graph.endStage(graph.relu(graph.conv(graph.beginStage("features.0"), "features.0", 64, 3, options)));
    drawPool(graph, 2);
    graph.endGroup();
    graph.beginGroup("stage1");
    drawFire(graph, 3, 16, 64);
    drawFire(graph, 4, 16, 64);
    drawPool(graph, 5);
    graph.endGroup();
    graph.beginGroup("stage2");
    drawFire(graph, 6, 32, 128);
    drawFire(graph, 7, 32, 128);
    drawPool(graph, 8);
    graph.endGroup();
    graph.beginGroup("stage3");
    drawFire(graph, 9, 48, 192);
    drawFire(graph, 10, 48, 192);
    drawFire(graph, 11, 64, 256);
    drawFire(graph, 12, 64, 256);
    graph.endGroup();
}

void drawClassifier(GraphBuilder& graph, int classes) {
    ConvOptions options;
    options.bias = true;
    Wire wire = graph.dropout(graph.beginStage("classifier"), "classifier.0", 0.5);
    wire = graph.relu(graph.conv(wire, "classifier.1", classes, 1, options));
    graph.endStage(graph.plain(Op::Flatten, graph.adaptiveAveragePool(wire, "classifier.3", 1)));
}

}  // namespace

std::vector<ModelDescription> squeezeNetFamily() {
    ModelDescription model;
    model.name = "squeezenet1_1";
    model.title = "SqueezeNet 1.1";
    model.family = "SqueezeNet";
    model.input.least = 32;
    model.head = kLinearHead;
    model.drawTrunk = drawTrunk;
    model.drawClassifier = drawClassifier;
    model.torchvision = {"classifier", TorchvisionEnd::Pooling::None};
    model.presets = {{"Last two fires thawed", {"features.11", "features.12", "head"}}, {"stage3 thawed", {"stage3", "head"}}};
    model.published = PublishedAccuracy{0.58178, "torchvision, IMAGENET1K_V1"};
    model.builtIn = "squeezenet1_1-imagenet-int8.safetensors";
    model.builtInTitle = "SqueezeNet 1.1, ImageNet (built in, 8 bit)";
    model.builtInNote = "The authors' weights for Caffe, rounded to 8 bits, with their classifier.";
    model.builtInWhole = true;
    model.licence = "MIT (as the package ndf says)";
    return {model};
}

}  // namespace thaw::core
