// What the Continuations page asks, and how often.
#include <QTest>

#include <atomic>

#include "tests/support/await.h"
#include "tests/support/fake_inspector.h"
#include "tests/support/fake_trainer.h"
#include "ui/bridge/continuation_controller.h"
#include "ui/bridge/training_controller.h"
#include "ui/models/word_difference.h"

using namespace thaw;
using test::await;
using ui::ContinuationController;
using State = ContinuationController::Cell::State;

namespace {

const std::filesystem::path kRun = "/home/pupil/runs/texts";

struct Page {
    explicit Page(int epochs = 6) {
        script.continues = true;
        script.epochs = epochs;
        script.headEpochs = 2;
        inspection = std::make_unique<ui::InspectionController>(test::fakeInspectorFactory(script));
        controller = std::make_unique<ContinuationController>(training, *inspection);
        controller->setPrompts({"ROMEO:", "The king"});
    }
    bool open() {
        inspection->inspectRun(kRun);
        controller->setActive(true);
        return await([&] { return controller->isOpen(); });
    }
    bool isFull() {
        return await([&] {
            for (int prompt = 0; prompt < controller->prompts().size(); ++prompt)
                for (int column = 0; column < ContinuationController::kColumns; ++column)
                    if (controller->isColumnShown(column) && controller->cell(prompt, column).state != State::Written)
                        return false;
            return true;
        });
    }
    int answers() const { return script.continued->load(); }

    test::FakeInspectorScript script;
    ui::TrainingController training{test::fakeFactory()};
    std::unique_ptr<ui::InspectionController> inspection;
    std::unique_ptr<ContinuationController> controller;
};

}  // namespace

