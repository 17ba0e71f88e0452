#include "core/text/token_list.h"

#include "core/api/errors.h"
#include "core/api/text.h"

namespace thaw::core {

TokenId tokenIdFrom(const nlohmann::json& value, const std::string& path) {
    if (!value.is_number_integer() || value < 0 || value >= kMostTokens)
        throw ConfigError(path + ": expected a whole number from 0 to " + std::to_string(kMostTokens - 1) + '.');
    return value.get<TokenId>();
}

void placeToken(const std::string& token, TokenId id, std::vector<std::string>& tokens) {
    const auto place = static_cast<std::size_t>(id);
    if (token.size() > kMostTokenBytes) throw ConfigError("The token of the id " + std::to_string(id) + " is too long.");
    if (place >= tokens.size()) tokens.resize(place + 1);
    if (!tokens[place].empty() && tokens[place] != token)
        throw ConfigError("The id " + std::to_string(id) + " is given to two tokens, " + quotedToken(tokens[place]) + " and " +
                          quotedToken(token) + '.');
    tokens[place] = token;
}

std::vector<std::string> tokensFrom(const nlohmann::json& vocabulary, const std::string& path) {
    if (!vocabulary.is_object()) throw ConfigError(path + ": expected tokens and their ids in { }.");
    std::vector<std::string> tokens;
    for (const auto& [token, id] : vocabulary.items()) placeToken(token, tokenIdFrom(id, path), tokens);
    return tokens;
}

std::pair<std::string, std::string> divideMerge(const std::string& line) {
    const std::size_t space = line.find(' ');
    if (space == std::string::npos || space == 0 || space + 1 == line.size() || line.find(' ', space + 1) != std::string::npos)
        throw ConfigError("Expected two tokens with one space between, found " + quotedToken(line) + '.');
    return {line.substr(0, space), line.substr(space + 1)};
}

std::string quotedToken(const std::string& token) { return '"' + printableLine(token.substr(0, 80)) + '"'; }

}  // namespace thaw::core
