// Devlin et al. 2018: "BERT: pre-training of deep bidirectional transformers for language understanding", and smaller networks of
// its kind. Parameters have the names of transformers' BertModel and DistilBertModel.
#include "core/model/families.h"

#include <algorithm>

namespace thaw::core {
namespace {

constexpr double kEpsilon = 1e-12;
constexpr int kParts = 2;

/// What transformers calls the parts of a layer.
struct LayerNames {
    const char *layers, *query, *key, *value, *mix, *mixed, *mixedNorm, *wide, *narrow, *lastNorm;
};
constexpr LayerNames kBertNames{
    "encoder.layer.",  ".attention.self.query",   ".attention.self.key",         ".attention.self.value",
    ".attention.self", ".attention.output.dense", ".attention.output.LayerNorm", ".intermediate.dense",
    ".output.dense",   ".output.LayerNorm"};
constexpr LayerNames kDistilBertNames{"transformer.layer.", ".attention.q_lin",   ".attention.k_lin", ".attention.v_lin",
                                      ".attention",         ".attention.out_lin", ".sa_layer_norm",   ".ffn.lin1",
                                      ".ffn.lin2",          ".output_layer_norm"};

void drawEmbeddings(GraphBuilder& graph, const BertShape& shape) {
    graph.beginGroup("embeddings");
    Wire wire = graph.tokenTable(graph.beginStage("embeddings"), "embeddings.word_embeddings", shape.vocabulary, shape.width);
    if (!shape.distilled) wire = graph.addFirstRow(wire, "embeddings.token_type_embeddings", kParts);
    wire = graph.addPlaces(wire, "embeddings.position_embeddings", shape.places);
    graph.endStage(graph.layerNorm(wire, "embeddings.LayerNorm", kEpsilon));
    graph.endGroup();
}

void drawLayer(GraphBuilder& graph, const BertShape& shape, int index) {
    const LayerNames& names = shape.distilled ? kDistilBertNames : kBertNames;
    const std::string path = names.layers + std::to_string(index);
    graph.beginGroup(path);
    const Wire input = graph.beginStage(path);
    const Wire query = graph.linear(input, path + names.query, shape.width),
               key = graph.linear(input, path + names.key, shape.width),
               value = graph.linear(input, path + names.value, shape.width);
    Wire wire = graph.mixTokens(query, key, value, path + names.mix, shape.heads);
    wire = graph.linear(wire, path + names.mixed, shape.width);
    const Wire middle = graph.layerNorm(graph.add(wire, input, path + ".sum_1"), path + names.mixedNorm, kEpsilon);
    wire = graph.plain(Op::Gelu, graph.linear(middle, path + names.wide, shape.hidden));
    wire = graph.linear(wire, path + names.narrow, shape.width);
    graph.endStage(graph.layerNorm(graph.add(wire, middle, path + ".sum_2"), path + names.lastNorm, kEpsilon));
    graph.endGroup();
}

std::string transformersOf(const BertShape& shape) {
    const auto number = [](int value) { return std::to_string(value); };
    const std::string common = "vocab_size=" + number(shape.vocabulary) + ", max_position_embeddings=" + number(shape.places);
    if (shape.distilled)
        return "DistilBertModel(transformers.DistilBertConfig(" + common + ", dim=" + number(shape.width) +
               ", n_layers=" + number(shape.layers) + ", n_heads=" + number(shape.heads) +
               ", hidden_dim=" + number(shape.hidden) + "))";
    return "BertModel(transformers.BertConfig(" + common + ", hidden_size=" + number(shape.width) +
           ", num_hidden_layers=" + number(shape.layers) + ", num_attention_heads=" + number(shape.heads) +
           ", intermediate_size=" + number(shape.hidden) + "), add_pooling_layer=False)";
}

}  // namespace

ModelDescription bertModel(const std::string& name, const std::string& title, const BertShape& shape) {
    ModelDescription model;
    model.name = name;
    model.title = title;
    model.family = "BERT";
    const int usual = std::min(128, shape.places);
    model.input = {/*least=*/8, /*greatest=*/shape.places, /*step=*/1, usual, /*suggested=*/usual, Modality::Texts};
    model.tokenizer = "minilm";  // the vocabulary of BERT in lower case
    model.head = {/*hiddenUnits=*/512, /*dropout=*/0.5, /*hiddenLayers=*/1, HeadPooling::Average};
    model.drawTrunk = [shape](GraphBuilder& graph) {
        drawEmbeddings(graph, shape);
        for (int i = 0; i < shape.layers; ++i) drawLayer(graph, shape, i);
    };
    model.transformers.trunk = transformersOf(shape);
    const std::string layer = (shape.distilled ? kDistilBertNames : kBertNames).layers;
    std::vector<std::string> all{"head"};
    for (int i = shape.layers - 1; i >= 0; --i) all.push_back(layer + std::to_string(i));
    model.presets = {{"Last layer thawed", {all[1], "head"}},
                     {"Last two layers thawed", {all[2], all[1], "head"}},
                     {"All layers thawed, tables frozen", all}};
    return model;
}

std::vector<ModelDescription> bertFamily() {
    ModelDescription miniLm = bertModel("minilm", "MiniLM-L6", {/*layers=*/6, /*width=*/384, /*heads=*/12, /*hidden=*/1536});
    miniLm.builtIn = "minilm-sentences-int8.safetensors";
    miniLm.builtInTitle = "MiniLM-L6, sentences (built in, 8 bit)";
    miniLm.builtInNote = "all-MiniLM-L6-v2 learned to put sentences of one meaning close together.";
    miniLm.licence = "MIT";
    return {miniLm, bertModel("bert-base-uncased", "BERT base", {12, 768, 12, 3072}),
            bertModel("distilbert-base-uncased", "DistilBERT base", {6, 768, 12, 3072, /*distilled=*/true})};
}

}  // namespace thaw::core
