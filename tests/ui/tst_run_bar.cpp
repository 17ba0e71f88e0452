// The run bar: which buttons each state allows, what it says, and the learning rate by keys, buttons and typing.
#include <QLineEdit>
#include <QSignalSpy>
#include <QToolButton>
#include <QToolTip>

#include "tests/ui/window_fixture.h"
#include "ui/widgets/parts/chip.h"
#include "ui/widgets/parts/field_note.h"
#include "ui/widgets/parts/styling.h"
#include "ui/widgets/window/plan_bar.h"
#include "ui/widgets/window/rate_box.h"
#include "ui/widgets/window/run_bar.h"
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
        QCOMPARE(actions.start->text(), QStringLiteral("Start"));
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
        QCOMPARE(formatMillions(7'347'210), QStringLiteral("7.35 M"));
        QCOMPARE(formatBytes(1'400'000'000), QStringLiteral("1.4 GB"));
    }
};

QTEST_MAIN(TestRunBar)
#include "tst_run_bar.moc"
