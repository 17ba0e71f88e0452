// Which token comes next. Pure.
#pragma once

#include <vector>

#include "core/api/generation.h"

namespace thaw::core {

/// Of the scores of a vocabulary, before softmax; `chance`: [0, 1). Of equals the first.
TokenId chooseToken(const std::vector<float>& scores, const GenerationSettings& settings, double chance);

}  // namespace thaw::core
