#include <QTest>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <limits>
#include <random>

#include "core/api/analysis.h"
#include "core/api/errors.h"
#include "core/api/inspector.h"
#include "core/api/models.h"
#include "core/api/runs.h"
#include "core/model/families.h"
#include "core/model/safetensors.h"
#include "core/train/feature_cache.h"
#include "core/train/stage_times.h"
#include "tests/support/drawn_data.h"
#include "tests/support/tiny_run.h"

using namespace thaw::core;
using namespace thaw::test;
namespace fs = std::filesystem;

namespace {

std::vector<double> losses(const Events& events) {
    std::vector<double> result;
    for (const BatchFinished& batch : all<BatchFinished>(events)) result.push_back(batch.loss);
    for (const EpochFinished& epoch : all<EpochFinished>(events)) result.push_back(epoch.valLoss);
    return result;
}

double largestDifference(const std::vector<double>& a, const std::vector<double>& b) {
    if (a.size() != b.size()) return 1e9;
    double largest = 0;
    for (std::size_t i = 0; i < a.size(); ++i) largest = std::max(largest, std::abs(a[i] - b[i]) / std::max(1.0, std::abs(b[i])));
    return largest;
}

std::string statesOf(const Events& events) {
    std::string text;
    for (const StateChanged& change : all<StateChanged>(events)) text += (text.empty() ? "" : " ") + toString(change.state);
    return text;
}

OptimizerConfig optimizer(OptimizerKind kind, double rate, double decay) {
    OptimizerConfig config;
    config.kind = kind;
    config.learningRate = rate;
    config.weightDecay = decay;
    return config;
}

bool isBatch(const Event& event) { return holds<BatchFinished>(event); }

}  // namespace

class TestTrainer : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aWholeRun() {
        const TinyLesson lesson;
        const auto trainer = makeTrainer(lesson.config());
        QVERIFY(trainer->state() == TrainerState::Idle);
        const Events events = drive(*trainer);
        for (const RunFailed& failed : all<RunFailed>(events)) QFAIL(failed.what.c_str());
        QCOMPARE(statesOf(events), toString(TrainerState::Preparing) + " " + toString(TrainerState::Running) + " " +
                                       toString(TrainerState::Finished));

        const auto started = all<RunStarted>(events);
        QCOMPARE(started.size(), std::size_t(1));
        QCOMPARE(started[0].trainCount, std::int64_t(100));
        QCOMPARE(started[0].testCount, std::int64_t(50));
        QCOMPARE(started[0].stepsPerEpoch, std::int64_t(7));
        QVERIFY(!started[0].resumed);
        const auto batches = all<BatchFinished>(events);
        QCOMPARE(batches.size(), std::size_t(28));
        for (std::size_t i = 0; i < batches.size(); ++i) {
            QCOMPARE(batches[i].step, static_cast<std::int64_t>(i) + 1);
            QCOMPARE(batches[i].epoch, static_cast<int>(i) / 7 + 1);
            QCOMPARE(batches[i].batch, static_cast<std::int64_t>(i) % 7 + 1);
            QVERIFY(batches[i].fromCache);
        }
        const auto epochs = all<EpochFinished>(events);
        QCOMPARE(epochs.size(), std::size_t(4));
        double sum = 0;
        for (std::size_t i = 0; i < 7; ++i) sum += batches[i].loss * (i < 6 ? 16 : 4);
        QVERIFY(std::abs(epochs[0].trainLoss - sum / 100) < 1e-9);
        QVERIFY(epochs[3].valLoss < epochs[0].valLoss);
        const auto phases = all<PhaseStarted>(events);
        QCOMPARE(phases.size(), std::size_t(2));
        QCOMPARE(phases[1].firstEpoch, 3);
        const auto changes = all<LayersChanged>(events);
        QCOMPARE(changes.size(), std::size_t(1));
        QCOMPARE(changes[0].thawed, (std::vector<std::string>{"block5_conv1", "block5_conv2", "block5_conv3"}));
        QCOMPARE(changes[0].epochPosition, 2.0);
        const auto predictions = all<PredictionsReady>(events);
        QCOMPARE(predictions.size(), std::size_t(4));
        QCOMPARE(predictions[3].predictions->count(), std::int64_t(50));
        QVERIFY(std::abs(predictions[3].predictions->score - epochs[3].valScore) < 1e-12);
        const std::vector<double> moved = all<MovedChanged>(events).back().moved;
        const ModelInfo& model = started[0].model;
        for (std::size_t i = 0; i < moved.size(); ++i) {
            const bool trained =
                model.layers[i].hasParameters() && (model.layers[i].block == "head" || model.layers[i].block == "block5");
            QCOMPARE(moved[i] > 0, trained);
        }
        const auto finished = all<RunFinished>(events);
        QCOMPARE(finished.size(), std::size_t(1));
        QCOMPARE(finished[0].reason, std::string("completed"));
        QCOMPARE(finished[0].epochs, 4);
        QVERIFY(!all<StageTimesMeasured>(events).empty());
        QVERIFY(!all<PlanProgress>(events).empty());

