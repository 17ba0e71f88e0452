#include <algorithm>
#include <cmath>

#include "core/api/errors.h"
#include "core/api/evaluation.h"

namespace thaw::core {
namespace {

constexpr std::int64_t kExactBelow = 25;

double mcNemar(std::int64_t lost, std::int64_t gained) {
    const std::int64_t changes = lost + gained;
    if (changes >= kExactBelow) {
        const double distance = std::max(0.0, static_cast<double>(std::abs(lost - gained)) - 1);
        return std::erfc(std::sqrt(distance * distance / static_cast<double>(changes) / 2));
    }
    double ways = 1, tail = 0;
    for (std::int64_t k = 0; k <= std::min(lost, gained); ++k) {
        tail += ways;
        ways = ways * static_cast<double>(changes - k) / static_cast<double>(k + 1);
    }
    return std::min(1.0, 2 * std::ldexp(tail, -static_cast<int>(changes)));
}

}  // namespace

ModelDifference compareModels(const PredictionSet& a, const PredictionSet& b) {
    requireClasses(a.task);
    if (a.classCount != b.classCount)
        throw ConfigError(
            "The models have " + std::to_string(a.classCount) + " and " + std::to_string(b.classCount) + " classes.",
            "Compare models of the same classes.");
    if (a.task != b.task || a.split != b.split || a.labels != b.labels || a.labelSets != b.labelSets ||
        !a.pictures.mayBe(b.pictures))
        throw ConfigError("The models were asked about different pictures.",
                          "Compare models on the same pictures of the same data set.");
    ModelDifference difference;
    const bool oneLabel = a.task == TaskKind::OneLabel;
    if (oneLabel) difference.confusion.resize(static_cast<std::size_t>(a.classCount) * static_cast<std::size_t>(a.classCount));
    std::int64_t rightA = 0, rightB = 0;
    for (std::int64_t i = 0; i < a.count(); ++i) {
        if (oneLabel) {
            const int truth = a.labels[static_cast<std::size_t>(i)] * a.classCount;
            --difference.confusion[static_cast<std::size_t>(truth + a.predicted(i))];
            ++difference.confusion[static_cast<std::size_t>(truth + b.predicted(i))];
        }
        const bool isRightA = isRight(a, i), isRightB = isRight(b, i);
        rightA += isRightA ? 1 : 0;
        rightB += isRightB ? 1 : 0;
        if (isRightA && !isRightB) difference.lost.push_back(i);
        if (!isRightA && isRightB) difference.gained.push_back(i);
    }
    if (a.count() > 0) {
        difference.accuracyA = static_cast<double>(rightA) / static_cast<double>(a.count());
        difference.accuracyB = static_cast<double>(rightB) / static_cast<double>(a.count());
    }
    difference.pValue =
        mcNemar(static_cast<std::int64_t>(difference.lost.size()), static_cast<std::int64_t>(difference.gained.size()));
    return difference;
}

}  // namespace thaw::core
