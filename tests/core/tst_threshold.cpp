#include <QTest>

#include <cmath>
#include <fstream>

#include <nlohmann/json.hpp>

#include "core/api/threshold.h"

using namespace thaw::core;
using nlohmann::json;

namespace {

json golden() {
    std::ifstream file(THAW_TEST_DATA "/threshold_golden.json");
    return json::parse(file);
}

PredictionSet setOf(const json& one) {
    PredictionSet set;
    set.classCount = one.at("classes");
    set.labels = one.at("labels").get<std::vector<int>>();
    set.probabilities = one.at("probabilities").get<std::vector<float>>();
    return set;
}

bool near(double a, double b) { return std::abs(a - b) <= 1e-9 * std::max(1.0, std::abs(b)); }

bool near(const Estimate& estimate, const json& expected) {
    return near(estimate.value, expected[0]) && near(estimate.interval.low, expected[1]) &&
           near(estimate.interval.high, expected[2]);
}

}  // namespace

class TestThreshold : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void curvesAreThoseOfScikitLearn() {
        for (const json& one : golden()) {
            const PredictionSet set = setOf(one);
            const std::vector<ThresholdCounts> curve = thresholdCurve(set, 1);
            const json& roc = one.at("roc");
            QCOMPARE(curve.size(), roc.at("true").size());
            for (std::size_t i = 0; i < curve.size(); ++i) {
                QVERIFY(near(curve[i].sensitivity(), roc.at("true")[i]));
                QVERIFY(near(1 - curve[i].specificity(), roc.at("false")[i]));
                if (i > 0) QVERIFY(near(curve[i].threshold, roc.at("thresholds")[i - 1]));
                QVERIFY(near(curve[i].precision(), one.at("precision")[i]));
                QVERIFY(near(curve[i].sensitivity(), one.at("recall")[i]));
            }
            QVERIFY(near(areaUnderRoc(set, 1), one.at("roc_auc")));
            QVERIFY(near(areaUnderPrecisionRecall(set, 1), one.at("average_precision")));
        }
    }

    void atAThreshold() {
        for (const json& one : golden())
            for (const json& at : one.at("at")) {
                const ThresholdReport report = thresholdReport(setOf(one), 1, at.at("threshold"));
                const ThresholdCounts& counts = report.counts;
                const std::vector<std::int64_t> found{counts.truePositives, counts.falsePositives, counts.trueNegatives,
                                                      counts.falseNegatives};
                QVERIFY(found == at.at("counts").get<std::vector<std::int64_t>>());
                QVERIFY(near(report.positiveRatio, at.at("positive_ratio")));
                QVERIFY(near(report.negativeRatio, at.at("negative_ratio")));
                QCOMPARE(report.sensitivity.value, counts.sensitivity());
                QVERIFY(report.sensitivity.interval.low < report.sensitivity.value &&
                        report.sensitivity.interval.high > report.sensitivity.value);
                QCOMPARE(report.positivePredictive.value, counts.precision());
            }
    }

    void nothingOfAClass() {
        PredictionSet set;
        set.classCount = 2;
        set.labels = {0, 0};
        set.probabilities = {0.9f, 0.1f, 0.4f, 0.6f};
        QVERIFY(areaUnderRoc(set, 1) < 0 && areaUnderPrecisionRecall(set, 1) < 0);
        const ThresholdReport report = thresholdReport(set, 1, 0.5);
        QCOMPARE(report.sensitivity.value, 0.0);
        QCOMPARE(report.specificity.value, 0.5);
        QCOMPARE(report.positiveRatio.value, 0.0);
        QVERIFY(std::isinf(report.positiveRatio.interval.high));
        QCOMPARE(thresholdCurve(set, 1).size(), std::size_t(3));
        set.labels.clear();
        set.probabilities.clear();
        QCOMPARE(thresholdCurve(set, 1).size(), std::size_t(1));
        QCOMPARE(bootstrapMetrics(set).size(), std::size_t(4));
    }

    void bootstrapIntervals() {
        const char* keys[] = {"accuracy", "balanced_accuracy", "macro_f1", "macro_roc_auc"};
        for (const json& one : golden()) {
            const PredictionSet set = setOf(one);
            const std::vector<BootstrapMetric> metrics = bootstrapMetrics(set), again = bootstrapMetrics(set);
            QCOMPARE(metrics.size(), std::size_t(4));
            for (std::size_t i = 0; i < metrics.size(); ++i) {
                const Estimate& estimate = metrics[i].estimate;
                QVERIFY(near(estimate.value, one.at(keys[i])));
                QVERIFY(estimate.interval.low < estimate.value && estimate.value < estimate.interval.high);
                QCOMPARE(estimate.interval.low, again[i].estimate.interval.low);
            }
            // Of an accuracy the normal approximation is near.
            const double p = metrics[0].estimate.value, n = static_cast<double>(set.count());
            const double half = 1.96 * std::sqrt(p * (1 - p) / n);
            QVERIFY(std::abs(metrics[0].estimate.interval.low - (p - half)) < 0.25 * half);
            QVERIFY(std::abs(metrics[0].estimate.interval.high - (p + half)) < 0.25 * half);
        }
    }

    void severalLabels() {
        PredictionSet set;
        set.task = TaskKind::SeveralLabels;
        set.classCount = 2;
        set.labels = {0, 1, -1, 0};
        set.labelSets = {1, 0, 0, 1, 0, 0, 1, 1};
        set.probabilities = {0.9f, 0.2f, 0.3f, 0.8f, 0.1f, 0.4f, 0.2f, 0.3f};
        const std::vector<BootstrapMetric> metrics = bootstrapMetrics(set, 50);
        QCOMPARE(metrics.size(), std::size_t(2));
        QCOMPARE(metrics[0].name, std::string("mean_average_precision"));
        QCOMPARE(thresholdReport(set, 0, 0.5).counts.truePositives, std::int64_t(1));
        QCOMPARE(thresholdReport(set, 0, 0.5).counts.falseNegatives, std::int64_t(1));
    }
};

QTEST_APPLESS_MAIN(TestThreshold)
#include "tst_threshold.moc"
