#include <torch/torch.h>

#include <QTest>

#include <cmath>
#include <map>
#include <set>

#include "core/api/errors.h"
#include "core/data/batcher.h"
#include "core/data/preprocess.h"
#include "core/train/class_balance.h"
#include "core/train/mix_up.h"

using namespace thaw::core;

namespace {

constexpr int kSide = 12;
using Bytes = std::vector<std::uint8_t>;

Bytes drawn(int seed = 1) {
    Bytes rgb;
    for (int y = 0; y < kSide; ++y)
        for (int x = 0; x < kSide; ++x)
            for (int c = 0; c < 3; ++c) rgb.push_back(static_cast<std::uint8_t>(10 * y + 3 * x + 30 * c + seed));
    return rgb;
}

Bytes changed(const PictureChange& change, int side = kSide) {
    const Bytes rgb = drawn();
    Bytes out(static_cast<std::size_t>(3 * side * side));
    changePicture(rgb.data(), kSide, kSide, change, side, out.data());
    return out;
}

int level(const Bytes& rgb, int x, int y, int c = 0) { return rgb[static_cast<std::size_t>((y * kSide + x) * 3 + c)]; }

AugmentationConfig everything() {
    AugmentationConfig all = photographAugmentation();
    all.verticalFlip = true;
    all.rotation = 20;
    all.blur = 1;
    all.erasing = 0.5;
    all.shift = 2;
    return all;
}

}  // namespace

