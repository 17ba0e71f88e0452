// The welcome page for who comes back: the last runs in rows, with the way into them, on screens of every size.
#include <QLabel>
#include <QPushButton>
#include <QSignalSpy>

#include "tests/support/shot.h"
#include "tests/ui/window_fixture.h"
#include "ui/widgets/live/live_page.h"
#include "ui/widgets/live/recent_runs.h"
#include "ui/widgets/live/welcome_page.h"

using namespace thaw;
using namespace thaw::test;
using namespace thaw::ui;

namespace {

core::RunSummary summary(int number, core::RunStatus status, std::vector<double> accuracies) {
    core::RunSummary run;
    run.runId = "run-" + std::to_string(number);
    run.directory = "/runs/" + run.runId;
    run.number = number;
    run.title = "The lesson";
    run.dataset = "Fashion-MNIST";
    run.status = status;
    run.plannedEpochs = 15;
    run.epochs = static_cast<int>(accuracies.size());
    for (const double accuracy : accuracies) run.bestScore = std::max(run.bestScore, accuracy);
    run.scores = std::move(accuracies);
    run.startedAt = static_cast<double>(QDateTime::currentSecsSinceEpoch());
    run.resumable = status == core::RunStatus::Stopped || status == core::RunStatus::Interrupted;
    return run;
}

/// `elsewhere`: another window trains one of them.
std::vector<core::RunSummary> someRuns(bool elsewhere = false) {
    core::RunSummary broken;
    broken.runId = "broken";
    broken.problem = "cannot be read";
    std::vector<core::RunSummary> runs{
        summary(6, core::RunStatus::Failed, {}),
        broken,
        summary(5, core::RunStatus::Stopped, {.41, .48, .52, .55}),
        summary(4, core::RunStatus::Finished, {.50, .55, .58, .6, .61, .62, .62, .63, .63, .64, .68, .70, .71, .72, .73}),
        summary(3, elsewhere ? core::RunStatus::Running : core::RunStatus::Failed, {}),
        summary(2, core::RunStatus::Stopped, {.40, std::nan(""), .45}),
        summary(1, core::RunStatus::Finished, {.2})};
    runs[3].named = true;
    runs[3].title = "with flip";
    return runs;
}

QList<QPushButton*> rowButtons(const QWidget& widget) {
    QList<QPushButton*> buttons;
    for (QPushButton* button : widget.findChildren<QPushButton*>())
        if (button->isVisible() && (button->text() == QLatin1String("Open") || button->text() == QLatin1String("Continue")))
            buttons += button;
    return buttons;
}

bool says(const QWidget& widget, const QString& words) {
    for (const QLabel* label : widget.findChildren<QLabel*>())
        if (label->isVisible() && label->text().contains(words)) return true;
    return false;
}

}  // namespace

class TestWelcomePage : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
        Theme::instance().setLook(ColorScheme::Light, 1.0);
    }
    void cleanup() { Theme::instance().setLook(ColorScheme::Light, 1.0); }

    void rowsOfTheLastRuns() {
        RecentRuns recent;
        recent.resize(640, 200);
        recent.setRuns(someRuns(/*elsewhere=*/true), true);
        recent.show();
        // What failed before it trained, cannot be read or trains elsewhere is no way back.
        const QList<QPushButton*> buttons = rowButtons(recent);
        QCOMPARE(buttons.size(), 3);
        QCOMPARE(buttons[0]->text(), QStringLiteral("Continue"));
        QCOMPARE(buttons[1]->text(), QStringLiteral("Open"));
        QCOMPARE(buttons[2]->text(), QStringLiteral("Continue"));
        QVERIFY(says(recent, QStringLiteral("Run 5")) && says(recent, QStringLiteral("with flip")));
        QVERIFY(says(recent, QStringLiteral("epoch 4 of 15")) && says(recent, QStringLiteral("today")));
        QVERIFY(says(recent, QStringLiteral("73.0\u2009%")));
        QSignalSpy opened(&recent, &RecentRuns::openRequested), continued(&recent, &RecentRuns::continueRequested);
        buttons[0]->click();
        buttons[1]->click();
        QCOMPARE(continued.size(), 1);
        QCOMPARE(continued[0][0].toString(), QStringLiteral("/runs/run-5"));
        QCOMPARE(opened.size(), 1);
        QCOMPARE(opened[0][0].toString(), QStringLiteral("/runs/run-4"));
        saveShot(recent, QStringLiteral("recent-runs"));
        recent.setRuns(someRuns(), false);
        for (const QPushButton* button : rowButtons(recent)) QVERIFY(!button->isEnabled());
        recent.setRuns({}, true);
        QVERIFY(recent.isEmpty() && rowButtons(recent).isEmpty());
    }

    void fitsTheWindow_data() {
        addLookColumn();
        QTest::newRow("1440x900-light") << Look{{1440, 900}, 1.0, false};
        QTest::newRow("1440x900-dark") << Look{{1440, 900}, 1.0, true};
        QTest::newRow("1366x768-light") << Look{{1366, 768}, 1.0, false};
        QTest::newRow("1366x768-150") << Look{{1366, 768}, 1.5, false};
    }

    void fitsTheWindow() {
        const auto [size, scale, dark] = takeLook();
        WindowFixture fixture;
        fixture.show(size);
        Q_EMIT fixture.library.runsListed(someRuns());
        fixture.settle();
        const WelcomePage& page = fixture.window.livePage().welcome();
        QVERIFY(page.isVisible());
        if (scale == 1.0) QCOMPARE(rowButtons(page).size(), 3);
        QVERIFY(fixture.window.findChild<QPushButton*>(QStringLiteral("welcomeRun"))->isVisible());
        fixture.shoot(QStringLiteral("welcome-runs-") + QString::fromLatin1(QTest::currentDataTag()));
        const QStringList cut = WindowFixture::cutTexts(&fixture.window.livePage());
        QVERIFY2(cut.isEmpty(), qPrintable(cut.join(QLatin1Char('\n'))));
        QVERIFY2(fixture.window.size() == size, "the window outgrew its size");
    }

    void continuesFromThePage() {
        FakeScript script;
        script.resumedEpoch = 4;
        script.restAtStep = 5 * 20;
        WindowFixture fixture(script);
        fixture.show({1440, 900});
        Q_EMIT fixture.library.runsListed(someRuns());
        QTest::mouseClick(rowButtons(fixture.window.livePage().welcome()).constFirst(), Qt::LeftButton);
        QVERIFY(await([&] { return fixture.training.run().has_value(); }));
        QCOMPARE(fixture.training.run()->runId, std::string("run-5"));
        QVERIFY(!fixture.window.livePage().showsWelcome());
        // It trains on at once; opening alone would have waited.
        QVERIFY(await([&] { return fixture.training.lastBatch().has_value(); }));
    }
};

QTEST_MAIN(TestWelcomePage)
#include "tst_welcome_page.moc"
