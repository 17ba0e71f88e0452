// The whole window: its states in pictures, texts that fit, tabs, docks, closing, from the first run to a finished lesson.
#include <QComboBox>
#include <QDockWidget>
#include <QElapsedTimer>
#include <QMenuBar>
#include <QMouseEvent>
#include <QPushButton>
#include <QSignalSpy>
#include <QTabBar>
#include <QToolButton>

#include <algorithm>

#include "tests/support/drawn_data.h"
#include "tests/ui/window_fixture.h"
#include "ui/widgets/layers/layer_tree_view.h"
#include "ui/widgets/live/live_page.h"
#include "ui/widgets/live/live_view.h"
#include "ui/widgets/live/test_pictures_panel.h"
#include "ui/widgets/live/welcome_page.h"
#include "ui/widgets/parts/banner.h"
#include "ui/widgets/pictures/picture_grid.h"
#include "ui/widgets/window/side_dock.h"
#include "ui/widgets/window/window_actions.h"

using namespace thaw;
using namespace thaw::test;
using namespace thaw::ui;

class TestMainWindow : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { Theme::instance().setLook(ColorScheme::Light, 1.0); }
    void cleanup() { Theme::instance().setLook(ColorScheme::Light, 1.0); }

    void looks_data();
    void looks();
    void dataTabOfTheLibrary();
    void runningInPictures();
    void firstRunToFinishedLesson();
    void claimsAreOfTheirOwnData();
    void welcomeComesBack();
    void keysChooseTabsAndPanels();
    void docksRememberChoices();
    void dockEdgesAreDragged();
    void allTabsAreInSight_data();
    void allTabsAreInSight();
    void layoutIsRemembered();
    void onlyOneDockWhereTwoDoNotFit();
    void closingAsksSavesAndEnds();
    void closingCanBeDeclined();
    void closingNeverWaitsLong();
    void smallScreensKeepLossAndPictures_data();
    void smallScreensKeepLossAndPictures();
    void startsAreSeenOnTheLivePage();
    void openedRunsAreToldInTheLog();
    void deletingTheRunThatIsOpenLetsItGo();
    void killedRunIsOffered();
    void stopAsksBeforeTheFirstEpoch();
    void enterPressesButtons();
    void theFocusNeverLandsOnARail();
    void refusalsAreTold();
    void everyWidgetHasAName();
};

void TestMainWindow::looks_data() {
    addLookColumn();
    QTest::newRow("1440x900-light") << Look{{1440, 900}, 1.0, false};
    QTest::newRow("1440x900-dark") << Look{{1440, 900}, 1.0, true};
    QTest::newRow("1366x768-light") << Look{{1366, 768}, 1.0, false};
    QTest::newRow("1366x768-dark") << Look{{1366, 768}, 1.0, true};
    QTest::newRow("1180x700-light") << Look{{1180, 700}, 1.0, false};
    QTest::newRow("1440x900-125") << Look{{1440, 900}, 1.25, false};
    QTest::newRow("1440x900-150") << Look{{1440, 900}, 1.5, false};
    QTest::newRow("1366x768-150") << Look{{1366, 768}, 1.5, false};
}

