// What a tokeniser's files say, as plain values.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/api/tokenizer.h"

namespace thaw::core {

/// Most ids that a vocabulary may have, most bytes that a token may have.
inline constexpr int kMostTokens = 2'000'000;
inline constexpr std::size_t kMostTokenBytes = 1000;

/// A token that is found in a text before it is divided into words.
struct AddedToken {
    std::string content;
    TokenId id = kNoToken;
    bool normalized = false;  ///< looked for in the normalised text
    bool takesSpaceBefore = false, takesSpaceAfter = false;
};

/// What is done to a text before WordPiece divides it.
struct BertRules {
    bool clean = true;         ///< drops controls, all white space becomes spaces
    bool spaceChinese = true;  ///< each ideograph is a word
    bool dropMarks = true;     ///< canonical decomposition (NFD) without its non-spacing marks
    bool lowerCase = true;
};

struct WordPieceParts {
    BertRules rules;
    std::string unknown = "[UNK]";
    std::string continuing = "##";  ///< begins what goes on within a word
    int longestWord = 100;          ///< code points; a longer word is unknown
};

struct ByteBpeParts {
    std::vector<std::pair<std::string, std::string>> merges;  ///< best first
    bool spaceBefore = false;                                 ///< a text that does not begin with a space gets one
    bool divides = true;                                      ///< by GPT-2's pattern
    bool wholeWords = false;                                  ///< a word that is a token is not divided
};

struct TokenizerParts {
    std::vector<std::string> tokens;  ///< by id, as the files spell them; empty: no token has this id
    std::variant<WordPieceParts, ByteBpeParts> model;
    std::vector<AddedToken> added;
    std::vector<TokenId> before, after;
    TokenId padding = kNoToken;
    int suggestedTokens = 0;
    bool suggestsPadding = false;
};

}  // namespace thaw::core
