// Numbers as text that no locale changes.
#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>

namespace thaw::core {

/// The shortest text that reads back as the same number: "0.0001".
inline std::string numberText(double value) {
    char buffer[32];
    return std::string(buffer, std::to_chars(buffer, buffer + sizeof buffer, value).ptr);
}

/// 17 significant digits: "0.10000000000000001".
inline std::string fullNumberText(double value) {
    char buffer[32];
    return std::string(buffer, std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::general, 17).ptr);
}

/// "50,000".
inline std::string groupedText(std::int64_t number) {
    std::string text = std::to_string(number);
    for (auto at = static_cast<std::ptrdiff_t>(text.size()) - 3; at > (number < 0 ? 1 : 0); at -= 3)
        text.insert(static_cast<std::size_t>(at), ",");
    return text;
}

}  // namespace thaw::core
