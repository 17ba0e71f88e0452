// The run bar: which buttons each state allows, what it says, and the learning rate by keys, buttons and typing.
#include <QLineEdit>
#include <QSignalSpy>
#include <QToolButton>
#include <QToolTip>

#include "tests/ui/window_fixture.h"
#include "ui/widgets/live/live_page.h"
#include "ui/widgets/live/live_view.h"
#include "ui/widgets/parts/chip.h"
#include "ui/widgets/parts/field_note.h"
#include "ui/widgets/parts/styling.h"
#include "ui/widgets/window/plan_bar.h"
#include "ui/widgets/window/rate_box.h"
#include "ui/widgets/window/run_bar.h"
#include "ui/widgets/window/view_tabs.h"
#include "ui/widgets/window/window_actions.h"

using namespace thaw;
using namespace thaw::test;
using namespace thaw::ui;
using core::TrainerState;

class TestRunBar : public QObject {
    Q_OBJECT
private:
    static RunBar& barOf(WindowFixture& fixture) { return *fixture.window.findChild<RunBar*>(); }
    static QStringList enabledButtons(WindowFixture& fixture) {
        QStringList names;
        for (const char* name : {"book", "play", "pause", "step", "stop"})
            if (barOf(fixture).findChild<QToolButton*>(QLatin1String(name))->isEnabled()) names += QLatin1String(name);
        return names;
    }
    static QString shownTexts(WindowFixture& fixture) {
        QStringList texts;
        for (const Chip* chip : barOf(fixture).findChildren<Chip*>())
            if (chip->isVisible()) texts += QLatin1Char('[') + chip->text() + QLatin1Char(']');
        for (const QLabel* label : barOf(fixture).findChildren<QLabel*>())
            if (label->isVisible() && !label->text().isEmpty()) texts += label->text();
        return texts.join(QStringLiteral(" | "));
    }

private Q_SLOTS:
    void initTestCase() { Theme::instance().setLook(ColorScheme::Light, 1.0); }

    void statesAllowActions() {
        FakeScript script;
        script.stepsPerEpoch = 8;
        script.restAtStep = 20;
        WindowFixture fixture(script, lessonConfig(3, 2));
        fixture.show({1440, 900});
        const WindowActions& actions = fixture.window.actionTable();
        QCOMPARE(enabledButtons(fixture), QStringList({"book", "play", "step"}));
        QVERIFY(shownTexts(fixture).contains(QStringLiteral("Nothing is running yet")));
        QVERIFY(shownTexts(fixture).contains(QStringLiteral("5 epochs planned")));
        QVERIFY(!actions.pauseOrResume->isEnabled());

        QSignalSpy states(&fixture.training, &TrainingController::stateChanged);
        fixture.session.start();
        QVERIFY(awaitState(fixture.training, TrainerState::Paused));
        QCOMPARE(enabledButtons(fixture), QStringList({"play", "step", "stop"}));
        QCOMPARE(actions.start->text(), QStringLiteral("Resume"));
        QCOMPARE(actions.pauseOrResume->text(), QStringLiteral("Resume"));
        QVERIFY2(shownTexts(fixture).contains(QStringLiteral("[Paused]")), qPrintable(shownTexts(fixture)));
        QVERIFY(shownTexts(fixture).contains(QStringLiteral("Epoch 3 of 5")));

        actions.stop->trigger();
        QVERIFY(awaitState(fixture.training, TrainerState::Finished));
        QCOMPARE(enabledButtons(fixture), QStringList({"book", "play", "step"}));
        QVERIFY2(shownTexts(fixture).contains(QStringLiteral("[Stopped]")), qPrintable(shownTexts(fixture)));
        QCOMPARE(actions.start->text(), QStringLiteral("Run my settings"));
    }

