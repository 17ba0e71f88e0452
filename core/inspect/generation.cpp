#include "core/api/generation.h"

#include <algorithm>

#include "core/api/engine_info.h"
#include "core/api/errors.h"
#include "core/inspect/finished_run.h"
#include "core/inspect/token_choice.h"
#include "core/model/zoo.h"
#include "core/train/random.h"

namespace thaw::core {
namespace {

constexpr int kMostTokens = 100'000;
constexpr const char* kEnd = "<|endoftext|>";

void check(const GenerationSettings& settings) {
    const auto require = [](bool good, const std::string& what, const std::string& hint) {
        if (!good) throw ConfigError(what, hint);
    };
    require(settings.tokens >= 1 && settings.tokens <= kMostTokens, "The number of tokens is out of range.",
            "Choose 1 to 100,000 tokens.");
    require(settings.temperature >= 0 && settings.temperature <= 100, "The temperature is out of range.",
            "Choose 0 to 100; 1 is what the model learned.");
    require(settings.topK >= 0, "Top-k is negative.", "Choose 1 or more, or 0 for all tokens.");
    require(settings.topP > 0 && settings.topP <= 1, "Top-p is out of range.", "Choose a share above 0 and at most 1.");
}

/// The token that ends a text, at either end of a vocabulary; kNoToken: it has none.
TokenId endOf(const Tokenizer& tokenizer) {
    for (const TokenId id : {TokenId{0}, TokenId{tokenizer.info().vocabularySize - 1}})
        if (tokenizer.token(id) == kEnd) return id;
    return kNoToken;
}

/// Reads tokens and foretells the next one.
class Reader {
public:
    Reader(const StagedModel& model, const RunConfig& config, torch::Device device)
        : m_model(model), m_window(config.inputSize), m_device(device) {}

    /// The scores of what comes after all tokens so far.
    std::vector<float> read(const std::vector<TokenId>& tokens) {
        const auto all = static_cast<std::int64_t>(tokens.size());
        std::int64_t begin = m_read;
        if (m_memory.tokens + all - begin > m_window) {
            begin = std::max<std::int64_t>(0, all - (m_read == 0 ? m_window : m_window / 2));
            m_memory = {};
        }
        std::vector<std::int64_t> ids(tokens.begin() + begin, tokens.end());
        m_read = all;
        const torch::Tensor input = torch::tensor(ids, torch::kInt64).unsqueeze(0).to(m_device);
        ForwardContext context;
        context.memory = &m_memory;
        const int scores = m_model.info().headStage;
        const torch::Tensor hidden = m_model.forward(input, 0, scores, context);
        m_memory.tokens += input.size(1);
        const torch::Tensor last = hidden.slice(1, hidden.size(1) - 1);
        const torch::Tensor values = m_model.stage(scores).forward(last, {}).to(torch::kFloat32).cpu().contiguous();
        return {values.data_ptr<float>(), values.data_ptr<float>() + values.numel()};
    }

private:
    const StagedModel& m_model;
    std::int64_t m_window, m_read = 0;
    torch::Device m_device;
    AttentionMemory m_memory;
};

GeneratedText generate(const StagedModel& model, const RunConfig& config, torch::Device device,
                       const GenerationSettings& settings, const CountCallback& progress) {
    torch::NoGradGuard noGrad;
    const auto begin = Clock::now();
    const std::unique_ptr<Tokenizer> tokenizer = openTokenizer(descriptionOf(config.model).tokenizer);
    const TokenId end = endOf(*tokenizer);
    GeneratedText result;
    tokenizer->encode(settings.prompt.empty() ? "\n" : settings.prompt, result.prompt);
    std::vector<TokenId> all = result.prompt;
    Reader reader(model, config, device);
    RandomStream random(settings.seed, Purpose::Continuation, 0);
    for (int i = 0; i < settings.tokens; ++i) {
        report(progress, i, settings.tokens);
        const TokenId next = chooseToken(reader.read(all), settings, random.uniform());
        if (next == end) break;
        all.push_back(next);
        result.tokens.push_back(next);
    }
    report(progress, settings.tokens, settings.tokens);
    result.text = tokenizer->decode(result.tokens);
    result.seconds = secondsSince(begin);
    return result;
}

}  // namespace

GeneratedText continueText(const RunSelection& selection, const GenerationSettings& settings, const CountCallback& progress) {
    check(settings);
    const FinishedRun run = openRun(selection, settings.threads);
    if (run.manifest.config.task != TaskKind::ContinueText)
        throw ConfigError("The run's model does not continue texts.",
                          "Train one that does: thaw-cli lesson --preset gpt-shakespeare.");
    return generate(*run.model, run.manifest.config, run.device, settings, progress);
}

GeneratedText continueText(const std::string& model, const std::filesystem::path& weights, const GenerationSettings& settings,
                           const CountCallback& progress) {
    check(settings);
    useComputeThreads(settings.threads);
    RunConfig config;
    chooseModel(config, model);
    config.task = TaskKind::ContinueText;
    config.inputSize = descriptionOf(model).input.greatest;
    config.weights = weights;
    networkOf(config, /*classCount=*/1);  // refuses other models before their weights are read
    const TrunkWeights trunk = trunkWeightsOf(config);
    return generate(*buildModel(config, /*classCount=*/1, &trunk), config, torch::kCPU, settings, progress);
}

}  // namespace thaw::core
