// Tokens such as [MASK] and <|endoftext|> that stand in a text as they are.
#pragma once

#include <vector>

#include "core/text/byte_trie.h"
#include "core/text/tokenizer_parts.h"

namespace thaw::core {

class AddedTokens {
public:
    struct Piece {
        std::string_view text;  ///< of the text that was divided; empty where it is a token
        TokenId id = kNoToken;
    };

    /// Where one begins as another, the longer counts.
    explicit AddedTokens(std::vector<AddedToken> tokens);

    bool isEmpty() const { return m_trie.isEmpty(); }
    /// Cuts a text without broken UTF-8 into tokens and what stands between them, in order; no piece is empty.
    void divide(std::string_view text, std::vector<Piece>& pieces) const;

private:
    std::vector<AddedToken> m_tokens;
    ByteTrie m_trie;  // ids are places in m_tokens
};

}  // namespace thaw::core
