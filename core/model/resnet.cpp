// He et al. 2015: "Deep residual learning for image recognition". The stride of a bottleneck stands in its 3x3 convolution, as in
// torchvision; Keras's and Caffe's ResNet-50 have it in the first 1x1: another network with the same shapes. That of Keras, whose
// convolutions have biases, stands below.
#include "core/model/families.h"

namespace thaw::core {
namespace {

constexpr int kExpansion = 4;  // of a bottleneck

Wire normed(GraphBuilder& graph, Wire input, const std::string& conv, const std::string& norm, int channels, int kernel,
            int stride = 1) {
    ConvOptions options;
    options.stride = stride;
    return graph.batchNorm(graph.conv(input, conv, channels, kernel, options), norm);
}

void drawBlock(GraphBuilder& graph, const std::string& path, int width, int stride, bool bottleneck) {
    graph.beginGroup(path);
    const Wire input = graph.beginStage(path);
    const int channels = bottleneck ? kExpansion * width : width;
    Wire wire =
        graph.relu(normed(graph, input, path + ".conv1", path + ".bn1", width, bottleneck ? 1 : 3, bottleneck ? 1 : stride));
    wire = normed(graph, wire, path + ".conv2", path + ".bn2", width, 3, bottleneck ? stride : 1);
    if (bottleneck) wire = normed(graph, graph.relu(wire), path + ".conv3", path + ".bn3", channels, 1);
    Wire skip = input;
    if (stride != 1 || graph.channels(input) != channels)
        skip = normed(graph, input, path + ".downsample.0", path + ".downsample.1", channels, 1, stride);
    graph.endStage(graph.relu(graph.add(wire, skip, path + ".sum")), /*cut=*/true);
    graph.endGroup();
}

void drawTrunk(GraphBuilder& graph, const std::vector<int>& blocks, bool bottleneck) {
    graph.beginGroup("stem");
    const Wire stem = graph.relu(normed(graph, graph.beginStage("stem"), "conv1", "bn1", 64, 7, 2));
    graph.endStage(graph.maxPool(stem, "maxpool", 3, {/*stride=*/2, /*padding=*/1}), /*cut=*/true);
    graph.endGroup();
    int width = 64;
    for (std::size_t layer = 0; layer < blocks.size(); ++layer, width *= 2) {
        const std::string path = "layer" + std::to_string(layer + 1);
        graph.beginGroup(path);
        for (int block = 0; block < blocks[layer]; ++block)
            drawBlock(graph, path + "." + std::to_string(block), width, layer > 0 && block == 0 ? 2 : 1, bottleneck);
        graph.endGroup();
    }
}

constexpr double kKerasEpsilon = 1.001e-5, kKerasMomentum = 0.01;

Wire normedOfKeras(GraphBuilder& graph, Wire input, const std::string& path, int channels, int kernel, int stride = 1) {
    ConvOptions options;
    options.stride = stride;
    options.bias = true;
    const Wire wire = graph.conv(input, path + "_conv", channels, kernel, options);
    return graph.batchNorm(wire, path + "_bn", kKerasEpsilon, kKerasMomentum);
}

void drawBlockOfKeras(GraphBuilder& graph, const std::string& path, int width, int stride) {
    graph.beginGroup(path);
    const Wire input = graph.beginStage(path);
    const int channels = kExpansion * width;
    Wire skip = input;
    if (graph.channels(input) != channels) skip = normedOfKeras(graph, input, path + "_0", channels, 1, stride);
    Wire wire = graph.relu(normedOfKeras(graph, input, path + "_1", width, 1, stride));
    wire = graph.relu(normedOfKeras(graph, wire, path + "_2", width, 3));
    wire = normedOfKeras(graph, wire, path + "_3", channels, 1);
    graph.endStage(graph.relu(graph.add(skip, wire, path + "_add")), /*cut=*/true);
    graph.endGroup();
}

void drawKeras50(GraphBuilder& graph) {
    constexpr int kBlocks[] = {3, 4, 6, 3};
    graph.beginGroup("conv1");
    const Wire stem = graph.relu(normedOfKeras(graph, graph.beginStage("conv1"), "conv1", 64, 7, 2));
    graph.endStage(graph.maxPool(stem, "pool1_pool", 3, {/*stride=*/2, /*padding=*/1}), /*cut=*/true);
    graph.endGroup();
    int width = 64, number = 2;
    for (const int blocks : kBlocks) {
        const std::string path = "conv" + std::to_string(number);
        graph.beginGroup(path);
        for (int block = 1; block <= blocks; ++block)
            drawBlockOfKeras(graph, path + "_block" + std::to_string(block), width, number > 2 && block == 1 ? 2 : 1);
        graph.endGroup();
        width *= 2;
        ++number;
    }
}

ModelDescription resNet50OfKeras() {
    ModelDescription model;
    model.name = "resnet50_keras";
    model.title = "ResNet-50 of Keras";
    model.family = "ResNet";
    model.keras = true;
    model.head = kLinearHead;
    model.scaling = Scaling::Caffe;
    model.drawTrunk = drawKeras50;
    model.drawClassifier = [](GraphBuilder& graph, int classes) { drawMeanClassifier(graph, classes, "predictions"); };
    model.presets = {{"conv5 thawed", {"conv5", "head"}},
                     {"Last block thawed", {"conv5_block3", "head"}},
                     {"conv4 and conv5 thawed", {"conv4", "conv5", "head"}}};
    return model;
}

}  // namespace

ModelDescription resNetModel(const std::string& name, const std::string& title, const std::vector<int>& blocks, bool bottleneck) {
    ModelDescription model;
    model.name = name;
    model.title = title;
    model.family = "ResNet";
    model.head = kLinearHead;
    model.drawTrunk = [blocks, bottleneck](GraphBuilder& graph) { drawTrunk(graph, blocks, bottleneck); };
    model.drawClassifier = [](GraphBuilder& graph, int classes) { drawMeanClassifier(graph, classes, "fc"); };
    model.torchvision = {"fc"};
    model.presets = {{"layer4 thawed", {"layer4", "head"}},
                     {"Last block thawed", {"layer4." + std::to_string(blocks.back() - 1), "head"}},
                     {"layer3 and layer4 thawed", {"layer3", "layer4", "head"}}};
    return model;
}

std::vector<ModelDescription> resNetFamily() {
    struct Row {
        const char *name, *title;
        std::vector<int> blocks;
        bool bottleneck;
        double top1;
    };
    const Row rows[] = {{"resnet18", "ResNet-18", {2, 2, 2, 2}, false, 0.69758},
                        {"resnet34", "ResNet-34", {3, 4, 6, 3}, false, 0.73314},
                        {"resnet50", "ResNet-50", {3, 4, 6, 3}, true, 0.76130},
                        {"resnet101", "ResNet-101", {3, 4, 23, 3}, true, 0.77374}};
    std::vector<ModelDescription> family;
    for (const Row& row : rows) {
        ModelDescription model = resNetModel(row.name, row.title, row.blocks, row.bottleneck);
        model.published = PublishedAccuracy{row.top1, "torchvision, IMAGENET1K_V1"};
        if (model.name == "resnet50") {
            model.builtIn = "resnet50-augnet-int8.safetensors";
            model.builtInTitle = "ResNet-50 without labels (AugNet, built in, 8 bit)";
            model.builtInNote =
                "Learned from ImageNet's pictures without their labels: weaker than weights that saw them. With a frozen trunk "
                "on "
                "CIFAR-10 at 96 pixels: 47.0 %, VGG16 74.8 %.";
            model.builtInWithoutLabels = true;
            model.licence = "MIT (as the package imgsim says)";
        }
        const bool fifty = model.name == "resnet50";
        family.push_back(std::move(model));
        if (fifty) family.push_back(resNet50OfKeras());
    }
    return family;
}

}  // namespace thaw::core
