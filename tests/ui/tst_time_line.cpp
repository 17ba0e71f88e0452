// The line of time: which checkpoint the views show, chosen by hand, by drag and by keys; what happens while the run goes on;
// another run.
#include <QLabel>
#include <QMouseEvent>
#include <QSignalSpy>
#include <QToolButton>

#include "tests/ui/window_fixture.h"
#include "ui/widgets/window/checkpoint_slider.h"
#include "ui/widgets/window/time_line.h"

using namespace thaw;
using namespace thaw::test;
using namespace thaw::ui;

namespace {

const std::filesystem::path kOtherRun = "/home/pupil/.local/share/thaw/runs/20260801-080000-lesson";

/// A window whose run keeps a checkpoint an epoch.
struct Line {
    explicit Line(int epochs = 5, FakeInspectorScript inspector = {})
        : kept(inspector), fixture({}, lessonConfig(10, 5), inspector) {
        // None at first; then one with each epoch that is told.
        kept.kept->store(1);
        kept.dropped->store(1);
        QObject::connect(&fixture.training, &TrainingController::epochFinished, &fixture.window,
                         [this](const core::EpochFinished& epoch) {
                             kept.kept->store(epoch.epoch);
                             kept.dropped->store(0);
                         });
        fixture.show({1440, 900});
        fixture.window.showTab(MainWindow::PredictionsTab);
        fixture.startRun(lessonConfig(10, 5), MainWindow::PredictionsTab, true);
        trainTo(epochs);
    }
    void trainTo(int epochs) {
        const auto trained = [this] { return fixture.training.lastEpoch() ? fixture.training.lastEpoch()->epoch : 0; };
        while (ok && trained() < epochs) {
            const int next = trained() + 1;
            fixture.training.runEpoch();
            ok = awaitEpoch(fixture.training, next) && awaitState(fixture.training, core::TrainerState::Paused);
        }
        ok = ok && await([&] {
                 return inspection().subject() && static_cast<int>(inspection().subject()->checkpoints.size()) >= epochs;
             });
    }
    InspectionController& inspection() { return fixture.inspection; }
    TimeLine& line() { return *fixture.window.findChild<TimeLine*>(); }
    CheckpointSlider& slider() { return line().slider(); }
    QToolButton& button(const QString& text) {
        for (QToolButton* button : line().findChildren<QToolButton*>())
            if (button->text().trimmed() == text || button->accessibleName().startsWith(text)) return *button;
        qFatal("no such button");
    }
    QString moment() { return line().moment(); }

    FakeInspectorScript kept;
    WindowFixture fixture;
    bool ok = true;
};

}  // namespace

class TestTimeLine : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
        Theme::instance().setLook(ColorScheme::Light, 1.0);
    }
    void cleanup() { Theme::instance().setLook(ColorScheme::Light, 1.0); }

    void isThereForTheViewsOfARunAlone();
    void followsTheNewest();
    void whoChoosesStays();
    void scrubsAtOnceAndTheViewsFollow();
    void isDrivenByKeys();
    void saysWhatStopsAre();
    void anotherRunAndBack();
    void wordsGetShorterBeforeTheLineDoes();
    void looks_data();
    void looks();
};

void TestTimeLine::isThereForTheViewsOfARunAlone() {
    Line line(0);
    QVERIFY(await([&] { return line.inspection().subject() != nullptr; }));
    QVERIFY(line.line().isVisible() && !line.slider().isVisible());  // no checkpoint is kept yet, but another run can be chosen
    line.trainTo(1);
    QVERIFY(line.ok);
    QVERIFY(line.line().isVisible() && line.slider().isVisible());
    line.fixture.window.showTab(MainWindow::LiveTab);
    QVERIFY(!line.line().isVisible());
    line.fixture.window.showTab(MainWindow::MapTab);
    QVERIFY(line.line().isVisible());
    line.fixture.window.showTab(MainWindow::DataTab);
    QVERIFY(!line.line().isVisible());
}

void TestTimeLine::followsTheNewest() {
    Line line(3);
    QVERIFY(line.ok);
    QToolButton& follow = line.button(QStringLiteral("Follow newest"));
    QVERIFY(follow.isChecked());
    QVERIFY2(line.moment().startsWith(QLatin1String("after epoch 3, validation ")), qPrintable(line.moment()));
    QCOMPARE(line.slider().value(), 2);
    line.trainTo(4);
    QVERIFY(await([&] { return line.slider().value() == 3; }));
    QVERIFY(line.moment().startsWith(QLatin1String("after epoch 4")));
    QVERIFY(follow.isChecked());
}

