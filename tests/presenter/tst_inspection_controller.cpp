#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <atomic>
#include <ctime>
#include <new>
#include <stdexcept>
#include <thread>

#include "core/api/errors.h"
#include "tests/support/await.h"
#include "tests/support/drawn_pictures.h"
#include "tests/support/fake_inspector.h"
#include "tests/support/fake_trainer.h"
#include "ui/bridge/inspection_controller.h"
#include "ui/bridge/training_controller.h"

using namespace thaw;
using test::await;
using ui::InspectionController;
using Lane = InspectionController::Lane;

namespace {

const std::filesystem::path kRun = "/home/pupil/runs/first", kOtherRun = "/home/pupil/runs/second";

/// An analysis that goes on until it is no longer wanted or the test lets it end, and what became of it.
struct LongAnalysis {
    std::atomic<bool> begun{false}, cancelled{false}, mayEnd{false};

    InspectionController::Work<int> work(int result) {
        return [this, result](core::Inspector&, const std::string&, const core::CountCallback& progress) {
            begun = true;
            while (!mayEnd) {
                if (!progress(1, 2)) {
                    cancelled = true;
                    throw core::Cancelled();
                }
                std::this_thread::sleep_for(std::chrono::milliseconds(1));
            }
            return result;
        };
    }
};

InspectionController::Work<int> atOnce(int result) {
    return [result](core::Inspector&, const std::string&, const core::CountCallback&) { return result; };
}

InspectionController::Work<int> throwing(std::function<void()> complain) {
    return [complain](core::Inspector&, const std::string&, const core::CountCallback&) {
        complain();
        return 0;
    };
}

/// Answers in the order of their arrival.
struct Answers {
    std::vector<int> got;
    std::function<void(int)> take() {
        return [this](int answer) { got.push_back(answer); };
    }
};

[[nodiscard]] bool awaitRun(InspectionController& controller, const std::filesystem::path& run) {
    controller.inspectRun(run);
    return await([&] { return controller.subject() && controller.subject()->run.directory == run; });
}

/// Whatever was asked before has its answer then.
[[nodiscard]] bool awaitAnswer(InspectionController& controller) {
    QObject context;
    Answers answers;
    controller.askAboutRun<int>(&context, QStringLiteral("last"), Lane::Quick, atOnce(1), answers.take());
    return await([&] { return !answers.got.empty(); });
}

test::FakeInspectorScript keeping(int checkpoints) {
    test::FakeInspectorScript script;
    script.kept->store(checkpoints);
    return script;
}

}  // namespace

class TstInspectionController : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void subjectAppearsWithTheRunThatTrains();
    void keptCheckpointsAppearWhileTheRunTrains();
    void aCheckpointKeptWhileTheRunIsOpenedIsNotMissed();
    void followsTheNewest();
    void followsWhatTrainsWhenItsViewsHaveTheirAnswers();
    void followsWhatTrainsSeldomWhereAnswersAreDear();
    void whatTheTrainerSaidIsKnown();
    void aChoiceIsNeverTakenAway();
    void aChoiceKeepsItsPlaceWhenOlderOnesAreDropped();
    void aRunThatStartsTakesNoChoiceAway();
    void leavesARunThatIsDeleted();
    void anotherRunIsFollowedAnew();
    void answersInTheGuiThread();
    void aNewerQuestionReplacesAnOlder();
    void cancels();
    void saysWhichCheckpointIsLeftOut();
    void aContextThatDiesTakesItsQuestionsWithIt();
    void anotherCheckpointTakesQuestionsBack();
    void questionsAboutTheRunStayWithIt();
    void asksAboutARunWithoutCheckpoints();
    void asksAnotherRunBesideTheSubject();
    void lanesDoNotWaitForEachOther_data();
    void lanesDoNotWaitForEachOther();
    void longAnalysesComeOneAfterTheOther();
    void reportsProgressWithoutHaste();
    void reportsFailures_data();
    void reportsFailures();
    void aRunThatCannotBeOpenedLeavesTheOldOne();
    void opensAFolderAnew();
    void revealsTheTestSplit();
    void aRevealThatFailsKeepsTheLock();
    void sparesTheTraining();
    void endsWhileALongAnalysisRuns();
};

void TstInspectionController::subjectAppearsWithTheRunThatTrains() {
    ui::TrainingController training(test::fakeFactory());
    InspectionController controller(test::fakeInspectorFactory());
    controller.follow(training);
    QStringList order;
    connect(&controller, &InspectionController::subjectChanged, this, [&] { order += QStringLiteral("subject"); });
    connect(&controller, &InspectionController::checkpointChanged, this, [&] { order += QStringLiteral("checkpoint"); });
    QVERIFY(!controller.subject());
    QVERIFY(!controller.checkpoint());
    training.startRun(test::lessonConfig(1, 0));
    QVERIFY(await([&] { return controller.subject() != nullptr; }));
    QCOMPARE(order.mid(0, 2), (QStringList{QStringLiteral("subject"), QStringLiteral("checkpoint")}));
    QCOMPARE(controller.subject()->run.directory, test::FakeScript().directory);
    QCOMPARE(controller.subject()->checkpoints.size(), std::size_t(15));
    QVERIFY(controller.subject()->pictures);
    QCOMPARE(controller.checkpoint()->epoch, 15);
    QVERIFY(controller.followsNewest());
}

