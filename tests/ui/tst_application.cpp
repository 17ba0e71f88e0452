// The program itself: its command line, and that a signal ends it in good order with the settings written.
#include <QElapsedTimer>
#include <QFile>
#include <QProcess>
#include <QSettings>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>

#include "core/api/engine_info.h"

using namespace thaw;

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

    int exitCode(const QStringList& arguments) const {
        QProcess thaw;
        start(thaw, arguments);
        return thaw.waitForFinished() ? thaw.exitCode() : -1;
    }

private Q_SLOTS:
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

    void signalEndsItInOrder() {
        for (const int signal : {SIGTERM, SIGINT}) {
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
