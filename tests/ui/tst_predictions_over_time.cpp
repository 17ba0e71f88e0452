// The Predictions tab at other moments than the present: a chosen checkpoint, an opened run, another run, and the pinned
// pictures' past.
#include <QLabel>
#include <QListView>
#include <QPushButton>
#include <QSignalSpy>
#include <QToolButton>

#include <algorithm>

#include "tests/ui/window_fixture.h"
#include "ui/widgets/live/live_page.h"
#include "ui/widgets/live/test_pictures_panel.h"
#include "ui/widgets/parts/work_strip.h"
#include "ui/widgets/predictions/pinned_strip.h"
#include "ui/widgets/predictions/prediction_view.h"

using namespace thaw;
using namespace thaw::test;
using namespace thaw::ui;

namespace {

const std::filesystem::path kOtherRun = "/home/pupil/.local/share/thaw/runs/20260801-080000-lesson";

struct Window {
    explicit Window(FakeInspectorScript inspector = {}) : script(inspector), fixture({}, lessonConfig(3, 2), inspector) {
        fixture.show({1440, 900});
        fixture.window.showTab(MainWindow::PredictionsTab);
    }
    void startRun(const core::RunConfig& config = lessonConfig(3, 2), bool paused = false) {
        fixture.startRun(config, MainWindow::PredictionsTab, paused);
    }
    bool finishARun() {
        script.kept->store(5);
        startRun();
        return awaitState(fixture.training, core::TrainerState::Finished) &&
               await([&] { return inspection().subject() && shownEpoch() == 5; });
    }
    /// Of which no training has said anything.
    bool openOtherRun() {
        inspection().inspectRun(kOtherRun);
        return await([&] { return inspection().subject()->run.directory == kOtherRun; });
    }
    QPushButton* button(const QString& text) {
        for (QPushButton* one : view().findChildren<QPushButton*>())
            if (one->isVisible() && one->text() == text) return one;
        return nullptr;
    }
    InspectionController& inspection() { return fixture.inspection; }
    PredictionView& view() { return *fixture.window.findChild<PredictionView*>(); }
    int shownEpoch() { return view().pictures().hasPredictions() ? view().pictures().predictions()->epoch : -1; }
    bool says(const QString& text) {
        for (const QLabel* label : view().findChildren<QLabel*>())
            if (label->isVisible() && label->text().contains(text)) return true;
        return false;
    }

    FakeInspectorScript script;
    WindowFixture fixture;
};

}  // namespace

class TestPredictionsOverTime : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        // Pins are remembered.
        QSettings::setDefaultFormat(QSettings::IniFormat);
        QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, m_settings.path());
        QCoreApplication::setOrganizationName(QStringLiteral("thaw"));
        QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
        Theme::instance().setLook(ColorScheme::Light, 1.0);
    }
    void init() { QSettings().clear(); }
    void cleanup() { Theme::instance().setLook(ColorScheme::Light, 1.0); }

    void aFinishedRunShowsWhatItsTrainingSaid();
    void aChosenCheckpointIsShown();
    void liveAnswersWaitWhileAnotherMomentIsShown();
    void anOpenedRunHasPredictions();
    void theOldContentStaysUntilTheNewIsThere();
    void failuresAreToldAndLeaveWhatIsShown();
    void aLongQuestionIsCancelled();
    void workUnderWayFits();
    void aCancelledFirstQuestionIsAskedAgain();
    void aPickedRunStaysWhileAnotherTrains();
    void anotherRunIsShownWithoutReplacingTheOneInTraining();
    void nothingIsAskedForAHiddenTab();
    void pinnedPicturesGetTheirWholePast();
    void aBarGoesToItsMoment();
    void looks();

private:
    QTemporaryDir m_settings;
};

