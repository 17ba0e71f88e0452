// The program itself: its command line, and that a signal ends it in good order with the settings written.
#include <QElapsedTimer>
#include <QFile>
#include <QMap>
#include <QProcess>
#include <QSettings>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>

#include "core/api/engine_info.h"
#include "core/api/runs.h"
#include "tests/support/drawn_data.h"
#include "tests/support/temporary_home.h"

using namespace thaw;

using Variables = QMap<QString, QString>;

class TestApplication : public QObject {
    Q_OBJECT
private:
    QTemporaryDir m_home;

    void start(QProcess& thaw, const QStringList& arguments) const {
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(QStringLiteral("THAW_HOME"), m_home.path());
        environment.insert(QStringLiteral("QT_QPA_PLATFORM"), QStringLiteral("offscreen"));
        thaw.setProcessEnvironment(environment);
        thaw.start(QStringLiteral(THAW_BINARY_DIR "/thaw"), arguments);
    }

    /// With nothing of this session's displays but what is named.
    void startOn(QProcess& thaw, const Variables& variables, const QStringList& arguments = {}) const {
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        for (const char* name : {"DISPLAY", "WAYLAND_DISPLAY", "XDG_SESSION_TYPE", "QT_QPA_PLATFORM"})
            environment.remove(QString::fromLatin1(name));
        environment.insert(QStringLiteral("THAW_HOME"), m_home.path());
        for (auto it = variables.begin(); it != variables.end(); ++it) environment.insert(it.key(), it.value());
        thaw.setProcessEnvironment(environment);
        thaw.start(QStringLiteral(THAW_BINARY_DIR "/thaw"), arguments);
    }

    int exitCode(const QStringList& arguments) const {
        QProcess thaw;
        start(thaw, arguments);
        return thaw.waitForFinished() ? thaw.exitCode() : -1;
    }

private Q_SLOTS:
    // Where nohup or a shell's background has the tests ignore a signal, the program would heed that.
    void initTestCase() {
        for (const int signal : {SIGTERM, SIGINT, SIGHUP}) std::signal(signal, SIG_DFL);
    }

    void commandLine() {
        QCOMPARE(exitCode({QStringLiteral("--help")}), 0);
        QProcess version;
        start(version, {QStringLiteral("--version")});
        QVERIFY(version.waitForFinished());
        QCOMPARE(version.readAllStandardOutput().trimmed(), "thaw " + QByteArray::fromStdString(core::version()));
        QCOMPARE(exitCode({QStringLiteral("--theme"), QStringLiteral("purple")}), 2);
        QCOMPARE(exitCode({QStringLiteral("--scale"), QStringLiteral("90")}), 2);
        QCOMPARE(exitCode({QStringLiteral("something")}), 2);
    }

