// A run that keeps its test split locked, in the window: how it is set up, what the views say they show, and how the split is
// revealed.
#include <QCheckBox>
#include <QLabel>
#include <QPushButton>

#include "tests/ui/window_fixture.h"
#include "ui/widgets/evaluation/test_lock_bar.h"
#include "ui/widgets/library/settings_panel.h"
#include "ui/widgets/live/live_page.h"
#include "ui/widgets/live/test_pictures_panel.h"
#include "ui/widgets/parts/banner.h"
#include "ui/widgets/parts/number_box.h"
#include "ui/widgets/window/window_actions.h"

using namespace thaw;
using namespace thaw::test;
using namespace thaw::ui;

namespace {

core::RunConfig lockedConfig() {
    core::RunConfig config = lessonConfig(2, 1);
    config.data.heldOut = 0.1;
    return config;
}

FakeInspectorScript lockedScript() {
    FakeInspectorScript script;
    script.validatesOnHeldOut = true;
    script.epochs = 3;
    script.headEpochs = 2;
    return script;
}

/// A window with a run that validates on held-out pictures, at its end.
struct Locked {
    explicit Locked(QSize size = {1440, 900}) : script(lockedScript()), fixture({}, lockedConfig(), script) {
        fixture.show(size);
        fixture.training.startRun(lockedConfig(), false);
        ok = awaitState(fixture.training, core::TrainerState::Finished) &&
             await([&] { return fixture.inspection.subject() && fixture.inspection.checkpoint(); });
        fixture.window.showTab(MainWindow::ConfusionTab);
    }
    TestLockBar& bar() { return *fixture.window.findChild<TestLockBar*>(); }
    QAction& action() { return *fixture.window.actionTable().revealTest; }
    Banner& banner() { return fixture.window.banner(); }
    QPushButton* choice(const QString& text) {
        for (QPushButton* button : banner().buttons())
            if (button->text() == text) return button;
        return nullptr;
    }

    FakeInspectorScript script;
    WindowFixture fixture;
    bool ok = false;
};

QString titleOf(TestPicturesPanel& panel) {
    for (const QLabel* label : panel.findChildren<QLabel*>())
        if (label->property("type").toString() == QLatin1String("panelTitle")) return label->text();
    return {};
}

}  // namespace

