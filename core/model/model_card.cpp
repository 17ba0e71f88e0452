#include <algorithm>

#include "core/api/models.h"
#include "core/model/zoo.h"

namespace thaw::core {
namespace {

/// What a stage is drawn as: see StageCard::block.
const char* blockOf(const StageGraph& stage) {
    const auto has = [&](auto wanted) { return std::any_of(stage.nodes.begin(), stage.nodes.end(), wanted); };
    const auto is = [](Op op) { return [op](const GraphNode& node) { return node.op == op; }; };
    const bool depthwise =
        has([](const GraphNode& node) { return node.op == Op::Convolution && node.groups > 1 && node.groups == node.shape[0]; });
    if (has(is(Op::Attention)) || has(is(Op::ClassToken))) return "transformer";
    if (depthwise) return "inverted residual";
    if (has(is(Op::Concatenate))) return "branches";
    if (has(is(Op::Add))) return "residual";
    return has(is(Op::Convolution)) || has(is(Op::Linear)) ? "plain" : "pool";
}

ModelCard cardOf(const ModelDescription& model) {
    RunConfig config;
    config.model = model.name;
    config.inputSize = model.input.usual;
    config.head = model.head;
    const Network network = networkOf(config, /*classCount=*/2);

    ModelCard card;
    card.name = model.name;
    card.title = model.title;
    card.family = model.family;
    card.leastSize = model.input.least;
    card.greatestSize = model.input.greatest;
    card.sizeStep = model.input.step;
    card.usualSize = model.input.usual;
    card.suggestedSize = model.input.suggested;
    card.scaling = model.scaling;
    card.builtIn = !model.builtIn.empty();
    card.builtInTitle = model.builtInTitle;
    card.builtInNote = model.builtInNote;
    card.withoutLabels = model.builtInWithoutLabels;
    card.whole = model.builtInWhole;
    card.licence = model.licence;
    if (model.published) {
        card.publishedAccuracy = model.published->top1;
        card.publishedSource = model.published->source;
    }
    for (int i = 0; i < network.info.headStage; ++i) {
        const StageInfo& info = network.info.stage(i);
        card.parameters += info.parameterCount;
        card.multiplyAdds += info.multiplyAdds;
        StageCard stage;
        stage.block = blockOf(network.stages[static_cast<std::size_t>(i)]);
        stage.group = info.end > info.begin ? network.info.layer(info.begin).block : info.path;
        stage.side = info.outputShape.size() == 3 ? static_cast<int>(info.outputShape[1]) : 0;
        stage.channels = static_cast<int>(info.outputShape.size() == 3 ? info.outputShape[0] : info.outputShape.back());
        card.stages.push_back(stage);
    }
    card.features = static_cast<int>(network.info.stage(network.info.headStage).outputFloats());
    return card;
}

}  // namespace

std::vector<ModelCard> listModels() {
    std::vector<ModelCard> cards;
    for (const ModelDescription* model : allModels()) cards.push_back(cardOf(*model));
    return cards;
}

bool hasBatchNorm(const std::string& name) {
    for (const ModelDescription* model : allModels()) {
        if (model->name != name) continue;
        GraphBuilder graph({3, model->input.usual, model->input.usual});
        model->drawTrunk(graph);
        const std::vector<LayerInfo> layers = graph.take(model->title).info.layers;
        return std::any_of(layers.begin(), layers.end(),
                           [](const LayerInfo& layer) { return layer.kind == LayerKind::BatchNorm; });
    }
    return false;
}

}  // namespace thaw::core
