// Results for other programs.
#pragma once

#include <nlohmann/json.hpp>

#include <cstdio>

#include "core/api/text.h"

namespace thaw::cli {

/// To standard output, indented; what is not UTF-8 in it stands as textOfBytes() has it, what a terminal would obey is escaped.
inline void print(nlohmann::json value) {
    core::turnBytesIntoText(value);
    const std::string text = value.dump(2, ' ', false, nlohmann::json::error_handler_t::replace);
    std::printf("%s\n", core::printableJson(text).c_str());
}

}  // namespace thaw::cli
