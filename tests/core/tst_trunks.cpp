// Trunks as a gallery lists them, weights on this machine, and speeds that are measured and kept.
#include <QTest>

#include <atomic>
#include <fstream>

#include "core/api/errors.h"
#include "core/api/trunks.h"
#include "core/api/weights_info.h"
#include "core/model/safetensors.h"
#include "core/model/trunk_match.h"
#include "core/store/paths.h"
#include "tests/support/temporary_home.h"

using namespace thaw::core;
using namespace thaw::test;

namespace {

/// The trunk of a model full of zeros, in the user's folder.
void writeWeights(const std::string& model, const std::string& file, const std::map<std::string, std::string>& metadata) {
    ensureFolder(weightsFolder());
    const TrunkLayout layout = layoutOf(model);
    std::size_t most = 0;
    const auto countOf = [](const TensorSpec& tensor) {
        std::size_t count = 1;
        for (const std::int64_t size : tensor.shape) count *= static_cast<std::size_t>(size);
        return count;
    };
    for (const TensorSpec& tensor : layout.tensors) most = std::max(most, countOf(tensor));
    const std::vector<float> zeros(most);
    SafetensorsWriter writer;
    for (const TensorSpec& tensor : layout.tensors) writer.add(tensor.name, DType::Float32, tensor.shape, zeros.data());
    for (const auto& [key, value] : metadata) writer.setMetadata(key, value);
    writer.write(weightsFolder() / file);
}

}  // namespace

class TestTrunks : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void eachCardTellsOfItsOwnWeights() {
        const std::vector<TrunkCard> all = listTrunks();
        QCOMPARE(all.size(), listModels().size() + 1);
        QVERIFY(canContinueTexts("gpt-small") && !canContinueTexts("minilm") && !canContinueTexts("nothing"));
        for (const TrunkCard& trunk : all) {
            const std::string id = trunk.id();
            const bool toImport = !trunk.model.weightsFrom.empty();
            QCOMPARE(trunk.model.builtIn || !trunk.download.empty(), !toImport);
            QVERIFY2(toImport ? trunk.bytes == 0 : trunk.bytes > 1'000'000 && trunk.bytes < 600'000'000, id.c_str());
            QVERIFY2(!trunk.model.builtIn || !trunk.model.licence.empty(), id.c_str());
            QVERIFY2(trunk.model.publishedAccuracy < 0 || trunk.othersAccuracy < 0, id.c_str());
        }
        const std::vector<TrunkCard> two = listTrunks("resnet50");
        QCOMPARE(two.size(), std::size_t(2));
        QVERIFY(two[0].model.withoutLabels && two[0].model.publishedAccuracy < 0 && two[0].othersAccuracy > 0.76);
        QVERIFY(!two[1].model.withoutLabels && two[1].model.publishedAccuracy > 0.76 && two[1].model.licence.empty());
        QVERIFY(listTrunks("nothing").empty());
    }

    void filesTellWhatTheyWereMadeFrom() {
        const TemporaryHome home;
        QVERIFY(listLocalWeights().empty());
        writeWeights("squeezenet1_1", "a.safetensors",
                     {{"source", "squeezenet1_1-b8a52dc0.pth"}, {"source_sha256", "b8a52dc0aabbccdd"}});
        writeWeights("squeezenet1_1", "b.safetensors", {{"source", "squeezenet1_1-b8a52dc0.pth"}, {"source_sha256", "0123"}});
        std::ofstream(weightsFolder() / "c.txt") << "no weights";
        const std::vector<LocalWeights> files = listLocalWeights();
        QCOMPARE(files.size(), std::size_t(2));
        QCOMPARE(files[0].model, std::string("squeezenet1_1"));
        QCOMPARE(files[0].download, std::string("squeezenet1_1"));
        QCOMPARE(files[1].download, std::string());  // of that name, but another file
    }

    void speedsAreMeasuredAndKept() {
        const TemporaryHome home;
        QVERIFY(storedTrunkSpeeds().empty());
        const std::atomic<bool> goOn{false};
        const TrunkSpeed speed = measureTrunkSpeed("mobilenet_v3_small", goOn);
        QVERIFY(speed.picturesPerSecond > 0);
        QCOMPARE(speed.inputSize, listTrunks("mobilenet_v3_small").front().model.suggestedSize);
        QCOMPARE(storedTrunkSpeeds().size(), std::size_t(1));
        QCOMPARE(storedTrunkSpeeds().at("mobilenet_v3_small").picturesPerSecond, speed.picturesPerSecond);

        // Another version's figures say nothing of this one.
        const std::filesystem::path file = dataFolder() / "trunk-speeds.json";
        std::string text;
        std::getline(std::ifstream(file), text, '\0');
        const std::size_t at = text.find("\"libtorch\": \"");
        QVERIFY(at != std::string::npos);
        std::ofstream(file) << text.substr(0, at) + "\"libtorch\": \"0." + text.substr(at + 13);
        QVERIFY(storedTrunkSpeeds().empty());
        std::ofstream(file) << "[not json";
        QVERIFY(storedTrunkSpeeds().empty());
    }

    void measuringStops() {
        const TemporaryHome home;
        const std::atomic<bool> stop{true};
        QVERIFY_THROWS_EXCEPTION(Cancelled, measureTrunkSpeed("mobilenet_v3_small", stop));
        QVERIFY(storedTrunkSpeeds().empty());
        const std::atomic<bool> goOn{false};
        QVERIFY_THROWS_EXCEPTION(ConfigError, measureTrunkSpeed("nothing", goOn));
        std::ofstream(home / "meminfo") << "MemTotal: 100000 kB\nMemAvailable: 50000 kB\n";
        const ScopedVariable little("THAW_MEMINFO", (home / "meminfo").string());
        QVERIFY_THROWS_EXCEPTION(TrainingError, measureTrunkSpeed("vit_b_16", goOn));
    }
};

QTEST_GUILESS_MAIN(TestTrunks)
#include "tst_trunks.moc"
