#include <QTest>

#include <set>

#include "core/api/augmentation_preview.h"
#include "core/api/errors.h"
#include "core/data/dataset.h"
#include "core/data/picture_change.h"
#include "core/data/run_samples.h"
#include "tests/support/drawn_data.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_home.h"

using namespace thaw::core;
using namespace thaw::test;

namespace {

RunConfig configOf(const std::filesystem::path& folder) {
    RunConfig config;
    config.data.directory = folder;
    config.inputSize = 32;
    config.seed = 5;
    config.phases.resize(1);
    config.phases.front().epochs = 1;
    return config;
}

bool isCalm(const PreviewSample& sample) {
    for (const RgbPicture& epoch : sample.epochs)
        if (epoch.rgb != sample.epochs.front().rgb) return false;
    return true;
}

}  // namespace

class TestAugmentationPreview : public QObject {
    Q_OBJECT
private:
    TemporaryHome m_home;

private Q_SLOTS:
    void samplesAreThoseOfTheRun() {
        const std::filesystem::path folder = m_home.path() / "shapes";
        writeImageFolder(folder);
        RunConfig config = configOf(folder);
        config.data.trainLimit = 20;
        config.data.heldOut = 0.2;
        const DatasetInfo dataset = forInput(resolveDataset(config.data), config);
        const auto train = loadSplit(dataset, Split::Train, config.data, config.seed);
        const RunSamples samples = sampleRun(dataset, config.data, config.seed, 4);
        QCOMPARE(samples.rows.size(), std::size_t(4));
        QCOMPARE(samples.files.size(), std::size_t(4));
        for (std::size_t i = 0; i < samples.rows.size(); ++i) {
            QCOMPARE(samples.pictures.read({std::int64_t(i)}), train->read({samples.rows[i]}));
            QCOMPARE(samples.pictures.labels[i], train->labels[std::size_t(samples.rows[i])]);
        }
        // As many of each class as the number allows.
        QCOMPARE(std::set<int>(samples.pictures.labels.begin(), samples.pictures.labels.end()).size(), std::size_t(3));
        QCOMPARE(sampleRun(dataset, config.data, config.seed, 1000).pictures.count(), train->count());
    }

    void damagedSamplesAreLeftOut() {
        const std::filesystem::path folder = m_home.path() / "damaged";
        writeImageFolder(folder);
        const RunConfig config = configOf(folder);
        const DatasetInfo dataset = forInput(resolveDataset(config.data), config);
        const RunSamples before = sampleRun(dataset, config.data, config.seed, 3);
        Bytes torn = readFile(before.files[1]);
        for (std::size_t i = 60; i < torn.size(); ++i) torn[i] = 0;
        writeFile(before.files[1], torn);
        const RunSamples after = sampleRun(dataset, config.data, config.seed, 3);
        QCOMPARE(after.pictures.count(), std::int64_t(2));
        QCOMPARE(after.rows, (std::vector<std::int64_t>{before.rows[0], before.rows[2]}));
        QCOMPARE(after.files[1], before.files[2]);
    }

    void epochsAreChangedAsInTheRun() {
        const std::filesystem::path folder = m_home.path() / "cifar";
        writeCifar10Folder(folder);
        RunConfig config = configOf(folder);
        AugmentationPreview preview = previewAugmentation(config, 3, 4);
        QCOMPARE(preview.dataset, std::string("CIFAR-10"));
        QVERIFY(!preview.ownSizes);
        QCOMPARE(preview.samples.size(), std::size_t(3));
        for (const PreviewSample& sample : preview.samples) {
            QVERIFY(!sample.name.empty() && sample.file.empty() && sample.whole.rgb.empty());
            QCOMPARE(sample.epochs.size(), std::size_t(5));
            QCOMPARE(sample.epochs.front().rgb.size(), std::size_t(32 * 32 * 3));
            QVERIFY(isCalm(sample));
        }
        // The first one is the picture itself where its size is the input's.
        const DatasetInfo dataset = forInput(resolveDataset(config.data), config);
        const RunSamples samples = sampleRun(dataset, config.data, config.seed, 3);
        QVERIFY(preview.samples[0].epochs[0].rgb == samples.pictures.read({0}));

        config.augmentation.flip = true;
        preview = previewAugmentation(config, 3, 4);
        for (std::size_t i = 0; i < 3; ++i)
            for (int epoch = 1; epoch <= 4; ++epoch) {
                const bool flipped = augmentationOf(config.augmentation, config.seed, epoch, samples.rows[i]).flip;
                QCOMPARE(preview.samples[i].epochs[std::size_t(epoch)].rgb != preview.samples[i].epochs[0].rgb, flipped);
            }
        const auto other = [&] {
            RunConfig seeded = config;
            seeded.augmentation = photographAugmentation();
            seeded.augmentation.variants = 0;
            return seeded;
        }();
        for (const PreviewSample& sample : previewAugmentation(other, 3, 4).samples) QVERIFY(!isCalm(sample));
    }

    void squaresOfFiles() {
        const std::filesystem::path folder = m_home.path() / "wide";
        for (const char* name : {"a", "b"})
            for (const char* split : {"train", "test"})
                for (int i = 0; i < 3; ++i) {
                    Bytes samples(std::size_t(64 * 32 * 3), std::uint8_t(20 * i));
                    for (std::size_t at = 0; at < samples.size(); at += 3)
                        if (at / 3 % 64 < 16) samples[at] = 255;  // the left quarter is red
                    writeFile(folder / split / name / (std::to_string(i) + ".png"), encodePng(samples, 64, 32));
                }
        RunConfig config = configOf(folder);
        config.data.squareFit = SquareFit::Whole;
        config.inputSize = resolveDataset(config.data).pictureKind.side;  // so that none is enlarged
        QCOMPARE(config.inputSize, 64);
        const AugmentationPreview preview = previewAugmentation(config, 2, 1);
        QVERIFY(preview.ownSizes);
        const PreviewSample& sample = preview.samples.front();
        QVERIFY(sample.file.find(".png") != std::string::npos);
        QCOMPARE(sample.whole.width, 64);
        QCOMPARE(sample.whole.height, 32);
        const auto red = [](const RgbPicture& picture, int x, int y) {
            return int(picture.rgb[std::size_t(3 * (y * picture.width + x))]);
        };
        const RgbPicture& centre = sample.squares[0];
        QVERIFY(red(centre, 0, 32) != 255);
        const RgbPicture &whole = sample.squares[1], &stretched = sample.squares[2];
        QCOMPARE(red(whole, 0, 0), 128);
        QCOMPARE(red(whole, 4, 32), 255);
        QCOMPARE(red(stretched, 4, 0), 255);
        QVERIFY(sample.epochs.front().rgb == whole.rgb);  // what the run is made with
    }

    void saysWhatIsWrong() {
        RunConfig config = configOf(m_home.path() / "nothing");
        const auto preview = [&] { previewAugmentation(config, 3, 4); };
        QVERIFY(errorOf<DataError>(preview).find("nothing") != std::string::npos);
        writeCifar10Folder(m_home.path() / "more");
        config = configOf(m_home.path() / "more");
        config.augmentation.rotation = 500;
        QVERIFY(!errorOf<ConfigError>(preview).empty());
    }
};

QTEST_APPLESS_MAIN(TestAugmentationPreview)
#include "tst_augmentation_preview.moc"
