#include "core/inspect/text_attribution.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "core/data/token_set.h"
#include "core/inspect/finished_run.h"
#include "core/train/input_source.h"
#include "core/train/task.h"
#include "core/train/text_input.h"

namespace thaw::core {
namespace {

constexpr int kPathSteps = 24, kRowsAtOnce = 12;
constexpr int kTokenTable = 0;  // the layer that makes tokens to vectors
constexpr const char* kMethodNames[] = {"gradient", "integrated", "leave-out"};

bool isSpace(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool isMark(char c) {
    return (c >= '!' && c <= '/') || (c >= ':' && c <= '@') || (c >= '[' && c <= '`') || (c >= '{' && c <= '~');
}

/// [begin, end) of what stands between spaces, marks of punctuation apart.
std::vector<std::pair<std::size_t, std::size_t>> runsOf(std::string_view text) {
    std::vector<std::pair<std::size_t, std::size_t>> runs;
    for (std::size_t at = 0; at < text.size();) {
        if (isSpace(text[at])) {
            ++at;
            continue;
        }
        std::size_t end = at + 1;
        while (!isMark(text[at]) && end < text.size() && !isSpace(text[end]) && !isMark(text[end])) ++end;
        runs.emplace_back(at, end);
        at = end;
    }
    return runs;
}

/// What the whole pass needs beside the text.
struct Asked {
    const StagedModel& model;
    const torch::Device& device;
    int classIndex;

    torch::Tensor logits(const TokenSet& texts, const std::vector<std::int64_t>& rows, const ForwardContext& context = {}) const {
        State batch = tokenBatch(texts, rows);
        batch.hidden = batch.hidden.to(device);
        if (batch.mask.defined()) batch.mask = batch.mask.to(device);
        return model.forward(std::move(batch), 0, model.stageCount(), context);
    }
    /// Of a text's tokens, [1, tokens, units].
    torch::Tensor vectors(const TokenSet& text) const {
        torch::NoGradGuard noGrad;
        return model.outputOf(State(tokenBatch(text, {0}).hidden.to(device)), 0, kTokenTable);
    }
};

/// The text with nothing but padding between what the tokeniser puts around it.
TokenSet blankOf(TokenSet text, const TokenizerInfo& tokenizer) {
    const auto begin = text.ids.begin() + static_cast<std::ptrdiff_t>(tokenizer.before.size());
    const auto end = text.ids.end() - static_cast<std::ptrdiff_t>(tokenizer.after.size());
    if (begin < end) std::fill(begin, end, text.padding);
    return text;
}

/// Each token, for `steps` points on the way from a blank text to this one; one step: at the end of the way alone.
torch::Tensor tokenScores(const Asked& asked, const TokenSet& text, const TokenSet& blank, int steps,
                          const CountCallback& progress) {
    const torch::Tensor begin = asked.vectors(blank), difference = asked.vectors(text) - begin;
    torch::Tensor gradients = torch::zeros_like(difference);
    for (int done = 0; done < steps; done += kRowsAtOnce) {
        report(progress, done, steps);
        const int rows = std::min(kRowsAtOnce, steps - done);
        Tap tap;
        tap.layer = kTokenTable;
        tap.asLeaf = true;
        if (steps > 1) {
            tap.origin = begin;
            tap.part = ((torch::arange(done, done + rows) + 0.5) / steps).view({rows, 1, 1}).to(asked.device);
        }
        ForwardContext context;
        context.tap = &tap;
        torch::AutoGradMode record(true);
        const torch::Tensor logits = asked.logits(text, std::vector<std::int64_t>(static_cast<std::size_t>(rows), 0), context);
        gradients += torch::autograd::grad({logits.select(1, asked.classIndex).sum()}, {tap.value})[0].sum(0, /*keepdim=*/true);
    }
    return ((gradients / steps) * difference).sum(2)[0].cpu().to(torch::kFloat64);
}

void append(TokenSet& to, const TokenId* begin, const TokenId* end) {
    to.ids.insert(to.ids.end(), begin, end);
    to.begins.push_back(static_cast<std::int64_t>(to.ids.size()));
}

/// The whole text first, then it without each of the words.
TokenSet withoutEach(const TokenSet& text, const std::vector<TokenizedWord>& words) {
    TokenSet all = text;
    const TokenId* ids = text.text(0);
    for (const TokenizedWord& word : words) {
        all.ids.insert(all.ids.end(), ids, ids + word.firstToken);
        append(all, ids + word.tokenEnd, ids + text.length(0));
    }
    return all;
}

std::vector<float> leftOutScores(const Asked& asked, const TokenSet& text, const std::vector<TokenizedWord>& words,
                                 const CountCallback& progress) {
    torch::NoGradGuard noGrad;
    const TokenSet all = withoutEach(text, words);
    std::vector<float> logits;
    for (std::int64_t begin = 0; begin < all.count(); begin += kRowsAtOnce) {
        report(progress, begin, all.count());
        const torch::Tensor part = asked.logits(all, rowRange(begin, std::min(all.count(), begin + kRowsAtOnce)))
                                       .select(1, asked.classIndex)
                                       .cpu()
                                       .contiguous();
        logits.insert(logits.end(), part.data_ptr<float>(), part.data_ptr<float>() + part.numel());
    }
    std::vector<float> scores;
    for (std::size_t i = 1; i < logits.size(); ++i) scores.push_back(logits[0] - logits[i]);
    return scores;
}

}  // namespace

std::string toString(AttributionMethod method) { return kMethodNames[static_cast<int>(method)]; }

AttributionMethod attributionMethodFromString(const std::string& name) {
    const auto* found = std::find(std::begin(kMethodNames), std::end(kMethodNames), name);
    if (found == std::end(kMethodNames))
        throw ConfigError("There is no attribution \"" + name + "\".", "Choose gradient, integrated or leave-out.");
    return static_cast<AttributionMethod>(found - std::begin(kMethodNames));
}

std::vector<TokenizedWord> wordsOf(const std::string& text, Tokenizer& tokenizer) {
    const TokenizerInfo& info = tokenizer.info();
    std::vector<TokenId> whole, joined = info.before, part;
    tokenizer.encode(text, whole);
    std::vector<TokenizedWord> words;
    for (const auto& [begin, end] : runsOf(text)) {
        part.clear();
        tokenizer.encode(std::string_view(text).substr(begin, end - begin), part);
        const auto first = part.begin() + static_cast<std::ptrdiff_t>(info.before.size());
        const auto last = part.end() - static_cast<std::ptrdiff_t>(info.after.size());
        if (first == last) continue;
        const auto at = static_cast<std::int64_t>(joined.size());
        joined.insert(joined.end(), first, last);
        words.push_back({begin, end - begin, at, static_cast<std::int64_t>(joined.size())});
    }
    joined.insert(joined.end(), info.after.begin(), info.after.end());
    if (joined == whole) return words;
    const auto tokens = static_cast<std::int64_t>(whole.size() - info.after.size());
    return {{0, text.size(), static_cast<std::int64_t>(info.before.size()), tokens}};
}

TextAttribution attributionOf(const StagedModel& model, Tokenizer& tokenizer, int mostTokens, const torch::Device& device,
                              const std::string& text, int classIndex, AttributionMethod method, const CountCallback& progress) {
    const TokenSet read = tokenize({text}, tokenizer, mostTokens);
    const auto after = static_cast<std::int64_t>(tokenizer.info().after.size());
    std::vector<TokenizedWord> words = wordsOf(text, tokenizer);
    TextAttribution made;
    made.method = method;
    made.classIndex = classIndex;
    made.tokens = words.empty() ? read.length(0) : words.back().tokenEnd + after;
    made.tokensCut = std::max<std::int64_t>(0, made.tokens - read.length(0));
    const std::int64_t end = read.length(0) - after;
    words.erase(std::remove_if(words.begin(), words.end(), [end](const auto& word) { return word.tokenEnd > end; }), words.end());

    const Asked asked{model, device, classIndex};
    {
        torch::NoGradGuard noGrad;
        const torch::Tensor probabilities = taskOf(model.info().task).probabilities(asked.logits(read, {0})).cpu().contiguous();
        made.probabilities.assign(probabilities.data_ptr<float>(), probabilities.data_ptr<float>() + probabilities.numel());
    }
    if (method == AttributionMethod::LeaveOut) {
        const std::vector<float> scores = leftOutScores(asked, read, words, progress);
        for (std::size_t i = 0; i < words.size(); ++i) made.words.push_back({words[i].begin, words[i].length, scores[i]});
        return made;
    }
    const int steps = method == AttributionMethod::IntegratedGradients ? kPathSteps : 1;
    const torch::Tensor scores = tokenScores(asked, read, blankOf(read, tokenizer.info()), steps, progress);
    for (const TokenizedWord& word : words)
        made.words.push_back({word.begin, word.length, scores.slice(0, word.firstToken, word.tokenEnd).sum().item<float>()});
    return made;
}

}  // namespace thaw::core
