// The window over the real engine: from the first run to a finished lesson on a part of Debian's Fashion-MNIST, layers toggled
// on the way.
#include <QSettings>
#include <QSignalSpy>
#include <QTest>

#include "core/api/engine_info.h"
#include "tests/support/await.h"
#include "tests/ui/window_fixture.h"
#include "ui/widgets/live/live_page.h"
#include "ui/widgets/window/window_actions.h"

using namespace thaw;

class TestRealLesson : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void fromFirstRunToFinishedLesson();
};

void TestRealLesson::fromFirstRunToFinishedLesson() {
    const test::ScratchHome home;
    QSettings settings(home.folder.filePath(QStringLiteral("window.ini")), QSettings::IniFormat);
    ui::Theme::instance().setLook(ui::ColorScheme::Light, 1.0);
    ui::LogModel log;
    ui::TrainingController training;
    ui::LibraryController library;
    ui::InspectionController inspection;
    ui::Session session(training, library, inspection);
    ui::MainWindow window(session, log, settings);
    QSignalSpy changes(&training, &ui::TrainingController::layersChanged);
    QSignalSpy predictions(&training, &ui::TrainingController::predictionsReady);
    window.resize(1440, 900);
    window.show();
    session.refresh();
    QVERIFY(test::await([&] { return session.lesson() && !session.datasets().empty(); }));
    if (!session.dataset()) QSKIP("Debian's dataset-fashion-mnist is not installed.");

    core::RunConfig config = session.config();
    config.data.dataset = "fashion-mnist";
    config.data.trainLimit = 400;
    config.data.testLimit = 100;
    config.batchSize = 50;
    config.phases[0].epochs = 3;
    config.phases[1].epochs = 2;
    session.setConfig(config);
    test::WindowFixture::shoot(&window, QStringLiteral("real-first-run"));
    session.start();
    QVERIFY(test::await([&] { return training.lastEpoch() && training.lastEpoch()->epoch >= 4; }, 120'000));

    // A toggle while it fine-tunes: confirmed by the engine, without a restart.
    const int layer = session.layers().modelInfo().indexOf("block5_conv1");
    QVERIFY(session.layers().setData(session.layers().indexOfLayer(layer), Qt::Unchecked, Qt::CheckStateRole));
    QVERIFY(test::await(
        [&] {
            return !training.trainable()[static_cast<std::size_t>(layer)] || training.state() == core::TrainerState::Finished;
        },
        60'000));
    QVERIFY(test::await([&] { return training.state() == core::TrainerState::Finished; }, 120'000));
    QCOMPARE(training.lastEpoch()->epoch, 5);
    QVERIFY(training.lastEpoch()->valAccuracy > 0.3);  // chance is 0.1
    QVERIFY(changes.count() >= 1);
    QVERIFY(predictions.count() >= 5);
    test::WindowFixture::shoot(&window, QStringLiteral("real-finished"));
    window.showTab(ui::MainWindow::PredictionsTab);
    test::WindowFixture::shoot(&window, QStringLiteral("real-predictions"));
}

int main(int argc, char** argv) {
    core::prepareProcess(argc, argv);
    core::prepareEngine();
    QApplication application(argc, argv);
    TestRealLesson test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_real_lesson.moc"
