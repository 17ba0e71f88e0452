#include <QApplication>
#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QLocale>
#include <QSignalSpy>
#include <QSlider>
#include <QTest>
#include <QToolButton>

#include "tests/support/await.h"
#include "tests/support/drawn_pictures.h"
#include "tests/support/fake_inspector.h"
#include "tests/support/shot.h"
#include "ui/models/pinned_list_model.h"
#include "ui/models/prediction_list_model.h"
#include "ui/widgets/parts/theme.h"
#include "ui/widgets/pictures/guess_bars.h"
#include "ui/widgets/predictions/class_map_panel.h"
#include "ui/widgets/predictions/prediction_detail.h"

using namespace thaw;
using ui::PredictionDetail;

namespace {

QToolButton* buttonNamed(const QWidget& widget, const QString& name) {
    for (QToolButton* button : widget.findChildren<QToolButton*>())
        if (button->accessibleName() == name) return button;
    return nullptr;
}

QComboBox* comboNamed(const QWidget& widget, const QString& name) {
    for (QComboBox* combo : widget.findChildren<QComboBox*>())
        if (combo->accessibleName() == name) return combo;
    return nullptr;
}

/// The inspected run has the pictures of the list.
test::FakeInspectorScript sameSet() {
    test::FakeInspectorScript script;
    script.picturesPerClass = 3;
    return script;
}

/// A detail over an inspected run, with a picture shown.
struct Mapped {
    explicit Mapped(ui::PredictionListModel& model, test::FakeInspectorScript script = sameSet(), bool open = true)
        : inspection(test::fakeInspectorFactory(std::move(script))) {
        detail.setPictureModel(&model);
        detail.bindInspection(&inspection);
        detail.resize(380, 697);
        detail.show();
        detail.showPicture(2);
        if (!open) return;
        inspection.inspectRun("/home/pupil/runs/one");
        ready = test::await([this] { return inspection.subject() != nullptr; });
    }
    const std::vector<ui::ClassMapPanel::Shown>& maps() { return detail.classMap().maps(); }
    [[nodiscard]] bool shows(std::size_t count, const char* layer) {
        return test::await([=] { return maps().size() == count && maps().back().map.layer == layer; });
    }

    ui::InspectionController inspection;
    PredictionDetail detail;
    bool ready = false;
};

QStringList classNames() {
    QStringList names;
    for (const std::string& name : test::drawnDataset().classNames) names << QString::fromStdString(name);
    return names;
}

}  // namespace

class PredictionDetailTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() {
        QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
        ui::Theme::instance().setScheme(ui::ColorScheme::Light);
        m_pictures = test::drawnPictures(3);
        m_model.setSeed(0);
        m_model.setPictures(m_pictures, classNames());
        m_pins.setPictures(m_pictures, classNames(), {});
    }

    void saysWhatTheModelSays() {
        PredictionDetail detail;
        detail.setPictureModel(&m_model);
        detail.setPins(&m_pins);
        detail.resize(380, 697);
        detail.show();
        detail.showPicture(2);
        QCOMPARE(detail.verdict(), QString("Not predicted yet\nThe label says bird"));
        QVERIFY(!detail.findChild<ui::GuessBars*>()->isVisible());

        auto said = std::make_shared<core::PredictionSet>(*test::drawnPredictions(*m_pictures, 1.0, 12, 12));
        const std::vector<float> wrong{.712f, .003f, .226f, .004f, .024f, .003f, .003f, .009f, .016f, 0.f};
        std::copy(wrong.begin(), wrong.end(), said->probabilities.begin() + 2 * 10);
        m_model.setPredictions(said);
        QCOMPARE(detail.verdict(), QString("Predicted airplane\nThe label says bird"));
        auto* bars = detail.findChild<ui::GuessBars*>();
        QVERIFY(bars->isVisible());
        QCOMPARE(bars->guesses().size(), std::size_t(5));
        QCOMPARE(bars->guesses()[0].name, QString("airplane"));
        QVERIFY(!bars->guesses()[0].isLabel);
        QVERIFY(bars->guesses()[1].isLabel);
        QCOMPARE(
            bars->accessibleDescription(),
            QString("airplane 71.2\u2009%; bird 22.6\u2009%, the label; deer 2.4\u2009%; ship 1.6\u2009%; horse 0.9\u2009%"));
        test::saveShot(detail, "detail-wrong");
        detail.showPicture(4);
        QCOMPARE(detail.verdict().section('\n', 1), QString("The label says the same"));
        test::saveShot(detail, "detail-right");
    }

    void titlesAsManyGuessesAsThereAre() {
        ui::GuessBars bars;
        bars.setGuesses(std::vector<ui::GuessBars::Guess>(3), false);
        QCOMPARE(bars.title(), QStringLiteral("Best guesses"));
        bars.setGuesses(std::vector<ui::GuessBars::Guess>(5), false);
        QCOMPARE(bars.title(), QStringLiteral("Five best guesses"));
    }

    void walksAndPins() {
        PredictionDetail detail;
        detail.setPictureModel(&m_model);
        detail.setPins(&m_pins);
        detail.show();
        QSignalSpy previous(&detail, &PredictionDetail::previousRequested), next(&detail, &PredictionDetail::nextRequested);
        detail.showPicture(0);
        QVERIFY(!buttonNamed(detail, "Previous picture")->isEnabled());
        QVERIFY(buttonNamed(detail, "Next picture")->isEnabled());
        detail.showPicture(29);
        QVERIFY(!buttonNamed(detail, "Next picture")->isEnabled());
        detail.showPicture(3);
        QTest::keyClick(&detail, Qt::Key_Left);
        QTest::keyClick(&detail, Qt::Key_Right);
        buttonNamed(detail, "Next picture")->click();
        QCOMPARE(previous.count(), 1);
        QCOMPARE(next.count(), 2);

        QToolButton* pin = buttonNamed(detail, "Pin this picture");
        pin->click();
        QVERIFY(m_pins.isPinned(3));
        QVERIFY(pin->isChecked());
        for (int id = 0; id < 30; ++id) m_pins.pin(id);
        detail.showPicture(29);
        QVERIFY(!pin->isEnabled());
        QCOMPARE(pin->toolTip(), QString("20 pictures are pinned. Unpin one first."));
        m_pins.unpin(3);
        QVERIFY(pin->isEnabled());
    }

    void ownPicturesStandBesideTheModelsView() {
        core::FilePrediction own;
        own.file = "/home/pupil/dog.jpg";
        own.width = own.height = 2;
        own.rgb.assign(12, 90);
        own.modelSize = 1;
        own.modelRgb.assign(3, 90);
        own.probabilities = {0.f, .9f, .1f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f};
        const int id = m_model.addOwnPictures({own});
        PredictionDetail detail;
        detail.setPictureModel(&m_model);
        detail.setPins(&m_pins);
        detail.show();
        detail.showPicture(id);
        QCOMPARE(detail.verdict(), QString("Predicted automobile\nYour own picture has no label"));
        QVERIFY(!buttonNamed(detail, "Pin this picture")->isVisible());
        QSignalSpy removed(&detail, &PredictionDetail::removeRequested);
        buttonNamed(detail, "Remove from my pictures")->click();
        QTest::keyClick(&detail, Qt::Key_Delete);
        QCOMPARE(removed.count(), 2);
        QCOMPARE(removed.first().first().toInt(), id);
        m_model.removeOwnPictures();
        QVERIFY(!detail.findChild<ui::GuessBars*>()->isVisible());
    }

    void gradCamLiesOverThePicture() {
        Mapped f(m_model);
        QVERIFY(f.ready);
        ui::ClassMapPanel& panel = f.detail.classMap();
        QVERIFY(panel.isVisible());
        QVERIFY(f.maps().empty());  // switched off
        f.detail.toggleClassMap();
        QVERIFY(panel.isOn());
        QVERIFY(f.shows(1, "block4_conv3"));  // 4x4: block 5 is 2x2 only
        QCOMPARE(comboNamed(panel, "Layer that Grad-CAM looks at")->currentText(), QString("Block 4 conv3, 4×4"));
        auto* bars = f.detail.findChild<ui::GuessBars*>();
        QVERIFY2(panel.status().startsWith("What speaks for "), qPrintable(panel.status()));
        QVERIFY2(panel.status().endsWith(" after epoch 15"), qPrintable(panel.status()));
        test::saveShot(f.detail, "detail-gradcam");

        // Another class by a click on its bar, by keys, and back.
        const int second = bars->guesses()[1].classIndex;
        QTest::mouseClick(bars, Qt::LeftButton, {}, QPoint(60, bars->height() / 5 + 8));
        QCOMPARE(panel.chosenClass(), second);
        QVERIFY(test::await([&] { return panel.shownClass() == second; }));
        QVERIFY(bars->accessibleDescription().contains("shown on the picture"));
        bars->setFocus();
        QTest::keyClick(bars, Qt::Key_Down);
        QTest::keyClick(bars, Qt::Key_Return);
        QVERIFY(test::await([&] { return panel.shownClass() == bars->guesses()[2].classIndex; }));
        f.detail.showPicture(3);
        QCOMPARE(panel.chosenClass(), -1);  // what is predicted for that one
        QVERIFY(f.maps().empty());          // never the map of another picture
        QVERIFY(f.shows(1, "block4_conv3"));

        // Other layers: blocks first, every other one below.
        QComboBox* layer = comboNamed(panel, "Layer that Grad-CAM looks at");
        QCOMPARE(layer->itemText(0), QString("Block 5 conv3, 2×2"));
        layer->setCurrentIndex(layer->findText("Block 3 conv3, 8×8"));
        QVERIFY(f.shows(1, "block3_conv3"));
        layer->setCurrentIndex(layer->findText("Block 2 conv1, 16×16"));
        QVERIFY(f.shows(1, "block2_conv1"));
        f.detail.toggleClassMap();
        QVERIFY(f.maps().empty());
        QCOMPARE(bars->accessibleDescription().contains("shown on the picture"), false);
    }

    void barsSwitchItOn() {
        Mapped f(m_model);
        QVERIFY(f.ready);
        auto* bars = f.detail.findChild<ui::GuessBars*>();
        QTest::mouseClick(bars, Qt::LeftButton, {}, QPoint(60, bars->height() / 5 + 8));
        QVERIFY(f.detail.classMap().isOn());
        QVERIFY(test::await([&] { return f.detail.classMap().shownClass() == bars->guesses()[1].classIndex; }));
    }

    void beforeAndAfterFineTuning() {
        Mapped f(m_model);
        QVERIFY(f.ready);
        ui::ClassMapPanel& panel = f.detail.classMap();
        panel.setOn(true);
        QToolButton* compare = nullptr;
        for (QToolButton* button : panel.findChildren<QToolButton*>())
            if (button->text() == "Compare") compare = button;
        compare->click();
        QVERIFY(f.shows(2, "block4_conv3"));
        QCOMPARE(f.maps()[0].moment, QString("after epoch 10"));  // ends the first phase
        QCOMPARE(f.maps()[1].moment, QString("after epoch 15"));
        QCOMPARE(f.maps()[0].map.classIndex, f.maps()[1].map.classIndex);
        test::saveShot(f.detail, "detail-before-after");
        QComboBox* compared = comboNamed(panel, "Checkpoint to compare with");
        QCOMPARE(compared->itemText(0), QString("with the start"));
        QVERIFY2(compared->currentText().startsWith("with epoch 10, validation "), qPrintable(compared->currentText()));
        // The one shown is no comparison: another one, as long as the user has not chosen.
        f.inspection.chooseCheckpoint(9);
        QVERIFY(test::await([&] { return f.maps()[1].moment == QString("after epoch 10"); }));
        QCOMPARE(f.maps()[0].moment, QString("after epoch 15"));
        f.inspection.chooseCheckpoint(14);
        QVERIFY(test::await([&] { return f.maps()[0].moment == QString("after epoch 10"); }));
        compared->setCurrentIndex(0);
        QVERIFY(test::await([&] { return f.maps()[0].moment == QString("before training"); }));
        ui::Theme::instance().setScheme(ui::ColorScheme::Dark);
        test::saveShot(f.detail, "detail-before-after-dark");
        ui::Theme::instance().setScheme(ui::ColorScheme::Light);
        // The time line moves on: the old maps stay until the new ones are there.
        f.inspection.chooseCheckpoint(11);
        QCOMPARE(f.maps().size(), std::size_t(2));
        QVERIFY(test::await([&] { return f.maps()[1].moment == QString("after epoch 12"); }));
        QCOMPARE(f.maps()[0].moment, QString("before training"));
        f.inspection.refreshCheckpoints();
        QSignalSpy listed(&f.inspection, &ui::InspectionController::checkpointsChanged);
        QVERIFY(listed.wait());
        QCOMPARE(compared->currentIndex(), 0);  // chosen by hand
        compared->setCurrentIndex(12);
        QVERIFY(test::await([&] { return f.maps()[0].moment == QString("the same checkpoint"); }));
        compare->click();
        QVERIFY(f.shows(1, "block4_conv3"));
    }

    void occlusionShowsItsProgressAndStops() {
        test::FakeInspectorScript slow = sameSet();
        slow.callMilliseconds = 25;
        Mapped f(m_model, slow);
        QVERIFY(f.ready);
        ui::ClassMapPanel& panel = f.detail.classMap();
        panel.setOn(true);
        QVERIFY(f.shows(1, "block4_conv3"));
        QComboBox* method = comboNamed(panel, "Method");
        method->setCurrentIndex(2);
        QToolButton* stop = buttonNamed(panel, "Stop this, back to Grad-CAM");
        QVERIFY(stop->isVisible());
        QCOMPARE(f.maps().size(), std::size_t(1));
        test::saveShot(f.detail, "detail-occluding");
        stop->click();
        QVERIFY(test::await([&] { return !stop->isVisible(); }));
        QCOMPARE(method->currentIndex(), 0);
        QVERIFY(f.shows(1, "block4_conv3"));
        method->setCurrentIndex(2);
        QVERIFY(f.shows(1, ""));
        QVERIFY(!stop->isVisible());
        // The fake's brightest place costs 0.8.
        QVERIFY(std::abs(panel.scaleTop() - 0.8) < 0.05);
        QVERIFY2(panel.status().startsWith("Covering the brightest place costs "), qPrintable(panel.status()));
        test::saveShot(f.detail, "detail-occlusion");
        method->setCurrentIndex(1);
        QVERIFY(f.shows(1, "block4_conv3"));
        QVERIFY(f.maps()[0].map.method == core::ClassMapMethod::GradCamPlusPlus);
        QCOMPARE(panel.scaleTop(), 1.0);
    }

    void strengthIsTheUsers() {
        Mapped f(m_model);
        f.detail.classMap().setOn(true);
        QVERIFY(f.shows(1, "block4_conv3"));
        QCOMPARE(f.detail.classMap().opacity(), 0.5);
        const QImage half = f.detail.grab().toImage();
        f.detail.classMap().findChild<QSlider*>()->setValue(0);
        QCOMPARE(f.detail.classMap().opacity(), 0.0);
        QVERIFY(f.detail.grab().toImage() != half);
    }

    void saysWhyThereIsNoMap() {
        Mapped f(m_model, sameSet(), false);
        ui::ClassMapPanel& panel = f.detail.classMap();
        panel.setOn(true);
        QVERIFY2(panel.status().startsWith("Run the lesson or open a run"), qPrintable(panel.status()));
        test::saveShot(f.detail, "detail-no-run");

        test::FakeInspectorScript none = sameSet();
        *none.dropped = none.epochs;
        Mapped early(m_model, none);
        early.detail.classMap().setOn(true);
        QVERIFY(early.ready && !early.inspection.checkpoint());
        QVERIFY2(early.detail.classMap().status().startsWith("The first checkpoint comes after the first epoch"),
                 qPrintable(early.detail.classMap().status()));

        test::FakeInspectorScript other;
        other.picturesPerClass = 7;  // other pictures than the list's
        Mapped foreign(m_model, other);
        foreign.detail.classMap().setOn(true);
        QCOMPARE(foreign.detail.classMap().status(), QString("The run that is looked into has other pictures."));

        test::FakeInspectorScript torn = sameSet();
        torn.failWith = "The checkpoint is torn.";
        Mapped broken(m_model, torn);
        broken.detail.classMap().setOn(true);
        QVERIFY(test::await(
            [&] { return broken.detail.classMap().status() == QString("The checkpoint is torn. Choose another checkpoint."); }));
        test::saveShot(broken.detail, "detail-torn");
    }

    void ownPicturesHaveMapsToo() {
        core::FilePrediction own;
        own.file = "/home/pupil/dog.jpg";
        own.width = own.height = 2;
        own.rgb.assign(12, 90);
        own.modelSize = 32;
        own.modelRgb.assign(32 * 32 * 3, 90);
        own.probabilities = {0.f, .9f, .1f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f};
        core::FilePrediction broken;
        broken.file = "/home/pupil/notes.txt";
        broken.error = "notes.txt is not a picture.";
        const int id = m_model.addOwnPictures({own, broken});
        {
            Mapped f(m_model);
            f.detail.classMap().setOn(true);
            f.detail.showPicture(id);
            QVERIFY(f.shows(1, "block4_conv3"));
            test::saveShot(f.detail, "detail-own-gradcam");
            f.detail.showPicture(id - 1);
            QCOMPARE(f.detail.classMap().status(), QString("This file cannot be used."));
            QVERIFY(f.maps().empty());
        }
        m_model.removeOwnPictures();
    }

    void fitsWhereThereIsLittleRoom() {
        for (double scale : {1.0, 1.5}) {
            ui::Theme::instance().setScale(scale);
            Mapped f(m_model);
            f.detail.resize(scale > 1 ? 447 : 300, 540);
            f.detail.classMap().setOn(true);
            QVERIFY(f.shows(1, "block4_conv3"));
            QVERIFY2(f.detail.minimumSizeHint().width() <= f.detail.width(),
                     qPrintable(QString::number(f.detail.minimumSizeHint().width())));
            test::saveShot(f.detail, QStringLiteral("detail-narrow-%1").arg(qRound(100 * scale)));
        }
        ui::Theme::instance().setScale(1.0);
    }

private:
    std::shared_ptr<const core::PictureSet> m_pictures;
    ui::PredictionListModel m_model;
    ui::PinnedListModel m_pins;
};

QTEST_MAIN(PredictionDetailTest)
#include "tst_prediction_detail.moc"
