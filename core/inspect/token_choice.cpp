#include "core/inspect/token_choice.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace thaw::core {

TokenId chooseToken(const std::vector<float>& scores, const GenerationSettings& settings, double chance) {
    const auto best = std::max_element(scores.begin(), scores.end());
    if (settings.temperature <= 0 || settings.topK == 1) return static_cast<TokenId>(best - scores.begin());
    std::vector<TokenId> order(scores.size());
    std::iota(order.begin(), order.end(), 0);
    const auto better = [&scores](TokenId a, TokenId b) {
        const float ofA = scores[static_cast<std::size_t>(a)], ofB = scores[static_cast<std::size_t>(b)];
        return ofA != ofB ? ofA > ofB : a < b;
    };
    const std::size_t most = settings.topK > 0 ? std::min(order.size(), static_cast<std::size_t>(settings.topK)) : order.size();
    std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(most), order.end(), better);
    std::vector<double> weights;
    double sum = 0;
    for (std::size_t i = 0; i < most; ++i) {
        const double distance = static_cast<double>(scores[static_cast<std::size_t>(order[i])]) - static_cast<double>(*best);
        weights.push_back(std::exp(distance / settings.temperature));
        sum += weights.back();
    }
    std::size_t kept = 0;
    double together = 0;
    while (kept < most && (kept == 0 || together < settings.topP * sum)) together += weights[kept++];
    double left = chance * together;
    for (std::size_t i = 0; i < kept; ++i)
        if ((left -= weights[i]) < 0) return order[i];
    return order[kept - 1];
}

}  // namespace thaw::core
