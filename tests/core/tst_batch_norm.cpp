// A trunk with batch norm through a whole training: frozen statistics stay, thawed ones follow the setting, and a run that is cut
// anywhere goes on with the same bits, parameters and buffers alike.
#include <torch/torch.h>

#include <QRandomGenerator>
#include <QTest>

#include <map>

#include "core/api/errors.h"
#include "core/model/families.h"
#include "core/model/staged_model.h"
#include "core/store/checkpoint.h"
#include "core/train/model_setup.h"
#include "tests/support/tiny_run.h"

using namespace thaw::core;
using namespace thaw::test;

namespace {

/// Stem and four layers of one block; small planes keep it quick.
RunConfig configOf(const TinyLesson& lesson, const std::string& run, bool updateStatistics) {
    addModel(resNetModel("tiny_resnet", "Tiny ResNet", {1, 1, 1, 1}, /*bottleneck=*/false));
    RunConfig config = lesson.config(run);
    const int inputSize = config.inputSize;
    chooseModel(config, "tiny_resnet");
    config.inputSize = inputSize;
    config.initialization = Initialization::Random;
    config.updateStatistics = updateStatistics;
    config.phases[0].epochs = config.phases[1].epochs = 1;
    return config;
}

using Bytes = std::map<std::string, std::string>;

Bytes bytesOf(const std::filesystem::path& run, const std::string& checkpoint) {
    const CheckpointStore store(run);
    const Checkpoint loaded = store.load(store.find(checkpoint).name);
    Bytes bytes;
    for (const auto& [name, tensor] : loaded.model) bytes[name] = {tensor.owned.begin(), tensor.owned.end()};
    return bytes;
}

Bytes bytesOf(const StagedModel& model) {
    Bytes bytes;
    for (const Parameter& parameter : model.stateDict()) {
        const torch::Tensor value = parameter.value.contiguous();
        const auto* begin = reinterpret_cast<const char*>(value.data_ptr<float>());
        bytes[parameter.name] = {begin, begin + value.numel() * static_cast<std::int64_t>(sizeof(float))};
    }
    return bytes;
}

bool startsWith(const std::string& text, const std::string& start) { return text.compare(0, start.size(), start) == 0; }
bool isStatistic(const std::string& name) { return name.find("running_") != std::string::npos; }

}  // namespace