void TestPredictionsOverTime::aFinishedRunShowsWhatItsTrainingSaid() {
    // Whoever asks the inspector gets a failure: nothing of this needs it.
    FakeInspectorScript script;
    script.failWith = "Not to be asked.";
    Window window(script);
    QVERIFY(window.finishARun());
    QVERIFY(window.says(QStringLiteral("after epoch 5")));
    QVERIFY(!window.says(QStringLiteral("chosen")));
    QVERIFY(!window.says(QStringLiteral("Not to be asked")));
}

void TestPredictionsOverTime::aChosenCheckpointIsShown() {
    Window window;
    QVERIFY(window.finishARun());
    const auto live = window.view().pictures().predictions();
    window.inspection().chooseCheckpoint(1);
    QVERIFY(await([&] { return window.shownEpoch() == 2; }));
    QVERIFY(window.says(QStringLiteral("after epoch 2, chosen")));
    QCOMPARE(window.view().pins().currentStep(), std::optional<std::int64_t>(40));
    window.inspection().followNewest();
    QCOMPARE(window.view().pictures().predictions(), live);  // at once: it was never away
    QVERIFY(!window.says(QStringLiteral("chosen")));
}

void TestPredictionsOverTime::liveAnswersWaitWhileAnotherMomentIsShown() {
    Window window;
    window.script.kept->store(2);
    window.startRun(lessonConfig(3, 2), true);
    for (int epoch = 1; epoch <= 2; ++epoch) {
        window.fixture.training.runEpoch();
        QVERIFY(awaitEpoch(window.fixture.training, epoch));
        QVERIFY(awaitState(window.fixture.training, core::TrainerState::Paused));
    }
    QVERIFY(await([&] { return window.inspection().subject() && window.shownEpoch() == 2; }));
    window.inspection().chooseCheckpoint(0);
    QVERIFY(await([&] { return window.shownEpoch() == 1; }));
    const int moments = window.view().pins().momentCount();
    QSignalSpy live(&window.fixture.training, &TrainingController::predictionsReady);
    window.script.kept->store(3);
    window.fixture.training.runEpoch();
    QVERIFY(await([&] { return !live.isEmpty(); }));
    QCOMPARE(window.shownEpoch(), 1);
    QCOMPARE(window.view().pins().momentCount(), moments + 1);  // but the pins know
    QVERIFY(awaitState(window.fixture.training, core::TrainerState::Paused));
    window.inspection().followNewest();
    QVERIFY(await([&] { return window.shownEpoch() == 3; }));
}

void TestPredictionsOverTime::anOpenedRunHasPredictions() {
    Window window;
    window.script.kept->store(5);
    window.fixture.window.showTab(MainWindow::LiveTab);
    window.fixture.training.openRun(kOtherRun, true);
    QVERIFY(await([&] { return window.shownEpoch() == 5; }));
    QVERIFY(await([&] { return window.fixture.window.livePage().pictures().pictures().hasPredictions(); }));
    window.fixture.window.showTab(MainWindow::PredictionsTab);
    QVERIFY(window.says(QStringLiteral("after epoch 5")));
}

void TestPredictionsOverTime::theOldContentStaysUntilTheNewIsThere() {
    FakeInspectorScript script;
    script.callMilliseconds = 10;
    script.longCalls = 60;
    Window window(script);
    QVERIFY(window.finishARun());
    QVERIFY(window.openOtherRun());
    QVERIFY(await([&] { return window.shownEpoch() == 5; }));
    window.inspection().chooseCheckpoint(2);
    QVERIFY(await([&] { return window.button("Cancel") && window.says(QStringLiteral(" of 60")); }));
    QCOMPARE(window.shownEpoch(), 5);
    QVERIFY(window.says(QStringLiteral("After epoch 3")));  // on its way
    QVERIFY(await([&] { return window.says(QStringLiteral("after epoch 3, chosen")); }));
    QCOMPARE(window.shownEpoch(), 3);
    // There and back before the answer: what is shown was asked for anew, not forgotten.
    window.inspection().chooseCheckpoint(0);
    window.inspection().chooseCheckpoint(1);
    window.inspection().chooseCheckpoint(0);
    QVERIFY(await([&] { return window.shownEpoch() == 1; }));
}

