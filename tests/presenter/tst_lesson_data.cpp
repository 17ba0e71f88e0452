// The lesson's own pictures where they are missing: fetched beside what trains, refused, stalled; then the lesson, or an offer.
#include <QElapsedTimer>
#include <QSignalSpy>
#include <QTest>

#include "tests/support/await.h"
#include "tests/support/drawn_pictures.h"
#include "tests/support/fake_inspector.h"
#include "tests/support/fake_trainer.h"
#include "tests/support/faulty_server.h"
#include "tests/support/temporary_home.h"
#include "ui/bridge/lesson_data.h"
#include "ui/bridge/session.h"

using namespace thaw;
using namespace thaw::test;
using namespace thaw::ui;
using core::TrainerState;

namespace {

core::DatasetInfo cifar(bool present) {
    core::DatasetInfo info = drawnDataset(100);
    info.present = present;
    info.download = {"https://www.example.org/cifar-10-binary.tar.gz", 170'052'171, "c4a3", "", "cifar-10-binary.tar.gz"};
    if (!present) info.location.clear();
    return info;
}

struct Lesson {
    explicit Lesson(FakeScript script = {})
        : training(fakeFactory(std::move(script))),
          inspection(fakeInspectorFactory({})),
          session(training, library, inspection),
          data(session.lessonData()),
          arrived(&data, &LessonData::arrived) {}

    void list(bool present) { Q_EMIT library.datasetsListed({cifar(present), drawnDataset(100, true)}); }
    /// As the library tells of a download that came to its end.
    void deliver() {
        Q_EMIT library.downloadFinished(QStringLiteral("cifar10"), {}, {}, false);
        list(true);
    }
    TemporaryHome home;
    TrainingController training;
    LibraryController library;
    InspectionController inspection;
    Session session;
    LessonData& data;
    QSignalSpy arrived;
};

}  // namespace

class TestLessonData : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void whatIsMissing() {
        Lesson lesson;
        QVERIFY(!lesson.data.missing());  // nothing is listed yet
        lesson.list(false);
        QVERIFY(lesson.data.missing());
        QCOMPARE(lesson.data.missing()->id, std::string("cifar10"));
        QCOMPARE(lesson.data.standIn()->id, std::string("fashion-mnist"));
        lesson.list(true);
        QVERIFY(!lesson.data.missing());
        // Who chose pictures of their own misses nothing.
        core::DatasetInfo own = drawnDataset(10);
        own.id = "folder";
        own.place = "/own";
        core::RunConfig config = lesson.session.config();
        config.data.directory = "/own";
        lesson.session.setConfig(config);
        Q_EMIT lesson.library.datasetsListed({cifar(false), drawnDataset(100, true), own});
        QVERIFY(!lesson.data.missing());
    }

    void aRefusalIsKnownAtOnce_data() {
        QTest::addColumn<int>("status");
        QTest::addColumn<QString>("body");
        QTest::addColumn<QString>("said");
        QTest::newRow("not found") << 404 << QString() << QStringLiteral("404");
        QTest::newRow("forbidden") << 403 << QString() << QStringLiteral("403");
        QTest::newRow("another file") << 200 << QStringLiteral("a page") << QStringLiteral("170052171");
    }
    void aRefusalIsKnownAtOnce() {
        QFETCH(int, status);
        QFETCH(QString, body);
        QFETCH(QString, said);
        FaultyServer server([&](const FaultyServer::Request&) {
            FaultyServer::Reply reply;
            reply.status = status;
            reply.body = body.toStdString();
            return reply;
        });
        Lesson lesson;  // its home has no mirror
        const ScopedVariable mirror("THAW_MIRROR", server.url("/"));
        lesson.list(false);
        QSignalSpy finished(&lesson.library, &LibraryController::downloadFinished);
        QElapsedTimer elapsed;
        elapsed.start();
        lesson.data.fetchAndRun();
        QVERIFY(lesson.data.isFetching());
        QVERIFY(await([&] { return !finished.isEmpty(); }));
        QVERIFY2(elapsed.elapsed() < 10'000, qPrintable(QString::number(elapsed.elapsed())));
        QVERIFY2(lesson.data.problem().contains(said), qPrintable(lesson.data.problem()));
        QVERIFY(!lesson.data.isFetching());
        QVERIFY(lesson.training.state() == TrainerState::Idle);
        QVERIFY(lesson.data.missing());
        // What comes by another way later is no surprise start.
        lesson.list(true);
        QVERIFY(lesson.training.state() == TrainerState::Idle);
    }

    void nothingAnswers() {
        std::string address;
        {
            const FaultyServer gone([](const FaultyServer::Request&) { return FaultyServer::Reply(); });
            address = gone.url("/");
        }
        Lesson lesson;
        const ScopedVariable mirror("THAW_MIRROR", address);
        lesson.list(false);
        QElapsedTimer elapsed;
        elapsed.start();
        lesson.data.fetchAndRun();
        QVERIFY(await([&] { return !lesson.data.isFetching(); }));
        QVERIFY2(elapsed.elapsed() < 15'000, qPrintable(QString::number(elapsed.elapsed())));
        QVERIFY2(lesson.data.problem().contains(QStringLiteral("does not answer")), qPrintable(lesson.data.problem()));
    }

    void theLessonRunsWhenItIsHere() {
        FaultyServer server([](const FaultyServer::Request&) {
            FaultyServer::Reply reply;
            reply.silent = true;
            return reply;
        });
        FakeScript script;
        script.restAtStep = 2;
        Lesson lesson(script);
        const ScopedVariable mirror("THAW_MIRROR", server.url("/"));
        lesson.list(false);
        lesson.data.fetchAndRun();
        QVERIFY(lesson.data.isFetching());
        lesson.deliver();
        QVERIFY(awaitState(lesson.training, TrainerState::Paused));
        QCOMPARE(lesson.session.config().data.dataset, std::string("cifar10"));
        QCOMPARE(lesson.arrived.count(), 0);
        lesson.data.cancel();
    }

    void theDownloadGoesOnWhileTheOtherTrains() {
        FaultyServer server([](const FaultyServer::Request&) {
            FaultyServer::Reply reply;
            reply.silent = true;
            return reply;
        });
        FakeScript script;
        script.restAtStep = 2;
        Lesson lesson(script);
        const ScopedVariable mirror("THAW_MIRROR", server.url("/"));
        lesson.list(false);
        lesson.data.fetchAndRun();
        lesson.session.runLesson();  // at once, on what is here
        QVERIFY(awaitState(lesson.training, TrainerState::Paused));
        QVERIFY(lesson.data.isFetching());
        lesson.deliver();
        QCOMPARE(lesson.arrived.count(), 1);
        QCOMPARE(lesson.arrived.at(0).at(0).toString(), QStringLiteral("CIFAR-10"));
        QVERIFY(lesson.training.state() == TrainerState::Paused);
        lesson.data.run();  // refused while the other is active
        QVERIFY(lesson.training.state() == TrainerState::Paused);
        lesson.session.stop();
        QVERIFY(awaitState(lesson.training, TrainerState::Finished));
        lesson.data.run();
        QVERIFY(await([&] { return lesson.training.state() == TrainerState::Paused; }));
        QCOMPARE(lesson.session.config().data.dataset, std::string("cifar10"));
        lesson.data.cancel();
    }
};

QTEST_GUILESS_MAIN(TestLessonData)
#include "tst_lesson_data.moc"
