// The FakeTrainer, which all tests of the window rely on, and the engine are asked the same: what happens, and in what order, is
// one. Numbers differ, and how often progress, speeds and notices are told.
#include <QtTest>

#include <map>

#include "tests/support/fake_trainer.h"
#include "tests/support/tiny_run.h"

using namespace thaw::core;
using namespace thaw::test;

namespace {

constexpr std::int64_t kStepsPerEpoch = 7;

/// What is asked when the n-th event of a kind has come; `kind` empty: before the first step.
struct Order {
    const char* kind;
    int count;
    CommandData command;
};
using Orders = std::vector<Order>;

QString joined(const std::vector<std::string>& names) {
    QStringList list;
    for (const std::string& name : names) list += QString::fromStdString(name);
    return list.join(',');
}

QString by(Origin origin) { return QString::fromStdString(toString(origin)); }

/// An event as the contract has it; empty where only its presence is free.
struct Line {
    QString operator()(const StateChanged& e) const { return "state " + QString::fromStdString(toString(e.state)); }
    QString operator()(const RunStarted& e) const { return QString("started%1").arg(e.resumed ? " again" : ""); }
    QString operator()(const PhaseStarted& e) const {
        return QString("phase %1 from epoch %2, %3 epochs").arg(e.phase).arg(e.firstEpoch).arg(e.epochs);
    }
    QString operator()(const BatchFinished& e) const { return QString("step %1").arg(e.step); }
    QString operator()(const EpochFinished& e) const { return QString("epoch %1 after step %2").arg(e.epoch).arg(e.step); }
    QString operator()(const LayersChanged& e) const {
        return QString("layers %7 id %1 rev %2 step %3 epoch %4 +%5 -%6")
            .arg(e.requestId)
            .arg(e.revision)
            .arg(e.step)
            .arg(e.epoch)
            .arg(joined(e.thawed), joined(e.frozen), by(e.origin));
    }
    QString operator()(const LearningRateChanged& e) const {
        return QString("rate %3 id %1 step %2").arg(e.requestId).arg(e.step).arg(by(e.origin));
    }
    QString operator()(const Paused& e) const {
        return QString("paused %3 id %1 step %2").arg(e.requestId).arg(e.step).arg(by(e.origin));
    }
    QString operator()(const Resumed& e) const {
        return QString("resumed %3 id %1 step %2").arg(e.requestId).arg(e.step).arg(by(e.origin));
    }
    QString operator()(const CheckpointSaved& e) const {
        return QString("saved %1 step %2 epoch %3").arg(QString::fromStdString(e.reason)).arg(e.step).arg(e.epoch);
    }
    QString operator()(const PredictionsReady& e) const {
        return QString("predictions id %1 step %2 epoch %3").arg(e.requestId).arg(e.predictions->step).arg(e.predictions->epoch);
    }
    QString operator()(const CommandRefused& e) const { return QString("refused id %1").arg(e.requestId); }
    QString operator()(const RunFinished& e) const {
        return QString("finished %1 after %2 epochs").arg(QString::fromStdString(e.reason)).arg(e.epochs);
    }
    QString operator()(const RunFailed&) const { return "failed"; }
    template <class Other>
    QString operator()(const Other&) const {
        return {};
    }
};

/// Asks in turn as the events come, and writes down what happened.
QStringList diary(Trainer& trainer, const Orders& orders) {
    QStringList lines;
    std::size_t next = 0;
    std::uint64_t id = 0;
    std::map<QString, int> seen;
    const auto note = [&](const std::vector<Event>& events) {
        for (const Event& event : events) {
            const QString line = std::visit(Line(), event.data);
            if (line.isEmpty()) continue;
            lines += line;
            ++seen[line.section(' ', 0, 0)];
        }
    };
    const auto ask = [&] {
        while (next < orders.size() && (!*orders[next].kind || seen[orders[next].kind] >= orders[next].count)) {
            const CommandData command = orders[next++].command;
            note(trainer.apply({++id, command}));
        }
    };
    ask();
    for (int i = 0; i < 100'000 && trainer.hasWork(); ++i) {
        note(trainer.step());
        ask();
    }
    if (next < orders.size()) lines += QString("never came to order %1").arg(next);
    return lines;
}

}  // namespace