void TestMainWindow::looks() {
    const auto [size, scale, dark] = takeLook();
    const QString tag = QString::fromLatin1(QTest::currentDataTag());
    FakeScript script;
    script.stepsPerEpoch = 40;
    script.restAtStep = 12 * 40 + 25;
    WindowFixture fixture(script);
    fixture.show(size);
    QStringList cut = WindowFixture::cutTexts(&fixture.window);
    fixture.shoot(QStringLiteral("first-run-") + tag);

    fixture.session.start();
    QVERIFY(awaitState(fixture.training, core::TrainerState::Paused));
    fixture.settle();
    cut += WindowFixture::cutTexts(&fixture.window);
    fixture.shoot(QStringLiteral("paused-") + tag);
    const CurvePlot& plot = *fixture.window.livePage().live().plot();
    QVERIFY2(plot.accuracyRect().height() >= 95, qPrintable(QString::number(plot.accuracyRect().height())));
    fixture.window.showTab(MainWindow::PredictionsTab);
    cut += WindowFixture::cutTexts(&fixture.window);
    fixture.shoot(QStringLiteral("predictions-") + tag);
    fixture.window.showTab(MainWindow::DataTab);
    cut += WindowFixture::cutTexts(&fixture.window);
    fixture.shoot(QStringLiteral("data-") + tag);
    fixture.window.showTab(MainWindow::LiveTab);
    fixture.window.setLogOpen(true);
    fixture.settle();
    cut += WindowFixture::cutTexts(&fixture.window);
    fixture.shoot(QStringLiteral("log-") + tag);
    QVERIFY2(plot.accuracyRect().height() >= 95, qPrintable(QString::number(plot.accuracyRect().height())));
    fixture.window.setLogOpen(false);
    QVERIFY2(fixture.window.size() == size, "the window outgrew its size");
    QVERIFY2(cut.isEmpty(), qPrintable(cut.join(QLatin1Char('\n'))));
}

void TestMainWindow::dataTabOfTheLibrary() {
    struct Shot {
        const char* name;
        QSize size;
        bool dark;
        double scale;
    };
    for (const Shot& shot : {Shot{"library-light", {1440, 900}, false, 1}, Shot{"library-dark", {1440, 900}, true, 1},
                             Shot{"library-small", {1180, 700}, false, 1}, Shot{"library-150", {1366, 768}, true, 1.5}}) {
        Theme::instance().setLook(shot.dark ? ColorScheme::Dark : ColorScheme::Light, shot.scale);
        WindowFixture fixture;
        QSignalSpy samples(&fixture.library, &LibraryController::samplesReady);
        const QString data = fixture.home.folder.filePath(QStringLiteral("pictures"));
        test::writeFashionMnist(data.toStdString());
        fixture.show(shot.size);
        fixture.session.setDataFolder(data);
        fixture.session.refresh();
        QVERIFY(await([&] { return fixture.session.dataset() != nullptr; }));
        fixture.window.showTab(MainWindow::DataTab);
        QVERIFY(await([&] { return !samples.isEmpty(); }));
        fixture.shoot(QString::fromLatin1(shot.name));
        const QStringList cut = WindowFixture::cutTexts(&fixture.window);
        QVERIFY2(cut.isEmpty(), qPrintable(cut.join(QLatin1Char('\n'))));
    }
}

void TestMainWindow::runningInPictures() {
    for (const bool dark : {false, true}) {
        Theme::instance().setLook(dark ? ColorScheme::Dark : ColorScheme::Light, 1.0);
        FakeScript script;
        script.stepsPerEpoch = 40;
        script.restAtStep = 12 * 40 + 25;
        WindowFixture fixture(script);
        fixture.show({1440, 900});
        fixture.session.start();
        QVERIFY(awaitState(fixture.training, core::TrainerState::Paused));
        auto& tree = *fixture.window.findChild<LayerTreeView*>();
        LayerTreeModel& model = fixture.session.layers();
        const QModelIndex conv3 = model.indexOfLayer(model.modelInfo().indexOf("block4_conv3"));
        tree.expand(conv3.parent());
        fixture.settle();
        tree.setCurrentIndex(conv3);
        tree.toggleCurrent();
        QVERIFY(conv3.data(LayerTreeModel::PendingRole).toBool());
        // Now, before the engine has heard of it.
        fixture.snap(QStringLiteral("pending-") + QLatin1String(dark ? "dark" : "light"));
    }
}