    void runningAllowsPauseAndStop() {
        FakeScript script;
        script.stepsPerEpoch = 100'000;
        script.stepMilliseconds = 2;
        WindowFixture fixture(script);
        fixture.show({1440, 900});
        fixture.session.start();
        QVERIFY(await([&] { return fixture.training.lastBatch().has_value(); }));
        QVERIFY(awaitState(fixture.training, TrainerState::Running));
        QCOMPARE(enabledButtons(fixture), QStringList({"pause", "stop"}));
        QVERIFY(barOf(fixture).findChild<QToolButton*>(QStringLiteral("pause"))->property("active").toBool());
        QVERIFY2(shownTexts(fixture).contains(QStringLiteral("Epoch 1 of 15")), qPrintable(shownTexts(fixture)));
        QVERIFY(shownTexts(fixture).contains(QStringLiteral("images/s")));
        QTest::keyClick(&fixture.window, Qt::Key_F6);
        QVERIFY(awaitState(fixture.training, TrainerState::Paused));
        QTest::keyClick(&fixture.window, Qt::Key_F6);
        QVERIFY(awaitState(fixture.training, TrainerState::Running));
        QTest::keyClick(&fixture.window, Qt::Key_F6);
        QVERIFY(awaitState(fixture.training, TrainerState::Paused));
        const auto step = fixture.training.lastBatch()->step;
        QTest::keyClick(&fixture.window, Qt::Key_F7);
        QVERIFY(await([&] { return fixture.training.lastBatch()->step > step; }));
        QVERIFY(awaitState(fixture.training, TrainerState::Paused));
        QCOMPARE(fixture.training.lastBatch()->step, step + 1);
    }

    void stepFromNothingStartsARunAndPauses() {
        WindowFixture fixture;
        fixture.show({1440, 900});
        QTest::keyClick(&fixture.window, Qt::Key_F7);
        QVERIFY(await([&] { return fixture.training.lastBatch().has_value(); }));
        QVERIFY(awaitState(fixture.training, TrainerState::Paused));
        QCOMPARE(fixture.training.lastBatch()->step, 1);
    }

    void failureSaysWhatAndWhere() {
        FakeScript script;
        script.failAtStep = 5;
        WindowFixture fixture(script);
        fixture.show({1440, 900});
        fixture.session.start();
        QVERIFY(awaitState(fixture.training, TrainerState::Failed));
        fixture.settle();
        QVERIFY2(shownTexts(fixture).contains(QStringLiteral("[Failed]")), qPrintable(shownTexts(fixture)));
        QToolButton* showLog = nullptr;
        for (QToolButton* button : barOf(fixture).findChildren<QToolButton*>())
            if (button->text() == QLatin1String("Show log")) showLog = button;
        QVERIFY(showLog && showLog->isVisible());
        fixture.shoot(QStringLiteral("failed"));
        QTest::mouseClick(showLog, Qt::LeftButton);
        QVERIFY(fixture.window.actionTable().logPanel->isChecked());
        QCOMPARE(enabledButtons(fixture), QStringList({"book", "play", "step"}));
    }

    void whatIsNotSavedIsSaid() {
        WindowFixture fixture(FakeScript(), lessonConfig(1, 0));
        fixture.show({1440, 900});
        fixture.session.start();
        QVERIFY(awaitState(fixture.training, TrainerState::Finished));
        fixture.settle();
        QVERIFY2(shownTexts(fixture).contains(QStringLiteral("[Finished]")), qPrintable(shownTexts(fixture)));
        core::RunFinished end;
        end.epochs = end.bestEpoch = 1;
        end.reason = "completed";
        end.notSaved = "No model of this run is saved.";
        Q_EMIT fixture.training.runFinished(end);
        QVERIFY2(shownTexts(fixture).contains(QStringLiteral("[Not all saved]")), qPrintable(shownTexts(fixture)));
        QVERIFY2(shownTexts(fixture).contains(QStringLiteral("No model of this run is saved.")), qPrintable(shownTexts(fixture)));
        fixture.shoot(QStringLiteral("not-saved"));
    }

    void rateByButtonsKeysAndTyping() {
        FakeScript script;
        script.restAtStep = 3;
        WindowFixture fixture(script);
        fixture.show({1440, 900});
        auto* box = barOf(fixture).findChild<RateBox*>();
        QCOMPARE(box->text(), formatRate(1e-4));
        // Nothing runs: the next run's rate.
        fixture.window.actionTable().rateUp->trigger();
        QCOMPARE(box->text(), formatRate(1e-3));
        QCOMPARE(fixture.session.config().phases.front().optimizer.learningRate, 1e-3);
        fixture.window.actionTable().rateDown->trigger();

        fixture.session.start();
        QVERIFY(awaitState(fixture.training, TrainerState::Paused));
        QTest::keyClick(&fixture.window, Qt::Key_Down, Qt::ControlModifier);
        fixture.session.step();
        QVERIFY(await([&] { return qFuzzyCompare(fixture.training.learningRate(), 1e-5); }));
        QCOMPARE(box->text(), formatRate(1e-5));

        box->setFocus();
        auto* edit = box->findChild<QLineEdit*>();
        edit->selectAll();
        QTest::keyClicks(edit, QStringLiteral("nonsense"));
        QVERIFY(box->property("invalid").toBool());
        QTest::keyClick(box, Qt::Key_Escape);
        QVERIFY(!box->property("invalid").toBool());
        QCOMPARE(box->text(), formatRate(1e-5));
        edit->selectAll();
        QTest::keyClicks(edit, QStringLiteral("0.0005"));
        QTest::keyClick(box, Qt::Key_Return);
        fixture.session.step();
        QVERIFY(await([&] { return qFuzzyCompare(fixture.training.learningRate(), 5e-4); }));
        QCOMPARE(box->text(), formatRate(5e-4));
    }

