// WordPiece, BERT's: words and punctuation marks, each divided into the longest pieces that the vocabulary has, from its begin.
#pragma once

#include <array>

#include "core/text/bert_normalizer.h"
#include "core/text/byte_trie.h"
#include "core/text/piece_model.h"

namespace thaw::core {

class WordPiece final : public PieceModel {
public:
    /// Throws DataError when the vocabulary has no unknown token.
    WordPiece(const WordPieceParts& parts, const std::vector<std::string>& tokens);

    std::string_view normalized(std::string_view piece) override;
    void encode(std::string_view text, std::vector<TokenId>& ids) override;
    void decode(TokenId id, std::string& text) const override;
    std::unique_ptr<PieceModel> copy() const override { return std::make_unique<WordPiece>(*this); }

private:
    struct Vocabulary {
        std::vector<std::string> tokens;
        ByteTrie first, further;  // what begins a word, and what goes on in it without its sign
        TokenId unknown = kNoToken;
        std::string continuing;
        std::size_t longestWord = 0;
    };
    void encodeWord(std::string_view word, std::vector<TokenId>& ids) const;

    std::shared_ptr<const Vocabulary> m_vocabulary;
    BertNormalizer m_normalizer;
    std::string m_normal;
};

}  // namespace thaw::core