void TestMainWindow::firstRunToFinishedLesson() {
    FakeScript script;
    script.stepsPerEpoch = 6;
    WindowFixture fixture(script, lessonConfig(3, 2));
    fixture.show({1440, 900});
    QVERIFY(fixture.window.livePage().showsWelcome());
    auto* run = fixture.window.findChild<QPushButton*>(QStringLiteral("welcomeRun"));
    QVERIFY(run->isVisible());
    QSignalSpy epochs(&fixture.training, &TrainingController::epochFinished);
    QTest::mouseClick(run, Qt::LeftButton);
    QVERIFY(await([&] { return !fixture.window.livePage().showsWelcome(); }));
    QVERIFY(awaitState(fixture.training, core::TrainerState::Finished));
    QCOMPARE(epochs.size(), fixture.training.run()->config.totalEpochs());
    QVERIFY(fixture.training.run()->config.totalEpochs() > 0);
    fixture.shoot(QStringLiteral("finished-light"));
    QVERIFY(fixture.window.actionTable().runLesson->isEnabled());
    const QStringList cut = WindowFixture::cutTexts(&fixture.window);
    QVERIFY2(cut.isEmpty(), qPrintable(cut.join(QLatin1Char('\n'))));
}

void TestMainWindow::claimsAreOfTheirOwnData() {
    for (const bool substitute : {false, true}) {
        FakeScript script;
        script.substituteData = substitute;
        script.restAtStep = 3;
        WindowFixture fixture(script);
        fixture.show({1440, 900});
        QVERIFY(await([&] { return !fixture.session.lessons().empty(); }));
        fixture.session.runLesson();
        QVERIFY(awaitState(fixture.training, core::TrainerState::Paused));
        const auto buttons = fixture.window.livePage().findChildren<QToolButton*>();
        const auto claims =
            std::find_if(buttons.begin(), buttons.end(), [](auto* one) { return one->text() == QLatin1String("Claims"); });
        QVERIFY(claims != buttons.end());
        QCOMPARE((*claims)->isVisible(), !substitute);
    }
}

void TestMainWindow::welcomeComesBack() {
    WindowFixture fixture;
    fixture.show({1440, 900});
    fixture.session.step();
    QVERIFY(awaitState(fixture.training, core::TrainerState::Paused));
    QVERIFY(!fixture.window.livePage().showsWelcome());
    fixture.window.actionTable().welcome->trigger();
    QVERIFY(fixture.window.livePage().showsWelcome());
}

void TestMainWindow::keysChooseTabsAndPanels() {
    WindowFixture fixture;
    fixture.show({1440, 900});
    QTest::keyClick(&fixture.window, Qt::Key_2, Qt::ControlModifier);
    QCOMPARE(fixture.window.currentTab(), int(MainWindow::PredictionsTab));
    QTest::keyClick(&fixture.window, Qt::Key_1, Qt::ControlModifier);
    QCOMPARE(fixture.window.currentTab(), int(MainWindow::LiveTab));
    auto* layers = fixture.window.findChild<SideDock*>(QStringLiteral("layersDock"));
    auto* settings = fixture.window.findChild<SideDock*>(QStringLiteral("settingsDock"));
    QVERIFY(!layers->isFolded() && !settings->isFolded());
    QTest::keyClick(&fixture.window, Qt::Key_L, Qt::ControlModifier);
    QVERIFY(layers->isFolded());
    QTest::keyClick(&fixture.window, Qt::Key_L, Qt::ControlModifier);
    QVERIFY(!layers->isFolded());
    QTest::keyClick(&fixture.window, Qt::Key_Comma, Qt::ControlModifier);
    QVERIFY(settings->isFolded());
    auto* log = fixture.window.findChild<QDockWidget*>(QStringLiteral("logDock"));
    QVERIFY(log->isHidden());
    QTest::keyClick(&fixture.window, Qt::Key_J, Qt::ControlModifier);
    QVERIFY(!log->isHidden());
    QTest::keyClick(&fixture.window, Qt::Key_J, Qt::ControlModifier);
    QVERIFY(log->isHidden());
    QTest::keyClick(&fixture.window, Qt::Key_Plus, Qt::ControlModifier);
    QCOMPARE(Theme::instance().scale(), 1.25);
    QTest::keyClick(&fixture.window, Qt::Key_Minus, Qt::ControlModifier);
    QCOMPARE(Theme::instance().scale(), 1.0);
}

