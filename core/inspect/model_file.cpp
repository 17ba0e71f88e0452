#include "core/inspect/model_file.h"

#include "core/model/safetensors.h"
#include "core/store/strict_json.h"

namespace thaw::core {

void writeModelFile(const StagedModel& model, const RunConfig& config, const std::vector<std::string>& classNames,
                    const std::filesystem::path& file) {
    SafetensorsWriter writer;
    std::vector<torch::Tensor> keepAlive;
    for (const Parameter& parameter : model.stateDict()) {
        keepAlive.push_back(parameter.value.detach().cpu().contiguous());
        writer.add(parameter.name, DType::Float32, keepAlive.back().sizes().vec(), keepAlive.back().data_ptr<float>());
    }
    writer.setMetadata("format", "pt");
    writer.setMetadata("model", config.model);
    writer.setMetadata("class_names", jsonText(classNames));
    writer.setMetadata("scaling", toString(config.scaling));
    writer.setMetadata("input_size", std::to_string(config.inputSize));
    writer.write(file);
}

}  // namespace thaw::core
