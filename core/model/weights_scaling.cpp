#include "core/model/weights_scaling.h"

#include <array>
#include <cmath>
#include <memory>
#include <optional>

#include "core/api/errors.h"
#include "core/model/weights.h"
#include "core/model/zoo.h"

namespace thaw::core {

namespace {

/// Beginning of the first kernel of published weights: output channels 0 to 2, each with its three input channels at the upper
/// left pixel.
struct Published {
    std::array<std::array<float, 3>, 3> corner;
    Scaling scaling;
    const char* reason;
};
const std::array<Published, 2> kPublished = {{
    {{{{0.429470569f, 0.550379455f, 0.480015397f},
       {0.117273867f, 0.0208774377f, -0.17269668f},
       {0.0340129584f, 0.0988311544f, 0.0375577137f}}},
     Scaling::Caffe,
     "their first layer is that of the authors' VGG16, which Keras has"},
    {{{{-0.5537f, 0.1748f, 0.3135f}, {0.2318f, -0.1391f, -0.3113f}, {0.1769f, 0.3116f, 0.3116f}}},
     Scaling::ImageNet,
     "their first layer is that of torchvision's VGG16"},
}};
constexpr float kRounding = 0.008f;  // of 8-bit weights and bfloat16

std::optional<Scaling> scalingNamed(const std::string& name) {
    try {
        return scalingFromString(name);
    } catch (const ConfigError&) {
        return std::nullopt;
    }
}

const Published* publishedWith(const HostTensor& kernel) {
    for (const Published& known : kPublished) {
        bool same = true;
        for (std::size_t o = 0; o < known.corner.size(); ++o)
            for (std::size_t i = 0; i < 3; ++i)
                same = same && std::abs(kernel.values[(o * 3 + i) * 9] - known.corner[o][i]) < kRounding;
        if (same) return &known;
    }
    return nullptr;
}

/// What the config's weights need; the model's usual scaling while they are not there.
Scaling scalingBefore(const RunConfig& config) {
    try {
        return scalingOfWeights(config.weights, config.model).scaling;
    } catch (const WeightsError&) {
        return descriptionOf(config.model).scaling;
    }
}

}  // namespace

WeightsScaling scalingNeededBy(const WeightsSource& source, const TrunkMatch& match) {
    const ModelDescription& model = descriptionOf(match.layout.model);
    if (model.input.modality == Modality::Texts) return {model.scaling, true, model.title + " reads texts"};
    const auto& metadata = source.metadata();
    const bool assumed = metadata.count("scaling_assumed") > 0;
    if (const auto own = metadata.find("scaling"); own != metadata.end() && !assumed)
        if (const std::optional<Scaling> scaling = scalingNamed(own->second)) return {*scaling, true, "the file says so"};

    const auto first = match.found.find(0);
    if (first != match.found.end() && match.layout.isChain())
        if (const Published* known = publishedWith(readTrunkTensor(source, match, 0)))
            return {known->scaling, true, known->reason};

    if (model.keras)
        return {model.scaling, false,
                model.title + " learned with it, and which scaling somebody fine-tuned the weights with cannot be told"};
    const bool keras = source.format() == WeightsFormat::KerasH5 ||
                       (first != match.found.end() && first->second.channelsLast && !match.flaxNames) ||
                       (assumed && metadata.count("scaling") > 0 && metadata.at("scaling") == toString(Scaling::Caffe));
    if (keras)
        return {Scaling::Caffe, false,
                "files of Keras usually do, and which scaling somebody fine-tuned them with cannot be told"};
    return {model.scaling, false, "files of PyTorch usually do, and which scaling somebody fine-tuned them with cannot be told"};
}

WeightsScaling scalingOfWeights(const std::filesystem::path& file, const std::string& model) {
    const std::unique_ptr<WeightsSource> source = openWeights(file.empty() ? ownWeightsOf(model) : file);
    return scalingNeededBy(*source, matchTrunk(source->tensors(), layoutOf(model)));
}

std::string scalingSentence(const WeightsScaling& need) {
    return std::string(need.certain ? "They need" : "They probably need") + " the scaling \"" + toString(need.scaling) +
           "\": " + need.reason + ".";
}

std::string scalingWarning(Scaling chosen, const WeightsScaling& need) {
    if (chosen == need.scaling) return {};
    return "The input scaling \"" + toString(chosen) + "\" is not the one that the weights were trained with, so the accuracy " +
           (need.certain ? "will be lower. " : "may be lower. ") + scalingSentence(need);
}

void followWeights(RunConfig& config, Scaling neededBefore, Scaling neededNow) {
    if (config.scaling == neededBefore) config.scaling = neededNow;
}

void chooseWeights(RunConfig& config, const std::filesystem::path& file) {
    const Scaling before = scalingBefore(config);
    config.weights = file;
    followWeights(config, before, scalingOfWeights(file, config.model).scaling);
}

}  // namespace thaw::core