void TestMainWindow::docksRememberChoices() {
    FakeScript script;
    script.restAtStep = 3;
    WindowFixture fixture(script);
    fixture.show({1440, 900});
    auto* layers = fixture.window.findChild<SideDock*>(QStringLiteral("layersDock"));
    auto* settings = fixture.window.findChild<SideDock*>(QStringLiteral("settingsDock"));
    fixture.session.start();
    QVERIFY(awaitState(fixture.training, core::TrainerState::Paused));
    QVERIFY(!layers->isFolded() && settings->isFolded());  // running
    fixture.window.showTab(MainWindow::PredictionsTab);
    QVERIFY(layers->isFolded() && settings->isFolded());
    layers->setFolded(false);  // the user's own choice for this tab
    fixture.window.showTab(MainWindow::LiveTab);
    layers->setFolded(true);
    fixture.window.showTab(MainWindow::PredictionsTab);
    QVERIFY(!layers->isFolded());
    fixture.window.showTab(MainWindow::LiveTab);
    QVERIFY(layers->isFolded());
}

void TestMainWindow::dockEdgesAreDragged() {
    WindowFixture fixture;
    fixture.show({1440, 900});
    auto* layers = fixture.window.findChild<SideDock*>(QStringLiteral("layersDock"));
    const auto edges = fixture.window.findChildren<DockEdge*>();
    const auto edge =
        std::find_if(edges.begin(), edges.end(), [&](const DockEdge* one) { return one->x() == layers->geometry().right() + 1; });
    QVERIFY(edge != edges.end() && (*edge)->isVisible());
    const int before = layers->width();
    const auto drag = [&](int by) {
        const QPoint from = (*edge)->rect().center();
        QTest::mousePress(*edge, Qt::LeftButton, {}, from);
        QMouseEvent move(QEvent::MouseMove, from, (*edge)->mapToGlobal(from) + QPoint(by, 0), Qt::LeftButton, Qt::LeftButton, {});
        QCoreApplication::sendEvent(*edge, &move);
        QTest::mouseRelease(*edge, Qt::LeftButton, {}, from);
        fixture.settle();
    };
    drag(60);
    QCOMPARE(layers->width(), before + 60);
    QCOMPARE((*edge)->x(), layers->geometry().right() + 1);  // the edge went with it
    drag(-1000);
    QVERIFY(layers->width() < before && layers->width() > 300);  // never so narrow that its columns are gone
    drag(3000);
    QVERIFY(fixture.window.centralWidget()->width() >= 480);
    QTest::mouseDClick(*edge, Qt::LeftButton);
    fixture.settle();
    QCOMPARE(layers->width(), before);
    layers->setFolded(true);
    QVERIFY(!(*edge)->isVisible());
    layers->setFolded(false);
    drag(40);
    fixture.window.close();
    MainWindow second(fixture.session, fixture.log, fixture.settings);
    second.show();
    WindowFixture::settle(&second);
    QCOMPARE(second.findChild<SideDock*>(QStringLiteral("layersDock"))->width(), before + 40);
}

void TestMainWindow::allTabsAreInSight_data() {
    addLookColumn();
    QTest::newRow("1440x900") << Look{{1440, 900}, 1.0, false};
    QTest::newRow("1180x700") << Look{{1180, 700}, 1.0, false};
    QTest::newRow("1366x768-150") << Look{{1366, 768}, 1.5, false};
    QTest::newRow("1180x700-150") << Look{{1180, 700}, 1.5, false};
}

