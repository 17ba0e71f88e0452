// The model's word on the user's own pictures.
#pragma once

#include <filesystem>

#include "core/api/config.h"
#include "core/api/prediction.h"
#include "core/model/staged_model.h"

namespace thaw::core {

/// Reads and predicts one picture; never throws for a bad file: it carries its error.
FilePrediction predictPicture(const StagedModel& model, const RunConfig& config, const torch::Device& device,
                              const std::filesystem::path& file);

}  // namespace thaw::core
