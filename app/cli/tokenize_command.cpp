// tokenize: the ids of texts, a text a line.
#include <nlohmann/json.hpp>

#include <charconv>
#include <memory>

#include "app/cli/commands.h"
#include "app/cli/console.h"
#include "app/cli/text_lines.h"
#include "core/api/text.h"
#include "core/api/tokenizer.h"

namespace thaw::cli {

namespace {

struct Options {
    std::string model, file;
    std::size_t mostTokens = 0;
    bool json = false;
};

void printIds(const std::vector<core::TokenId>& ids, std::string& line) {
    line.clear();
    char digits[16];
    for (const core::TokenId id : ids) {
        if (!line.empty()) line += ' ';
        line.append(digits, std::to_chars(digits, digits + sizeof digits, id).ptr);
    }
    line += '\n';
    std::fwrite(line.data(), 1, line.size(), stdout);
}

void printJson(const std::vector<core::TokenId>& ids, const core::Tokenizer& tokenizer, std::size_t replaced) {
    std::vector<std::string> tokens;
    for (const core::TokenId id : ids) tokens.push_back(tokenizer.token(id));
    const nlohmann::ordered_json line = {{"ids", ids}, {"tokens", tokens}, {"replaced", replaced}};
    std::printf("%s\n", core::printableJson(line.dump()).c_str());
}

std::string counted(std::size_t count, const char* one, const char* several) {
    return thousands(static_cast<std::int64_t>(count)) + ' ' + (count == 1 ? one : several);
}

void saySuggestion(const core::TokenizerInfo& info) {
    if (info.suggestedTokens <= 0 && !info.suggestsPadding) return;
    std::string asked = info.suggestsPadding ? "to fill short texts up, which is not done here" : "";
    if (info.suggestedTokens > 0)
        asked = "to cut texts at " + counted(static_cast<std::size_t>(info.suggestedTokens), "token", "tokens") +
                ", which --max-tokens does" + (asked.empty() ? "" : ", and " + asked);
    printText(stderr, "Note: the tokeniser's file asks %s.\n", asked.c_str());
}

int tokenize(const Options& options) {
    const std::unique_ptr<core::Tokenizer> tokenizer = core::openTokenizer(options.model);
    if (options.mostTokens == 0) saySuggestion(tokenizer->info());
    TextLines lines(options.file, core::kMostTextBytes);
    std::vector<core::TokenId> ids;
    std::string line, out;
    std::size_t replaced = 0, firstReplaced = 0;
    while (lines.next(line)) {
        ids.clear();
        const std::size_t broken = tokenizer->encode(line, ids, options.mostTokens);
        if (broken > 0 && replaced == 0) firstReplaced = lines.number();
        replaced += broken;
        if (options.json)
            printJson(ids, *tokenizer, broken);
        else
            printIds(ids, out);
    }
    if (lines.number() == 0) printText(stderr, "Note: %s is empty: there is no text to divide.\n", lines.title().c_str());
    if (replaced > 0)
        printText(stderr, "Warning: %s of %s not UTF-8 and stood for U+FFFD, the first in line %zu.\n",
                  counted(replaced, "place", "places").c_str(), (lines.title() + (replaced == 1 ? " was" : " were")).c_str(),
                  firstReplaced);
    return kDone;
}

}  // namespace

Subcommand addTokenize(CLI::App& parser) {
    auto options = std::make_shared<Options>();
    CLI::App* app = parser.add_subcommand("tokenize", "The ids of a file's texts, a text a line");
    app->add_option("--model", options->model,
                    "minilm, gpt2, or a folder or file with a tokeniser: tokenizer.json, vocab.txt, vocab.json and merges.txt")
        ->required();
    app->add_option("--max-tokens", options->mostTokens, "Cut each text's end so that it has no more (default: does not)")
        ->check(CLI::Range(std::size_t{1}, core::kMostTextBytes));
    app->add_flag("--json", options->json, "A JSON object a line: ids, tokens, and how many places were not UTF-8");
    app->add_option("file", options->file, "Text file, or - for standard input")->required();
    return {app, [options] { return tokenize(*options); }};
}

}  // namespace thaw::cli
