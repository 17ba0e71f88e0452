// The texts of a split as token ids, which a model of texts reads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/api/analysis.h"
#include "core/api/dataset_info.h"
#include "core/api/tokenizer.h"

namespace thaw::core {

/// Immutable once shared.
struct TokenSet {
    std::vector<TokenId> ids;             ///< one text behind the other
    std::vector<std::int64_t> begins{0};  ///< where each text begins in `ids`, and where the last one ends
    TokenId padding = 0;                  ///< what fills a batch's shorter texts up
    std::vector<std::int64_t> cut;        ///< rows of the texts whose ends were cut off, ascending
    std::int64_t brokenTexts = 0;         ///< texts with broken UTF-8, for which U+FFFD stands

    std::int64_t count() const { return static_cast<std::int64_t>(begins.size()) - 1; }
    const TokenId* text(std::int64_t row) const { return ids.data() + begins[static_cast<std::size_t>(row)]; }
    std::int64_t length(std::int64_t row) const {
        return begins[static_cast<std::size_t>(row) + 1] - begins[static_cast<std::size_t>(row)];
    }
};

/// Of each text at most `mostTokens`, what the tokeniser puts around it included. `progress` may be empty; throws Cancelled where
/// it says so, and what Tokenizer::encode() throws.
TokenSet tokenize(const std::vector<std::string>& texts, Tokenizer& tokenizer, int mostTokens,
                  const CountCallback& progress = {});

/// Texts that follow each other, as windows of `length` tokens that never overlap: one text behind the other, without what the
/// tokeniser puts around it. What is left at the end is not used; `ids` has one token more than the windows, so that each of
/// their tokens has a next one. Throws as tokenize(), and DataError where the texts have no more than `length` tokens.
TokenSet windowsOf(const std::vector<std::string>& texts, Tokenizer& tokenizer, int length, const CountCallback& progress = {});

/// Plain sentences about texts of a run's two splits that were cut or broken; empty where none was.
std::string noteOfTokens(const TokenSet& train, const TokenSet& test, int mostTokens);

}  // namespace thaw::core
