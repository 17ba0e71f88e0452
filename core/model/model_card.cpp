#include <algorithm>
#include <filesystem>
#include <system_error>

#include "core/api/trunks.h"
#include "core/api/weights_info.h"
#include "core/model/zoo.h"
#include "core/store/paths.h"

namespace thaw::core {
namespace {

/// What a stage is drawn as: see StageCard::block.
const char* blockOf(const StageGraph& stage) {
    const auto has = [&](auto wanted) { return std::any_of(stage.nodes.begin(), stage.nodes.end(), wanted); };
    const auto is = [](Op op) { return [op](const GraphNode& node) { return node.op == op; }; };
    const auto depthwise = std::count_if(stage.nodes.begin(), stage.nodes.end(), [](const GraphNode& node) {
        return node.op == Op::Convolution && node.groups > 1 && node.groups == node.shape[0];
    });
    // A separable convolution ends in an activation, or has others beside it.
    const Op last = stage.output == kStageInput ? Op::Add : stage.nodes[static_cast<std::size_t>(stage.output)].op;
    if (has(is(Op::Attention)) || has(is(Op::ClassToken)) || has(is(Op::MixTokens)) || has(is(Op::TokenTable)))
        return "transformer";
    if (depthwise == 1 && last != Op::Relu6) return "inverted residual";
    if (has(is(Op::Concatenate))) return "branches";
    if (has(is(Op::Add))) return "residual";
    return has(is(Op::Convolution)) || has(is(Op::Linear)) ? "plain" : "pool";
}

int headsOf(const StageGraph& stage) {
    for (const GraphNode& node : stage.nodes)
        if (node.op == Op::Attention || node.op == Op::MixTokens) return static_cast<int>(node.heads);
    return 0;
}

int featuresOf(const Network& network) { return static_cast<int>(network.info.stage(network.info.headStage).outputFloats()); }

/// Torchvision's where there are several.
std::string downloadOf(const ModelDescription& model) {
    std::string found;
    for (const auto& [name, source] : downloadableWeights())
        if (name == model.name || name == model.name + "-torchvision") found = name;
    return found;
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
    card.modality = model.input.modality;
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
    if (model.keras)
        card.weightsFrom = "Keras's own network. Import a file of its weights that Keras saved: .keras, .weights.h5 or .h5.";
    else if (model.builtIn.empty() && downloadOf(model).empty())
        card.weightsFrom = "No weights of it are published. It learns from random numbers, or from a file that is imported.";
    if (model.published && (model.builtIn.empty() || model.builtInPublished)) {
        card.publishedAccuracy = model.published->top1;
        card.publishedSource = model.published->source;
    }
    for (int i = 0; i < network.info.headStage; ++i) {
        const StageInfo& info = network.info.stage(i);
        card.parameters += info.parameterCount;
        card.multiplyAdds += info.multiplyAdds;
        StageCard stage;
        stage.block = blockOf(network.stages[static_cast<std::size_t>(i)]);
        stage.heads = headsOf(network.stages[static_cast<std::size_t>(i)]);
        stage.group = info.end > info.begin ? network.info.layer(info.begin).block : info.path;
        stage.side = info.outputShape.size() == 3 ? static_cast<int>(info.outputShape[1]) : 0;
        stage.channels = static_cast<int>(info.outputShape.size() == 3 ? info.outputShape[0] : info.outputShape.back());
        card.stages.push_back(stage);
    }
    card.features = featuresOf(network);
    if (model.head.pooling == HeadPooling::Flatten) {  // else their number is that of the planes
        config.inputSize = model.input.suggested;
        card.features = featuresOf(networkOf(config, /*classCount=*/2));
    }
    return card;
}

TrunkCard trunkOf(const ModelDescription& model) {
    TrunkCard trunk;
    trunk.model = cardOf(model);
    trunk.download = downloadOf(model);
    trunk.bytes = downloadBytes(trunk.download);
    if (model.builtIn.empty()) return trunk;
    std::error_code none;
    const auto bytes = std::filesystem::file_size(resourcePath("weights/" + model.builtIn), none);
    trunk.bytes = none ? 0 : static_cast<std::int64_t>(bytes);
    if (model.builtInWithoutLabels) trunk.mark = "without labels";
    if (model.published && !model.builtInPublished) {
        trunk.othersAccuracy = model.published->top1;
        trunk.othersSource = model.published->source;
    }
    return trunk;
}

/// The same model with the weights that saw labels.
TrunkCard withLabels(const ModelDescription& model, TrunkCard trunk) {
    trunk.mark = "with labels";
    trunk.bytes = downloadBytes(trunk.download);
    trunk.model.builtIn = trunk.model.whole = trunk.model.withoutLabels = false;
    trunk.model.builtInTitle = trunk.model.builtInNote = trunk.model.licence = {};
    trunk.model.publishedAccuracy = model.published->top1;
    trunk.model.publishedSource = model.published->source;
    trunk.othersAccuracy = -1;
    trunk.othersSource = {};
    return trunk;
}

}  // namespace

std::vector<ModelCard> listModels() {
    std::vector<ModelCard> cards;
    for (const ModelDescription* model : allModels()) cards.push_back(cardOf(*model));
    return cards;
}

bool canContinueTexts(const std::string& name) {
    const std::vector<const ModelDescription*> all = allModels();
    return std::any_of(all.begin(), all.end(),
                       [&](const ModelDescription* model) { return model->name == name && model->drawContinuation; });
}

std::vector<TrunkCard> listTrunks(const std::string& name) {
    std::vector<TrunkCard> trunks;
    for (const ModelDescription* model : allModels()) {
        if (!name.empty() && model->name != name) continue;
        TrunkCard trunk = trunkOf(*model);
        trunks.push_back(trunk);
        if (model->builtInWithoutLabels && model->published && !trunk.download.empty())
            trunks.push_back(withLabels(*model, std::move(trunk)));
    }
    return trunks;
}

std::string modelTitle(const std::string& name) {
    for (const ModelDescription* model : allModels())
        if (model->name == name) return model->title;
    return name;
}

Modality modalityOf(const std::string& name) {
    for (const ModelDescription* model : allModels())
        if (model->name == name) return model->input.modality;
    return Modality::Pictures;
}

bool hasBatchNorm(const std::string& name) {
    for (const ModelDescription* model : allModels()) {
        if (model->name == name) return trunkHas(*model, LayerKind::BatchNorm);
    }
    return false;
}

}  // namespace thaw::core
