#include <QtTest>

#include <array>
#include <cmath>
#include <fstream>
#include <set>

#include <nlohmann/json.hpp>

#include "core/api/errors.h"
#include "core/api/evaluation.h"
#include "tests/support/expect_error.h"

using namespace thaw::core;
using nlohmann::json;
using thaw::test::errorOf;

namespace {

constexpr double kTolerance = 1e-9;

// One row of probabilities a picture.
PredictionSet setOf(int classes, std::vector<int> labels, std::vector<float> probabilities) {
    PredictionSet set;
    set.classCount = classes;
    set.labels = std::move(labels);
    set.probabilities = std::move(probabilities);
    return set;
}

// Pictures of (truth, predicted, confidence) among three classes.
PredictionSet told(const std::vector<std::tuple<int, int, float>>& pictures) {
    PredictionSet set = setOf(3, {}, {});
    for (const auto& [truth, predicted, confidence] : pictures) {
        set.labels.push_back(truth);
        for (int c = 0; c < 3; ++c) set.probabilities.push_back(c == predicted ? confidence : (1 - confidence) / 2);
    }
    return set;
}

ConfusionMatrix matrixOf(int classes, std::vector<std::int64_t> counts) { return {classes, std::move(counts)}; }

const json& golden() {
    static const json document = [] {
        std::ifstream file(THAW_TEST_DATA "/evaluation_golden.json");
        return json::parse(file);
    }();
    return document;
}

PredictionSet goldenSet(const std::string& name) {
    const json& one = golden().at("cases").at(name);
    const auto labels = one.at("labels").get<std::vector<int>>();
    const auto probabilities = one.at("probabilities").get<std::vector<float>>();
    return setOf(static_cast<int>(probabilities.size() / labels.size()), labels, probabilities);
}

std::vector<std::int64_t> flat(const json& rows) {
    std::vector<std::int64_t> all;
    for (const json& row : rows)
        for (const json& value : row) all.push_back(value);
    return all;
}

bool near(double a, double b, double tolerance = kTolerance) { return std::abs(a - b) <= tolerance * std::max(1.0, std::abs(b)); }

bool equals(const ClassScore& score, const json& expected) {
    return near(score.precision, expected[0]) && near(score.recall, expected[1]) && near(score.f1, expected[2]);
}

bool equals(const Calibration& calibration, const json& expected) {
    if (calibration.bins.size() != expected.at("bins").size() || !near(calibration.expectedError, expected.at("ece")))
        return false;
    for (std::size_t i = 0; i < calibration.bins.size(); ++i) {
        const CalibrationBin& bin = calibration.bins[i];
        const json& other = expected.at("bins")[i];
        if (bin.count != other[0] || !near(bin.confidence, other[1]) || !near(bin.accuracy, other[2])) return false;
    }
    return true;
}

}  // namespace