class TestBatchNorm : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void frozenStays_data() {
        QTest::addColumn<bool>("update");
        QTest::addRow("statistics kept") << false;
        QTest::addRow("statistics updated") << true;
    }
    void frozenStays() {
        QFETCH(bool, update);
        const TinyLesson lesson;
        const RunConfig config = configOf(lesson, "run", update);
        QCOMPARE(config.phases[1].trainable, (std::vector<std::string>{"layer4", "head"}));  // block5 and head before
        const Events events = drive(*makeTrainer(config));
        QCOMPARE(all<RunFinished>(events).size(), std::size_t(1));
        const Bytes start = bytesOf(*buildModel(config, 10, nullptr)), head = bytesOf(config.output, "epoch:1"),
                    end = bytesOf(config.output, "last");
        int moved = 0, statistics = 0;
        for (const auto& [name, bytes] : end) {
            const bool ofHead = startsWith(name, "head."), thawed = ofHead || startsWith(name, "layer4.");
            if (!ofHead) QVERIFY2(head.at(name) == start.at(name), name.c_str());
            if (!thawed || (isStatistic(name) && !update)) {
                QVERIFY2(bytes == start.at(name), name.c_str());
                continue;
            }
            QVERIFY2(bytes != start.at(name), name.c_str());
            ++moved;
            statistics += isStatistic(name);
        }
        QVERIFY(moved > 0);
        QCOMPARE(statistics, update ? 6 : 0);  // layer4's two norms and that of its shortcut
        const auto movedChanged = all<MovedChanged>(events);
        const ModelInfo info = all<RunStarted>(events)[0].model;
        const double ofNorm = movedChanged.back().moved[static_cast<std::size_t>(info.indexOf("layer4.0.bn1"))];
        QVERIFY(ofNorm > 0);
        QCOMPARE(movedChanged.back().moved[static_cast<std::size_t>(info.indexOf("layer3.0.bn1"))], 0.0);
    }

    void resumedRunsHaveTheSameBits_data() { frozenStays_data(); }
    void resumedRunsHaveTheSameBits() {
        QFETCH(bool, update);
        const TinyLesson lesson;
        RunConfig config = configOf(lesson, "whole", update);
        drive(*makeTrainer(config));
        const std::string expected = weightsDigest(config.output);
        for (const int at : {2, 7, 9, 12}) {
            config.output = lesson.home() / ("cut" + std::to_string(at));
            {
                const auto trainer = makeTrainer(config);
                drive(*trainer, [at](const Event& event) {
                    const auto* batch = std::get_if<BatchFinished>(&event.data);
                    return batch && batch->step == at;
                });
                trainer->apply({0, SaveCheckpoint{}});
                drive(*trainer, holds<CheckpointSaved>);
                drive(*trainer, holds<BatchFinished>);  // lost
            }
            const auto trainer = resumeTrainer(config.output);
            const Events rest = drive(*trainer);
            QVERIFY2(all<RunStarted>(rest)[0].bitExact, all<RunStarted>(rest)[0].bitExactReason.c_str());
            QVERIFY2(weightsDigest(config.output) == expected, ("cut at step " + std::to_string(at)).c_str());
        }
    }

    /// A batch that a pause throws away has left nothing in the statistics.
    void pausesChangeNothing() {
        const TinyLesson lesson;
        RunConfig config = configOf(lesson, "whole", /*updateStatistics=*/true);
        drive(*makeTrainer(config));
        const std::string expected = weightsDigest(config.output);
        config.output = lesson.home() / "disturbed";
        const auto trainer = makeTrainer(config);
        std::uint64_t id = 0;
        for (int i = 0; i < 4000 && trainer->state() != TrainerState::Finished; ++i) {
            trainer->step();
            if (i % 7 == 0) trainer->apply({++id, Pause{}});
            if (i % 7 == 3) trainer->apply({++id, Resume{}});
        }
        trainer->apply({++id, Resume{}});
        drive(*trainer);
        QVERIFY(weightsDigest(config.output) == expected);
    }

    /// Single layers inside blocks are frozen and thawed at any step; what is frozen at the end of a step was so during it.
    void toggleStorm() {
        const TinyLesson lesson;
        RunConfig config = configOf(lesson, "storm", /*updateStatistics=*/true);
        config.phases[1].epochs = 4;
        config.head.dropout = 0;
        const auto trainer = makeTrainer(config, /*startPaused=*/false);
        const Events begun = drive(*trainer, holds<PhaseStarted>);
        const ModelInfo info = all<RunStarted>(begun)[0].model;
        QRandomGenerator random(7);
        std::vector<std::string> names;
        for (const LayerInfo& layer : info.layers)
            if (layer.hasParameters() && layer.block != "head") names.push_back(layer.torchName);
        std::uint64_t id = 0;
        int changes = 0;
        Events events;
        while (trainer->hasWork()) {
            append(events, trainer->step());
            if (trainer->state() != TrainerState::Running || changes >= 200) continue;
            const std::string name = names[static_cast<std::size_t>(random.bounded(static_cast<int>(names.size())))];
            append(events, trainer->apply({++id, SetTrainable{{name}, random.bounded(2) == 0}}));
            ++changes;
        }
        QVERIFY(all<RunFailed>(events).empty());
        QCOMPARE(all<RunFinished>(events).size(), std::size_t(1));
        QVERIFY(changes > 50);
        for (const EpochFinished& epoch : all<EpochFinished>(events)) QVERIFY(std::isfinite(epoch.valLoss));
    }

    void wrongPathsAreRefused() {
        const TinyLesson lesson;
        RunConfig config = configOf(lesson, "run", false);
        config.phases[1].trainable = {"layer4.0.conv9"};
        const std::vector<std::string> problems = validate(config);
        QCOMPARE(problems.size(), std::size_t(1));
        QVERIFY2(problems[0].find("layer4.0.conv9") != std::string::npos &&
                     problems[0].find("layer4.0.downsample.0") != std::string::npos,
                 problems[0].c_str());
    }
};

QTEST_GUILESS_MAIN(TestBatchNorm)
#include "tst_batch_norm.moc"