class TestPictureChange : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void nothingChangesNothing() { QVERIFY(changed({}) == drawn()); }

    void flipsAndTurns() {
        PictureChange across, upright, both, half;
        across.flip = both.flip = upright.verticalFlip = both.verticalFlip = true;
        half.rotation = 180;
        for (int y = 0; y < kSide; ++y)
            for (int x = 0; x < kSide; ++x) {
                QCOMPARE(level(changed(across), x, y), level(drawn(), kSide - 1 - x, y));
                QCOMPARE(level(changed(upright), x, y), level(drawn(), x, kSide - 1 - y));
            }
        QVERIFY(changed(both) == changed(half));
        PictureChange quarter;
        quarter.rotation = 90;
        QVERIFY(changed(quarter) != drawn());
        PictureChange four = quarter;
        four.rotation = 360;
        QVERIFY(changed(four) == drawn());
    }

    void aCropIsEnlarged() {
        PictureChange right;
        right.cropX = right.cropY = 0.5f;
        right.cropWidth = right.cropHeight = 0.5f;
        const Bytes out = changed(right);
        QVERIFY(std::abs(level(out, 0, 0) - level(drawn(), 6, 6)) <= 7);  // between this pixel and the one before
        QVERIFY(std::abs(level(out, 11, 11) - level(drawn(), 11, 11)) <= 7);
    }

    void coloursAndErasing() {
        PictureChange dark, grey, part;
        dark.brightness = 0.5f;
        QVERIFY(std::abs(level(changed(dark), 4, 4) - level(drawn(), 4, 4) / 2) <= 1);
        grey.saturation = 0;
        QVERIFY(std::abs(level(changed(grey), 4, 4, 0) - level(changed(grey), 4, 4, 2)) <= 1);
        part.eraseX = part.eraseY = 0.5f;
        part.eraseWidth = part.eraseHeight = 0.5f;
        const Bytes out = changed(part);
        QCOMPARE(level(out, 2, 2), level(drawn(), 2, 2));
        QCOMPARE(level(out, 8, 8), level(out, 10, 6));
    }

    void aPureFunctionWithinItsRanges() {
        const AugmentationConfig all = [] {
            AugmentationConfig one = everything();
            one.variants = 0;
            return one;
        }();
        std::set<float> widths;
        for (int picture = 0; picture < 300; ++picture) {
            const PictureChange change = augmentationOf(all, 7, 2, picture);
            QVERIFY(change == augmentationOf(all, 7, 2, picture));
            QVERIFY(!(change == augmentationOf(all, 7, 3, picture)) && !(change == augmentationOf(all, 8, 2, picture)));
            QVERIFY(change.cropX >= 0 && change.cropX + change.cropWidth <= 1.0001f &&
                    change.cropY + change.cropHeight <= 1.0001f);
            QVERIFY(change.cropWidth * change.cropHeight >= 0.45f);
            QVERIFY(std::abs(change.rotation) <= 20 && change.blur <= 1 && std::abs(change.brightness - 1) <= 0.2f);
            QCOMPARE(change.variant, 0);
            widths.insert(change.cropWidth);
        }
        QVERIFY(widths.size() > 250);
    }

    void keptVariantsAreFew() {
        const AugmentationConfig all = everything();
        QCOMPARE(cachedVariants(all), 8);
        std::set<int> seen;
        for (int epoch = 1; epoch <= 60; ++epoch) {
            const PictureChange change = augmentationOf(all, 7, epoch, 5);
            QVERIFY(change == variantOf(all, 7, change.variant, 5));
            seen.insert(change.variant);
        }
        QCOMPARE(seen.size(), std::size_t(8));
        QVERIFY(variantOf(all, 7, 0, 5).isPlain() && !variantOf(all, 7, 1, 5).isPlain());
        std::set<std::string> keys;
        for (int variant = 0; variant < 8; ++variant) keys.insert(variantKey(all, 7, variant));
        QCOMPARE(keys.size(), std::size_t(8));
        QVERIFY(variantKey(all, 7, 1) != variantKey(all, 8, 1));
    }

    void whatCanBeCached() {
        AugmentationConfig augmentation;
        QCOMPARE(cachedVariants(augmentation), 1);
        augmentation.mixUp = 0.2;
        QCOMPARE(cachedVariants(augmentation), 1);
        augmentation.flip = true;
        augmentation.variants = 4;  // flips are two anyway
        QCOMPARE(cachedVariants(augmentation), 2);
        QCOMPARE(variantKey(augmentation, 7, 1), std::string("train, flipped"));
        augmentation.variants = 0;
        augmentation.colour = 0.1;
        QCOMPARE(cachedVariants(augmentation), 0);
    }

    void changedAndPlainRowsSideBySide() {
        PictureSet pictures;
        pictures.width = pictures.height = kSide;
        for (int i = 0; i < 4; ++i) {
            const Bytes one = drawn(5 * i);
            pictures.rgb.insert(pictures.rgb.end(), one.begin(), one.end());
            pictures.labels.push_back(i);
        }
        std::vector<PictureChange> changes(4);
        changes[1].rotation = 30;
        changes[2].flip = true;
        for (const int size : {kSide, 20}) {
            const torch::Tensor together = networkInput(pictures, {0, 1, 2, 3}, changes, Scaling::ImageNet, size);
            for (std::int64_t row = 0; row < 4; ++row)
                QVERIFY(torch::equal(together[row], networkInput(pictures, {row}, {changes[static_cast<std::size_t>(row)]},
                                                                 Scaling::ImageNet, size)[0]));
            QVERIFY(!torch::equal(together[1], networkInput(pictures, {1}, {}, Scaling::ImageNet, size)[0]));
        }
    }

    void balancedEpochs() {
        std::vector<int> labels(90, 0);
        labels.insert(labels.end(), 9, 1);
        labels.push_back(2);
        Batcher batcher(100, 10, 3);
        batcher.balance(labels, 4);  // the last class has no picture
        std::set<std::int64_t> large;
        for (int epoch = 1; epoch <= 3; ++epoch) {
            std::map<int, int> counts;
            std::int64_t rows = 0;
            for (std::int64_t batch = 0; batch < batcher.batches(); ++batch)
                for (const std::int64_t row : batcher.rows(epoch, batch)) {
                    ++counts[labels[static_cast<std::size_t>(row)]];
                    if (row < 90) large.insert(row);
                    ++rows;
                }
            QCOMPARE(rows, std::int64_t(100));
            QVERIFY(counts == (std::map<int, int>{{0, 34}, {1, 33}, {2, 33}}));
        }
        QVERIFY(large.size() > 60);
        QVERIFY(Batcher(batcher).rows(2, 4) == batcher.rows(2, 4));
    }

    void weightsOfClasses() {
        PictureSet pictures;
        pictures.labels = {0, 0, 0, 1};
        ClassBalanceConfig balance;
        QVERIFY(classWeights(balance, pictures, 2).empty());
        balance.weights = ClassWeights::Balanced;
        QVERIFY(classWeights(balance, pictures, 2) == (std::vector<float>{4.f / 6, 2.f}));
        balance.weights = ClassWeights::ByHand;
        balance.byHand = {1, 3};
        QVERIFY(classWeights(balance, pictures, 2) == (std::vector<float>{1, 3}));
        QVERIFY_THROWS_EXCEPTION(ConfigError, classWeights(balance, pictures, 3));
        balance.byHand = {1, 0};
        QVERIFY_THROWS_EXCEPTION(ConfigError, classWeights(balance, pictures, 2));
        pictures.labels = {0, 0, -1, -1};
        pictures.labelSets = {1, 0, 1, 1, 0, 0, 0, 0};
        balance.weights = ClassWeights::Balanced;
        QVERIFY(classWeights(balance, pictures, 2) == (std::vector<float>{1, 3}));
    }

    void sharesOfMixUp() {
        QCOMPARE(mixUpShare(0, 1, 2), 1.0);
        double sum = 0;
        for (int step = 0; step < 2000; ++step) {
            const double share = mixUpShare(1, 3, step);
            QVERIFY(share >= 0.5 && share <= 1);
            QCOMPARE(share, mixUpShare(1, 3, step));
            sum += share;
        }
        QVERIFY(std::abs(sum / 2000 - 0.75) < 0.02);  // of the larger part of a uniform one
        double few = 0;
        for (int step = 0; step < 2000; ++step) few += mixUpShare(0.2, 3, step);
        QVERIFY(few > sum);  // small alphas blend less
    }
};

QTEST_APPLESS_MAIN(TestPictureChange)
#include "tst_picture_change.moc"