class TestEvaluation : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void equalsScikitLearn_data() {
        QTest::addColumn<QString>("name");
        for (const auto& [name, value] : golden().at("cases").items())
            QTest::newRow(name.c_str()) << QString::fromStdString(name);
    }

    void equalsScikitLearn() {
        QFETCH(QString, name);
        const json& expected = golden().at("cases").at(name.toStdString());
        const PredictionSet set = goldenSet(name.toStdString());
        const EvaluationReport report = evaluationReport(set);
        QVERIFY(report.confusion.counts == flat(expected.at("confusion")));
        for (std::size_t c = 0; c < report.classes.size(); ++c) {
            QVERIFY(equals(report.classes[c], expected.at("classes")[c]));
            QCOMPARE(report.classes[c].support, expected.at("classes")[c][3].get<std::int64_t>());
            QCOMPARE(report.classes[c].predicted, report.confusion.columnSum(static_cast<int>(c)));
        }
        QVERIFY(equals(report.macro, expected.at("macro")));
        QVERIFY(equals(report.weighted, expected.at("weighted")));
        QCOMPARE(report.weighted.support, set.count());
        QVERIFY(near(report.accuracy, expected.at("accuracy")));
        QVERIFY(near(report.topFive, expected.at("top5")));
        QVERIFY(near(report.accuracyInterval.low, expected.at("interval")[0]));
        QVERIFY(near(report.accuracyInterval.high, expected.at("interval")[1]));
        double loss = 0;
        for (std::int64_t i = 0; i < set.count(); ++i) loss += lossOf(set, i) / static_cast<double>(set.count());
        QVERIFY(near(loss, expected.at("loss"), 1e-6));  // scikit-learn wants rows that add up to 1 in double precision
        QVERIFY(topLosses(set, 10) == expected.at("topLosses").get<std::vector<std::int64_t>>());
        QVERIFY(equals(report.calibration, expected.at("calibration")));
    }

    void temperatureEqualsScipy_data() { equalsScikitLearn_data(); }

    void temperatureEqualsScipy() {
        QFETCH(QString, name);
        const json& expected = golden().at("cases").at(name.toStdString());
        const PredictionSet set = goldenSet(name.toStdString());
        const double temperature = expected.at("temperature");
        QVERIFY2(near(fitTemperature(set), temperature, 1e-6), qPrintable(QString::number(fitTemperature(set), 'g', 12)));
        QVERIFY(equals(calibrationOf(set, 15, temperature), expected.at("calibrationAtTemperature")));
    }

    void differencesEqualScipy() {
        for (const auto& [name, pair] : golden().at("pairs").items()) {
            const json& expected = golden().at("differences").at(name);
            const PredictionSet a = goldenSet(pair[0]), b = goldenSet(pair[1]);
            const ModelDifference difference = compareModels(a, b);
            QVERIFY(difference.lost == expected.at("lost").get<std::vector<std::int64_t>>());
            QVERIFY(difference.gained == expected.at("gained").get<std::vector<std::int64_t>>());
            QVERIFY(difference.confusion == flat(expected.at("confusion")));
            QVERIFY(std::abs(difference.pValue / expected.at("p").get<double>() - 1) < kTolerance);
            QCOMPARE(difference.accuracyA, evaluationReport(a).accuracy);
            QCOMPARE(difference.accuracyB, evaluationReport(b).accuracy);
        }
    }

    void wilsonEqualsScipy() {
        for (const json& row : golden().at("wilson")) {
            const Interval interval = wilsonInterval(row[0], row[1]);
            QVERIFY(near(interval.low, row[2]) && near(interval.high, row[3]));
        }
        QCOMPARE(wilsonInterval(0, 0).low, 0.0);
        QCOMPARE(wilsonInterval(0, 0).high, 1.0);
        QCOMPARE(wilsonInterval(0, 10).low, 0.0);
        QCOMPARE(wilsonInterval(10, 10).high, 1.0);
    }

    // By hand: the exact test of 1 against 5 is 2 (1 + 6) / 64; 12 against 12 is no difference; 30 against 20 is erfc(sqrt(81 /
    // 50 / 2)).
    void mcNemarByHand() {
        const auto changed = [](int lost, int gained) {
            std::vector<std::tuple<int, int, float>> before, after;
            for (int i = 0; i < lost + gained; ++i) {
                before.emplace_back(0, i < lost ? 0 : 1, 0.9f);
                after.emplace_back(0, i < lost ? 1 : 0, 0.9f);
            }
            return compareModels(told(before), told(after)).pValue;
        };
        QCOMPARE(changed(0, 0), 1.0);
        QCOMPARE(changed(1, 5), 2.0 * 7 / 64);
        QCOMPARE(changed(5, 1), 2.0 * 7 / 64);
        QCOMPARE(changed(12, 12), 1.0);
        QVERIFY(near(changed(30, 20), std::erfc(9 / 10.0)));
        QCOMPARE(changed(13, 13), 1.0);
    }

    void emptyIsAnswered() {
        const PredictionSet none = setOf(3, {}, {});
        const EvaluationReport report = evaluationReport(none);
        QVERIFY(report.confusion.counts == std::vector<std::int64_t>(9));
        QCOMPARE(report.accuracy, 0.0);
        QCOMPARE(report.accuracyInterval.high, 1.0);
        QCOMPARE(report.calibration.expectedError, 0.0);
        QCOMPARE(report.weighted.f1, 0.0);
        QCOMPARE(fitTemperature(none), 1.0);
        QVERIFY(topLosses(none, 5).empty() && picturesIn(none, {{0, 0}}).empty() && mostConfused(report.confusion).empty());
        QCOMPARE(compareModels(none, none).pValue, 1.0);
        QVERIFY(confusionOrder(ConfusionMatrix()).empty());
        QVERIFY(evaluationReport(PredictionSet()).classes.empty());
    }

    // A probability that underflowed to 0 costs much, not infinitely much.
    void zeroProbabilityIsFinite() {
        const PredictionSet set = setOf(2, {0, 1}, {0, 1, 0, 1});
        QVERIFY(std::isfinite(lossOf(set, 0)) && lossOf(set, 0) > 80);
        QCOMPARE(lossOf(set, 1), 0.0);
        QCOMPARE(fitTemperature(set), 20.0);
        QCOMPARE(fitTemperature(setOf(2, {1, 1}, {0, 1, 0.25f, 0.75f})), 0.05);
        QCOMPARE(calibrationOf(set, 10, 0.5).bins.back().count, std::int64_t(2));
    }

    void noPictureFitsItsOwnTemperature() {
        const PredictionSet set = goldenSet(golden().at("cases").begin().key());
        std::array<PredictionSet, 2> halves;
        for (PredictionSet& half : halves) half.classCount = set.classCount;
        for (std::int64_t i = 0; i < set.count(); ++i) {
            PredictionSet& half = halves[static_cast<std::size_t>(i % 2)];
            half.labels.push_back(set.labels[static_cast<std::size_t>(i)]);
            half.probabilities.insert(half.probabilities.end(), set.row(i), set.row(i) + set.classCount);
        }
        const Calibration even = calibrationOf(halves[0], 15, fitTemperature(halves[1])),
                          odd = calibrationOf(halves[1], 15, fitTemperature(halves[0]));
        const Calibration both = crossFittedCalibration(set);
        QVERIFY(fitTemperature(halves[0]) != fitTemperature(halves[1]));
        for (std::size_t bin = 0; bin < both.bins.size(); ++bin) {
            const CalibrationBin &a = even.bins[bin], &b = odd.bins[bin], &sum = both.bins[bin];
            QCOMPARE(sum.count, a.count + b.count);
            const auto total = [](const CalibrationBin& one) { return one.confidence * static_cast<double>(one.count); };
            QVERIFY(near(total(sum), total(a) + total(b)));
        }
    }

    void binsHoldTheirUpperEdge() {
        const Calibration calibration = calibrationOf(told({{0, 0, 0.5f}, {1, 0, 0.5f}, {0, 0, 0.75f}, {0, 0, 1.0f}}), 4);
        QCOMPARE(calibration.bins[1].count, std::int64_t(2));
        QCOMPARE(calibration.bins[1].accuracy, 0.5);
        QCOMPARE(calibration.bins[1].confidence, 0.5);
        QCOMPARE(calibration.bins[2].count, std::int64_t(1));
        QCOMPARE(calibration.bins[3].count, std::int64_t(1));
        QCOMPARE(calibration.bins[3].low, 0.75);
        QCOMPARE(calibration.expectedError, 0.25 * 0.25);  // only the picture at 0.75, which was right, is off
    }

    void mostConfusedByCountThenClass() {
        const ConfusionMatrix confusion = matrixOf(3, {9, 2, 0, 5, 9, 2, 1, 5, 9});
        std::vector<std::tuple<int, int, std::int64_t>> cells;
        for (const MixUp& cell : mostConfused(confusion)) cells.emplace_back(cell.truth, cell.predicted, cell.count);
        const std::vector<std::tuple<int, int, std::int64_t>> expected = {{1, 0, 5}, {2, 1, 5}, {0, 1, 2}, {1, 2, 2}, {2, 0, 1}};
        QVERIFY(cells == expected);
        QCOMPARE(confusion.rowSum(1), std::int64_t(16));
        QCOMPARE(confusion.columnSum(1), std::int64_t(16));
    }

    // 0 with 3 and 1 with 4 are taken for each other, 2 for nobody; 3 is at times 1.
    void orderPutsAlikeSideBySide() {
        const ConfusionMatrix confusion = matrixOf(5, {50, 0,  0,  40, 0,   //
                                                       0,  50, 0,  0,  30,  //
                                                       0,  0,  90, 0,  0,   //
                                                       30, 5,  0,  50, 0,   //
                                                       0,  30, 0,  0,  50});
        QVERIFY(confusionOrder(confusion) == (std::vector<int>{0, 3, 1, 4, 2}));
        QVERIFY(confusionOrder(matrixOf(3, {5, 0, 0, 0, 5, 0, 0, 0, 5})) == (std::vector<int>{0, 1, 2}));
        QVERIFY(confusionOrder(matrixOf(1, {5})) == std::vector<int>{0});
    }

    // A thousand classes in groups of four that are taken for each other in a circle; a group's classes are far apart.
    void orderOfManyClasses() {
        constexpr int kMany = 1'000, kGroups = 250;
        std::vector<std::int64_t> counts(std::size_t(kMany) * kMany);
        for (int truth = 0; truth < kMany; ++truth) {
            counts[std::size_t(truth * kMany + truth)] = 50;
            counts[std::size_t(truth * kMany + (truth + kGroups) % kMany)] = 10 + truth % 7;
        }
        const std::vector<int> order = confusionOrder(matrixOf(kMany, std::move(counts)));
        QCOMPARE(std::set<int>(order.begin(), order.end()).size(), std::size_t(kMany));
        for (std::size_t place = 0; place < order.size(); ++place)
            QCOMPARE(order[place] % kGroups, order[place / 4 * 4] % kGroups);
    }

    void picturesOfCells() {
        const PredictionSet set = told({{0, 1, 0.5f}, {0, 1, 0.9f}, {0, 0, 0.9f}, {1, 2, 0.7f}, {0, 1, 0.9f}});
        QVERIFY(picturesIn(set, {{0, 1}}) == (std::vector<std::int64_t>{1, 4, 0}));
        QVERIFY(picturesIn(set, {{0, 1}, {1, 2}, {0, 1}}) == (std::vector<std::int64_t>{1, 4, 3, 0}));
        QVERIFY(picturesIn(set, {{2, 2}}).empty());
    }

    void topLossesAreSortedAndCut() {
        const PredictionSet set = told({{0, 1, 0.5f}, {0, 1, 0.9f}, {0, 0, 0.9f}, {1, 2, 0.9f}});
        QVERIFY(topLosses(set, 3) == (std::vector<std::int64_t>{1, 3, 0}));
        QCOMPARE(topLosses(set, 100).size(), std::size_t(4));
        QVERIFY(topLosses(set, 0).empty());
    }

    void equalProbabilitiesRankAsTopK() {
        const PredictionSet set = setOf(6, {4, 5}, std::vector<float>(12, 1.0f / 6));
        QCOMPARE(evaluationReport(set).topFive, 0.5);
        QCOMPARE(evaluationReport(set).confusion.columnSum(0), std::int64_t(2));
    }

    void refusesOtherPictures() {
        const PredictionSet a = told({{0, 0, 0.9f}}), otherLabel = told({{1, 0, 0.9f}});
        QVERIFY(errorOf<ConfigError>([&] { compareModels(a, otherLabel); }).find("different pictures") != std::string::npos);
        QVERIFY(errorOf<ConfigError>([&] {
                    compareModels(a, setOf(2, {0}, {0.5f, 0.5f}));
                }).find("3 and 2 classes") != std::string::npos);
        PredictionSet known = a, other = a;
        known.pictures.digest = "1";
        other.pictures.digest = "2";
        compareModels(a, other);
        QVERIFY(!errorOf<ConfigError>([&] { compareModels(known, other); }).empty());
        PredictionSet train = a;
        train.split = Split::Train;
        QVERIFY(!errorOf<ConfigError>([&] { compareModels(a, train); }).empty());
    }
};

QTEST_GUILESS_MAIN(TestEvaluation)
#include "tst_evaluation.moc"