void TestPredictionsOverTime::failuresAreToldAndLeaveWhatIsShown() {
    FakeInspectorScript script;
    script.failWith = "The checkpoint is torn.";
    *script.failing = false;
    Window window(script);
    QVERIFY(window.finishARun());
    QVERIFY(window.openOtherRun());
    QVERIFY(await([&] { return window.shownEpoch() == 5; }));
    *script.failing = true;
    window.inspection().chooseCheckpoint(1);
    QVERIFY(await([&] { return window.says(QStringLiteral("The checkpoint is torn. Choose another checkpoint.")); }));
    QCOMPARE(window.shownEpoch(), 5);
    QVERIFY(window.says(QStringLiteral("after epoch 5")));
    // Not asked again by itself, but by hand.
    *script.failing = false;
    window.fixture.window.showTab(MainWindow::LiveTab);
    window.fixture.window.showTab(MainWindow::PredictionsTab);
    QVERIFY(window.says(QStringLiteral("The checkpoint is torn.")));
    window.button("Try again")->click();
    QVERIFY(await([&] { return window.shownEpoch() == 2; }));
    QVERIFY(!window.says(QStringLiteral("The checkpoint is torn.")));
}

void TestPredictionsOverTime::aLongQuestionIsCancelled() {
    FakeInspectorScript script;
    script.callMilliseconds = 10;
    script.longCalls = 60;
    Window window(script);
    QVERIFY(window.finishARun());
    QVERIFY(window.openOtherRun());
    QVERIFY(await([&] { return window.shownEpoch() == 5; }));
    window.inspection().chooseCheckpoint(2);
    QVERIFY(await([&] { return window.button("Cancel") != nullptr; }));
    window.fixture.snap(QStringLiteral("predictions-working"));
    window.button("Cancel")->click();
    QVERIFY(!window.button("Cancel"));
    QCOMPARE(window.shownEpoch(), 5);
    QVERIFY(window.says(QStringLiteral("Not computed: it was cancelled.")));
    // The button in the foot asks again, as "Try again" does.
    auto& refresh = *[&] {
        for (QToolButton* one : window.view().findChildren<QToolButton*>())
            if (one->accessibleName() == QLatin1String("Refresh")) return one;
        return static_cast<QToolButton*>(nullptr);
    }();
    QVERIFY(refresh.isEnabled());
    refresh.click();
    QVERIFY(!window.says(QStringLiteral("cancelled")));
    QVERIFY(await([&] { return window.shownEpoch() == 3; }));
    QVERIFY(!refresh.isEnabled());
    QVERIFY(!window.button("Cancel"));
}

void TestPredictionsOverTime::workUnderWayFits() {
    FakeInspectorScript script;
    script.callMilliseconds = 5;
    script.longCalls = 10'000;
    for (const Look& look : {Look{{1366, 768}, 1.5, true}, Look{{1366, 768}, 1.5, false}, Look{{1366, 768}, 1.0, true}}) {
        Theme::instance().setLook(look.dark ? ColorScheme::Dark : ColorScheme::Light, look.scale);
        Window window(script);
        QVERIFY(window.finishARun());
        window.fixture.show(look.size);
        QVERIFY(window.openOtherRun());
        window.inspection().chooseCheckpoint(2);
        QStringList files;
        for (int i = 0; i < 20; ++i) files << QStringLiteral("/nowhere/%1.jpg").arg(i);
        window.view().addFiles(files);
        const auto strips = window.view().findChildren<WorkStrip*>();
        QVERIFY(await([&] { return std::all_of(strips.begin(), strips.end(), [](auto* strip) { return strip->isVisible(); }); }));
        window.fixture.shoot(QStringLiteral("predictions-work-%1-%2").arg(look.dark ? "dark" : "light").arg(100 * look.scale));
        const QStringList cut = WindowFixture::cutTexts(&window.fixture.window);
        QVERIFY2(cut.isEmpty(), qPrintable(cut.join(QLatin1Char('\n'))));
    }
}

