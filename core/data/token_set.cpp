#include "core/data/token_set.h"

#include "core/api/errors.h"

namespace thaw::core {
namespace {

constexpr std::int64_t kTellEvery = 256;  // texts

std::string countOf(std::int64_t texts) { return std::to_string(texts) + (texts == 1 ? " text" : " texts"); }

}  // namespace

TokenSet tokenize(const std::vector<std::string>& texts, Tokenizer& tokenizer, int mostTokens, const CountCallback& progress) {
    TokenSet set;
    set.padding = tokenizer.info().padding;
    const auto most = static_cast<std::size_t>(mostTokens), total = texts.size();
    set.begins.reserve(total + 1);
    std::vector<TokenId> own;
    for (std::size_t i = 0; i < total; ++i) {
        if (progress && i % kTellEvery == 0 && !progress(static_cast<std::int64_t>(i), static_cast<std::int64_t>(total)))
            throw Cancelled();
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
