#include <QSignalSpy>
#include <QTest>

#include <chrono>
#include <random>
#include <thread>

#include "tests/support/await.h"
#include "tests/support/fake_trainer.h"
#include "ui/bridge/training_controller.h"

using namespace thaw;
using core::TrainerState;
using test::await;
using test::awaitEpoch;
using test::awaitState;
using ui::TrainingController;

namespace {

/// Everything that the controller tells, one short word each, in order.
class Transcript : public QObject {
public:
    explicit Transcript(TrainingController& controller) {
        connect(&controller, &TrainingController::runStarted, this, [this] { add(QStringLiteral("run")); });
        connect(&controller, &TrainingController::phaseStarted, this,
                [this](const auto& e) { add(QStringLiteral("phase%1").arg(e.phase)); });
        connect(&controller, &TrainingController::batchesFinished, this, [this](const std::vector<core::BatchFinished>& batches) {
            ++deliveries;
            for (const auto& batch : batches) {
                steps.push_back(batch.step);
                add(QStringLiteral("b"));
            }
        });
        connect(&controller, &TrainingController::epochFinished, this,
                [this](const auto& e) { add(QStringLiteral("epoch%1").arg(e.epoch)); });
        connect(&controller, &TrainingController::layersChanged, this,
                [this](const auto& e) { add(QStringLiteral("layers%1").arg(e.revision)); });
        connect(&controller, &TrainingController::checkpointSaved, this,
                [this](const auto& e) { add(QString::fromStdString("saved:" + e.reason)); });
        connect(&controller, &TrainingController::notice, this,
                [this](const auto& e) { add(QString::fromStdString("notice:" + e.text)); });
        connect(&controller, &TrainingController::runFinished, this,
                [this](const auto& e) { add(QString::fromStdString("finished:" + e.reason)); });
        connect(&controller, &TrainingController::runFailed, this,
                [this](const auto& e) { add(QString::fromStdString("failed:" + e.what)); });
        connect(&controller, &TrainingController::stateChanged, this,
                [this](TrainerState state) { add(QString::fromStdString("state:" + core::toString(state))); });
    }
    QString text() const { return words.join(QLatin1Char(' ')); }

    QStringList words;
    std::vector<std::int64_t> steps;
    int deliveries = 0;

private:
    void add(const QString& word) { words += word; }
};

}  // namespace

class TstTrainingController : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void runsTheWholePlanInOrder();
    void keepsBatchesBeforeTheMilestonesThatFollowThem();
    void bundlesBatches();
    void worksInItsOwnThread();
    void pausesStepsAndResumes();
    void confirmsLayersWithTheRequestsId();
    void refusalsCarryTheRequestsIdAndTheReason();
    void refusesCommandsWithoutARun();
    void changesTheLearningRate();
    void answersPredictionsAndExports();
    void refusesAStartWhileAnotherRunIsActive();
    void refusesAConfigThatCannotRun();
    void reportsAFactoryThatThrows();
    void reportsAFailure();
    void exceptionsStopAtTheWorker_data();
    void exceptionsStopAtTheWorker();
    void dropsEventsOfAnOlderRun();
    void opensARun();
    void shutsDownWithACheckpoint_data();
    void shutsDownWithACheckpoint();
    void shutsDownWithoutARun();
    void survivesTenThousandToggles();
    void actionsFollowOneTable();
};

void TstTrainingController::runsTheWholePlanInOrder() {
    test::FakeScript script;
    script.stepsPerEpoch = 3;
    TrainingController controller(test::fakeFactory(script));
    Transcript transcript(controller);
    QVERIFY(controller.state() == TrainerState::Idle);
    controller.startRun(test::lessonConfig(2, 1));
    QVERIFY(controller.state() == TrainerState::Preparing);
    QVERIFY(awaitState(controller, TrainerState::Finished));
    QCOMPARE(
        transcript.text(),
        QStringLiteral("state:preparing run state:running phase0 saved:phase b b b epoch1 saved:epoch b b b epoch2 saved:phase "
                       "phase1 layers1 b b b epoch3 saved:phase finished:completed state:finished"));
    QCOMPARE(transcript.steps, (std::vector<std::int64_t>{1, 2, 3, 4, 5, 6, 7, 8, 9}));
    QVERIFY(controller.run());
    QCOMPARE(controller.run()->runId, script.runId);
    QCOMPARE(controller.currentPhase(), 1);
    QCOMPARE(controller.learningRate(), 1e-5);
    QCOMPARE(controller.lastBatch()->step, 9);
    QCOMPARE(controller.lastEpoch()->epoch, 3);
    QCOMPARE(controller.trainable(), controller.run()->model.maskOf({"block5", "head"}));
}