void TestPredictionsOverTime::aCancelledFirstQuestionIsAskedAgain() {
    FakeInspectorScript script;
    script.callMilliseconds = 10;
    script.longCalls = 60;
    Window window(script);
    window.inspection().inspectRun(kOtherRun);
    QVERIFY(await([&] { return window.button("Cancel") != nullptr; }));
    QVERIFY(window.says(QStringLiteral("The network looks at the pictures")));
    window.button("Cancel")->click();
    QVERIFY(window.says(QStringLiteral("The pictures could not be looked at")) &&
            window.says(QStringLiteral("it was cancelled")));
    window.fixture.shoot(QStringLiteral("predictions-cancelled"));
    window.button("Try again")->click();
    QVERIFY(await([&] { return window.shownEpoch() == 15; }));
}

void TestPredictionsOverTime::aPickedRunStaysWhileAnotherTrains() {
    FakeInspectorScript script;
    script.kept->store(5);
    Window window(script);
    window.inspection().inspectRun(kOtherRun);
    QVERIFY(await([&] { return window.shownEpoch() == 5; }));
    window.inspection().chooseCheckpoint(1);
    QVERIFY(await([&] { return window.shownEpoch() == 2; }));
    window.view().pins().pin(7);
    QVERIFY(await([&] { return window.view().pins().moments(7).size() == 5; }));
    const auto pictures = window.view().pictures().pictures();
    const auto predictions = window.view().pictures().predictions();
    window.startRun();
    QVERIFY(awaitState(window.fixture.training, core::TrainerState::Finished));
    QCOMPARE(window.inspection().subject()->run.directory, kOtherRun);
    QCOMPARE(window.view().pictures().pictures(), pictures);
    QCOMPARE(window.view().pictures().predictions(), predictions);
    QCOMPARE(window.view().pins().moments(7).size(), std::size_t(5));
    window.inspection().inspectRun(FakeScript().directory);
    QVERIFY(await([&] { return window.shownEpoch() == 5; }));
    QVERIFY(!window.says(QStringLiteral("chosen")));
}

void TestPredictionsOverTime::anotherRunIsShownWithoutReplacingTheOneInTraining() {
    Window window;
    QVERIFY(window.finishARun());
    const auto live = window.view().pictures().predictions();
    const std::string training = window.fixture.training.run()->runId;
    Q_EMIT window.fixture.window.livePage().inspectRequested(QString::fromStdString(kOtherRun.string()));
    QVERIFY(await([&] { return window.inspection().subject()->run.directory == kOtherRun; }));
    QCOMPARE(window.fixture.window.currentTab(), int(MainWindow::PredictionsTab));
    QVERIFY(await([&] { return window.view().pictures().predictions() && window.view().pictures().predictions() != live; }));
    QVERIFY(window.says(QStringLiteral("after epoch 5, chosen")));
    QCOMPARE(window.fixture.training.run()->runId, training);
    window.inspection().inspectRun(FakeScript().directory);
    QVERIFY(await([&] { return window.view().pictures().predictions() == live; }));
}

void TestPredictionsOverTime::nothingIsAskedForAHiddenTab() {
    FakeInspectorScript script;
    script.failWith = "Not to be asked.";
    Window window(script);
    QVERIFY(window.finishARun());
    window.fixture.window.showTab(MainWindow::LiveTab);
    QSignalSpy failures(&window.inspection(), &InspectionController::failed);
    window.inspection().chooseCheckpoint(0);
    QCOMPARE(window.shownEpoch(), 5);
    *window.script.failing = false;
    window.fixture.window.showTab(MainWindow::PredictionsTab);
    QVERIFY(await([&] { return window.shownEpoch() == 1; }));
    QVERIFY(!window.says(QStringLiteral("Not to be asked")));
}