    void helpAndVersionNeedNoDisplay() {
        for (const QString& option : {QStringLiteral("--help"), QStringLiteral("--version")}) {
            QProcess thaw;
            QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
            for (const char* name : {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"})
                environment.remove(QString::fromLatin1(name));
            thaw.setProcessEnvironment(environment);
            thaw.start(QStringLiteral(THAW_BINARY_DIR "/thaw"), {option});
            QVERIFY(thaw.waitForFinished());
            QCOMPARE(thaw.exitStatus(), QProcess::NormalExit);
            QCOMPARE(thaw.exitCode(), 0);
        }
    }

    void withoutADisplayItSaysSo_data() {
        QTest::addColumn<Variables>("variables");
        QTest::addColumn<QString>("says");
        QTest::newRow("none") << Variables{} << "no display is named";
        QTest::newRow("no such display") << Variables{{"DISPLAY", ":4242"}} << ":4242 does not answer";
        QTest::newRow("no such host") << Variables{{"DISPLAY", "nowhere.invalid:0"}} << "nowhere.invalid:0 does not answer";
        QTest::newRow("nonsense") << Variables{{"QT_QPA_PLATFORM", "nonsense"}} << "nonsense, which QT_QPA_PLATFORM names";
        QTest::newRow("wayland alone") << Variables{{"QT_QPA_PLATFORM", "wayland"}} << "wayland, which QT_QPA_PLATFORM names";
        QTest::newRow("a session of Wayland")
            << Variables{{"XDG_SESSION_TYPE", "wayland"}, {"WAYLAND_DISPLAY", "wayland-42"}} << "Wayland display wayland-42";
        QTest::newRow("X by name") << Variables{{"QT_QPA_PLATFORM", "xcb"}} << "xcb, which QT_QPA_PLATFORM names";
        QTest::newRow("a platform without a screen")
            << Variables{{"QT_QPA_PLATFORM", "linuxfb:fb=/nowhere"}} << "linuxfb:fb=/nowhere, which QT_QPA_PLATFORM names";
        QTest::newRow("no plug-ins") << Variables{{"DISPLAY", ":4242"},
                                                  {"QT_PLUGIN_PATH", "/nowhere"},
                                                  {"QT_QPA_PLATFORM_PLUGIN_PATH", "/nowhere"}}
                                     << "plug-in";
    }
    void withoutADisplayItSaysSo() {
        QFETCH(Variables, variables);
        QFETCH(QString, says);
        QProcess thaw;
        startOn(thaw, variables);
        QVERIFY(thaw.waitForFinished());
        QCOMPARE(thaw.exitStatus(), QProcess::NormalExit);
        QCOMPARE(thaw.exitCode(), 1);
        const QString errors = QString::fromUtf8(thaw.readAllStandardError());
        const QString last = errors.trimmed().section(QLatin1Char('\n'), -1);
        QVERIFY2(last.startsWith(QStringLiteral("thaw: No window can be opened: ")), qPrintable(errors));
        QVERIFY2(last.contains(says) && last.contains(QStringLiteral("thaw-cli")), qPrintable(errors));
    }

    void anotherPlatformStandsInForAMissingOne_data() {
        QTest::addColumn<Variables>("variables");
        QTest::newRow("X") << Variables{};
        QTest::newRow("wayland") << Variables{{"QT_QPA_PLATFORM", "wayland"}};
        QTest::newRow("nonsense") << Variables{{"QT_QPA_PLATFORM", "nonsense"}};
        QTest::newRow("a list") << Variables{{"QT_QPA_PLATFORM", "nonsense;wayland"}};
        QTest::newRow("a session of Wayland") << Variables{{"XDG_SESSION_TYPE", "wayland"}};
        QTest::newRow("a display of Wayland") << Variables{{"XDG_SESSION_TYPE", "wayland"}, {"WAYLAND_DISPLAY", "wayland-42"}};
    }
    void anotherPlatformStandsInForAMissingOne() {
        QFETCH(Variables, variables);
        QProcess server;  // writes the number of the display that it chose when it is ready
        server.start(QStringLiteral("Xvfb"), {"-displayfd", "1", "-screen", "0", "1440x900x24", "-nolisten", "tcp"});
        if (!server.waitForStarted()) QSKIP("Xvfb is not installed");
        QVERIFY(server.waitForReadyRead());
        Variables all = variables;
        all.insert(QStringLiteral("DISPLAY"), QLatin1Char(':') + QString::fromUtf8(server.readAllStandardOutput()).trimmed());
        QProcess thaw;
        startOn(thaw, all, {QStringLiteral("--quit-after-first-paint")});
        QVERIFY(thaw.waitForFinished());
        const QByteArray errors = thaw.readAllStandardError();
        QVERIFY2(thaw.exitStatus() == QProcess::NormalExit && thaw.exitCode() == 0, errors.constData());
        QVERIFY2(thaw.readAllStandardOutput().trimmed().toDouble() > 0, errors.constData());
        server.terminate();
        QVERIFY(server.waitForFinished());
    }

    // The program that is shipped: loads its engine, trains, and saves when it is told to end.
    void aLessonIsSavedBySignal_data() {
        QTest::addColumn<int>("signal");
        QTest::newRow("SIGTERM") << SIGTERM;
        QTest::newRow("SIGHUP") << SIGHUP;
    }
    void aLessonIsSavedBySignal() {
        QFETCH(int, signal);
        const test::TemporaryHome home;
        test::writeCifar10Folder((home / "pictures").string(), {/*trainPerClass=*/20, /*testPerClass=*/5, /*seed=*/1});
        QProcess thaw;
        startOn(thaw, {{"QT_QPA_PLATFORM", "offscreen"}, {"THAW_HOME", QString::fromStdString(home.path().string())}},
                {QStringLiteral("--run-lesson"), QStringLiteral("--data"), QString::fromStdString((home / "pictures").string())});
        const std::filesystem::path runsFolder = home / "data/runs";
        QVERIFY2(QTest::qWaitFor([&] { return epochsOfNewestRun(runsFolder) >= 1; }, 120'000),
                 thaw.readAllStandardError().constData());
        QElapsedTimer clock;
        clock.start();
        ::kill(static_cast<pid_t>(thaw.processId()), signal);
        QVERIFY(thaw.waitForFinished());
        QVERIFY2(clock.elapsed() < 5500, qPrintable(QString::number(clock.elapsed())));  // five seconds and the process's end
        QCOMPARE(thaw.exitStatus(), QProcess::NormalExit);
        QCOMPARE(thaw.exitCode(), 0);
        const core::RunSummary run = core::listRuns(runsFolder).front();
        QCOMPARE(core::toString(run.status), core::toString(core::RunStatus::Stopped));
        QVERIFY(run.resumable);
    }

    // Whatever is being read or written: it closes within five seconds, and the run can go on from its last checkpoint.
    void aStuckDiskDoesNotKeepIt_data() {
        QTest::addColumn<QString>("stuckOn");
        QTest::addColumn<bool>("fromTheStart");
        QTest::newRow("a checkpoint") << "/checkpoints/" << false;
        QTest::newRow("the pictures") << "data_batch_1" << true;
        QTest::newRow("the list of runs") << "/old/run.json" << true;
    }
    void aStuckDiskDoesNotKeepIt() {
        QFETCH(QString, stuckOn);
        QFETCH(bool, fromTheStart);
        const test::TemporaryHome home;
        test::writeCifar10Folder((home / "pictures").string(), {/*trainPerClass=*/20, /*testPerClass=*/5, /*seed=*/1});
        const std::filesystem::path runsFolder = home / "data/runs";
        std::filesystem::create_directories(runsFolder / "old");
        test::writeFile(runsFolder / "old/run.json", {'{', '}'});
        if (fromTheStart) test::writeFile(home / "stuck", {});
        QProcess thaw;
        startOn(thaw,
                {{"QT_QPA_PLATFORM", "offscreen"},
                 {"THAW_HOME", QString::fromStdString(home.path().string())},
                 {"LD_PRELOAD", QStringLiteral(THAW_BINARY_DIR "/../lib/test/slow_disk.so")},
                 {"THAW_TEST_STUCK_ON", stuckOn},
                 {"THAW_TEST_STUCK_WHILE", QString::fromStdString((home / "stuck").string())}},
                {QStringLiteral("--run-lesson"), QStringLiteral("--data"), QString::fromStdString((home / "pictures").string())});
        if (!fromTheStart) {
            QVERIFY(QTest::qWaitFor([&] { return epochsOfNewestRun(runsFolder) >= 1; }, 120'000));
            test::writeFile(home / "stuck", {});
        }
        QVERIFY(QTest::qWaitFor([&] { return opens(thaw.processId(), stuckOn); }, 60'000));
        QElapsedTimer clock;
        clock.start();
        ::kill(static_cast<pid_t>(thaw.processId()), SIGTERM);
        QVERIFY(thaw.waitForFinished());
        QVERIFY2(clock.elapsed() < 6000, qPrintable(QString::number(clock.elapsed())));  // five seconds and the process's end
        QCOMPARE(thaw.exitStatus(), QProcess::NormalExit);
        QCOMPARE(thaw.exitCode(), 0);
        if (!fromTheStart) QVERIFY(core::listRuns(runsFolder).front().resumable);
    }

    void signalEndsItInOrder() {
        for (const int signal : {SIGTERM, SIGINT, SIGHUP}) {
            QProcess thaw;
            start(thaw, {QStringLiteral("--theme"), QStringLiteral("dark"), QStringLiteral("--scale"), QStringLiteral("125")});
            QVERIFY(thaw.waitForStarted());
            const QString file = m_home.filePath(QStringLiteral("config/window.ini"));
            QFile::remove(file);
            QVERIFY(QTest::qWaitFor([&] { return handles(thaw.processId(), signal); }, 20'000));
            QElapsedTimer time;
            time.start();
            ::kill(static_cast<pid_t>(thaw.processId()), signal);
            QVERIFY(thaw.waitForFinished());
            QVERIFY(time.elapsed() < 5000);
            QCOMPARE(thaw.exitStatus(), QProcess::NormalExit);
            QCOMPARE(thaw.exitCode(), 0);
            const QSettings settings(file, QSettings::IniFormat);
            QCOMPARE(settings.value(QStringLiteral("look/scale")).toDouble(), 1.25);
            QCOMPARE(settings.value(QStringLiteral("look/scheme")).toInt(), 2);
        }
    }

private:
    static int epochsOfNewestRun(const std::filesystem::path& folder) {
        for (const core::RunSummary& run : core::listRuns(folder))
            if (run.directory.filename() != "old") return run.epochs;
        return 0;
    }

    /// Whether the process has a file open whose path has `part` in it.
    static bool opens(qint64 pid, const QString& part) {
        std::error_code ignored;
        for (const auto& entry : std::filesystem::directory_iterator("/proc/" + std::to_string(pid) + "/fd", ignored))
            if (QString::fromStdString(std::filesystem::read_symlink(entry.path(), ignored).string()).contains(part)) return true;
        return false;
    }

    /// Whether the process has a handler for the signal: /proc tells.
    static bool handles(qint64 pid, int signal) {
        QFile status(QStringLiteral("/proc/%1/status").arg(pid));
        if (!status.open(QIODevice::ReadOnly)) return false;
        for (const QByteArray& line : status.readAll().split('\n'))
            if (line.startsWith("SigCgt:")) return (line.mid(7).trimmed().toULongLong(nullptr, 16) >> (signal - 1)) & 1;
        return false;
    }
};

QTEST_GUILESS_MAIN(TestApplication)
#include "tst_application.moc"