void TstInspectionController::keptCheckpointsAppearWhileTheRunTrains() {
    const test::FakeInspectorScript kept = keeping(1);
    auto probe = std::make_shared<test::FakeProbe>();
    ui::TrainingController training(test::fakeFactory({}, probe));
    InspectionController controller(test::fakeInspectorFactory(kept));
    controller.follow(training);
    training.startRun(test::lessonConfig(2, 0), true);
    QVERIFY(await([&] { return controller.subject() != nullptr; }));
    kept.kept->store(2);
    training.runEpoch();
    QVERIFY(await([&] { return controller.checkpoint()->epoch == 2; }));
    QCOMPARE(controller.subject()->checkpoints.size(), std::size_t(2));
}

void TstInspectionController::aCheckpointKeptWhileTheRunIsOpenedIsNotMissed() {
    const test::FakeInspectorScript kept = keeping(1);
    InspectionController controller(test::fakeInspectorFactory(kept));
    QVERIFY(awaitRun(controller, kRun));
    // The news come before the run is open, and its list may have been read already.
    connect(&controller, &InspectionController::subjectChanged, this, [&] { kept.kept->store(3); });
    controller.inspectRun(kOtherRun);
    controller.refreshCheckpoints();
    QVERIFY(await([&] { return controller.subject()->run.directory == kOtherRun && controller.checkpoint()->epoch == 3; }));
}

void TstInspectionController::followsTheNewest() {
    const test::FakeInspectorScript kept = keeping(2);
    InspectionController controller(test::fakeInspectorFactory(kept));
    QVERIFY(awaitRun(controller, kRun));
    QCOMPARE(controller.subject()->chosen, 1);
    QSignalSpy chosen(&controller, &InspectionController::checkpointChanged);
    QSignalSpy listed(&controller, &InspectionController::checkpointsChanged);
    kept.kept->store(4);
    controller.refreshCheckpoints();
    QVERIFY(await([&] { return controller.subject()->chosen == 3; }));
    QCOMPARE(chosen.size(), 1);
    QCOMPARE(listed.size(), 1);
    // Nothing new: nobody needs to ask again.
    controller.refreshCheckpoints();
    QVERIFY(await([&] { return listed.size() == 2; }));
    QCOMPARE(chosen.size(), 1);
}

void TstInspectionController::followsWhatTrainsWhenItsViewsHaveTheirAnswers() {
    const test::FakeInspectorScript kept = keeping(2);
    InspectionController controller(test::fakeInspectorFactory(kept));
    QVERIFY(awaitRun(controller, kRun));
    controller.setTraining(true);
    QObject context;
    LongAnalysis first, second;
    Answers answers;
    controller.ask<int>(&context, QStringLiteral("a"), Lane::Long, first.work(1), answers.take());
    kept.kept->store(4);
    controller.refreshCheckpoints();
    QVERIFY(await([&] { return controller.subject()->checkpoints.size() == 4; }));
    QCOMPARE(controller.subject()->chosen, 1);
    QVERIFY(controller.followsNewest());
    first.mayEnd = true;
    QVERIFY(await([&] { return controller.subject()->chosen == 3; }));
    QCOMPARE(answers.got, std::vector<int>{1});
    QVERIFY(!first.cancelled);

    // Where nothing trains, the newest is worth more than an answer about an older one.
    controller.ask<int>(&context, QStringLiteral("a"), Lane::Long, second.work(2), answers.take());
    kept.kept->store(6);
    controller.refreshCheckpoints();
    QVERIFY(await([&] { return controller.subject()->checkpoints.size() == 6 && second.begun; }));
    QCOMPARE(controller.subject()->chosen, 3);
    controller.setTraining(false);
    QCOMPARE(controller.subject()->chosen, 5);
    QVERIFY(await([&] { return second.cancelled.load(); }));
    QCOMPARE(answers.got, std::vector<int>{1});
}

void TstInspectionController::followsWhatTrainsSeldomWhereAnswersAreDear() {
    const test::FakeInspectorScript kept = keeping(2);
    InspectionController controller(test::fakeInspectorFactory(kept));
    QVERIFY(awaitRun(controller, kRun));
    controller.setTraining(true);
    QObject context;
    Answers answers;
    const InspectionController::Work<int> dear = [](core::Inspector&, const std::string&, const core::CountCallback&) {
        const std::clock_t begin = std::clock();  // of all threads, but the others sleep
        while (std::clock() - begin < CLOCKS_PER_SEC) {
        }
        return 1;
    };
    controller.ask<int>(&context, QStringLiteral("a"), Lane::Quick, dear, answers.take());
    QVERIFY(await([&] { return !answers.got.empty(); }));
    kept.kept->store(3);
    controller.refreshCheckpoints();
    QVERIFY(await([&] { return controller.subject()->checkpoints.size() == 3; }));
    QCOMPARE(controller.subject()->chosen, 1);  // for some seconds
    controller.followNewest();
    QCOMPARE(controller.subject()->chosen, 2);
}