    void aWrongRateIsExplained() {
        WindowFixture fixture;
        fixture.show({1440, 900});
        auto* box = barOf(fixture).findChild<RateBox*>();
        auto* edit = box->findChild<QLineEdit*>();
        auto* note = fixture.window.findChild<FieldNote*>();
        QVERIFY(note && !note->isVisible());
        const auto type = [&](const char* text) {
            box->setFocus();
            edit->selectAll();
            QTest::keyClicks(edit, QLatin1String(text));
            QTest::keyClick(box, Qt::Key_Return);
        };
        for (const char* wrong : {"abc", "-1", "0", "1e9", "1,500"}) {
            type(wrong);
            QCOMPARE(box->text(), QLatin1String(wrong));
            QVERIFY(note->isVisible());
            QVERIFY2(note->text().contains(QStringLiteral("Type")), qPrintable(note->text()));
            QVERIFY(fixture.window.rect().contains(note->geometry()));
            QVERIFY(note->y() >= box->mapTo(&fixture.window, QPoint(0, box->height())).y());
            QCOMPARE(fixture.session.shownRate(), 1e-4);
            // It stays until it is mended.
            fixture.window.setFocus();
            QCOMPARE(box->text(), QLatin1String(wrong));
        }
        fixture.shoot(QStringLiteral("rate-wrong"));
        box->setFocus();
        QTest::keyClick(box, Qt::Key_Escape);
        QVERIFY(!note->isVisible());
        QCOMPARE(box->text(), formatRate(1e-4));
        edit->selectAll();
        QTest::keyClicks(edit, QStringLiteral("0,0005"));
        QVERIFY(note->isVisible() && note->text().startsWith(QStringLiteral("Taken as 0.0005.")));
        QTest::keyClick(box, Qt::Key_Return);
        QVERIFY(!note->isVisible());
        QCOMPARE(fixture.session.shownRate(), 5e-4);
        QCOMPARE(box->text(), formatRate(5e-4));
    }

    void refusedRateComesBack() {
        FakeScript script;
        script.restAtStep = 3;
        script.refuseWith = "No.";
        WindowFixture fixture(script);
        fixture.show({1440, 900});
        fixture.session.start();
        QVERIFY(awaitState(fixture.training, TrainerState::Paused));
        QSignalSpy refused(&fixture.session, &Session::refused);
        fixture.session.requestRate(0.5);
        QVERIFY(refused.wait());
        QCOMPARE(barOf(fixture).findChild<RateBox*>()->text(), formatRate(fixture.training.learningRate()));
    }

    void planFollowsThawsByHand() {
        FakeScript script;
        script.stepsPerEpoch = 4;
        script.restAtStep = 6;
        WindowFixture fixture(script, lessonConfig(4, 2));
        fixture.show({1440, 900});
        const auto* plan = barOf(fixture).findChild<PlanBar*>();
        QCOMPARE(plan->cells(), std::vector<bool>({false, false, false, false, true, true}));
        fixture.session.start();
        QVERIFY(awaitState(fixture.training, TrainerState::Paused));
        QCOMPARE(plan->finished(), 1);
        fixture.session.requestMask(fixture.session.layers().modelInfo().maskOf({"head", "block5"}));
        fixture.session.step();
        QVERIFY(await([&] { return plan->cells() == std::vector<bool>({false, true, true, true, true, true}); }));
    }

    /// Presses Space on a button, as somebody who works by keys.
    static QToolButton* focusedButton(WindowFixture& fixture) { return qobject_cast<QToolButton*>(fixture.window.focusWidget()); }
    static QToolButton* button(WindowFixture& fixture, const char* name) {
        return barOf(fixture).findChild<QToolButton*>(QLatin1String(name));
    }

