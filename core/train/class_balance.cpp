#include "core/train/class_balance.h"

#include <algorithm>
#include <string>

#include "core/api/errors.h"

namespace thaw::core {
namespace {

std::vector<std::int64_t> countsOf(const PictureSet& pictures, int classes) {
    std::vector<std::int64_t> counts(static_cast<std::size_t>(classes));
    for (std::int64_t i = 0; i < pictures.count(); ++i)
        for (int c = 0; c < classes; ++c) counts[static_cast<std::size_t>(c)] += pictures.hasLabel(i, c) ? 1 : 0;
    return counts;
}

}  // namespace

std::vector<float> classWeights(const ClassBalanceConfig& config, const PictureSet& pictures, int classes) {
    if (config.weights == ClassWeights::Off) return {};
    if (config.weights == ClassWeights::ByHand) {
        const bool positive = std::all_of(config.byHand.begin(), config.byHand.end(), [](double weight) { return weight > 0; });
        if (config.byHand.size() != static_cast<std::size_t>(classes) || !positive)
            throw ConfigError("The class weights by hand must be " + std::to_string(classes) + " numbers above 0, one a class.",
                              "Give them in the classes' order, or choose balanced weights.");
        return {config.byHand.begin(), config.byHand.end()};
    }
    const double all = static_cast<double>(pictures.count());
    std::vector<float> weights;
    for (const std::int64_t count : countsOf(pictures, classes)) {
        const double own = static_cast<double>(count);
        const double weight = pictures.labelSets.empty() ? all / (classes * own) : (all - own) / own;
        weights.push_back(count > 0 && weight > 0 ? static_cast<float>(weight) : 1.f);
    }
    return weights;
}

}  // namespace thaw::core
