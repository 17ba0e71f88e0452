// The engine as a module: the one that was built answers and throws as if it were linked; one of another build, a damaged one and
// a missing one are told apart before anything of them is called.
#include <QProcess>
#include <QTemporaryDir>
#include <QtTest>

#include <cstdio>

#include "core/api/engine_info.h"
#include "core/api/errors.h"
#include "core/api/inspector.h"
#include "core/api/trainer.h"
#include "tests/support/temporary_home.h"

using namespace thaw;

namespace {

/// What the loader of a program says that lies in a folder of its own, with this file as its engine.
int sayWhatIsLoaded() {
    try {
        core::engineInfo();
        std::puts("loaded");
    } catch (const core::Error& error) {
        std::printf("%s|%s\n", error.what(), error.hint().c_str());
    }
    return 0;
}

}  // namespace

class TestEngineModule : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void theBuiltOneAnswers() {
        QVERIFY(!isLoaded());
        const core::EngineInfo info = core::engineInfo();
        QVERIFY(isLoaded());
        QCOMPARE(info.thawVersion, core::version());
        QVERIFY(!info.libtorchVersion.empty() && info.threads >= 1);
    }

    void itsExceptionsArrive() {
        const test::TemporaryHome home;
        core::RunConfig config;
        config.batchSize = 0;
        QVERIFY_EXCEPTION_THROWN(core::makeTrainer(config), core::ConfigError);
        try {
            core::resumeTrainer(home / "no such run");
            QFAIL("opened what is not there");
        } catch (const core::StoreError& error) {
            QVERIFY2(QString::fromUtf8(error.what()).contains("no such run"), error.what());
        }
        QVERIFY_EXCEPTION_THROWN(core::openInspector(home / "no such run"), std::exception);
    }

    void othersAreToldApart_data() {
        QTest::addColumn<QString>("module");
        QTest::addColumn<QString>("says");
        QTest::newRow("stale") << QStringLiteral(THAW_BINARY_DIR "/../lib/test/stale.so") << "belongs to another build";
        QTest::newRow("older") << QStringLiteral(THAW_BINARY_DIR "/../lib/test/older.so") << "belongs to another build";
        QTest::newRow("unresolved") << QStringLiteral(THAW_BINARY_DIR "/../lib/test/unresolved.so") << "belongs to another build";
        QTest::newRow("damaged") << QStringLiteral(__FILE__) << "could not be loaded";
        QTest::newRow("missing") << QString() << "is missing";
    }
    void othersAreToldApart() {
        QFETCH(QString, module);
        QFETCH(QString, says);
        QTemporaryDir folder;
        for (const char* name : {"bin", "lib/thaw"}) QVERIFY(QDir(folder.path()).mkpath(name));
        const QString program = folder.filePath("bin/program"), engine = folder.filePath("lib/thaw/libthaw-engine.so");
        QVERIFY(QFile::copy(QCoreApplication::applicationFilePath(), program));
        if (!module.isEmpty()) QVERIFY2(QFile::copy(module, engine), qPrintable(module));
        QProcess process;
        process.start(program, {"--say-what-is-loaded"});
        QVERIFY(process.waitForFinished());
        QCOMPARE(process.exitStatus(), QProcess::NormalExit);
        const QString said = QString::fromUtf8(process.readAllStandardOutput());
        QVERIFY2(said.startsWith("Thaw's engine") && said.contains(says) && said.contains(engine), qPrintable(said));
        QVERIFY2(said.contains("Install Thaw again"), qPrintable(said));
    }

private:
    static bool isLoaded() {
        QFile maps("/proc/self/maps");
        return maps.open(QFile::ReadOnly) && maps.readAll().contains("libthaw-engine");
    }
};

int main(int argc, char** argv) {
    if (argc == 2 && QByteArray(argv[1]) == "--say-what-is-loaded") return sayWhatIsLoaded();
    core::prepareProcess(argc, argv);
    QCoreApplication application(argc, argv);
    TestEngineModule test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_engine_module.moc"