void TstInspectionController::whatTheTrainerSaidIsKnown() {
    ui::TrainingController training(test::fakeFactory());
    InspectionController controller(test::fakeInspectorFactory());
    controller.follow(training);
    QVERIFY(awaitRun(controller, kRun));
    const std::shared_ptr<const core::PictureSet> pictures = controller.subject()->pictures;
    core::RunStarted started;
    started.directory = kRun;
    QSignalSpy opened(&controller, &InspectionController::subjectChanged);
    Q_EMIT training.runStarted(started);
    QVERIFY(await([&] { return opened.size() == 1; }));
    const auto said = test::drawnPredictions(*pictures, 0.5, /*epoch=*/1, /*step=*/40);
    core::PredictionsReady ready;
    ready.predictions = said;
    Q_EMIT training.predictionsReady(ready);
    QObject context;
    std::vector<std::shared_ptr<const core::PredictionSet>> got;
    const auto ask = [&] {
        const std::size_t before = got.size();
        controller.askAboutRun<std::shared_ptr<const core::PredictionSet>>(
            &context, QStringLiteral("a"), Lane::Long,
            [](core::Inspector& inspector, const std::string&, const core::CountCallback& progress) {
                return inspector.predictions("epoch:1", core::Split::Test, progress);
            },
            [&](const auto& answer) { got.push_back(answer); });
        return await([&] { return got.size() > before; });
    };
    QVERIFY(ask());
    QVERIFY(got.back() == said);
    // Nothing of it is said of another run.
    QVERIFY(awaitRun(controller, kOtherRun));
    QVERIFY(ask());
    QVERIFY(got.back() != said);
}

void TstInspectionController::aChoiceIsNeverTakenAway() {
    const test::FakeInspectorScript kept = keeping(3);
    InspectionController controller(test::fakeInspectorFactory(kept));
    QVERIFY(awaitRun(controller, kRun));
    controller.chooseCheckpoint(0);
    QCOMPARE(controller.checkpoint()->epoch, 1);
    QVERIFY(!controller.followsNewest());
    QSignalSpy chosen(&controller, &InspectionController::checkpointChanged);
    kept.kept->store(6);
    controller.refreshCheckpoints();
    QVERIFY(await([&] { return controller.subject()->checkpoints.size() == 6; }));
    QCOMPARE(controller.checkpoint()->epoch, 1);
    QCOMPARE(chosen.size(), 0);
    // The newest one by choice stays too.
    controller.chooseCheckpoint(5);
    kept.kept->store(8);
    controller.refreshCheckpoints();
    QVERIFY(await([&] { return controller.subject()->checkpoints.size() == 8; }));
    QCOMPARE(controller.checkpoint()->epoch, 6);
    controller.chooseCheckpoint(8);
    controller.chooseCheckpoint(-1);
    QCOMPARE(controller.checkpoint()->epoch, 6);
    controller.followNewest();
    QVERIFY(controller.followsNewest());
    QCOMPARE(controller.checkpoint()->epoch, 8);
}

void TstInspectionController::aChoiceKeepsItsPlaceWhenOlderOnesAreDropped() {
    const test::FakeInspectorScript kept = keeping(5);
    InspectionController controller(test::fakeInspectorFactory(kept));
    QVERIFY(awaitRun(controller, kRun));
    controller.chooseCheckpoint(3);
    QSignalSpy chosen(&controller, &InspectionController::checkpointChanged);
    kept.dropped->store(2);
    controller.refreshCheckpoints();
    QVERIFY(await([&] { return controller.subject()->checkpoints.size() == 3; }));
    QCOMPARE(controller.subject()->chosen, 1);
    QCOMPARE(controller.checkpoint()->epoch, 4);
    QCOMPARE(chosen.size(), 0);
    // Gone itself: its nearest neighbour takes its place, and the views hear of it.
    controller.chooseCheckpoint(0);
    QCOMPARE(controller.checkpoint()->epoch, 3);
    chosen.clear();
    kept.dropped->store(3);
    controller.refreshCheckpoints();
    QVERIFY(await([&] { return chosen.size() == 1; }));
    QCOMPARE(controller.checkpoint()->epoch, 4);
    QVERIFY(!controller.followsNewest());
}

void TstInspectionController::aRunThatStartsTakesNoChoiceAway() {
    ui::TrainingController training(test::fakeFactory());
    InspectionController controller(test::fakeInspectorFactory());
    controller.follow(training);
    QVERIFY(awaitRun(controller, kRun));
    controller.chooseCheckpoint(4);
    QSignalSpy subjects(&controller, &InspectionController::subjectChanged);
    const auto start = [&](const std::filesystem::path& directory) {
        core::RunStarted started;
        started.directory = directory;
        Q_EMIT training.runStarted(started);
    };
    start(kOtherRun);
    QVERIFY(awaitAnswer(controller));
    QCOMPARE(controller.subject()->run.directory, kRun);
    QCOMPARE(controller.checkpoint()->epoch, 5);
    // Taken up again, the run is opened anew, and the choice stays.
    start(kRun);
    QVERIFY(await([&] { return subjects.size() == 1; }));
    QCOMPARE(controller.checkpoint()->epoch, 5);
    QVERIFY(!controller.followsNewest());
    controller.followNewest();
    start(kOtherRun);
    QVERIFY(await([&] { return subjects.size() == 2; }));
    QCOMPARE(controller.subject()->run.directory, kOtherRun);
}

