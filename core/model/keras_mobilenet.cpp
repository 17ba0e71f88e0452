// Keras's MobileNetV2, which pads as TensorFlow does, and its first MobileNet (Howard et al. 2017: "MobileNets: efficient
// convolutional neural networks for mobile vision applications").
#include "core/model/families.h"
#include "core/model/inverted_residual.h"

namespace thaw::core {
namespace {

constexpr double kEpsilon = 0.001, kMomentum1 = 0.01, kMomentum2 = 0.001;

Wire unit(GraphBuilder& graph, Wire input, const std::string& conv, const std::string& norm, int channels, int kernel, int stride,
          bool depthwise, double momentum) {
    ConvOptions options;
    options.stride = stride;
    options.groups = depthwise ? channels : 1;
    options.same = true;
    const Wire wire = graph.conv(input, conv, channels, kernel, options);
    return graph.plain(Op::Relu6, graph.batchNorm(wire, norm, kEpsilon, momentum));
}

void stageOf(GraphBuilder& graph, const std::string& path, const std::string& conv, const std::string& norm, int channels,
             int kernel, int stride, double momentum) {
    graph.beginGroup(path);
    graph.endStage(unit(graph, graph.beginStage(path), conv, norm, channels, kernel, stride, false, momentum), /*cut=*/true);
    graph.endGroup();
}

void drawFirst(GraphBuilder& graph) {
    struct Row {
        int channels, stride;
    };
    constexpr Row kRows[] = {{64, 1},  {128, 2}, {128, 1}, {256, 2}, {256, 1},  {512, 2}, {512, 1},
                             {512, 1}, {512, 1}, {512, 1}, {512, 1}, {1024, 2}, {1024, 1}};
    stageOf(graph, "stem", "conv1", "conv1_bn", 32, 3, 2, kMomentum1);
    int number = 0, from = 32;
    for (const Row& row : kRows) {
        const std::string index = std::to_string(++number), path = "block" + index;
        const std::string depth = "conv_dw_" + index, point = "conv_pw_" + index;
        graph.beginGroup(path);
        Wire wire = graph.beginStage(path);
        wire = unit(graph, wire, depth, depth + "_bn", from, 3, row.stride, true, kMomentum1);
        wire = unit(graph, wire, point, point + "_bn", row.channels, 1, 1, false, kMomentum1);
        graph.endStage(wire, /*cut=*/true);
        graph.endGroup();
        from = row.channels;
    }
}

/// Its last layer is a convolution of the means.
void drawClassifierOfFirst(GraphBuilder& graph, int classes) {
    ConvOptions options;
    options.bias = true;
    Wire wire = graph.adaptiveAveragePool(graph.beginStage("classifier"), "global_average_pooling2d", 1);
    wire = graph.conv(graph.dropout(wire, "dropout", 0.001), "conv_preds", classes, 1, options);
    graph.endStage(graph.plain(Op::Flatten, wire));
}

void drawV2(GraphBuilder& graph) {
    stageOf(graph, "stem", "Conv1", "bn_Conv1", 32, 3, 2, kMomentum2);
    int index = 0, from = 32, stage = 0;
    for (const MobileNetV2Row& row : kMobileNetV2Rows) {
        graph.beginGroup("stage" + std::to_string(++stage));
        for (int i = 0; i < row.repeats; ++i, ++index) {
            InvertedResidual block;
            block.path = index == 0 ? "expanded_conv" : "block_" + std::to_string(index);
            if (row.expansion > 1) {
                block.expand = block.path + "_expand";
                block.expandNorm = block.path + "_expand_BN";
            }
            block.depthwise = block.path + "_depthwise";
            block.depthwiseNorm = block.path + "_depthwise_BN";
            block.project = block.path + "_project";
            block.projectNorm = block.path + "_project_BN";
            block.expanded = from * row.expansion;
            block.channels = from = row.channels;
            block.stride = i == 0 ? row.stride : 1;
            block.epsilon = kEpsilon;
            block.momentum = kMomentum2;
            block.same = true;
            drawInvertedResidual(graph, block);
        }
        graph.endGroup();
    }
    stageOf(graph, "last", "Conv_1", "Conv_1_bn", 1280, 1, 1, kMomentum2);
}

}  // namespace

std::vector<ModelDescription> kerasMobileNetFamily() {
    ModelDescription second;
    second.name = "mobilenet_v2_keras";
    second.title = "MobileNetV2 of Keras";
    second.family = "MobileNet";
    second.keras = true;
    second.head = kLinearHead;
    second.scaling = Scaling::MinusOneToOne;
    second.drawTrunk = drawV2;
    second.drawClassifier = [](GraphBuilder& graph, int classes) { drawMeanClassifier(graph, classes, "predictions"); };
    second.presets = {{"Last stages thawed", {"stage7", "last", "head"}},
                      {"Upper third thawed", {"stage5", "stage6", "stage7", "last", "head"}}};

    ModelDescription first = second;
    first.name = "mobilenet_keras";
    first.title = "MobileNet of Keras";
    first.input.step = 32;  // elsewhere its padding is not TensorFlow's "same": one pixel below and to the right
    first.drawTrunk = drawFirst;
    first.drawClassifier = drawClassifierOfFirst;
    first.presets = {{"Blocks 12 and 13 thawed", {"block12", "block13", "head"}},
                     {"Upper half thawed", {"block7", "block8", "block9", "block10", "block11", "block12", "block13", "head"}}};
    return {second, first};
}

}  // namespace thaw::core