Q_DECLARE_METATYPE(Orders)

class TestTrainerContract : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void bothTellTheSame_data() {
        QTest::addColumn<Orders>("orders");
        QTest::addColumn<bool>("paused");
        const auto row = [](const char* name, Orders orders, bool paused = false) {
            QTest::newRow(name) << std::move(orders) << paused;
        };
        row("a whole run", {});
        row("paused at the start, then on", {{"state", 3, Resume{}}}, true);
        row("paused at the start, predictions, a step, an epoch",
            {{"state", 3, Evaluate{}}, {"predictions", 1, StepOnce{}}, {"state", 5, RunEpoch{}}, {"state", 7, Resume{}}}, true);
        row("paused while it prepares", {{"", 0, Pause{}}, {"state", 3, Resume{}}});
        row("paused in an epoch", {{"step", 3, Pause{}}, {"paused", 1, Resume{}}});
        row("paused twice", {{"step", 3, Pause{}}, {"paused", 1, Pause{}}, {"refused", 1, Resume{}}});
        row("one step from a pause", {{"step", 3, Pause{}}, {"paused", 1, StepOnce{}}, {"step", 4, Resume{}}});
        row("an epoch from a pause", {{"step", 3, Pause{}}, {"paused", 1, RunEpoch{}}, {"epoch", 1, Resume{}}});
        row("stopped", {{"step", 3, Stop{}}});
        row("stopped in a pause", {{"step", 3, Pause{}}, {"paused", 1, Stop{}}});
        row("stopped in the second phase", {{"phase", 2, Stop{}}});
        row("a layer thaws and freezes",
            {{"step", 3, SetTrainable{{"block5_conv1"}, true}}, {"layers", 1, SetTrainable{{"block5_conv1"}, false}}});
        row("a layer of a paused run",
            {{"step", 3, Pause{}}, {"paused", 1, SetTrainable{{"block5"}, true}}, {"layers", 1, Resume{}}});
        row("nothing would train", {{"step", 3, SetTrainable{{"all"}, false}}});
        row("an unknown layer", {{"step", 3, SetTrainable{{"block9"}, true}}});
        row("a mask of another model", {{"step", 3, SetMask{LayerMask(3, true)}}});
        const TinyLesson lesson;
        const ModelInfo model = describeModel(lesson.config(), /*classCount=*/10);
        row("a mask replaces one that waits for the next phase",
            {{"state", 3, RunEpoch{}},
             {"paused", 1, SetMask{model.maskOf({"head", "block4"})}},
             {"paused", 1, SetMask{model.maskOf({"head"})}},
             {"layers", 1, Resume{}}},
            true);
        row("a rate", {{"step", 3, SetLearningRate{0.02}}});
        row("an absurd rate", {{"step", 3, SetLearningRate{-1}}});
        row("a checkpoint by hand", {{"step", 3, SaveCheckpoint{}}});
        row("a checkpoint before there is anything", {{"", 0, SaveCheckpoint{}}});
        row("predictions amid an epoch", {{"step", 3, Evaluate{}}});
        row("predictions after the end", {{"finished", 1, Evaluate{}}});
        row("changes after the end", {{"finished", 1, SetLearningRate{0.1}}, {"refused", 1, Pause{}}, {"refused", 2, Stop{}}});
    }
    void bothTellTheSame() {
        QFETCH(Orders, orders);
        QFETCH(bool, paused);
        const TinyLesson lesson;
        RunConfig config = lesson.config();
        for (PhaseConfig& phase : config.phases) phase.epochs = 1;
        const auto engine = makeTrainer(config, paused);
        const QStringList expected = diary(*engine, orders);
        FakeScript script;
        script.directory = config.output;
        script.stepsPerEpoch = kStepsPerEpoch;
        script.picturesPerClass = 5;
        FakeTrainer fake(config, paused, script);
        const QStringList told = diary(fake, orders);
        if (told != expected) qWarning().noquote() << "engine:\n  " + expected.join("\n  ") + "\nfake:\n  " + told.join("\n  ");
        QCOMPARE(told, expected);
        QCOMPARE(toString(fake.state()), toString(engine->state()));
    }
};

QTEST_GUILESS_MAIN(TestTrainerContract)
#include "tst_trainer_contract.moc"
