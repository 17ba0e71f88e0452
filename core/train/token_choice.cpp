#include "core/train/token_choice.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace thaw::core {
namespace {

/// The `count` tokens with the largest scores, largest first; of equals the first.
std::vector<TokenId> largest(const std::vector<float>& scores, std::size_t count) {
    std::vector<TokenId> order(scores.size());
    std::iota(order.begin(), order.end(), 0);
    const auto better = [&scores](TokenId a, TokenId b) {
        const float ofA = scores[static_cast<std::size_t>(a)], ofB = scores[static_cast<std::size_t>(b)];
        return ofA != ofB ? ofA > ofB : a < b;
    };
    count = std::min(count, order.size());
    std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count), order.end(), better);
    order.resize(count);
    return order;
}

/// Those that may come, likeliest first, with weights that are their probabilities but for a factor.
struct Candidates {
    std::vector<TokenId> tokens;
    std::vector<double> weights;
    double sum = 0;
};

bool takesTheLikeliest(const GenerationSettings& settings) { return settings.temperature <= 0 || settings.topK == 1; }

Candidates candidatesOf(const std::vector<float>& scores, const GenerationSettings& settings) {
    if (takesTheLikeliest(settings)) return {largest(scores, 1), {1}, 1};
    Candidates all;
    all.tokens = largest(scores, settings.topK > 0 ? static_cast<std::size_t>(settings.topK) : scores.size());
    const double best = static_cast<double>(scores[static_cast<std::size_t>(all.tokens.front())]);
    double sum = 0;
    for (const TokenId token : all.tokens) {
        const double distance = static_cast<double>(scores[static_cast<std::size_t>(token)]) - best;
        all.weights.push_back(std::exp(distance / settings.temperature));
        sum += all.weights.back();
    }
    std::size_t kept = 0;
    while (kept < all.tokens.size() && (kept == 0 || all.sum < settings.topP * sum)) all.sum += all.weights[kept++];
    all.tokens.resize(kept);
    all.weights.resize(kept);
    return all;
}

}  // namespace

TokenId chooseToken(const std::vector<float>& scores, const GenerationSettings& settings, double chance) {
    const Candidates candidates = candidatesOf(scores, settings);
    double left = chance * candidates.sum;
    for (std::size_t i = 0; i < candidates.tokens.size(); ++i)
        if ((left -= candidates.weights[i]) < 0) return candidates.tokens[i];
    return candidates.tokens.back();
}

std::vector<TokenChance> likeliestTokens(const std::vector<float>& scores, const GenerationSettings& settings, int count) {
    if (count <= 0 || scores.empty()) return {};
    const std::vector<TokenId> order = largest(scores, static_cast<std::size_t>(count));
    const double temperature = settings.temperature > 0 ? settings.temperature : 1;
    const double best = static_cast<double>(scores[static_cast<std::size_t>(order.front())]);
    const auto weight = [&](float score) { return std::exp((static_cast<double>(score) - best) / temperature); };
    double sum = 0;
    for (const float score : scores) sum += weight(score);
    const std::size_t mayCome = candidatesOf(scores, settings).tokens.size();
    std::vector<TokenChance> chances;
    for (std::size_t i = 0; i < order.size(); ++i)
        chances.push_back({order[i], weight(scores[static_cast<std::size_t>(order[i])]) / sum, i < mayCome});
    return chances;
}

}  // namespace thaw::core