void TstInspectionController::leavesARunThatIsDeleted() {
    ui::TrainingController training(test::fakeFactory());
    InspectionController controller(test::fakeInspectorFactory());
    controller.follow(training);
    QVERIFY(awaitRun(controller, kRun));
    controller.leaveRun(kOtherRun);
    QCOMPARE(controller.subject()->run.directory, kRun);
    QSignalSpy subjects(&controller, &InspectionController::subjectChanged);
    controller.leaveRun(kRun);
    QVERIFY(!controller.subject() && !controller.checkpoint());
    QCOMPARE(subjects.size(), 1);
    // Where a run is open for training, it is the one to go back to.
    core::RunStarted started;
    started.directory = kOtherRun;
    Q_EMIT training.runStarted(started);
    QVERIFY(awaitRun(controller, kRun));
    controller.leaveRun(kRun);
    QVERIFY(await([&] { return controller.subject()->run.directory == kOtherRun; }));
}

void TstInspectionController::anotherRunIsFollowedAnew() {
    InspectionController controller(test::fakeInspectorFactory());
    QVERIFY(awaitRun(controller, kRun));
    controller.chooseCheckpoint(2);
    QSignalSpy subjects(&controller, &InspectionController::subjectChanged);
    QVERIFY(awaitRun(controller, kOtherRun));
    QCOMPARE(subjects.size(), 1);
    QVERIFY(controller.followsNewest());
    QCOMPARE(controller.checkpoint()->epoch, 15);
}

void TstInspectionController::answersInTheGuiThread() {
    InspectionController controller(test::fakeInspectorFactory());
    QObject context;
    // Nothing is open: nothing is asked.
    controller.ask<int>(&context, QStringLiteral("a"), Lane::Quick, atOnce(1), [](int) { QFAIL("answered without a run"); });
    QVERIFY(awaitRun(controller, kRun));
    std::thread::id worked, answered;
    std::string asked;
    controller.ask<std::string>(
        &context, QStringLiteral("a"), Lane::Quick,
        [&](core::Inspector& inspector, const std::string& checkpoint, const core::CountCallback&) {
            worked = std::this_thread::get_id();
            return inspector.run().runId + " " + checkpoint;
        },
        [&](const std::string& answer) {
            answered = std::this_thread::get_id();
            asked = answer;
        });
    QVERIFY(await([&] { return !asked.empty(); }));
    QCOMPARE(asked, std::string("first step-300"));
    QVERIFY(answered == std::this_thread::get_id());
    QVERIFY(worked != answered);
}

void TstInspectionController::aNewerQuestionReplacesAnOlder() {
    InspectionController controller(test::fakeInspectorFactory());
    QVERIFY(awaitRun(controller, kRun));
    QObject context, other;
    LongAnalysis first;
    Answers answers;
    controller.ask<int>(&context, QStringLiteral("a"), Lane::Quick, first.work(1), answers.take());
    QVERIFY(await([&] { return first.begun.load(); }));
    controller.ask<int>(&context, QStringLiteral("a"), Lane::Quick, atOnce(2), answers.take());
    controller.ask<int>(&context, QStringLiteral("a"), Lane::Quick, atOnce(3), answers.take());
    // Neither another topic nor another context is in the way.
    controller.ask<int>(&context, QStringLiteral("b"), Lane::Quick, atOnce(4), answers.take());
    controller.ask<int>(&other, QStringLiteral("a"), Lane::Quick, atOnce(5), answers.take());
    QVERIFY(await([&] { return answers.got.size() >= 3; }));
    QCOMPARE(answers.got, (std::vector<int>{3, 4, 5}));
    QVERIFY(first.cancelled);
}

void TstInspectionController::cancels() {
    InspectionController controller(test::fakeInspectorFactory());
    QVERIFY(awaitRun(controller, kRun));
    QObject context;
    LongAnalysis worked;
    Answers answers;
    controller.ask<int>(&context, QStringLiteral("a"), Lane::Long, worked.work(1), answers.take());
    controller.ask<int>(&context, QStringLiteral("waits"), Lane::Long, atOnce(2), answers.take());
    QVERIFY(await([&] { return worked.begun.load(); }));
    controller.cancel(&context, QStringLiteral("a"));
    controller.cancel(&context, QStringLiteral("waits"));
    controller.cancel(&context, QStringLiteral("never asked"));
    controller.ask<int>(&context, QStringLiteral("b"), Lane::Long, atOnce(3), answers.take());
    QVERIFY(await([&] { return !answers.got.empty(); }));
    QCOMPARE(answers.got, std::vector<int>{3});
    QVERIFY(worked.cancelled);
}

