#include "core/util/text.h"

#include <cstddef>

namespace thaw::core {
namespace {

/// Bytes of the UTF-8 sequence at `at`; 0 where there is none. Overlong forms, surrogates and what lies above U+10FFFF are none.
std::size_t sequenceLength(const std::string& text, std::size_t at) {
    const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
    const unsigned first = byte(at), second = byte(at + 1);
    if (first < 0x80) return 1;
    std::size_t length = 0;
    unsigned low = 0x80, high = 0xBF;  // of the second byte
    if (first >= 0xC2 && first <= 0xDF) length = 2;
    if (first >= 0xE0 && first <= 0xEF) length = 3, low = first == 0xE0 ? 0xA0 : 0x80, high = first == 0xED ? 0x9F : 0xBF;
    if (first >= 0xF0 && first <= 0xF4) length = 4, low = first == 0xF0 ? 0x90 : 0x80, high = first == 0xF4 ? 0x8F : 0xBF;
    if (length == 0 || second < low || second > high) return 0;
    for (std::size_t i = 2; i < length; ++i)
        if (byte(at + i) < 0x80 || byte(at + i) > 0xBF) return 0;
    return length;
}

}  // namespace

std::string validUtf8(const std::string& bytes) {
    std::string text;
    for (std::size_t at = 0; at < bytes.size();) {
        const std::size_t length = sequenceLength(bytes, at);
        if (length > 0)
            text.append(bytes, at, length);
        else
            text += "\xEF\xBF\xBD";
        at += length > 0 ? length : 1;
    }
    return text;
}

std::string escapedHtml(const std::string& bytes) {
    std::string text;
    for (const char letter : validUtf8(bytes)) {
        switch (letter) {
            case '&':
                text += "&amp;";
                break;
            case '<':
                text += "&lt;";
                break;
            case '>':
                text += "&gt;";
                break;
            case '"':
                text += "&quot;";
                break;
            case '\'':
                text += "&#39;";
                break;
            default:
                if (static_cast<unsigned char>(letter) < 0x20 && letter != '\t' && letter != '\n' && letter != '\r') break;
                if (letter != 0x7F) text += letter;
        }
    }
    return text;
}

}  // namespace thaw::core
