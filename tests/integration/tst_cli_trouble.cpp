// The headless program on a disk that takes no more, with data that changed, with names that are not UTF-8.
#include <QTest>

#include "tests/support/cli_process.h"
#include "tests/support/drawn_data.h"
#include "tests/support/temporary_home.h"

using namespace thaw;
using Outcome = test::CliOutcome;

class TestCliTrouble : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        test::writeImageFolder(m_home / "shapes", {10, 5, 1}, 3, 32);
        qputenv("PROGRAM", THAW_BINARY_DIR "/thaw-cli");
        qputenv("PLACE", QByteArray::fromStdString(m_home.path().string()));
    }

    void aModelThatIsNotSavedFailsTheRun() {
        // Room for the record, none for the weights of a layer.
        const Outcome outcome = shell("ulimit -f 200; $PROGRAM lesson --data shapes --epochs 1,1 --no-disk-cache --out full");
        QCOMPARE(outcome.exitCode, 1);
        QVERIFY2(outcome.errors.contains("Not saved: "), outcome.errors.constData());
        const QByteArray last = outcome.errors.trimmed().split('\n').last();
        QVERIFY2(last.startsWith("Not all of the run is saved. No model of this run is saved."), last.constData());
        QVERIFY(!outcome.output.contains("ot saved"));
        const Outcome listed = shell(
            "THAW_HOME=$PLACE/none; mkdir -p $THAW_HOME/data/runs; cp -r full $THAW_HOME/data/runs; export THAW_HOME; "
            "$PROGRAM runs");
        QVERIFY2(listed.output.contains("No model of this run is saved."), listed.all().constData());
    }

    void eventsThatAreNotWrittenFailTheRun() {
        const Outcome outcome = shell("$PROGRAM lesson --data shapes --epochs 1,0 --out events --events /dev/full");
        QCOMPARE(outcome.exitCode, 1);
        QVERIFY2(outcome.errors.contains("/dev/full"), outcome.errors.constData());
    }

    void theRecordIsReadFromEverywhere() {
        QCOMPARE(shell("$PROGRAM lesson --data ./shapes/ --cache-dir cache --epochs 1,0 --out here").exitCode, 0);
        QCOMPARE(shell("mkdir -p deep/er; cd deep/er; $PROGRAM evaluate --run ../../here").exitCode, 0);
        const Outcome renamed = shell("$PROGRAM runs rename here 'with small pictures' --note 'try flip'; $PROGRAM report here");
        QVERIFY2(renamed.exitCode == 0, renamed.all().constData());
        QVERIFY(test::readFile(m_home / "here/report.html").size() > 0);
        const Outcome shown = shell("grep -c 'with small pictures' here/report.html; grep -c 'try flip' here/report.html");
        QVERIFY2(shown.exitCode == 0, "the report does not name the run");
    }

    void classesThatChanged() {
        QCOMPARE(shell("cp -r shapes other; $PROGRAM lesson --data other --epochs 1,1 --out changed").exitCode, 0);
        // As if it had been killed after its first epoch: the end of the record and the newest checkpoint are gone.
        QCOMPARE(shell("cd changed; rm checkpoints/$(ls checkpoints | grep json | tail -1); grep -v run_finished events.jsonl > "
                       "e; mv e events.jsonl")
                     .exitCode,
                 0);
        shell("for split in train test; do mv other/$split/ring other/$split/ant; done");
        for (const char* command : {"$PROGRAM train --resume changed", "$PROGRAM evaluate --run changed",
                                    "$PROGRAM report changed", "$PROGRAM embed --run changed --out e.safetensors",
                                    "$PROGRAM gradcam --run changed --index 0 --out g.safetensors"}) {
            const Outcome outcome = shell(command);
            QVERIFY2(outcome.exitCode == 1, command + outcome.all());
            QVERIFY2(outcome.errors.contains("\"ring\" is missing, \"ant\" is new"), command + outcome.all());
        }
        const Outcome resumed = shell("$PROGRAM train --resume changed --data shapes");
        QVERIFY2(resumed.exitCode == 0, resumed.all().constData());
    }

    /// The folder of pictures, one of its classes, the cache and the run are called as a Latin-1 system wrote them.
    void namesThatAreNotUtf8_data() {
        QTest::addColumn<QByteArray>("command");
        for (const char* command :
             {"cp -r shapes $d; mv $d/train/ring $d/train/r$e; mv $d/test/ring $d/test/r$e",
              "$PROGRAM lesson --data $d --cache-dir c$e --epochs 1,0 --out run$e", "$PROGRAM evaluate --run run$e",
              "$PROGRAM evaluate --run run$e --json", "$PROGRAM report run$e", "$PROGRAM embed --run run$e --out e$e.safetensors",
              "$PROGRAM predict --run run$e --csv p.csv $d/test/r$e/b0.png",
              "$PROGRAM gradcam --run run$e --index 0 --out g.safetensors", "$PROGRAM export --run run$e --out m$e.safetensors",
              "$PROGRAM train --resume run$e", "$PROGRAM compare run$e run$e"})
            QTest::newRow(command) << QByteArray(command);
    }
    void namesThatAreNotUtf8() {
        QFETCH(QByteArray, command);
        const Outcome outcome = shell("e=$(printf '\\351'); d=caf$e; " + command);
        QVERIFY2(outcome.exitCode == 0, outcome.all().constData());
        QVERIFY(isUtf8(outcome.all()));
        if (command.endsWith("--json")) QVERIFY2(outcome.output.contains("r\\\\xE9"), outcome.output.constData());
        if (!command.contains("report")) return;
        const test::Bytes page = test::readFile(m_home / "run\xE9/report.html");
        const QByteArray html(reinterpret_cast<const char*>(page.data()), static_cast<int>(page.size()));
        QVERIFY(html.contains("r\\xE9") && isUtf8(html));
    }

private:
    static bool isUtf8(const QByteArray& text) { return QString::fromUtf8(text).toUtf8() == text; }
    Outcome shell(const QByteArray& script) const {
        QProcess process;
        process.setWorkingDirectory(QString::fromStdString(m_home.path().string()));
        process.start(QStringLiteral("bash"), {QStringLiteral("-c"), QString::fromUtf8(script)});
        return test::finishCli(process);
    }

    test::TemporaryHome m_home;
};

QTEST_GUILESS_MAIN(TestCliTrouble)
#include "tst_cli_trouble.moc"
