#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/api/evaluation.h"
#include "core/inspect/log_probability.h"

namespace thaw::core {
namespace {

constexpr int kTop = 5;

// As topK orders them: the first of equals leads.
int rankOfTruth(const PredictionSet& predictions, std::int64_t index) {
    const int truth = predictions.labels[static_cast<std::size_t>(index)];
    const float* row = predictions.row(index);
    int rank = 0;
    for (int c = 0; c < predictions.classCount; ++c)
        if (row[c] > row[truth] || (row[c] == row[truth] && c < truth)) ++rank;
    return rank;
}

ConfusionMatrix confusionOf(const PredictionSet& predictions) {
    ConfusionMatrix confusion;
    confusion.classCount = predictions.classCount;
    confusion.counts.resize(static_cast<std::size_t>(predictions.classCount) * static_cast<std::size_t>(predictions.classCount));
    for (std::int64_t i = 0; i < predictions.count(); ++i)
        ++confusion.counts[static_cast<std::size_t>(predictions.labels[static_cast<std::size_t>(i)] * predictions.classCount +
                                                    predictions.predicted(i))];
    return confusion;
}

ClassScore scoreOf(const ConfusionMatrix& confusion, int index) {
    ClassScore score;
    score.support = confusion.rowSum(index);
    score.predicted = confusion.columnSum(index);
    const double right = static_cast<double>(confusion.at(index, index));
    if (score.predicted > 0) score.precision = right / static_cast<double>(score.predicted);
    if (score.support > 0) score.recall = right / static_cast<double>(score.support);
    if (score.predicted + score.support > 0) score.f1 = 2 * right / static_cast<double>(score.predicted + score.support);
    return score;
}

template <typename Weight>
ClassScore meanOf(const std::vector<ClassScore>& classes, const Weight& weightOf) {
    ClassScore mean;
    double total = 0;
    for (const ClassScore& score : classes) {
        const double weight = weightOf(score);
        total += weight;
        mean.precision += weight * score.precision;
        mean.recall += weight * score.recall;
        mean.f1 += weight * score.f1;
        mean.support += score.support;
        mean.predicted += score.predicted;
    }
    if (total > 0)
        for (double* value : {&mean.precision, &mean.recall, &mean.f1}) *value /= total;
    return mean;
}

}  // namespace

Interval wilsonInterval(std::int64_t successes, std::int64_t count) {
    if (count <= 0) return {0, 1};
    constexpr double z = 1.959963984540054;  // 97.5 % of the normal distribution lie below
    const double n = static_cast<double>(count), p = static_cast<double>(successes) / n, scale = 1 + z * z / n;
    const double centre = (p + z * z / (2 * n)) / scale, half = z / scale * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n));
    return {successes == 0 ? 0 : centre - half, successes == count ? 1 : centre + half};
}

double lossOf(const PredictionSet& predictions, std::int64_t index) {
    return -logProbability(predictions, index, predictions.labels[static_cast<std::size_t>(index)]);
}

std::vector<std::int64_t> topLosses(const PredictionSet& predictions, std::int64_t count) {
    std::vector<double> losses;
    for (std::int64_t i = 0; i < predictions.count(); ++i) losses.push_back(lossOf(predictions, i));
    std::vector<std::int64_t> order(losses.size());
    std::iota(order.begin(), order.end(), std::int64_t{0});
    const auto lossAt = [&](std::int64_t index) { return losses[static_cast<std::size_t>(index)]; };
    const auto end = order.begin() + std::clamp<std::int64_t>(count, 0, predictions.count());
    std::partial_sort(order.begin(), end, order.end(),
                      [&](std::int64_t a, std::int64_t b) { return lossAt(a) > lossAt(b) || (lossAt(a) == lossAt(b) && a < b); });
    order.erase(end, order.end());
    return order;
}

EvaluationReport evaluationReport(const PredictionSet& predictions) {
    EvaluationReport report;
    report.confusion = confusionOf(predictions);
    for (int c = 0; c < predictions.classCount; ++c) report.classes.push_back(scoreOf(report.confusion, c));
    report.macro = meanOf(report.classes, [](const ClassScore&) { return 1.0; });
    report.weighted = meanOf(report.classes, [](const ClassScore& score) { return static_cast<double>(score.support); });
    std::int64_t right = 0, amongFive = 0;
    for (int c = 0; c < predictions.classCount; ++c) right += report.confusion.at(c, c);
    for (std::int64_t i = 0; i < predictions.count(); ++i) amongFive += rankOfTruth(predictions, i) < kTop ? 1 : 0;
    if (predictions.count() > 0) {
        report.accuracy = static_cast<double>(right) / static_cast<double>(predictions.count());
        report.topFive = static_cast<double>(amongFive) / static_cast<double>(predictions.count());
    }
    report.loss = predictions.loss;
    report.accuracyInterval = wilsonInterval(right, predictions.count());
    report.calibration = calibrationOf(predictions);
    return report;
}

}  // namespace thaw::core
