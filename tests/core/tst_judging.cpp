#include <QTest>

#include "core/api/errors.h"
#include "core/train/judging.h"

using namespace thaw::core;

class TestJudging : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void figures() {
        PredictionSet set;
        set.score = 0.7;
        set.loss = 0.9;
        set.metrics = {{"balanced_accuracy", 0.6}, {"macro_f1", 0.5}, {"roc_auc", -1}};
        QCOMPARE(*figureOf(set, JudgedBy::Score), 0.7);
        QCOMPARE(*figureOf(set, JudgedBy::Loss), 0.9);
        QCOMPARE(*figureOf(set, JudgedBy::BalancedAccuracy), 0.6);
        QCOMPARE(*figureOf(set, JudgedBy::MacroF1), 0.5);
        QVERIFY(!figureOf(set, JudgedBy::RocAuc));
    }

    void directions() {
        const MetricInfo& loss = metricInfo(TaskKind::OneLabel, JudgedBy::Loss);
        const MetricInfo& f1 = metricInfo(TaskKind::OneLabel, JudgedBy::MacroF1);
        QVERIFY(isBetter(loss, 0.4, 0.5) && !isBetter(loss, 0.5, 0.5) && !isBetter(loss, 0.4, 0.5, 0.2));
        QVERIFY(isBetter(f1, 0.5, 0.4) && !isBetter(f1, 0.4, 0.4) && !isBetter(f1, 0.5, 0.4, 0.2));
        QVERIFY(isBetter(f1, 0.1, {}) && !isBetter(f1, {}, 0.1) && !isBetter(f1, {}, {}));
        QVERIFY(meritOf(loss, 0.4) > meritOf(loss, 0.5) && meritOf(f1, 0.5) > meritOf(f1, 0.4));
        QVERIFY(meritOf(loss, {}) < meritOf(loss, 1e9));
    }

    void figuresThatATaskLacks() {
        requireFigures({}, TaskKind::SeveralLabels, 2000);
        requireFigures({JudgedBy::RocAuc, JudgedBy::Loss}, TaskKind::SeveralLabels, 2000);
        requireFigures({JudgedBy::RocAuc, JudgedBy::MacroF1}, TaskKind::OneLabel, 100);
        QVERIFY_THROWS_EXCEPTION(ConfigError, requireFigures({JudgedBy::MacroF1, JudgedBy::Loss}, TaskKind::SeveralLabels, 5));
        QVERIFY_THROWS_EXCEPTION(ConfigError, requireFigures({JudgedBy::Score, JudgedBy::RocAuc}, TaskKind::OneLabel, 101));
    }

    void waiting() {
        const MetricInfo& loss = metricInfo(TaskKind::OneLabel, JudgedBy::Loss);
        Waiting waiting;
        takeIn(waiting, loss, 1.0);
        QCOMPARE(waiting.epochs, 0);
        takeIn(waiting, loss, 0.95, 0.1);
        QCOMPARE(waiting.epochs, 1);
        QCOMPARE(*waiting.best, 1.0);
        takeIn(waiting, loss, std::nullopt);
        QCOMPARE(waiting.epochs, 2);
        takeIn(waiting, loss, 0.8, 0.1);
        QCOMPARE(waiting.epochs, 0);
        QCOMPARE(*waiting.best, 0.8);
    }
};

QTEST_GUILESS_MAIN(TestJudging)
#include "tst_judging.moc"
