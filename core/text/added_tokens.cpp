#include "core/text/added_tokens.h"

#include <algorithm>

#include "core/text/letters.h"
#include "core/util/utf8.h"

namespace thaw::core {

namespace {

ByteTrie trieOf(const std::vector<AddedToken>& tokens) {
    std::vector<ByteTrie::Entry> entries;
    for (std::size_t i = 0; i < tokens.size(); ++i) entries.emplace_back(tokens[i].content, static_cast<TokenId>(i));
    return ByteTrie(std::move(entries));
}

/// Where the white space that ends at `end` begins, at `least` at the earliest.
std::size_t spaceBefore(std::string_view text, std::size_t end, std::size_t least) {
    std::size_t begin = end;
    while (begin > least) {
        std::size_t letter = begin - 1;
        while (letter > least && (static_cast<unsigned char>(text[letter]) & 0xC0u) == 0x80) --letter;
        if (!isWhiteSpace(letterAt(text, letter).code)) break;
        begin = letter;
    }
    return begin;
}

std::size_t spaceAfter(std::string_view text, std::size_t begin) {
    std::size_t end = begin;
    while (end < text.size()) {
        const Letter letter = letterAt(text, end);
        if (!isWhiteSpace(letter.code)) break;
        end += letter.bytes;
    }
    return end;
}

}  // namespace

AddedTokens::AddedTokens(std::vector<AddedToken> tokens) : m_tokens(std::move(tokens)), m_trie(trieOf(m_tokens)) {}

void AddedTokens::divide(std::string_view text, std::vector<Piece>& pieces) const {
    std::size_t done = 0;
    for (std::size_t at = 0; at < text.size();) {
        ByteTrie::Match match;
        if (m_trie.begins(text[at])) match = m_trie.longest(text.substr(at));
        if (match.bytes == 0) {
            ++at;
            continue;
        }
        const AddedToken& token = m_tokens[static_cast<std::size_t>(match.id)];
        const std::size_t begin = token.takesSpaceBefore ? spaceBefore(text, at, std::min(done, at)) : at;
        at += match.bytes;
        if (done < begin) pieces.push_back({text.substr(done, begin - done), kNoToken});
        pieces.push_back({{}, token.id});
        done = token.takesSpaceAfter ? spaceAfter(text, at) : at;
    }
    if (done < text.size()) pieces.push_back({text.substr(done), kNoToken});
}

}  // namespace thaw::core
