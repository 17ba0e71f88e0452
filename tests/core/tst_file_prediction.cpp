// A picture of the data set, saved to a file, must get the very answer that it gets within the data set, whatever the input size.
#include <QTest>

#include <cmath>

#include "core/api/analysis.h"
#include "core/api/dataset_info.h"
#include "core/data/dataset.h"
#include "core/data/picture_file.h"
#include "tests/support/drawn_data.h"
#include "tests/support/tiny_run.h"

using namespace thaw::core;
using namespace thaw::test;

namespace {

float furthest(const float* a, const float* b, int count) {
    float most = 0;
    for (int i = 0; i < count; ++i) most = std::max(most, std::abs(a[i] - b[i]));
    return most;
}

}  // namespace

class TestFilePrediction : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aFileIsPredictedAsThePictureOfTheDataSet_data() {
        QTest::addColumn<int>("inputSize");
        QTest::addColumn<int>("scaling");
        for (const int size : {32, 64})
            for (const Scaling scaling : {Scaling::ZeroToOne, Scaling::ImageNet, Scaling::Caffe})
                QTest::addRow("%d px, %s", size, toString(scaling).c_str()) << size << static_cast<int>(scaling);
    }
    void aFileIsPredictedAsThePictureOfTheDataSet() {
        QFETCH(int, inputSize);
        QFETCH(int, scaling);
        const TinyLesson lesson;
        RunConfig config = lesson.config();
        config.inputSize = inputSize;
        config.scaling = static_cast<Scaling>(scaling);
        config.phases.resize(1);
        drive(*makeTrainer(config));

        const RunSelection run{config.output, "last"};
        EvaluateRequest request;
        request.run = run;
        request.threads = 1;
        const Evaluation evaluation = evaluateRun(request, {});
        const auto test = loadSplit(resolveDataset(config.data), Split::Test, 0, config.seed);
        std::vector<std::filesystem::path> files;
        for (int i = 0; i < 6; ++i) {
            files.push_back(lesson.home() / ("picture" + std::to_string(i) + ".png"));
            const std::uint8_t* pixels = test->picture(i);
            writeFile(files.back(), encodePng(Bytes(pixels, pixels + 32 * 32 * 3), 32, 32));
        }

        const std::vector<FilePrediction> predictions = predictFiles(run, files, 1, nullptr);
        QCOMPARE(predictions.size(), files.size());
        for (int i = 0; i < 6; ++i) {
            const FilePrediction& one = predictions[static_cast<std::size_t>(i)];
            QVERIFY2(one.error.empty(), one.error.c_str());
            QCOMPARE(one.probabilities.size(), std::size_t(10));
            QVERIFY(furthest(one.probabilities.data(), evaluation.predictions.row(i), 10) < 1e-5f);
            QCOMPARE(one.modelSize, 32);
            QVERIFY(std::equal(one.modelRgb.begin(), one.modelRgb.end(), test->picture(i)));
            QCOMPARE(one.inputSize, inputSize);
            QCOMPARE(one.inputRgb.size(), static_cast<std::size_t>(inputSize * inputSize * 3));
            QVERIFY(one.inputLow < one.inputHigh);
        }
    }

    void theInputIsShownInItsOwnRange() {
        const TinyLesson lesson;
        RunConfig config = lesson.config();
        config.scaling = Scaling::ZeroToOne;
        config.phases.resize(1);
        config.phases[0].epochs = 1;
        drive(*makeTrainer(config));
        Bytes halves(40 * 40 * 3, 51);
        std::fill(halves.begin() + 40 * 20 * 3, halves.end(), std::uint8_t(204));
        writeFile(lesson.home() / "halves.png", encodePng(halves, 40, 40));
        const FilePrediction one = predictFiles({config.output, "last"}, {lesson.home() / "halves.png"}, 1, nullptr).front();
        QCOMPARE(one.inputLow, 0.2f);
        QCOMPARE(one.inputHigh, 0.8f);
        QCOMPARE(int(one.inputRgb.front()), 0);
        QCOMPARE(int(one.inputRgb.back()), 255);
    }

    void everyDataSetSaysWhatItsPicturesAreLike() {
        for (const int inputSize : {32, 224}) {
            RunConfig sized;
            sized.inputSize = inputSize;
            QCOMPARE(pictureKindOf("cifar10", sized).side, 32);
            QCOMPARE(pictureKindOf("fashion-mnist", sized).side, 28);
            QCOMPARE(pictureKindOf("folder", sized).side, std::max(64, inputSize));
            QVERIFY(pictureKindOf("fashion-mnist", sized).grey);
            QVERIFY(!pictureKindOf("cifar10", sized).grey && !pictureKindOf("folder", sized).grey);
        }
    }

    void aPictureInMemoryIsCutAsAFile() {
        const TinyLesson lesson;
        std::mt19937 random(7);
        RgbPicture picture{90, 60, {}};
        for (int i = 0; i < 90 * 60 * 3; ++i) picture.rgb.push_back(static_cast<std::uint8_t>(random() % 256));
        writeFile(lesson.home() / "wide.png", encodePng(picture.rgb, 90, 60));
        QVERIFY(squareOfPicture(picture, {32}) == readSquarePicture(lesson.home() / "wide.png", {32}));
        QVERIFY(squareOfPicture(picture, {80}) == readSquarePicture(lesson.home() / "wide.png", {80}));
    }
};

QTEST_GUILESS_MAIN(TestFilePrediction)
#include "tst_file_prediction.moc"
