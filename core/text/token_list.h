// What the readers of a tokeniser's files share: tokens and their ids, and merges. All throw ConfigError.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/text/tokenizer_parts.h"

namespace thaw::core {

/// A number below kMostTokens. `path` names it in the message.
TokenId tokenIdFrom(const nlohmann::json& value, const std::string& path);

/// tokens[id] = token; that place is free, or holds the same.
void placeToken(const std::string& token, TokenId id, std::vector<std::string>& tokens);

/// {"token": id, ...}: tokens by id.
std::vector<std::string> tokensFrom(const nlohmann::json& vocabulary, const std::string& path);

/// "a b", as merges are written.
std::pair<std::string, std::string> divideMerge(const std::string& line);

/// A token in quotes, as it can be shown; a long one is cut.
std::string quotedToken(const std::string& token);

}  // namespace thaw::core
