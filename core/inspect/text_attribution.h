// Attributions of a text's words, of a model and a tokeniser at hand.
#pragma once

#include <string>
#include <vector>

#include "core/api/analysis.h"
#include "core/api/text_attribution.h"
#include "core/api/tokenizer.h"
#include "core/model/staged_model.h"

namespace thaw::core {

/// A word of a text and the tokens that it became.
struct TokenizedWord {
    std::size_t begin = 0, length = 0;          ///< bytes
    std::int64_t firstToken = 0, tokenEnd = 0;  ///< of the whole text's tokens
};

/// Words that have tokens, in the text's order. Where their tokens, one word after the other, are not those of the whole text,
/// the text is one word.
std::vector<TokenizedWord> wordsOf(const std::string& text, Tokenizer& tokenizer);

/// `mostTokens`: that the model reads. Throws DataError as Tokenizer::encode() does, Cancelled where `progress` says so.
TextAttribution attributionOf(const StagedModel& model, Tokenizer& tokenizer, int mostTokens, const torch::Device& device,
                              const std::string& text, int classIndex, AttributionMethod method, const CountCallback& progress);

}  // namespace thaw::core
