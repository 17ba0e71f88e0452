#include <algorithm>

#include "core/api/errors.h"
#include "core/api/inspector.h"

namespace thaw::core {
namespace {

constexpr std::int64_t kLeastPlane = 2, kTellingPlane = 4;  // pixels a side

bool hasPlane(const LayerInfo& layer, std::int64_t side) {
    return layer.hasPlane() && std::min(layer.outputShape[1], layer.outputShape[2]) >= side;
}

/// Whether a course would draw its map here: what a block or a convolution hands on.
bool tells(const LayerInfo& layer) {
    return layer.relu || layer.kind == LayerKind::BatchNorm || layer.kind == LayerKind::Sum || layer.kind == LayerKind::Join;
}

}  // namespace

std::string toString(ClassMapMethod method) {
    return method == ClassMapMethod::GradCam ? "gradcam" : method == ClassMapMethod::GradCamPlusPlus ? "gradcam++" : "occlusion";
}

ClassMapMethod classMapMethodFromString(const std::string& name) {
    for (const ClassMapMethod method : {ClassMapMethod::GradCam, ClassMapMethod::GradCamPlusPlus, ClassMapMethod::Occlusion})
        if (toString(method) == name) return method;
    throw ConfigError("There is no method \"" + name + "\".", "Choose gradcam, gradcam++ or occlusion.");
}

std::vector<std::string> classMapLayers(const ModelInfo& model) {
    std::vector<std::string> names;
    for (const LayerInfo& layer : model.layers)
        if (hasPlane(layer, kLeastPlane)) names.push_back(layer.name);
    return names;
}

std::string usualClassMapLayer(const ModelInfo& model) {
    std::string last, telling;
    for (const LayerInfo& layer : model.layers) {
        if (!tells(layer)) continue;
        if (hasPlane(layer, kLeastPlane)) last = layer.name;
        if (hasPlane(layer, kTellingPlane)) telling = layer.name;
    }
    return telling.empty() ? last : telling;
}

}  // namespace thaw::core