void TstInspectionController::saysWhichCheckpointIsLeftOut() {
    test::FakeInspectorScript script = keeping(3);
    script.leftOut = "The checkpoint is torn.";
    InspectionController controller(test::fakeInspectorFactory(script));
    QSignalSpy failures(&controller, &InspectionController::failed);
    QVERIFY(awaitRun(controller, kRun));
    QCOMPARE(controller.subject()->checkpoints.size(), std::size_t(3));
    QCOMPARE(failures.size(), 1);
    QCOMPARE(failures.front().front().toString(), QStringLiteral("The checkpoint is torn."));

    InspectionController whole(test::fakeInspectorFactory(keeping(3)));
    QSignalSpy none(&whole, &InspectionController::failed);
    QSignalSpy opened(&whole, &InspectionController::subjectChanged);
    QVERIFY(awaitRun(whole, kRun));
    QCOMPARE(opened.size(), 1);
    QCOMPARE(none.size(), 0);
}

void TstInspectionController::aContextThatDiesTakesItsQuestionsWithIt() {
    InspectionController controller(test::fakeInspectorFactory());
    QVERIFY(awaitRun(controller, kRun));
    QSignalSpy failures(&controller, &InspectionController::failed);
    QObject stays;
    LongAnalysis worked;
    Answers answers;
    {
        QObject dies;
        controller.ask<int>(&dies, QStringLiteral("a"), Lane::Long, worked.work(1), answers.take());
        controller.ask<int>(&dies, QStringLiteral("b"), Lane::Long, atOnce(2), answers.take());
        controller.ask<int>(&dies, QStringLiteral("c"), Lane::Long, throwing([] { throw core::StoreError("late"); }),
                            answers.take());
        QVERIFY(await([&] { return worked.begun.load(); }));
    }
    controller.ask<int>(&stays, QStringLiteral("a"), Lane::Long, atOnce(3), answers.take());
    QVERIFY(await([&] { return !answers.got.empty(); }));
    QCOMPARE(answers.got, std::vector<int>{3});
    QVERIFY(worked.cancelled);
    QCOMPARE(failures.size(), 0);
}

void TstInspectionController::anotherCheckpointTakesQuestionsBack() {
    InspectionController controller(test::fakeInspectorFactory());
    QVERIFY(awaitRun(controller, kRun));
    QObject context;
    LongAnalysis worked;
    Answers answers;
    controller.ask<int>(&context, QStringLiteral("a"), Lane::Long, worked.work(1), answers.take());
    QVERIFY(await([&] { return worked.begun.load(); }));
    controller.chooseCheckpoint(4);
    controller.ask<int>(&context, QStringLiteral("b"), Lane::Long, atOnce(2), answers.take());
    QVERIFY(await([&] { return !answers.got.empty(); }));
    QCOMPARE(answers.got, std::vector<int>{2});
    QVERIFY(worked.cancelled);
}

void TstInspectionController::questionsAboutTheRunStayWithIt() {
    InspectionController controller(test::fakeInspectorFactory());
    QVERIFY(awaitRun(controller, kRun));
    QObject context;
    LongAnalysis history;
    Answers answers;
    controller.askAboutRun<int>(&context, QStringLiteral("a"), Lane::Long, history.work(1), answers.take());
    QVERIFY(await([&] { return history.begun.load(); }));
    controller.chooseCheckpoint(4);
    history.mayEnd = true;
    QVERIFY(await([&] { return !answers.got.empty(); }));
    QCOMPARE(answers.got, std::vector<int>{1});

    LongAnalysis ofOldRun;
    controller.askAboutRun<int>(&context, QStringLiteral("a"), Lane::Long, ofOldRun.work(2), answers.take());
    QVERIFY(await([&] { return ofOldRun.begun.load(); }));
    QVERIFY(awaitRun(controller, kOtherRun));
    QVERIFY(await([&] { return ofOldRun.cancelled.load(); }));
    QCOMPARE(answers.got, std::vector<int>{1});
}

void TstInspectionController::asksAboutARunWithoutCheckpoints() {
    test::FakeInspectorScript none = keeping(1);
    none.dropped->store(1);
    InspectionController controller(test::fakeInspectorFactory(none));
    QVERIFY(awaitRun(controller, kRun));
    QCOMPARE(controller.subject()->chosen, -1);
    QVERIFY(!controller.checkpoint());
    QObject context;
    Answers answers;
    controller.ask<int>(&context, QStringLiteral("a"), Lane::Quick, atOnce(1), answers.take());
    controller.askAboutRun<int>(
        &context, QStringLiteral("b"), Lane::Quick,
        [](core::Inspector&, const std::string& checkpoint, const core::CountCallback&) { return checkpoint.empty() ? 2 : 3; },
        answers.take());
    QVERIFY(await([&] { return !answers.got.empty(); }));
    QCOMPARE(answers.got, std::vector<int>{2});
}

