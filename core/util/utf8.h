// UTF-8, sequence by sequence. Overlong forms, surrogates and what lies above U+10FFFF are broken.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace thaw::core {

struct Utf8Part {
    /// Of the sequence; of a broken one, as many as one U+FFFD stands for: those that could begin a sequence, or one. Unicode
    /// (chapter 3.9, "maximal subpart"), Python and Rust replace them so.
    std::size_t bytes = 0;
    bool whole = false;
};

inline constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

/// What stands at `at`, which is below the text's size.
inline Utf8Part utf8Part(std::string_view text, std::size_t at) {
    const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
    const unsigned first = byte(at), second = byte(at + 1);
    if (first < 0x80) return {1, true};
    std::size_t length = 0;
    unsigned low = 0x80, high = 0xBF;  // of the second byte
    if (first >= 0xC2 && first <= 0xDF) length = 2;
    if (first >= 0xE0 && first <= 0xEF) length = 3, low = first == 0xE0 ? 0xA0 : 0x80, high = first == 0xED ? 0x9F : 0xBF;
    if (first >= 0xF0 && first <= 0xF4) length = 4, low = first == 0xF0 ? 0x90 : 0x80, high = first == 0xF4 ? 0x8F : 0xBF;
    if (length == 0 || second < low || second > high) return {1, false};
    for (std::size_t i = 2; i < length; ++i)
        if (byte(at + i) < 0x80 || byte(at + i) > 0xBF) return {i, false};
    return {length, true};
}

/// Of a whole sequence of `bytes` bytes.
inline char32_t codePoint(std::string_view text, std::size_t at, std::size_t bytes) {
    const auto first = static_cast<unsigned char>(text[at]);
    char32_t code = bytes == 1 ? first : first & (0x7Fu >> bytes);
    for (std::size_t i = 1; i < bytes; ++i) code = code << 6 | (static_cast<unsigned char>(text[at + i]) & 0x3Fu);
    return code;
}

/// `code` is at most U+10FFFF and no surrogate.
inline void appendUtf8(char32_t code, std::string& text) {
    const auto put = [&text](char32_t byte) { text += static_cast<char>(byte); };
    const auto rest = [&](int shift) { put(0x80u | (code >> shift & 0x3Fu)); };
    if (code < 0x80) return put(code);
    if (code < 0x800) return put(0xC0u | code >> 6), rest(0);
    if (code < 0x10000) return put(0xE0u | code >> 12), rest(6), rest(0);
    put(0xF0u | code >> 18), rest(12), rest(6), rest(0);
}

/// A text without broken sequences, in order, letter by letter: its code point and its bytes.
struct Letter {
    char32_t code;
    std::size_t bytes;
};
inline Letter letterAt(std::string_view valid, std::size_t at) {
    const auto first = static_cast<unsigned char>(valid[at]);
    const std::size_t bytes = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    return {codePoint(valid, at, bytes), bytes};
}

}  // namespace thaw::core
