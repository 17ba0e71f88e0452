#include <QApplication>
#include <QLabel>
#include <QLocale>
#include <QSignalSpy>
#include <QTest>
#include <QToolButton>

#include "tests/support/drawn_pictures.h"
#include "tests/support/shot.h"
#include "ui/models/pinned_list_model.h"
#include "ui/models/prediction_list_model.h"
#include "ui/widgets/guess_bars.h"
#include "ui/widgets/prediction_detail.h"
#include "ui/widgets/theme.h"

using namespace thaw;
using ui::PredictionDetail;

namespace {

QToolButton* buttonNamed(const QWidget& widget, const QString& name) {
    for (QToolButton* button : widget.findChildren<QToolButton*>())
        if (button->accessibleName() == name) return button;
    return nullptr;
}

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
        QCOMPARE(pin->toolTip(), QString("Twenty pictures are pinned. Unpin one first."));
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

private:
    std::shared_ptr<const core::PictureSet> m_pictures;
    ui::PredictionListModel m_model;
    ui::PinnedListModel m_pins;
};

QTEST_MAIN(PredictionDetailTest)
#include "tst_prediction_detail.moc"
