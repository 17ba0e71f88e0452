// The model's word on the user's own pictures.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "core/api/config.h"
#include "core/api/prediction.h"
#include "core/model/staged_model.h"

namespace thaw::core {

/// The network's input of one square picture, exactly as of one of a data set with that side: [1, 3, inputSize, inputSize] on the
/// CPU.
torch::Tensor squareInput(const std::vector<std::uint8_t>& rgb, int side, const RunConfig& config);

/// Reads one picture as one of the data set's, whose pictures are of `kind`, and predicts it; never throws for a bad file: it
/// carries its error.
FilePrediction predictPicture(const StagedModel& model, const RunConfig& config, const PictureKind& kind,
                              const torch::Device& device, const std::filesystem::path& file);

}  // namespace thaw::core
