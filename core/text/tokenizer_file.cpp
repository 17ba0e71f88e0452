#include "core/text/tokenizer_file.h"

#include <algorithm>
#include <functional>
#include <unordered_map>

#include "core/api/errors.h"
#include "core/store/atomic_file.h"
#include "core/store/strict_json.h"
#include "core/text/letters.h"
#include "core/text/token_list.h"
#include "core/util/utf8.h"

namespace thaw::core {

namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::size_t kMostFileBytes = std::size_t{32} << 20;
constexpr const char* kWhatIsRead =
    "Thaw reads a folder with tokenizer.json, or vocab.txt, or vocab.json and merges.txt, and the first two files by themselves.";

/// What reads a file, its errors with the file's name.
template <class Read>
auto naming(const fs::path& file, Read read) {
    try {
        return read(readSmallFile(file, kMostFileBytes));
    } catch (const StoreError& error) {
        throw DataError(error.what(), error.hint());
    } catch (const Error& error) {
        throw DataError(file.string() + " cannot be used: " + error.what(), error.hint());
    }
}

/// Lines end with \n or \r\n; the last one may have no end.
void forEachLine(const std::string& text, const std::function<void(std::string_view)>& take) {
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        std::string_view line(text.data() + begin, end - begin);
        if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
        take(line);
        begin = end + 1;
    }
}

std::string_view withoutSpaceAtEnd(std::string_view line) {
    std::size_t kept = 0;
    for (std::size_t at = 0; at < line.size();) {
        const Letter letter = letterAt(line, at);
        at += letter.bytes;
        if (!isWhiteSpace(letter.code)) kept = at;
    }
    return line.substr(0, kept);
}

std::vector<std::string> tokensOfLines(const std::string& text) {
    for (std::size_t at = 0; at < text.size();) {
        const Utf8Part part = utf8Part(text, at);
        if (!part.whole) throw ConfigError("It is not UTF-8 text.", "A vocab.txt has one token a line.");
        at += part.bytes;
    }
    std::vector<std::string> tokens;
    forEachLine(text, [&tokens](std::string_view line) {
        line = withoutSpaceAtEnd(line);
        if (line.size() > kMostTokenBytes)
            throw ConfigError("Its line " + std::to_string(tokens.size() + 1) + " is too long for a token.",
                              "A vocab.txt has one token a line.");
        if (tokens.size() == static_cast<std::size_t>(kMostTokens)) throw ConfigError("It has too many lines.");
        tokens.emplace_back(line);
    });
    return tokens;
}

using Ids = std::unordered_map<std::string_view, TokenId>;

/// Of equal tokens the last counts, as for Hugging Face; the others then have no id.
Ids uniqueIds(std::vector<std::string>& tokens) {
    Ids ids;
    for (std::size_t i = tokens.size(); i-- > 0;)
        if (!ids.emplace(tokens[i], static_cast<TokenId>(i)).second) tokens[i].clear();
    return ids;
}

/// Capital letters anywhere but in signs such as [PAD].
bool hasCapitals(const std::vector<std::string>& tokens) {
    return std::any_of(tokens.begin(), tokens.end(),
                       [](const std::string& token) { return !token.empty() && token[0] >= 'A' && token[0] <= 'Z'; });
}

json configBeside(const fs::path& folder) {
    const fs::path file = folder / "tokenizer_config.json";
    std::error_code ignored;
    if (!fs::exists(file, ignored)) return json::object();
    return naming(file, [](const std::string& text) { return parseForeignJson(text); });
}

void readFlag(const json& config, const char* name, bool& target) {
    if (config.is_object() && config.contains(name) && config[name].is_boolean()) target = config[name].get<bool>();
}

