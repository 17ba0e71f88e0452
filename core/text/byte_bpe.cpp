#include "core/text/byte_bpe.h"

#include <algorithm>
#include <string>
#include <unordered_map>

#include "core/api/errors.h"
#include "core/api/text.h"
#include "core/text/byte_words.h"
#include "core/util/utf8.h"

namespace thaw::core {

namespace {

constexpr std::size_t kAlphabetEnd = 256 + 68;  // 68 bytes are no printable letters of Latin-1

bool isPrintable(int byte) {
    return (byte >= '!' && byte <= '~') || (byte >= 0xA1 && byte <= 0xAC) || (byte >= 0xAE && byte <= 0xFF);
}

/// The byte of each letter; negative: it stands for none. Others are numbered from U+0100 on.
const std::array<short, kAlphabetEnd> kByteOfLetter = [] {
    std::array<short, kAlphabetEnd> bytes{};
    bytes.fill(-1);
    std::size_t next = 256;
    for (short byte = 0; byte < 256; ++byte) bytes[isPrintable(byte) ? static_cast<std::size_t>(byte) : next++] = byte;
    return bytes;
}();

std::size_t hashOf(TokenId left, TokenId right) {
    std::uint64_t key = static_cast<std::uint64_t>(left) << 32 | static_cast<std::uint32_t>(right);
    key = (key ^ key >> 31) * 0x9E3779B97F4A7C15u;
    return static_cast<std::size_t>(key ^ key >> 29);
}

std::string quoted(const std::string& token) { return '"' + printableLine(token) + '"'; }

constexpr const char* kWrongFiles = "Take both from the same model's folder, and check that they are complete.";

}  // namespace

std::optional<std::string> bytesOfSpelling(std::string_view spelling) {
    std::string bytes;
    for (std::size_t at = 0; at < spelling.size();) {
        const Letter letter = letterAt(spelling, at);
        if (letter.code >= kAlphabetEnd || kByteOfLetter[letter.code] < 0) return std::nullopt;
        bytes += static_cast<char>(kByteOfLetter[letter.code]);
        at += letter.bytes;
    }
    return bytes;
}

ByteBpe::ByteBpe(const ByteBpeParts& parts, const std::vector<std::string>& tokens) {
    Vocabulary vocabulary;
    vocabulary.spaceBefore = parts.spaceBefore;
    vocabulary.divides = parts.divides;
    vocabulary.takeTokens(tokens, parts.wholeWords);
    vocabulary.takeMerges(parts, tokens);
    m_vocabulary = std::make_shared<const Vocabulary>(std::move(vocabulary));
}

void ByteBpe::Vocabulary::takeTokens(const std::vector<std::string>& tokens, bool wholeWords) {
    ofByte.fill(kNoToken);
    std::vector<TokenId> spelt;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        const std::optional<std::string> found = bytesOfSpelling(tokens[i]);
        bytes.push_back(found.value_or(tokens[i]));
        if (!found) continue;
        spelt.push_back(static_cast<TokenId>(i));
        if (found->size() == 1) ofByte[static_cast<unsigned char>(found->front())] = static_cast<TokenId>(i);
    }
    for (std::size_t byte = 0; byte < 256; ++byte)
        if (ofByte[byte] == kNoToken)
            throw DataError(
                "The vocabulary has no token for the byte " + std::to_string(byte) + ", but needs one for each of the 256.",
                "Check that it is the vocabulary of a model with byte-level BPE, such as GPT-2.");
    if (!wholeWords) return;
    std::vector<ByteTrie::Entry> entries;
    for (const TokenId id : spelt) entries.emplace_back(bytes[static_cast<std::size_t>(id)], id);
    words = ByteTrie(std::move(entries));
}

void ByteBpe::Vocabulary::takeMerges(const ByteBpeParts& parts, const std::vector<std::string>& tokens) {
    std::unordered_map<std::string_view, TokenId> ids;
    for (std::size_t i = 0; i < tokens.size(); ++i)
        if (!tokens[i].empty()) ids[tokens[i]] = static_cast<TokenId>(i);
    std::size_t size = 16;
    while (size < 2 * parts.merges.size()) size *= 2;
    slots.resize(size);
    for (const auto& [left, right] : parts.merges) {
        const auto idOf = [&, &l = left, &r = right](const std::string& token) {
            const auto found = ids.find(token);
            if (found == ids.end())
                throw DataError("The merge " + quoted(l + ' ' + r) + " needs the token " + quoted(token) +
                                    ", which the vocabulary does not have: they do not belong together.",
                                kWrongFiles);
            return found->second;
        };
        const Merge merge{idOf(left), idOf(right), idOf(left + right)};
        merges.push_back(merge);
        slots[static_cast<std::size_t>(slotOf(merge.left, merge.right) - slots.data())] =
            static_cast<std::uint32_t>(merges.size());
    }
}

