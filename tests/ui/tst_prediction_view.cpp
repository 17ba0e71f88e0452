#include <QApplication>
#include <QComboBox>
#include <QDragEnterEvent>
#include <QDropEvent>
#include <QFile>
#include <QLabel>
#include <QLocale>
#include <QMimeData>
#include <QPushButton>
#include <QSettings>
#include <QSignalSpy>
#include <QStackedWidget>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>
#include <QUrl>

#include <algorithm>

#include "tests/support/await.h"
#include "tests/support/drawn_pictures.h"
#include "tests/support/fake_trainer.h"
#include "tests/support/shot.h"
#include "tests/ui/window_fixture.h"
#include "ui/widgets/parts/segmented_bar.h"
#include "ui/widgets/parts/theme.h"
#include "ui/widgets/pictures/picture_grid.h"
#include "ui/widgets/predictions/pinned_strip.h"
#include "ui/widgets/predictions/prediction_detail.h"
#include "ui/widgets/predictions/prediction_view.h"

using namespace thaw;
using test::await;
using ui::PictureFilter;
using ui::PictureGrid;
using ui::PredictionDetail;
using ui::PredictionView;
using ui::SegmentedBar;

namespace {

core::RunStarted startedRun(int perClass = 20, const std::string& runId = "run-1") {
    core::RunStarted run;
    run.runId = runId;
    run.config = test::lessonConfig();
    run.dataset = test::drawnDataset(perClass);
    run.testPictures = test::drawnPictures(perClass);
    run.stepsPerEpoch = 391;
    return run;
}

QString segment(PredictionView& view, PictureFilter filter) {
    return view.findChild<SegmentedBar*>(QStringLiteral("filters"))->segmentText(static_cast<int>(filter));
}

QToolButton* buttonNamed(QWidget& view, const QString& name) {
    for (QToolButton* button : view.findChildren<QToolButton*>())
        if (button->accessibleName() == name || button->text() == name) return button;
    return nullptr;
}

QStringList labels(const QWidget& view) {
    QStringList texts;
    for (const QLabel* label : view.findChildren<QLabel*>())
        if (label->isVisible() && !label->text().isEmpty()) texts << label->text();
    return texts;
}

void drop(QWidget& target, const QList<QUrl>& urls) {
    QMimeData mime;
    mime.setUrls(urls);
    QDragEnterEvent enter(QPoint(20, 20), Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(&target, &enter);
    QVERIFY(enter.isAccepted());
    QDropEvent event(QPointF(20, 20), Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(&target, &event);
    QVERIFY(event.isAccepted());
}

}  // namespace

class PredictionViewTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() {
        QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
        QSettings::setDefaultFormat(QSettings::IniFormat);
        QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, m_settings.path());
        QCoreApplication::setOrganizationName("thaw");
        QCoreApplication::setApplicationName("thaw-tests");
        ui::Theme::instance().setScheme(ui::ColorScheme::Light);
    }

    void init() { QSettings().clear(); }

    void aSizeThatComesWhileTheListIsResizedIsTaken() {
        ui::PredictionListModel pictures;
        PictureGrid grid;
        grid.setPictureModel(&pictures);
        grid.resize(600, 400);
        grid.show();
        // Another page size makes the page around the list narrower, as a dock that folds does.
        const int before = pictures.pageSize();
        connect(&pictures, &ui::PredictionListModel::summaryChanged, &grid, [&] {
            if (pictures.pageSize() != before) grid.resize(900, 400);
        });
        grid.resize(960, 400);
        QCOMPARE(grid.width(), 900);
        QCOMPARE(grid.viewport()->width(), 900);
    }

    void cleanup() {
        ui::Theme::instance().setScale(1.0);
        ui::Theme::instance().setScheme(ui::ColorScheme::Light);
    }

    void emptyStatesSayWhatToDo() {
        PredictionView view;
        view.resize(1000, 640);
        view.show();
        QVERIFY(labels(view).contains("No predictions yet"));
        QVERIFY(labels(view).contains("Click a picture to see what the network says of it."));
        for (int i = 0; i < 10; ++i) QCoreApplication::processEvents();
        test::saveShot(view, "predictions-empty");
        view.setRun(startedRun());
        QVERIFY(labels(view).contains("The first predictions come after the first epoch"));
        QVERIFY(!buttonNamed(view, "Refresh")->isEnabled());
        view.setPredictions(test::drawnPredictions(*view.pictures().pictures(), 1.0, 1, 391));
        Q_EMIT view.findChild<SegmentedBar*>(QStringLiteral("filters"))->currentChanged(static_cast<int>(PictureFilter::Wrong));
        QVERIFY(labels(view).contains("No picture passes these filters"));
        for (QPushButton* button : view.findChildren<QPushButton*>())
            if (button->text() == "Show all") button->click();
        QCOMPARE(view.pictures().filter(), PictureFilter::All);
        QCOMPARE(view.pictures().total(), 200);
    }

