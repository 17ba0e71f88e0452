#include "core/train/continuation.h"

#include <algorithm>
#include <utility>

#include "core/api/errors.h"
#include "core/model/zoo.h"
#include "core/train/deadline.h"
#include "core/train/token_choice.h"

namespace thaw::core {
namespace {

constexpr int kMostTokens = 100'000, kMostForetold = 100;
constexpr const char* kEnd = "<|endoftext|>";

/// The token that ends a text, at either end of a vocabulary; kNoToken: it has none.
TokenId endOf(const Tokenizer& tokenizer) {
    for (const TokenId id : {TokenId{0}, TokenId{tokenizer.info().vocabularySize - 1}})
        if (tokenizer.token(id) == kEnd) return id;
    return kNoToken;
}

}  // namespace

void requireInRange(const GenerationSettings& settings) {
    const auto require = [](bool good, const std::string& what, const std::string& hint) {
        if (!good) throw ConfigError(what, hint);
    };
    require(settings.tokens >= 0 && settings.tokens <= kMostTokens, "The number of tokens is out of range.",
            "Choose 0 to 100,000 tokens.");
    require(settings.temperature >= 0 && settings.temperature <= 100, "The temperature is out of range.",
            "Choose 0 to 100; 1 is what the model learned.");
    require(settings.topK >= 0, "Top-k is negative.", "Choose 1 or more, or 0 for all tokens.");
    require(settings.topP > 0 && settings.topP <= 1, "Top-p is out of range.", "Choose a share above 0 and at most 1.");
    require(settings.foretold >= 0 && settings.foretold <= kMostForetold, "So many next tokens cannot be told.",
            "Choose 0 to 100.");
}

Continuation::Continuation(const RunConfig& config, torch::Device device, GenerationSettings settings)
    : m_settings(std::move(settings)),
      m_window(config.inputSize),
      m_device(device),
      m_random(m_settings.seed, Purpose::Continuation, 0) {
    requireInRange(m_settings);
    if (config.task != TaskKind::ContinueText)
        throw ConfigError("The run's model does not continue texts.",
                          "Train one that does: thaw-cli lesson --preset gpt-shakespeare.");
    m_tokenizer = openTokenizer(descriptionOf(config.model).tokenizer);
    m_end = endOf(*m_tokenizer);
    m_tokenizer->encode(m_settings.prompt.empty() ? "\n" : m_settings.prompt, m_text.prompt);
    m_all = m_text.prompt;
}

void Continuation::advance(const StagedModel& model) {
    if (m_finished) return;
    const auto begin = Clock::now();
    torch::NoGradGuard noGrad;
    if (!m_scores.empty() && static_cast<int>(m_text.tokens.size()) < m_settings.tokens) choose();
    const bool full = static_cast<int>(m_text.tokens.size()) == m_settings.tokens;
    if (!m_finished && (!full || m_settings.foretold > 0)) {
        read(model);
        foretell();
    }
    m_finished |= full;
    m_text.seconds += secondsSince(begin);
}

void Continuation::choose() {
    const TokenId next = chooseToken(m_scores, m_settings, m_random.uniform());
    m_finished = next == m_end;
    if (m_finished) return;
    m_all.push_back(next);
    m_text.tokens.push_back(next);
    m_text.text = m_tokenizer->decode(m_text.tokens);
}

void Continuation::read(const StagedModel& model) {
    const auto all = static_cast<std::int64_t>(m_all.size());
    std::int64_t begin = m_read;
    if (m_memory.tokens + all - begin > m_window) {
        begin = std::max<std::int64_t>(0, all - (m_read == 0 ? m_window : m_window / 2));
        m_memory = {};
    }
    const std::vector<std::int64_t> ids(m_all.begin() + begin, m_all.end());
    m_read = all;
    const torch::Tensor input = torch::tensor(ids, torch::kInt64).unsqueeze(0).to(m_device);
    ForwardContext context;
    context.memory = &m_memory;
    const int scores = model.info().headStage;
    const torch::Tensor hidden = model.forward(input, 0, scores, context);
    m_memory.tokens += input.size(1);
    const torch::Tensor last = hidden.slice(1, hidden.size(1) - 1);
    const torch::Tensor values = model.stage(scores).forward(last, {}).to(torch::kFloat32).cpu().contiguous();
    m_scores.assign(values.data_ptr<float>(), values.data_ptr<float>() + values.numel());
}

void Continuation::foretell() {
    m_text.next.clear();
    for (const TokenChance& chance : likeliestTokens(m_scores, m_settings, m_settings.foretold))
        m_text.next.push_back({m_tokenizer->decode({chance.token}), chance.probability, chance.mayCome});
}

}  // namespace thaw::core
