// What a trained model says of texts.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/api/analysis.h"

namespace thaw::core {

struct TextPrediction {
    std::string text;
    TaskKind task = TaskKind::OneLabel;
    std::vector<float> probabilities;  ///< a class each, as PredictionSet's
    std::int64_t tokens = 0;           ///< that the model read, those around the text included
    bool cut = false;                  ///< the text has more than the model reads
};

/// In the order of the texts. Blocking. Throws StoreError, ConfigError for a run of pictures, DataError for a text that is empty
/// or too long.
std::vector<TextPrediction> predictTexts(const RunSelection& run, const std::vector<std::string>& texts, int threads,
                                         std::vector<std::string>* classNames);

}  // namespace thaw::core
