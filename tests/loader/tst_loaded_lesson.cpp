// The window over the engine as it is shipped, loaded as a module: the lesson on drawn pictures, a layer toggled while it
// fine-tunes, a look into it, and the window closed in the middle.
#include <QElapsedTimer>
#include <QSettings>
#include <QSignalSpy>
#include <QTest>

#include "core/api/engine_info.h"
#include "core/api/inspector.h"
#include "core/api/runs.h"
#include "tests/support/await.h"
#include "tests/support/drawn_data.h"
#include "tests/support/temporary_home.h"
#include "tests/ui/window_fixture.h"
#include "ui/widgets/inspector/inspector_view.h"

using namespace thaw;

class TestLoadedLesson : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void fromFirstRunToAClosedWindow();

private:
    static core::RunConfig longLesson(core::RunConfig config) {
        config.data.dataset = "cifar10";
        config.batchSize = 50;
        config.phases[0].epochs = 3;
        config.phases[0].optimizer.learningRate = 1e-3;
        config.phases[1].epochs = 5000;  // until the window is closed
        return config;
    }
};

void TestLoadedLesson::fromFirstRunToAClosedWindow() {
    const test::TemporaryHome home;
    test::writeCifar10Folder((home / "data").string(), {/*trainPerClass=*/40, /*testPerClass=*/5, /*seed=*/1});
    QSettings settings(QString::fromStdString((home / "window.ini").string()), QSettings::IniFormat);
    ui::Theme::instance().setLook(ui::ColorScheme::Light, 1.0);
    ui::LogModel log;
    ui::TrainingController training;
    ui::LibraryController library;
    ui::InspectionController inspection;
    ui::Session session(training, library, inspection);
    ui::MainWindow window(session, log, settings);
    std::vector<core::LayersChanged> changes;
    connect(&training, &ui::TrainingController::layersChanged, &window,
            [&](const core::LayersChanged& change) { changes.push_back(change); });
    QSignalSpy predictions(&training, &ui::TrainingController::predictionsReady);
    QSignalSpy failures(&training, &ui::TrainingController::runFailed);
    window.resize(1440, 900);
    window.show();
    session.setDataFolder(QString::fromStdString((home / "data").string()));
    session.refresh();
    QVERIFY(test::await([&] { return session.lesson() && session.dataset(); }));
    session.setConfig(longLesson(session.config()));
    test::WindowFixture::shoot(&window, QStringLiteral("loaded-first-run"));
    session.start();
    QVERIFY(
        test::await([&] { return !failures.isEmpty() || (training.lastEpoch() && training.lastEpoch()->epoch >= 4); }, 300'000));
    QVERIFY(failures.isEmpty());
    QCOMPARE(changes.size(), std::size_t(1));       // the plan's own: block 5 thaws with the second phase
    QVERIFY(training.lastEpoch()->valScore > 0.3);  // chance is 0.1
    QVERIFY(predictions.count() >= 4);

    // A toggle while it fine-tunes: confirmed by the engine, for this layer alone, while the run goes on.
    const int layer = session.layers().modelInfo().indexOf("block5_conv1");
    QVERIFY(training.trainable()[static_cast<std::size_t>(layer)]);
    QVERIFY(session.layers().setData(session.layers().indexOfLayer(layer), Qt::Unchecked, Qt::CheckStateRole));
    QVERIFY(test::await([&] { return changes.size() == 2; }, 60'000));
    QCOMPARE(changes[1].frozen, std::vector<std::string>{"block5_conv1"});
    QVERIFY(changes[1].thawed.empty());
    QVERIFY(changes[1].requestId != 0);
    QVERIFY(!training.trainable()[static_cast<std::size_t>(layer)]);
    QVERIFY(training.state() == core::TrainerState::Running);
    const int toggledIn = changes[1].epoch;
    QVERIFY(test::await([&] { return training.lastEpoch()->epoch >= toggledIn + 1; }, 60'000));

    // A look into a layer is computed from what the run keeps.
    window.showTab(ui::MainWindow::InspectorTab);
    auto* inspector = window.findChild<ui::InspectorView*>();
    QVERIFY(inspector);
    inspector->showLayer(QStringLiteral("block1_conv1"));
    QVERIFY(test::await([&] { return inspector->channels().rowCount() == 64; }, 60'000));
    test::WindowFixture::shoot(&window, QStringLiteral("loaded-inspector"));

    const std::filesystem::path run = training.run()->directory;
    QElapsedTimer clock;
    clock.start();
    window.saveAndClose();
    QVERIFY(test::await([&] { return !window.isVisible(); }));
    QVERIFY2(clock.elapsed() < 5000, qPrintable(QString::number(clock.elapsed())));
    const core::RunSummary kept = core::readRun(run).summary;
    QCOMPARE(core::toString(kept.status), core::toString(core::RunStatus::Stopped));
    QVERIFY(kept.resumable);
}

int main(int argc, char** argv) {
    core::prepareProcess(argc, argv);
    QApplication application(argc, argv);
    TestLoadedLesson test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_loaded_lesson.moc"
