#include <torch/script.h>

#include <set>
#include <sstream>

#include "core/export/graph_text.h"
#include "core/export/model_export.h"
#include "core/store/strict_json.h"

namespace thaw::core {
namespace {

namespace jit = torch::jit;

std::vector<std::string> partsOf(const std::string& name) {
    std::vector<std::string> parts;
    std::istringstream text(name);
    for (std::string part; std::getline(text, part, '.');) parts.push_back(part);
    return parts;
}

/// As an attribute of the module, which TorchScript reaches by a dot only where its name could be a variable's.
std::string attributeText(const std::string& name) {
    std::string text = "self";
    for (const std::string& part : partsOf(name)) {
        const bool number = part[0] >= '0' && part[0] <= '9';
        text = number ? "getattr(" + text + ", \"" + part + "\")" : text + '.' + part;
    }
    return text;
}

/// Modules within modules, so that its state_dict has torchvision's names.
void place(jit::Module module, const Parameter& parameter, bool isBuffer) {
    const std::vector<std::string> parts = partsOf(parameter.name);
    for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
        if (!module.hasattr(parts[i]))
            module.register_module(parts[i], jit::Module(c10::QualifiedName("__torch__.ThawPart"),
                                                         module._ivalue()->compilation_unit(), /*mangle=*/true));
        module = module.attr(parts[i]).toModule();
    }
    module.register_parameter(parts.back(), parameter.value, isBuffer);
}

/// From pictures of 0 to 255 to the network's input.
std::string inputText(const ExportedModel& model) {
    const ScalingNumbers numbers = numbersOf(model.config.scaling);
    const auto constant = [](const std::array<double, 3>& values) {
        return "torch.reshape(torch.tensor(" + jsonText(values) + ", device=pictures.device), [1, 3, 1, 1])";
    };
    std::string text = "    x = pictures * 1.0\n";
    if (model.kind.grey)  // brightness as OpenCV has it, whole numbers
        text +=
            "    x = torch.floor((torch.select(x, 1, 0) * 9798.0 + torch.select(x, 1, 1) * 19235.0 + torch.select(x, 1, 2) * "
            "3735.0 + 16384.0) / 32768.0)\n"
            "    x = torch.stack([x, x, x], 1)\n";
    if (numbers.source[0] == 2) text += "    x = torch.flip(x, [1])\n";
    text += "    x = x * " + constant(numbers.factor) + " + " + constant(numbers.offset) + '\n';
    const std::string size = std::to_string(model.config.inputSize);
    return text + "    x = torch.upsample_bilinear2d(x, [" + size + ", " + size + "], False)\n";
}

}  // namespace

std::string torchScriptOf(const ExportedModel& model) {
    jit::Module module("__torch__.Thaw");
    std::set<std::string> buffers;
    for (const StageGraph& stage : model.network.stages)
        for (const GraphNode& node : stage.nodes)
            for (const TensorSpec& buffer : node.buffers) buffers.insert(buffer.name);
    for (const Parameter& parameter : model.state) place(module, parameter, buffers.count(parameter.name) > 0);
    module.define("def forward(self, pictures: Tensor) -> Tensor:\n" + inputText(model) +
                  graphText(model.network, "x", 4, {"torch.", attributeText}));
    // Into memory: LibTorch ends the process where a disk is full.
    std::ostringstream bytes;
    module.save(bytes, {{"thaw.json", nlohmann::json(metadataOf(model)).dump(2)}});
    return bytes.str();
}

}  // namespace thaw::core
