// A figure over the course of a run: its average, its thinning, and what a drawing costs.
#include <QElapsedTimer>
#include <QTest>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <set>

#include "ui/models/metric_series.h"

using namespace thaw::ui;
using Values = MetricSeries::Values;

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

MetricSeries seriesOf(const std::vector<double>& values, double weight = 0) {
    MetricSeries series;
    series.setSmoothing(weight);
    std::int64_t step = 0;
    for (const double value : values) {
        ++step;
        series.append({step, static_cast<double>(step) / 10, static_cast<double>(step) * 0.5, value});
    }
    return series;
}

std::vector<double> smoothedOf(const MetricSeries& series) {
    std::vector<double> values;
    for (std::size_t i = 0; i < series.size(); ++i) values.push_back(series.value(i, Values::Smoothed));
    return values;
}

std::vector<double> noise(std::size_t count, unsigned seed) {
    std::mt19937 random(seed);
    std::uniform_real_distribution<double> uniform(0, 1);
    std::vector<double> values(count);
    for (double& value : values) value = uniform(random);
    return values;
}

}  // namespace

class TestMetricSeries : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void keepsEveryPoint();
    void averageByHand();
    void averageBeginsAtTheFirstValue();
    void constantStaysConstant();
    void averageSkipsWhatIsNotFinite();
    void incrementalEqualsFromScratch();
    void truncates();
    void shiftsTime();
    void findsPlaces();
    void thinningKeepsExtremes();
    void thinningIsExactWhereThereIsRoom();
    void thinningLeavesFlatColumnsAsOnePoint();
    void thinningSurvivesGaps();
    void aMillionPointsCostAsMuchAsTheirColumns();
};

void TestMetricSeries::keepsEveryPoint() {
    const MetricSeries series = seriesOf({3, 1, 2});
    QCOMPARE(series.size(), std::size_t(3));
    QCOMPARE(series.at(1).value, 1.0);
    QCOMPARE(series.x(2, SeriesAxis::Step), 3.0);
    QCOMPARE(series.x(2, SeriesAxis::Epoch), 0.3);
    QCOMPARE(series.x(2, SeriesAxis::Time), 1.5);
    QCOMPARE(series.lastStep(), std::int64_t(3));
}

void TestMetricSeries::averageByHand() {
    // Weight 1/2: sums 1, 2.5, 3.25 over weights 1/2, 3/4, 7/8.
    const MetricSeries series = seriesOf({2, 4, 4}, 0.5);
    QCOMPARE(series.value(0, Values::Smoothed), 2.0);
    QCOMPARE(series.value(1, Values::Smoothed), 2.5 / 0.75);
    QCOMPARE(series.value(2, Values::Smoothed), 3.25 / 0.875);
}

void TestMetricSeries::averageBeginsAtTheFirstValue() {
    const MetricSeries series = seriesOf({10, 10.5}, 0.999);
    QVERIFY(std::abs(series.value(0, Values::Smoothed) - 10) < 1e-12);
    QVERIFY(series.value(1, Values::Smoothed) > 10.2 && series.value(1, Values::Smoothed) < 10.3);
}

void TestMetricSeries::constantStaysConstant() {
    const MetricSeries series = seriesOf(std::vector<double>(5000, 0.7), 0.99);
    for (const double value : smoothedOf(series)) QVERIFY(std::abs(value - 0.7) < 1e-12);
}

void TestMetricSeries::averageSkipsWhatIsNotFinite() {
    const MetricSeries series = seriesOf({kNaN, 2, std::numeric_limits<double>::infinity(), 4}, 0.5);
    QVERIFY(std::isnan(series.value(0, Values::Smoothed)));
    QCOMPARE(series.value(1, Values::Smoothed), 2.0);
    QCOMPARE(series.value(2, Values::Smoothed), 2.0);
    QCOMPARE(series.value(3, Values::Smoothed), 2.5 / 0.75);
    QVERIFY(std::isnan(series.at(0).value));
}

