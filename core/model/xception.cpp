// Chollet 2017: "Xception: deep learning with depthwise separable convolutions", as Keras has it.
#include "core/model/families.h"

namespace thaw::core {
namespace {

constexpr double kEpsilon = 0.001, kMomentum = 0.01;

std::string blockPath(int number) { return "block" + std::to_string(number); }

Wire normed(GraphBuilder& graph, Wire input, const std::string& conv, const std::string& norm, int channels, int kernel,
            int stride) {
    ConvOptions options;
    options.stride = stride;
    options.padding = 0;
    return graph.batchNorm(graph.conv(input, conv, channels, kernel, options), norm, kEpsilon, kMomentum);
}

/// A convolution of each plane, then one of each pixel, without a norm between them.
Wire separable(GraphBuilder& graph, Wire input, const std::string& path, int channels) {
    ConvOptions options;
    options.groups = static_cast<int>(graph.channels(input));
    const Wire depthwise = graph.conv(input, path + ".depthwise", options.groups, 3, options);
    return graph.batchNorm(graph.conv(depthwise, path + ".pointwise", channels, 1), path + "_bn", kEpsilon, kMomentum);
}

/// TensorFlow's "same" padding of a 3x3 pooling with stride 2: the odd pixel is missing above and to the left.
Wire halved(GraphBuilder& graph, Wire input, const std::string& path) {
    const bool odd = graph.shape(input)[1] % 2 == 1;
    PoolOptions options;
    options.stride = 2;
    options.padding = odd ? 1 : 0;
    options.ceil = !odd;
    return graph.maxPool(input, path, 3, options);
}

void drawStem(GraphBuilder& graph) {
    graph.beginGroup("block1");
    Wire wire = graph.relu(normed(graph, graph.beginStage("block1"), "block1_conv1", "block1_conv1_bn", 32, 3, 2));
    wire = graph.relu(normed(graph, wire, "block1_conv2", "block1_conv2_bn", 64, 3, 1));
    graph.endStage(wire, /*cut=*/true);
    graph.endGroup();
}

/// Halves the sides. `skip`: how many of these there were before, by which Keras counts their convolutions.
void drawEntry(GraphBuilder& graph, int number, int skip, int inner, int channels) {
    const std::string path = blockPath(number), count = skip == 0 ? "" : "_" + std::to_string(skip);
    graph.beginGroup(path);
    const Wire input = graph.beginStage(path);
    const Wire residual = normed(graph, input, "conv2d" + count, "batch_normalization" + count, channels, 1, 2);
    Wire wire = separable(graph, number == 2 ? input : graph.relu(input), path + "_sepconv1", inner);
    wire = separable(graph, graph.relu(wire), path + "_sepconv2", channels);
    wire = halved(graph, wire, path + "_pool");
    graph.endStage(graph.add(wire, residual, path + ".sum"), /*cut=*/true);
    graph.endGroup();
}

void drawMiddle(GraphBuilder& graph, int number) {
    const std::string path = blockPath(number);
    graph.beginGroup(path);
    const Wire input = graph.beginStage(path);
    Wire wire = input;
    for (const char* part : {"_sepconv1", "_sepconv2", "_sepconv3"}) wire = separable(graph, graph.relu(wire), path + part, 728);
    graph.endStage(graph.add(wire, input, path + ".sum"), /*cut=*/true);
    graph.endGroup();
}

void drawTrunk(GraphBuilder& graph) {
    drawStem(graph);
    drawEntry(graph, 2, 0, 128, 128);
    drawEntry(graph, 3, 1, 256, 256);
    drawEntry(graph, 4, 2, 728, 728);
    for (int number = 5; number <= 12; ++number) drawMiddle(graph, number);
    drawEntry(graph, 13, 3, 728, 1024);
    graph.beginGroup("block14");
    Wire wire = graph.relu(separable(graph, graph.beginStage("block14"), "block14_sepconv1", 1536));
    graph.endStage(graph.relu(separable(graph, wire, "block14_sepconv2", 2048)), /*cut=*/true);
    graph.endGroup();
}

}  // namespace

std::vector<ModelDescription> xceptionFamily() {
    ModelDescription model;
    model.name = "xception_keras";
    model.title = "Xception of Keras";
    model.family = "Inception";
    model.keras = true;
    model.input = {/*least=*/71, /*greatest=*/512, /*step=*/1, /*usual=*/299, /*suggested=*/128};
    model.head = kLinearHead;
    model.scaling = Scaling::MinusOneToOne;
    model.drawTrunk = drawTrunk;
    model.drawClassifier = [](GraphBuilder& graph, int classes) { drawMeanClassifier(graph, classes, "predictions"); };
    model.presets = {{"Block 14 thawed", {"block14", "head"}},
                     {"Blocks 13 and 14 thawed", {"block13", "block14", "head"}},
                     {"Upper half thawed", {"block9", "block10", "block11", "block12", "block13", "block14", "head"}}};
    return {model};
}

}  // namespace thaw::core
