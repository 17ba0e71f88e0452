#include "core/text/bert_normalizer.h"

#include <algorithm>

#include "core/text/letters.h"
#include "core/util/utf8.h"

namespace thaw::core {

namespace {

bool isDropped(char32_t code) {
    if (code == '\t' || code == '\n' || code == '\r') return false;
    return code == 0xFFFD || isOther(code);
}

short asciiRule(char32_t code, const BertRules& rules) {
    if (rules.clean && isDropped(code)) return -1;
    if (rules.clean && isWhiteSpace(code)) return ' ';
    return static_cast<short>(rules.lowerCase ? simpleLowerCase(code) : code);
}

}  // namespace

BertNormalizer::BertNormalizer(const BertRules& rules) : m_rules(rules) {
    for (char32_t code = 0; code < m_ascii.size(); ++code) m_ascii[code] = asciiRule(code, rules);
}

void BertNormalizer::normalize(std::string_view text, std::string& out) {
    out.clear();
    for (std::size_t at = 0; at < text.size();) {
        const auto byte = static_cast<unsigned char>(text[at]);
        if (byte >= 0x80) {
            const Letter letter = letterAt(text, at);
            add(letter.code, out);
            at += letter.bytes;
            continue;
        }
        ++at;
        const short rule = m_ascii[byte];
        if (rule < 0) continue;
        if (!m_marks.empty()) placeMarks(out);
        out += static_cast<char>(rule);
    }
    placeMarks(out);
}

void BertNormalizer::add(char32_t code, std::string& out) {
    if (m_rules.clean) {
        if (isDropped(code)) return;
        if (isWhiteSpace(code)) code = ' ';
    }
    const bool apart = m_rules.spaceChinese && isChineseSign(code);
    if (apart) place(' ', out);
    if (m_rules.dropMarks) {
        char32_t parts[kLongestDecomposition];
        const std::size_t count = decompose(code, parts);
        for (std::size_t i = 0; i < count; ++i) place(parts[i], out);
    } else {
        place(code, out);
    }
    if (apart) place(' ', out);
}

// Canonical order: marks between two others stand by their class. Of one class, they keep their order.
void BertNormalizer::place(char32_t code, std::string& out) {
    if (m_rules.dropMarks) {
        if (const int order = combiningClass(code); order != 0) {
            m_marks.emplace_back(order, code);
            return;
        }
        placeMarks(out);
    }
    write(code, out);
}

void BertNormalizer::placeMarks(std::string& out) {
    if (m_marks.size() > 1)
        std::stable_sort(m_marks.begin(), m_marks.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    for (const auto& [order, mark] : m_marks) write(mark, out);
    m_marks.clear();
}

void BertNormalizer::write(char32_t code, std::string& out) const {
    if (m_rules.dropMarks && isNonSpacingMark(code)) return;
    if (m_rules.lowerCase)
        lowerCase(code, [&out](char32_t lower) { appendUtf8(lower, out); });
    else
        appendUtf8(code, out);
}

}  // namespace thaw::core
