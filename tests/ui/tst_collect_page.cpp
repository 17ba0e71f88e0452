#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include "tests/support/await.h"
#include "tests/support/drawn_video.h"
#include "tests/support/fake_collector.h"
#include "tests/ui/window_fixture.h"
#include "ui/widgets/collect/class_card.h"
#include "ui/widgets/collect/collect_page.h"
#include "ui/widgets/collect/collected_tiles.h"
#include "ui/widgets/parts/empty_state.h"
#include "ui/widgets/parts/message_line.h"
#include "ui/widgets/pictures/guess_bars.h"

using namespace thaw;
using test::await;
using Training = ui::CollectController::Training;

namespace {

struct Fixture {
    explicit Fixture(QSize size = {1316, 698}) {
        ui::FrameSources sources = ui::coreFrameSources();
        sources.list = [] { return std::vector<core::CameraInfo>(); };
        page = std::make_unique<ui::CollectPage>(test::fakeCollectFactory(), sources);
        page->resize(size);
        page->show();
        opened = QTest::qWaitForWindowExposed(page.get()) &&
                 await([this] { return collect().isOpen() && !collect().trunkTitle().isEmpty(); });
    }
    ui::CollectController& collect() { return page->controller(); }
    bool play() {
        const QString file = home.folder.filePath(QStringLiteral("drawn.avi"));
        test::writeVideo(file.toStdString(), {600, 320, 240, 30});
        collect().camera().openVideo(file);
        return await([this] { return collect().answer().has_value(); });
    }
    bool fill(int classIndex, QColor color, int count) {
        QStringList files;
        for (int i = 0; i < count; ++i) {
            QImage image(90, 70, QImage::Format_RGB888);
            image.fill(color.lighter(100 + 3 * i));
            files << home.folder.filePath(QStringLiteral("%1-%2.png").arg(color.name().mid(1)).arg(i));
            image.save(files.back());
        }
        collect().addFiles(collect().classes()[static_cast<std::size_t>(classIndex)].id, files);
        return await([this] { return collect().waitingFiles() == 0; });
    }
    QPushButton* button(const QString& text) const {
        for (QPushButton* one : page->findChildren<QPushButton*>())
            if (one->text().trimmed().startsWith(text) && one->isVisible()) return one;
        return nullptr;
    }
    QList<ui::ClassCard*> cards() const {
        QList<ui::ClassCard*> found;
        for (ui::ClassCard* one : page->findChildren<ui::ClassCard*>())
            if (one->isVisible()) found << one;
        return found;
    }
    test::ScratchHome home;
    std::unique_ptr<ui::CollectPage> page;
    bool opened = false;
};

}  // namespace

class CollectPageTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
        ui::Theme::instance().setScheme(ui::ColorScheme::Light);
        ui::Theme::instance().apply();
    }
    void cleanup() {
        ui::Theme::instance().setLook(ui::ColorScheme::Light, 1.0);
        ui::Theme::instance().apply();
    }

    void itBeginsWithTwoEmptyClassesAndNoCamera() {
        Fixture f;
        QVERIFY(f.opened);
        QCOMPARE(f.cards().size(), 2);
        QCOMPARE(f.page->findChild<ui::EmptyState*>()->title(), QString("No camera found"));
        QVERIFY(!f.button("Hold to record")->isEnabled());
        QVERIFY(!f.button("Save as a data set")->isEnabled());
        QVERIFY(!f.button("Go on in the studio")->isEnabled());
    }

    void keysRecord() {
        Fixture f;
        QVERIFY(f.opened && f.play());
        QTest::keyPress(f.page.get(), Qt::Key_2);
        QCOMPARE(f.collect().recordingClass(), f.collect().classes()[1].id);
        QCOMPARE(f.page->selectedClass(), f.collect().classes()[1].id);
        QVERIFY(await([&] { return f.collect().recorded() >= 2; }));
        QVERIFY(f.button("Recording"));
        QTest::keyRelease(f.page.get(), Qt::Key_2);
        QCOMPARE(f.collect().recordingClass(), 0);
        QTest::keyPress(&f.cards()[1]->tiles(), Qt::Key_Space);
        QCOMPARE(f.collect().recordingClass(), f.collect().classes()[1].id);
        QTest::keyRelease(&f.cards()[1]->tiles(), Qt::Key_Space);
        QCOMPARE(f.collect().recordingClass(), 0);
    }

    void theButtonRecordsAsLongAsItIsHeld() {
        Fixture f;
        QVERIFY(f.opened && f.play());
        QPushButton* hold = f.button("Hold to record");
        QTest::mousePress(hold, Qt::LeftButton);
        QVERIFY(await([&] { return f.collect().recorded() >= 1; }));
        QTest::mouseRelease(hold, Qt::LeftButton);
        QCOMPARE(f.collect().recordingClass(), 0);
        QVERIFY(!hold->isChecked());
    }

    void picturesAreRemovedAndComeBack() {
        Fixture f;
        QVERIFY(f.opened && f.fill(0, Qt::red, 4));
        ui::CollectedTiles& tiles = f.cards()[0]->tiles();
        tiles.setCurrentIndex(tiles.model()->index(0, 0));
        QTest::keyClick(&tiles, Qt::Key_Delete);
        QCOMPARE(f.collect().pictureCount(), 3);
        QTest::keyClick(&tiles, Qt::Key_Z, Qt::ControlModifier);
        QCOMPARE(f.collect().pictureCount(), 4);
    }

    void classesAreAddedAndNamed() {
        Fixture f;
        QVERIFY(f.opened);
        QTest::keyClick(f.page.get(), Qt::Key_N, Qt::ControlModifier);
        QCOMPARE(f.cards().size(), 3);
        auto* edit = f.cards()[2]->findChild<QLineEdit*>();
        QVERIFY(edit->isVisible());
        edit->setText("Platelets");
        QTest::keyClick(edit, Qt::Key_Return);
        QCOMPARE(f.collect().classes()[2].name, QString("Platelets"));
    }

    void theStudioGetsTheSavedSet() {
        Fixture f;
        QVERIFY(f.opened && f.fill(0, Qt::red, 6) && f.fill(1, Qt::blue, 6));
        const QString to = f.home.folder.filePath("set");
        QSignalSpy saved(&f.collect(), &ui::CollectController::saved), studio(f.page.get(), &ui::CollectPage::studioRequested);
        f.collect().save(to);
        QVERIFY(await([&] { return saved.count() == 1; }));
        QVERIFY(QFile::exists(to + "/Class 2/0006.png"));
        f.button("Go on in the studio")->click();
        QCOMPARE(studio.count(), 1);
        QCOMPARE(studio[0][0].toString(), to);
    }

    void looks_data() {
        test::addLookColumn();
        QTest::newRow("light") << test::Look{{1316, 698}};
        QTest::newRow("dark") << test::Look{{1316, 698}, 1.0, true};
        QTest::newRow("small") << test::Look{{1242, 560}};
        QTest::newRow("large") << test::Look{{1900, 1010}, 1.5};
    }
    void looks() {
        const test::Look look = test::takeLook();
        ui::Theme::instance().apply();
        Fixture f(look.size);
        QVERIFY(f.opened && f.fill(0, Qt::red, 40) && f.fill(1, Qt::blue, 12) && f.play());
        f.collect().addClass("Cup");
        QVERIFY(await([&] { return f.collect().training() == Training::UpToDate && f.collect().head(); }));
        QVERIFY(await([&] { return !f.page->findChild<ui::GuessBars*>()->guesses().empty(); }));
        f.collect().record(f.collect().classes()[1].id);
        QVERIFY(await([&] { return f.collect().recorded() >= 3; }));
        const QString folder = qEnvironmentVariable("THAW_SHOT_DIR");
        if (!folder.isEmpty())
            f.page->grab().save(folder + QLatin1String("/collect-") + QLatin1String(QTest::currentDataTag()) +
                                QLatin1String(".png"));
        f.collect().stopRecording();
    }
};

QTEST_MAIN(CollectPageTest)
#include "tst_collect_page.moc"
