#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/api/evaluation.h"
#include "core/inspect/log_probability.h"
#include "core/util/ranking.h"

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
    const auto classes = static_cast<std::size_t>(predictions.classCount);
    confusion.counts.resize(classes * classes);
    for (std::int64_t i = 0; i < predictions.count(); ++i)
        ++confusion.counts[static_cast<std::size_t>(predictions.labels[static_cast<std::size_t>(i)]) * classes +
                           static_cast<std::size_t>(predictions.predicted(i))];
    return confusion;
}

/// Precision, recall and F1 of a score that has its counts.
void fillIn(ClassScore& score, std::int64_t rightlyCalled) {
    const double right = static_cast<double>(rightlyCalled);
    if (score.predicted > 0) score.precision = right / static_cast<double>(score.predicted);
    if (score.support > 0) score.recall = right / static_cast<double>(score.support);
    if (score.predicted + score.support > 0) score.f1 = 2 * right / static_cast<double>(score.predicted + score.support);
}

ClassScore scoreOf(const ConfusionMatrix& confusion, int index) {
    ClassScore score;
    score.support = confusion.rowSum(index);
    score.predicted = confusion.columnSum(index);
    fillIn(score, confusion.at(index, index));
    return score;
}

std::vector<ClassScore> classScores(const ConfusionMatrix& confusion) {
    std::vector<ClassScore> scores;
    for (int c = 0; c < confusion.classCount; ++c) scores.push_back(scoreOf(confusion, c));
    return scores;
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

std::vector<ClassScore> classScores(const PredictionSet& predictions) { return classScores(confusionOf(predictions)); }

Interval wilsonInterval(std::int64_t successes, std::int64_t count) {
    if (count <= 0) return {0, 1};
    constexpr double z = 1.959963984540054;  // 97.5 % of the normal distribution lie below
    const double n = static_cast<double>(count), p = static_cast<double>(successes) / n, scale = 1 + z * z / n;
    const double centre = (p + z * z / (2 * n)) / scale, half = z / scale * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n));
    return {successes == 0 ? 0 : centre - half, successes == count ? 1 : centre + half};
}

double lossOf(const PredictionSet& predictions, std::int64_t index) {
    if (predictions.task == TaskKind::SeveralLabels) {
        double sum = 0;
        for (int c = 0; c < predictions.classCount; ++c) {
            const double probability = static_cast<double>(predictions.row(index)[c]);
            const double ofWhatIsSo = predictions.labelSet(index)[c] ? probability : 1 - probability;
            sum -= std::log(std::max(ofWhatIsSo, static_cast<double>(std::numeric_limits<float>::min())));
        }
        return sum / std::max(1, predictions.classCount);
    }
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

std::vector<int> saidClasses(const PredictionSet& predictions, std::int64_t index, double threshold) {
    if (predictions.task == TaskKind::OneLabel) return {predictions.predicted(index)};
    std::vector<int> said;
    for (int c = 0; c < predictions.classCount; ++c)
        if (static_cast<double>(predictions.row(index)[c]) >= threshold) said.push_back(c);
    return said;
}

std::vector<int> trueClasses(const PredictionSet& predictions, std::int64_t index) {
    std::vector<int> labels;
    if (predictions.task == TaskKind::SeveralLabels) {
        for (int c = 0; c < predictions.classCount; ++c)
            if (predictions.labelSet(index)[c]) labels.push_back(c);
    } else if (const int label = predictions.labels[static_cast<std::size_t>(index)]; label >= 0) {
        labels.push_back(label);
    }
    return labels;
}

bool isRight(const PredictionSet& predictions, std::int64_t index, double threshold) {
    if (predictions.task == TaskKind::OneLabel)
        return predictions.predicted(index) == predictions.labels[static_cast<std::size_t>(index)];
    return saidClasses(predictions, index, threshold) == trueClasses(predictions, index);
}

SeveralLabelsReport severalLabelsReport(const PredictionSet& predictions, double threshold) {
    SeveralLabelsReport report;
    std::vector<double> precisions, areas;
    std::vector<ClassScore> scores;
    for (int c = 0; c < predictions.classCount; ++c) {
        const std::vector<float> probabilities = predictions.scoresOf(c);
        const std::vector<std::uint8_t> labels = predictions.labelsOf(c);
        const RankedScores ranked = rank(probabilities, labels);
        LabelScore score{averagePrecision(ranked), rocAuc(ranked), {}};
        std::int64_t right = 0;
        for (std::size_t i = 0; i < labels.size(); ++i) {
            const bool called = static_cast<double>(probabilities[i]) >= threshold;
            score.atThreshold.predicted += called ? 1 : 0;
            right += called && labels[i] ? 1 : 0;
        }
        score.atThreshold.support = ranked.positives;
        fillIn(score.atThreshold, right);
        precisions.push_back(score.averagePrecision);
        areas.push_back(score.rocAuc);
        scores.push_back(score.atThreshold);
        report.classes.push_back(score);
    }
    report.meanAveragePrecision = meanOfKnown(precisions);
    report.rocAuc = meanOfKnown(areas);
    report.macroF1 = meanOf(scores, [](const ClassScore&) { return 1.0; }).f1;
    std::int64_t exact = 0;
    for (std::int64_t i = 0; i < predictions.count(); ++i) exact += isRight(predictions, i, threshold) ? 1 : 0;
    if (predictions.count() > 0) report.exact = static_cast<double>(exact) / static_cast<double>(predictions.count());
    report.loss = predictions.loss;
    return report;
}

EvaluationReport evaluationReport(const PredictionSet& predictions) {
    EvaluationReport report;
    report.confusion = confusionOf(predictions);
    report.classes = classScores(report.confusion);
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
