// A collection in the window's thread: a drawn video stands in for a camera, a mean colour for a trunk; the disk is real.
#include <QFileInfo>
#include <QImage>
#include <QMimeData>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include "core/api/errors.h"
#include "tests/support/await.h"
#include "tests/support/drawn_video.h"
#include "tests/support/fake_collector.h"
#include "ui/bridge/collect_controller.h"

using namespace thaw;
using test::await;
using ui::CollectController;
using Training = CollectController::Training;

namespace {

struct Fixture {
    Fixture() { qputenv("THAW_HOME", folder.path().toLocal8Bit()); }
    ~Fixture() { qunsetenv("THAW_HOME"); }
    bool open(CollectController& collect) const {
        collect.open();
        return await([&] { return collect.isOpen() && !collect.trunkTitle().isEmpty(); });
    }
    QString video(int frames = 120, double rate = 24) const {
        const QString file = folder.filePath(QStringLiteral("drawn.avi"));
        test::writeVideo(file.toStdString(), {frames, 160, 120, rate});
        return file;
    }
    QString picture(const QString& name, QColor color) const {
        QImage image(60, 50, QImage::Format_RGB888);
        image.fill(color);
        const QString file = folder.filePath(name);
        image.save(file);
        return file;
    }
    QStringList pictures(const QString& stem, QColor color, int count) const {
        QStringList files;
        for (int i = 0; i < count; ++i) files << picture(QStringLiteral("%1%2.png").arg(stem).arg(i), color.lighter(100 + i));
        return files;
    }
    QTemporaryDir folder;
};

}  // namespace

class CollectControllerTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void holdingTakesPicturesOutOfTheLiveOnes() {
        const Fixture f;
        CollectController collect(test::fakeCollectFactory());
        QVERIFY(f.open(collect));
        QCOMPARE(collect.classes().size(), std::size_t(2));
        collect.record(collect.classes()[0].id);  // no camera is open
        QCOMPARE(collect.recordingClass(), 0);
        collect.camera().openVideo(f.video());
        QVERIFY(await([&] { return collect.answer().has_value(); }));
        collect.record(collect.classes()[0].id);
        QVERIFY(await([&] { return collect.recorded() >= 4; }));
        const ui::CollectedListModel& pictures = *collect.classes()[0].pictures;
        QVERIFY(pictures.index(0).data(ui::CollectedListModel::NewRole).toBool());
        collect.stopRecording();
        const int taken = pictures.count();
        QVERIFY(!pictures.index(0).data(ui::CollectedListModel::NewRole).toBool());
        QVERIFY(pictures.picture(0).number > pictures.picture(1).number);
        QCOMPARE(collect.training(), Training::Waiting);
        QTest::qWait(0);
        QCOMPARE(pictures.count(), taken);
    }

    void theHeadIsTrainedAgainAfterEachChange() {
        const Fixture f;
        CollectController collect(test::fakeCollectFactory());
        QVERIFY(f.open(collect));
        const int red = collect.classes()[0].id, blue = collect.classes()[1].id;
        collect.addFiles(red, f.pictures("red", Qt::red, 6));
        QVERIFY(await([&] { return collect.pictureCount() == 6; }));
        QCOMPARE(collect.training(), Training::Waiting);
        QVERIFY(!collect.head());
        collect.addFiles(blue, f.pictures("blue", Qt::blue, 7));
        QVERIFY(await([&] { return collect.training() == Training::UpToDate && collect.head(); }));
        QCOMPARE(collect.head()->pictures, 13);
        QCOMPARE(collect.keptAside(), 2);
        QCOMPARE(collect.keptAsideRight(), 2);
        collect.removePictures({collect.find(blue)->pictures->picture(0)});
        QVERIFY(await([&] { return collect.training() == Training::UpToDate && collect.head()->pictures == 12; }));
        collect.setTraining(false);
        QCOMPARE(collect.training(), Training::Off);
        collect.undoStack().undo();
        QCOMPARE(collect.pictureCount(), 13);
        QCOMPARE(collect.head()->pictures, 12);
        collect.setTraining(true);
        QVERIFY(await([&] { return collect.head()->pictures == 13; }));
        // The left half of a frame is red, the right one blue: its mean is between the two.
        collect.camera().openVideo(f.video());
        QVERIFY(await([&] { return collect.answer() && collect.answer()->probabilities.size() == 2; }));
    }

    void aRemovedClassComesBack() {
        const Fixture f;
        CollectController collect(test::fakeCollectFactory());
        QVERIFY(f.open(collect));
        const int first = collect.classes()[0].id;
        collect.addFiles(first, f.pictures("red", Qt::red, 3));
        QVERIFY(await([&] { return collect.pictureCount() == 3 && collect.waitingFiles() == 0; }));
        QVERIFY(collect.renameClass(first, "Apple"));
        QVERIFY(!collect.renameClass(first, " "));
        QVERIFY(!collect.renameClass(first, "class 2"));
        collect.removeClass(first);
        QCOMPARE(collect.classes().size(), std::size_t(1));
        QCOMPARE(collect.pictureCount(), 0);
        collect.undoStack().undo();
        QCOMPARE(collect.classes()[0].name, QString("Apple"));
        QCOMPARE(collect.pictureCount(), 3);
        QVERIFY(!collect.find(first)->pictures->index(0).data(Qt::DecorationRole).value<QImage>().isNull());
    }

    void whatIsNotSavedIsThereAgain() {
        const Fixture f;
        {
            CollectController collect(test::fakeCollectFactory());
            QVERIFY(f.open(collect));
            collect.addFiles(collect.classes()[1].id, f.pictures("blue", Qt::blue, 5));
            QVERIFY(await([&] { return collect.pictureCount() == 5 && collect.waitingFiles() == 0; }));
            collect.setTitle("Blood cells");
            collect.save(f.folder.filePath("later"));  // the last job of the disk: all before it is done then
            QVERIFY(await([&] { return !collect.isSaving(); }));
            collect.addFiles(collect.classes()[1].id, f.pictures("again", Qt::darkBlue, 1));
            QVERIFY(await([&] { return collect.pictureCount() == 6; }));
            collect.save(f.folder.filePath("later"));
            QVERIFY(await([&] { return !collect.isSaving(); }));
            collect.renameClass(collect.classes()[1].id, "Cup");
            QSignalSpy saved(&collect, &CollectController::saved);
            collect.throwAway();
            QVERIFY(await([&] { return collect.pictureCount() == 0; }));
            collect.addFiles(collect.classes()[0].id, f.pictures("red", Qt::red, 2));
            QVERIFY(await([&] { return collect.pictureCount() == 2 && collect.waitingFiles() == 0; }));
            QSignalSpy said(&collect, &CollectController::said);
            collect.save(f.folder.path());  // not empty: it is refused, after all that came before
            QVERIFY(await([&] { return said.count() == 1; }));
            QVERIFY(said[0][0].toString().contains("is not empty"));
            QVERIFY(!collect.isSaved());
        }
        CollectController again(test::fakeCollectFactory());
        QSignalSpy opened(&again, &CollectController::opened);
        QVERIFY(f.open(again));
        QCOMPARE(opened[0][0].toInt(), 2);
        QVERIFY(await([&] { return again.waitingFiles() == 0; }));
        QVERIFY(!again.classes()[0].pictures->index(0).data(Qt::DecorationRole).value<QImage>().isNull());
    }

    void savingMakesADataSet() {
        const Fixture f;
        CollectController collect(test::fakeCollectFactory());
        QVERIFY(f.open(collect));
        collect.addFiles(collect.classes()[0].id, f.pictures("red", Qt::red, 2));
        QVERIFY(await([&] { return collect.pictureCount() == 2; }));
        QVERIFY(!collect.isSaved());
        QSignalSpy saved(&collect, &CollectController::saved);
        const QString to = f.folder.filePath("set");
        collect.save(to);
        QVERIFY(await([&] { return saved.count() == 1; }));
        QVERIFY(collect.isSaved());
        QCOMPARE(collect.savedTo(), to);
        QVERIFY(QFileInfo::exists(to + "/Class 1/0001.png"));
        collect.addClass("Third");
        QVERIFY(!collect.isSaved());
    }

    void foldersAndTheClipboardBringPictures() {
        const Fixture f;
        CollectController collect(test::fakeCollectFactory());
        QVERIFY(f.open(collect));
        QDir(f.folder.path()).mkdir("Tulips");
        f.picture("Tulips/a.png", Qt::red);
        f.picture("Tulips/b.png", Qt::yellow);
        QFile notes(f.folder.filePath("Tulips/notes.txt"));
        QVERIFY(notes.open(QIODevice::WriteOnly));
        notes.write("no picture");
        notes.close();
        QSignalSpy said(&collect, &CollectController::said);
        collect.addFolder(f.folder.filePath("Tulips"));
        QVERIFY(await([&] { return collect.pictureCount() == 2 && said.count() == 1; }));
        QCOMPARE(collect.classes()[0].name, QString("Tulips"));
        QMimeData content;
        QImage image(30, 20, QImage::Format_ARGB32);
        image.fill(Qt::green);
        content.setImageData(image);
        collect.paste(collect.classes()[1].id, &content);
        QVERIFY(await([&] { return collect.classes()[1].pictures->count() == 1; }));
        collect.paste(collect.classes()[1].id, nullptr);
        QCOMPARE(said.count(), 2);
    }

    void aTrunkThatCannotBeLoadedSaysSo() {
        const Fixture f;
        ui::CollectFactory factory = test::fakeCollectFactory();
        factory.collector = []() -> std::unique_ptr<core::Collector> {
            throw core::WeightsError("The weights are missing.", "Install Thaw again.");
        };
        CollectController collect(factory);
        QSignalSpy said(&collect, &CollectController::said);
        collect.open();
        QVERIFY(await([&] { return said.count() == 1; }));
        QCOMPARE(said[0][1].toString(), QString("Install Thaw again."));
    }
};

QTEST_GUILESS_MAIN(CollectControllerTest)
#include "tst_collect_controller.moc"
