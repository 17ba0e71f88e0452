#include <algorithm>
#include <cmath>

#include "core/api/collect.h"

namespace thaw::core {

std::vector<float> CollectHead::probabilities(const std::vector<float>& features) const {
    std::vector<double> logits(bias.begin(), bias.end());
    for (std::size_t row = 0; row < logits.size(); ++row) {
        const float* weight = weights.data() + row * features.size();
        for (std::size_t i = 0; i < features.size(); ++i)
            logits[row] += double{weight[i]} * ((double{features[i]} - mean[i]) * scale[i]);
    }
    const double largest = *std::max_element(logits.begin(), logits.end());
    double sum = 0;
    for (double& logit : logits) sum += logit = std::exp(logit - largest);
    std::vector<float> result;
    for (const double share : logits) result.push_back(static_cast<float>(share / sum));
    return result;
}

}  // namespace thaw::core
