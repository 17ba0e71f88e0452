#include <QTest>

#include <set>

#include "core/api/errors.h"
#include "core/api/layer_info.h"
#include "core/train/rungs.h"

using namespace thaw::core;

namespace {

/// One second a picture and stage for each of the three directions.
StageTimes unitTimes(const ModelInfo& model) {
    StageTimes times;
    times.stages.assign(model.layers.size(), {1, 1, 1});
    times.batchSize = 128;
    return times;
}

}  // namespace

class TestLayerInfo : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void vgg16() {
        const ModelInfo model = describeModel(RunConfig(), 10);
        QCOMPARE(model.name, std::string("VGG16"));
        QCOMPARE(static_cast<int>(model.layers.size()), 22);
        QCOMPARE(model.headBegin, 18);
        QCOMPARE(model.parameterCount, std::int64_t(14714688 + 512 * 512 + 512 + 512 * 10 + 10));
        double multiplyAdds = 0;
        for (int i = 0; i < model.headBegin; ++i) multiplyAdds += model.layers[static_cast<std::size_t>(i)].multiplyAdds;
        QVERIFY(std::abs(multiplyAdds - 313e6) < 1e6);
        const int conv = model.indexOf("block5_conv3");
        QCOMPARE(conv, model.indexOf("features.28"));
        QCOMPARE(model.layers[static_cast<std::size_t>(conv)].outputShape, (std::vector<std::int64_t>{512, 2, 2}));
        QCOMPARE(model.layers[17].name, std::string("block5_pool"));
        QCOMPARE(model.layers[17].torchName, std::string("features.30"));
        QCOMPARE(model.layers[19].torchName, std::string("head.dense_1"));
        QCOMPARE(model.indexOf("block6_conv1"), -1);
        RunConfig large;
        large.inputSize = 224;
        QCOMPARE(describeModel(large, 10).layers[18].outputShape, (std::vector<std::int64_t>{25088}));
        QVERIFY_THROWS_EXCEPTION(ConfigError, describeModel(RunConfig(), 1));
    }

    void masks() {
        const ModelInfo model = describeModel(RunConfig(), 10);
        const auto boundary = [&](const std::vector<std::string>& names) { return freezeBoundary(model, model.maskOf(names)); };
        const auto words = [&](const std::vector<std::string>& names) { return describeMask(model, model.maskOf(names)); };
        QCOMPARE(boundary({"head"}), 19);
        QCOMPARE(boundary({"head", "block5"}), 14);
        QCOMPARE(boundary({"features.28"}), 16);
        QCOMPARE(boundary({"all"}), 0);
        QCOMPARE(boundary({"block5_pool"}), 22);
        QCOMPARE(words({"head"}), std::string("Head only"));
        QCOMPARE(words({"head", "block5_conv1", "block5_conv2", "block5_conv3", "block5_pool"}), std::string("Block 5 thawed"));
        QCOMPARE(words({"trunk", "head"}), std::string("Everything thawed"));
        QCOMPARE(words({}), std::string("All frozen"));
        QCOMPARE(words({"head", "block4", "block5"}), std::string("Blocks 4 and 5 thawed"));
        QCOMPARE(words({"head", "block3", "block4", "block5"}), std::string("Blocks 3 to 5 thawed"));
        QCOMPARE(words({"head", "block1", "block3", "block5"}), std::string("Blocks 1, 3 and 5 thawed"));
        QCOMPARE(words({"head", "block5", "block4_conv3"}), std::string("Block 5 thawed, block 4 in part"));
        QCOMPARE(words({"head", "block5_conv3"}), std::string("Block 5 thawed in part"));
        QCOMPARE(words({"head", "block4_conv1", "block5_conv3"}), std::string("Blocks 4 and 5 thawed in part"));
        QCOMPARE(words({"block4"}), std::string("Block 4 thawed, head frozen"));
        QCOMPARE(words({"block4", "dense_2"}), std::string("Block 4 thawed, head in part"));
        QCOMPARE(words({"trunk"}), std::string("Blocks 1 to 5 thawed, head frozen"));
        QCOMPARE(words({"dense_2"}), std::string("Part of the head"));
        RunConfig texts;
        chooseModel(texts, "minilm");
        const ModelInfo encoder = describeModel(texts, 2);
        const auto ofTexts = [&](const std::vector<std::string>& of) { return describeMask(encoder, encoder.maskOf(of)); };
        QCOMPARE(ofTexts({"head", "encoder.layer.5"}), std::string("Layer 5 thawed"));
        QCOMPARE(ofTexts({"head", "encoder.layer.4", "encoder.layer.5"}), std::string("Layers 4 and 5 thawed"));
        QCOMPARE(ofTexts({"head", "embeddings", "encoder.layer.5"}), std::string("embeddings and encoder.layer.5 thawed"));
        // No name stands for two choices of whole blocks.
        std::set<std::string> names;
        for (int choice = 0; choice < 64; ++choice) {
            std::vector<std::string> chosen;
            for (int block = 1; block <= 6; ++block)
                if (choice & (1 << (block - 1))) chosen.push_back(block == 6 ? "head" : "block" + std::to_string(block));
            names.insert(words(chosen));
        }
        QCOMPARE(names.size(), std::size_t(64));
        QVERIFY_THROWS_EXCEPTION(ConfigError, model.maskOf({"block9"}));
    }

    void rungs() {
        const ModelInfo model = describeModel(RunConfig(), 10);
        QCOMPARE(rungsOf(model), (std::vector<int>{3, 6, 10, 14, 18}));
        QCOMPARE(rungBelow(model, 19), 18);
        QCOMPARE(rungBelow(model, 16), 14);
        QCOMPARE(rungBelow(model, 2), 0);
        RunConfig config;
        QCOMPARE(rungBytes(config, model, 14, 50000, 10000), std::int64_t(60000) * 2048 * 4);
        QCOMPARE(usableRung(config, model, 10, 50000, 10000), 10);
        config.cache.memoryBudget = 500'000'000;
        QCOMPARE(usableRung(config, model, 10, 50000, 10000), 10);  // from the disk
        config.cache.onDisk = false;
        QCOMPARE(usableRung(config, model, 10, 50000, 10000), 0);
        QCOMPARE(usableRung(config, model, 17, 50000, 10000), 14);
        QCOMPARE(sliceSize(32), 128);
        QCOMPARE(sliceSize(64), 32);
        QCOMPARE(sliceSize(224), 2);
    }

    void microBatches() {
        RunConfig config;
        ModelInfo model = describeModel(config, 10);
        config.batchSize = 512;
        QCOMPARE(microBatchSize(config, model, 19, 18), 512);
        QCOMPARE(microBatchSize(config, model, 14, 14), 128);
        config.inputSize = 64;
        model = describeModel(config, 10);
        QCOMPARE(microBatchSize(config, model, 0, 0), 32);
        config.batchSize = 20;
        QCOMPARE(microBatchSize(config, model, 0, 0), 20);
    }

    void prices() {
        RunConfig config;
        config.batchSize = 100;
        const ModelInfo model = describeModel(config, 10);
        StageTimes times = unitTimes(model);
        const PriceInput input{50000, 10000, 0};
        Price price = estimatePrice(config, model, model.maskOf({"head"}), times, input);
        // Four stages forward; gradients of dense_1's weights, of dropout's input and both of dense_2's.
        QCOMPARE(price.imagesPerSecond, 1.0 / (4 + 1 + 1 + 2));
        QCOMPARE(price.epochSeconds, 50000.0 * 8 + 10000.0 * 4);
        QCOMPARE(price.oneTimeSeconds, 60000.0 * 18);
        QCOMPARE(price.trainableParameters, std::int64_t(267786));
        QVERIFY(price.memoryBytes > 60000 * 512 * 4);

        QCOMPARE(estimatePrice(config, model, model.maskOf({"head"}), times, {50000, 10000, 18}).oneTimeSeconds, 0.0);
        QCOMPARE(estimatePrice(config, model, model.maskOf({"head", "block5"}), times, {50000, 10000, 18}).oneTimeSeconds, 0.0);
        times.optimizerPerParameter = 1e-3;
        price = estimatePrice(config, model, model.maskOf({"dense_2"}), times, input);
        QVERIFY(std::abs(1.0 / price.imagesPerSecond - (4 + 1 + 5130 * 1e-3 / 100)) < 1e-9);
        config.cache.enabled = false;
        QCOMPARE(estimatePrice(config, model, model.maskOf({"head"}), unitTimes(model), input).imagesPerSecond, 1.0 / (22 + 4));
        QVERIFY(estimatePrice(config, model, model.maskOf({"head"}), {}, input).imagesPerSecond < 0);
    }

    void pricesFollowWhatWasLearned() {
        const RunConfig config;
        const ModelInfo model = describeModel(config, 10);
        const LayerMask head = model.maskOf({"head"});
        StageTimes times = unitTimes(model);
        PriceInput input{50000, 10000, 0};
        const Price before = estimatePrice(config, model, head, times, input);
        QCOMPARE(before.trainRung, 18);
        input.slowdown = 2;
        const Price slow = estimatePrice(config, model, head, times, input);
        QCOMPARE(slow.imagesPerSecond, before.imagesPerSecond / 2);
        QCOMPARE(slow.epochSeconds, before.epochSeconds * 2);
        QCOMPARE(slow.oneTimeSeconds, before.oneTimeSeconds * 2);
        times.besideStages = 4;
        input.slowdown = 1;
        const Price beside = estimatePrice(config, model, head, times, input);
        QCOMPARE(beside.imagesPerSecond, 1.0 / (8 + 4));
        QCOMPARE(beside.epochSeconds, before.epochSeconds + 50000.0 * 4);
    }

    /// The plan's time holds the pass through the frozen layers, once.
    void plans() {
        RunConfig config;
        config.phases.resize(2);
        config.phases[0].trainable = {"head"};
        config.phases[0].epochs = 10;
        config.phases[1].trainable = {"head", "block5"};
        config.phases[1].epochs = 5;
        const ModelInfo model = describeModel(config, 10);
        const StageTimes times = unitTimes(model);
        const PriceInput input{50000, 10000, 0};
        const Price head = estimatePrice(config, model, model.maskOf({"head"}), times, input);
        const Price block5 = estimatePrice(config, model, model.maskOf({"head", "block5"}), times, input);
        QCOMPARE(estimatePlan(config, model, times, input),
                 head.oneTimeSeconds + 10 * head.epochSeconds + 5 * block5.epochSeconds);
        QCOMPARE(estimatePlan(config, model, times, {50000, 10000, 18}), 10 * head.epochSeconds + 5 * block5.epochSeconds);
        QVERIFY(estimatePlan(config, model, {}, input) < 0);
    }

    void guesses() {
        RunConfig config;
        config.threads = 1;
        const ModelInfo model = describeModel(config, 10);
        const StageTimes one = guessedStageTimes(config, model);
        QVERIFY(one.origin == TimesOrigin::Guessed);
        QCOMPARE(one.stages.size(), model.layers.size());
        for (std::size_t i = 0; i < one.stages.size(); ++i) {
            QVERIFY(one.stages[i].forward > 0);
            QCOMPARE(one.stages[i].backwardWeights > 0, model.layers[i].hasParameters());
        }
        const auto forward = [](const StageTimes& times) {
            double sum = 0;
            for (const StageTimes::Stage& stage : times.stages) sum += stage.forward;
            return sum;
        };
        // No processor of this century does the trunk's 313 million multiply-adds in 10 us or needs a second for them.
        QVERIFY2(forward(one) > 1e-5 && forward(one) < 1, qPrintable(QString::number(forward(one))));
        config.threads = 4;
        QVERIFY(forward(guessedStageTimes(config, model)) <=
                forward(one));  // a run has no more threads than the machine has cores
        config.kernels = KernelKind::LibTorch;
        QVERIFY(forward(guessedStageTimes(config, model)) * 4 >= forward(one));
        config.inputSize = 64;
        QVERIFY(forward(guessedStageTimes(config, describeModel(config, 10))) * 4 > 3 * forward(one));
        config.device = DeviceKind::Cuda;
        QVERIFY(guessedStageTimes(config, model).empty());
    }
};

QTEST_GUILESS_MAIN(TestLayerInfo)
#include "tst_layer_info.moc"
