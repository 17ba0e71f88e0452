// evaluate and compare as a user meets them: their numbers agree with each other and with the run's own record, and what cannot be
// answered is said in plain words.
#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QtTest>

#include "core/api/evaluation.h"
#include "tests/support/cli_process.h"
#include "tests/support/drawn_data.h"
#include "tests/support/temporary_home.h"

using namespace thaw;
using Outcome = test::CliOutcome;
namespace fs = std::filesystem;

namespace {

double number(const QJsonObject& object, const char* name) { return object.value(QLatin1String(name)).toDouble(-1); }
QJsonArray list(const QJsonObject& object, const char* name) { return object.value(QLatin1String(name)).toArray(); }
QString text(const fs::path& path) { return QString::fromStdString(path.string()); }

QJsonObject lastEpoch(const fs::path& run) {
    QFile file(text(run / "events.jsonl"));
    file.open(QIODevice::ReadOnly);
    QJsonObject last;
    for (const QByteArray& line : file.readAll().split('\n'))
        if (line.contains("\"epoch_finished\"")) last = QJsonDocument::fromJson(line).object();
    return last;
}

void replaceIn(const fs::path& path, const QByteArray& before, const QByteArray& after) {
    QFile file(text(path));
    QVERIFY(file.open(QIODevice::ReadWrite));
    QByteArray content = file.readAll();
    QVERIFY(content.contains(before));
    file.resize(0);
    file.write(content.replace(before, after));
}

}  // namespace

