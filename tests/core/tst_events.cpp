#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QtTest>

#include <cmath>
#include <cstdlib>
#include <limits>

#include "core/api/events.h"
#include "core/store/event_lines.h"
#include "tests/support/comma_locale.h"
#include "tests/support/temporary_home.h"

using namespace thaw::core;

namespace {

QJsonObject parsed(const EventData& data) {
    const std::string line = toJsonLine({"run-1", 1732430000.25, data});
    return QJsonDocument::fromJson(QByteArray::fromStdString(line)).object();
}

EpochFinished anEpoch() {
    EpochFinished epoch;
    epoch.phase = 1;
    epoch.epoch = 11;
    epoch.step = 4301;
    epoch.trainLoss = 0.1;
    epoch.trainScore = 0.682;
    epoch.valLoss = 1.0 / 3.0;
    epoch.valScore = 0.685;
    epoch.seconds = 14.5;
    epoch.imagesPerSecond = 3571.25;
    epoch.learningRate = 1e-5;
    epoch.best = true;
    return epoch;
}

}  // namespace

class TestEvents : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void epochFinished() {
        QCOMPARE(toJsonLine({"run-1", 1732430000.25, anEpoch()}),
                 std::string(R"({"event":"epoch_finished","run":"run-1","time":1732430000.25,"phase":1,"epoch":11,)"
                             R"("train_loss":0.10000000000000001,"train_accuracy":0.68200000000000005,)"
                             R"("val_loss":0.33333333333333331,"val_accuracy":0.68500000000000005,)"
                             R"("seconds":14.5,"images_per_second":3571.25,"learning_rate":1e-05,"step":4301,"best":true})"));
    }

    void milestonesReadBack() {
        LayersChanged layers;
        layers.origin = Origin::Hand;
        layers.trainable = {false, true};
        layers.thawed = {"block5_conv1"};
        EpochFinished several = anEpoch();
        several.task = TaskKind::SeveralLabels;
        several.valMetrics = {{"roc_auc", 0.75}};
        for (const EventData& data :
             {EventData(PhaseStarted{0, "Feature extraction", 1, 10, 1e-4, {true}}), EventData(anEpoch()), EventData(several),
              EventData(layers), EventData(LayersKept{0, 2, {true}}),
              EventData(LearningRateChanged{Origin::Plan, 0, 2, 0.5, 1e-4, 1e-5}), EventData(Paused{Origin::Hand, 0, 2, 0.5}),
              EventData(Resumed{Origin::Hand, 0, 2, 0.5, 3}), EventData(CheckpointFailed{"Full.", "Free some."}),
              EventData(TestRevealed{2, 1}), EventData(Notice{"a\tb", true}),
              EventData(RunFinished{15, 5865, TaskKind::OneLabel, 0.731, 15, 120, "completed", "The last model."}),
              EventData(RunFailed{"NaN", "Fine-tuning", "x"})}) {
            const Event event{"run-1", 12.5, data};
            const std::string line = toJsonLine(event);
            const std::optional<Event> read = eventFromJson(parseJsonLine(line));
            QVERIFY2(read.has_value(), line.c_str());
            QCOMPARE(toJsonLine(*read), line);
        }
        QVERIFY(!eventFromJson(parseJsonLine("{}")) && !eventFromJson(parseJsonLine("{\"event\": \"of tomorrow\"}")));
        const auto earlier =
            eventFromJson(parseJsonLine(R"({"event": "layers_changed", "by_plan": true, "step": "x", "new": 1})"));
        QVERIFY(std::get<LayersChanged>(earlier->data).origin == Origin::Plan);
    }

    void theScoreIsCalledAsTheTaskHasIt() {
        EpochFinished several = anEpoch();
        several.task = TaskKind::SeveralLabels;
        several.valMetrics = {{"roc_auc", 0.75}};
        QCOMPARE(parsed(several)["task"].toString(), QString("several-labels"));
        QCOMPARE(parsed(several)["val_mean_average_precision"].toDouble(), 0.685);
        QCOMPARE(parsed(several)["val_roc_auc"].toDouble(), 0.75);
        QVERIFY(!parsed(anEpoch()).contains("task"));
    }

    void lossesReadBackExactly() {
        EpochFinished epoch = anEpoch();
        for (const double loss : {1.0123456789012345, 5e-324, 1.7976931348623157e308, 0.0, 2.0 / 3.0}) {
            epoch.trainLoss = loss;
            QCOMPARE(parsed(epoch)["train_loss"].toDouble(-1), loss);
        }
    }

    void notFiniteIsNull() {
        EpochFinished epoch = anEpoch();
        epoch.trainLoss = std::nan("");
        epoch.valLoss = std::numeric_limits<double>::infinity();
        QVERIFY(parsed(epoch)["train_loss"].isNull());
        QVERIFY(parsed(epoch)["val_loss"].isNull());
    }

    void namesOfMilestones() {
        QCOMPARE(eventName(RunStarted()), std::string("run_started"));
        QCOMPARE(eventName(PhaseStarted()), std::string("phase_started"));
        QCOMPARE(eventName(EpochFinished()), std::string("epoch_finished"));
        QCOMPARE(eventName(LayersChanged()), std::string("layers_changed"));
        QCOMPARE(eventName(LearningRateChanged()), std::string("learning_rate_changed"));
        QCOMPARE(eventName(Paused()), std::string("paused"));
        QCOMPARE(eventName(Resumed()), std::string("resumed"));
        QCOMPARE(eventName(CheckpointSaved()), std::string("checkpoint_saved"));
        QCOMPARE(eventName(RunFinished()), std::string("run_finished"));
        QCOMPARE(eventName(RunFailed()), std::string("run_failed"));
        for (const EventData& data : {EventData(BatchFinished()), EventData(WorkProgress()), EventData(MovedChanged()),
                                      EventData(StateChanged()), EventData(PlanProgress()), EventData(PredictionsReady())}) {
            QVERIFY(eventName(data).empty());
            QVERIFY(toJsonLine({"run-1", 1, data}).empty());
        }
    }

    void everyMilestoneIsOneLineOfJson() {
        RunStarted started;
        started.directory = "/runs/with \"quote\"\n";
        started.config.phases.resize(2);
        LayersChanged layers;
        layers.origin = Origin::Hand;
        layers.trainable = {false, true};
        layers.thawed = {"block5_conv1"};
        for (const EventData& data :
             {EventData(started), EventData(PhaseStarted{0, "Feature extraction", 1, 10, 1e-4, {true}}), EventData(anEpoch()),
              EventData(layers), EventData(LearningRateChanged{Origin::Plan, 1, 2, 0.5, 1e-4, 1e-5}),
              EventData(Paused{Origin::Hand, 1, 2, 0.5}), EventData(Resumed{Origin::Hand, 1, 2, 0.5, 3}),
              EventData(CheckpointSaved{"c.json", 2, 1, "pause", 3, true}), EventData(CheckpointFailed{"Full.", "Free some."}),
              EventData(Notice{"a\tb", true}), EventData(RunFinished{15, 5865, TaskKind::OneLabel, 0.731, 15, 120, "completed"}),
              EventData(RunFailed{"NaN", "Fine-tuning", "x"})}) {
            const std::string line = toJsonLine({"run-1", 1, data});
            QVERIFY(line.find('\n') == std::string::npos);
            const QJsonObject object = parsed(data);
            QCOMPARE(object["event"].toString().toStdString(), eventName(data));
            QCOMPARE(object["run"].toString(), QString("run-1"));
            QVERIFY(object["time"].isDouble());
        }
        QCOMPARE(parsed(layers)["thawed"].toArray().first().toString(), QString("block5_conv1"));
        QCOMPARE(parsed(layers)["origin"].toString(), QString("hand"));
        QCOMPARE(parsed(LearningRateChanged())["origin"].toString(), QString("plan"));
        QCOMPARE(parsed(Paused{Origin::Hand, 0, 2, 0.5})["origin"].toString(), QString("hand"));
        QCOMPARE(parsed(started)["config"].toObject()["phases"].toArray().size(), 2);
        QCOMPARE(parsed(started)["directory"].toString(), QString("/runs/with \"quote\"\n"));
    }

    void bytesThatAreNotUtf8DoNoHarm() { QVERIFY(parsed(Notice{"caf\xE9", false})["text"].toString().startsWith("caf")); }

    void germanNumbersChangeNothing() {
        const thaw::test::TemporaryHome home;
        const std::string line = toJsonLine({"run-1", 1234567.5, anEpoch()});
        const thaw::test::CommaLocale german(home.path());
        QCOMPARE(toJsonLine({"run-1", 1234567.5, anEpoch()}), line);
        if (!german.available()) QSKIP("no localedef: C++ streams were tested, the C library was not");
    }

    void statesHaveNames() {
        QCOMPARE(toString(TrainerState::Preparing), std::string("preparing"));
        QCOMPARE(toString(TrainerState::Failed), std::string("failed"));
    }
};

QTEST_GUILESS_MAIN(TestEvents)
#include "tst_events.moc"