    void filtersShowTheirCounts() {
        PredictionView view;
        view.resize(1326, 673);
        view.show();
        view.setRun(startedRun());
        view.setPredictions(test::drawnPredictions(*view.pictures().pictures(), 0.7, 12, 12 * 391));
        const int right = view.pictures().count(PictureFilter::Right);
        QCOMPARE(segment(view, PictureFilter::All), QString("All 200"));
        QCOMPARE(segment(view, PictureFilter::Right), QString("Right %1").arg(right));
        QCOMPARE(segment(view, PictureFilter::Wrong), QString("Wrong %1").arg(200 - right));
        QCOMPARE(segment(view, PictureFilter::ConfidentWrong), QString("Most confident wrong"));
        QVERIFY(
            !view.findChild<SegmentedBar*>(QStringLiteral("filters"))->isSegmentVisible(static_cast<int>(PictureFilter::Mine)));
        QVERIFY(labels(view).contains("after epoch 12"));
        QVERIFY(labels(view).contains("1 to 32 of 200"));

        auto* trueClass = view.findChildren<QComboBox*>().at(0);
        QCOMPARE(trueClass->count(), 11);
        trueClass->setCurrentIndex(3);
        QCOMPARE(segment(view, PictureFilter::All), QString("All 20"));
        trueClass->setCurrentIndex(0);
        buttonNamed(view, "Next page")->click();
        QVERIFY(labels(view).contains("33 to 64 of 200"));

        // Two clicks draw two other first pages.
        const int before = view.pictures().idAt(0);
        buttonNamed(view, "Draw other pictures")->click();
        QVERIFY(view.pictures().idAt(0) != before || view.pictures().idAt(1) != before);
        QVERIFY(labels(view).contains("1 to 32 of 200"));
    }

