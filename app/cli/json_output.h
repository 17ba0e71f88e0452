// Results for other programs.
#pragma once

#include <nlohmann/json.hpp>

#include <cstdio>

namespace thaw::cli {

/// To standard output, indented; what is not UTF-8 in it is replaced.
inline void print(const nlohmann::json& value) {
    std::printf("%s\n", value.dump(2, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
}

}  // namespace thaw::cli