        const RunHistory history = readRun(lesson.home() / "run");
        QCOMPARE(history.epochs.size(), std::size_t(4));
        QCOMPARE(history.epochs[2].valLoss, epochs[2].valLoss);
        QVERIFY(history.summary.status == RunStatus::Finished);
        QCOMPARE(storedStageTimes(lesson.config()).stages.size(), model.layers.size());
    }

    /// Of a network whose stages have several layers, too.
    void aSecondRunKnowsTheSpeed() {
        const TinyLesson lesson;
        addModel(resNetModel("tiny_resnet", "Tiny ResNet", {1, 1, 1, 1}, /*bottleneck=*/false));
        RunConfig config = lesson.config();
        const int inputSize = config.inputSize;
        chooseModel(config, "tiny_resnet");
        config.inputSize = inputSize;
        config.initialization = Initialization::Random;
        config.phases.resize(1);
        config.phases[0].epochs = 1;
        drive(*makeTrainer(config));
        StageTimes times = storedStageTimes(config);
        times.origin = TimesOrigin::Measured;  // also where other programs disturbed it
        storeStageTimes(config, times);
        config.output = lesson.home() / "second";
        for (const WorkProgress& work : all<WorkProgress>(drive(*makeTrainer(config))))
            QVERIFY(work.activity != "Measuring this machine's speed");
    }

    void cachedEqualsUncached_data() {
        QTest::addColumn<bool>("flip");
        QTest::newRow("plain") << false;
        QTest::newRow("flips") << true;
    }
    void cachedEqualsUncached() {
        QFETCH(bool, flip);
        const TinyLesson lesson;
        RunConfig config = lesson.config("cached");
        config.augmentation.flip = flip;
        const Events cold = drive(*makeTrainer(config));
        config.output = lesson.home() / "warm";
        const Events warm = drive(*makeTrainer(config));
        config.output = lesson.home() / "uncached";
        config.cache.enabled = false;
        const Events uncached = drive(*makeTrainer(config));
        QVERIFY(all<BatchFinished>(cold)[0].fromCache);
        QVERIFY(!all<BatchFinished>(uncached)[0].fromCache);
        QCOMPARE(losses(cold).size(), std::size_t(32));
        QVERIFY2(largestDifference(losses(cold), losses(uncached)) < 1e-4,
                 std::to_string(largestDifference(losses(cold), losses(uncached))).c_str());
        QCOMPARE(losses(warm), losses(cold));  // the same bits from the disk
        for (const WorkProgress& progress : all<WorkProgress>(warm)) QVERIFY(progress.activity.rfind("Computing", 0) != 0);
    }

    void shiftTurnsTheCacheOff() {
        const TinyLesson lesson;
        RunConfig config = lesson.config();
        config.augmentation.shift = 2;
        const Events events = drive(*makeTrainer(config));
        QCOMPARE(all<RunFinished>(events).size(), std::size_t(1));
        for (const BatchFinished& batch : all<BatchFinished>(events)) QVERIFY(!batch.fromCache);
        QVERIFY(!all<Notice>(events).empty());
    }

    void damagedCacheIsMadeAnew() {
        const TinyLesson lesson;
        RunConfig config = lesson.config("first");
        const Events first = drive(*makeTrainer(config));
        for (const auto& entry : fs::directory_iterator(featureFolder(config.cache))) {
            std::fstream stream(entry.path(), std::ios::in | std::ios::out | std::ios::binary);
            stream.seekp(5000);
            stream.put(1);
        }
        config.output = lesson.home() / "second";
        const Events second = drive(*makeTrainer(config));
        QCOMPARE(losses(second), losses(first));
        QVERIFY(!all<Notice>(second).empty());
    }

    // Weight decay and momentum would go on moving a frozen layer if it were frozen by a flag alone.
    void frozenLayersKeepTheirBytes_data() {
        QTest::addColumn<int>("kind");
        QTest::newRow("sgd") << static_cast<int>(OptimizerKind::Sgd);
        QTest::newRow("adam") << static_cast<int>(OptimizerKind::Adam);
        QTest::newRow("adamw") << static_cast<int>(OptimizerKind::AdamW);
    }
    void frozenLayersKeepTheirBytes() {
        QFETCH(int, kind);
        const TinyLesson lesson;
        RunConfig config = lesson.config();
        config.phases.resize(1);
        config.phases[0].epochs = 6;
        config.phases[0].optimizer = optimizer(static_cast<OptimizerKind>(kind), 0.01, 0.1);
        config.phases[0].trainable = {"all"};
        const auto trainer = makeTrainer(config);
        drive(*trainer, holds<EpochFinished>);
        trainer->apply({1, SetTrainable{{"trunk"}, false}});
        const Events frozen = drive(*trainer, isBatch);
        QCOMPARE(all<LayersChanged>(frozen).size() + all<BatchFinished>(frozen).size() >= 1, true);
        trainer->apply({2, SaveCheckpoint{}});
        drive(*trainer, holds<CheckpointSaved>);
        std::map<std::string, std::vector<float>> before;
        const std::vector<std::string> names = {"features.0.weight", "features.0.bias", "features.9.weight", "features.16.weight",
                                                "head.dense_1.weight"};
        for (const std::string& name : names) before[name] = tensorOf(config.output, "last", name);
        drive(*trainer);
        for (const std::string& name : names) {
            const bool same = tensorOf(config.output, "last", name) == before[name];
            QCOMPARE(same, name.rfind("head", 0) != 0);
        }
    }

    void tenThousandToggles() {
        const TinyLesson lesson;
        RunConfig config = lesson.config();
        config.phases.resize(1);
        config.phases[0].epochs = 10000;
        const auto trainer = makeTrainer(config);
        Events events = drive(*trainer, isBatch);
        const ModelInfo model = all<RunStarted>(events)[0].model;
        std::mt19937 random(7);
        std::uint64_t revision = 0, answered = 0, refused = 0;
        LayerMask confirmed = all<PhaseStarted>(events)[0].trainable;
        std::map<std::string, std::vector<float>> never;
        const auto listen = [&](const Events& more) {
            for (const LayersChanged& change : all<LayersChanged>(more)) {
                QCOMPARE(change.revision, ++revision);
                QVERIFY(change.origin == Origin::Hand && change.requestId > 0);
                confirmed = change.trainable;
                ++answered;
            }
            refused += all<CommandRefused>(more).size();
            for (const RunFailed& failed : all<RunFailed>(more)) QFAIL(failed.what.c_str());
        };
        for (std::uint64_t i = 1; i <= 10000; ++i) {
            SetMask command;
            command.trainable.resize(model.layers.size());
            // Blocks 1 and 2 never thaw.
            for (std::size_t k = 0; k < model.layers.size(); ++k)
                command.trainable[k] =
                    model.layers[k].block != "block1" && model.layers[k].block != "block2" && random() % 4 == 0;
            listen(trainer->apply({i, command}));
            if (i % 3 == 0) listen(trainer->step());
        }
        listen(drive(*trainer, isBatch));
        QCOMPARE(answered + refused, std::uint64_t(10000));
        QVERIFY(refused > 0 && answered > 8000);
        events = trainer->apply({0, Stop{}});
        append(events, drive(*trainer));
        QCOMPARE(all<RunFinished>(events).size(), std::size_t(1));

        RunConfig fresh = lesson.config("fresh");
        const auto untouched = makeTrainer(fresh);
        drive(*untouched, holds<CheckpointSaved>);
        for (const char* name : {"features.0.weight", "features.3.weight"})
            QCOMPARE(tensorOf(config.output, "last", name), tensorOf(fresh.output, "last", name));
    }

    void aTickTakenBackLeavesNoTrace() {
        const TinyLesson lesson;
        const auto trainer = makeTrainer(lesson.config());
        Events events = drive(*trainer, [](const Event& event) {
            const auto* epoch = std::get_if<EpochFinished>(&event.data);
            return epoch && epoch->epoch == 2;
        });
        // Between two phases changes wait for the first batch.
        const ModelInfo model = all<RunStarted>(events)[0].model;
        const LayerMask planned = model.maskOf({"head", "block5"});
        LayerMask thawed = planned;
        thawed[static_cast<std::size_t>(model.indexOf("block4_conv1"))] = true;
        QVERIFY(trainer->apply({21, SetMask{thawed}}).empty());
        events = trainer->apply({22, SetMask{planned}});
        append(events, drive(*trainer, isBatch));
        std::vector<std::uint64_t> answered;
        for (const LayersChanged& change : all<LayersChanged>(events)) {
            if (change.requestId == 0) continue;  // the plan's
            answered.push_back(change.requestId);
            QVERIFY(change.thawed.empty() && change.frozen.empty());
        }
        QCOMPARE(answered, (std::vector<std::uint64_t>{21, 22}));
    }

    void whatIsKeptStaysThawed() {
        const TinyLesson lesson;
        const RunConfig config = lesson.config();
        std::size_t block4 = 0;
        LayerMask kept;
        {
            const auto trainer = makeTrainer(config, /*startPaused=*/true);
            Events events = drive(*trainer);
            const ModelInfo model = all<RunStarted>(events)[0].model;
            block4 = static_cast<std::size_t>(model.indexOf("block4_conv1"));
            QVERIFY(!model.maskOf(config.phases[1].trainable)[block4]);
            QCOMPARE(all<CommandRefused>(trainer->apply({3, KeepThawed{{true}}})).size(), std::size_t(1));
            trainer->apply({4, SetTrainable{{"block4"}, true}});
            const auto told = all<LayersKept>(trainer->apply({5, KeepThawed{model.maskOf({"block4"})}}));
            QCOMPARE(told.size(), std::size_t(1));
            QCOMPARE(told[0].requestId, std::uint64_t(5));
            kept = told[0].layers;
            QVERIFY(kept[block4]);
            // Frozen by hand: kept no longer.
            const auto released = all<LayersKept>(trainer->apply({6, SetTrainable{{"block4_conv1"}, false}}));
            QCOMPARE(released.size(), std::size_t(1));
            QVERIFY(!released[0].layers[block4]);
            trainer->apply({7, SetTrainable{{"block4"}, true}});
            trainer->apply({8, KeepThawed{kept}});
            trainer->apply({9, StepOnce{}});
            drive(*trainer);
            trainer->apply({10, Stop{}});
            drive(*trainer);
        }
        const auto trainer = resumeTrainer(config.output);
        const Events events = drive(*trainer);
        QCOMPARE(all<LayersKept>(events)[0].layers, kept);
        const auto phases = all<PhaseStarted>(events);
        QCOMPARE(phases.back().phase, 1);
        QVERIFY(phases.back().trainable[block4]);
        QVERIFY(all<RunFinished>(events)[0].reason == "completed");
    }

    void commandsAndAnswers() {
        const TinyLesson lesson;
        const auto trainer = makeTrainer(lesson.config(), /*startPaused=*/true);
        Events events = drive(*trainer);
        QVERIFY(trainer->state() == TrainerState::Paused);
        QVERIFY(!trainer->hasWork());
        QVERIFY(all<BatchFinished>(events).empty());
        QCOMPARE(all<PhaseStarted>(events).size(), std::size_t(1));

        QCOMPARE(all<CommandRefused>(trainer->apply({5, SetTrainable{{"block9"}, true}}))[0].requestId, std::uint64_t(5));
        QCOMPARE(all<CommandRefused>(trainer->apply({6, SetTrainable{{"head"}, false}})).size(), std::size_t(1));
        QCOMPARE(all<CommandRefused>(trainer->apply({7, SetLearningRate{0}})).size(), std::size_t(1));
        QCOMPARE(all<CommandRefused>(trainer->apply({8, SetMask{{true}}})).size(), std::size_t(1));
        const auto changed = all<LayersChanged>(trainer->apply({9, SetTrainable{{"block5"}, true}}));
        QCOMPARE(changed.size(), std::size_t(1));
        QCOMPARE(changed[0].requestId, std::uint64_t(9));
        const auto rate = all<LearningRateChanged>(trainer->apply({10, SetLearningRate{0.5}}));
        QCOMPARE(rate[0].before, 0.01);
        QCOMPARE(rate[0].after, 0.5);
        const auto unanswered = all<LearningRateChanged>(trainer->apply({0, SetLearningRate{0.01}}));
        QVERIFY(unanswered[0].origin == Origin::Hand);
        QCOMPARE(unanswered[0].requestId, std::uint64_t(0));

        events = trainer->apply({11, StepOnce{}});
        append(events, drive(*trainer));
        QCOMPARE(all<BatchFinished>(events).size(), std::size_t(1));
        QVERIFY(trainer->state() == TrainerState::Paused);
        trainer->apply({12, Evaluate{}});
        QVERIFY(trainer->hasWork());
        events = drive(*trainer);
        QCOMPARE(all<PredictionsReady>(events)[0].requestId, std::uint64_t(12));
        QCOMPARE(all<PredictionsReady>(events)[0].predictions->step, std::int64_t(1));
        events = trainer->apply({13, RunEpoch{}});
        append(events, drive(*trainer));
        QCOMPARE(all<BatchFinished>(events).size(), std::size_t(6));
        QCOMPARE(all<EpochFinished>(events).size(), std::size_t(1));
        QCOMPARE(all<Paused>(events).size(), std::size_t(1));
        QCOMPARE(all<Paused>(events)[0].requestId, std::uint64_t(13));  // what asked for one epoch asked for this pause
        QVERIFY(all<Paused>(events)[0].origin == Origin::Hand);

        events = trainer->apply({14, Resume{}});
        QVERIFY(trainer->state() == TrainerState::Running);
        QCOMPARE(all<Resumed>(events).size(), std::size_t(1));
        drive(*trainer, isBatch);
        trainer->apply({15, Pause{}});
        events = drive(*trainer);
        QCOMPARE(all<Paused>(events)[0].requestId, std::uint64_t(15));
        QCOMPARE(all<CheckpointSaved>(events)[0].reason, std::string("pause"));
        trainer->apply({16, Stop{}});
        events = drive(*trainer);
        QCOMPARE(all<RunFinished>(events)[0].reason, std::string("stopped"));
        QVERIFY(trainer->state() == TrainerState::Finished);
        QCOMPARE(all<CommandRefused>(trainer->apply({17, SetTrainable{{"block4"}, true}})).size(), std::size_t(1));
    }

    void answersAfterTheEnd() {
        const TinyLesson lesson;
        RunConfig config = lesson.config();
        const auto trainer = makeTrainer(config);
        const Events run = drive(*trainer);
        trainer->apply({1, ExportModel{lesson.home() / "model.safetensors"}});
        trainer->apply({2, Evaluate{}});
        std::mt19937 random(1);
        const fs::path picture = lesson.home() / "picture.png", missing = lesson.home() / "missing.png";
        thaw::test::writeFile(picture, encodePng(drawPicture(3, 32, random), 32, 32));
        trainer->apply({3, PredictFiles{{picture, missing}}});
        const Events events = drive(*trainer);
        QCOMPARE(all<ModelExported>(events).size(), std::size_t(1));
        const SafetensorsReader model(lesson.home() / "model.safetensors");
        QCOMPARE(model.entries().count("head.dense_1.weight"), std::size_t(1));
        QCOMPARE(model.metadata().at("scaling"), std::string("imagenet"));
        QVERIFY(model.metadata().at("class_names").find("airplane") != std::string::npos);
        const auto last = all<EpochFinished>(run).back();
        QVERIFY(std::abs(all<PredictionsReady>(events)[0].predictions->loss - last.valLoss) < 1e-5);
        const auto files = *all<FilePredictionsReady>(events)[0].files;
        QCOMPARE(files.size(), std::size_t(2));
        QCOMPARE(files[0].probabilities.size(), std::size_t(10));
        QVERIFY(!files[1].error.empty());

        // The headless twins say the same.
        EvaluateRequest request;
        request.run = {config.output, "last"};
        request.threads = 1;
        const Evaluation evaluation = evaluateRun(request, {});
        QVERIFY(std::abs(evaluation.predictions.loss - last.valLoss) < 1e-5);
        QCOMPARE(evaluation.predictions.score, last.valScore);
        std::vector<std::string> classNames;
        const auto predicted = predictFiles({config.output, "last"}, {picture}, 1, &classNames);
        QCOMPARE(classNames.size(), std::size_t(10));
        for (std::size_t i = 0; i < 10; ++i) QVERIFY(std::abs(predicted[0].probabilities[i] - files[0].probabilities[i]) < 1e-6);
        ExtractRequest extract;
        extract.run = {config.output, "last"};
        extract.config.threads = 1;
        extract.layer = "features.16";
        extract.limit = 20;
        extract.output = lesson.home() / "features.safetensors";
        extractFeatures(extract, {});
        const SafetensorsReader features(extract.output);
        QCOMPARE(features.entries().at("features").shape, (std::vector<std::int64_t>{20, 8, 2, 2}));
        QCOMPARE(features.entries().at("labels").shape, (std::vector<std::int64_t>{20}));
        QCOMPARE(features.entries().at("logits").shape, (std::vector<std::int64_t>{20, 10}));
        QVERIFY_THROWS_EXCEPTION(Cancelled, evaluateRun(request, [](std::int64_t, std::int64_t) { return false; }));
    }

    void stopWhilePreparing() {
        const TinyLesson lesson;
        const auto trainer = makeTrainer(lesson.config());
        trainer->step();
        trainer->apply({1, Stop{}});
        const Events events = drive(*trainer);
        QCOMPARE(all<RunFinished>(events)[0].reason, std::string("stopped"));
        QCOMPARE(all<CommandRefused>(trainer->apply({2, Evaluate{}})).size(), std::size_t(1));
        QVERIFY(!fs::exists(lesson.home() / "run"));
    }

    void featuresThatDoNotFitIntoMemoryAreReadFromDisk() {
        const TinyLesson lesson;
        std::vector<std::string> weights;
        const auto run = [&](const std::string& name, std::int64_t memory, bool onDisk, bool shortOfMemory, bool fromCache) {
            RunConfig config = lesson.config(name);
            config.cache.directory = lesson.home() / name;
            config.cache.memoryBudget = memory;
            config.cache.onDisk = onDisk;
            std::ofstream(lesson.home() / "meminfo")
                << "MemTotal: 1000000 kB\nMemAvailable: " << (shortOfMemory ? 1000 : 900'000) << " kB\n";
            const Events events = drive(*makeTrainer(config));
            QCOMPARE(all<RunFinished>(events).size(), std::size_t(1));
            for (const BatchFinished& batch : all<BatchFinished>(events)) QCOMPARE(batch.fromCache, fromCache);
            if (fromCache) weights.push_back(weightsDigest(config.output));
        };
        qputenv("THAW_MEMINFO", (lesson.home() / "meminfo").c_str());
        run("memory", 1 << 30, true, false, true);
        run("disk", 0, true, false, true);
        run("pressure", 1 << 30, true, true, true);
        run("neither", 0, false, false, false);
        run("pressure and no disk", 1 << 30, false, true, false);
        qunsetenv("THAW_MEMINFO");
        QCOMPARE(weights.size(), std::size_t(3));
        QCOMPARE(weights[1], weights[0]);
        QCOMPARE(weights[2], weights[0]);
    }

    void featuresYieldToMemoryPressure() {
        for (const bool onDisk : {true, false}) {
            const TinyLesson lesson;
            RunConfig config = lesson.config();
            config.phases[0].epochs = 5000;
            config.cache.onDisk = onDisk;
            const auto say = [&](int kilobytes) {
                std::ofstream(lesson.home() / "meminfo") << "MemTotal: 1000000 kB\nMemAvailable: " << kilobytes << " kB\n";
            };
            say(900'000);
            qputenv("THAW_MEMINFO", (lesson.home() / "meminfo").c_str());
            const auto trainer = makeTrainer(config);
            Events events = drive(*trainer, isBatch);
            QVERIFY(all<BatchFinished>(events).back().fromCache);
            say(1000);
            events = drive(*trainer, [](const Event& event) {
                const Notice* notice = std::get_if<Notice>(&event.data);
                return notice && notice->text.find("short of memory") != std::string::npos;
            });
            events = drive(*trainer, isBatch);
            QCOMPARE(all<BatchFinished>(events).back().fromCache, onDisk);
            trainer->apply({1, Stop{}});
            drive(*trainer);
            qunsetenv("THAW_MEMINFO");
        }
    }

    void thawingDeeperDoesNotStall() {
        const TinyLesson lesson;
        RunConfig config = lesson.config();
        config.phases[0].epochs = 4;
        // Room for the features of the last two pools only.
        config.cache.memoryBudget = 150 * (8 * 4 + 8) * 4 + 100;
        const auto trainer = makeTrainer(config);
        drive(*trainer, isBatch);
        Events events = trainer->apply({1, SetTrainable{{"block2"}, true}});
        append(events, drive(*trainer, isBatch));
        QCOMPARE(all<LayersChanged>(events).size(), std::size_t(1));
        for (const WorkProgress& progress : all<WorkProgress>(events)) QVERIFY(progress.activity.rfind("Computing", 0) != 0);
        QVERIFY(!all<BatchFinished>(events).back().fromCache);
        QVERIFY(!all<Notice>(events).empty());
        events = trainer->apply({2, SetTrainable{{"block2"}, false}});
        append(events, drive(*trainer));
        QCOMPARE(all<RunFinished>(events).size(), std::size_t(1));
        QVERIFY(all<BatchFinished>(events).back().fromCache);
    }

    void notFiniteStopsTheRun() {
        const TinyLesson lesson;
        RunConfig config = lesson.config();
        config.phases[0].epochs = 50;
        config.phases[0].trainable = {"all"};
        config.phases[0].optimizer = optimizer(OptimizerKind::Sgd, 0.01, 1);
        const auto trainer = makeTrainer(config);
        drive(*trainer, holds<EpochFinished>);
        drive(*trainer, holds<CheckpointSaved>);
        trainer->apply({0, SetTrainable{{"trunk"}, true}});
        const std::string good = weightsDigest(config.output);
        // Decay and rate together multiply the weights by -9 at every step.
        trainer->apply({0, SetLearningRate{10}});
        const Events events = drive(*trainer);
        QCOMPARE(all<RunFailed>(events).size(), std::size_t(1));
        const RunFailed failed = all<RunFailed>(events)[0];
        QVERIFY2(failed.what.find("step") != std::string::npos && failed.what.find("learning rate") != std::string::npos,
                 failed.what.c_str());
        QVERIFY(!failed.hint.empty());
        QVERIFY(trainer->state() == TrainerState::Failed);
        QVERIFY(!trainer->hasWork());
        QVERIFY(all<CheckpointSaved>(events).size() < 40);
        for (const float value : tensorOf(config.output, "last", "head.dense_1.weight")) QVERIFY(std::isfinite(value));
        QVERIFY(resumeTrainer(config.output)->hasWork());
    }

    void earlyStopping() {
        const TinyLesson lesson;
        RunConfig config = lesson.config();
        config.earlyStopping.enabled = true;
        config.earlyStopping.patience = 1;
        config.earlyStopping.minDelta = 100;  // nothing is ever better than the first
        config.phases[0].epochs = config.phases[1].epochs = 5;
        const Events events = drive(*makeTrainer(config));
        QCOMPARE(all<EpochFinished>(events).size(), std::size_t(4));
        QCOMPARE(all<PhaseStarted>(events)[1].firstEpoch, 3);
        QCOMPARE(all<RunFinished>(events)[0].reason, std::string("early stopping"));
    }

    void failedCheckpointsKeepTraining() {
        const TinyLesson lesson;
        RunConfig config = lesson.config();
        const auto trainer = makeTrainer(config);
        drive(*trainer, isBatch);
        fs::remove_all(config.output / "checkpoints");
        std::ofstream(config.output / "checkpoints") << "in the way";
        const Events events = drive(*trainer);
        QVERIFY(all<CheckpointFailed>(events).size() >= 4);
        QVERIFY(!all<CheckpointFailed>(events)[0].hint.empty());
        QCOMPARE(all<RunFinished>(events).size(), std::size_t(1));
    }

    void schedules() {
        const TinyLesson lesson;
        RunConfig config = lesson.config();
        config.phases.resize(1);
        config.phases[0].epochs = 4;
        config.phases[0].schedule.kind = ScheduleKind::Step;
        config.phases[0].schedule.factor = 0.5;
        config.phases[0].schedule.everyEpochs = 2;
        Events events = drive(*makeTrainer(config));
        QCOMPARE(all<BatchFinished>(events)[13].learningRate, 0.01);
        QCOMPARE(all<BatchFinished>(events)[14].learningRate, 0.005);
        QCOMPARE(all<LearningRateChanged>(events).size(), std::size_t(1));
        config.output = lesson.home() / "cosine";
        config.phases[0].schedule.kind = ScheduleKind::Cosine;
        config.phases[0].schedule.floor = 0.1;
        events = drive(*makeTrainer(config));
        QCOMPARE(all<BatchFinished>(events)[0].learningRate, 0.01);
        QVERIFY(std::abs(all<BatchFinished>(events)[14].learningRate - 0.0055) < 1e-9);
        QVERIFY(all<BatchFinished>(events)[27].learningRate < 0.0012);
    }

    void plateau() {
        const TinyLesson lesson;
        RunConfig config = lesson.config();
        config.phases.resize(1);
        config.phases[0].epochs = 5;
        config.phases[0].optimizer.learningRate = 1e-9;  // no answer changes
        config.phases[0].schedule = {ScheduleKind::Plateau, 0, 0.5, 2};
        config.judging.watched = JudgedBy::Score;
        const Events events = drive(*makeTrainer(config));
        const auto epochs = all<EpochFinished>(events);
        QCOMPARE(epochs[2].valScore, epochs[0].valScore);
        QCOMPARE(epochs[2].learningRate, 1e-9);
        QCOMPARE(epochs[3].learningRate, 0.5e-9);
        QCOMPARE(epochs[4].learningRate, 0.5e-9);
        QCOMPARE(all<LearningRateChanged>(events).size(), std::size_t(1));
    }

    void bestByTheLoss() {
        const TinyLesson lesson;
        RunConfig config = lesson.config();
        config.judging.best = JudgedBy::Loss;
        const Events events = drive(*makeTrainer(config));
        double least = std::numeric_limits<double>::max();
        int bestEpoch = 0;
        for (const EpochFinished& epoch : all<EpochFinished>(events)) {
            QCOMPARE(epoch.best, epoch.valLoss < least);
            if (epoch.best) bestEpoch = epoch.epoch;
            least = std::min(least, epoch.valLoss);
        }
        QCOMPARE(all<RunFinished>(events).front().bestEpoch, bestEpoch);
        const auto kept = listCheckpoints(config.output);
        const auto best = std::find_if(kept.begin(), kept.end(), [](const KeptCheckpoint& one) { return one.best; });
        QVERIFY(best != kept.end());
        QCOMPARE(best->epoch, bestEpoch);
        QCOMPARE(readRun(config.output).summary.bestEpoch, bestEpoch);
    }

    void badConfigsThrowAtOnce() {
        RunConfig config;
        config.phases = {PhaseConfig()};
        config.phases[0].trainable = {"block5_pool"};
        QVERIFY_THROWS_EXCEPTION(ConfigError, makeTrainer(config));
        config.phases[0].trainable = {"head"};
        config.batchSize = 0;
        QVERIFY_THROWS_EXCEPTION(ConfigError, makeTrainer(config));
        QVERIFY_THROWS_EXCEPTION(StoreError, resumeTrainer("/nowhere"));
    }

    void missingDataFailsWithAHint() {
        const TinyLesson lesson;
        RunConfig config = lesson.config();
        config.data.directory = lesson.home() / "nothing";
        const Events events = drive(*makeTrainer(config));
        QCOMPARE(all<RunFailed>(events).size(), std::size_t(1));
        QVERIFY(!all<RunFailed>(events)[0].hint.empty());
    }
};

QTEST_GUILESS_MAIN(TestTrainer)
#include "tst_trainer.moc"