void TestMetricSeries::incrementalEqualsFromScratch() {
    const std::vector<double> values = noise(5000, 1);
    for (const double weight : {0.0, 0.3, 0.97, 0.999}) {
        const MetricSeries incremental = seriesOf(values, weight);
        MetricSeries moved = seriesOf(values, 0.5);
        moved.setSmoothing(weight);  // the slider
        QCOMPARE(smoothedOf(moved), smoothedOf(incremental));
        for (const Values which : {Values::Raw, Values::Smoothed}) {
            // The blocks of extremes too.
            const auto a = incremental.thinned(SeriesAxis::Step, which, 0, 5001, 37);
            const auto b = moved.thinned(SeriesAxis::Step, which, 0, 5001, 37);
            QCOMPARE(a.points.size(), b.points.size());
            for (std::size_t i = 0; i < a.points.size(); ++i)
                QVERIFY(a.points[i].x == b.points[i].x && a.points[i].y == b.points[i].y);
        }
    }
}

void TestMetricSeries::truncates() {
    const std::vector<double> values = noise(1000, 2);
    MetricSeries series = seriesOf(values, 0.9);
    series.truncateFrom(301);
    const MetricSeries expected = seriesOf(std::vector<double>(values.begin(), values.begin() + 300), 0.9);
    QCOMPARE(series.size(), std::size_t(300));
    QCOMPARE(smoothedOf(series), smoothedOf(expected));
    series.append({301, 30.1, 150.5, 9});
    const auto thinned = series.thinned(SeriesAxis::Step, Values::Raw, 0, 400, 3);
    QVERIFY(std::any_of(thinned.points.begin(), thinned.points.end(), [](const PlotPoint& point) { return point.y == 9; }));
    series.clear();
    QVERIFY(series.empty());
    QCOMPARE(series.smoothing(), 0.9);
}

void TestMetricSeries::shiftsTime() {
    MetricSeries series = seriesOf({1, 2});
    series.shiftSeconds(100);
    QCOMPARE(series.x(0, SeriesAxis::Time), 100.5);
}

void TestMetricSeries::findsPlaces() {
    const MetricSeries series = seriesOf({1, 2, 3, 4});
    QCOMPARE(series.lowerBound(SeriesAxis::Step, 2.5), std::size_t(2));
    QCOMPARE(series.nearest(SeriesAxis::Step, 2.4), std::size_t(1));
    QCOMPARE(series.nearest(SeriesAxis::Epoch, 99), std::size_t(3));
    QCOMPARE(series.nearest(SeriesAxis::Time, -1), std::size_t(0));
    QCOMPARE(MetricSeries().nearest(SeriesAxis::Time, 0), std::size_t(0));
    QCOMPARE(series.interpolate(0.25, SeriesAxis::Step), 2.5);
    QCOMPARE(series.interpolate(9, SeriesAxis::Time), 2.0);
}

void TestMetricSeries::thinningKeepsExtremes() {
    const std::vector<double> values = noise(20000, 3);
    const MetricSeries series = seriesOf(values);
    constexpr int kColumns = 50;
    for (const auto& [from, to] : {std::pair(0.0, 20001.0), std::pair(3456.5, 12345.5), std::pair(100.0, 900.0)}) {
        const ThinnedSeries thinned = series.thinned(SeriesAxis::Step, Values::Raw, from, to, kColumns);
        QVERIFY(thinned.points.size() <= 4 * kColumns + 2);
        QVERIFY(std::is_sorted(thinned.points.begin(), thinned.points.end(), [](auto& a, auto& b) { return a.x < b.x; }));
        // Column by column, against all points.
        for (int column = 0; column < kColumns; ++column) {
            const double left = from + (to - from) * column / kColumns, right = from + (to - from) * (column + 1) / kColumns;
            double low = 2, high = -1, thinLow = 2, thinHigh = -1;
            for (std::size_t i = 0; i < values.size(); ++i) {
                const double x = static_cast<double>(i + 1);
                if (x < left || x > right || (column > 0 && x == left)) continue;
                low = std::min(low, values[i]);
                high = std::max(high, values[i]);
            }
            for (const PlotPoint& point : thinned.points) {
                if (point.x < left || point.x > right || (column > 0 && point.x == left)) continue;
                thinLow = std::min(thinLow, point.y);
                thinHigh = std::max(thinHigh, point.y);
            }
            QCOMPARE(thinLow, low);
            QCOMPARE(thinHigh, high);
        }
        for (const PlotPoint& point : thinned.points) QCOMPARE(point.y, values[static_cast<std::size_t>(point.x) - 1]);
    }
}