void TestTimeLine::whoChoosesStays() {
    Line line(4);
    QVERIFY(line.ok);
    QToolButton& follow = line.button(QStringLiteral("Follow newest"));
    QTest::mouseClick(&line.slider(), Qt::LeftButton, {}, line.slider().stopCentre(1));
    QCOMPARE(line.inspection().checkpoint()->epoch, 2);
    QVERIFY(!follow.isChecked());
    line.trainTo(6);
    QVERIFY(line.ok);
    QCOMPARE(line.inspection().checkpoint()->epoch, 2);
    QVERIFY(line.moment().startsWith(QLatin1String("after epoch 2")));
    QTest::mouseClick(&follow, Qt::LeftButton);
    QCOMPARE(line.inspection().checkpoint()->epoch, 6);
    QVERIFY(follow.isChecked());
    QCOMPARE(line.slider().value(), 5);
    // A click on the stop that is shown anyway is a choice, and so is letting go.
    QTest::mouseClick(&line.slider(), Qt::LeftButton, {}, line.slider().stopCentre(5));
    QVERIFY(!follow.isChecked());
    QTest::mouseClick(&follow, Qt::LeftButton);
    QTest::mouseClick(&follow, Qt::LeftButton);
    QVERIFY(!line.inspection().followsNewest());
    QCOMPARE(line.inspection().checkpoint()->epoch, 6);
}

void TestTimeLine::scrubsAtOnceAndTheViewsFollow() {
    Line line(10);
    QVERIFY(line.ok);
    QSignalSpy chosen(&line.inspection(), &InspectionController::checkpointChanged);
    CheckpointSlider& slider = line.slider();
    QTest::mousePress(&slider, Qt::LeftButton, {}, slider.stopCentre(9));
    for (int stop = 8; stop >= 0; --stop) {
        const QPoint place = slider.stopCentre(stop);
        QMouseEvent move(QEvent::MouseMove, place, slider.mapToGlobal(place), Qt::NoButton, Qt::LeftButton, {});
        QCoreApplication::sendEvent(&slider, &move);
        QVERIFY2(line.moment().startsWith(QStringLiteral("after epoch %1,").arg(stop + 1)), qPrintable(line.moment()));
    }
    QTest::mouseRelease(&slider, Qt::LeftButton, {}, slider.stopCentre(0));
    QCOMPARE(line.inspection().checkpoint()->epoch, 1);
    QVERIFY2(chosen.size() < 9, qPrintable(QString::number(chosen.size())));
}

void TestTimeLine::isDrivenByKeys() {
    Line line(10);
    QVERIFY(line.ok);
    CheckpointSlider& slider = line.slider();
    slider.setFocus();
    const auto after = [&](Qt::Key key) {
        QTest::keyClick(&slider, key);
        const int value = slider.value();
        return await([&] { return line.inspection().subject()->chosen == value; }) ? line.inspection().checkpoint()->epoch : -1;
    };
    QCOMPARE(after(Qt::Key_Left), 9);
    QVERIFY(!line.inspection().followsNewest());
    QCOMPARE(after(Qt::Key_Home), 1);
    QCOMPARE(after(Qt::Key_Right), 2);
    QCOMPARE(after(Qt::Key_PageDown), 4);
    QCOMPARE(after(Qt::Key_PageUp), 2);
    QCOMPARE(after(Qt::Key_End), 10);
    QCOMPARE(after(Qt::Key_Right), 10);
    QVERIFY(slider.accessibleDescription().contains(QLatin1String("fter epoch 10")));
}

void TestTimeLine::saysWhatStopsAre() {
    Line line(12);
    QVERIFY(line.ok);
    const auto& stops = line.slider().stops();
    QCOMPARE(stops.size(), std::size_t(12));
    QCOMPARE(stops[4].position, 5.0);
    QVERIFY(stops[9].endsPhase);
    QVERIFY(!stops[8].endsPhase);
    QVERIFY(stops[11].best);
    QVERIFY2(stops[9].text.startsWith(QLatin1String("After epoch 10, validation")) &&
                 stops[9].text.endsWith(QLatin1String("end of a phase")),
             qPrintable(stops[9].text));
    // The plan of fifteen epochs, of which twelve are trained: cold, warm and pale to the right.
    const QImage image = line.slider().grab().toImage();
    const auto between = [&](double epoch) {
        const int left = line.slider().stopCentre(0).x(), pitch = line.slider().stopCentre(1).x() - left;
        return image.pixelColor(QPoint(left + qRound((epoch - 1) * pitch), line.slider().stopCentre(0).y()));
    };
    QCOMPARE(between(4.5), Theme::instance().color(Tone::Ice));
    QCOMPARE(between(10.5), Theme::instance().color(Tone::WarmFill));
    QCOMPARE(between(13.5), Theme::instance().color(Tone::WarmBackground));
}