void TestPredictionsOverTime::pinnedPicturesGetTheirWholePast() {
    Window window;
    window.script.kept->store(5);
    window.fixture.training.openRun(kOtherRun, true);
    window.fixture.comeBack(MainWindow::PredictionsTab);
    QVERIFY(await([&] { return window.shownEpoch() == 5; }));
    PinnedListModel& pins = window.view().pins();
    const auto epochs = [&](int id) {
        QStringList all;
        for (const PredictionMoment& moment : pins.moments(id)) all << QString::number(moment.epoch);
        return all.join(QLatin1Char(' '));
    };
    pins.pin(7);
    QTRY_COMPARE(epochs(7), QStringLiteral("1 2 3 4 5"));
    pins.pin(31);
    QTRY_COMPARE(epochs(31), QStringLiteral("1 2 3 4 5"));
}

void TestPredictionsOverTime::aBarGoesToItsMoment() {
    Window window;
    QVERIFY(window.finishARun());
    PinnedListModel& pins = window.view().pins();
    pins.pin(7);
    QVERIFY(await([&] { return pins.moments(7).size() == 5; }));
    window.fixture.settle();
    auto& strip = *window.view().findChild<PinnedStrip*>();
    auto& list = *strip.findChild<QListView*>();
    QSignalSpy moments(&strip, &PinnedStrip::momentChosen);
    // From the left: somewhere a bar begins.
    const QRect row = list.visualRect(pins.index(0));
    for (int x = row.left(); x < row.right() && moments.isEmpty(); x += 4)
        QTest::mouseClick(list.viewport(), Qt::LeftButton, {}, QPoint(x, row.center().y()));
    QCOMPARE(moments.size(), 1);
    QCOMPARE(moments.front().front().toLongLong(), 20);
    QCOMPARE(window.inspection().checkpoint()->epoch, 1);
    QVERIFY(await([&] { return window.shownEpoch() == 1; }));
    list.setCurrentIndex(pins.index(0));
    QTest::keyClick(&list, Qt::Key_Right);
    QCOMPARE(window.inspection().checkpoint()->epoch, 2);
    QVERIFY(await([&] { return window.shownEpoch() == 2; }));
    QTest::keyClick(&list, Qt::Key_Left);
    QVERIFY(await([&] { return window.shownEpoch() == 1; }));
    QTest::keyClick(&list, Qt::Key_Left);  // there is nothing before
    QCOMPARE(window.inspection().checkpoint()->epoch, 1);
}

void TestPredictionsOverTime::looks() {
    for (const bool dark : {false, true}) {
        Theme::instance().setLook(dark ? ColorScheme::Dark : ColorScheme::Light, 1.0);
        Window window;
        window.script.kept->store(15);
        window.startRun(lessonConfig());
        QVERIFY(awaitState(window.fixture.training, core::TrainerState::Finished));
        for (const int id : {3, 14, 77}) window.view().pins().pin(id);
        QVERIFY(await([&] { return window.view().pins().moments(77).size() == 15; }));
        QVERIFY(await([&] { return window.inspection().subject() && window.inspection().subject()->checkpoints.size() == 15; }));
        window.inspection().chooseCheckpoint(8);
        QVERIFY(await([&] { return window.shownEpoch() == 9; }));
        window.fixture.shoot(QStringLiteral("predictions-chosen-") + (dark ? QStringLiteral("dark") : QStringLiteral("light")));
        const QStringList cut = WindowFixture::cutTexts(&window.fixture.window);
        QVERIFY2(cut.isEmpty(), qPrintable(cut.join(QLatin1Char('\n'))));
    }
}

QTEST_MAIN(TestPredictionsOverTime)
#include "tst_predictions_over_time.moc"