void TestMainWindow::allTabsAreInSight() {
    const auto [size, scale, dark] = takeLook();
    WindowFixture fixture;
    fixture.show(size);
    auto* tabs = fixture.window.findChild<QTabBar*>();
    for (const bool layersFolded : {true, false}) {
        fixture.window.findChild<SideDock*>(QStringLiteral("layersDock"))->setFolded(layersFolded);
        fixture.settle();
        for (int tab = 0; tab < tabs->count(); ++tab) {
            const QRect place = tabs->tabRect(tab);
            QVERIFY2(tabs->rect().contains(place), qPrintable(tabs->tabText(tab)));
            QVERIFY2(tabs->fontMetrics().horizontalAdvance(tabs->tabText(tab)) <= place.width() - 4,
                     qPrintable(tabs->tabText(tab)));
            QTest::mouseClick(tabs, Qt::LeftButton, {}, place.center());
            QCOMPARE(fixture.window.currentTab(), tab);
        }
        fixture.window.showTab(MainWindow::LiveTab);
    }
    fixture.window.findChild<SideDock*>(QStringLiteral("layersDock"))->setFolded(true);
    if (size.width() / scale > 1000) QCOMPARE(tabs->tabText(MainWindow::ConfusionTab), QStringLiteral("Confusion matrix"));
    QVERIFY(tabs->tabToolTip(MainWindow::ConfusionTab).contains(QStringLiteral("Confusion matrix")));
}

void TestMainWindow::layoutIsRemembered() {
    WindowFixture first;
    first.show({1240, 755});
    first.window.findChild<SideDock*>(QStringLiteral("settingsDock"))->setFolded(true);
    first.window.setLogOpen(true);
    first.window.showTab(MainWindow::PredictionsTab);
    first.window.close();
    MainWindow second(first.session, first.log, first.settings);
    QCOMPARE(second.currentTab(), int(MainWindow::PredictionsTab));
    QCOMPARE(second.size(), QSize(1240, 755));
    QVERIFY(!second.findChild<QDockWidget*>(QStringLiteral("logDock"))->isHidden());
    second.showTab(MainWindow::LiveTab);
    QVERIFY(second.findChild<SideDock*>(QStringLiteral("settingsDock"))->isFolded());
    QVERIFY(!second.findChild<SideDock*>(QStringLiteral("layersDock"))->isFolded());
}

void TestMainWindow::onlyOneDockWhereTwoDoNotFit() {
    WindowFixture fixture;
    fixture.show({1180, 700});
    auto* layers = fixture.window.findChild<SideDock*>(QStringLiteral("layersDock"));
    auto* settings = fixture.window.findChild<SideDock*>(QStringLiteral("settingsDock"));
    QVERIFY(!layers->isFolded() && settings->isFolded());
    fixture.window.actionTable().settingsPanel->trigger();
    QVERIFY(layers->isFolded() && !settings->isFolded());
    fixture.window.actionTable().layersPanel->trigger();
    QVERIFY(!layers->isFolded() && settings->isFolded());
    QCOMPARE(fixture.window.size(), QSize(1180, 700));
}

void TestMainWindow::closingAsksSavesAndEnds() {
    FakeScript script;
    script.stepsPerEpoch = 100'000;
    script.stepMilliseconds = 2;
    WindowFixture fixture(script);
    fixture.show({1440, 900});
    fixture.session.start();
    QVERIFY(await([&] { return fixture.training.lastBatch().has_value(); }));
    const int saved = fixture.probe->checkpoints;
    QVERIFY(!fixture.window.close());
    QVERIFY(fixture.window.isVisible());
    QCOMPARE(fixture.window.banner().kind(), QStringLiteral("closing"));
    QVERIFY(fixture.window.banner().isVisible());
    QCOMPARE(fixture.window.banner().buttons().size(), 2);
    fixture.shoot(QStringLiteral("closing-light"));
    QElapsedTimer time;
    time.start();
    QTest::mouseClick(fixture.window.banner().buttons().front(), Qt::LeftButton);
    QVERIFY(await([&] { return !fixture.window.isVisible(); }));
    QVERIFY(time.elapsed() < 5000);
    QVERIFY(fixture.probe->stopped);
    QVERIFY(fixture.probe->checkpoints > saved);
}

