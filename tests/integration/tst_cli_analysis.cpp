// evaluate and compare as a user meets them: their numbers agree with each other and with the run's own record, and what cannot
// be answered is said in plain words.
#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QtTest>

#include <algorithm>
#include <csignal>
#include <random>

#include "core/api/evaluation.h"
#include "core/model/safetensors.h"
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
        QVERIFY(result.value(QStringLiteral("own_data")).toBool());
        QCOMPARE(number(result, "count"), 50.0);
        QCOMPARE(number(result, "epoch"), 3.0);
        QCOMPARE(number(result, "accuracy"), number(recorded, "val_accuracy"));
        QVERIFY(std::abs(number(result, "loss") - number(recorded, "val_loss")) < 1e-4);
        QVERIFY(number(result, "top5") >= number(result, "accuracy"));
        QVERIFY(number(result, "ece") >= 0 && number(result, "ece") <= 1);
        QVERIFY(number(result, "temperature") > 0);  // 50 training pictures were never trained on

        const QJsonArray rows = list(result, "confusion"), classes = list(result, "per_class"),
                         confused = list(result, "most_confused");
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
        for (const char* words :
             {"150 training pictures", "95 % interval", "ECE", "fitting temperature", "automobile", "weighted"})
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
        const Outcome outcome =
            test::runCli({"compare", text(m_run), text(m_run), "--checkpoint", "epoch:1", "--checkpoint-b", "last", "--json"});
        QVERIFY2(outcome.exitCode == 0, outcome.all().constData());
        const QJsonObject result = outcome.json();
        const QJsonArray lost = list(result, "lost"), gained = list(result, "gained");
        QCOMPARE(number(result, "b"), static_cast<double>(lost.size()));
        QCOMPARE(number(result, "c"), static_cast<double>(gained.size()));
        QVERIFY(lost.size() + gained.size() > 0);
        QCOMPARE(number(result, "accuracy_b"), number(lastEpoch(m_run), "val_accuracy"));
        QVERIFY(std::abs(number(result, "accuracy_b") - number(result, "accuracy_a") - (gained.size() - lost.size()) / 50.0) <
                1e-12);
        QVERIFY(number(result, "p") > 0 && number(result, "p") <= 1);
        double change = 0;
        for (const QJsonValue& row : list(result, "confusion_difference"))
            for (const QJsonValue& cell : row.toArray()) change += cell.toDouble();
        QCOMPARE(change, 0.0);

        const Outcome turned =
            test::runCli({"compare", text(m_run), text(m_run), "--checkpoint", "last", "--checkpoint-b", "epoch:1", "--json"});
        QCOMPARE(list(turned.json(), "lost"), gained);
        QCOMPARE(list(turned.json(), "gained"), lost);
        QCOMPARE(number(turned.json(), "p"), number(result, "p"));
        QCOMPARE(result.value(QStringLiteral("test")).toString(), QStringLiteral("exact"));
        QVERIFY(test::runCli({"compare", text(m_run), text(m_run)}).output.contains("p = 1 (exact test)"));
    }

    void lockedTestSplitIsRevealedOnceAndForAll() {
        const Outcome trained = test::runCli(
            {"lesson", "--data", text(data()), "--batch", "50", "--epochs", "1", "--hold-out", "0.2", "--events", "-"});
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
        for (const QStringList& command :
             {QStringList{"evaluate", "--run", run}, QStringList{"compare", run, run},
              QStringList{"extract", "--run", run, "--layer", "block5_pool", "--out", run + "/x.safetensors"}}) {
            const Outcome refused = test::runCli(command + QStringList{"--split", "test"});
            QVERIFY2(refused.exitCode == 1, refused.all().constData());
            QVERIFY2(refused.errors.contains("locked") && refused.output.isEmpty(), refused.all().constData());
        }
        QCOMPARE(test::runCli({"evaluate", "--run", run, "--split", "train", "--reveal"}).exitCode, 2);
        QCOMPARE(test::runCli({"evaluate", "--run", run, "--reveal", "--checkpoint", "epoch:9"}).exitCode, 2);
        const Outcome limited = test::runCli({"evaluate", "--run", run, "--test-limit", "10"});
        QCOMPARE(limited.exitCode, 2);
        QVERIFY2(limited.errors.contains("whole"), limited.errors.constData());
        const Outcome unlike = test::runCli({"compare", run, text(m_run)});
        QVERIFY2(unlike.exitCode == 1 && unlike.errors.contains("test split locked"), unlike.all().constData());
        QVERIFY(!unlike.errors.contains("Evaluating"));

        // The other views of a locked run show the pictures that it is judged on, and say so.
        const QString file = text(m_home / "view.safetensors");
        for (const QStringList& command : {QStringList{"gradcam", "--index", "3"}, QStringList{"embed"},
                                           QStringList{"activations", "--index", "3", "--layer", "block5_pool"}}) {
            const QStringList all = command + QStringList{"--run", run, "--out", file};
            const Outcome refused = test::runCli(all + QStringList{"--split", "test"});
            QVERIFY2(refused.exitCode == 1 && refused.errors.contains("locked"), refused.all().constData());
            QVERIFY(!QFileInfo::exists(file));
            const Outcome shown = test::runCli(all);
            QVERIFY2(shown.exitCode == 0 && shown.output.contains("held-out validation pictures"), shown.all().constData());
            QCOMPARE(core::SafetensorsReader(file.toStdString()).metadata().at("split"), std::string("validation"));
            QFile::remove(file);
        }
        QVERIFY(
            test::runCli({"gradcam", "--index", "40", "--run", run, "--out", file}).errors.contains("in the validation split"));
        QCOMPARE(number(listed(), "test_reveals"), 0.0);

        const Outcome revealed = test::runCli({"evaluate", "--run", run, "--reveal", "--json"});
        QVERIFY2(revealed.exitCode == 0, revealed.all().constData());
        QCOMPARE(revealed.json().value(QStringLiteral("split")).toString(), QStringLiteral("test"));
        QCOMPARE(number(revealed.json(), "count"), 50.0);
        QCOMPARE(number(revealed.json(), "test_reveals"), 1.0);
        QCOMPARE(number(listed(), "test_reveals"), 1.0);
        QVERIFY(test::runCli({"runs"}).output.contains("test split revealed (1)"));
        QVERIFY(!revealed.json().value(QStringLiteral("own_data")).toBool(true));  // the record has the held-out pictures' digest
        QVERIFY2(revealed.errors.contains("cannot be checked"), revealed.errors.constData());
        const Outcome again = test::runCli({"evaluate", "--run", run, "--split", "test", "--json"});
        QCOMPARE(number(again.json(), "accuracy"), number(revealed.json(), "accuracy"));
        QCOMPARE(number(test::runCli({"evaluate", "--run", run, "--split", "validation", "--json"}).json(), "accuracy"),
                 number(validation, "accuracy"));
        QCOMPARE(test::runCli({"evaluate", "--run", text(m_run), "--reveal"}).exitCode, 2);  // nothing is locked there
    }

    void damageOfTheNewestCheckpointIsTold() {
        const fs::path run = copy("damaged");
        std::vector<fs::path> manifests;
        for (const auto& entry : fs::directory_iterator(run / "checkpoints"))
            if (entry.path().extension() == ".json") manifests.push_back(entry.path());
        const fs::path newest = *std::max_element(manifests.begin(), manifests.end());
        fs::resize_file(newest, fs::file_size(newest) / 2);
        const QByteArray name = QByteArray::fromStdString(newest.filename().string());
        const QString picture = text(m_home / "own.png"), file = text(m_home / "damaged.out");
        std::mt19937 random(1);
        test::writeFile(picture.toStdString(), test::encodePng(test::drawPicture(3, 40, random), 40, 40));
        for (const char* which : {"best", "last"})
            for (const QStringList& command :
                 {QStringList{"evaluate", "--run", text(run)}, QStringList{"predict", "--run", text(run), picture},
                  QStringList{"gradcam", "--run", text(run), "--index", "0", "--out", file},
                  QStringList{"compare", text(run), text(m_run)}, QStringList{"report", text(run), "--out", file},
                  QStringList{"export", "--run", text(run), "--out", file}}) {
                const Outcome outcome = test::runCli(command + QStringList{"--checkpoint", which});
                QVERIFY2(outcome.exitCode == 0, outcome.all().constData());
                QVERIFY2(outcome.errors.contains(name + " is damaged") && outcome.errors.contains("the one after epoch 2"),
                         outcome.errors.constData());
            }
        QVERIFY(!test::runCli({"evaluate", "--run", text(run), "--checkpoint", "epoch:1"}).errors.contains("damaged"));
        const Outcome meant = test::runCli({"evaluate", "--run", text(run), "--checkpoint", "epoch:3"});
        QVERIFY2(meant.exitCode == 1 && meant.errors.contains(name + " is damaged"), meant.all().constData());
    }

    void resultsThatCannotBePrintedAreAFailure_data() {
        QTest::addColumn<QStringList>("arguments");
        const QString run = text(m_run);
        QTest::newRow("evaluate") << QStringList{"evaluate", "--run", run, "--json"};
        QTest::newRow("compare") << QStringList{"compare", run, run, "--checkpoint", "epoch:1", "--json"};
        QTest::newRow("runs") << QStringList{"runs"};
        QTest::newRow("help") << QStringList{"evaluate", "--help"};
    }
    void resultsThatCannotBePrintedAreAFailure() {
        QFETCH(QStringList, arguments);
        QProcess process;
        process.setStandardOutputFile(QStringLiteral("/dev/full"));
        process.start(QStringLiteral(THAW_BINARY_DIR "/thaw-cli"), arguments);
        const Outcome outcome = test::finishCli(process);
        QCOMPARE(outcome.exitCode, 1);
        QVERIFY2(outcome.errors.contains("Cannot write the results: No space left on device"), outcome.errors.constData());
    }

    void aReportThatIsInterruptedLeavesNothing() {
        const fs::path run = copy("interrupted");
        const QStringList before = QDir(text(run)).entryList();
        QProcess* process = test::startCli({"report", text(run), "--threads", "1"}, this);
        QByteArray said;
        QVERIFY(QTest::qWaitFor(
            [&] {
                process->waitForReadyRead(50);
                said += process->readAllStandardError();
                return said.contains("Writing the report");
            },
            test::kCliPatience));
        ::kill(static_cast<pid_t>(process->processId()), SIGINT);
        const Outcome outcome = test::finishCli(*process);
        QVERIFY2(outcome.exitCode == 130, outcome.all().constData());
        QVERIFY(outcome.errors.contains("cancelled"));
        QCOMPARE(QDir(text(run)).entryList(), before);
    }

    void dataOfAMovedRunIsNamed() {
        const fs::path run = copy("without-data");
        replaceIn(run / "run.json", text(data()).toUtf8(), "/gone");
        for (const QStringList& command : {QStringList{"evaluate", "--run", text(run)}, QStringList{"report", text(run)}}) {
            const Outcome missing = test::runCli(command);
            QVERIFY2(missing.exitCode == 1 && missing.errors.contains("--data DIR"), missing.all().constData());
            const Outcome found = test::runCli(command + QStringList{"--data", text(data())});
            QVERIFY2(found.exitCode == 0, found.all().constData());
        }
    }

    void aFolderOfPicturesIsPredicted() {
        const fs::path folder = m_home / "own pictures";
        std::mt19937 random(1);
        for (const char* name : {"c.png", "a.PNG", "b.png", ".hidden.png", "below/d.png"})
            test::writeFile(folder / name, test::encodePng(test::drawPicture(3, 40, random), 40, 40));
        test::writeFile(folder / "notes.txt", {'x'});
        const Outcome outcome = test::runCli({"predict", "--run", text(m_run), text(folder), "--json"});
        QVERIFY2(outcome.exitCode == 0, outcome.all().constData());
        QStringList names;
        for (const QJsonValue& one : QJsonDocument::fromJson(outcome.output).array())
            names << QFileInfo(one.toObject().value(QStringLiteral("file")).toString()).fileName();
        QCOMPARE(names, QStringList({"a.PNG", "b.png", "c.png"}));
        QVERIFY2(outcome.errors.contains("1 file that is no picture was skipped"), outcome.errors.constData());
        const Outcome none = test::runCli({"predict", "--run", text(m_run), text(m_run / "checkpoints")});
        QVERIFY2(none.exitCode == 1 && none.errors.contains("no pictures in the folder"), none.all().constData());
    }

    void picturesWithoutLabelsArePredicted() {
        const fs::path folder = m_home / "competition", run = m_home / "competition-run";
        std::mt19937 random(1);
        for (const char* name : {"train/disc/", "train/ring/", "test/"})
            for (int i = 0; i < 6; ++i)
                test::writeFile(folder / (name + std::to_string(i) + ".png"),
                                test::encodePng(test::drawPicture(name[6] == 'r' ? 1 : 0, 40, random), 40, 40));
        const Outcome trained = test::runCli(
            {"train", "--data", text(folder), "--epochs", "1", "--no-disk-cache", "--threads", "1", "--out", text(run)});
        QVERIFY2(trained.exitCode == 0, trained.all().constData());
        const Outcome listed = test::runCli({"data", "list", "--data", text(folder), "--json"});
        QVERIFY2(listed.output.contains("to_predict") && listed.output.contains("competition/test"), listed.all().constData());
        const Outcome outcome = test::runCli({"predict", "--run", text(run), "--json"});
        QVERIFY2(outcome.exitCode == 0, outcome.all().constData());
        QCOMPARE(QJsonDocument::fromJson(outcome.output).array().size(), 6);
        QVERIFY2(outcome.errors.contains("competition/test"), outcome.errors.constData());
    }

    /// One's own labelled pictures get an accuracy: their folders are called as the run's classes.
    void aLabelledFolderIsJudged() {
        const fs::path folder = m_home / "labelled", table = m_home / "labelled.csv";
        std::mt19937 random(1);
        const auto draw = [&](const std::string& name, int label) {
            test::writeFile(folder / name, test::encodePng(test::drawPicture(label, 40, random), 40, 40));
        };
        for (int i = 0; i < 6; ++i) draw("cat/" + std::to_string(i) + ".png", 3);
        for (int i = 0; i < 4; ++i) draw("Frog/deep/" + std::to_string(i) + ".png", 6);
        draw("dragon/1.png", 1);
        const Outcome outcome =
            test::runCli({"predict", "--run", text(m_run), "--labelled", text(folder), "--json", "--csv", text(table)});
        QVERIFY2(outcome.exitCode == 0, outcome.all().constData());
        const QJsonObject result = outcome.json();
        QCOMPARE(number(result, "count"), 10.0);
        int right = 0;
        for (const QJsonValue& one : list(result, "pictures")) {
            const QJsonObject picture = one.toObject();
            const bool cat = picture.value(QStringLiteral("file")).toString().contains(QStringLiteral("/cat/"));
            QCOMPARE(picture.value(QStringLiteral("true")).toString(), cat ? QStringLiteral("cat") : QStringLiteral("frog"));
            const QString best =
                picture.value(QStringLiteral("top5")).toArray()[0].toObject().value(QStringLiteral("class")).toString();
            QCOMPARE(picture.value(QStringLiteral("right")).toBool(), best == picture.value(QStringLiteral("true")).toString());
            right += picture.value(QStringLiteral("right")).toBool() ? 1 : 0;
        }
        QCOMPARE(number(result, "accuracy"), right / 10.0);
        const core::Interval interval = core::wilsonInterval(right, 10);
        QCOMPARE(list(result, "accuracy_interval")[0].toDouble(), interval.low);
        QCOMPARE(list(result, "unknown_folders"), QJsonArray{QStringLiteral("dragon")});
        QCOMPARE(list(result, "missing_classes").size(), 8);
        QVERIFY2(outcome.errors.contains("the run knows no such class: dragon"), outcome.errors.constData());
        QFile file(text(table));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QList<QByteArray> lines = file.readAll().split('\n');
        QVERIFY2(lines[0].startsWith("file,true,predicted,probability"), lines[0].constData());
        QCOMPARE(lines.size(), 12);  // with the names' and the last, empty one

        const Outcome plain = test::runCli({"predict", "--run", text(m_run), "--labelled", text(folder)});
        QVERIFY2(plain.exitCode == 0 && plain.output.contains("95 % interval") && plain.output.contains("frog"),
                 plain.all().constData());
        test::writeFile(folder / "cat" / "broken.png", {'x'});
        const Outcome broken = test::runCli({"predict", "--run", text(m_run), "--labelled", text(folder), "--json"});
        QCOMPARE(broken.exitCode, 1);
        QCOMPARE(number(broken.json(), "count"), 10.0);
        const Outcome none = test::runCli({"predict", "--run", text(m_run), "--labelled", text(m_run)});
        QVERIFY2(none.exitCode == 1 && none.errors.contains("airplane"), none.all().constData());
        QCOMPARE(test::runCli({"predict", "--run", text(m_run)}).exitCode, 2);
        QCOMPARE(test::runCli({"predict", "--run", text(m_run), "x.png", "--labelled", text(folder)}).exitCode, 2);
    }

    void badInputIsRefusedInPlainWords_data() {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QByteArray>("word");
        const QString run = text(m_run);
        QTest::newRow("no run") << QStringList{"evaluate", "--run", "/nonexistent"} << QByteArray("/nonexistent");
        QTest::newRow("no second run") << QStringList{"compare", run, "/nonexistent"} << QByteArray("/nonexistent");
        QTest::newRow("no data there") << QStringList{"evaluate", "--run", run, "--data", "/nonexistent"}
                                       << QByteArray("/nonexistent");

        const fs::path newer = copy("newer");
        replaceIn(newer / "run.json", "\"format\": 1", "\"format\": 99");
        QTest::newRow("newer version") << QStringList{"evaluate", "--run", text(newer)} << QByteArray("format 99");

        const fs::path torn = copy("torn");
        for (const auto& object : fs::directory_iterator(torn / "checkpoints" / "objects"))
            fs::resize_file(object.path(), fs::file_size(object.path()) / 2);
        QTest::newRow("torn checkpoint") << QStringList{"evaluate", "--run", text(torn)} << QByteArray("torn");

        const fs::path model = copy("model");
        replaceIn(model / "run.json", "\"hiddenUnits\": 512", "\"hiddenUnits\": 64");
        QTest::newRow("another model's checkpoint") << QStringList{"evaluate", "--run", text(model)} << QByteArray("head");

        const fs::path folder = m_home / "shapes", three = m_home / "three";
        test::writeImageFolder(folder, {/*trainPerClass=*/10, /*testPerClass=*/5, /*seed=*/1}, /*classes=*/3);
        QCOMPARE(test::runCli({"lesson", "--data", text(folder), "--dataset", "folder", "--epochs", "1", "--out", text(three)})
                     .exitCode,
                 0);
        QTest::newRow("runs on other data") << QStringList{"compare", text(m_run), text(three)} << QByteArray("other classes");

        const fs::path other = m_home / "other";
        test::writeCifar10Folder(other, {/*trainPerClass=*/20, /*testPerClass=*/5, /*seed=*/2});
        const fs::path moved = copy("moved");
        replaceIn(moved / "run.json", text(data()).toUtf8(), text(other).toUtf8());
        QTest::newRow("other pictures than the run's")
            << QStringList{"evaluate", "--run", text(moved)} << QByteArray("other pictures");
        QTest::newRow("other pictures by --data")
            << QStringList{"evaluate", "--run", run, "--data", text(other)} << QByteArray("other pictures");
        QTest::newRow("some of other pictures")
            << QStringList{"evaluate", "--run", run, "--data", text(other), "--test-limit", "10"} << QByteArray("other pictures");
        QTest::newRow("other pictures compared")
            << QStringList{"compare", run, run, "--data", text(other)} << QByteArray("other pictures");
        QTest::newRow("another data set there")
            << QStringList{"evaluate", "--run", run, "--data", text(folder)} << QByteArray("does not hold CIFAR-10");

        const fs::path renamed = m_home / "renamed";
        fs::copy(folder, renamed, fs::copy_options::recursive);
        for (const char* split : {"train", "test"}) fs::rename(renamed / split / "ring", renamed / split / "doughnut");
        QTest::newRow("as many other classes")
            << QStringList{"evaluate", "--run", text(three), "--data", text(renamed)}
            << QByteArray("other classes than the run: \"ring\" is missing, \"doughnut\" is new");
        QTest::newRow("no run's folder") << QStringList{"evaluate", "--run", text(data())} << QByteArray("is not a run's folder");
    }
    void badInputIsRefusedInPlainWords() {
        QFETCH(QStringList, arguments);
        QFETCH(QByteArray, word);
        const Outcome outcome = test::runCli(arguments + QStringList{"--json"});
        QVERIFY2(outcome.exitCode == 1, outcome.all().constData());
        QVERIFY(outcome.output.isEmpty());
        QVERIFY2(outcome.errors.contains(word), outcome.errors.constData());
    }

    void wrongUseIsRefusedBeforeAnyWork_data() {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<int>("exitCode");
        QTest::addColumn<QByteArray>("word");
        const QString run = text(m_run);
        const auto row = [](const char* name, const QStringList& arguments, int code, const char* word) {
            QTest::newRow(name) << arguments << code << QByteArray(word);
        };
        row("no such epoch", {"evaluate", "--run", run, "--checkpoint", "epoch:99"}, 2, "Checkpoints: best, last, epoch:1");
        row("nothing to report on", {"report", run, "--checkpoint", "epoch:99"}, 2, "Checkpoints: best, last, epoch:1");
        for (const QStringList& command : {QStringList{"evaluate", "--run", run}, QStringList{"compare", run, run},
                                           QStringList{"predict", "--run", run, "x.png"}, QStringList{"report", run},
                                           QStringList{"embed", "--run", run, "--out", "x"},
                                           QStringList{"extract", "--run", run, "--layer", "block5_pool", "--out", "x"},
                                           QStringList{"train", "--resume", run}})
            for (const char* threads : {"100000", "-3"}) {
                const char* option = command[0] == QStringLiteral("train") ? "--resume-threads" : "--threads";
                QTest::addRow("%s threads of %s", threads, qPrintable(command[0]))
                    << command + QStringList{option, threads} << 2 << QByteArray("hreads");
            }
        row("negative limit", {"evaluate", "--run", run, "--test-limit", "-5"}, 2, "negative");
        row("negative part of a map", {"embed", "--run", run, "--limit", "-3", "--out", "x"}, 2, "negative");
        row("negative part to extract", {"extract", "--layer", "block5_pool", "--limit", "-3", "--out", "x"}, 2, "negative");
        row("a limit of another split", {"evaluate", "--run", run, "--train-limit", "5"}, 2, "limit of another one");
        row("no number", {"embed", "--run", run, "--method", "tsne", "--perplexity", "nan", "--out", "x"}, 2, "--perplexity");
        row("no validation split to map", {"embed", "--run", run, "--split", "validation", "--out", "x"}, 2,
            "no validation split");
        row("no validation split", {"evaluate", "--run", run, "--split", "validation"}, 2, "no validation split");
        row("none to extract", {"extract", "--run", run, "--layer", "block5_pool", "--split", "validation", "--out", "x"}, 2,
            "no validation split");
        row("no name of a file", {"export", "--run", run, "--out", ""}, 2, "name a file");
        row("missing option", {"evaluate"}, 2, "thaw-cli: --run is required");
        row("no folder for a map", {"embed", "--run", run, "--out", "nowhere/x"}, 1, "no folder nowhere");
        row("no folder for a table", {"predict", "--run", run, "--csv", "nowhere/x.csv", "x.png"}, 1, "no folder nowhere");
        row("no folder for features", {"extract", "--run", run, "--layer", "block5_pool", "--out", "nowhere/x"}, 1,
            "no folder nowhere");
        row("no folder for a model", {"export", "--run", run, "--out", "nowhere/x"}, 1, "no folder nowhere");
        row("no form of a model", {"export", "--run", run, "--format", "keras", "--out", "x"}, 2, "python, torchscript, onnx");
        row("another form's name", {"export", "--run", run, "--format", "onnx", "--out", "x.pt"}, 2, "ends in .onnx");
        row("a folder as a file", {"gradcam", "--run", run, "--index", "0", "--out", "."}, 1, "not a regular file");
    }
    void wrongUseIsRefusedBeforeAnyWork() {
        QFETCH(QStringList, arguments);
        QFETCH(int, exitCode);
        QFETCH(QByteArray, word);
        const Outcome outcome = test::runCli(arguments);
        QVERIFY2(outcome.exitCode == exitCode, outcome.all().constData());
        QVERIFY2(outcome.errors.contains(word), outcome.errors.constData());
        QVERIFY2(outcome.output.isEmpty() && !outcome.errors.contains("..."), outcome.all().constData());
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
