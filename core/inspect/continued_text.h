// A text continued to its end by one model.
#pragma once

#include "core/api/config.h"
#include "core/api/continuation.h"
#include "core/model/staged_model.h"

namespace thaw::core {

/// `config`: that of the model. Throws ConfigError as Continuation does, Cancelled.
GeneratedText continued(const StagedModel& model, const RunConfig& config, torch::Device device,
                        const GenerationSettings& settings, const GenerationCallback& progress);

}  // namespace thaw::core
