// Fields of a table as text (CSV, RFC 4180).
#pragma once

#include <string>

#include "core/util/text.h"

namespace thaw::core {

/// In quotes where it needs them.
inline std::string csvField(const std::string& text) {
    if (text.find_first_of("\",\r\n") == std::string::npos) return text;
    std::string quoted = "\"";
    for (const char letter : text) quoted += letter == '"' ? std::string("\"\"") : std::string(1, letter);
    return quoted + '"';
}

/// A name that somebody else gave, as valid UTF-8. A spreadsheet would compute one that looks like a formula: it gets a '.
inline std::string csvName(const std::string& name) {
    const bool formula = !name.empty() && std::string("=+-@\t\r").find(name.front()) != std::string::npos;
    return csvField((formula ? "'" : "") + validUtf8(name));
}

}  // namespace thaw::core