class TestTestLockBar : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
        Theme::instance().setLook(ColorScheme::Light, 1.0);
    }
    void cleanup() { Theme::instance().setLook(ColorScheme::Light, 1.0); }

    void settingTurnsItOn() {
        WindowFixture fixture;
        fixture.show({1440, 900});
        auto* panel = fixture.window.findChild<SettingsPanel*>();
        QCheckBox* lock = nullptr;
        for (QCheckBox* box : panel->findChildren<QCheckBox*>())
            if (box->accessibleName() == QLatin1String("Lock test split")) lock = box;
        NumberBox* share = nullptr;
        for (NumberBox* box : panel->findChildren<NumberBox*>())
            if (box->accessibleName() == QLatin1String("Held out")) share = box;
        QVERIFY(lock && share);
        QVERIFY(!share->isVisible());
        lock->click();
        QCOMPARE(fixture.session.config().data.heldOut, 0.1);
        QVERIFY(share->isVisible());
        QCOMPARE(share->value(), 10.0);
        share->setFocus();
        share->selectAll();
        QTest::keyClicks(share, QStringLiteral("25"));
        QTest::keyClick(share, Qt::Key_Return);
        QCOMPARE(fixture.session.config().data.heldOut, 0.25);
        const QStringList cut = WindowFixture::cutTexts(panel);
        QVERIFY2(cut.isEmpty(), qPrintable(cut.join(QLatin1Char('\n'))));
        lock->click();
        QCOMPARE(fixture.session.config().data.heldOut, 0.0);
    }

    void ordinaryRunsHaveNoBar() {
        WindowFixture fixture;
        fixture.show({1440, 900});
        fixture.training.startRun(lessonConfig(2, 1), false);
        QVERIFY(awaitState(fixture.training, core::TrainerState::Finished));
        QVERIFY(await([&] { return fixture.inspection.subject() != nullptr; }));
        for (const int tab : {MainWindow::LiveTab, MainWindow::PredictionsTab, MainWindow::ConfusionTab}) {
            fixture.window.showTab(tab);
            QVERIFY(fixture.window.findChild<TestLockBar*>()->isHidden());
        }
        QVERIFY(!fixture.window.actionTable().revealTest->isEnabled());
        QCOMPARE(titleOf(fixture.window.livePage().pictures()), QStringLiteral("Test pictures"));
    }

    void saysWhichPicturesAreShown() {
        Locked locked;
        QVERIFY(locked.ok);
        QVERIFY2(locked.bar().text().contains(QLatin1String("200 validation pictures")), qPrintable(locked.bar().text()));
        QCOMPARE(titleOf(locked.fixture.window.livePage().pictures()), QStringLiteral("Validation pictures"));
        for (const int tab : {MainWindow::PredictionsTab, MainWindow::ConfusionTab, MainWindow::MapTab}) {
            locked.fixture.window.showTab(tab);
            QVERIFY(!locked.bar().isHidden());
        }
        for (const int tab : {MainWindow::LiveTab, MainWindow::DataTab}) {
            locked.fixture.window.showTab(tab);
            QVERIFY(locked.bar().isHidden());
        }
    }

    void revealsAfterAskingOnly() {
        Locked locked;
        QVERIFY(locked.ok && locked.action().isEnabled());
        auto* button = locked.bar().findChild<QPushButton*>();
        button->click();
        QCOMPARE(locked.banner().kind(), QStringLiteral("reveal"));
        QVERIFY(locked.choice(QStringLiteral("Keep it locked"))->hasFocus());
        QTest::keyClick(locked.choice(QStringLiteral("Keep it locked")), Qt::Key_Escape);
        QVERIFY(locked.banner().kind().isEmpty());
        button->click();
        QTest::keyClick(locked.choice(QStringLiteral("Keep it locked")), Qt::Key_Space);
        QCOMPARE(locked.script.reveals->load(), 0);
        QVERIFY(locked.fixture.inspection.subject()->run.testLock.isLocked());

        button->click();
        locked.choice(QStringLiteral("Reveal"))->click();
        QVERIFY(await([&] { return !locked.fixture.inspection.subject()->run.testLock.isLocked(); }));
        QCOMPARE(locked.script.reveals->load(), 1);
        QVERIFY2(locked.bar().text().contains(QLatin1String("revealed once")), qPrintable(locked.bar().text()));
        QVERIFY(button->isHidden());
        QVERIFY(!locked.action().isEnabled());
        // The predictions are asked for anew: those of the validation pictures are not taken for the test split's.
        locked.fixture.window.showTab(MainWindow::PredictionsTab);
        QVERIFY(await([&] {
            for (const QLabel* label : locked.fixture.window.findChildren<QLabel*>())
                if (label->isVisible() && label->text().contains(QLatin1String("250"))) return true;
            return false;
        }));
    }

    void staysLockedWhileARunTrains() {
        FakeScript slow;
        slow.restAtStep = 25;
        FakeInspectorScript inspector = lockedScript();
        WindowFixture fixture(slow, lockedConfig(), inspector);
        fixture.show({1440, 900});
        fixture.training.startRun(lockedConfig(), false);
        QVERIFY(awaitState(fixture.training, core::TrainerState::Paused));
        QVERIFY(await([&] { return fixture.inspection.subject() != nullptr; }));
        fixture.window.showTab(MainWindow::ConfusionTab);
        QVERIFY(!fixture.window.actionTable().revealTest->isEnabled());
        QVERIFY(!fixture.window.findChild<TestLockBar*>()->findChild<QPushButton*>()->isEnabled());
        fixture.training.stop();
        QVERIFY(await([&] { return fixture.window.actionTable().revealTest->isEnabled(); }));
    }

    void looks_data() {
        addLookColumn();
        QTest::newRow("light") << Look{{1440, 900}, 1.0, false};
        QTest::newRow("dark") << Look{{1440, 900}, 1.0, true};
        QTest::newRow("small") << Look{{1366, 768}, 1.0, false};
        QTest::newRow("large type") << Look{{1440, 900}, 1.5, true};
    }
    void looks() {
        const auto [size, scale, dark] = takeLook();
        Locked locked(size);
        QVERIFY(locked.ok);
        const QString name = QStringLiteral("test-lock-") +
                             QString::fromLatin1(QTest::currentDataTag()).replace(QLatin1Char(' '), QLatin1Char('-'));
        locked.fixture.shoot(name);
        QStringList cut = WindowFixture::cutTexts(&locked.bar());
        locked.action().trigger();
        locked.fixture.shoot(name + QStringLiteral("-asks"));
        cut += WindowFixture::cutTexts(&locked.banner());
        locked.choice(QStringLiteral("Reveal"))->click();
        QVERIFY(await([&] { return !locked.fixture.inspection.subject()->run.testLock.isLocked(); }));
        locked.fixture.shoot(name + QStringLiteral("-revealed"));
        cut += WindowFixture::cutTexts(&locked.bar());
        QVERIFY2(cut.isEmpty(), qPrintable(cut.join(QLatin1Char('\n'))));
    }
};

QTEST_MAIN(TestTestLockBar)
#include "tst_test_lock_bar.moc"
