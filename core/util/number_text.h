// Numbers as text that no locale changes.
#pragma once

#include <charconv>
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

}  // namespace thaw::core