class TestCliAnalysis : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        test::writeCifar10Folder(data(), {/*trainPerClass=*/20, /*testPerClass=*/5, /*seed=*/1});
        const Outcome outcome = test::runCli(lesson(m_run, {"--epochs", "2,1", "--train-limit", "150"}));
        QVERIFY2(outcome.exitCode == 0, outcome.all().constData());
    }

    void evaluationAgreesWithItselfAndTheRecord() {
        const Outcome outcome = test::runCli({"evaluate", "--run", text(m_run), "--checkpoint", "last", "--json"});
        QVERIFY2(outcome.exitCode == 0, outcome.all().constData());
        const QJsonObject result = outcome.json(), recorded = lastEpoch(m_run);
        QCOMPARE(number(result, "count"), 50.0);
        QCOMPARE(number(result, "epoch"), 3.0);
        QCOMPARE(number(result, "accuracy"), number(recorded, "val_accuracy"));
        QVERIFY(std::abs(number(result, "loss") - number(recorded, "val_loss")) < 1e-4);
        QVERIFY(number(result, "top5") >= number(result, "accuracy"));
        QVERIFY(number(result, "ece") >= 0 && number(result, "ece") <= 1);
        QVERIFY(number(result, "temperature") > 0);  // 50 training pictures were never trained on

        const QJsonArray rows = list(result, "confusion"), classes = list(result, "per_class"), confused = list(result, "most_confused");
        QCOMPARE(rows.size(), 10);
        QCOMPARE(classes.size(), 10);
        QCOMPARE(classes[3].toObject().value(QStringLiteral("name")).toString(), QStringLiteral("cat"));
        double right = 0, recalls = 0, off = 0;
        for (int i = 0; i < 10; ++i) {
            double row = 0, column = 0;
            for (int j = 0; j < 10; ++j) {
                row += rows[i].toArray()[j].toDouble();
                column += rows[j].toArray()[i].toDouble();
            }
            const double hits = rows[i].toArray()[i].toDouble();
            const QJsonObject one = classes[i].toObject();
            QCOMPARE(row, 5.0);
            QCOMPARE(number(one, "support"), row);
            QCOMPARE(number(one, "recall"), hits / row);
            QCOMPARE(number(one, "precision"), column > 0 ? hits / column : 0);
            QCOMPARE(number(one, "f1"), 2 * hits / (row + column));
            right += hits;
            recalls += hits / row;
        }
        for (const QJsonValue& cell : confused) off += number(cell.toObject(), "count");
        QCOMPARE(number(result, "accuracy"), right / 50);
        QCOMPARE(right + off, 50.0);
        QVERIFY(std::abs(number(result.value(QStringLiteral("macro")).toObject(), "recall") - recalls / 10) < 1e-12);
        const core::Interval interval = core::wilsonInterval(static_cast<std::int64_t>(right), 50);
        QCOMPARE(list(result, "accuracy_interval")[0].toDouble(), interval.low);
        QCOMPARE(list(result, "accuracy_interval")[1].toDouble(), interval.high);
    }

    void evaluationCanBeRead() {
        const Outcome outcome = test::runCli({"evaluate", "--run", text(m_run), "--split", "train"});
        QCOMPARE(outcome.exitCode, 0);
        for (const char* words : {"150 training pictures", "95 % interval", "ECE", "fitting temperature", "automobile", "weighted"})
            QVERIFY2(outcome.output.contains(words), outcome.output.constData());
    }

    void noTemperatureWithoutUnseenPictures() {
        const fs::path whole = m_home / "whole";
        QCOMPARE(test::runCli(lesson(whole, {"--epochs", "1"})).exitCode, 0);
        const Outcome outcome = test::runCli({"evaluate", "--run", text(whole), "--json"});
        QCOMPARE(outcome.exitCode, 0);
        QVERIFY(!outcome.json().contains(QStringLiteral("temperature")));
    }

    void twoCheckpointsOfARun() {
        const Outcome outcome = test::runCli({"compare", text(m_run), text(m_run), "--checkpoint", "epoch:1", "--checkpoint-b", "last", "--json"});
        QVERIFY2(outcome.exitCode == 0, outcome.all().constData());
        const QJsonObject result = outcome.json();
        const QJsonArray lost = list(result, "lost"), gained = list(result, "gained");
        QCOMPARE(number(result, "b"), static_cast<double>(lost.size()));
        QCOMPARE(number(result, "c"), static_cast<double>(gained.size()));
        QVERIFY(lost.size() + gained.size() > 0);
        QCOMPARE(number(result, "accuracy_b"), number(lastEpoch(m_run), "val_accuracy"));
        QVERIFY(std::abs(number(result, "accuracy_b") - number(result, "accuracy_a") - (gained.size() - lost.size()) / 50.0) < 1e-12);
        QVERIFY(number(result, "p") > 0 && number(result, "p") <= 1);
        double change = 0;
        for (const QJsonValue& row : list(result, "confusion_difference"))
            for (const QJsonValue& cell : row.toArray()) change += cell.toDouble();
        QCOMPARE(change, 0.0);

        const Outcome turned = test::runCli({"compare", text(m_run), text(m_run), "--checkpoint", "last", "--checkpoint-b", "epoch:1", "--json"});
        QCOMPARE(list(turned.json(), "lost"), gained);
        QCOMPARE(list(turned.json(), "gained"), lost);
        QCOMPARE(number(turned.json(), "p"), number(result, "p"));
        QVERIFY(test::runCli({"compare", text(m_run), text(m_run)}).output.contains("p = 1"));
    }

    void lockedTestSplitIsRevealedOnceAndForAll() {
        const Outcome trained = test::runCli({"lesson", "--data", text(data()), "--batch", "50", "--epochs", "1", "--hold-out", "0.2", "--events", "-"});
        QVERIFY2(trained.exitCode == 0, trained.all().constData());
        const auto listed = [] { return QJsonDocument::fromJson(test::runCli({"runs", "--json"}).output).array()[0].toObject(); };
        const QString run = listed().value(QStringLiteral("directory")).toString();
        QCOMPARE(listed().value(QStringLiteral("validates_on")).toString(), QStringLiteral("held-out training pictures"));
        QCOMPARE(number(listed(), "test_reveals"), 0.0);
        QVERIFY(test::runCli({"runs"}).output.contains("test split locked"));

        const QJsonObject validation = test::runCli({"evaluate", "--run", run, "--json"}).json();
        QCOMPARE(validation.value(QStringLiteral("split")).toString(), QStringLiteral("validation"));
        QCOMPARE(number(validation, "count"), 40.0);
        QCOMPARE(number(validation, "accuracy"), number(lastEpoch(run.toStdString()), "val_accuracy"));
        for (const QStringList& command : {QStringList{"evaluate", "--run", run}, QStringList{"compare", run, run},
                                           QStringList{"extract", "--run", run, "--layer", "block5_pool", "--out", run + "/x.safetensors"}}) {
            const Outcome refused = test::runCli(command + QStringList{"--split", "test"});
            QVERIFY2(refused.exitCode == 1, refused.all().constData());
            QVERIFY2(refused.errors.contains("locked") && refused.output.isEmpty(), refused.all().constData());
        }
        QCOMPARE(test::runCli({"evaluate", "--run", run, "--split", "train", "--reveal"}).exitCode, 2);
        QCOMPARE(test::runCli({"evaluate", "--run", run, "--reveal", "--checkpoint", "epoch:9"}).exitCode, 1);
        QCOMPARE(number(listed(), "test_reveals"), 0.0);

        const Outcome revealed = test::runCli({"evaluate", "--run", run, "--reveal", "--json"});
        QVERIFY2(revealed.exitCode == 0, revealed.all().constData());
        QCOMPARE(revealed.json().value(QStringLiteral("split")).toString(), QStringLiteral("test"));
        QCOMPARE(number(revealed.json(), "count"), 50.0);
        QCOMPARE(number(revealed.json(), "test_reveals"), 1.0);
        QCOMPARE(number(listed(), "test_reveals"), 1.0);
        QVERIFY(test::runCli({"runs"}).output.contains("test split revealed (1)"));
        const Outcome again = test::runCli({"evaluate", "--run", run, "--split", "test", "--json"});
        QCOMPARE(number(again.json(), "accuracy"), number(revealed.json(), "accuracy"));
        QCOMPARE(number(test::runCli({"evaluate", "--run", run, "--split", "validation", "--json"}).json(), "accuracy"), number(validation, "accuracy"));
        QCOMPARE(test::runCli({"evaluate", "--run", text(m_run), "--reveal"}).exitCode, 2);  // nothing is locked there
    }

    void badInputIsRefusedInPlainWords_data() {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QByteArray>("word");
        const QString run = text(m_run);
        QTest::newRow("no run") << QStringList{"evaluate", "--run", "/nonexistent"} << QByteArray("/nonexistent");
        QTest::newRow("no such epoch") << QStringList{"evaluate", "--run", run, "--checkpoint", "epoch:99"} << QByteArray("epoch:99");
        QTest::newRow("no second run") << QStringList{"compare", run, "/nonexistent"} << QByteArray("/nonexistent");
        QTest::newRow("no data there") << QStringList{"evaluate", "--run", run, "--data", "/nonexistent"} << QByteArray("/nonexistent");

        const fs::path newer = copy("newer");
        replaceIn(newer / "run.json", "\"format\": 1", "\"format\": 99");
        QTest::newRow("newer version") << QStringList{"evaluate", "--run", text(newer)} << QByteArray("format 99");

        const fs::path torn = copy("torn");
        for (const auto& object : fs::directory_iterator(torn / "checkpoints" / "objects")) fs::resize_file(object.path(), fs::file_size(object.path()) / 2);
        QTest::newRow("torn checkpoint") << QStringList{"evaluate", "--run", text(torn)} << QByteArray("torn");

        const fs::path model = copy("model");
        replaceIn(model / "run.json", "\"hiddenUnits\": 512", "\"hiddenUnits\": 64");
        QTest::newRow("another model's checkpoint") << QStringList{"evaluate", "--run", text(model)} << QByteArray("head");

        const fs::path folder = m_home / "shapes", three = m_home / "three";
        test::writeImageFolder(folder, {/*trainPerClass=*/10, /*testPerClass=*/5, /*seed=*/1}, /*classes=*/3);
        QCOMPARE(test::runCli({"lesson", "--data", text(folder), "--dataset", "folder", "--epochs", "1", "--out", text(three)}).exitCode, 0);
        QTest::newRow("runs on other data") << QStringList{"compare", text(m_run), text(three)} << QByteArray("other classes");

        const fs::path other = m_home / "other";
        test::writeCifar10Folder(other, {/*trainPerClass=*/20, /*testPerClass=*/5, /*seed=*/2});
        const fs::path moved = copy("moved");
        replaceIn(moved / "run.json", text(data()).toUtf8(), text(other).toUtf8());
        QTest::newRow("other pictures than the run's") << QStringList{"evaluate", "--run", text(moved)} << QByteArray("other pictures");
    }
    void badInputIsRefusedInPlainWords() {
        QFETCH(QStringList, arguments);
        QFETCH(QByteArray, word);
        const Outcome outcome = test::runCli(arguments + QStringList{"--json"});
        QVERIFY2(outcome.exitCode == 1, outcome.all().constData());
        QVERIFY(outcome.output.isEmpty());
        QVERIFY2(outcome.errors.contains(word), outcome.errors.constData());
    }

private:
    fs::path data() const { return m_home / "drawn"; }
    QStringList lesson(const fs::path& folder, const QStringList& more) const {
        return QStringList{"lesson", "--data", text(data()), "--batch", "50", "--out", text(folder)} + more;
    }
    fs::path copy(const std::string& name) const {
        fs::copy(m_run, m_home / name, fs::copy_options::recursive);
        return m_home / name;
    }

    test::TemporaryHome m_home;
    const fs::path m_run = m_home / "run";
};

QTEST_GUILESS_MAIN(TestCliAnalysis)
#include "tst_cli_analysis.moc"