void TestMainWindow::closingCanBeDeclined() {
    FakeScript script;
    script.stepsPerEpoch = 100'000;
    script.stepMilliseconds = 2;
    WindowFixture fixture(script);
    fixture.show({1440, 900});
    fixture.session.start();
    QVERIFY(awaitState(fixture.training, core::TrainerState::Running));
    QVERIFY(!fixture.window.close());
    QTest::mouseClick(fixture.window.banner().buttons().back(), Qt::LeftButton);
    QVERIFY(fixture.window.banner().isHidden());
    QVERIFY(fixture.training.state() == core::TrainerState::Running);
    QVERIFY(fixture.window.isVisible());
}

void TestMainWindow::closingNeverWaitsLong() {
    // Each step sleeps three seconds: longer than anything the real engine does.
    FakeScript script;
    script.stepMilliseconds = 3000;
    script.preparationSteps = 1000;
    WindowFixture fixture(script);
    fixture.show({1440, 900});
    fixture.session.start();
    QVERIFY(awaitState(fixture.training, core::TrainerState::Preparing));
    QElapsedTimer time;
    time.start();
    fixture.window.saveAndClose();
    QVERIFY(await([&] { return !fixture.window.isVisible(); }));
    QVERIFY2(time.elapsed() < 5000, qPrintable(QString::number(time.elapsed())));
}

void TestMainWindow::smallScreensKeepLossAndPictures_data() {
    addLookColumn();
    QTest::newRow("1366x768") << Look{{1366, 768}, 1.0, false};
    QTest::newRow("1366x768-125") << Look{{1366, 768}, 1.25, false};
    QTest::newRow("1366x768-150") << Look{{1366, 768}, 1.5, false};
    QTest::newRow("1440x900-150") << Look{{1440, 900}, 1.5, false};
}

// What a class looks at: the loss below the accuracies, and pictures beside them. Layers and tools go first.
void TestMainWindow::smallScreensKeepLossAndPictures() {
    const auto [size, scale, dark] = takeLook();
    FakeScript script;
    script.stepsPerEpoch = 40;
    script.restAtStep = 12 * 40 + 25;
    WindowFixture fixture(script);
    fixture.show(size);
    fixture.session.start();
    QVERIFY(awaitState(fixture.training, core::TrainerState::Paused));
    if (scale > 1) fixture.window.findChild<SideDock*>(QStringLiteral("layersDock"))->setFolded(true);
    fixture.settle();
    const LivePage& page = fixture.window.livePage();
    fixture.shoot(QStringLiteral("small-") + QString::fromLatin1(QTest::currentDataTag()));
    QVERIFY(fixture.window.livePage().live().plot()->showsLoss());
    const auto* grid = fixture.window.livePage().pictures().findChild<PictureGrid*>();
    QVERIFY(grid && grid->isVisible() && page.isAncestorOf(grid));
    const PredictionListModel& pictures = fixture.window.livePage().pictures().pictures();
    QVERIFY2(pictures.rowCount() >= 4, qPrintable(QString::number(pictures.rowCount())));
    for (int row = 0; row < pictures.rowCount(); ++row)
        QVERIFY(grid->viewport()->rect().contains(grid->visualRect(pictures.index(row)).center()));
}

void TestMainWindow::startsAreSeenOnTheLivePage() {
    for (const int tab : {int(MainWindow::PredictionsTab), int(MainWindow::InspectorTab), int(MainWindow::DataTab)}) {
        FakeScript script;
        script.restAtStep = 3;
        WindowFixture fixture(script);
        fixture.show({1440, 900});
        QVERIFY(await([&] { return !fixture.session.lessons().empty(); }));
        fixture.window.showTab(tab);
        QTest::keyClick(&fixture.window, tab == MainWindow::DataTab ? Qt::Key_R : Qt::Key_F5,
                        tab == MainWindow::DataTab ? Qt::ControlModifier : Qt::NoModifier);
        QVERIFY(awaitState(fixture.training, core::TrainerState::Paused));
        QCOMPARE(fixture.window.currentTab(), int(MainWindow::LiveTab));
        QVERIFY(!fixture.window.livePage().showsWelcome());
    }
}