void TstInspectionController::asksAnotherRunBesideTheSubject() {
    // Which folders were opened, in the threads that did.
    auto opened = std::make_shared<std::atomic<int>>(0), openedOther = std::make_shared<std::atomic<int>>(0);
    ui::InspectorFactory factory = test::fakeInspectorFactory();
    factory.open = [opened, openedOther, open = factory.open](const std::filesystem::path& run) {
        ++(run == kOtherRun ? *openedOther : *opened);
        return open(run);
    };
    InspectionController controller(factory);
    QVERIFY(awaitRun(controller, kRun));
    std::vector<std::string> asked;
    const InspectionController::Work<std::string> which = [](core::Inspector& inspector, const std::string& checkpoint,
                                                             const core::CountCallback&) {
        return inspector.run().runId + ' ' + checkpoint;
    };
    const std::function<void(std::string)> take = [&](const std::string& answer) { asked.push_back(answer); };
    const auto askBoth = [&] {
        controller.ask<std::string>(this, QStringLiteral("subject"), Lane::Long, which, take);
        controller.askOtherRun<std::string>(kOtherRun, this, QStringLiteral("other"), which, take);
    };
    askBoth();
    QVERIFY(await([&] { return asked.size() == 2; }));
    askBoth();
    QVERIFY(await([&] { return asked.size() == 4; }));
    const std::string newest = controller.checkpoint()->name;
    QCOMPARE(asked, (std::vector<std::string>{"first " + newest, "second " + newest, "first " + newest, "second " + newest}));
    QCOMPARE(opened->load(), 2);  // once in each thread
    QCOMPARE(openedOther->load(), 1);
    QCOMPARE(controller.subject()->run.directory, kRun);
    controller.chooseCheckpoint(0);
    controller.askOtherRun<std::string>(kOtherRun, this, QStringLiteral("other"), which, take);
    controller.chooseCheckpoint(1);  // takes it back
    askBoth();
    QVERIFY(await([&] { return asked.size() == 6; }));
    QCOMPARE(asked.back(), "second " + controller.checkpoint()->name);
}

void TstInspectionController::lanesDoNotWaitForEachOther_data() {
    QTest::addColumn<Lane>("slow");
    QTest::addColumn<Lane>("swift");
    QTest::newRow("a click beside an evaluation") << Lane::Long << Lane::Quick;
    QTest::newRow("an evaluation beside a map") << Lane::Longest << Lane::Long;
}

void TstInspectionController::lanesDoNotWaitForEachOther() {
    QFETCH(Lane, slow);
    QFETCH(Lane, swift);
    InspectionController controller(test::fakeInspectorFactory());
    QVERIFY(awaitRun(controller, kRun));
    QObject context;
    LongAnalysis map;
    Answers answers;
    controller.ask<int>(&context, QStringLiteral("map"), slow, map.work(1), answers.take());
    QVERIFY(await([&] { return map.begun.load(); }));
    controller.ask<int>(&context, QStringLiteral("click"), swift, atOnce(2), answers.take());
    QVERIFY(await([&] { return !answers.got.empty(); }));
    QCOMPARE(answers.got, std::vector<int>{2});
    map.mayEnd = true;
    QVERIFY(await([&] { return answers.got.size() == 2; }));
    QCOMPARE(answers.got, (std::vector<int>{2, 1}));
}

void TstInspectionController::longAnalysesComeOneAfterTheOther() {
    InspectionController controller(test::fakeInspectorFactory());
    QVERIFY(awaitRun(controller, kRun));
    QObject context;
    LongAnalysis first, second;
    Answers answers;
    controller.ask<int>(&context, QStringLiteral("a"), Lane::Long, first.work(1), answers.take());
    controller.ask<int>(&context, QStringLiteral("b"), Lane::Long, second.work(2), answers.take());
    QVERIFY(await([&] { return first.begun.load(); }));
    QVERIFY(!second.begun);
    second.mayEnd = true;
    first.mayEnd = true;
    QVERIFY(await([&] { return answers.got.size() == 2; }));
    QCOMPARE(answers.got, (std::vector<int>{1, 2}));
}

