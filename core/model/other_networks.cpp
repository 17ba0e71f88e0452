#include "core/model/other_networks.h"

#include <algorithm>
#include <set>

#include "core/model/trunk_match.h"
#include "core/model/trunk_names.h"
#include "core/model/zoo.h"

namespace thaw::core {

namespace {

/// The kernels of a network that is one chain of convolutions; empty for others.
std::vector<KernelShape> kernelsOf(const TrunkLayout& layout) {
    std::vector<KernelShape> kernels;
    for (const TensorSpec& tensor : layout.tensors)
        if (layout.isChain() && tensor.shape.size() == 4)
            kernels.push_back({tensor.shape[0], tensor.shape[1], tensor.shape[2], tensor.shape[3]});
    return kernels;
}

/// Parts of a layer's name that stand one behind the other; "#" is any number, "*end" any part with this end. The first row that
/// fits names the network.
struct NameRow {
    const char* parts;
    const char* network;
};
constexpr NameRow kNames[] = {
    {"layer1.#.conv1", "ResNet"},  // which one: see resNetName()
    {"res2a_branch2a", "an older ResNet of Keras or Caffe"},
    {"conv2_block1_preact_bn", "ResNetV2 of Keras"},
    {"pool2_conv", "DenseNet of Keras"},
    {"conv2_block1_0_conv", "ResNet of Keras"},  // which one: see kerasResNetName()
    {"features.denseblock1", "DenseNet"},
    {"features.#.squeeze", "SqueezeNet"},
    {"features.#.conv.0.0", "MobileNetV2"},
    {"features.#.#.block.#.#", "EfficientNet"},
    {"features.#.#.layer_scale", "ConvNeXt"},
    {"features.#.block.#.#", "MobileNetV3"},
    {"features.#.#.attn", "Swin Transformer"},
    {"stages.#.blocks.#.gamma", "ConvNeXt"},
    {"layers.#.blocks.#.attn", "Swin Transformer"},
    {"_blocks.#._depthwise_conv", "EfficientNet"},
    {"blocks.#.#.conv_dw", "a network of the MobileNet and EfficientNet family"},
    {"block1a_dwconv", "EfficientNet of Keras"},
    {"block1a_project_conv", "EfficientNetV2 of Keras"},
    {"block_1_expand", "MobileNetV2 of Keras"},
    {"expanded_conv_project", "MobileNetV3 of Keras"},
    {"conv_dw_1", "MobileNet of Keras"},
    {"conv_7b", "Inception-ResNet v2 of Keras"},
    {"stem_conv1", "NASNet of Keras"},
    {"*_stage_0_block_0_depthwise_conv", "ConvNeXt of Keras"},
    {"block2_sepconv1", "Xception of Keras"},
    {"inception3a", "GoogLeNet"},
    {"Mixed_5b", "Inception v3"},
    {"trunk_output.block1", "RegNet"},
    {"stage2.#.branch1", "ShuffleNetV2"},
    {"layers.#.#.layers", "MNASNet"},
    {"encoder.layers.encoder_layer_0", "a vision transformer (ViT)"},
    {"blocks.#.attn.qkv", "a vision transformer (ViT)"},
    {"vit.encoder.layer", "a vision transformer (ViT)"},
    {"vision_model.encoder", "CLIP"},
    {"visual.transformer.resblocks", "CLIP"},
    {"attention.self.query", "BERT, a language model"},
    {"attention.q_lin", "DistilBERT, a language model"},
    {"attn.c_attn", "GPT-2, a language model"},
    {"self_attn.q_proj", "a language model"},
    {"model.#.cv1.conv", "YOLO"},
};

bool fits(const std::string& part, const std::string& pattern) {
    if (pattern == "#") return nameNumber(part).has_value();
    if (pattern.front() != '*') return part == pattern;
    const std::string end = pattern.substr(1);
    return part.size() >= end.size() && part.compare(part.size() - end.size(), end.size(), end) == 0;
}

bool startsAt(const std::vector<std::string>& name, std::size_t at, const std::vector<std::string>& pattern) {
    if (name.size() - at < pattern.size()) return false;
    for (std::size_t i = 0; i < pattern.size(); ++i)
        if (!fits(name[at + i], pattern[i])) return false;
    return true;
}

bool holds(const std::vector<std::string>& name, const std::vector<std::string>& pattern) {
    for (std::size_t at = 0; at < name.size(); ++at)
        if (startsAt(name, at, pattern)) return true;
    return false;
}

/// By the number of blocks in its four layers.
std::string resNetName(const std::vector<std::vector<std::string>>& names, const std::map<std::string, SourceTensor>& tensors) {
    std::array<std::set<std::string>, 4> blocks;
    bool bottleneck = false;
    for (const std::vector<std::string>& name : names) {
        for (std::size_t at = 0; at + 2 < name.size(); ++at) {
            if (name[at].size() != 6 || name[at].compare(0, 5, "layer") != 0 || name[at][5] < '1' || name[at][5] > '4') continue;
            if (name[at + 2] == "conv1") blocks[static_cast<std::size_t>(name[at][5] - '1')].insert(name[at + 1]);
            bottleneck |= name[at + 2] == "conv3";
        }
    }
    const std::array<std::size_t, 4> counts = {blocks[0].size(), blocks[1].size(), blocks[2].size(), blocks[3].size()};
    using Counts = std::array<std::size_t, 4>;
    std::string depth;
    if (!bottleneck && counts == Counts{2, 2, 2, 2}) depth = "-18";
    if (counts == Counts{3, 4, 6, 3}) depth = bottleneck ? "-50" : "-34";
    if (bottleneck && counts == Counts{3, 4, 23, 3}) depth = "-101";
    if (bottleneck && counts == Counts{3, 8, 36, 3}) depth = "-152";
    for (const auto& [name, tensor] : tensors) {
        if (!bottleneck || !holds(nameParts(name), {"layer1", "0", "conv2", "weight"}) || tensor.shape.size() != 4) continue;
        if (tensor.shape[1] < tensor.shape[0]) return "ResNeXt" + depth;
        if (tensor.shape[0] > 64) return "Wide ResNet" + depth;
    }
    return "ResNet" + depth;
}

/// By the number of blocks in its third and fourth group.
std::string kerasResNetName(const std::vector<std::vector<std::string>>& names) {
    const auto has = [&](const char* layer) {
        return std::any_of(names.begin(), names.end(), [&](const auto& name) { return holds(name, {layer}); });
    };
    if (has("conv3_block8_1_conv")) return "ResNet-152 of Keras";
    if (has("conv4_block23_1_conv")) return "ResNet-101 of Keras";
    return has("conv4_block6_1_conv") && has("conv5_block3_1_conv") ? "ResNet-50 of Keras" : "ResNet of Keras";
}

/// The first convolution of AlexNet has 11x11 pixels.
bool isAlexNet(const std::map<std::string, SourceTensor>& tensors) {
    return std::any_of(tensors.begin(), tensors.end(), [](const auto& item) {
        const std::vector<std::int64_t>& shape = item.second.shape;
        return shape.size() == 4 &&
               ((shape[1] == 3 && shape[2] == 11 && shape[3] == 11) || (shape[0] == 11 && shape[1] == 11 && shape[2] == 3));
    });
}

}  // namespace

std::string vggName(const std::vector<KernelShape>& kernels) {
    for (const ModelDescription* model : allModels()) {
        const std::vector<KernelShape> own = kernelsOf(layoutOf(model->name));
        if (own.empty() || kernels.size() < own.size() || !std::equal(own.begin(), own.end(), kernels.begin())) continue;
        const auto follow = static_cast<std::size_t>(
            std::count(kernels.begin() + static_cast<std::ptrdiff_t>(own.size()), kernels.end(), own.back()));
        return follow == 0 ? model->title : "a VGG network with " + std::to_string(own.size() + follow) + " convolutions";
    }
    return {};
}

std::string networkByNames(const std::map<std::string, SourceTensor>& tensors) {
    std::vector<std::vector<std::string>> names;
    for (const auto& [name, tensor] : tensors) names.push_back(nameParts(name));
    for (const NameRow& row : kNames) {
        const std::vector<std::string> pattern = nameParts(row.parts);
        if (std::none_of(names.begin(), names.end(), [&](const auto& name) { return holds(name, pattern); })) continue;
        if (row.network == std::string("ResNet of Keras")) return kerasResNetName(names);
        return row.network == std::string("ResNet") ? resNetName(names, tensors) : row.network;
    }
    return isAlexNet(tensors) ? "AlexNet" : "";
}

}  // namespace thaw::core