void TestMainWindow::openedRunsAreToldInTheLog() {
    FakeScript script;
    script.resumedEpoch = 15;
    WindowFixture fixture(script);
    fixture.show({1440, 900});
    QStringList lines;
    connect(&fixture.log, &LogModel::lineAdded, this, [&](double, LogLevel level, const QString& text) {
        if (level >= LogLevel::Info) lines += text;
    });
    fixture.session.openRun(QStringLiteral("/nowhere/old"));
    QVERIFY(awaitState(fixture.training, core::TrainerState::Finished));
    QVERIFY(await([&] { return !lines.filter(QStringLiteral("finished after epoch 15")).isEmpty(); }));
    QVERIFY2(lines.filter(QStringLiteral("Fine-tuning: epochs")).isEmpty(), qPrintable(lines.join(QLatin1Char('\n'))));
}

void TestMainWindow::deletingTheRunThatIsOpenLetsItGo() {
    FakeScript script;
    script.stepsPerEpoch = 4;
    WindowFixture fixture(script, lessonConfig(1, 1));
    fixture.show({1440, 900});
    fixture.session.start();
    QVERIFY(awaitState(fixture.training, core::TrainerState::Finished));
    const QString directory = QString::fromStdString(fixture.training.run()->directory.string());
    fixture.session.deleteRun(directory);
    QVERIFY(fixture.training.state() == core::TrainerState::Idle);
    QVERIFY(!fixture.training.run() && !fixture.session.showsRun());
    QVERIFY(await([&] { return fixture.probe->trainers == 0; }));
    QVERIFY(fixture.window.livePage().showsWelcome());
    // The window goes on as if it were new.
    fixture.session.start();
    QVERIFY(awaitState(fixture.training, core::TrainerState::Finished));
}

void TestMainWindow::killedRunIsOffered() {
    WindowFixture fixture;
    fixture.show({1440, 900});
    core::RunSummary run;
    run.runId = "20260901-090000-lesson";
    run.directory = "/somewhere/20260901-090000-lesson";
    run.number = 3;
    run.status = core::RunStatus::Interrupted;
    run.resumable = true;
    run.epochs = 6;
    run.plannedEpochs = 15;
    Q_EMIT fixture.library.runsListed({run});
    QCOMPARE(fixture.window.banner().text(), QStringLiteral("Run 3 was interrupted at epoch 7 of 15. Continue?"));
    fixture.shoot(QStringLiteral("interrupted-light"));
    QTest::mouseClick(fixture.window.banner().buttons().front(), Qt::LeftButton);
    QVERIFY(await([&] { return fixture.training.run().has_value(); }));
    QVERIFY(fixture.training.run()->resumed);
}

void TestMainWindow::stopAsksBeforeTheFirstEpoch() {
    FakeScript script;
    script.restAtStep = 3;
    WindowFixture fixture(script);
    fixture.show({1440, 900});
    fixture.session.start();
    QVERIFY(awaitState(fixture.training, core::TrainerState::Paused));
    fixture.window.actionTable().stop->trigger();
    QCOMPARE(fixture.window.banner().kind(), QStringLiteral("stopping"));
    QVERIFY(fixture.session.isActive());
    QTest::mouseClick(fixture.window.banner().buttons().front(), Qt::LeftButton);
    QVERIFY(awaitState(fixture.training, core::TrainerState::Finished));
}

