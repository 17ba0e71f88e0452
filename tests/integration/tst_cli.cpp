// The headless program as a user meets it: outputs, exit codes, interruption, resumption, bad input.
#include <QDir>
#include <QJsonArray>
#include <QtTest>

#include <csignal>

#include "core/model/safetensors.h"
#include "tests/support/cli_process.h"
#include "tests/support/drawn_data.h"
#include "tests/support/temporary_home.h"

using namespace thaw;
using Outcome = test::CliOutcome;

namespace {

QList<QJsonObject> eventsOf(const QByteArray& output) {
    QList<QJsonObject> events;
    for (const QByteArray& line : output.split('\n')) {
        if (line.isEmpty()) continue;
        QJsonParseError error;
        const QJsonDocument document = QJsonDocument::fromJson(line, &error);
        if (error.error != QJsonParseError::NoError) qWarning("Not JSON: %s", line.constData());
        events += document.object();
    }
    return events;
}

QList<QJsonObject> named(const QList<QJsonObject>& events, const char* name) {
    QList<QJsonObject> found;
    for (const QJsonObject& event : events)
        if (event.value(QLatin1String("event")).toString() == QLatin1String(name)) found += event;
    return found;
}

}  // namespace

class TestCli : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { test::writeCifar10Folder(dataFolder(), {/*trainPerClass=*/20, /*testPerClass=*/5, /*seed=*/1}); }

    void lessonWritesEventsAndARunFolder() {
        const Outcome outcome = run(lesson({"--epochs", "2,1", "--events", "-", "--out", runFolder("events")}));
        QVERIFY2(outcome.exitCode == 0, outcome.errors.constData());
        const QList<QJsonObject> events = eventsOf(outcome.output);
        QCOMPARE(named(events, "run_started").size(), 1);
        QCOMPARE(named(events, "phase_started").size(), 2);
        QCOMPARE(named(events, "run_finished").size(), 1);
        const QList<QJsonObject> epochs = named(events, "epoch_finished");
        QCOMPARE(epochs.size(), 3);
        for (int i = 0; i < 3; ++i) {
            QCOMPARE(epochs[i].value(QStringLiteral("epoch")).toInt(), i + 1);
            for (const char* field : {"phase", "train_loss", "train_accuracy", "val_loss", "val_accuracy", "seconds",
                                      "images_per_second", "learning_rate"})
                QVERIFY2(epochs[i].value(QLatin1String(field)).isDouble(), field);
        }
        for (const char* file : {"run.json", "events.jsonl", "curves.png", "checkpoints"})
            QVERIFY2(QFileInfo::exists(runFolder("events") + QLatin1Char('/') + QLatin1String(file)), file);
    }

    void analysesOfARun() {
        const QString folder = runFolder("analysed");
        QCOMPARE(run(lesson({"--epochs", "2,1", "--out", folder})).exitCode, 0);

        const Outcome evaluated = run({"evaluate", "--run", folder, "--checkpoint", "last", "--json"});
        QCOMPARE(evaluated.exitCode, 0);
        const QJsonObject evaluation = QJsonDocument::fromJson(evaluated.output).object();
        QCOMPARE(evaluation.value(QStringLiteral("count")).toInt(), 50);
        QVERIFY(evaluation.value(QStringLiteral("top5")).toDouble() >= evaluation.value(QStringLiteral("accuracy")).toDouble());

        const QString picture = QString::fromStdString((m_home.path() / "own.png").string()),
                      broken = picture + QStringLiteral(".broken");
        std::mt19937 random(1);
        test::writeFile(picture.toStdString(), test::encodePng(test::drawPicture(3, 40, random), 40, 40));
        test::writeFile(broken.toStdString(), {1, 2, 3});
        const Outcome predicted = run({"predict", "--run", folder, "--json", picture, broken});
        QCOMPARE(predicted.exitCode, 1);  // one of the pictures could not be read
        const QJsonArray predictions = QJsonDocument::fromJson(predicted.output).array();
        QCOMPARE(predictions.size(), 2);
        QCOMPARE(predictions[0].toObject().value(QStringLiteral("top5")).toArray().size(), 5);
        QVERIFY(!predictions[1].toObject().value(QStringLiteral("error")).toString().isEmpty());

        const QString table = QString::fromStdString((m_home.path() / "table.csv").string());
        QCOMPARE(run({"predict", "--run", folder, "--csv", table, picture, broken}).exitCode, 1);
        QFile csv(table);
        QVERIFY(csv.open(QIODevice::ReadOnly));
        const QList<QByteArray> lines = csv.readAll().split('\n');
        QCOMPARE(lines.size(), 4);
        QVERIFY(lines[0].startsWith("file,predicted,probability,top1,top1_probability"));
        const QJsonObject best = predictions[0].toObject().value(QStringLiteral("top5")).toArray()[0].toObject();
        QCOMPARE(lines[1].split(',')[1], best.value(QStringLiteral("class")).toString().toUtf8());
        QCOMPARE(lines[1].split(',')[2].toFloat(), static_cast<float>(best.value(QStringLiteral("probability")).toDouble()));
        QVERIFY(lines[2].contains("cannot be read"));

        const std::filesystem::path features = m_home.path() / "features.safetensors";
        QCOMPARE(run({"extract", "--run", folder, "--layer", "block5_pool", "--limit", "7", "--out",
                      QString::fromStdString(features.string())})
                     .exitCode,
                 0);
        const core::SafetensorsReader reader(features);
        QCOMPARE(reader.entries().at("features").shape.front(), 7);
        QCOMPARE(reader.entries().at("labels").count(), 7);
        QCOMPARE(reader.entries().at("logits").count(), 70);

        const QString model = QString::fromStdString((m_home.path() / "model.safetensors").string());
        QCOMPARE(run({"export", "--run", folder, "--out", model}).exitCode, 0);
        const QString onnx = QString::fromStdString((m_home.path() / "model.onnx").string());
        const Outcome exported = run({"export", "--run", folder, "--format", "onnx", "--out", onnx});
        QVERIFY2(exported.exitCode == 0 && exported.output.contains("model_onnx.py"), exported.all().constData());
        QVERIFY(std::filesystem::file_size(onnx.toStdString()) > std::filesystem::file_size(model.toStdString()) / 2);
        const Outcome inspected = run({"weights", "inspect", model, "--json"});
        QCOMPARE(inspected.exitCode, 0);
        QVERIFY(QJsonDocument::fromJson(inspected.output).object().value(QStringLiteral("usable")).toBool());
    }

    void aRunIsReported() {
        const QString folder = runFolder("reported");
        QCOMPARE(run(lesson({"--epochs", "2,1", "--out", folder})).exitCode, 0);
        const Outcome written = run({"report", folder});
        QVERIFY2(written.exitCode == 0, written.errors.constData());
        QVERIFY(written.output.contains("report.html"));
        QFile html(folder + QStringLiteral("/report.html"));
        QVERIFY(html.open(QIODevice::ReadOnly));
        const QByteArray page = html.readAll();
        for (const char* words : {"<!DOCTYPE html>", "after epoch", "<svg", "Grad-CAM", "</html>"})
            QVERIFY2(page.contains(words), words);

        const QString other = folder + QStringLiteral("/first.html");
        QCOMPARE(run({"report", folder, "--checkpoint", "epoch:1", "--out", other}).exitCode, 0);
        QFile first(other);
        QVERIFY(first.open(QIODevice::ReadOnly));
        QVERIFY(first.readAll().contains("after epoch 1"));
        QCOMPARE(run({"report", folder, "--checkpoint", "epoch:99"}).exitCode, 2);
        QCOMPARE(run({"report", folder, "--out", "report.pdf"}).exitCode, 2);
        const Outcome nowhere = run({"report", folder, "--out", "/nonexistent/report.html"});
        QCOMPARE(nowhere.exitCode, 1);
        QVERIFY(!nowhere.errors.contains("Writing the report"));  // before the work that it takes
        QCOMPARE(run({"report", "/nonexistent"}).exitCode, 1);
    }

    void interruptionSavesAndResumes_data() {
        QTest::addColumn<int>("signal");
        QTest::newRow("SIGINT") << SIGINT;
        QTest::newRow("SIGTERM") << SIGTERM;
        QTest::newRow("SIGHUP") << SIGHUP;
    }
    void interruptionSavesAndResumes() {
        QFETCH(int, signal);
        std::signal(signal, SIG_DFL);  // where nohup has the tests ignore it, the program would heed that
        const QString folder = runFolder(QTest::currentDataTag());
        QProcess* process = test::startCli(lesson({"--epochs", "400,1", "--out", folder}), this);
        QByteArray seen;
        QVERIFY(QTest::qWaitFor(
            [&] {
                process->waitForReadyRead(50);
                seen += process->readAllStandardOutput();
                return seen.contains("Epoch  1 of");
            },
            test::kCliPatience));
        ::kill(static_cast<pid_t>(process->processId()), signal);
        const Outcome outcome = test::finishCli(*process);
        QCOMPARE(outcome.exitCode, 130);
        QVERIFY2(outcome.output.contains("--resume"), outcome.output.constData());

        QProcess* again = test::startCli({"train", "--resume", folder, "--events", "-"}, this);
        QByteArray events;
        QVERIFY(QTest::qWaitFor(
            [&] {
                again->waitForReadyRead(50);
                events += again->readAllStandardOutput();
                return events.contains("epoch_finished");
            },
            test::kCliPatience));
        ::kill(static_cast<pid_t>(again->processId()), SIGINT);
        QCOMPARE(test::finishCli(*again).exitCode, 130);
        const QList<QJsonObject> list = eventsOf(events);
        QVERIFY(named(list, "run_started").front().value(QStringLiteral("resumed")).toBool());
        QVERIFY(named(list, "epoch_finished").front().value(QStringLiteral("epoch")).toInt() > 1);
    }

    void killedRunEndsLikeAnUndisturbedOne() {
        const QStringList settings{"--epochs", "6,2"};
        QCOMPARE(run(lesson(settings + QStringList{"--out", runFolder("undisturbed")})).exitCode, 0);

        const QString folder = runFolder("killed");
        QProcess* process = test::startCli(lesson(settings + QStringList{"--out", folder}), this);
        QByteArray seen;
        QVERIFY(QTest::qWaitFor(
            [&] {
                process->waitForReadyRead(50);
                seen += process->readAllStandardOutput();
                return seen.contains("Epoch  2 of");
            },
            test::kCliPatience));
        ::kill(static_cast<pid_t>(process->processId()), SIGKILL);
        process->waitForFinished(test::kCliPatience);
        const Outcome resumed = run({"train", "--resume", folder});
        QVERIFY2(resumed.exitCode == 0, resumed.errors.constData());

        const auto weightsOf = [this](const QString& runPath, const char* name) {
            const std::filesystem::path file = m_home.path() / name;
            run({"export", "--run", runPath, "--checkpoint", "last", "--out", QString::fromStdString(file.string())});
            const core::SafetensorsReader reader(file);
            std::map<std::string, std::vector<std::uint8_t>> tensors;
            for (const auto& [tensor, entry] : reader.entries()) tensors[tensor] = reader.read(tensor);
            return tensors;
        };
        QVERIFY(weightsOf(folder, "killed.safetensors") == weightsOf(runFolder("undisturbed"), "undisturbed.safetensors"));
    }

    void badInputIsRefusedInPlainWords_data() {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<int>("exitCode");
        QTest::addColumn<QByteArray>("word");
        const QString data = QString::fromStdString(dataFolder().string());
        const QString torn = QString::fromStdString((m_home.path() / "torn.safetensors").string());
        test::writeFile(torn.toStdString(), {9, 0, 0, 0, 0, 0, 0, 0, '{'});
        QTest::newRow("no subcommand") << QStringList{} << 2 << QByteArray("subcommand");
        QTest::newRow("unknown option") << QStringList{"lesson", "--frobnicate"} << 2 << QByteArray("frobnicate");
        QTest::newRow("unknown preset") << QStringList{"lesson", "--preset", "nonsense"} << 2 << QByteArray("nonsense");
        QTest::newRow("absurd batch") << QStringList{"lesson", "--data", data, "--batch", "0"} << 2 << QByteArray("atch");
        QTest::newRow("absurd rate") << QStringList{"lesson", "--data", data, "--lr", "nan"} << 2 << QByteArray("lr");
        QTest::newRow("unknown layer") << QStringList{"lesson", "--data", data, "--thaw", "block9"} << 2 << QByteArray("block9");
        QTest::newRow("no data there") << QStringList{"lesson", "--data", "/nonexistent", "--dataset", "cifar10"} << 1
                                       << QByteArray("/nonexistent");
        QTest::newRow("torn weights") << QStringList{"lesson", "--data", data, "--weights", torn} << 1
                                      << QByteArray("torn.safetensors");
        QTest::newRow("missing config") << QStringList{"train", "--config", "/nonexistent.json"} << 2
                                        << QByteArray("/nonexistent.json");
        QTest::newRow("a setting beside --resume") << QStringList{"train", "--resume", "/nonexistent", "--lr", "0.01"} << 2
                                                   << QByteArray("--lr has no effect beside --resume");
        QTest::newRow("no such run") << QStringList{"train", "--resume", "/nonexistent"} << 1 << QByteArray("/nonexistent");
        QTest::newRow("unwritable folder") << QStringList{"lesson", "--data", data, "--out", "/proc/run"} << 1
                                           << QByteArray("/proc/run");
        QTest::newRow("no such layer") << QStringList{"extract", "--data", data, "--layer", "block6_pool", "--out", torn + "x"}
                                       << 2 << QByteArray("block6_pool");
    }
    void badInputIsRefusedInPlainWords() {
        QFETCH(QStringList, arguments);
        QFETCH(int, exitCode);
        QFETCH(QByteArray, word);
        const Outcome outcome = run(arguments);
        QVERIFY2(outcome.exitCode == exitCode, outcome.all().constData());
        QVERIFY2(outcome.all().contains(word), outcome.all().constData());
    }

    void infoIsJson() {
        const Outcome outcome = run({"info", "--json"});
        QCOMPARE(outcome.exitCode, 0);
        const QJsonObject info = QJsonDocument::fromJson(outcome.output).object();
        for (const char* field : {"libtorch", "blas", "threads", "device", "data", "weights", "cache_bytes"})
            QVERIFY2(info.contains(QLatin1String(field)), field);
    }

private:
    std::filesystem::path dataFolder() const { return m_home.path() / "drawn"; }
    QString runFolder(const char* name) const { return QString::fromStdString((m_home.path() / "out" / name).string()); }
    QStringList lesson(const QStringList& more) const {
        return QStringList{"lesson", "--data", QString::fromStdString(dataFolder().string()), "--batch", "64"} + more;
    }
    static Outcome run(const QStringList& arguments) { return test::runCli(arguments); }

    test::TemporaryHome m_home;
};

QTEST_GUILESS_MAIN(TestCli)
#include "tst_cli.moc"