void TstTrainingController::keepsBatchesBeforeTheMilestonesThatFollowThem() {
    test::FakeScript script;
    script.stepsPerEpoch = 50;
    for (const std::int64_t step : {1, 2, 7, 50})
        script.extra[step] = {{script.runId, 0, core::Notice{std::to_string(step), false}}};
    TrainingController controller(test::fakeFactory(script));
    Transcript transcript(controller);
    controller.startRun(test::lessonConfig(1, 0));
    QVERIFY(awaitState(controller, TrainerState::Finished));
    QStringList expected{QStringLiteral("b"), QStringLiteral("notice:1"), QStringLiteral("b"), QStringLiteral("notice:2")};
    for (int step = 3; step <= 7; ++step) expected += QStringLiteral("b");
    expected += QStringLiteral("notice:7");
    for (int step = 8; step <= 50; ++step) expected += QStringLiteral("b");
    expected << QStringLiteral("notice:50") << QStringLiteral("epoch1");
    const qsizetype first = transcript.words.indexOf(QStringLiteral("b"));
    QCOMPARE(transcript.words.mid(first, expected.size()), expected);
}

void TstTrainingController::bundlesBatches() {
    test::FakeScript script;
    script.stepsPerEpoch = 20'000;
    TrainingController controller(test::fakeFactory(script));
    Transcript transcript(controller);
    QElapsedTimer clock;
    clock.start();
    controller.startRun(test::lessonConfig(1, 0));
    QVERIFY(awaitState(controller, TrainerState::Finished));
    QCOMPARE(transcript.steps.size(), std::size_t(20'000));
    QVERIFY2(transcript.deliveries <= clock.elapsed() / 100 + 2, qPrintable(QString::number(transcript.deliveries)));
}

void TstTrainingController::worksInItsOwnThread() {
    auto probe = std::make_shared<test::FakeProbe>();
    ui::TrainerFactory factory = test::fakeFactory({}, probe);
    auto prepared = std::make_shared<std::atomic<std::size_t>>(0);
    factory.prepareThread = [prepared] { *prepared = std::hash<std::thread::id>()(std::this_thread::get_id()); };
    {
        TrainingController controller(factory);
        controller.startRun(test::lessonConfig(1, 0));
        QVERIFY(awaitState(controller, TrainerState::Finished));
        const std::size_t first = probe->threadHash;
        QVERIFY(first != std::hash<std::thread::id>()(std::this_thread::get_id()));
        QCOMPARE(prepared->load(), first);
        controller.startRun(test::lessonConfig(1, 0));
        QVERIFY(awaitState(controller, TrainerState::Finished));
        QCOMPARE(probe->threadHash.load(), first);
        QCOMPARE(probe->trainers.load(), 1);
        QCOMPARE(probe->made.load(), 2);
    }
    QCOMPARE(probe->trainers.load(), 0);
}

void TstTrainingController::pausesStepsAndResumes() {
    auto probe = std::make_shared<test::FakeProbe>();
    test::FakeScript script;
    script.stepsPerEpoch = 5;
    TrainingController controller(test::fakeFactory(script, probe));
    QSignalSpy paused(&controller, &TrainingController::paused);
    QSignalSpy resumed(&controller, &TrainingController::resumed);
    controller.startRun(test::lessonConfig(2, 0), /*paused=*/true);
    QVERIFY(awaitState(controller, TrainerState::Paused));
    QVERIFY(!controller.lastBatch());
    controller.stepOnce();
    QVERIFY(await([&] { return controller.lastBatch() && controller.state() == TrainerState::Paused; }));
    QCOMPARE(controller.lastBatch()->step, 1);
    QCOMPARE(paused.count(), 0);  // a single step leaves no mark
    controller.runEpoch();
    QVERIFY(await([&] { return controller.lastEpoch() && controller.state() == TrainerState::Paused; }));
    QCOMPARE(controller.lastBatch()->step, 5);
    QCOMPARE(paused.count(), 1);
    const std::int64_t stepsAtRest = probe->steps;
    controller.evaluate();
    QSignalSpy predictions(&controller, &TrainingController::predictionsReady);
    QVERIFY(await([&] { return predictions.count() == 1; }));
    QCOMPARE(probe->steps.load(), stepsAtRest + 1);  // a paused trainer is stepped for what is asked alone
    controller.resume();
    QVERIFY(awaitState(controller, TrainerState::Finished));
    QCOMPARE(controller.lastBatch()->step, 10);
    QCOMPARE(resumed.count(), 1);
}

void TstTrainingController::confirmsLayersWithTheRequestsId() {
    test::FakeScript script;
    script.stepsPerEpoch = 1'000'000;
    TrainingController controller(test::fakeFactory(script));
    controller.startRun(test::lessonConfig());
    QVERIFY(await([&] { return controller.lastBatch().has_value(); }));
    core::LayersChanged change;
    connect(&controller, &TrainingController::layersChanged, this, [&](const core::LayersChanged& event) { change = event; });
    const quint64 first = controller.setTrainable({QStringLiteral("block5_conv3")}, true);
    QVERIFY(first > 0);
    QVERIFY(await([&] { return change.requestId == first; }));
    QCOMPARE(change.thawed, std::vector<std::string>{"block5_conv3"});
    QCOMPARE(controller.trainable(), controller.run()->model.maskOf({"head", "block5_conv3"}));
    const quint64 second = controller.setMask(controller.run()->model.maskOf({"head"}));
    QVERIFY(second > first);
    QVERIFY(await([&] { return change.requestId == second; }));
    QCOMPARE(change.frozen, std::vector<std::string>{"block5_conv3"});
}

void TstTrainingController::refusalsCarryTheRequestsIdAndTheReason() {
    test::FakeScript script;
    script.stepsPerEpoch = 1'000'000;
    TrainingController controller(test::fakeFactory(script));
    QSignalSpy refused(&controller, &TrainingController::commandRefused);
    controller.startRun(test::lessonConfig());
    QVERIFY(await([&] { return controller.lastBatch().has_value(); }));
    const core::LayerMask before = controller.trainable();
    const quint64 id = controller.setTrainable({QStringLiteral("all")}, false);
    QVERIFY(await([&] { return refused.count() == 1; }));
    QCOMPARE(refused.at(0).at(0).toULongLong(), id);
    QVERIFY(refused.at(0).at(1).toString().contains(QStringLiteral("Nothing would train")));
    QCOMPARE(controller.trainable(), before);
    QVERIFY(controller.state() == TrainerState::Running);
}

void TstTrainingController::refusesCommandsWithoutARun() {
    TrainingController controller(test::fakeFactory());
    QSignalSpy refused(&controller, &TrainingController::commandRefused);
    const quint64 id = controller.evaluate();
    QVERIFY(await([&] { return refused.count() == 1; }));
    QCOMPARE(refused.at(0).at(0).toULongLong(), id);
}

void TstTrainingController::changesTheLearningRate() {
    test::FakeScript script;
    script.stepsPerEpoch = 1'000'000;
    TrainingController controller(test::fakeFactory(script));
    core::LearningRateChanged change;
    connect(&controller, &TrainingController::learningRateChanged, this,
            [&](const core::LearningRateChanged& event) { change = event; });
    controller.startRun(test::lessonConfig());
    QVERIFY(await([&] { return controller.lastBatch().has_value(); }));
    const quint64 id = controller.setLearningRate(5e-4);
    QVERIFY(await([&] { return change.requestId == id; }));
    QCOMPARE(change.before, 1e-4);
    QCOMPARE(change.after, 5e-4);
    QVERIFY(await([&] { return controller.lastBatch()->learningRate == 5e-4; }));
    QCOMPARE(controller.learningRate(), 5e-4);
}

void TstTrainingController::answersPredictionsAndExports() {
    TrainingController controller(test::fakeFactory());
    controller.startRun(test::lessonConfig(1, 0), true);
    QVERIFY(awaitState(controller, TrainerState::Paused));
    std::uint64_t evaluated = 0, exported = 0, files = 0;
    std::shared_ptr<const core::PredictionSet> predictions;
    connect(&controller, &TrainingController::predictionsReady, this, [&](const core::PredictionsReady& event) {
        evaluated = event.requestId;
        predictions = event.predictions;
    });
    connect(&controller, &TrainingController::modelExported, this,
            [&](const core::ModelExported& event) { exported = event.requestId; });
    connect(&controller, &TrainingController::filePredictionsReady, this,
            [&](const core::FilePredictionsReady& event) { files = event.files->size() == 2 ? event.requestId : 0; });
    const quint64 first = controller.evaluate();
    const quint64 second = controller.predictFiles({QStringLiteral("a.png"), QStringLiteral("b.txt")});
    const quint64 third = controller.exportModel(QStringLiteral("model.onnx"), core::ExportFormat::Onnx);
    QVERIFY(await([&] { return exported == third; }));
    QCOMPARE(evaluated, first);
    QCOMPARE(files, second);
    QCOMPARE(predictions->count(), controller.run()->testPictures->count());
}

void TstTrainingController::refusesAStartWhileAnotherRunIsActive() {
    test::FakeScript script;
    script.stepsPerEpoch = 1'000'000;
    TrainingController controller(test::fakeFactory(script));
    QSignalSpy refused(&controller, &TrainingController::startRefused);
    controller.startRun(test::lessonConfig());
    controller.startRun(test::lessonConfig());
    QCOMPARE(refused.count(), 1);
    QVERIFY(await([&] { return controller.lastBatch().has_value(); }));
    controller.openRun("/nowhere");
    QCOMPARE(refused.count(), 2);
    QVERIFY(controller.state() == TrainerState::Running);
}

void TstTrainingController::refusesAConfigThatCannotRun() {
    auto probe = std::make_shared<test::FakeProbe>();
    TrainingController controller(test::fakeFactory({}, probe));
    QSignalSpy refused(&controller, &TrainingController::startRefused);
    core::RunConfig config = test::lessonConfig();
    config.batchSize = 0;
    controller.startRun(config);
    QCOMPARE(refused.count(), 1);
    QVERIFY(!refused.at(0).at(0).toString().isEmpty());
    QVERIFY(controller.state() == TrainerState::Idle);
    QCOMPARE(probe->made.load(), 0);
}

void TstTrainingController::reportsAFactoryThatThrows() {
    test::FakeScript script;
    script.makeError = "There is no such run.";
    TrainingController controller(test::fakeFactory(script));
    QSignalSpy refused(&controller, &TrainingController::startRefused);
    controller.openRun("/nowhere");
    QVERIFY(await([&] { return refused.count() == 1; }));
    QCOMPARE(refused.at(0).at(0).toString(), QStringLiteral("There is no such run."));
    QCOMPARE(refused.at(0).at(1).toString(), QStringLiteral("Choose another run."));
    QVERIFY(controller.state() == TrainerState::Idle);
    QVERIFY(controller.actions().start);
}

void TstTrainingController::reportsAFailure() {
    test::FakeScript script;
    script.failAtStep = 4;
    TrainingController controller(test::fakeFactory(script));
    core::RunFailed failure;
    connect(&controller, &TrainingController::runFailed, this, [&](const core::RunFailed& event) { failure = event; });
    controller.startRun(test::lessonConfig());
    QVERIFY(awaitState(controller, TrainerState::Failed));
    QVERIFY(!failure.what.empty() && !failure.hint.empty());
    QCOMPARE(failure.phase, std::string("Feature extraction"));
    QCOMPARE(controller.lastBatch()->step, 3);
    controller.startRun(test::lessonConfig());  // the window stays usable
    QVERIFY(controller.state() == TrainerState::Preparing);
    QVERIFY(await([&] { return controller.lastBatch().has_value(); }));
}

void TstTrainingController::exceptionsStopAtTheWorker_data() {
    QTest::addColumn<bool>("known");
    QTest::addRow("core::Error") << true;
    QTest::addRow("int") << false;
}

void TstTrainingController::exceptionsStopAtTheWorker() {
    QFETCH(bool, known);
    test::FakeScript script;
    (known ? script.throwAtStep : script.throwUnknownAtStep) = 4;
    auto probe = std::make_shared<test::FakeProbe>();
    TrainingController controller(test::fakeFactory(script, probe));
    core::RunFailed failure;
    connect(&controller, &TrainingController::runFailed, this, [&](const core::RunFailed& event) { failure = event; });
    controller.startRun(test::lessonConfig());
    QVERIFY(awaitState(controller, TrainerState::Failed));
    QVERIFY(!failure.what.empty());
    QCOMPARE(controller.lastBatch()->step, 3);
    QCOMPARE(probe->trainers.load(), 0);
    QSignalSpy refused(&controller, &TrainingController::commandRefused);
    controller.evaluate();
    QVERIFY(await([&] { return refused.count() == 1; }));
}

void TstTrainingController::dropsEventsOfAnOlderRun() {
    // Within a run: an event that names another run is not passed on.
    test::FakeScript script;
    script.stepsPerEpoch = 4;
    core::BatchFinished stray;
    stray.step = 999;
    script.extra[2] = {{"an-older-run", 0, core::Notice{"stray", false}}, {"an-older-run", 0, stray}};
    TrainingController controller(test::fakeFactory(script));
    Transcript transcript(controller);
    controller.startRun(test::lessonConfig(1, 0));
    QVERIFY(awaitState(controller, TrainerState::Finished));
    QVERIFY(!transcript.words.contains(QStringLiteral("notice:stray")));
    QCOMPARE(transcript.steps, (std::vector<std::int64_t>{1, 2, 3, 4}));

    // Between runs: what the first still had to say when the second was started does not arrive.
    script.extra.clear();
    script.failAtStep = 3;
    auto probe = std::make_shared<test::FakeProbe>();
    TrainingController second(test::fakeFactory(script, probe));
    int failures = 0;
    connect(&second, &TrainingController::runFailed, this, [&] { ++failures; });
    connect(&second, &TrainingController::stateChanged, this, [&](TrainerState state) {
        if (state == TrainerState::Failed && failures == 1) {
            second.evaluate();  // its refusal belongs to the first run
            second.startRun(test::lessonConfig(1, 0), true);
        }
    });
    QSignalSpy refused(&second, &TrainingController::commandRefused);
    second.startRun(test::lessonConfig(1, 0));
    QVERIFY(awaitState(second, TrainerState::Paused));
    QCOMPARE(failures, 1);
    QCOMPARE(refused.count(), 0);
    QVERIFY(!second.lastBatch());
}

void TstTrainingController::opensARun() {
    test::FakeScript script;
    script.stepsPerEpoch = 2;
    script.resumedEpoch = 3;
    script.bitExact = false;
    TrainingController controller(test::fakeFactory(script));
    controller.openRun("/runs/20260101-120000-lesson", true);
    QVERIFY(awaitState(controller, TrainerState::Paused));
    QVERIFY(controller.run()->resumed);
    QCOMPARE(controller.run()->resumedEpoch, 3);
    QVERIFY(!controller.run()->bitExact);
    QCOMPARE(controller.run()->runId, std::string("20260101-120000-lesson"));
    controller.resume();
    QVERIFY(await([&] { return controller.lastEpoch().has_value(); }));
    QCOMPARE(controller.lastEpoch()->epoch >= 4, true);
}

void TstTrainingController::shutsDownWithACheckpoint_data() {
    QTest::addColumn<int>("stepMilliseconds");
    QTest::addColumn<bool>("paused");
    QTest::addRow("quick steps") << 0 << false;
    QTest::addRow("slow steps") << 250 << false;
    QTest::addRow("paused") << 0 << true;
}

void TstTrainingController::shutsDownWithACheckpoint() {
    QFETCH(int, stepMilliseconds);
    QFETCH(bool, paused);
    auto probe = std::make_shared<test::FakeProbe>();
    test::FakeScript script;
    script.stepsPerEpoch = 1'000'000;
    script.preparationSteps = 1;
    script.stepMilliseconds = stepMilliseconds;
    auto controller = std::make_unique<TrainingController>(test::fakeFactory(script, probe));
    controller->startRun(test::lessonConfig(), paused);
    QVERIFY(paused ? awaitState(*controller, TrainerState::Paused) : await([&] { return controller->lastBatch().has_value(); }));
    const int before = probe->checkpoints;
    QElapsedTimer clock;
    clock.start();
    controller.reset();
    QVERIFY2(clock.elapsed() < 2000, qPrintable(QString::number(clock.elapsed())));
    QVERIFY(probe->stopped);
    QCOMPARE(probe->checkpoints.load(), before + (paused ? 0 : 1));  // nothing changed since the run's first
    QCOMPARE(probe->trainers.load(), 0);
}

void TstTrainingController::shutsDownWithoutARun() {
    for (int i = 0; i < 20; ++i) TrainingController controller(test::fakeFactory());
}

void TstTrainingController::survivesTenThousandToggles() {
    auto probe = std::make_shared<test::FakeProbe>();
    test::FakeScript script;
    script.stepsPerEpoch = 1'000'000'000;
    TrainingController controller(test::fakeFactory(script, probe));
    controller.startRun(test::lessonConfig());
    QVERIFY(await([&] { return controller.lastBatch().has_value(); }));
    std::uint64_t revision = 0;
    quint64 answered = 0;
    bool inOrder = true;
    const auto answer = [&](quint64 id) {
        inOrder = inOrder && id > answered;
        answered = id;
    };
    connect(&controller, &TrainingController::layersChanged, this, [&](const core::LayersChanged& change) {
        inOrder = inOrder && change.revision == revision + 1;
        revision = change.revision;
        answer(change.requestId);
    });
    core::LayerMask mask = controller.trainable(), last;
    std::mt19937 random(5);
    constexpr int kToggles = 10'000;
    quint64 lastId = 0;
    int sent = 0;
    for (int i = 0; i < kToggles; ++i) {
        const std::size_t layer = random() % 18;
        if (!controller.run()->model.layers[layer].hasParameters())
            mask = controller.run()->model.maskOf({"head"});
        else
            mask[layer] = !mask[layer];
        last = mask;
        lastId = controller.setMask(mask);
        ++sent;
        if (i % 100 == 0) QCoreApplication::processEvents();
    }
    QVERIFY(await([&] { return answered == lastId; }));
    QVERIFY(inOrder);
    QCOMPARE(revision, std::uint64_t(kToggles));
    QCOMPARE(controller.trainable(), last);
    QVERIFY(controller.state() == TrainerState::Running);
    QCOMPARE(probe->commands.load(), sent);
    const std::int64_t stepsThen = controller.lastBatch()->step;
    QVERIFY(await([&] { return controller.lastBatch()->step > stepsThen; }));
}

void TstTrainingController::actionsFollowOneTable() {
    const auto text = [](TrainerState state, bool hasRun) {
        const ui::ActionStates a = ui::actionsIn(state, hasRun);
        QString flags;
        const auto add = [&](bool on, char letter) { flags += QLatin1Char(on ? letter : '.'); };
        add(a.runLesson, 'L'), add(a.start, 'S'), add(a.pause, 'P'), add(a.resume, 'R'), add(a.step, '1'), add(a.runEpoch, 'E');
        add(a.stop, 'X'), add(a.editSettings, 's'), add(a.editLive, 'l'), add(a.evaluate, 'e'), add(a.predictFiles, 'p');
        add(a.exportModel, 'x');
        return flags;
    };
    QCOMPARE(text(TrainerState::Idle, false), QStringLiteral("LS..1E.sl..."));
    QCOMPARE(text(TrainerState::Preparing, false), QStringLiteral("..P...X....."));
    QCOMPARE(text(TrainerState::Preparing, true), QStringLiteral("..P...X.l..."));
    QCOMPARE(text(TrainerState::Running, true), QStringLiteral("..P...X.lepx"));
    QCOMPARE(text(TrainerState::Paused, true), QStringLiteral("...R1EX.lepx"));
    QCOMPARE(text(TrainerState::Stopping, true), QStringLiteral("............"));
    QCOMPARE(text(TrainerState::Finished, true), QStringLiteral("LS..1E.slepx"));
    QCOMPARE(text(TrainerState::Failed, true), QStringLiteral("LS..1E.sl..."));
}

QTEST_GUILESS_MAIN(TstTrainingController)
#include "tst_training_controller.moc"