void TestMainWindow::enterPressesButtons() {
    for (const Qt::Key key : {Qt::Key_Return, Qt::Key_Enter, Qt::Key_Space}) {
        FakeScript script;
        script.restAtStep = 3;
        WindowFixture fixture(script);
        fixture.show({1440, 900});
        fixture.session.start();
        QVERIFY(awaitState(fixture.training, core::TrainerState::Paused));
        fixture.window.actionTable().stop->trigger();
        QCOMPARE(fixture.window.banner().kind(), QStringLiteral("stopping"));
        QPushButton* keepOn = fixture.window.banner().buttons().back();
        keepOn->setFocus(Qt::TabFocusReason);
        QTest::keyClick(keepOn, key);
        QVERIFY(fixture.window.banner().isHidden());
        QVERIFY(!fixture.probe->stopped);
        // A tool button, as any other.
        auto* rail = fixture.window.findChild<SideDock*>(QStringLiteral("settingsDock"))->findChild<SideRail*>();
        QVERIFY(rail->isVisible());
        rail->setFocus(Qt::TabFocusReason);
        QTest::keyClick(rail, key);
        QVERIFY(!fixture.window.findChild<SideDock*>(QStringLiteral("settingsDock"))->isFolded());
    }
}

void TestMainWindow::theFocusNeverLandsOnARail() {
    FakeScript script;
    script.restAtStep = 3;
    WindowFixture fixture(script);
    fixture.show({1440, 900});
    const auto onRail = [&] { return qobject_cast<SideRail*>(fixture.window.focusWidget()) != nullptr; };
    auto* tree = fixture.window.findChild<LayerTreeView*>();
    tree->setFocus(Qt::MouseFocusReason);
    for (const int tab : {1, 2, 3, 4, 5, 0}) {
        fixture.window.showTab(tab);
        QVERIFY2(!onRail(), qPrintable(QString::number(tab)));
    }
    QWidget* field = fixture.window.findChild<SideDock*>(QStringLiteral("settingsDock"))->findChild<QComboBox*>();
    field->setFocus(Qt::MouseFocusReason);
    fixture.session.start();  // folds the settings
    QVERIFY(awaitState(fixture.training, core::TrainerState::Paused));
    QVERIFY(fixture.window.findChild<SideDock*>(QStringLiteral("settingsDock"))->isFolded());
    QVERIFY(!onRail());
}

void TestMainWindow::refusalsAreTold() {
    FakeScript script;
    script.makeError = "The learning rate is too large.";
    WindowFixture fixture(script);
    fixture.show({1440, 900});
    fixture.session.start();
    QVERIFY(await([&] { return fixture.window.banner().text().contains(QLatin1String("too large")); }));
    QVERIFY(fixture.window.livePage().showsWelcome());
    core::RunConfig wrong = fixture.session.config();
    wrong.batchSize = 0;
    fixture.session.setConfig(wrong);
    fixture.session.start();
    QVERIFY(await([&] { return fixture.window.banner().text().contains(QLatin1String("Correct the marked settings")); }));
}

void TestMainWindow::everyWidgetHasAName() {
    WindowFixture fixture;
    fixture.show({1440, 900});
    QStringList nameless;
    for (const QWidget* widget : fixture.window.findChildren<QWidget*>()) {
        if (widget->focusPolicy() == Qt::NoFocus || !widget->isVisible() || !widget->accessibleName().isEmpty()) continue;
        const auto* button = qobject_cast<const QAbstractButton*>(widget);
        if (button && !button->text().isEmpty()) continue;
        if (widget->inherits("QTabBar") || widget->inherits("QScrollArea") || widget->inherits("QMenuBar") ||
            widget->inherits("QLineEdit"))
            continue;
        nameless += QString::fromLatin1(widget->metaObject()->className()) + QLatin1Char(' ') + widget->objectName() +
                    QStringLiteral(" in ") + QString::fromLatin1(widget->parentWidget()->metaObject()->className());
    }
    QVERIFY2(nameless.isEmpty(), qPrintable(nameless.join(QLatin1Char('\n'))));
}

QTEST_MAIN(TestMainWindow)
#include "tst_main_window.moc"