const std::uint32_t* ByteBpe::Vocabulary::slotOf(TokenId left, TokenId right) const {
    const std::size_t mask = slots.size() - 1;
    std::size_t place = hashOf(left, right) & mask;
    while (slots[place] != 0 && (merges[slots[place] - 1].left != left || merges[slots[place] - 1].right != right))
        place = (place + 1) & mask;
    return &slots[place];
}

void ByteBpe::encode(std::string_view text, std::vector<TokenId>& ids) {
    if (m_vocabulary->spaceBefore && text.front() != ' ') {
        (m_spaced = ' ') += text;
        text = m_spaced;
    }
    if (!m_vocabulary->divides) return encodeWord(text, ids);
    while (!text.empty()) {
        const std::size_t bytes = byteWordLength(text);
        encodeWord(text.substr(0, bytes), ids);
        text.remove_prefix(bytes);
    }
}

void ByteBpe::encodeWord(std::string_view word, std::vector<TokenId>& ids) {
    if (word.size() == 1) return ids.push_back(m_vocabulary->ofByte[static_cast<unsigned char>(word[0])]);
    const bool cached = word.size() <= WordCache::kLongestWord;
    if (cached && m_cache.find(word, ids)) return;
    const std::size_t before = ids.size();
    const ByteTrie::Match whole = m_vocabulary->words.longest(word);
    if (whole.bytes == word.size())
        ids.push_back(whole.id);
    else
        merge(word, ids);
    if (cached) m_cache.keep(word, ids.data() + before, ids.size() - before);
}

void ByteBpe::merge(std::string_view word, std::vector<TokenId>& ids) {
    const auto size = static_cast<std::int32_t>(word.size());
    m_symbols.clear();
    m_candidates.clear();
    for (std::int32_t i = 0; i < size; ++i) {
        const auto byte = static_cast<unsigned char>(word[static_cast<std::size_t>(i)]);
        m_symbols.push_back({m_vocabulary->ofByte[byte], i - 1, i + 1 < size ? i + 1 : -1});
    }
    for (std::int32_t i = 0; i + 1 < size; ++i) consider(i);
    while (!m_candidates.empty()) {
        const Candidate best = m_candidates.front();
        std::pop_heap(m_candidates.begin(), m_candidates.end());
        m_candidates.pop_back();
        const Symbol& left = m_symbols[static_cast<std::size_t>(best.place)];
        const Merge& merge = m_vocabulary->merges[best.rank];
        // One of the two may have been merged otherwise meanwhile.
        if (left.id == merge.left && left.next >= 0 && m_symbols[static_cast<std::size_t>(left.next)].id == merge.right)
            mergeAt(best.place, merge.result);
    }
    for (std::int32_t i = 0; i >= 0; i = m_symbols[static_cast<std::size_t>(i)].next)
        ids.push_back(m_symbols[static_cast<std::size_t>(i)].id);
}

void ByteBpe::consider(std::int32_t place) {
    const Symbol& left = m_symbols[static_cast<std::size_t>(place)];
    const std::uint32_t slot = *m_vocabulary->slotOf(left.id, m_symbols[static_cast<std::size_t>(left.next)].id);
    if (slot == 0) return;
    m_candidates.push_back({slot - 1, place});
    std::push_heap(m_candidates.begin(), m_candidates.end());
}

void ByteBpe::mergeAt(std::int32_t place, TokenId result) {
    Symbol& left = m_symbols[static_cast<std::size_t>(place)];
    Symbol& right = m_symbols[static_cast<std::size_t>(left.next)];
    left.id = result;
    left.next = right.next;
    right.id = kNoToken;
    if (left.next >= 0) m_symbols[static_cast<std::size_t>(left.next)].before = place;
    if (left.before >= 0) consider(left.before);
    if (left.next >= 0) consider(place);
}

void ByteBpe::decode(TokenId id, std::string& text) const { text += m_vocabulary->bytes[static_cast<std::size_t>(id)]; }

}  // namespace thaw::core
