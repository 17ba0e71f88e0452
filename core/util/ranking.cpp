#include "core/util/ranking.h"

#include <algorithm>
#include <numeric>

namespace thaw::core {

RankedScores rank(const std::vector<float>& scores, const std::vector<std::uint8_t>& labels) {
    std::vector<std::size_t> order(scores.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return scores[a] > scores[b]; });
    RankedScores ranked;
    for (std::size_t i = 0; i < order.size(); ++i) {
        if (i == 0 || scores[order[i]] != scores[order[i - 1]]) ranked.steps.emplace_back();
        ++(labels[order[i]] ? ranked.steps.back().positives : ranked.steps.back().negatives);
        ++(labels[order[i]] ? ranked.positives : ranked.negatives);
    }
    return ranked;
}

double averagePrecision(const RankedScores& ranked) {
    if (ranked.positives == 0) return -1;
    double sum = 0;
    std::int64_t right = 0, all = 0;
    for (const RankedScores::Step& step : ranked.steps) {
        right += step.positives;
        all += step.positives + step.negatives;
        if (step.positives > 0)
            sum += static_cast<double>(step.positives) * static_cast<double>(right) / static_cast<double>(all);
    }
    return sum / static_cast<double>(ranked.positives);
}

double rocAuc(const RankedScores& ranked) {
    if (ranked.positives == 0 || ranked.negatives == 0) return -1;
    double pairs = 0;
    std::int64_t above = 0;
    for (const RankedScores::Step& step : ranked.steps) {
        pairs += static_cast<double>(step.negatives) * (static_cast<double>(above) + 0.5 * static_cast<double>(step.positives));
        above += step.positives;
    }
    return pairs / (static_cast<double>(ranked.positives) * static_cast<double>(ranked.negatives));
}

double meanOfKnown(const std::vector<double>& values) {
    double sum = 0;
    int known = 0;
    for (const double value : values) {
        if (value < 0) continue;
        sum += value;
        ++known;
    }
    return known > 0 ? sum / known : -1;
}

}  // namespace thaw::core
