#include <algorithm>
#include <numeric>

#include "core/api/prediction.h"

namespace thaw::core {

int PredictionSet::predicted(std::int64_t index) const {
    const float* begin = row(index);
    return static_cast<int>(std::max_element(begin, begin + classCount) - begin);
}

std::vector<float> PredictionSet::scoresOf(int classIndex) const {
    std::vector<float> scores;
    for (std::int64_t i = 0; i < count(); ++i) scores.push_back(row(i)[classIndex]);
    return scores;
}

std::vector<std::uint8_t> PredictionSet::labelsOf(int classIndex) const {
    std::vector<std::uint8_t> set;
    for (std::int64_t i = 0; i < count(); ++i) {
        const bool has =
            task == TaskKind::SeveralLabels ? labelSet(i)[classIndex] != 0 : labels[static_cast<std::size_t>(i)] == classIndex;
        set.push_back(has ? 1 : 0);
    }
    return set;
}

std::vector<int> topK(const float* probabilities, int classCount, int k) {
    std::vector<int> order(static_cast<std::size_t>(classCount));
    std::iota(order.begin(), order.end(), 0);
    k = std::clamp(k, 0, classCount);
    std::partial_sort(order.begin(), order.begin() + k, order.end(), [probabilities](int a, int b) {
        return probabilities[a] > probabilities[b] || (probabilities[a] == probabilities[b] && a < b);
    });
    order.resize(static_cast<std::size_t>(k));
    return order;
}

}  // namespace thaw::core
