#include "core/api/threshold.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/api/errors.h"
#include "core/train/random.h"
#include "core/util/ranking.h"

namespace thaw::core {
namespace {

constexpr double kNormal = 1.959963984540054;  // 97.5 % of the normal distribution lie below
constexpr int kLeastResamples = 200, kMostResamples = 1000;

double share(std::int64_t part, std::int64_t all, double ofNone) {
    return all > 0 ? static_cast<double>(part) / static_cast<double>(all) : ofNone;
}

Estimate shareEstimate(std::int64_t part, std::int64_t all) { return {share(part, all, 0), wilsonInterval(part, all)}; }

/// (a / n) / (b / m)
Estimate ratioEstimate(std::int64_t a, std::int64_t n, std::int64_t b, std::int64_t m) {
    const double infinite = std::numeric_limits<double>::infinity();
    const double above = share(a, n, 0), below = share(b, m, 0), value = below > 0 ? above / below : infinite;
    if (a == 0 || b == 0) return {above > 0 ? value : 0, {0, infinite}};
    const auto inverse = [](std::int64_t count) { return 1 / static_cast<double>(count); };
    const double deviation = std::sqrt(inverse(a) - inverse(n) + inverse(b) - inverse(m));
    return {value, {value * std::exp(-kNormal * deviation), value * std::exp(kNormal * deviation)}};
}

/// Pictures of a split, each as often as it was drawn.
using Draws = std::vector<std::int32_t>;

/// One class's pictures by falling probability, so that each draw is ranked without sorting.
class DrawnRanking {
public:
    DrawnRanking(const PredictionSet& set, int classIndex) {
        const std::vector<float> scores = set.scoresOf(classIndex);
        const std::vector<std::uint8_t> members = set.labelsOf(classIndex);
        std::vector<std::size_t> order(scores.size());
        std::iota(order.begin(), order.end(), std::size_t{0});
        std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return scores[a] > scores[b]; });
        std::size_t step = 0;
        for (std::size_t i = 0; i < order.size(); ++i) {
            if (i > 0 && scores[order[i]] != scores[order[i - 1]]) ++step;
            m_entries.push_back({order[i], step, members[order[i]] != 0});
        }
        m_ranked.steps.resize(order.empty() ? 0 : step + 1);
    }
    const RankedScores& of(const Draws& draws) {
        std::fill(m_ranked.steps.begin(), m_ranked.steps.end(), RankedScores::Step());
        m_ranked.positives = m_ranked.negatives = 0;
        for (const Entry& entry : m_entries) {
            RankedScores::Step& step = m_ranked.steps[entry.step];
            (entry.member ? step.positives : step.negatives) += draws[entry.picture];
            (entry.member ? m_ranked.positives : m_ranked.negatives) += draws[entry.picture];
        }
        return m_ranked;
    }

private:
    struct Entry {
        std::size_t picture, step;
        bool member;
    };
    std::vector<Entry> m_entries;
    RankedScores m_ranked;
};

/// The figures of draws of a set's pictures: for each name one a draw.
class DrawnMetrics {
public:
    DrawnMetrics(const PredictionSet& set, const CountCallback& progress) : m_set(set), m_progress(progress) {
        if (set.task == TaskKind::OneLabel)
            for (std::int64_t i = 0; i < set.count(); ++i) m_predicted.push_back(set.predicted(i));
    }

    std::vector<std::string> names() const {
        if (m_set.task == TaskKind::SeveralLabels) return {"mean_average_precision", "roc_auc"};
        return {"accuracy", "balanced_accuracy", "macro_f1", "roc_auc"};
    }

    std::vector<std::vector<double>> of(const std::vector<Draws>& all) const {
        const bool severalLabels = m_set.task == TaskKind::SeveralLabels;
        std::vector<std::vector<double>> precisions(all.size()), areas(all.size());
        for (int c = 0; c < m_set.classCount; ++c) {
            if (m_progress && !m_progress(c, m_set.classCount)) throw Cancelled();
            DrawnRanking ranking(m_set, c);  // one at a time: of a thousand classes all take too much memory
            for (std::size_t i = 0; i < all.size(); ++i) {
                const RankedScores& ranked = ranking.of(all[i]);
                if (severalLabels) precisions[i].push_back(averagePrecision(ranked));
                areas[i].push_back(rocAuc(ranked));
            }
        }
        std::vector<std::vector<double>> figures(names().size());
        for (std::size_t i = 0; i < all.size(); ++i) {
            std::vector<double> values = severalLabels ? std::vector<double>{meanOfKnown(precisions[i])} : ofClasses(all[i]);
            values.push_back(meanOfKnown(areas[i]));
            for (std::size_t name = 0; name < values.size(); ++name) figures[name].push_back(values[name]);
        }
        return figures;
    }

private:
    std::vector<double> ofClasses(const Draws& draws) const {
        const auto classes = static_cast<std::size_t>(m_set.classCount);
        std::vector<double> right(classes), support(classes), called(classes);
        double all = 0, allRight = 0;
        for (std::size_t i = 0; i < draws.size(); ++i) {
            const double times = static_cast<double>(draws[i]);
            const auto truth = static_cast<std::size_t>(m_set.labels[i]), said = static_cast<std::size_t>(m_predicted[i]);
            support[truth] += times;
            called[said] += times;
            if (truth == said) right[truth] += times;
            allRight += truth == said ? times : 0;
            all += times;
        }
        std::vector<double> recalls, f1Scores;
        for (std::size_t c = 0; c < classes; ++c) {
            recalls.push_back(support[c] > 0 ? right[c] / support[c] : -1);
            f1Scores.push_back(support[c] + called[c] > 0 ? 2 * right[c] / (support[c] + called[c]) : 0);
        }
        return {all > 0 ? allRight / all : 0, meanOfKnown(recalls), meanOfKnown(f1Scores)};
    }