TokenizerParts readVocabularyLines(const fs::path& file) {
    TokenizerParts parts;
    parts.tokens = naming(file, tokensOfLines);
    const Ids ids = uniqueIds(parts.tokens);
    WordPieceParts model;
    model.rules.lowerCase = !hasCapitals(parts.tokens);
    const json config = configBeside(file.parent_path());
    readFlag(config, "do_lower_case", model.rules.lowerCase);
    model.rules.dropMarks = model.rules.lowerCase;
    readFlag(config, "strip_accents", model.rules.dropMarks);
    readFlag(config, "tokenize_chinese_chars", model.rules.spaceChinese);
    parts.model = model;
    for (const char* name : {"[UNK]", "[SEP]", "[CLS]", "[PAD]", "[MASK]"}) {
        const auto found = ids.find(name);
        if (found != ids.end()) parts.added.push_back({name, found->second});
        if (found == ids.end() && name != std::string_view("[PAD]") && name != std::string_view("[MASK]"))
            throw DataError(
                file.string() + " cannot be used: it has no line " + name + ", so it is not the vocabulary of a BERT model.",
                "Choose the model's vocab.txt; the line's number is the token's id.");
    }
    parts.before = {ids.at("[CLS]")};
    parts.after = {ids.at("[SEP]")};
    return parts;
}

std::vector<std::pair<std::string, std::string>> mergesOfLines(const std::string& text) {
    std::vector<std::pair<std::string, std::string>> merges;
    std::size_t number = 0;
    forEachLine(text, [&](std::string_view line) {
        ++number;
        if (line.substr(0, 8) == "#version") return;
        try {
            merges.push_back(divideMerge(std::string(line)));
        } catch (const ConfigError& error) {
            throw ConfigError("Line " + std::to_string(number) + ": " + error.what(), error.hint());
        }
    });
    return merges;
}

TokenizerParts readVocabularyAndMerges(const fs::path& folder) {
    constexpr const char* kEndOfText = "<|endoftext|>";
    TokenizerParts parts;
    ByteBpeParts model;
    parts.tokens = naming(folder / "vocab.json",
                          [](const std::string& text) { return tokensFrom(parseForeignJson(text), "The list of tokens"); });
    model.merges = naming(folder / "merges.txt", mergesOfLines);
    const auto end = std::find(parts.tokens.begin(), parts.tokens.end(), kEndOfText);
    const bool hasSuffixes = std::any_of(model.merges.begin(), model.merges.end(), [](const auto& merge) {
        return merge.second.size() > 4 && merge.second.compare(merge.second.size() - 4, 4, "</w>") == 0;
    });
    if (end == parts.tokens.end() || hasSuffixes)
        throw DataError(
            (folder / "vocab.json").string() + " is not of GPT-2's kind, so the files do not say how texts are divided.",
            "Choose the model's tokenizer.json, which says it.");
    parts.added.push_back({kEndOfText, static_cast<TokenId>(end - parts.tokens.begin())});
    readFlag(configBeside(folder), "add_prefix_space", model.spaceBefore);
    parts.model = std::move(model);
    return parts;
}

TokenizerParts readFolder(const fs::path& folder) {
    std::error_code ignored;
    const auto has = [&](const char* name) { return fs::exists(folder / name, ignored); };
    if (has("tokenizer.json")) return naming(folder / "tokenizer.json", tokenizerPartsFromJson);
    if (has("vocab.txt")) return readVocabularyLines(folder / "vocab.txt");
    if (has("vocab.json") && has("merges.txt")) return readVocabularyAndMerges(folder);
    throw DataError("The folder " + folder.string() + " has no tokeniser's files.", kWhatIsRead);
}

bool beginsAsJson(const fs::path& file) {
    return naming(file, [](const std::string& text) {
        const std::size_t first = text.find_first_not_of(" \t\r\n");
        return first != std::string::npos && text[first] == '{';
    });
}

}  // namespace

TokenizerParts readTokenizerParts(const fs::path& place) {
    std::error_code ignored;
    if (!fs::exists(place, ignored)) throw DataError("There is no tokeniser " + place.string() + '.', kWhatIsRead);
    TokenizerParts parts = fs::is_directory(place, ignored) ? readFolder(place)
                           : beginsAsJson(place)            ? naming(place, tokenizerPartsFromJson)
                                                            : readVocabularyLines(place);
    for (const AddedToken& token : parts.added)
        if (parts.padding == kNoToken && token.content == "[PAD]") parts.padding = token.id;
    return parts;
}

}  // namespace thaw::core