void TstInspectionController::reportsProgressWithoutHaste() {
    test::FakeInspectorScript script;
    script.longCalls = 20'000;
    InspectionController controller(test::fakeInspectorFactory(script));
    QVERIFY(awaitRun(controller, kRun));
    QObject context;
    std::vector<std::int64_t> reports;
    bool done = false;
    QElapsedTimer clock;
    clock.start();
    controller.ask<std::shared_ptr<const core::PredictionSet>>(
        &context, QStringLiteral("a"), Lane::Long,
        [](core::Inspector& inspector, const std::string& checkpoint, const core::CountCallback& progress) {
            return inspector.predictions(checkpoint, core::Split::Test, progress);
        },
        [&](const std::shared_ptr<const core::PredictionSet>& set) { done = set && set->epoch == 15; },
        [&](std::int64_t count, std::int64_t total) {
            reports.push_back(count);
            QCOMPARE(total, std::int64_t(20'000));
        });
    QVERIFY(await([&] { return done; }));
    QVERIFY(!reports.empty());
    QVERIFY(std::is_sorted(reports.begin(), reports.end()));
    QVERIFY(static_cast<qint64>(reports.size()) <= clock.elapsed() / 100 + 1);
}

void TstInspectionController::reportsFailures_data() {
    QTest::addColumn<int>("kind");
    QTest::addColumn<QString>("what");
    QTest::addColumn<QString>("hint");
    QTest::newRow("error of the core") << 0 << QStringLiteral("Torn.") << QStringLiteral("Choose another one.");
    QTest::newRow("memory") << 1 << QStringLiteral("There is not enough memory for this view.")
                            << QStringLiteral("Close other programs, or look at fewer pictures.");
    QTest::newRow("foreign") << 2 << QStringLiteral("unforeseen") << QString();
}

void TstInspectionController::reportsFailures() {
    QFETCH(int, kind);
    QFETCH(QString, what);
    QFETCH(QString, hint);
    const auto complain = [kind] {
        if (kind == 0) throw core::StoreError("Torn.", "Choose another one.");
        if (kind == 1) throw std::bad_alloc();
        throw std::runtime_error("unforeseen");
    };
    InspectionController controller(test::fakeInspectorFactory());
    QVERIFY(awaitRun(controller, kRun));
    QSignalSpy failures(&controller, &InspectionController::failed);
    QObject context;
    Answers answers;
    QStringList told;
    controller.ask<int>(&context, QStringLiteral("a"), Lane::Quick, throwing(complain), answers.take(), {},
                        [&](const QString& problem, const QString& advice) { told << problem << advice; });
    QVERIFY(await([&] { return !told.isEmpty(); }));
    QCOMPARE(told, (QStringList{what, hint}));
    QCOMPARE(failures.size(), 0);

    controller.ask<int>(&context, QStringLiteral("a"), Lane::Long, throwing(complain), answers.take());
    QVERIFY(await([&] { return !failures.isEmpty(); }));
    QCOMPARE(failures.first().first().toString(), what);
    QCOMPARE(failures.first().last().toString(), hint);

    // The thread lives on.
    controller.ask<int>(&context, QStringLiteral("a"), Lane::Long, atOnce(1), answers.take());
    QVERIFY(await([&] { return !answers.got.empty(); }));
    QCOMPARE(answers.got, std::vector<int>{1});
}

void TstInspectionController::aRunThatCannotBeOpenedLeavesTheOldOne() {
    ui::InspectorFactory factory = test::fakeInspectorFactory();
    factory.open = [open = factory.open](const std::filesystem::path& run) {
        if (run == kOtherRun) throw core::StoreError("The folder is gone.", "Choose another run.");
        return open(run);
    };
    InspectionController controller(factory);
    QVERIFY(awaitRun(controller, kRun));
    controller.chooseCheckpoint(2);
    QSignalSpy failures(&controller, &InspectionController::failed);
    QObject context;
    LongAnalysis ofOldRun;
    Answers answers;
    controller.ask<int>(&context, QStringLiteral("a"), Lane::Long, ofOldRun.work(1), answers.take());
    controller.inspectRun(kOtherRun);
    QVERIFY(await([&] { return !failures.isEmpty(); }));
    QCOMPARE(failures.first().first().toString(), QStringLiteral("The folder is gone."));
    QCOMPARE(failures.first().last().toString(), QStringLiteral("Choose another run."));
    QCOMPARE(controller.subject()->run.directory, kRun);
    QCOMPARE(controller.checkpoint()->epoch, 3);
    // What it was asked before and what it is asked now is answered.
    ofOldRun.mayEnd = true;
    QVERIFY(await([&] { return answers.got.size() == 1; }));
    controller.ask<int>(
        &context, QStringLiteral("b"), Lane::Quick,
        [](core::Inspector& inspector, const std::string&, const core::CountCallback&) {
            return inspector.run().directory == kRun ? 2 : 3;
        },
        answers.take());
    QVERIFY(await([&] { return answers.got.size() == 2; }));
    QCOMPARE(answers.got, (std::vector<int>{1, 2}));
}

void TstInspectionController::opensAFolderAnew() {
    const auto opened = std::make_shared<std::atomic<int>>(0);
    const auto missing = std::make_shared<std::atomic<bool>>(true);
    ui::InspectorFactory factory = test::fakeInspectorFactory();
    factory.open = [open = factory.open, opened, missing](const std::filesystem::path& run) {
        if (*missing) throw core::StoreError("No such folder.");
        ++*opened;
        return open(run);
    };
    InspectionController controller(factory);
    QSignalSpy failures(&controller, &InspectionController::failed);
    controller.inspectRun(kRun);
    QVERIFY(await([&] { return !failures.isEmpty(); }));
    QVERIFY(!controller.subject());
    *missing = false;
    QVERIFY(awaitRun(controller, kRun));
    QCOMPARE(opened->load(), 1);

    QObject context;
    Answers answers;
    controller.ask<int>(&context, QStringLiteral("a"), Lane::Long, atOnce(1), answers.take());
    controller.ask<int>(&context, QStringLiteral("b"), Lane::Quick, atOnce(2), answers.take());
    QVERIFY(await([&] { return answers.got.size() == 2; }));
    QCOMPARE(opened->load(), 2);  // one a lane
    QSignalSpy subjects(&controller, &InspectionController::subjectChanged);
    controller.inspectRun(kRun);
    QVERIFY(await([&] { return !subjects.isEmpty(); }));
    controller.ask<int>(&context, QStringLiteral("a"), Lane::Long, atOnce(3), answers.take());
    QVERIFY(await([&] { return answers.got.size() == 3; }));
    QCOMPARE(opened->load(), 4);
}

void TstInspectionController::revealsTheTestSplit() {
    test::FakeInspectorScript locked;
    locked.validatesOnHeldOut = true;
    InspectionController controller(test::fakeInspectorFactory(locked));
    QVERIFY(awaitRun(controller, kRun));
    QVERIFY(controller.subject()->run.testLock.isLocked());
    const std::int64_t heldOut = controller.subject()->pictures->count();
    controller.chooseCheckpoint(3);
    const std::string chosen = controller.checkpoint()->name;
    QSignalSpy subjects(&controller, &InspectionController::subjectChanged);
    controller.revealTest();
    QVERIFY(await([&] { return subjects.count() == 1; }));
    QCOMPARE(controller.subject()->run.testLock.reveals, 1);
    QVERIFY(!controller.subject()->run.testLock.isLocked());
    QVERIFY(controller.subject()->pictures->count() > heldOut);
    QCOMPARE(controller.checkpoint()->name, chosen);  // what the user chose is not taken away
    QVERIFY(!controller.followsNewest());
    controller.revealTest();  // open already
    QVERIFY(awaitRun(controller, kOtherRun));
    QCOMPARE(locked.reveals->load(), 1);

    test::FakeInspectorScript open;
    InspectionController without(test::fakeInspectorFactory(open));
    without.revealTest();
    QVERIFY(awaitRun(without, kRun));
    without.revealTest();
    QVERIFY(awaitRun(without, kOtherRun));
    QCOMPARE(open.reveals->load(), 0);
}

void TstInspectionController::aRevealThatFailsKeepsTheLock() {
    test::FakeInspectorScript locked;
    locked.validatesOnHeldOut = true;
    locked.failWith = "The record cannot be written.";
    InspectionController controller(test::fakeInspectorFactory(locked));
    QVERIFY(awaitRun(controller, kRun));
    QSignalSpy failures(&controller, &InspectionController::failed);
    controller.revealTest();
    QVERIFY(await([&] { return failures.count() == 1; }));
    QVERIFY(failures[0][0].toString().contains(QLatin1String("cannot be written")));
    QVERIFY(controller.subject()->run.testLock.isLocked());
}

void TstInspectionController::sparesTheTraining() {
    const auto threads = std::make_shared<std::atomic<int>>(-1);
    const auto gaveWay = std::make_shared<std::atomic<int>>(0);
    ui::InspectorFactory factory = test::fakeInspectorFactory();
    factory.prepareThread = [threads](int count) { *threads = count; };
    factory.giveWay = [gaveWay](bool longAnalyses) { *gaveWay += longAnalyses ? 10 : 1; };
    ui::TrainingController training(test::fakeFactory());
    InspectionController controller(factory);
    controller.follow(training);
    QVERIFY(awaitRun(controller, kRun));
    QCOMPARE(threads->load(), 0);
    training.startRun(test::lessonConfig(1, 0), true);
    QVERIFY(test::awaitState(training, core::TrainerState::Paused));
    QVERIFY(await([&] { return controller.subject()->run.directory == test::FakeScript().directory; }));
    QObject context;
    const auto threadsOf = [&](Lane lane) {
        Answers answers;
        controller.ask<int>(&context, QStringLiteral("a"), lane, atOnce(1), answers.take());
        return await([&] { return !answers.got.empty(); }) ? threads->load() : -1;
    };
    QCOMPARE(threadsOf(Lane::Quick), 0);
    controller.setTraining(true);
    QCOMPARE(threadsOf(Lane::Quick), 1);
    QCOMPARE(threadsOf(Lane::Long), 1);
    QVERIFY(await([&] { return gaveWay->load() == 21; }));
    training.stop();
    QVERIFY(test::awaitState(training, core::TrainerState::Finished));
    QCOMPARE(threadsOf(Lane::Long), 0);
}

void TstInspectionController::endsWhileALongAnalysisRuns() {
    QObject context;
    LongAnalysis worked, quick;
    Answers answers;
    {
        InspectionController controller(test::fakeInspectorFactory());
        QVERIFY(awaitRun(controller, kRun));
        controller.ask<int>(&context, QStringLiteral("a"), Lane::Long, worked.work(1), answers.take());
        controller.ask<int>(&context, QStringLiteral("b"), Lane::Quick, quick.work(2), answers.take());
        controller.ask<int>(&context, QStringLiteral("c"), Lane::Long, atOnce(3), answers.take());
        QVERIFY(await([&] { return worked.begun && quick.begun; }));
    }
    QVERIFY(worked.cancelled);
    QVERIFY(quick.cancelled);
    QVERIFY(answers.got.empty());
    // A controller that nobody asked anything ends too, and so does one whose run is still being opened.
    InspectionController unused(test::fakeInspectorFactory()), opening(test::fakeInspectorFactory());
    opening.inspectRun(kRun);
}

QTEST_GUILESS_MAIN(TstInspectionController)
#include "tst_inspection_controller.moc"
