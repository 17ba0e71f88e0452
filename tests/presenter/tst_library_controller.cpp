#include <QDir>
#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include "tests/support/await.h"
#include "ui/bridge/library_controller.h"

using namespace thaw;
using test::await;
using ui::LibraryController;

class TstLibraryController : public QObject {
    Q_OBJECT
private:
    QTemporaryDir m_home;

private Q_SLOTS:
    void initTestCase() {
        QVERIFY(m_home.isValid());
        qputenv("THAW_HOME", m_home.path().toUtf8());
    }

    void listsLessonsWithTheLessonFirst() {
        LibraryController library;
        std::vector<core::Lesson> lessons;
        connect(&library, &LibraryController::lessonsListed, this,
                [&](const std::vector<core::Lesson>& listed) { lessons = listed; });
        library.refreshLessons();
        QVERIFY(await([&] { return !lessons.empty(); }));
        QCOMPARE(lessons.front().name, std::string("lesson"));
        QCOMPARE(lessons.front().config.totalEpochs(), 15);
    }

    void savesALesson() {
        LibraryController library;
        QSignalSpy saved(&library, &LibraryController::lessonSaved);
        std::vector<core::Lesson> lessons;
        connect(&library, &LibraryController::lessonsListed, this,
                [&](const std::vector<core::Lesson>& listed) { lessons = listed; });
        core::RunConfig config = core::findLesson("lesson").config;
        config.batchSize = 64;
        config.data.directory = "/media/stick";
        library.saveLesson(QStringLiteral("Klasse 8b: kleine Stapel"), config);
        QVERIFY(await([&] { return !lessons.empty(); }));
        QCOMPARE(saved.count(), 1);
        QCOMPARE(saved.at(0).at(0).toString(), QStringLiteral("klasse-8b-kleine-stapel"));
        QCOMPARE(lessons.back().name, std::string("klasse-8b-kleine-stapel"));
        QCOMPARE(lessons.back().title, std::string("Klasse 8b: kleine Stapel"));
        QCOMPARE(lessons.back().problem, std::string());
        QCOMPARE(lessons.back().config.batchSize, 64);
        QVERIFY(lessons.back().config.data.directory.empty());

        for (const char* wrong : {"", "!?", "Lesson"}) {
            library.saveLesson(QString::fromUtf8(wrong), config);
            const auto before = saved.count();
            QVERIFY(await([&] { return saved.count() > before; }));
            QVERIFY(!saved.last().at(1).toString().isEmpty());
        }
        config.batchSize = 0;
        library.saveLesson(QStringLiteral("Broken"), config);
        const auto before = saved.count();
        QVERIFY(await([&] { return saved.count() > before; }));
        QVERIFY(!saved.last().at(1).toString().isEmpty());
    }

    void listsAndDeletesRuns() {
        LibraryController library;
        QSignalSpy listed(&library, &LibraryController::runsListed);
        QSignalSpy failed(&library, &LibraryController::failed);
        library.refreshRuns();
        QVERIFY(await([&] { return listed.count() == 1; }));
        QVERIFY(listed.at(0).at(0).value<std::vector<core::RunSummary>>().empty());
        library.deleteRun(m_home.filePath(QStringLiteral("no-such-run")));
        library.readRun(m_home.filePath(QStringLiteral("no-such-run")));
        QVERIFY(await([&] { return failed.count() == 2; }));
        QVERIFY(!failed.at(0).at(0).toString().isEmpty());
    }

    void listsDataSets() {
        LibraryController library;
        QSignalSpy listed(&library, &LibraryController::datasetsListed);
        library.refreshDatasets(m_home.path());
        QVERIFY(await([&] { return listed.count() == 1; }));
        const auto datasets = listed.at(0).at(0).value<std::vector<core::DatasetInfo>>();
        QVERIFY(datasets.size() >= 2);
        QSignalSpy samples(&library, &LibraryController::samplesReady);
        for (const core::DatasetInfo& dataset : datasets) {
            if (!dataset.present || !dataset.problem.empty()) continue;  // as the machine has it
            library.loadSamples(QString::fromStdString(dataset.id), dataset, 2, 1);
            QVERIFY(await([&] { return !samples.isEmpty(); }));
            QCOMPARE(samples.takeFirst().at(1).value<std::shared_ptr<const core::PictureSet>>()->count(),
                     std::int64_t(2 * dataset.classNames.size()));
        }
        QSignalSpy failed(&library, &LibraryController::failed);
        library.loadSamples(QStringLiteral("gone"), core::DatasetInfo(), 2, 1);
        QVERIFY(await([&] { return failed.count() == 1; }));
    }

    void reportsAWeightsFileThatIsNone() {
        LibraryController library;
        QSignalSpy imported(&library, &LibraryController::weightsImported);
        QFile file(m_home.filePath(QStringLiteral("letter.txt")));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("Dear network");
        file.close();
        library.importWeights(file.fileName());
        QVERIFY(await([&] { return imported.count() == 1; }));
        QCOMPARE(imported.at(0).at(0).toString(), file.fileName());
        QVERIFY(!imported.at(0).at(1).toString().isEmpty());
    }

    void finishesADownloadThatCannotBegin() {
        LibraryController library;
        QSignalSpy finished(&library, &LibraryController::downloadFinished);
        library.downloadDataset(QStringLiteral("no-such-set"));
        QVERIFY(await([&] { return finished.count() == 1; }));
        QVERIFY(!finished.at(0).at(1).toString().isEmpty());
        library.downloadWeights(QStringLiteral("no-such-weights"));
        QVERIFY(await([&] { return finished.count() == 2; }));
    }

    void goesWhileItIsBusy() {
        for (int i = 0; i < 20; ++i) {
            LibraryController library;
            library.refreshLessons();
            library.refreshRuns();
            library.refreshEngineInfo();
        }
        QCoreApplication::processEvents();
    }
};

QTEST_GUILESS_MAIN(TstLibraryController)
#include "tst_library_controller.moc"
