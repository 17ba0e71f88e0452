// Features of a frozen trunk and the head that is trained on them.
#include <QTest>

#include <cmath>
#include <fstream>

#include "core/api/collect.h"
#include "core/api/engine_info.h"
#include "tests/support/drawn_data.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_home.h"

using namespace thaw::core;
using namespace thaw::test;

namespace {

RgbPicture drawn(int label, unsigned seed, int width = 64) {
    std::mt19937 random(seed);
    return {width, width, drawPicture(label, width, random)};
}

using Features = std::shared_ptr<const std::vector<float>>;

Features featuresOf(Collector& collector, const RgbPicture& picture) {
    return std::make_shared<const std::vector<float>>(collector.features(picture));
}

int best(const std::vector<float>& probabilities) {
    return static_cast<int>(std::max_element(probabilities.begin(), probabilities.end()) - probabilities.begin());
}

const std::atomic<bool> kGoOn{false};

}  // namespace

class TestCollector : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { useComputeThreads(1); }

    void theDefaultTrunkIsBuiltIn() {
        const auto collector = makeCollector();
        QCOMPARE(collector->trunk().model, std::string("mobilenet_v2"));
        QVERIFY(collector->trunk().inputSize > 0);
        QCOMPARE(collector->title(), std::string("MobileNetV2"));
        QCOMPARE(collector->featureCount(), 1280);
    }

    void aPictureAndItsFileHaveTheSameFeatures() {
        const TemporaryHome home;
        const auto collector = makeCollector();
        RgbPicture picture = drawn(2, 1, 120);
        picture.height = 90;
        picture.rgb.resize(120 * 90 * 3);
        const std::vector<float> features = collector->features(picture);
        QCOMPARE(features.size(), std::size_t(1280));
        std::ofstream(home / "one.png", std::ios::binary) << pngOf(picture);
        const FileFeatures file = collector->features(home / "one.png");
        QVERIFY(file.features == features);
        QCOMPARE(file.picture.width, 120);
        QVERIFY(file.picture.rgb == picture.rgb);
    }

    void anotherTrunkCanBeNamed_data() {
        QTest::addColumn<QString>("model");
        QTest::addColumn<int>("size");
        QTest::addColumn<int>("features");
        QTest::newRow("squeezenet") << "squeezenet1_1" << 64 << 512;
        QTest::newRow("efficientnet") << "efficientnet_lite0" << 96 << 1280;
        QTest::newRow("vgg16") << "vgg16" << 32 << 512;
    }
    void anotherTrunkCanBeNamed() {
        QFETCH(QString, model);
        QFETCH(int, size);
        QFETCH(int, features);
        const auto collector = makeCollector({model.toStdString(), {}, size});
        QCOMPARE(collector->trunk().inputSize, size);
        QCOMPARE(collector->featureCount(), features);
        QCOMPARE(static_cast<int>(collector->features(drawn(1, 1)).size()), features);
    }

    void aTrunkThatIsNotThereSaysSo() {
        QVERIFY(errorOf<ConfigError>([] { makeCollector({"resnet9000", {}, 0}); }).find("There is no model") == 0);
    }

    void aFileThatIsNoPictureSaysSo() {
        const TemporaryHome home;
        writeFile(home / "notes.png", Bytes(300, 'a'));
        const auto collector = makeCollector({"squeezenet1_1", {}, 64});
        QVERIFY(!errorOf<DataError>([&] { collector->features(home / "notes.png"); }).empty());
    }

    void theHeadTellsClassesApart() {
        const auto collector = makeCollector();
        std::vector<CollectSample> samples;
        for (int label = 0; label < 3; ++label)
            for (unsigned i = 0; i < 12; ++i) samples.push_back({featuresOf(*collector, drawn(label, 10 + i)), label});
        const CollectHead head = trainCollectHead(samples, 3, kGoOn);
        QVERIFY(head.converged);
        int right = 0;
        for (int label = 0; label < 3; ++label)
            for (unsigned i = 0; i < 4; ++i) {
                const std::vector<float> probabilities = head.probabilities(*featuresOf(*collector, drawn(label, 100 + i)));
                QCOMPARE(probabilities.size(), std::size_t(3));
                QVERIFY(std::abs(probabilities[0] + probabilities[1] + probabilities[2] - 1) < 1e-5f);
                right += best(probabilities) == label;
            }
        QVERIFY2(right >= 11, qPrintable(QString::number(right)));
        QVERIFY(trainCollectHead(samples, 3, kGoOn).weights == head.weights);
    }

    void oneClassIsRefusedAndStopIsHeard() {
        const auto features = std::make_shared<const std::vector<float>>(std::vector<float>{1, 2});
        const auto other = std::make_shared<const std::vector<float>>(std::vector<float>{2, 1});
        QVERIFY(!errorOf<TrainingError>([&] { trainCollectHead({{features, 0}}, 1, kGoOn); }).empty());
        const std::atomic<bool> stop{true};
        QVERIFY_EXCEPTION_THROWN(trainCollectHead({{features, 0}, {other, 1}}, 2, stop), Cancelled);
    }
};

QTEST_GUILESS_MAIN(TestCollector)
#include "tst_collector.moc"
