// Weights on the command line: the scaling follows them, another network is refused by name, and nothing that stands in a file
// makes the terminal do something.
#include <QJsonArray>
#include <QtTest>

#include "core/api/text.h"
#include "core/model/safetensors.h"
#include "core/model/weights.h"
#include "tests/support/cli_process.h"
#include "tests/support/drawn_data.h"
#include "tests/support/temporary_home.h"

using namespace thaw;
using Outcome = test::CliOutcome;
namespace fs = std::filesystem;

namespace {

QString text(const fs::path& path) { return QString::fromStdString(path.string()); }

/// Nothing but letters, line ends and tabs.
bool isHarmless(const QByteArray& output) { return core::printable(output.toStdString()) == output.toStdString(); }

}  // namespace

class TestCliWeights : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        test::writeCifar10Folder(m_home / "drawn", {/*trainPerClass=*/4, /*testPerClass=*/2, /*seed=*/1});
        // The built-in numbers under a claim of their own: what counts is what the file says.
        write("caffe.safetensors", "caffe");
        write("plain.safetensors", "");
    }

    void scalingFollowsTheWeights_data() {
        QTest::addColumn<QStringList>("options");
        QTest::addColumn<QString>("scaling");
        QTest::addColumn<bool>("warns");
        const QString caffe = text(m_home / "caffe.safetensors"), settings = text(m_home / "settings.json");
        QFile file(settings);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(QJsonDocument(QJsonObject{{"weights", caffe}}).toJson());
        file.close();
        QTest::newRow("caffe") << QStringList{"--weights", caffe} << "caffe" << false;
        QTest::newRow("deliberately another") << QStringList{"--weights", caffe, "--scaling", "imagenet"} << "imagenet" << true;
        QTest::newRow("the lesson's own stays")
            << QStringList{"--preset", "lesson-as-written", "--weights", caffe} << "0-1" << true;
        QTest::newRow("settings without a scaling") << QStringList{"--config", settings} << "caffe" << false;
    }
    void scalingFollowsTheWeights() {
        QFETCH(QStringList, options);
        QFETCH(QString, scaling);
        QFETCH(bool, warns);
        const fs::path run = m_home / ("run-" + QByteArray(QTest::currentDataTag()).replace(' ', '-').toStdString());
        const Outcome outcome =
            test::runCli(QStringList{"train", "--data", text(m_home / "drawn"), "--batch", "64", "--epochs", "1", "--no-chart",
                                     "--no-disk-cache", "--events", "-", "--out", text(run)} +
                         options);
        QVERIFY2(outcome.exitCode == 0, outcome.all().constData());
        QFile record(text(run / "run.json"));
        QVERIFY(record.open(QIODevice::ReadOnly));
        const QJsonObject manifest = QJsonDocument::fromJson(record.readAll()).object();
        QCOMPARE(manifest.value("config").toObject().value("scaling").toString(), scaling);
        QCOMPARE(QJsonDocument(manifest.value("notes").toArray()).toJson().contains("The input scaling"), warns);

        QStringList afterStart;
        for (const QByteArray& line : outcome.output.split('\n')) {
            const QJsonObject event = QJsonDocument::fromJson(line).object();
            const QString name = event.value("event").toString();
            if (name == "run_started") afterStart = QStringList{name};
            if (name == "phase_started") break;
            if (!afterStart.isEmpty() && name == "notice" && event.value("warning").toBool())
                afterStart += event.value("text").toString();
        }
        const QStringList about = afterStart.filter("input scaling");
        QCOMPARE(!about.isEmpty(), warns);
        if (warns) QVERIFY2(about[0].startsWith("The input scaling \"" + scaling + "\" is not the one"), qPrintable(about[0]));
    }

    void inspectTellsTheScaling() {
        const Outcome caffe = test::runCli({"weights", "inspect", text(m_home / "caffe.safetensors")});
        QVERIFY2(caffe.output.contains("They need the scaling \"caffe\": the file says so."), caffe.all().constData());
        const QJsonObject plain = test::runCli({"weights", "inspect", "--json", text(m_home / "plain.safetensors")}).json();
        QCOMPARE(plain.value("scaling").toObject().value("name").toString(), "imagenet");
        QVERIFY(plain.value("scaling").toObject().value("certain").toBool());
    }

    void extractFollowsTheWeights_data() {
        QTest::addColumn<QStringList>("options");
        QTest::addColumn<QString>("scaling");
        QTest::addColumn<bool>("warns");
        const QString caffe = text(m_home / "caffe.safetensors"), plain = text(m_home / "plain.safetensors");
        QTest::newRow("built in") << QStringList{} << "imagenet" << false;
        QTest::newRow("known numbers") << QStringList{"--weights", plain} << "imagenet" << false;
        QTest::newRow("caffe") << QStringList{"--weights", caffe} << "caffe" << false;
        QTest::newRow("scaling after the weights") << QStringList{"--weights", caffe, "--scaling", "0-1"} << "0-1" << true;
        QTest::newRow("scaling before the weights") << QStringList{"--scaling", "0-1", "--weights", caffe} << "0-1" << true;
    }
    void extractFollowsTheWeights() {
        QFETCH(QStringList, options);
        QFETCH(QString, scaling);
        QFETCH(bool, warns);
        const fs::path features = m_home / "features.safetensors";
        const Outcome extracted = test::runCli(QStringList{"extract", "--data", text(m_home / "drawn"), "--layer", "block1_pool",
                                                           "--limit", "2", "--out", text(features)} +
                                               options);
        QVERIFY2(extracted.exitCode == 0, extracted.all().constData());
        QCOMPARE(core::SafetensorsReader(features).metadata().at("scaling"), scaling.toStdString());
        QCOMPARE(extracted.errors.contains("Warning: The input scaling"), warns);
    }

    void anotherNetworkIsNamed() {
        core::SafetensorsWriter writer;
        const float value = 1;
        writer.add("layer1.0.conv1.weight", core::DType::Float32, {1, 1, 1, 1}, &value);
        const fs::path file = m_home / "resnet.safetensors";
        writer.write(file);
        const Outcome inspected = test::runCli({"weights", "inspect", text(file)});
        QCOMPARE(inspected.exitCode, 1);
        QVERIFY2(inspected.output.contains("Not usable as the trunk of VGG16: this is ResNet."), inspected.all().constData());
        for (const QStringList& command : {QStringList{"train", "--data", text(m_home / "drawn"), "--weights", text(file)},
                                           QStringList{"weights", "import", text(file)}}) {
            const Outcome refused = test::runCli(command);
            QCOMPARE(refused.exitCode, 1);
            QVERIFY2(refused.errors.contains("this is ResNet, and the model is VGG16"), refused.all().constData());
        }
    }

    void namesInAFileReachNoTerminal() {
        const std::string name =
            "\x1b]0;title\x07\x1b[31m\xc2\x9b"
            "2J\xe2\x80\xaegnp.\nnext\rback\x7f";
        core::SafetensorsWriter writer;
        const float value = 1;
        writer.add(name, core::DType::Float32, {1}, &value);
        writer.setMetadata(name, name);
        const fs::path file = m_home / ("hostile \x1b[32m.safetensors");
        writer.write(file);
        const Outcome inspected = test::runCli({"weights", "inspect", text(file)});
        QCOMPARE(inspected.exitCode, 1);
        QVERIFY2(isHarmless(inspected.all()), inspected.all().toPercentEncoding().constData());
        QVERIFY2(inspected.output.contains("\\x1B]0;title\\x07\\x1B[31m\\u009B2J\\u202Egnp.\\nnext\\rback\\x7F"),
                 inspected.output.constData());
        const Outcome json = test::runCli({"weights", "inspect", "--json", text(file)});
        QVERIFY2(isHarmless(json.all()), json.all().toPercentEncoding().constData());
        // The JSON still means the very name.
        const QJsonObject tensor = json.json().value("tensors").toArray()[0].toObject();
        QCOMPARE(tensor.value("name").toString().toStdString(), name);
        for (const QStringList& command : {QStringList{"train", "--data", text(m_home / "drawn"), "--weights", text(file)},
                                           {"weights", "import", text(file)},
                                           {"weights", "inspect", text(file) + "\x1b[33m"},
                                           {"weights", "\x1b[33m"},
                                           {"evaluate", "--run", text(file)}}) {
            const Outcome refused = test::runCli(command);
            QVERIFY(refused.exitCode == 1 || refused.exitCode == 2);
            QVERIFY2(isHarmless(refused.all()), refused.all().toPercentEncoding().constData());
        }
    }

    void namesOfClassesReachNoTerminal() {
        const std::string classes[] = {"\x1b[31mcat", "dog\xe2\x80\xae\n\x1b[2J"};
        const fs::path data = m_home / "classes";
        std::mt19937 random(1);
        for (const std::string& name : classes)
            for (int i = 0; i < 8; ++i) {
                fs::create_directories(data / name);
                test::writeFile(data / name / ("\x1b[7m" + std::to_string(i) + ".png"),
                                test::encodePng(test::drawPicture(i, 32, random), 32, 32));
            }
        const QString run = text(m_home / "classes-run"), out = text(m_home / "out.safetensors");
        const QStringList commands[] = {
            {"data", "list", "--data", text(data)},
            {"train", "--data", text(data), "--epochs", "1", "--no-disk-cache", "--out", run},
            {"train", "--data", text(data), "--epochs", "1", "--no-disk-cache", "--events", "-", "--out", run + "-2"},
            {"evaluate", "--run", run},
            {"evaluate", "--run", run, "--json"},
            {"compare", run, run + "-2"},
            {"predict", "--run", run, text(data / classes[0])},
            {"gradcam", "--run", run, "--index", "0", "--out", out},
            {"gradcam", "--run", run, "--index", "0", "--class", "no such", "--out", out},
            {"embed", "--run", run, "--out", out},
            {"report", run},
            {"runs"},
            {"runs", "--json"},
            {"info"}};
        for (const QStringList& command : commands) {
            const Outcome outcome = test::runCli(command);
            QVERIFY2(outcome.exitCode == (command.contains("no such") ? 2 : 0), outcome.all().toPercentEncoding().constData());
            QVERIFY2(isHarmless(outcome.all()), qPrintable(command.join(' ') + outcome.all().toPercentEncoding()));
        }
    }

private:
    void write(const std::string& name, const std::string& scaling) {
        const core::TrunkWeights weights = core::loadTrunkWeights({});
        core::SafetensorsWriter writer;
        for (const auto& [tensor, values] : weights.tensors)
            writer.add(tensor, core::DType::Float32, values.shape, values.values.data());
        if (!scaling.empty()) writer.setMetadata("scaling", scaling);
        writer.write(m_home / name);
    }

    test::TemporaryHome m_home;
};

QTEST_GUILESS_MAIN(TestCliWeights)
#include "tst_cli_weights.moc"