void TestTimeLine::anotherRunAndBack() {
    Line line(3);
    QVERIFY(line.ok);
    const auto back = [&]() -> QToolButton* {
        for (QToolButton* button : line.line().findChildren<QToolButton*>())
            if (button->isVisible() && button->accessibleName().startsWith(QLatin1String("Back to"))) return button;
        return nullptr;
    };
    QVERIFY(!back());
    QVERIFY(line.button(QStringLiteral("The run that")).text().contains(QLatin1String("Run 1")));
    line.inspection().inspectRun(kOtherRun);
    QVERIFY(await([&] { return line.inspection().subject()->run.directory == kOtherRun; }));
    QVERIFY(back());
    QVERIFY2(line.button(QStringLiteral("The run that")).text().contains(QLatin1String("20260801-080000")),
             qPrintable(line.button(QStringLiteral("The run that")).text()));
    // The run in training goes on, and what it tells does not mix in.
    line.trainTo(4);
    QCOMPARE(line.inspection().subject()->run.directory, kOtherRun);
    QTest::mouseClick(back(), Qt::LeftButton);
    QVERIFY(await([&] { return line.inspection().subject()->run.directory == FakeScript().directory; }));
    QVERIFY(!back());
    QCOMPARE(line.inspection().checkpoint()->epoch, 4);
}

void TestTimeLine::wordsGetShorterBeforeTheLineDoes() {
    Line line(3);
    QVERIFY(line.ok);
    TimeLine alone(line.fixture.session);
    alone.setWanted(true);
    alone.resize(1200, 48);
    alone.show();
    const auto texts = [&] {
        WindowFixture::settle(&alone);
        QStringList shown;
        for (const QLabel* label : alone.findChildren<QLabel*>()) shown << label->text();
        for (const QToolButton* button : alone.findChildren<QToolButton*>())
            if (button->isVisible()) shown << button->text().trimmed();
        return shown.join(QLatin1Char('|'));
    };
    QVERIFY2(texts().contains(QLatin1String("after epoch 3, validation")) && texts().contains(QLatin1String("Follow newest")),
             qPrintable(texts()));
    alone.resize(640, 48);
    QVERIFY2(texts().contains(QLatin1String("epoch 3: ")), qPrintable(texts()));
    QVERIFY2(alone.slider().width() >= 200, qPrintable(QString::number(alone.slider().width())));
    QCOMPARE(WindowFixture::cutTexts(&alone), QStringList());
    alone.resize(520, 48);
    QVERIFY2(texts().contains(QLatin1String("Newest")), qPrintable(texts()));
    QCOMPARE(WindowFixture::cutTexts(&alone), QStringList());
}

void TestTimeLine::looks_data() {
    addLookColumn();
    QTest::newRow("1440x900-light") << Look{{1440, 900}, 1.0, false};
    QTest::newRow("1440x900-dark") << Look{{1440, 900}, 1.0, true};
    QTest::newRow("1366x768-light") << Look{{1366, 768}, 1.0, false};
    QTest::newRow("1366x768-150") << Look{{1366, 768}, 1.5, true};
}

void TestTimeLine::looks() {
    const auto [size, scale, dark] = takeLook();
    const QString tag = QString::fromLatin1(QTest::currentDataTag());
    Line line(12);
    QVERIFY(line.ok);
    line.fixture.show(size);
    line.fixture.shoot(QStringLiteral("time-newest-") + tag);
    QStringList cut = WindowFixture::cutTexts(&line.fixture.window);
    line.slider().setFocus();
    line.inspection().chooseCheckpoint(6);
    line.fixture.settle();
    line.fixture.shoot(QStringLiteral("time-chosen-") + tag);
    cut += WindowFixture::cutTexts(&line.fixture.window);
    line.inspection().inspectRun(kOtherRun);
    QVERIFY(await([&] { return line.inspection().subject()->run.directory == kOtherRun; }));
    line.fixture.settle();
    line.fixture.shoot(QStringLiteral("time-other-") + tag);
    cut += WindowFixture::cutTexts(&line.fixture.window);
    QVERIFY2(cut.isEmpty(), qPrintable(cut.join(QLatin1Char('\n'))));
    QCOMPARE(line.fixture.window.size(), size);
}

QTEST_MAIN(TestTimeLine)
#include "tst_time_line.moc"
