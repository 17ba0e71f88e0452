// Which token comes next. Pure.
#pragma once

#include <vector>

#include "core/api/continuation.h"

namespace thaw::core {

/// Of the scores of a vocabulary, before softmax; `chance`: [0, 1). Of equals the first.
TokenId chooseToken(const std::vector<float>& scores, const GenerationSettings& settings, double chance);

struct TokenChance {
    TokenId token = kNoToken;
    double probability = 0;  ///< at the temperature, of the whole vocabulary; at temperature 0 as at 1
    bool mayCome = true;     ///< chooseToken can choose it
};
/// The `count` likeliest, likeliest first; of equals the first.
std::vector<TokenChance> likeliestTokens(const std::vector<float>& scores, const GenerationSettings& settings, int count);

}  // namespace thaw::core
