// Radford et al. 2019: "Language models are unsupervised multitask learners" (GPT-2), and smaller networks of its kind.
// Parameters have the names of transformers' GPT2Model, whose files hold the weights of dense layers as {inputs, units}.
#include "core/model/families.h"

#include <algorithm>

namespace thaw::core {
namespace {

constexpr double kEpsilon = 1e-5;
constexpr const char* kTable = "wte";

void drawEmbeddings(GraphBuilder& graph, const GptShape& shape) {
    graph.beginGroup("embeddings");
    const Wire wire = graph.tokenTable(graph.beginStage("embeddings"), kTable, shape.vocabulary, shape.width);
    graph.endStage(graph.addPlaces(wire, "wpe", shape.places));
    graph.endGroup();
}

void drawBlock(GraphBuilder& graph, const GptShape& shape, int index) {
    const std::string path = "h." + std::to_string(index);
    graph.beginGroup(path);
    const Wire input = graph.beginStage(path);
    Wire wire = graph.layerNorm(input, path + ".ln_1", kEpsilon);
    wire = graph.conv1d(wire, path + ".attn.c_attn", 3 * shape.width);
    wire = graph.mixTokensBefore(wire, path + ".attn", shape.heads);
    wire = graph.conv1d(wire, path + ".attn.c_proj", shape.width);
    const Wire middle = graph.add(wire, input, path + ".sum_1");
    wire = graph.layerNorm(middle, path + ".ln_2", kEpsilon);
    wire = graph.plain(Op::GeluTanh, graph.conv1d(wire, path + ".mlp.c_fc", 4 * shape.width));
    wire = graph.conv1d(wire, path + ".mlp.c_proj", shape.width);
    graph.endStage(graph.add(wire, middle, path + ".sum_2"));
    graph.endGroup();
}

}  // namespace

ModelDescription gptModel(const std::string& name, const std::string& title, const GptShape& shape) {
    ModelDescription model;
    model.name = name;
    model.title = title;
    model.family = "GPT";
    const int usual = std::min(128, shape.places);
    model.input = {/*least=*/8, /*greatest=*/shape.places, /*step=*/1, usual, /*suggested=*/usual, Modality::Texts};
    model.tokenizer = "gpt2";
    model.head = {/*hiddenUnits=*/512, /*dropout=*/0.5, /*hiddenLayers=*/1, HeadPooling::Average};
    model.drawTrunk = [shape](GraphBuilder& graph) {
        drawEmbeddings(graph, shape);
        for (int i = 0; i < shape.layers; ++i) drawBlock(graph, shape, i);
        graph.endStage(graph.layerNorm(graph.beginStage("ln_f"), "ln_f", kEpsilon));
    };
    model.drawContinuation = [shape](GraphBuilder& graph) {
        graph.endStage(graph.tokenScores(graph.beginStage("lm_head"), "lm_head", kTable, shape.vocabulary));
    };
    const std::string config = "(transformers.GPT2Config(vocab_size=" + std::to_string(shape.vocabulary) +
                               ", n_positions=" + std::to_string(shape.places) + ", n_embd=" + std::to_string(shape.width) +
                               ", n_layer=" + std::to_string(shape.layers) + ", n_head=" + std::to_string(shape.heads) + "))";
    model.transformers = {"GPT2Model" + config, "GPT2LMHeadModel" + config};
    std::vector<std::string> all{"ln_f", "head"};
    for (int i = shape.layers - 1; i >= 0; --i) all.push_back("h." + std::to_string(i));
    model.presets = {{"Last block thawed", {all[2], "ln_f", "head"}},
                     {"Last two blocks thawed", {all[3], all[2], "ln_f", "head"}},
                     {"All blocks thawed, tables frozen", all}};
    return model;
}

std::vector<ModelDescription> gptFamily() {
    ModelDescription small =
        gptModel("gpt-small", "Small GPT", {/*layers=*/4, /*width=*/256, /*heads=*/8, /*vocabulary=*/8192, /*places=*/128});
    small.tokenizer = "gpt-small";
    return {small, gptModel("gpt2", "GPT-2", {}), gptModel("distilgpt2", "DistilGPT-2", {/*layers=*/6})};
}

}  // namespace thaw::core