    const PredictionSet& m_set;
    const CountCallback& m_progress;
    std::vector<int> m_predicted;
};

/// Linear between neighbours, as numpy's percentile.
double percentile(const std::vector<double>& sorted, double part) {
    const double place = part * static_cast<double>(sorted.size() - 1);
    const auto below = static_cast<std::size_t>(place);
    const std::size_t above = std::min(below + 1, sorted.size() - 1);
    return sorted[below] + (place - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

}  // namespace

double ThresholdCounts::sensitivity() const { return share(truePositives, truePositives + falseNegatives, 0); }
double ThresholdCounts::specificity() const { return share(trueNegatives, trueNegatives + falsePositives, 0); }
double ThresholdCounts::precision() const { return share(truePositives, truePositives + falsePositives, 1); }

std::vector<ThresholdCounts> thresholdCurve(const PredictionSet& predictions, int classIndex) {
    std::vector<float> scores = predictions.scoresOf(classIndex);
    const RankedScores ranked = rank(scores, predictions.labelsOf(classIndex));
    std::sort(scores.begin(), scores.end(), std::greater<>());
    scores.erase(std::unique(scores.begin(), scores.end()), scores.end());
    ThresholdCounts counts;
    counts.threshold = std::numeric_limits<double>::infinity();
    counts.falseNegatives = ranked.positives;
    counts.trueNegatives = ranked.negatives;
    std::vector<ThresholdCounts> curve{counts};
    for (std::size_t i = 0; i < ranked.steps.size(); ++i) {
        counts.threshold = static_cast<double>(scores[i]);
        counts.truePositives += ranked.steps[i].positives;
        counts.falseNegatives -= ranked.steps[i].positives;
        counts.falsePositives += ranked.steps[i].negatives;
        counts.trueNegatives -= ranked.steps[i].negatives;
        curve.push_back(counts);
    }
    return curve;
}

double areaUnderRoc(const PredictionSet& predictions, int classIndex) {
    return rocAuc(rank(predictions.scoresOf(classIndex), predictions.labelsOf(classIndex)));
}

double areaUnderPrecisionRecall(const PredictionSet& predictions, int classIndex) {
    return averagePrecision(rank(predictions.scoresOf(classIndex), predictions.labelsOf(classIndex)));
}

ThresholdReport thresholdReport(const PredictionSet& predictions, int classIndex, double threshold) {
    ThresholdReport report;
    ThresholdCounts& counts = report.counts;
    counts.threshold = threshold;
    const std::vector<std::uint8_t> members = predictions.labelsOf(classIndex);
    for (std::int64_t i = 0; i < predictions.count(); ++i) {
        const bool called = static_cast<double>(predictions.row(i)[classIndex]) >= threshold;
        if (members[static_cast<std::size_t>(i)] != 0)
            ++(called ? counts.truePositives : counts.falseNegatives);
        else
            ++(called ? counts.falsePositives : counts.trueNegatives);
    }
    const std::int64_t with = counts.truePositives + counts.falseNegatives,
                       without = counts.trueNegatives + counts.falsePositives;
    report.sensitivity = shareEstimate(counts.truePositives, with);
    report.specificity = shareEstimate(counts.trueNegatives, without);
    report.positivePredictive = shareEstimate(counts.truePositives, counts.truePositives + counts.falsePositives);
    report.negativePredictive = shareEstimate(counts.trueNegatives, counts.trueNegatives + counts.falseNegatives);
    report.positiveRatio = ratioEstimate(counts.truePositives, with, counts.falsePositives, without);
    report.negativeRatio = ratioEstimate(counts.falseNegatives, with, counts.trueNegatives, without);
    return report;
}

int bootstrapResamples(const PredictionSet& predictions) {
    constexpr double kWork = 2e9, kDrawn = 1e8;  // pictures times classes, and pictures, of all resamples
    const double pictures = std::max(1.0, static_cast<double>(predictions.count()));
    const double most = std::min(kWork / (pictures * std::max(1, predictions.classCount)), kDrawn / pictures);
    return static_cast<int>(std::clamp<double>(most, kLeastResamples, kMostResamples));
}

std::vector<BootstrapMetric> bootstrapMetrics(const PredictionSet& predictions, int resamples, const CountCallback& progress) {
    const DrawnMetrics metrics(predictions, progress);
    const auto count = static_cast<std::size_t>(predictions.count());
    if (resamples <= 0) resamples = bootstrapResamples(predictions);
    std::vector<Draws> draws{Draws(count, 1)};  // the set itself is the first
    for (int resample = 0; resample < resamples && count > 0; ++resample) {
        draws.emplace_back(count, 0);
        RandomStream random(/*seed=*/1, Purpose::Bootstrap, static_cast<std::uint64_t>(resample));
        for (std::size_t i = 0; i < count; ++i) ++draws.back()[random.below(count)];
    }
    const std::vector<std::string> names = metrics.names();
    std::vector<std::vector<double>> drawn = metrics.of(draws);
    std::vector<BootstrapMetric> result;
    for (std::size_t i = 0; i < names.size(); ++i) {
        const double value = drawn[i].front();
        drawn[i].erase(drawn[i].begin());
        BootstrapMetric metric{names[i], {value, {value, value}}};
        std::sort(drawn[i].begin(), drawn[i].end());
        if (!drawn[i].empty()) metric.estimate.interval = {percentile(drawn[i], 0.025), percentile(drawn[i], 0.975)};
        result.push_back(std::move(metric));
    }
    return result;
}

}  // namespace thaw::core
