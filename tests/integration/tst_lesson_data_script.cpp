// packaging/lesson_data.sh as run.sh uses it: what a server refuses, delays or sends wrongly is known within seconds, and the
// lesson goes on without it.
#include <QElapsedTimer>
#include <QProcess>
#include <QtTest>

#include "core/store/paths.h"
#include "tests/support/drawn_data.h"
#include "tests/support/faulty_server.h"
#include "tests/support/temporary_home.h"

using namespace thaw;
using test::FaultyServer;

namespace {

struct Outcome {
    int exitCode = -1;
    QString said;
    qint64 milliseconds = 0;
};

/// A shell that has sourced the script, with a `say` as run.sh's.
Outcome runScript(const QString& commands) {
    QProcess shell;
    shell.setProcessChannelMode(QProcess::MergedChannels);
    QElapsedTimer elapsed;
    elapsed.start();
    shell.start(
        QStringLiteral("bash"),
        {QStringLiteral("-c"), QStringLiteral("set -euo pipefail; say() { printf '== %s\\n' \"$*\"; }; source %1/../../packaging/"
                                              "lesson_data.sh; %2")
                                   .arg(QStringLiteral(THAW_TEST_DATA), commands)});
    if (!shell.waitForFinished(60'000)) shell.kill();
    return {shell.exitStatus() == QProcess::NormalExit ? shell.exitCode() : -1, QString::fromUtf8(shell.readAll()),
            elapsed.elapsed()};
}

Outcome fetch() { return runScript(QStringLiteral("fetch_lesson_data " THAW_BINARY_DIR "/thaw-cli; echo went on")); }

}  // namespace

class TestLessonDataScript : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void whatTheServerDoes_data() {
        QTest::addColumn<QString>("kind");
        QTest::addColumn<QString>("said");
        QTest::newRow("refuses") << "refuses"
                                 << "403";
        QTest::newRow("has it no longer") << "404"
                                          << "404";
        QTest::newRow("is silent") << "silent"
                                   << "nothing came any more";
        QTest::newRow("stalls") << "stalls"
                                << "nothing came any more";
        QTest::newRow("breaks off at once") << "breaks"
                                            << "too early";
        QTest::newRow("sends another file") << "another"
                                            << "170052171 are expected";
        QTest::newRow("sends a page") << "page"
                                      << "web page";
        QTest::newRow("redirects for ever") << "redirects"
                                            << "round in circles";
        QTest::newRow("is not there") << "gone"
                                      << "does not answer";
    }
    void whatTheServerDoes() {
        QFETCH(QString, kind);
        QFETCH(QString, said);
        const test::TemporaryHome home;
        auto server = std::make_unique<FaultyServer>([&](const FaultyServer::Request& request) {
            FaultyServer::Reply reply;
            reply.body = std::string(1000, 'x');
            if (kind == QLatin1String("refuses")) reply.status = 403;
            if (kind == QLatin1String("404")) reply.status = 404;
            if (kind == QLatin1String("silent")) reply.silent = true;
            if (kind == QLatin1String("stalls") || kind == QLatin1String("breaks")) reply.claimedLength = 170'052'171;
            if (kind == QLatin1String("stalls")) reply.stallAfter = 500;
            if (kind == QLatin1String("breaks")) reply.dropAfter = 0;
            if (kind == QLatin1String("page")) reply.headers["Content-Type"] = "text/html";
            if (kind == QLatin1String("redirects")) {
                reply.status = 302;
                reply.headers["Location"] = request.path;
            }
            return reply;
        });
        const test::ScopedVariable mirror("THAW_MIRROR", server->url("/"));
        if (kind == QLatin1String("gone")) server.reset();
        const Outcome outcome = fetch();
        QCOMPARE(outcome.exitCode, 0);
        QVERIFY2(outcome.said.contains(said), qPrintable(outcome.said));
        QVERIFY2(outcome.said.contains(QStringLiteral("the lesson runs on Fashion-MNIST")), qPrintable(outcome.said));
        QVERIFY2(outcome.said.endsWith(QStringLiteral("went on\n")), qPrintable(outcome.said));
        QVERIFY2(outcome.milliseconds < 30'000, qPrintable(QString::number(outcome.milliseconds)));
        QVERIFY(!std::filesystem::exists(core::datasetsFolder() / "cifar-10-binary.tar.gz"));
    }

    void whatIsThereIsNotFetched() {
        const test::TemporaryHome home;
        test::writeCifar10Folder(core::datasetsFolder() / "cifar-10-batches-bin");
        FaultyServer server([](const FaultyServer::Request&) { return FaultyServer::Reply(); });
        const test::ScopedVariable mirror("THAW_MIRROR", server.url("/"));
        const Outcome outcome = fetch();
        QCOMPARE(outcome.exitCode, 0);
        QVERIFY2(!outcome.said.contains(QStringLiteral("Fashion-MNIST")), qPrintable(outcome.said));
        QVERIFY(server.requests().empty());
    }

    void whoNamesDataNeedsNone_data() {
        QTest::addColumn<QString>("arguments");
        QTest::addColumn<bool>("names");
        QTest::newRow("none") << "" << false;
        QTest::newRow("others") << "--theme dark --epochs 2,1" << false;
        QTest::newRow("data") << "--theme dark --data '/home/pupil/my pictures'" << true;
        QTest::newRow("joined") << "--data=/x" << true;
        QTest::newRow("a set") << "--dataset fashion-mnist" << true;
    }
    void whoNamesDataNeedsNone() {
        QFETCH(QString, arguments);
        QFETCH(bool, names);
        const Outcome outcome = runScript(QStringLiteral("names_data %1 && echo yes || echo no").arg(arguments));
        QCOMPARE(outcome.said.trimmed(), names ? QStringLiteral("yes") : QStringLiteral("no"));
    }
};

QTEST_GUILESS_MAIN(TestLessonDataScript)
#include "tst_lesson_data_script.moc"