    void tenThousandPicturesFitInOneRowOfFilters() {
        PredictionView view;
        view.resize(1314, 697);
        view.show();
        core::RunStarted run = startedRun(1);
        auto many = std::make_shared<core::PictureSet>();
        many->width = many->height = 1;
        for (int i = 0; i < 10'000; ++i) many->labels.push_back(i % 10);
        many->rgb.assign(30'000, 120);
        run.testPictures = many;
        view.setRun(run);
        QElapsedTimer timer;
        timer.start();
        view.setPredictions(test::drawnPredictions(*many, 0.7, 12, 12 * 391));
        QVERIFY2(timer.elapsed() < 500, qPrintable(QString::number(timer.elapsed())));
        QCOMPARE(segment(view, PictureFilter::All), QString("All 10,000"));
        for (int i = 0; i < 5; ++i) QCoreApplication::processEvents();
        const auto* combo = view.findChild<QComboBox*>();
        const auto* bar = view.findChild<SegmentedBar*>(QStringLiteral("filters"));
        QVERIFY(combo->mapTo(&view, QPoint()).y() < bar->mapTo(&view, QPoint()).y() + bar->height());
        QCOMPARE(segment(view, PictureFilter::ConfidentWrong), QString("Most confident wrong"));
        test::saveShot(view, "predictions-10000");
    }

    void theMomentIsExact() {
        core::PredictionSet set;
        set.epoch = 12;
        set.step = 12 * 391;
        QCOMPARE(ui::momentText(set, 391), QString("after epoch 12"));
        set.step += 242;
        QCOMPARE(ui::momentText(set, 391), QString("at step 4,934"));
        set.step = set.epoch = 0;
        QCOMPARE(ui::momentText(set, 391), QString("before training"));
    }

    void arrowsWalkOverPagesAndRefreshKeepsThePicture() {
        PredictionView view;
        view.resize(1326, 673);
        view.show();
        view.setRun(startedRun());
        const auto pictures = view.pictures().pictures();
        view.setPredictions(test::drawnPredictions(*pictures, 0.4, 1, 391));
        auto* grid = view.findChild<PictureGrid*>();
        auto* detail = view.findChild<PredictionDetail*>();
        QCOMPARE(detail->picture(), view.pictures().idAt(0));
        const int size = view.pictures().pageSize();
        QCOMPARE(size, 32);
        grid->setFocus();
        for (int i = 0; i < size; ++i) QTest::keyClick(grid, Qt::Key_Right);
        QCOMPARE(detail->picture(), view.pictures().idAt(size));
        QCOMPARE(view.pictures().pageBegin(), size);
        QTest::keyClick(detail, Qt::Key_Left);
        QCOMPARE(detail->picture(), view.pictures().idAt(size - 1));
        QCOMPARE(view.pictures().pageBegin(), 0);
        QCOMPARE(grid->currentIndex().row(), size - 1);

        const int chosen = detail->picture();
        view.setPredictions(test::drawnPredictions(*pictures, 0.8, 2, 782));
        QCOMPARE(detail->picture(), chosen);
        QCOMPARE(grid->currentPicture(), chosen);
        QCOMPARE(grid->currentIndex().row(), size - 1);
        view.pictures().drawAnew();
        QCOMPARE(detail->picture(), chosen);  // wherever it lies now

        QTest::keyClick(grid, Qt::Key_PageDown);
        QCOMPARE(view.pictures().pageBegin(), size);
        QTest::keyClick(grid, Qt::Key_P);
        QVERIFY(grid->rawPixels());
        QTest::mouseClick(grid->viewport(), Qt::LeftButton, {}, grid->visualRect(view.pictures().index(4)).center());
        QCOMPARE(detail->picture(), view.pictures().idAt(size + 4));
        QTest::keyClick(grid, Qt::Key_Down);
        QCOMPARE(detail->picture(), view.pictures().idAt(size + 4 + 8));
    }

    void tilesAreCountedByTheirRoom() {
        PredictionView view;
        view.setMinimumSize(1, 1);  // the window's own minimum is smaller than what a page would like
        view.setRun(startedRun());
        view.setPredictions(test::drawnPredictions(*view.pictures().pictures(), 0.7, 1, 391));
        view.show();
        auto* grid = view.findChild<PictureGrid*>();
        for (int width = 1050; width < 1500; width += 7) {
            view.resize(width, 520 + width % 200);
            for (int i = 0; i < 5; ++i) QCoreApplication::processEvents();
            const QRect last = grid->visualRect(view.pictures().index(view.pictures().rowCount() - 1));
            QVERIFY2(grid->viewport()->rect().contains(last), qPrintable(QString("%1 wide").arg(width)));
            QVERIFY2(view.minimumSizeHint().width() <= width,
                     qPrintable(QString("%1 > %2").arg(view.minimumSizeHint().width()).arg(width)));
        }
        // As far as the classroom's scale goes, in the window of 1440 and of 1366 pixels.
        core::FilePrediction own;
        own.file = "/home/pupil/cat.png";
        view.setOwnPredictions({own});
        for (double scale : {1.25, 1.5}) {
            ui::Theme::instance().setScale(scale);
            for (int width : {1314, 1242}) {
                view.resize(width, 697);
                for (int i = 0; i < 5; ++i) QCoreApplication::processEvents();
                QVERIFY2(view.minimumSizeHint().width() <= width,
                         qPrintable(QString("%1 > %2 at %3").arg(view.minimumSizeHint().width()).arg(width).arg(scale)));
            }
        }
    }

    void ownPicturesDoNotWidenTheWindow() {
        for (int width : {1056, 1242, 1314}) {
            PredictionView view;
            view.resize(width, 600);
            view.show();
            view.setRun(startedRun());
            view.setPredictions(test::drawnPredictions(*view.pictures().pictures(), 0.7, 1, 391));
            for (int i = 0; i < 5; ++i) QCoreApplication::processEvents();
            core::FilePrediction own;
            own.file = "/home/pupil/cat.png";
            view.setOwnPredictions({own});
            view.showPicture(-2);
            for (int i = 0; i < 5; ++i) QCoreApplication::processEvents();
            QCOMPARE(view.width(), width);
        }
    }

    void nothingInsideTakesTheDrop() {
        PredictionView view;
        for (const QWidget* child : view.findChildren<QWidget*>())
            QVERIFY2(!child->acceptDrops(), child->metaObject()->className());
        QVERIFY(view.acceptDrops());
    }

    void pinsTakeThePicturesPlaceWhereThereIsLittleHeight() {
        PredictionView view;
        view.setRun(startedRun());
        view.setPredictions(test::drawnPredictions(*view.pictures().pictures(), 0.7));
        view.resize(900, 640);
        view.show();
        view.pins().pin(view.pictures().idAt(2));
        auto& strip = *view.findChild<ui::PinnedStrip*>();
        auto& grid = *view.findChild<PictureGrid*>();
        QVERIFY(strip.isVisible() && grid.isVisible());
        view.resize(900, 300);
        QVERIFY(!strip.isVisible() && grid.isVisible());
        buttonNamed(view, "Show the pinned pictures")->click();
        QVERIFY(strip.isVisible() && !grid.isVisible());
        strip.setFolded(true);
        QVERIFY(!strip.isVisible() && grid.isVisible());
        buttonNamed(view, "Show the pinned pictures")->click();
        view.pins().unpin(view.pictures().idAt(2));
        QVERIFY(!strip.isVisible() && grid.isVisible());
        view.pins().pin(view.pictures().idAt(2));
        view.resize(900, 640);
        QVERIFY(strip.isVisible() && grid.isVisible() && !strip.isFolded());
    }

    void pinsFromTileAndDetail() {
        PredictionView view;
        view.resize(1326, 673);
        view.show();
        view.setRun(startedRun());
        view.setPredictions(test::drawnPredictions(*view.pictures().pictures(), 0.4, 1, 391));
        auto* strip = view.findChild<ui::PinnedStrip*>();
        auto* grid = view.findChild<PictureGrid*>();
        QVERIFY(!strip->isVisible());
        buttonNamed(view, "Pin this picture")->click();
        QVERIFY(view.pins().isPinned(view.pictures().idAt(0)));
        QVERIFY(strip->isVisible());
        const QRect tile = grid->visualRect(view.pictures().index(1));
        QTest::mouseClick(grid->viewport(), Qt::LeftButton, {},
                          QPoint(tile.center().x() - 44 + 14, tile.top() + (tile.height() - 150) / 2 + 22));
        QVERIFY(view.pins().isPinned(view.pictures().idAt(1)));
        QCOMPARE(view.pins().rowCount(), 2);

        // The same data set in another session.
        PredictionView again;
        again.setRun(startedRun(20, "run-2"));
        QCOMPARE(again.pins().rowCount(), 2);
        // A subset holds other pictures.
        again.setRun(startedRun(10, "run-3"));
        QCOMPARE(again.pins().rowCount(), 0);
    }

    void drivenByTheController() {
        test::FakeScript script;
        ui::TrainingController controller(test::fakeFactory(script));
        PredictionView view;
        view.resize(1326, 673);
        view.show();
        view.bindController(&controller);
        QToolButton* refresh = buttonNamed(view, "Refresh");
        QVERIFY(!refresh->isEnabled());
        controller.startRun(test::lessonConfig(2, 1));
        QVERIFY(test::awaitState(controller, core::TrainerState::Finished));
        QVERIFY(await([&] { return view.pictures().hasPredictions() && view.pictures().predictions()->epoch == 3; }));
        QCOMPARE(view.pins().momentCount(), 3);
        QVERIFY(refresh->isEnabled());
        QSignalSpy ready(&controller, &ui::TrainingController::predictionsReady);
        refresh->click();
        QVERIFY(!refresh->isEnabled());
        QVERIFY(await([&] { return ready.count() > 0; }));
        QVERIFY(await([&] { return refresh->isEnabled(); }));

        // Own pictures, among them one that is none.
        QTemporaryDir folder;
        for (const char* name : {"cat.png", "dog.jpg", "notes.txt"}) {
            QFile file(folder.filePath(name));
            QVERIFY(file.open(QIODevice::WriteOnly));
        }
        auto* grid = view.findChild<PictureGrid*>();
        drop(view, {QUrl::fromLocalFile(folder.filePath("cat.png")), QUrl::fromLocalFile(folder.filePath("notes.txt"))});
        QVERIFY(await([&] { return view.pictures().count(PictureFilter::Mine) == 2; }));
        QCOMPARE(view.pictures().filter(), PictureFilter::Mine);
        QVERIFY(
            view.findChild<SegmentedBar*>(QStringLiteral("filters"))->isSegmentVisible(static_cast<int>(PictureFilter::Mine)));
        QCOMPARE(segment(view, PictureFilter::Mine), QString("Mine 2"));  // short, so that the filters stay in one row
        QVERIFY(labels(view).contains("1 of 2 files cannot be used. Click one to see why."));
        auto* detail = view.findChild<PredictionDetail*>();
        QVERIFY(detail->picture() < -1);
        QVERIFY(detail->verdict().startsWith("Predicted "));
        QTest::keyClick(grid, Qt::Key_Right);
        QCOMPARE(detail->verdict(), QString("This file cannot be used\nnotes.txt is not a picture that Thaw can read."));

        // A folder brings its pictures; one that is there already is not doubled.
        drop(view, {QUrl::fromLocalFile(folder.path())});
        QVERIFY(await([&] { return view.pictures().count(PictureFilter::Mine) == 3; }));
        QTest::keyClick(grid, Qt::Key_Delete);
        QCOMPARE(view.pictures().count(PictureFilter::Mine), 2);
        drop(view, {QUrl("https://example.org/cat.png")});
        QVERIFY(labels(view).contains("That picture is on the web. Save it to a file first, then drop the file."));
    }

    void ownPicturesWaitForARun() {
        ui::TrainingController controller(test::fakeFactory({}));
        PredictionView view;
        view.show();
        view.bindController(&controller);
        view.addFiles({"/nowhere/cat.png"});
        QVERIFY(await([&] { return labels(view).join("\n").contains("Your pictures wait"); }));
        controller.startRun(test::lessonConfig(1, 0), true);
        QVERIFY(await([&] { return view.pictures().count(PictureFilter::Mine) == 1; }));
        QVERIFY(!labels(view).join("\n").contains("Your pictures wait"));
    }

    void looksAsDrawn() {
        const core::RunStarted run = startedRun(20);
        for (bool dark : {false, true}) {
            ui::Theme::instance().setScheme(dark ? ui::ColorScheme::Dark : ui::ColorScheme::Light);
            const QString scheme = dark ? "-dark" : "-light";
            QWidget ground;
            ground.setProperty("ground", "window");
            PredictionView view(&ground);
            view.setRun(run);
            const auto shoot = [&](QSize size, const QString& name) {
                ground.resize(size + QSize(20, 20));
                view.setGeometry(10, 10, size.width(), size.height());
                ground.show();
                QCOMPARE(test::WindowFixture::cutTexts(&ground), QStringList());
                test::saveShot(ground, name + scheme);
            };
            ground.show();
            view.show();
            for (int epoch = 1; epoch <= 12; ++epoch)
                view.setPredictions(test::drawnPredictions(*run.testPictures, 0.5 + 0.02 * epoch, epoch, epoch * 391));
            view.showPicture(view.pictures().idAt(2));
            shoot({1314, 697}, "predictions-1440");
            shoot({1242, 560}, "predictions-1366");
            view.pins().pin(view.pictures().idAt(2));
            for (int id = 0, flipped = 0; id < 200 && flipped < 2; ++id) {
                const auto moments = view.pins().moments(id);
                if (std::none_of(moments.begin(), moments.end(), [](const auto& moment) { return moment.flipped; })) continue;
                view.pins().pin(id);
                ++flipped;
            }
            shoot({1314, 697}, "predictions-pins-1440");
            shoot({1242, 560}, "predictions-pins-1366");
            core::FilePrediction own, broken;
            own.file = "/home/pupil/my own dog.jpg";
            const auto large = test::drawnPictures(1, 256, 3);
            own.width = 256;
            own.height = 200;
            own.rgb.assign(large->picture(5), large->picture(5) + 256 * 200 * 3);
            own.modelSize = 32;
            own.modelRgb.assign(run.testPictures->picture(5), run.testPictures->picture(6));
            own.probabilities = {.01f, .02f, .05f, .2f, .05f, .6f, .02f, .02f, .02f, .01f};
            broken.file = "/home/pupil/notes.txt";
            broken.error = "notes.txt is not a picture. Thaw reads PNG, JPEG, WebP and BMP files.";
            view.setOwnPredictions({own, broken});
            view.showPicture(-2);
            shoot({1314, 697}, "predictions-mine-1440");
            view.showPicture(-3);
            shoot({1242, 560}, "predictions-broken-1366");
            view.showPicture(view.pictures().idAt(0));
            ui::Theme::instance().setScale(1.5);
            shoot({1314, 697}, "predictions-classroom");
            ui::Theme::instance().setScale(1.0);
        }
    }

private:
    QTemporaryDir m_settings;
};

QTEST_MAIN(PredictionViewTest)
#include "tst_prediction_view.moc"
