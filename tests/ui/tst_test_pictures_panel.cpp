#include <QAbstractButton>
#include <QApplication>
#include <QLabel>
#include <QLocale>
#include <QSignalSpy>
#include <QTest>
#include <QToolButton>

#include <set>

#include "tests/support/await.h"
#include "tests/support/drawn_pictures.h"
#include "tests/support/fake_trainer.h"
#include "tests/support/shot.h"
#include "tests/ui/window_fixture.h"
#include "ui/widgets/live/test_pictures_panel.h"
#include "ui/widgets/parts/segmented_bar.h"
#include "ui/widgets/parts/theme.h"
#include "ui/widgets/pictures/picture_grid.h"

using namespace thaw;
using ui::PictureGrid;
using ui::SegmentedBar;
using ui::TestPicturesPanel;

namespace {

core::RunStarted startedRun() {
    core::RunStarted run;
    run.dataset = test::drawnDataset(20);
    run.testPictures = test::drawnPictures(20);
    run.stepsPerEpoch = 391;
    return run;
}

void settle() {
    for (int i = 0; i < 10; ++i) QCoreApplication::processEvents();
}

QAbstractButton* named(const QWidget& widget, const QString& text) {
    for (QAbstractButton* button : widget.findChildren<QAbstractButton*>())
        if (button->text() == text || button->accessibleName() == text) return button;
    return nullptr;
}

}  // namespace

class TestPicturesPanelTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() {
        QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
        ui::Theme::instance().setScheme(ui::ColorScheme::Light);
    }

    // What will be asked of the network is there from the start; its answers come later.
    void picturesAreThereBeforeTheAnswers() {
        TestPicturesPanel panel;
        panel.resize(332, 540);
        panel.show();
        QVERIFY(!panel.findChild<PictureGrid*>()->isVisible());
        QVERIFY(!named(panel, "Draw other pictures")->isEnabled());
        panel.setRun(startedRun());
        QVERIFY(panel.findChild<PictureGrid*>()->isVisible());
        QVERIFY(named(panel, "Draw other pictures")->isEnabled());
        const auto& pictures = panel.pictures();
        QCOMPARE(pictures.rowCount(), 9);
        for (int row = 0; row < pictures.rowCount(); ++row) {
            const QModelIndex picture = pictures.index(row);
            QCOMPARE(picture.data(ui::PredictionListModel::PredictedClassRole).toInt(), -1);
            QCOMPARE(picture.data().toString(), picture.data(ui::PredictionListModel::TrueNameRole).toString());
        }
        const auto says = [&](const QString& words) {
            for (const QLabel* label : panel.findChildren<QLabel*>())
                if (label->text() == words) return true;
            return false;
        };
        QVERIFY(says("before training"));
        // Nothing is wrong yet.
        named(panel, "Wrong")->click();
        QVERIFY(!panel.findChild<PictureGrid*>()->isVisible());
        named(panel, "All")->click();
        QVERIFY(panel.findChild<PictureGrid*>()->isVisible());
        panel.setPredictions(test::drawnPredictions(*panel.pictures().pictures(), 0.7, 12, 12 * 391));
        QVERIFY(panel.findChild<PictureGrid*>()->isVisible());
        QVERIFY(says("after epoch 12"));
    }

    void nineTilesInThreeColumns() {
        TestPicturesPanel panel;
        panel.resize(332, 536);
        panel.show();
        panel.setRun(startedRun());
        panel.setPredictions(test::drawnPredictions(*panel.pictures().pictures(), 0.6, 12, 12 * 391));
        settle();
        auto* grid = panel.findChild<PictureGrid*>();
        const auto& pictures = panel.pictures();
        QCOMPARE(pictures.rowCount(), 9);
        QCOMPARE(grid->visualRect(pictures.index(0)).top(), grid->visualRect(pictures.index(2)).top());
        QVERIFY(grid->visualRect(pictures.index(3)).top() > grid->visualRect(pictures.index(2)).top());
        QVERIFY(grid->viewport()->rect().contains(grid->visualRect(pictures.index(8))));

        named(panel, "Wrong")->click();
        for (int row = 0; row < pictures.rowCount(); ++row)
            QCOMPARE(pictures.index(row).data(ui::PredictionListModel::VerdictRole).toInt(),
                     static_cast<int>(ui::Verdict::Wrong));
        named(panel, "By class")->click();
        QCOMPARE(pictures.rowCount(), 10);
        std::set<int> classes;
        for (int row = 0; row < 10; ++row)
            classes.insert(pictures.index(row).data(ui::PredictionListModel::TrueClassRole).toInt());
        QCOMPARE(classes.size(), std::size_t(10));
        settle();
        QCOMPARE(grid->visualRect(pictures.index(0)).top(), grid->visualRect(pictures.index(2)).top());

        named(panel, "All")->click();
        const int before = pictures.idAt(0);
        named(panel, "Draw other pictures")->click();
        QVERIFY(pictures.idAt(0) != before || pictures.idAt(1) != before);

        QSignalSpy activated(&panel, &TestPicturesPanel::pictureActivated);
        settle();
        QTest::mouseClick(grid->viewport(), Qt::LeftButton, {}, grid->visualRect(pictures.index(1)).center());
        QTest::mouseDClick(grid->viewport(), Qt::LeftButton, {}, grid->visualRect(pictures.index(1)).center());
        QCOMPARE(activated.count(), 1);
        QCOMPARE(activated.first().first().toInt(), pictures.idAt(1));
    }

    void narrowHasTwoColumns() {
        TestPicturesPanel panel;
        panel.setRun(startedRun());
        panel.setPredictions(test::drawnPredictions(*panel.pictures().pictures(), 0.6, 12, 12 * 391));
        panel.resize(332, 570);
        panel.show();
        named(panel, "By class")->click();
        panel.setNarrow(true);
        QCOMPARE(panel.width(), 232);
        QVERIFY(!named(panel, "By class")->isVisible());
        settle();
        QCOMPARE(panel.pictures().rowCount(), 6);
        panel.setNarrow(false);
        settle();
        QCOMPARE(panel.pictures().rowCount(), 9);
    }

    void followsTheController() {
        ui::TrainingController controller(test::fakeFactory({}));
        TestPicturesPanel panel;
        panel.resize(332, 536);
        panel.show();
        panel.bindController(&controller);
        controller.startRun(test::lessonConfig(2, 0));
        QVERIFY(test::awaitState(controller, core::TrainerState::Finished));
        QVERIFY(test::await([&] { return panel.pictures().hasPredictions() && panel.pictures().predictions()->epoch == 2; }));
        bool stamped = false;
        for (const QLabel* label : panel.findChildren<QLabel*>()) stamped |= label->text() == "after epoch 2";
        QVERIFY(stamped);
    }

    void looksAsDrawn() {
        for (bool dark : {false, true}) {
            ui::Theme::instance().setScheme(dark ? ui::ColorScheme::Dark : ui::ColorScheme::Light);
            const QString scheme = dark ? "-dark" : "-light";
            TestPicturesPanel panel;
            panel.setRun(startedRun());
            panel.resize(332, 536);
            panel.show();
            QCOMPARE(test::WindowFixture::cutTexts(&panel), QStringList());
            test::saveShot(panel, "test-pictures-empty" + scheme);
            panel.setPredictions(test::drawnPredictions(*panel.pictures().pictures(), 0.6, 12, 12 * 391));
            QCOMPARE(test::WindowFixture::cutTexts(&panel), QStringList());
            test::saveShot(panel, "test-pictures" + scheme);
            named(panel, "By class")->click();
            QCOMPARE(test::WindowFixture::cutTexts(&panel), QStringList());
            test::saveShot(panel, "test-pictures-by-class" + scheme);
            panel.setNarrow(true);
            panel.resize(232, 570);
            QCOMPARE(test::WindowFixture::cutTexts(&panel), QStringList());
            test::saveShot(panel, "test-pictures-narrow" + scheme);
        }
    }
};

QTEST_MAIN(TestPicturesPanelTest)
#include "tst_test_pictures_panel.moc"
