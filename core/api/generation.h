// Texts that a model continues, a token at a time.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/api/analysis.h"
#include "core/api/tokenizer.h"

namespace thaw::core {

struct GenerationSettings {
    std::string prompt;      ///< what is continued; empty: a new line
    int tokens = 100;        ///< 1..100000; fewer where the model ends the text
    double temperature = 1;  ///< 0..100: what the scores are divided by. Lower is safer, 0 always takes the likeliest token
    int topK = 0;            ///< only the K likeliest tokens may come; 0: all
    double topP = 1;         ///< (0, 1]: only the likeliest tokens that together have this probability may come
    std::uint64_t seed = 1;  ///< the same seed gives the same text on the same machine
    int threads = 0;         ///< 0: all
};

struct GeneratedText {
    std::string text;  ///< what follows the prompt
    std::vector<TokenId> prompt, tokens;
    double seconds = 0;  ///< from the prompt on, without loading
};

/// By a checkpoint of a run that learned to continue texts. A prompt of more tokens than the run's windows loses its beginning; a
/// longer text goes on from its last half window whenever one is full. Blocking. Throws StoreError, ConfigError for other runs
/// and settings out of range, Cancelled.
GeneratedText continueText(const RunSelection& run, const GenerationSettings& settings, const CountCallback& progress = {});

/// By a model with its published or built-in weights, or those of a file. Throws WeightsError beside, ConfigError for a model
/// that cannot continue texts.
GeneratedText continueText(const std::string& model, const std::filesystem::path& weights, const GenerationSettings& settings,
                           const CountCallback& progress = {});

}  // namespace thaw::core