    void spaceOnPauseNeverReachesStop() {
        FakeScript script;
        script.stepsPerEpoch = 100'000;
        script.stepMilliseconds = 2;
        WindowFixture fixture(script);
        fixture.show({1440, 900});
        button(fixture, "play")->setFocus();
        QTest::keyClick(button(fixture, "play"), Qt::Key_Space);
        QVERIFY(await([&] { return fixture.training.lastBatch().has_value(); }));
        QVERIFY(awaitState(fixture.training, TrainerState::Running));
        for (int round = 0; round < 3; ++round) {
            QCOMPARE(focusedButton(fixture), button(fixture, "pause"));
            QTest::keyClick(focusedButton(fixture), Qt::Key_Space);
            QVERIFY(awaitState(fixture.training, TrainerState::Paused));
            QCOMPARE(focusedButton(fixture), button(fixture, "play"));
            QCOMPARE(focusedButton(fixture)->text(), QStringLiteral("Resume"));
            QTest::keyClick(focusedButton(fixture), Qt::Key_Space);
            QVERIFY(awaitState(fixture.training, TrainerState::Running));
        }
        QVERIFY(!fixture.probe->stopped);
        QTest::keyClick(&fixture.window, Qt::Key_F6);
        QVERIFY(awaitState(fixture.training, TrainerState::Paused));
        // A step gives the focus back when it is done.
        button(fixture, "step")->setFocus();
        for (int round = 0; round < 3; ++round) {
            const auto step = fixture.training.lastBatch()->step;
            QTest::keyClick(button(fixture, "step"), Qt::Key_Space);
            QVERIFY(await([&] { return fixture.training.lastBatch()->step > step; }));
            QVERIFY(awaitState(fixture.training, TrainerState::Paused));
            QCOMPARE(focusedButton(fixture), button(fixture, "step"));
        }
        // Nothing that is pressed after Stop starts something anew.
        button(fixture, "stop")->setFocus();
        QSignalSpy started(&fixture.training, &TrainingController::runStarted);
        fixture.session.stop();
        QVERIFY(awaitState(fixture.training, TrainerState::Finished));
        QVERIFY(!focusedButton(fixture) || !fixture.window.focusWidget()->isEnabled());
        QTest::keyClick(fixture.window.focusWidget(), Qt::Key_Space);
        QVERIFY(fixture.training.state() == TrainerState::Finished);
        QVERIFY(started.isEmpty());
    }

    void focusStaysWhereTheUserPutIt() {
        FakeScript script;
        script.restAtStep = 5;
        WindowFixture fixture(script);
        fixture.show({1440, 900});
        auto* tabs = fixture.window.findChild<ViewTabs*>();
        tabs->setFocus();
        QWidget* before = fixture.window.focusWidget();
        fixture.session.start();
        QVERIFY(awaitState(fixture.training, TrainerState::Paused));
        QCOMPARE(fixture.window.focusWidget(), before);
    }

    void aStoppedRunCanBeContinued() {
        FakeScript script;
        script.stepsPerEpoch = 8;
        script.restAtStep = 20;
        WindowFixture fixture(script, lessonConfig(3, 2));
        fixture.show({1440, 900});
        const WindowActions& actions = fixture.window.actionTable();
        const auto continueButton = [&] {
            for (QToolButton* one : barOf(fixture).findChildren<QToolButton*>())
                if (one->text() == QLatin1String("Continue")) return one;
            return static_cast<QToolButton*>(nullptr);
        };
        QVERIFY(continueButton() && !continueButton()->isVisible());
        QVERIFY(!actions.continueRun->isEnabled());
        fixture.session.start();
        QVERIFY(awaitState(fixture.training, TrainerState::Paused));
        QVERIFY(!actions.continueRun->isEnabled());  // that is Resume
        actions.stop->trigger();
        QVERIFY(awaitState(fixture.training, TrainerState::Finished));
        QVERIFY(continueButton()->isVisible());
        const QString runId = QString::fromStdString(fixture.training.run()->runId);
        fixture.shoot(QStringLiteral("stopped"));
        QSignalSpy started(&fixture.training, &TrainingController::runStarted);
        QTest::mouseClick(continueButton(), Qt::LeftButton);
        QVERIFY(started.wait());
        QCOMPARE(QString::fromStdString(fixture.training.run()->runId), runId);
        QVERIFY(fixture.training.run()->resumed);
        QVERIFY(await([&] {
            return fixture.training.state() == TrainerState::Running || !fixture.session.isActive() ||
                   fixture.training.state() == TrainerState::Paused;
        }));
        QVERIFY(!continueButton()->isVisible());
    }

