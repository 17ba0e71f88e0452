#include "core/model/zoo.h"

#include <algorithm>
#include <list>
#include <utility>

#include "core/api/errors.h"
#include "core/model/families.h"

namespace thaw::core {
namespace {

std::list<ModelDescription>& models() {
    static std::list<ModelDescription> all = [] {
        std::list<ModelDescription> list;
        for (const auto& family : {vggFamily, alexNetFamily, squeezeNetFamily, resNetFamily, inceptionFamily, xceptionFamily,
                                   mobileNetFamily, kerasMobileNetFamily, efficientNetFamily, denseNetFamily, convNextFamily,
                                   visionTransformerFamily, bertFamily, gptFamily})
            for (ModelDescription& model : family()) list.push_back(std::move(model));
        return list;
    }();
    return all;
}

ModelDescription* find(const std::string& name) {
    for (ModelDescription& model : models())
        if (model.name == name) return &model;
    return nullptr;
}

std::string sizesOf(const InputSpec& input) {
    std::string text = std::to_string(input.least);
    if (input.greatest > input.least) text += " to " + std::to_string(input.greatest);
    text += input.modality == Modality::Texts ? " tokens" : " pixels";
    if (input.step > 1 && input.greatest > input.least) text += ", a multiple of " + std::to_string(input.step);
    return text;
}

void checkSize(const ModelDescription& model, int size) {
    const InputSpec& input = model.input;
    const std::string hint = "Choose " + sizesOf(input) + ".";
    if (input.modality == Modality::Texts && (size < input.least || size > input.greatest))
        throw ConfigError(model.title + " cannot read texts of " + std::to_string(size) + " tokens.", hint);
    if (size < input.least)
        throw ConfigError("Pictures of " + std::to_string(size) + " pixels are too small for " + model.title + ".", hint);
    if (size > input.greatest || size % input.step != 0)
        throw ConfigError(model.title + " cannot take pictures of " + std::to_string(size) + " pixels.", hint);
}

GraphBuilder builderFor(const ModelDescription& model, int inputSize) {
    if (model.input.modality == Modality::Texts) return GraphBuilder({inputSize});
    return GraphBuilder({3, inputSize, inputSize});
}

std::vector<LayerPreset> presetsOf(const ModelDescription& model) {
    std::vector<LayerPreset> all{{"Head only", {"head"}}};
    all.insert(all.end(), model.presets.begin(), model.presets.end());
    all.push_back({"Everything thawed", {"all"}});
    return all;
}

std::vector<TensorSpec> tensorsOf(const Network& network, int end) {
    std::vector<TensorSpec> all;
    for (int stage = 0; stage < end; ++stage) {
        for (const GraphNode& node : network.stages[static_cast<std::size_t>(stage)].nodes) {
            all.insert(all.end(), node.parameters.begin(), node.parameters.end());
            all.insert(all.end(), node.buffers.begin(), node.buffers.end());
        }
    }
    return all;
}

/// Of a model that looks only backwards the last token has seen the whole text.
void drawTokenPooling(GraphBuilder& graph, const ModelDescription& model) {
    const Wire tokens = graph.beginStage("pooling");
    const Wire one = model.drawContinuation ? graph.lastToken(tokens, "pooling") : graph.meanToken(tokens, "pooling");
    graph.endStage(one, /*cut=*/true);
}

void drawHead(GraphBuilder& graph, const HeadConfig& head, int classCount) {
    graph.beginHead();
    graph.beginGroup("head");
    graph.endStage(graph.flatten(graph.beginStage("head.flatten"), "head.flatten", "flatten"));
    const auto dropout = [&](const std::string& name) {
        graph.endStage(graph.dropout(graph.beginStage("head." + name), "head." + name, head.dropout, name));
    };
    const auto dense = [&](int number, int units, bool relu) {
        const std::string name = "dense_" + std::to_string(number);
        Wire wire = graph.linear(graph.beginStage("head." + name), "head." + name, units, name);
        graph.endStage(relu ? graph.relu(wire) : wire);
    };
    for (int i = 0; i < head.hiddenLayers; ++i) {
        dense(i + 1, head.hiddenUnits, /*relu=*/true);
        dropout(i == 0 ? "dropout" : "dropout_" + std::to_string(i + 1));
    }
    if (head.hiddenLayers == 0) dropout("dropout");
    dense(head.hiddenLayers + 1, classCount, /*relu=*/false);
    graph.endGroup();
}

void drawContinuation(GraphBuilder& graph, const ModelDescription& model) {
    if (!model.drawContinuation)
        throw ConfigError(model.title + " cannot continue a text.", "Choose a model of the GPT family: gpt2, for example.");
    graph.beginHead();
    graph.beginGroup("head");
    model.drawContinuation(graph);
    graph.endGroup();
}

/// A text's tokens are all of one length, so that features are worth keeping behind each of its stages.
void cutEverywhere(ModelInfo& model) {
    for (int i = 0; i < model.headStage; ++i) model.stages[static_cast<std::size_t>(i)].cut = true;
}

}  // namespace

const ModelDescription& descriptionOf(const std::string& model) {
    if (const ModelDescription* found = find(model)) return *found;
    std::string names;
    for (const ModelDescription& known : models()) names += (names.empty() ? "" : ", ") + known.name;
    throw ConfigError("There is no model \"" + model + "\".", "Choose one of: " + names + ".");
}

std::vector<const ModelDescription*> allModels() {
    std::vector<const ModelDescription*> all;
    for (const ModelDescription& model : models()) all.push_back(&model);
    return all;
}

void addModel(ModelDescription model) {
    if (ModelDescription* known = find(model.name))
        *known = std::move(model);
    else
        models().push_back(std::move(model));
}

Network networkOf(const RunConfig& config, int classCount) {
    const bool continues = config.task == TaskKind::ContinueText;
    if (classCount < 2 && !continues)
        throw ConfigError("A model needs at least two classes.", "Choose a data set with two classes or more.");
    if (config.head.hiddenLayers > 0 && config.head.hiddenUnits < 1)
        throw ConfigError("The head needs at least one hidden unit.", "Choose 1 to 8192 units.");
    const ModelDescription& model = descriptionOf(config.model);
    checkSize(model, config.inputSize);
    GraphBuilder graph = builderFor(model, config.inputSize);
    model.drawTrunk(graph);
    const std::size_t dimensions = graph.shape(kStageInput).size();  // a vision transformer ends in one token
    if (config.head.pooling == HeadPooling::Average && dimensions == 3)
        graph.endStage(graph.adaptiveAveragePool(graph.beginStage("avgpool"), "avgpool", 1), /*cut=*/true);
    if (continues) {
        drawContinuation(graph, model);
    } else {
        if (dimensions == 2) drawTokenPooling(graph, model);
        drawHead(graph, config.head, classCount);
    }
    Network network = graph.take(model.title);
    if (continues) cutEverywhere(network.info);
    network.info.presets = presetsOf(model);
    network.info.task = config.task;
    return network;
}

Network publishedNetwork(const std::string& name, int inputSize, int classCount) {
    const ModelDescription& model = descriptionOf(name);
    if (!model.drawClassifier) throw ConfigError(model.title + " has no classifier of its own.");
    checkSize(model, inputSize);
    GraphBuilder graph = builderFor(model, inputSize);
    model.drawTrunk(graph);
    graph.beginHead();
    model.drawClassifier(graph, classCount);
    return graph.take(model.title);
}

bool trunkHas(const ModelDescription& model, LayerKind kind) {
    GraphBuilder graph = builderFor(model, model.input.usual);
    model.drawTrunk(graph);
    const std::vector<LayerInfo> layers = graph.take(model.title).info.layers;
    return std::any_of(layers.begin(), layers.end(), [kind](const LayerInfo& layer) { return layer.kind == kind; });
}

std::vector<TensorSpec> trunkTensorsOf(const Network& network) { return tensorsOf(network, network.info.headStage); }
std::vector<TensorSpec> tensorsOf(const Network& network) {
    return tensorsOf(network, static_cast<int>(network.info.stages.size()));
}

}  // namespace thaw::core
