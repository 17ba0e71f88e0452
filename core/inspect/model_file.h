// A whole trained model as one safetensors file.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/model/staged_model.h"

namespace thaw::core {

/// Float32 by state_dict names; class names (a JSON array), scaling, input size and model in the metadata. Throws StoreError.
void writeModelFile(const StagedModel& model, const RunConfig& config, const std::vector<std::string>& classNames,
                    const std::filesystem::path& file);

}  // namespace thaw::core