    void aFinishedRunHasNothingToContinue() {
        FakeScript script;
        script.stepsPerEpoch = 4;
        WindowFixture fixture(script, lessonConfig(1, 1));
        fixture.show({1440, 900});
        fixture.session.start();
        QVERIFY(awaitState(fixture.training, TrainerState::Finished));
        QVERIFY(!fixture.window.actionTable().continueRun->isEnabled());
    }

    void theChipNamesWhatTrains() {
        FakeScript script;
        script.stepsPerEpoch = 4;
        script.restAtStep = 6;
        WindowFixture fixture(script, lessonConfig(4, 2));
        fixture.show({1440, 900});
        fixture.session.start();
        QVERIFY(awaitState(fixture.training, TrainerState::Paused));
        const auto chip = [&] { return barOf(fixture).findChildren<Chip*>().constFirst(); };
        QStringList said;
        connect(&fixture.training, &TrainingController::batchesFinished, this, [&] {
            if (said.isEmpty() || said.constLast() != chip()->text()) said += chip()->text();
        });
        fixture.session.requestMask(fixture.session.layers().modelInfo().maskOf({"head", "block4", "block5"}));
        fixture.training.resume();
        QVERIFY(awaitState(fixture.training, TrainerState::Finished));
        // By hand first; then the plan's own phase, whose title says enough.
        QVERIFY2(said.contains(QStringLiteral("Blocks 4 and 5 thawed")), qPrintable(said.join(QLatin1Char('|'))));
        QCOMPARE(said.constLast(), QStringLiteral("Fine-tuning"));
        QVERIFY(!said.contains(QStringLiteral("Feature extraction")));
    }

    // Nothing of the last run stays in the bar when it is about the next one.
    void aFinishedRunGivesWayToTheNextOne() {
        FakeScript script;
        script.stepsPerEpoch = 4;
        WindowFixture fixture(script, lessonConfig(2, 1));
        fixture.show({1440, 900});
        fixture.session.start();
        QVERIFY(awaitState(fixture.training, TrainerState::Finished));
        fixture.settle();
        QVERIFY2(shownTexts(fixture).contains(QStringLiteral("[Finished]")), qPrintable(shownTexts(fixture)));
        const auto* plan = barOf(fixture).findChild<PlanBar*>();
        QCOMPARE(plan->finished(), 3);
        fixture.session.setConfig(lessonConfig(6, 4));
        fixture.settle();
        const QString texts = shownTexts(fixture);
        QVERIFY2(!texts.contains(QStringLiteral("Finished")) && !texts.contains(QStringLiteral("took")), qPrintable(texts));
        QVERIFY2(texts.contains(QStringLiteral("10 epochs planned")), qPrintable(texts));
        QCOMPARE(plan->finished(), 0);
        QCOMPARE(plan->cells().size(), std::size_t(10));
        QCOMPARE(fixture.window.livePage().live().curves().plannedEpochs(), 10);
        QCOMPARE(fixture.session.runNumber(), 0);
    }

    // Ticks on a run that has ended are those of the next one, and everything says so.
    void ticksOnAFinishedRunAreTheNextRuns() {
        FakeScript script;
        script.stepsPerEpoch = 4;
        WindowFixture fixture(script, lessonConfig(2, 1));
        fixture.show({1440, 900});
        fixture.session.start();
        QVERIFY(awaitState(fixture.training, TrainerState::Finished));
        QVERIFY(fixture.session.showsRun());
        LayerTreeModel& tree = fixture.session.layers();
        const QModelIndex layer = tree.indexOfLayer(tree.modelInfo().indexOf("block5_conv1"));
        const bool thawed = layer.data(Qt::CheckStateRole).toInt() == Qt::Checked;
        tree.setData(layer, thawed ? Qt::Unchecked : Qt::Checked, Qt::CheckStateRole);
        QVERIFY(!fixture.session.showsRun());
        QCOMPARE(fixture.session.config().phases.front().trainable.empty(), false);
        QCOMPARE(barOf(fixture).findChild<PlanBar*>()->finished(), 0);
        QVERIFY2(shownTexts(fixture).contains(QStringLiteral("planned")), qPrintable(shownTexts(fixture)));
        bool told = false;
        for (const QLabel* label : fixture.window.findChildren<QLabel*>())
            told =
                told || (label->isVisible() && label->text().startsWith(QStringLiteral("These are the ticks of the next run.")));
        QVERIFY(told);
    }

