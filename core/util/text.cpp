#include "core/util/text.h"

#include <cstddef>
#include <cstdint>
#include <cstdio>

#include "core/api/text.h"
#include "core/util/utf8.h"

namespace thaw::core {
namespace {

/// Bytes of the UTF-8 sequence at `at`; 0 where there is none.
std::size_t sequenceLength(const std::string& text, std::size_t at) {
    const Utf8Part part = utf8Part(text, at);
    return part.whole ? part.bytes : 0;
}

struct Range {
    std::uint32_t first, last;
};
// Controls that a terminal obeys, and marks that are not seen but turn, hide or break the text around them. The joiners of emoji,
// Arabic and Indic scripts (U+200C, U+200D) belong to words and stay.
constexpr Range kUnseen[] = {{0x7F, 0x9F},     {0xAD, 0xAD},     {0x61C, 0x61C},   {0x180E, 0x180E},
                             {0x200B, 0x200B}, {0x200E, 0x200F}, {0x2028, 0x202E}, {0x2060, 0x206F},
                             {0xFEFF, 0xFEFF}, {0xFFF9, 0xFFFB}, {0xFFFE, 0xFFFF}, {0xE0000, 0xE001F}};

bool isUnseen(std::uint32_t code) {
    for (const Range& range : kUnseen)
        if (code >= range.first && code <= range.last) return true;
    return false;
}

std::string escape(const char* pattern, std::uint32_t code) {
    char text[12];
    std::snprintf(text, sizeof text, pattern, code);
    return text;
}

std::string shown(const std::string& bytes, bool oneLine) {
    std::string text;
    for (std::size_t at = 0; at < bytes.size();) {
        const std::size_t length = sequenceLength(bytes, at);
        const char letter = bytes[at];
        const std::uint32_t code = length > 0 ? codePoint(bytes, at, length) : static_cast<unsigned char>(letter);
        if (letter == '\n' || letter == '\t') {
            text += !oneLine ? std::string(1, letter) : letter == '\n' ? "\\n" : "\\t";
        } else if (oneLine && letter == '\r') {
            text += "\\r";
        } else if (length == 0 || code < 0x20 || code == 0x7F) {
            text += escape("\\x%02X", code);
        } else if (isUnseen(code)) {
            text += escape("\\u%04X", code);
        } else {
            text.append(bytes, at, length);
        }
        at += length > 0 ? length : 1;
    }
    return text;
}

template <class Stand>
std::string withoutBrokenBytes(const std::string& bytes, Stand standFor) {
    std::string text;
    for (std::size_t at = 0; at < bytes.size();) {
        const std::size_t length = sequenceLength(bytes, at);
        if (length > 0)
            text.append(bytes, at, length);
        else
            text += standFor(bytes[at]);
        at += length > 0 ? length : 1;
    }
    return text;
}

constexpr std::size_t kEscapeLength = 4;  // "\\xE9"

int hexDigit(char letter) {
    if (letter >= '0' && letter <= '9') return letter - '0';
    if (letter >= 'A' && letter <= 'F') return letter - 'A' + 10;
    return -1;
}

/// The byte that textOfBytes() wrote at `at`; negative where it wrote none there.
int escapedByte(const std::string& text, std::size_t at) {
    if (text.size() - at < kEscapeLength || text[at] != '\\' || text[at + 1] != 'x') return -1;
    const int high = hexDigit(text[at + 2]), low = hexDigit(text[at + 3]);
    if (high < 0 || low < 0) return -1;
    const int byte = high * 16 + low;
    return byte >= 0x80 || byte == '\\' ? byte : -1;
}

}  // namespace

std::string textOfBytes(const std::string& bytes) {
    std::string text;
    for (std::size_t at = 0; at < bytes.size();) {
        const std::size_t length = escapedByte(bytes, at) < 0 ? sequenceLength(bytes, at) : 0;
        if (length > 0)
            text.append(bytes, at, length);
        else
            text += escape("\\x%02X", static_cast<unsigned char>(bytes[at]));
        at += length > 0 ? length : 1;
    }
    return text;
}

std::string bytesOfText(const std::string& text) {
    std::string bytes;
    for (std::size_t at = 0; at < text.size();) {
        const int byte = escapedByte(text, at);
        bytes += byte < 0 ? text[at] : static_cast<char>(byte);
        at += byte < 0 ? 1 : kEscapeLength;
    }
    return bytes;
}

std::filesystem::path pathOfText(const std::string& text) {
    namespace fs = std::filesystem;
    const fs::path whole = bytesOfText(text);
    std::error_code error;
    if (text.find(kReplacement) == std::string::npos || fs::exists(whole, error)) return whole;
    fs::path found;
    for (const fs::path& part : whole) {
        if (part.string().find(kReplacement) == std::string::npos) {
            found /= part;
            continue;
        }
        int count = 0;
        fs::path name;
        for (fs::directory_iterator it(found.empty() ? "." : found, error), end; !error && it != end; it.increment(error))
            if (withLostLetters(it->path().filename().string()) == part.string()) ++count, name = it->path().filename();
        if (count != 1) return whole;
        found /= name;
    }
    return found;
}

std::string printable(const std::string& text) { return shown(text, /*oneLine=*/false); }

std::string printableLine(const std::string& text) { return shown(text, /*oneLine=*/true); }

std::string printableJson(const std::string& json) {
    std::string text;
    for (std::size_t at = 0; at < json.size();) {
        const std::size_t length = sequenceLength(json, at);
        const std::uint32_t code = length > 0 ? codePoint(json, at, length) : 0xFFFD;
        if (length == 0 || (isUnseen(code) && code <= 0xFFFF)) {
            text += escape("\\u%04X", code);
        } else if (isUnseen(code)) {  // JSON writes what lies above U+FFFF as a pair
            text += escape("\\u%04X", 0xD800 + ((code - 0x10000) >> 10)) + escape("\\u%04X", 0xDC00 + (code & 0x3FF));
        } else {
            text.append(json, at, length);
        }
        at += length > 0 ? length : 1;
    }
    return text;
}

std::string validUtf8(const std::string& bytes) {
    return withoutBrokenBytes(bytes, [](char byte) { return escape("\\x%02X", static_cast<unsigned char>(byte)); });
}

std::string withLostLetters(const std::string& bytes) {
    return withoutBrokenBytes(bytes, [](char) { return std::string(kReplacement); });
}

std::string escapedHtml(const std::string& bytes) {
    std::string text;
    for (const char letter : printable(bytes)) {
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
                text += letter;
        }
    }
    return text;
}

}  // namespace thaw::core
