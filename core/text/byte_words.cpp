#include "core/text/byte_words.h"

#include <array>

#include "core/text/letters.h"
#include "core/util/utf8.h"

namespace thaw::core {

namespace {

enum class Kind : char { Space, Letter, Number, Sign };

Kind kindOf(char32_t code) {
    if (isWhiteSpace(code)) return Kind::Space;
    return isLetter(code) ? Kind::Letter : isNumber(code) ? Kind::Number : Kind::Sign;
}

const std::array<Kind, 128> kAsciiKinds = [] {
    std::array<Kind, 128> kinds{};
    for (char32_t code = 0; code < kinds.size(); ++code) kinds[code] = kindOf(code);
    return kinds;
}();

struct Step {
    Kind kind;
    std::size_t bytes;
};

Step stepAt(std::string_view text, std::size_t at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte < 0x80) return {kAsciiKinds[byte], 1};
    const Letter letter = letterAt(text, at);
    return {kindOf(letter.code), letter.bytes};
}

/// Of 's and its like at the begin of a text; 0 where there is none.
std::size_t contractionLength(std::string_view text) {
    for (const std::string_view one : {"'s", "'t", "'re", "'ve", "'m", "'ll", "'d"})
        if (text.substr(0, one.size()) == one) return one.size();
    return 0;
}

/// The last of several spaces belongs to the word behind it.
std::size_t spaceLength(std::string_view text) {
    std::size_t end = 0, last = 0;
    while (end < text.size()) {
        const Step step = stepAt(text, end);
        if (step.kind != Kind::Space) return last > 0 ? last : end;
        last = end;
        end += step.bytes;
    }
    return end;
}

}  // namespace

std::size_t byteWordLength(std::string_view text) {
    if (text.front() == '\'')
        if (const std::size_t bytes = contractionLength(text)) return bytes;
    std::size_t begin = text.front() == ' ' && text.size() > 1 ? 1 : 0;
    const Kind kind = stepAt(text, begin).kind;
    if (kind == Kind::Space) return spaceLength(text);
    while (begin < text.size()) {
        const Step step = stepAt(text, begin);
        if (step.kind != kind) break;
        begin += step.bytes;
    }
    return begin;
}

}  // namespace thaw::core