class TestContinuationController : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void eachPromptIsContinuedOnceAtEachEpoch() {
        Page page;
        QVERIFY(page.open());
        QVERIFY(page.isFull());
        QCOMPARE(page.answers(), 6);
        QVERIFY(page.controller->cell(0, 0).text.contains("epoch0"));
        QVERIFY(page.controller->cell(1, 1).text.contains("epoch1"));
        QVERIFY(page.controller->cell(0, 2).text.contains("epoch6"));
        // What was computed once stays.
        page.controller->chooseMoment(1, "step-60");
        QVERIFY(page.isFull());
        QCOMPARE(page.answers(), 8);
        page.controller->chooseMoment(1, "step-20");
        QVERIFY(page.isFull());
        page.controller->setActive(false);
        page.controller->setActive(true);
        QVERIFY(page.isFull());
        QCOMPARE(page.answers(), 8);
    }

    void theNewestComesFirst() {
        Page page;
        bool others = false;
        connect(page.controller.get(), &ContinuationController::cellsChanged, this, [&] {
            const bool newest = page.controller->cell(0, 2).state == State::Written;
            if (!newest && page.controller->cell(0, 0).state == State::Written) others = true;
        });
        QVERIFY(page.open() && page.isFull());
        QVERIFY(!others);
    }

    void samplingIsAskedAnewAndKeptApart() {
        Page page;
        QVERIFY(page.open() && page.isFull());
        core::GenerationSettings other = page.controller->sampling();
        other.temperature = 1.5;
        page.controller->setSampling(other);
        QCOMPARE(page.controller->cell(0, 0).state, State::Waiting);
        QVERIFY(page.isFull());
        QCOMPARE(page.answers(), 12);
        page.controller->setSampling(ContinuationController::usualSampling());
        QVERIFY(page.isFull());
        QCOMPARE(page.answers(), 12);
    }

    void promptsComeAndGo() {
        Page page;
        QVERIFY(page.open() && page.isFull());
        page.controller->addPrompt("  ");
        QCOMPARE(page.controller->prompts().size(), 2);
        page.controller->addPrompt("JULIET:");
        QCOMPARE(page.controller->prompts(), (QStringList{"JULIET:", "ROMEO:", "The king"}));
        QVERIFY(page.isFull());
        QCOMPARE(page.answers(), 9);
        page.controller->addPrompt("The king");
        QCOMPARE(page.controller->prompts().first(), QString("The king"));
        page.controller->removePrompt(0);
        QCOMPARE(page.controller->prompts(), (QStringList{"JULIET:", "ROMEO:"}));
        QVERIFY(page.isFull());
        QCOMPARE(page.answers(), 9);
    }

    void nothingIsComputedUnseenOrInAHiddenColumn() {
        Page page;
        page.controller->setMiddleColumn(false);
        page.inspection->inspectRun(kRun);
        QVERIFY(await([&] { return page.controller->isOpen(); }));
        QCOMPARE(page.answers(), 0);
        page.controller->setActive(true);
        QVERIFY(page.isFull());
        QCOMPARE(page.answers(), 4);
        QCOMPARE(page.controller->cell(0, 1).state, State::Waiting);
    }

    void aFailureStandsInItsCell() {
        Page page;
        page.script.failWith = "The checkpoint is torn.";
        page.inspection = std::make_unique<ui::InspectionController>(test::fakeInspectorFactory(page.script));
        page.controller = std::make_unique<ContinuationController>(page.training, *page.inspection);
        page.controller->setPrompts({"ROMEO:"});
        QVERIFY(page.open());
        QVERIFY(await([&] { return page.controller->cell(0, 0).state == State::Failed; }));
        QVERIFY(page.controller->cell(0, 2).text.startsWith("The checkpoint is torn."));
    }

    void theNewestCheckpointWritesOn() {
        Page page;
        QVERIFY(page.open() && page.isFull());
        QVERIFY(!page.controller->isLive());
        page.controller->writeOn("It was a dark night and");
        QVERIFY(page.controller->isWriting());
        QVERIFY(await([&] { return !page.controller->isWriting(); }));
        QVERIFY(page.controller->written().text.find("epoch6") != std::string::npos);
        QCOMPARE(page.controller->written().next.size(), std::size_t{10});
        page.controller->foretell("It was");
        QVERIFY(!page.controller->isWriting());
        QVERIFY(await([&] { return page.controller->written().tokens.empty() && !page.controller->written().next.empty(); }));
    }

    /// Those of the Trainer, of this very moment.
    void weightsThatTrainWriteOn() {
        test::FakeScript running;
        running.runId = "texts";
        running.directory = kRun;
        running.restAtStep = 30;
        ui::TrainingController training(test::fakeFactory(running));
        test::FakeInspectorScript script;
        script.continues = true;
        script.epochs = 6;
        ui::InspectionController inspection(test::fakeInspectorFactory(script));
        inspection.follow(training);
        ContinuationController controller(training, inspection);
        training.startRun(test::lessonConfig(2, 1));
        QVERIFY(test::awaitState(training, core::TrainerState::Paused));
        QVERIFY(await([&] { return controller.isLive(); }));
        controller.writeOn("It was");
        QVERIFY(controller.isWriting());
        QVERIFY(await([&] { return !controller.isWriting(); }));
        QVERIFY2(controller.written().text.find("epoch1") != std::string::npos, controller.written().text.c_str());
        QCOMPARE(script.continued->load(), 0);
    }

    void runsWithClassesAreNotForIt() {
        Page page;
        test::FakeInspectorScript pictures;
        ui::InspectionController inspection(test::fakeInspectorFactory(pictures));
        ContinuationController controller(page.training, inspection);
        controller.setPrompts({"ROMEO:"});
        controller.setActive(true);
        inspection.inspectRun(kRun);
        QVERIFY(await([&] { return inspection.subject() != nullptr; }));
        QVERIFY(!controller.isOpen() && controller.moments().empty());
        QCOMPARE(pictures.continued->load(), 0);
    }

    void wordsThatChangedAreFound() {
        using ui::changedWords;
        QVERIFY(changedWords("the king said so", "the king said so").empty());
        QCOMPARE(changedWords("the king said so", "the duke said so"), (std::vector<ui::TextSpan>{{4, 4}}));
        QCOMPARE(changedWords("a b c", "x a b\nc y"), (std::vector<ui::TextSpan>{{0, 1}, {8, 1}}));
        QCOMPARE(changedWords("", "one two"), (std::vector<ui::TextSpan>{{0, 3}, {4, 3}}));
        QVERIFY(changedWords("one two", "").empty());
    }
};

QTEST_GUILESS_MAIN(TestContinuationController)
#include "tst_continuation_controller.moc"
