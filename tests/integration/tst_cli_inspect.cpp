// gradcam, activations and embed of the headless program on a real, short run of VGG16.
#include <QtTest>

#include <cstring>
#include <random>

#include "core/model/safetensors.h"
#include "tests/support/cli_process.h"
#include "tests/support/drawn_data.h"
#include "tests/support/temporary_home.h"

using namespace thaw;
using Outcome = test::CliOutcome;

namespace {

std::vector<float> floats(const core::SafetensorsReader& reader, const std::string& name) {
    const std::vector<std::uint8_t> bytes = reader.read(name);
    std::vector<float> values(bytes.size() / sizeof(float));
    std::memcpy(values.data(), bytes.data(), bytes.size());
    return values;
}

}  // namespace

class TestCliInspect : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        test::writeCifar10Folder(data().toStdString(), {/*trainPerClass=*/10, /*testPerClass=*/5, /*seed=*/1});
        const Outcome outcome =
            test::runCli({"lesson", "--data", data(), "--epochs", "1", "--batch", "32", "--no-chart", "--out", folder()});
        QVERIFY2(outcome.exitCode == 0, outcome.all().constData());
    }

    void gradCam() {
        const std::string file = path("cam.safetensors").toStdString();
        const Outcome outcome =
            inspect("gradcam", {"--index", "3", "--class", "dog", "--layer", "block5_conv3", "--out", path("cam.safetensors")});
        QVERIFY2(outcome.exitCode == 0, outcome.all().constData());
        QVERIFY(outcome.output.contains("dog"));
        const core::SafetensorsReader reader(file);
        QCOMPARE(reader.entries().at("cam").shape, std::vector<std::int64_t>({2, 2}));
        const std::map<std::string, std::string> expected = {
            {"layer", "block5_conv3"}, {"class", "dog"}, {"split", "test"}, {"index", "3"}, {"epoch", "1"}, {"run", "run"}};
        for (const auto& [name, value] : expected) QCOMPARE(reader.metadata().at(name), value);
        QVERIFY(reader.metadata().at("checkpoint").rfind("step-", 0) == 0);
        QVERIFY2(outcome.output.contains("picture 3 of the test pictures, after epoch 1"), outcome.output.constData());
        for (const float value : floats(reader, "cam")) QVERIFY(value >= 0 && value <= 1);

        // A class by its number, the predicted one, other methods, the picture of a file.
        QCOMPARE(
            inspect("gradcam", {"--index", "3", "--class", "5", "--layer", "block5_conv3", "--out", path("number.safetensors")})
                .exitCode,
            0);
        QVERIFY(floats(core::SafetensorsReader(path("number.safetensors").toStdString()), "cam") == floats(reader, "cam"));
        std::mt19937 random(1);
        test::writeFile(path("own.png").toStdString(), test::encodePng(test::drawPicture(3, 40, random), 40, 40));
        for (const QStringList& arguments : {QStringList{"--method", "gradcam++", "--index", "0"},
                                             {"--method", "occlusion", "--index", "0"},
                                             {"--file", path("own.png")},
                                             {"--index", "0", "--checkpoint", "start"}}) {
            const Outcome other = inspect("gradcam", arguments + QStringList{"--out", path("other.safetensors")});
            QVERIFY2(other.exitCode == 0, other.all().constData());
            const auto metadata = core::SafetensorsReader(path("other.safetensors").toStdString()).metadata();
            QCOMPARE(metadata.count("file"), arguments.contains("--file") ? 1u : 0u);
            QCOMPARE(metadata.count("index"), arguments.contains("--file") ? 0u : 1u);
            QCOMPARE(metadata.at("checkpoint") == "start", arguments.contains("start"));
        }
    }

    void activations() {
        const Outcome outcome =
            inspect("activations", {"--index", "3", "--layer", "block3_pool", "--out", path("maps.safetensors")});
        QVERIFY2(outcome.exitCode == 0, outcome.all().constData());
        const core::SafetensorsReader reader(path("maps.safetensors").toStdString());
        QCOMPARE(reader.entries().at("activations").shape, std::vector<std::int64_t>({256, 4, 4}));
        QCOMPARE(reader.metadata().at("index"), std::string("3"));
        QCOMPARE(reader.metadata().at("split"), std::string("test"));

        // The same numbers that extract writes.
        QCOMPARE(test::runCli({"extract", "--run", folder(), "--data", data(), "--layer", "block3_pool", "--limit", "4", "--out",
                               path("features.safetensors")})
                     .exitCode,
                 0);
        const std::vector<float> maps = floats(reader, "activations"),
                                 features =
                                     floats(core::SafetensorsReader(path("features.safetensors").toStdString()), "features");
        QCOMPARE(features.size(), 4 * maps.size());
        for (std::size_t i = 0; i < maps.size(); ++i)
            QVERIFY(std::abs(maps[i] - features[3 * maps.size() + i]) < 1e-3f * (1 + std::abs(maps[i])));
    }

    void embed() {
        const Outcome pca = inspect("embed", {"--out", path("pca.safetensors")});
        QVERIFY2(pca.exitCode == 0, pca.all().constData());
        const core::SafetensorsReader reader(path("pca.safetensors").toStdString());
        QCOMPARE(reader.entries().at("points").shape, std::vector<std::int64_t>({50, 2}));
        QCOMPARE(reader.entries().at("labels").shape, std::vector<std::int64_t>({50}));
        QCOMPARE(reader.metadata().at("epoch"), std::string("1"));
        QCOMPARE(reader.metadata().at("split"), std::string("test"));
        const Outcome tsne = inspect("embed", {"--method", "tsne", "--limit", "30", "--perplexity", "5", "--iterations", "60",
                                               "--out", path("tsne.safetensors")});
        QVERIFY2(tsne.exitCode == 0, tsne.all().constData());
        QCOMPARE(core::SafetensorsReader(path("tsne.safetensors").toStdString()).entries().at("points").shape,
                 std::vector<std::int64_t>({30, 2}));
    }

    void badInput_data() {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<int>("code");
        QTest::addColumn<QByteArray>("says");
        QTest::newRow("class") << QStringList{"gradcam", "--index", "0", "--class", "whale"} << 2 << QByteArray("frog");
        QTest::newRow("layer") << QStringList{"activations", "--index", "0", "--layer", "block7"} << 2
                               << QByteArray("block5_pool");
        QTest::newRow("dense layer") << QStringList{"gradcam", "--index", "0", "--layer", "dense_1"} << 2
                                     << QByteArray("convolution");
        QTest::newRow("index") << QStringList{"gradcam", "--index", "50"} << 2 << QByteArray("0 to 49");
        QTest::newRow("index of another split")
            << QStringList{"gradcam", "--index", "100", "--split", "train"} << 2 << QByteArray("in the train split");
        QTest::newRow("no picture") << QStringList{"gradcam"} << 2 << QByteArray("--index");
        QTest::newRow("checkpoint") << QStringList{"gradcam", "--index", "0", "--checkpoint", "epoch:7"} << 2
                                    << QByteArray("epoch:1");
        QTest::newRow("perplexity") << QStringList{"embed", "--method", "tsne"} << 2 << QByteArray("between 2 and 16");
        QTest::newRow("method") << QStringList{"embed", "--method", "umap"} << 2 << QByteArray("pca or tsne");
    }
    void badInput() {
        QFETCH(QStringList, arguments);
        QFETCH(int, code);
        QFETCH(QByteArray, says);
        const QString command = arguments.takeFirst();
        const Outcome outcome = inspect(command, arguments + QStringList{"--out", path("bad.safetensors")});
        QCOMPARE(outcome.exitCode, code);
        QVERIFY2(outcome.all().contains(says), outcome.all().constData());
        QVERIFY(!QFileInfo::exists(path("bad.safetensors")));
    }

private:
    Outcome inspect(const QString& command, const QStringList& arguments) {
        return test::runCli(QStringList{command, "--run", folder(), "--data", data()} + arguments);
    }
    QString path(const QString& name) const { return QString::fromStdString((m_home / name.toStdString()).string()); }
    QString folder() const { return path(QStringLiteral("run")); }
    QString data() const { return path(QStringLiteral("cifar")); }

    test::TemporaryHome m_home;
};

QTEST_GUILESS_MAIN(TestCliInspect)
#include "tst_cli_inspect.moc"
