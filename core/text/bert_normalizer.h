// What BERT does to a text before it looks for words: controls dropped, accents off, lower case, ideographs apart.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/text/tokenizer_parts.h"

namespace thaw::core {

/// One thread at a time.
class BertNormalizer {
public:
    explicit BertNormalizer(const BertRules& rules);

    /// The text, which has no broken UTF-8, into `out`, at most three times as long.
    void normalize(std::string_view text, std::string& out);

private:
    void add(char32_t code, std::string& out);
    void place(char32_t code, std::string& out);
    void placeMarks(std::string& out);
    void write(char32_t code, std::string& out) const;

    BertRules m_rules;
    std::array<short, 128> m_ascii{};               // what becomes of it; negative: it is dropped
    std::vector<std::pair<int, char32_t>> m_marks;  // combining class and mark: they wait for their order
};

}  // namespace thaw::core
