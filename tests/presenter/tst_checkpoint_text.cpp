#include <QLocale>
#include <QTest>

#include "ui/models/checkpoint_text.h"

using namespace thaw;

namespace {

core::KeptCheckpoint kept(std::int64_t step, int epoch, double accuracy, bool endsEpoch) {
    core::KeptCheckpoint checkpoint;
    checkpoint.step = step;
    checkpoint.epoch = epoch;
    checkpoint.valScore = accuracy;
    checkpoint.endsEpoch = endsEpoch;
    return checkpoint;
}

}  // namespace

class TestCheckpointText : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates)); }

    void saysWhen_data() {
        QTest::addColumn<int>("step");
        QTest::addColumn<int>("epoch");
        QTest::addColumn<double>("accuracy");
        QTest::addColumn<bool>("endsEpoch");
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("brief");
        QTest::newRow("end of an epoch") << 4692 << 12 << 0.7012 << true << QStringLiteral("after epoch 12")
                                         << QStringLiteral("after epoch 12, validation 70.1\u2009%")
                                         << QStringLiteral("epoch 12: 70.1\u2009%");
        QTest::newRow("not evaluated") << 391 << 1 << -1.0 << true << QStringLiteral("after epoch 1")
                                       << QStringLiteral("after epoch 1") << QStringLiteral("epoch 1");
        QTest::newRow("inside an epoch") << 4934 << 12 << 0.7012 << false << QStringLiteral("at step 4,934")
                                         << QStringLiteral("at step 4,934") << QStringLiteral("step 4,934");
        QTest::newRow("before the first step") << 0 << 0 << -1.0 << false << QStringLiteral("before training")
                                               << QStringLiteral("before training") << QStringLiteral("step 0");
    }

    void saysWhen() {
        QFETCH(int, step);
        QFETCH(int, epoch);
        QFETCH(double, accuracy);
        QFETCH(bool, endsEpoch);
        QFETCH(QString, name);
        QFETCH(QString, text);
        QFETCH(QString, brief);
        const core::KeptCheckpoint checkpoint = kept(step, epoch, accuracy, endsEpoch);
        QCOMPARE(ui::checkpointName(checkpoint), name);
        QCOMPARE(ui::checkpointText(checkpoint), text);
        QCOMPARE(ui::shortCheckpointText(checkpoint), brief);
    }

    void isNamedBehindAPreposition() {
        QCOMPARE(ui::checkpointTitle(kept(4692, 12, 0.7012, true)), QStringLiteral("epoch 12, validation 70.1\u2009%"));
        QCOMPARE(ui::checkpointTitle(kept(391, 1, -1, true)), QStringLiteral("epoch 1"));
        QCOMPARE(ui::checkpointTitle(kept(4934, 12, 0.7012, false)), QStringLiteral("step 4,934"));
    }

    void aPerplexityIsNoShare() {
        core::KeptCheckpoint checkpoint = kept(4692, 12, 23.42, true);
        checkpoint.task = core::TaskKind::ContinueText;
        QCOMPARE(ui::checkpointTitle(checkpoint), QStringLiteral("epoch 12, validation 23.4"));
        QCOMPARE(ui::shortCheckpointText(checkpoint), QStringLiteral("epoch 12: 23.4"));
        checkpoint.valScore = 8192.4;
        QCOMPARE(ui::shortCheckpointText(checkpoint), QStringLiteral("epoch 12: 8,192"));
        checkpoint.valScore = 1.4321;
        QCOMPARE(ui::shortCheckpointText(checkpoint), QStringLiteral("epoch 12: 1.43"));
    }

    void saysAnyMoment() {
        QCOMPARE(ui::momentText(12 * 391, 12, 391), QStringLiteral("after epoch 12"));
        QCOMPARE(ui::momentText(4934, 12, 391), QStringLiteral("at step 4,934"));
        QCOMPARE(ui::momentText(4934, 12, 0), QStringLiteral("after epoch 12"));
        QCOMPARE(ui::momentText(0, 0, 391), QStringLiteral("before training"));
        QCOMPARE(ui::momentText(0, 0, 0), QStringLiteral("before training"));
    }

    void standsOnTheAxisOfEpochs() {
        core::InspectedRun run;
        run.dataset.trainCount = 50'000;
        run.config.batchSize = 128;
        QCOMPARE(ui::stepsPerEpoch(run, {}), std::int64_t(391));
        run.config.data.trainLimit = 2000;
        QCOMPARE(ui::stepsPerEpoch(run, {kept(7, 0, -1, false)}), std::int64_t(16));
        QCOMPARE(ui::stepsPerEpoch(run, {kept(30, 1, -1, false), kept(40, 2, 0.5, true)}), std::int64_t(20));
        QCOMPARE(ui::epochPosition(kept(40, 2, 0.5, true), 20), 2.0);
        QCOMPARE(ui::epochPosition(kept(45, 2, 0.5, false), 20), 2.25);
        QCOMPARE(ui::epochPosition(kept(95, 2, 0.5, false), 20), 3.0);
        QCOMPARE(ui::epochPosition(kept(45, 2, 0.5, false), 0), 2.0);
    }
};

QTEST_GUILESS_MAIN(TestCheckpointText)
#include "tst_checkpoint_text.moc"