void TestMetricSeries::thinningIsExactWhereThereIsRoom() {
    const MetricSeries series = seriesOf({5, 6, 7, 8, 9});
    const ThinnedSeries inner = series.thinned(SeriesAxis::Step, Values::Raw, 1.5, 3.5, 100);
    // 2 and 3 lie within; 1 and 4 carry the line out of the picture.
    QCOMPARE(inner.points.size(), std::size_t(4));
    QCOMPARE(inner.points.front().x, 1.0);
    QCOMPARE(inner.points.back().x, 4.0);
    QCOMPARE(series.thinned(SeriesAxis::Step, Values::Raw, 0, 10, 100).points.size(), std::size_t(5));
    QVERIFY(series.thinned(SeriesAxis::Step, Values::Raw, 3, 3, 100).points.empty());
    QVERIFY(MetricSeries().thinned(SeriesAxis::Step, Values::Raw, 0, 1, 100).points.empty());
}

void TestMetricSeries::thinningLeavesFlatColumnsAsOnePoint() {
    std::vector<double> values(10000, 1);
    values[5000] = 2;
    const ThinnedSeries thinned = seriesOf(values).thinned(SeriesAxis::Step, Values::Raw, 0, 10001, 100, 0.5);
    QVERIFY(thinned.points.size() <= 104);
    QVERIFY(std::any_of(thinned.points.begin(), thinned.points.end(), [](const PlotPoint& point) { return point.y == 2; }));
}

void TestMetricSeries::thinningSurvivesGaps() {
    std::vector<double> values = noise(4000, 4);
    for (std::size_t i = 1000; i < 2000; ++i) values[i] = kNaN;
    const ThinnedSeries thinned = seriesOf(values).thinned(SeriesAxis::Step, Values::Raw, 0, 4001, 40);
    QVERIFY(thinned.points.size() > 40);
    for (const PlotPoint& point : thinned.points) QVERIFY(std::isfinite(point.y));
    const MetricSeries nothing = seriesOf(std::vector<double>(500, kNaN), 0.9);
    QVERIFY(nothing.thinned(SeriesAxis::Step, Values::Raw, 0, 501, 10).points.empty());
    QVERIFY(nothing.thinned(SeriesAxis::Step, Values::Smoothed, 0, 501, 10).points.empty());
}

void TestMetricSeries::aMillionPointsCostAsMuchAsTheirColumns() {
    constexpr std::size_t kPoints = 1'000'000;
    constexpr int kColumns = 1000;
    MetricSeries series = seriesOf(noise(kPoints, 5), 0.99);
    QCOMPARE(series.size(), kPoints);
    std::int64_t most = 0;
    for (const SeriesAxis axis : {SeriesAxis::Epoch, SeriesAxis::Step, SeriesAxis::Time}) {
        const double end = series.x(kPoints - 1, axis);
        for (const double share : {1.0, 0.1, 0.001}) {
            for (const Values which : {Values::Raw, Values::Smoothed}) {
                const ThinnedSeries thinned = series.thinned(axis, which, end * 0.4, end * (0.4 + 0.6 * share), kColumns);
                QVERIFY(thinned.points.size() <= 4 * kColumns + 2);
                most = std::max(most, thinned.visited);
            }
        }
    }
    qInfo("a drawing of %d columns out of %zu points looks at %lld blocks and points at most", kColumns, kPoints,
          static_cast<long long>(most));
    // A column of 600 points: two ragged ends a level of sixteen, not the points.
    QVERIFY(most < 120 * kColumns);
    QElapsedTimer timer;
    timer.start();
    series.setSmoothing(0.5);
    qInfo("smoothing all of them anew takes %lld ms", static_cast<long long>(timer.elapsed()));
    timer.restart();
    for (int i = 0; i < 100; ++i)
        series.thinned(SeriesAxis::Epoch, Values::Raw, 0, series.x(kPoints - 1, SeriesAxis::Epoch), kColumns);
    qInfo("thinning takes %.2f ms", static_cast<double>(timer.nsecsElapsed()) / 1e8);
}

QTEST_GUILESS_MAIN(TestMetricSeries)
#include "tst_metric_series.moc"
