#include "core/data/token_set.h"

#include <algorithm>

#include "core/api/errors.h"

namespace thaw::core {
namespace {

constexpr std::size_t kTellEvery = 256;  // texts

std::string countOf(std::int64_t texts) { return std::to_string(texts) + (texts == 1 ? " text" : " texts"); }

void tell(const CountCallback& progress, std::size_t done, std::size_t total) {
    if (progress && done % kTellEvery == 0 && !progress(static_cast<std::int64_t>(done), static_cast<std::int64_t>(total)))
        throw Cancelled();
}

}  // namespace

TokenSet tokenize(const std::vector<std::string>& texts, Tokenizer& tokenizer, int mostTokens, const CountCallback& progress) {
    TokenSet set;
    set.padding = std::max<TokenId>(0, tokenizer.info().padding);  // GPT-2 has none, and never sees what stands behind a text
    const auto most = static_cast<std::size_t>(mostTokens), total = texts.size();
    set.begins.reserve(total + 1);
    std::vector<TokenId> own;
    for (std::size_t i = 0; i < total; ++i) {
        tell(progress, i, total);
        own.clear();
        if (tokenizer.encode(texts[i], own, most + 1) > 0) ++set.brokenTexts;
        if (own.size() > most) {
            set.cut.push_back(static_cast<std::int64_t>(i));
            own.clear();
            tokenizer.encode(texts[i], own, most);
        }
        set.ids.insert(set.ids.end(), own.begin(), own.end());
        set.begins.push_back(static_cast<std::int64_t>(set.ids.size()));
    }
    return set;
}

TokenSet windowsOf(const std::vector<std::string>& texts, Tokenizer& tokenizer, int length, const CountCallback& progress) {
    TokenSet set;
    const std::size_t before = tokenizer.info().before.size(), after = tokenizer.info().after.size();
    std::vector<TokenId> own;
    for (std::size_t i = 0; i < texts.size(); ++i) {
        tell(progress, i, texts.size());
        own.clear();
        if (tokenizer.encode(texts[i], own) > 0) ++set.brokenTexts;
        set.ids.insert(set.ids.end(), own.begin() + static_cast<std::ptrdiff_t>(before),
                       own.end() - static_cast<std::ptrdiff_t>(after));
    }
    const std::int64_t tokens = static_cast<std::int64_t>(set.ids.size()), windows = (tokens - 1) / length;
    if (windows < 1)
        throw DataError("A text to continue, or the part of it that validates, has " + std::to_string(tokens) +
                            " tokens, and the windows that it is divided into have " + std::to_string(length) + ".",
                        "Choose a longer text or a smaller input size.");
    for (std::int64_t i = 1; i <= windows; ++i) set.begins.push_back(i * length);
    set.ids.resize(static_cast<std::size_t>(windows * length + 1));
    return set;
}

std::string noteOfTokens(const TokenSet& train, const TokenSet& test, int mostTokens) {
    const std::int64_t cut = static_cast<std::int64_t>(train.cut.size() + test.cut.size()),
                       broken = train.brokenTexts + test.brokenTexts;
    std::string note;
    if (cut > 0)
        note = countOf(cut) + " of " + std::to_string(train.count() + test.count()) + " had more than " +
               std::to_string(mostTokens) + " tokens: what is behind is not read. Raise the input size to read more.";
    if (broken > 0)
        note += (note.empty() ? "" : " ") + countOf(broken) +
                " had bytes that are no UTF-8: a replacement character stands for them.";
    return note;
}

}  // namespace thaw::core