    // What was thawed by hand is in the record; the plan alone knows nothing of it.
    void planOfAnOpenedRunIsThatOfItsRecord() {
        FakeScript script;
        script.resumedEpoch = 15;
        WindowFixture fixture(script);
        fixture.show({1440, 900});
        fixture.session.openRun(QStringLiteral("/nowhere/old"));
        QVERIFY(await([&] { return fixture.session.showsRun(); }));
        const auto* plan = barOf(fixture).findChild<PlanBar*>();
        const core::ModelInfo& model = fixture.training.run()->model;
        core::RunHistory history;
        history.summary.runId = fixture.training.run()->runId;
        history.config = fixture.training.run()->config;
        for (int epoch = 1; epoch <= 15; ++epoch) {
            core::EpochFinished figures;
            figures.epoch = epoch;
            figures.step = epoch * 20;
            figures.valScore = 0.5;
            history.epochs.push_back(figures);
        }
        history.events.push_back({"old", 0, core::PhaseStarted{0, "Feature extraction", 1, 10, 1e-4, model.maskOf({"head"})}});
        core::LayersChanged thaw;
        thaw.origin = core::Origin::Hand;
        thaw.step = 60;
        thaw.epochPosition = 3;
        thaw.trainable = model.maskOf({"head", "block4", "block5"});
        thaw.thawed = {"block4_conv1"};
        history.events.push_back({"old", 0, thaw});
        history.events.push_back({"old", 0, core::PhaseStarted{1, "Fine-tuning", 11, 5, 1e-5, model.maskOf({"head", "block5"})}});
        Q_EMIT fixture.library.runRead(history);
        std::vector<bool> wanted(15, true);
        wanted[0] = wanted[1] = wanted[2] = false;
        QCOMPARE(plan->cells(), wanted);
        QCOMPARE(plan->finished(), 15);
        const auto bands = fixture.window.livePage().live().curves().bands();
        QCOMPARE(bands[1].label, QStringLiteral("Blocks 4 and 5 thawed"));
    }

    void toolTipsNameTheKey() {
        WindowFixture fixture;
        fixture.show({1440, 900});
        auto* step = barOf(fixture).findChild<QToolButton*>(QStringLiteral("step"));
        QVERIFY2(step->toolTip().contains(QStringLiteral("F7")), qPrintable(step->toolTip()));
        QToolTip::showText(step->mapToGlobal(QPoint(10, 40)), step->toolTip(), step);
        QWidget* tip = nullptr;
        for (QWidget* widget : QApplication::topLevelWidgets())
            if (widget->inherits("QTipLabel") && widget->isVisible()) tip = widget;
        QVERIFY(tip);
        fixture.shoot(tip, QStringLiteral("tooltip"));
    }

    void formatsOfNumbers() {
        QLocale::setDefault(QLocale::c());
        QCOMPARE(formatRate(0.00005), QStringLiteral("0.00005"));
        QCOMPARE(formatRate(1e-4), QStringLiteral("0.0001"));
        QCOMPARE(formatRate(0.001234), QStringLiteral("0.001234"));
        QCOMPARE(formatRate(1), QStringLiteral("1"));
        QCOMPARE(formatRate(10), QStringLiteral("10"));
        QCOMPARE(formatRate(3e-8), QStringLiteral("3e-08"));
        QCOMPARE(formatDuration(236), QStringLiteral("3:56 min"));
        QCOMPARE(formatDuration(3900), QStringLiteral("1 h 05 min"));
        QCOMPARE(formatRoughDuration(540), QStringLiteral("9 min"));
        QCOMPARE(formatRoughDuration(42), QStringLiteral("40 s"));
        QCOMPARE(RunBar::guessText(200), QStringLiteral("2 to 5 min"));
        QCOMPARE(RunBar::guessText(96), QStringLiteral("1 to 3 min"));
        QCOMPARE(RunBar::guessText(64), QStringLiteral("40 s to 2 min"));
        QCOMPARE(RunBar::guessText(5400), QStringLiteral("56 min to 2 h 24 min"));
        QCOMPARE(RunBar::guessText(-1), QString());
        QCOMPARE(formatMillions(7'347'210), QStringLiteral("7.35 M"));
        QCOMPARE(formatBytes(1'400'000'000), QStringLiteral("1.4 GB"));
    }
};

QTEST_MAIN(TestRunBar)
#include "tst_run_bar.moc"
