// Byte-level BPE, GPT-2's: a word's bytes are merged pair by pair, the pair that was learned first before all others.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "core/text/byte_trie.h"
#include "core/text/piece_model.h"
#include "core/text/tokenizer_parts.h"
#include "core/text/word_cache.h"

namespace thaw::core {

/// The bytes that a token's spelling stands for: its files write the byte 0x20 as "Ġ", so that all bytes are printable letters.
/// Nothing where the spelling has other letters.
std::optional<std::string> bytesOfSpelling(std::string_view spelling);

class ByteBpe final : public PieceModel {
public:
    /// Throws DataError when vocabulary and merges do not fit each other.
    ByteBpe(const ByteBpeParts& parts, const std::vector<std::string>& tokens);

    std::string_view normalized(std::string_view piece) override { return piece; }
    void encode(std::string_view text, std::vector<TokenId>& ids) override;
    void decode(TokenId id, std::string& text) const override;
    std::unique_ptr<PieceModel> copy() const override { return std::make_unique<ByteBpe>(*this); }

private:
    struct Merge {
        TokenId left = kNoToken, right = kNoToken, result = kNoToken;
    };
    struct Vocabulary {
        std::vector<std::string> bytes;  // of each token
        std::array<TokenId, 256> ofByte{};
        std::vector<Merge> merges;         // by rank
        std::vector<std::uint32_t> slots;  // rank + 1 of a pair, at its hash or behind; 0: free
        ByteTrie words;                    // only where whole words come first
        bool spaceBefore = false, divides = true;

        void takeTokens(const std::vector<std::string>& tokens, bool wholeWords);
        void takeMerges(const ByteBpeParts& parts, const std::vector<std::string>& tokens);
        const std::uint32_t* slotOf(TokenId left, TokenId right) const;
    };
    struct Symbol {
        TokenId id;
        std::int32_t before, next;  // places; negative: none
    };
    struct Candidate {
        std::uint32_t rank;
        std::int32_t place;                             // of the left one
        bool operator<(const Candidate& other) const {  // the heap's top is the largest
            return rank != other.rank ? rank > other.rank : place > other.place;
        }
    };

    void encodeWord(std::string_view word, std::vector<TokenId>& ids);
    void merge(std::string_view word, std::vector<TokenId>& ids);
    void consider(std::int32_t place);
    void mergeAt(std::int32_t place, TokenId result);

    std::shared_ptr<const Vocabulary> m_vocabulary;
    WordCache m_cache;
    std::vector<Symbol> m_symbols;
    std::vector<Candidate> m_candidates;  // a heap
    std::string m_spaced;
};

}  // namespace thaw::core
