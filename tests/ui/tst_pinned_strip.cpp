#include <QApplication>
#include <QHelpEvent>
#include <QListView>
#include <QLocale>
#include <QSignalSpy>
#include <QTest>
#include <QToolButton>
#include <QToolTip>

#include "tests/support/drawn_pictures.h"
#include "tests/support/shot.h"
#include "tests/ui/window_fixture.h"
#include "ui/models/pinned_list_model.h"
#include "ui/widgets/parts/theme.h"
#include "ui/widgets/predictions/pinned_strip.h"

using namespace thaw;

class PinnedStripTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() {
        QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
        ui::Theme::instance().setScheme(ui::ColorScheme::Light);
        m_pictures = test::drawnPictures(3);
        QStringList names;
        for (const std::string& name : test::drawnDataset().classNames) names << QString::fromStdString(name);
        m_pins.setPictures(m_pictures, names, {});
    }

    void hiddenWithoutPinsAndGrowsToItsRows() {
        QWidget window;
        ui::PinnedStrip strip(&window);
        strip.setPins(&m_pins);
        strip.resize(920, 200);
        window.show();
        QVERIFY(!strip.isVisible());
        m_pins.pin(4);
        QVERIFY(strip.isVisible());
        auto* list = strip.findChild<QListView*>();
        const int row = list->height();
        m_pins.pin(5);
        QCOMPARE(list->height(), 2 * row);
        m_pins.pin(6);
        QCOMPARE(list->height(), 2 * row);
        strip.setVisibleRows(3);
        QCOMPARE(list->height(), 3 * row);
        strip.setFolded(true);
        QVERIFY(!list->isVisible());
        strip.setFolded(false);
        QVERIFY(list->isVisible());
    }

    void choosesAndUnpins() {
        ui::PinnedStrip strip;
        strip.setPins(&m_pins);
        strip.setVisibleRows(3);
        strip.resize(920, 200);
        strip.show();
        for (int epoch = 1; epoch <= 12; ++epoch)
            m_pins.addPredictions(*test::drawnPredictions(*m_pictures, 0.05 * epoch, epoch, epoch * 10));
        auto* list = strip.findChild<QListView*>();
        QSignalSpy chosen(&strip, &ui::PinnedStrip::pictureChosen);
        const QRect first = list->visualRect(m_pins.index(0, 0));
        QTest::mouseClick(list->viewport(), Qt::LeftButton, {}, first.center());
        QCOMPARE(chosen.count(), 1);
        QCOMPARE(chosen.first().first().toInt(), 4);

        // The cross at the end takes the pin out; Delete does, too.
        QTest::mouseClick(list->viewport(), Qt::LeftButton, {}, QPoint(first.right() - 16, first.center().y()));
        QVERIFY(!m_pins.isPinned(4));
        list->setCurrentIndex(m_pins.index(0, 0));
        QTest::keyClick(list, Qt::Key_Delete);
        QVERIFY(!m_pins.isPinned(5));
        QCOMPARE(m_pins.rowCount(), 1);
    }

    void barsTellTheirEpoch() {
        ui::PinnedStrip strip;
        strip.setPins(&m_pins);
        strip.resize(920, 200);
        strip.show();
        auto* list = strip.findChild<QListView*>();
        const QRect row = list->visualRect(m_pins.index(0, 0));
        const auto tip = [&](int bar) {
            const QPoint place(row.left() + 150 + bar * 48 + 5, row.center().y());
            QHelpEvent help(QEvent::ToolTip, place, list->viewport()->mapToGlobal(place));
            QApplication::sendEvent(list->viewport(), &help);
            return QToolTip::text();
        };
        m_pins.setStepsPerEpoch(10);
        QVERIFY2(tip(2).startsWith("After epoch 3: "), qPrintable(tip(2)));
        m_pins.addPredictions(*test::drawnPredictions(*m_pictures, 0.1, 0, 0));
        m_pins.addPredictions(*test::drawnPredictions(*m_pictures, 0.1, 1, 15));
        QVERIFY2(tip(0).startsWith("Before training: "), qPrintable(tip(0)));
        QVERIFY2(tip(2).startsWith("At step 15: "), qPrintable(tip(2)));
    }

    void looksWell() {
        for (int id = 0; id < 30 && !m_pins.isFull(); id += 2) m_pins.pin(id);
        for (bool dark : {false, true}) {
            ui::Theme::instance().setScheme(dark ? ui::ColorScheme::Dark : ui::ColorScheme::Light);
            ui::PinnedStrip strip;
            strip.setPins(&m_pins);
            strip.setVisibleRows(5);
            strip.resize(924, 290);
            strip.show();
            QCOMPARE(test::WindowFixture::cutTexts(&strip), QStringList());
            test::saveShot(strip, QString("pinned-strip") + (dark ? "-dark" : "-light"));
        }
        auto jumpy = *test::drawnPredictions(*m_pictures, 0.5);
        for (int epoch = 13; epoch <= 90; ++epoch) {
            for (std::int64_t i = 0; i < jumpy.count(); ++i) {
                float* row = jumpy.probabilities.data() + i * jumpy.classCount;
                std::fill(row, row + jumpy.classCount, 0.05f);
                row[(i + epoch / 9) % jumpy.classCount] = 0.3f + 0.006f * static_cast<float>(epoch);
            }
            jumpy.epoch = epoch;
            jumpy.step = epoch * 10;
            m_pins.addPredictions(jumpy);
        }
        ui::PinnedStrip strip;
        strip.setPins(&m_pins);
        strip.setVisibleRows(5);
        strip.resize(924, 290);
        strip.show();
        for (int i = 0; i < 10; ++i) QCoreApplication::processEvents();
        test::saveShot(strip, "pinned-strip-long");
    }

private:
    std::shared_ptr<const core::PictureSet> m_pictures;
    ui::PinnedListModel m_pins;
};

QTEST_MAIN(PinnedStripTest)
#include "tst_pinned_strip.moc"
