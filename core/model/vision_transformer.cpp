// Dosovitskiy et al. 2020: "An image is worth 16x16 words: transformers for image recognition at scale".
#include "core/model/families.h"

namespace thaw::core {
namespace {

constexpr double kEpsilon = 1e-6;
constexpr int kPatch = 16, kWidth = 768, kLayers = 12, kHeads = 12, kHidden = 3072;

void drawLayer(GraphBuilder& graph, int index) {
    const std::string path = "encoder.layers.encoder_layer_" + std::to_string(index);
    graph.beginGroup(path);
    const Wire input = graph.beginStage(path);
    Wire wire = graph.attention(graph.layerNorm(input, path + ".ln_1", kEpsilon), path + ".self_attention", kHeads);
    const Wire middle = graph.add(wire, input, path + ".sum_1");
    wire = graph.linear(graph.layerNorm(middle, path + ".ln_2", kEpsilon), path + ".mlp.0", kHidden);
    wire = graph.linear(graph.plain(Op::Gelu, wire), path + ".mlp.3", kWidth);
    graph.endStage(graph.add(wire, middle, path + ".sum_2"), /*cut=*/true);
    graph.endGroup();
}

void drawTrunk(GraphBuilder& graph) {
    graph.beginGroup("embeddings");
    ConvOptions options;
    options.stride = kPatch;
    options.padding = 0;
    options.bias = true;
    const Wire patches =
        graph.plain(Op::ToTokens, graph.conv(graph.beginStage("embeddings"), "conv_proj", kWidth, kPatch, options));
    graph.endStage(graph.classToken(patches, "class_token", "encoder.pos_embedding"), /*cut=*/true);
    graph.endGroup();
    graph.beginGroup("encoder.layers");
    for (int i = 0; i < kLayers; ++i) drawLayer(graph, i);
    graph.endGroup();
    graph.beginGroup("last");
    graph.endStage(graph.plain(Op::FirstToken, graph.layerNorm(graph.beginStage("encoder.ln"), "encoder.ln", kEpsilon)),
                   /*cut=*/true);
    graph.endGroup();
}

}  // namespace

std::vector<ModelDescription> visionTransformerFamily() {
    ModelDescription model;
    model.name = "vit_b_16";
    model.title = "ViT-B/16";
    model.family = "Vision transformer";
    model.input.step = kPatch;
    model.head = kLinearHead;
    model.drawTrunk = drawTrunk;
    model.drawClassifier = [](GraphBuilder& graph, int classes) {
        graph.endStage(graph.linear(graph.beginStage("classifier"), "heads.head", classes));
    };
    model.torchvision = {"heads", TorchvisionEnd::Pooling::None, "image_size=SIZE"};
    const std::string layer = "encoder.layers.encoder_layer_";
    model.presets = {{"Last two layers thawed", {layer + "10", layer + "11", "last", "head"}},
                     {"Last layer thawed", {layer + "11", "last", "head"}}};
    model.published = PublishedAccuracy{0.81072, "torchvision, IMAGENET1K_V1"};
    return {model};
}

}  // namespace thaw::core
