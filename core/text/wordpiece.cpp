#include "core/text/wordpiece.h"

#include <algorithm>

#include "core/api/errors.h"
#include "core/text/letters.h"
#include "core/util/utf8.h"

namespace thaw::core {

namespace {

enum class Kind : char { Word, Space, Mark };

Kind kindOf(char32_t code) { return isWhiteSpace(code) ? Kind::Space : isPunctuation(code) ? Kind::Mark : Kind::Word; }

const std::array<Kind, 128>& asciiKinds() {
    static const std::array<Kind, 128> kinds = [] {
        std::array<Kind, 128> all{};
        for (char32_t code = 0; code < all.size(); ++code) all[code] = kindOf(code);
        return all;
    }();
    return kinds;
}

bool isLongerThan(std::string_view word, std::size_t letters) {
    if (word.size() <= letters) return false;
    const auto begins = [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0u) != 0x80; };
    return static_cast<std::size_t>(std::count_if(word.begin(), word.end(), begins)) > letters;
}

}  // namespace

WordPiece::WordPiece(const WordPieceParts& parts, const std::vector<std::string>& tokens) : m_normalizer(parts.rules) {
    Vocabulary vocabulary;
    vocabulary.tokens = tokens;
    vocabulary.continuing = parts.continuing;
    vocabulary.longestWord = static_cast<std::size_t>(parts.longestWord);
    std::vector<ByteTrie::Entry> first, further;
    for (std::size_t i = 0; i < vocabulary.tokens.size(); ++i) {
        const std::string_view token = vocabulary.tokens[i];
        const auto id = static_cast<TokenId>(i);
        first.emplace_back(token, id);
        if (token.substr(0, parts.continuing.size()) == parts.continuing)
            further.emplace_back(token.substr(parts.continuing.size()), id);
        if (token == parts.unknown) vocabulary.unknown = id;
    }
    if (vocabulary.unknown == kNoToken)
        throw DataError("The vocabulary has no token " + parts.unknown + ", which stands for unknown words.",
                        "Check that it is the vocabulary of a BERT model.");
    vocabulary.first = ByteTrie(std::move(first));
    vocabulary.further = ByteTrie(std::move(further));
    m_vocabulary = std::make_shared<const Vocabulary>(std::move(vocabulary));
}

std::string_view WordPiece::normalized(std::string_view piece) {
    m_normalizer.normalize(piece, m_normal);
    return m_normal;
}

void WordPiece::encode(std::string_view text, std::vector<TokenId>& ids) {
    const std::array<Kind, 128>& ascii = asciiKinds();
    std::size_t begin = 0;  // of the word that has not ended
    for (std::size_t at = 0; at < text.size();) {
        const auto byte = static_cast<unsigned char>(text[at]);
        std::size_t bytes = 1;
        Kind kind;
        if (byte < 0x80) {
            kind = ascii[byte];
        } else {
            const Letter letter = letterAt(text, at);
            kind = kindOf(letter.code);
            bytes = letter.bytes;
        }
        if (kind != Kind::Word) {
            if (begin < at) encodeWord(text.substr(begin, at - begin), ids);
            if (kind == Kind::Mark) encodeWord(text.substr(at, bytes), ids);
            begin = at + bytes;
        }
        at += bytes;
    }
    if (begin < text.size()) encodeWord(text.substr(begin), ids);
}

void WordPiece::encodeWord(std::string_view word, std::vector<TokenId>& ids) const {
    const std::size_t before = ids.size();
    const ByteTrie* trie = &m_vocabulary->first;
    bool known = !isLongerThan(word, m_vocabulary->longestWord);
    while (known && !word.empty()) {
        const ByteTrie::Match match = trie->longest(word);
        known = match.bytes > 0;
        if (known) ids.push_back(match.id);
        word.remove_prefix(match.bytes);
        trie = &m_vocabulary->further;
    }
    if (known) return;
    ids.resize(before);
    ids.push_back(m_vocabulary->unknown);
}

void WordPiece::decode(TokenId id, std::string& text) const {
    const std::string_view token = m_vocabulary->tokens[static_cast<std::size_t>(id)];
    const std::string& sign = m_vocabulary->continuing;
    if (text.empty()) {
        text += token;
    } else if (token.substr(0, sign.size()) == sign) {
        text += token.substr(sign.size());
    } else {
        (text += ' ') += token;
    }
}

}  // namespace thaw::core
