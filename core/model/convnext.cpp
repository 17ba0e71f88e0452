// Liu et al. 2022: "A ConvNet for the 2020s".
#include "core/model/families.h"

namespace thaw::core {
namespace {

constexpr double kEpsilon = 1e-6;
constexpr int kWidths[] = {96, 192, 384, 768}, kDepths[] = {3, 3, 9, 3};

Wire normOfPlanes(GraphBuilder& graph, Wire wire, const std::string& path) {
    return graph.plain(Op::ChannelsFirst, graph.layerNorm(graph.plain(Op::ChannelsLast, wire), path, kEpsilon));
}

void drawBlock(GraphBuilder& graph, const std::string& path, int width) {
    graph.beginGroup(path);
    const Wire input = graph.beginStage(path);
    ConvOptions options;
    options.groups = width;
    options.bias = true;
    Wire wire = graph.plain(Op::ChannelsLast, graph.conv(input, path + ".block.0", width, 7, options));
    wire = graph.linear(graph.layerNorm(wire, path + ".block.2", kEpsilon), path + ".block.3", 4 * width);
    wire = graph.linear(graph.plain(Op::Gelu, wire), path + ".block.5", width);
    wire = graph.channelScale(graph.plain(Op::ChannelsFirst, wire), path + ".layer_scale");
    graph.endStage(graph.add(wire, input, path + ".sum"), /*cut=*/true);
    graph.endGroup();
}

void drawTrunk(GraphBuilder& graph) {
    for (int stage = 0; stage < 4; ++stage) {
        const std::string down = "features." + std::to_string(2 * stage), blocks = "features." + std::to_string(2 * stage + 1);
        ConvOptions options;
        options.stride = stage == 0 ? 4 : 2;
        options.padding = 0;
        options.bias = true;
        graph.beginGroup(stage == 0 ? "stem" : down);
        Wire wire = graph.beginStage(down);
        if (stage > 0) wire = normOfPlanes(graph, wire, down + ".0");
        wire = graph.conv(wire, down + (stage == 0 ? ".0" : ".1"), kWidths[stage], options.stride, options);
        if (stage == 0) wire = normOfPlanes(graph, wire, down + ".1");
        graph.endStage(wire, /*cut=*/true);
        graph.endGroup();
        graph.beginGroup(blocks);
        for (int i = 0; i < kDepths[stage]; ++i) drawBlock(graph, blocks + "." + std::to_string(i), kWidths[stage]);
        graph.endGroup();
    }
}

}  // namespace

std::vector<ModelDescription> convNextFamily() {
    ModelDescription model;
    model.name = "convnext_tiny";
    model.title = "ConvNeXt-Tiny";
    model.family = "ConvNeXt";
    model.head = kLinearHead;
    model.drawTrunk = drawTrunk;
    model.drawClassifier = [](GraphBuilder& graph, int classes) {
        const Wire mean = graph.adaptiveAveragePool(graph.beginStage("classifier"), "avgpool", 1);
        const Wire normed = normOfPlanes(graph, mean, "classifier.0");
        graph.endStage(graph.linear(graph.plain(Op::Flatten, normed), "classifier.2", classes));
    };
    model.torchvision = {"classifier"};
    model.presets = {{"Last stage thawed", {"features.7", "head"}},
                     {"Last block thawed", {"features.7.2", "head"}},
                     {"Last two stages thawed", {"features.5", "features.6", "features.7", "head"}}};
    model.published = PublishedAccuracy{0.82520, "torchvision, IMAGENET1K_V1"};
    return {model};
}

}  // namespace thaw::core
