// The benches of whole processes on a handful of pictures: what they report, not how long it takes.
#include <QFileInfo>
#include <QXmlStreamReader>
#include <QtTest>

#include "tests/support/cli_process.h"
#include "tests/support/drawn_data.h"
#include "tests/support/temporary_home.h"

using namespace thaw;

class TestCliBench : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        test::writeCifar10Folder(m_home.path() / "data", {/*trainPerClass=*/20, /*testPerClass=*/5, /*seed=*/1});
        // Stands in for a Python with torch, and for the script it runs; another one has nothing.
        writeProgram("python", "#!/bin/sh\n[ \"$1\" = -c ] && exit 0\necho '{\"lesson_seconds\": 5000}'\n");
        writeProgram("bare-python", "#!/bin/sh\nexit 1\n");
        for (const char* script : {"pytorch_lesson.py", "keras_lesson.py"}) writeProgram(script, "");
    }

    void theLessonBesideScripts() {
        const QString chart = path("lesson.svg");
        const test::CliOutcome outcome =
            test::runCli({"bench",      "lesson",   "--data",       path("data"),     "--epochs",          "1,1",
                          "--pictures", "100",      "--full",       "--against",      "pytorch,keras",     "--scripts",
                          path(""),     "--python", path("python"), "--keras-python", path("bare-python"), "--chart",
                          chart,        "--json"});
        QVERIFY2(outcome.exitCode == 0, outcome.errors.constData());
        const QJsonObject result = outcome.json();
        for (const char* cache : {"cold", "warm"}) {
            const QJsonObject run = result[QLatin1String(cache)].toObject();
            QVERIFY(run["seconds"].toDouble() > 0);
            QCOMPARE(run["phase_seconds"].toArray().size(), 2);
            QVERIFY(run["peak_memory_mb"].toDouble() > run["peak_own_memory_mb"].toDouble());
        }
        const QJsonObject pytorch = result["pytorch"].toObject();
        QCOMPARE(pytorch["seconds"].toDouble(), 5000.0);
        QCOMPARE(pytorch["scaled_from_pictures"].toInt(), 100);
        QCOMPARE(pytorch["ratio_to_cold"].toDouble(), 5000.0 / result["cold"].toObject()["seconds"].toDouble());
        QVERIFY(!result.contains("keras"));
        QVERIFY(result["left_out"].toObject()["keras"].toString().endsWith("has no tensorflow"));
        QVERIFY(outcome.errors.contains("has no tensorflow"));
        QVERIFY(result["whole_processes"].toObject()["sgemm_gflops"].toDouble() > 0);
        const QStringList texts = textsOf(chart);
        for (const char* label : {"Thaw, cold cache", "Thaw, warm cache", "Plain PyTorch script, scaled", "5000 s"})
            QVERIFY2(!texts.filter(QLatin1String(label)).isEmpty(), qPrintable(texts.join('|')));
        QVERIFY(texts.filter("Keras").isEmpty());
    }

    void peaksOfMemory() {
        const QString chart = path("memory.svg");
        const test::CliOutcome outcome =
            test::runCli({"bench", "memory", "--data", path("data"), "--epochs", "1", "--chart", chart, "--json"});
        QVERIFY2(outcome.exitCode == 0, outcome.errors.constData());
        for (const char* place : {"features_in_memory", "features_on_disk"})
            for (const char* cache : {"cold", "warm"}) {
                const QJsonObject row = outcome.json()[QLatin1String(place)].toObject()[QLatin1String(cache)].toObject();
                QVERIFY(row["peak_memory_mb"].toDouble() > row["peak_own_memory_mb"].toDouble());
                QVERIFY(row["peak_own_memory_mb"].toDouble() > 10);
            }
        QVERIFY(!textsOf(chart).filter("Features on disk, cold").isEmpty());
    }

    void theWindowsFirstPaint() {
        if (!QFileInfo::exists(QStringLiteral(THAW_BINARY_DIR "/thaw"))) QSKIP("built without the window");
        const QString chart = path("start.svg");
        const test::CliOutcome outcome = test::runCli({"bench", "start", "--rounds", "2", "--chart", chart, "--json"});
        QVERIFY2(outcome.exitCode == 0, outcome.errors.constData());
        const QJsonObject result = outcome.json(), paint = result["first_paint_ms"].toObject();
        QVERIFY(paint["best"].toDouble() > 0 && paint["best"].toDouble() <= paint["median"].toDouble());
        QCOMPARE(result["rounds"].toInt() + result["discarded"].toInt(), 2);
        QVERIFY(!textsOf(chart).filter("first paint").isEmpty());
    }

    void badInput() {
        QCOMPARE(test::runCli({"bench", "lesson", "--against", "jax"}).exitCode, 2);
        QCOMPARE(test::runCli({"bench", "start", "--program", path("nothing")}).exitCode, 1);
        QCOMPARE(test::runCli({"bench", "run"}).exitCode, 2);
        QCOMPARE(test::runCli({"bench", "nonsense"}).exitCode, 2);
    }

private:
    QString path(const char* name) const { return QString::fromStdString((m_home.path() / name).string()); }

    void writeProgram(const char* name, const QByteArray& text) const {
        QFile file(path(name));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(text);
        file.close();
        QVERIFY(file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner));
    }

    /// Texts of an SVG file; the test fails where it is not well-formed.
    static QStringList textsOf(const QString& name) {
        QFile file(name);
        if (!file.open(QIODevice::ReadOnly)) return {};
        QXmlStreamReader xml(&file);
        QStringList texts;
        while (!xml.atEnd())
            if (xml.readNext() == QXmlStreamReader::StartElement && xml.name() == QLatin1String("text"))
                texts << xml.readElementText(QXmlStreamReader::IncludeChildElements);
        return xml.hasError() ? QStringList() : texts;
    }

    const test::TemporaryHome m_home;
};

QTEST_GUILESS_MAIN(TestCliBench)
#include "tst_cli_bench.moc"
