// Texts that a model continues, a token at a time.
#pragma once

#include <filesystem>
#include <string>

#include "core/api/analysis.h"
#include "core/api/continuation.h"

namespace thaw::core {

/// By a checkpoint of a run that learned to continue texts. A prompt of more tokens than the run's windows loses its beginning; a
/// longer text goes on from its last half window whenever one is full. Blocking. Throws StoreError, ConfigError for other runs
/// and settings out of range, Cancelled.
GeneratedText continueText(const RunSelection& run, const GenerationSettings& settings, const CountCallback& progress = {});

/// By a model with its published or built-in weights, or those of a file. Throws WeightsError beside, ConfigError for a model
/// that cannot continue texts.
GeneratedText continueText(const std::string& model, const std::filesystem::path& weights, const GenerationSettings& settings,
                           const CountCallback& progress = {});

}  // namespace thaw::core
