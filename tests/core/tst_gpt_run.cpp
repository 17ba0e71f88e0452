// Runs of a small network of GPT-2's kind that learns to continue a drawn text: what they learn, their cache, their bits, how
// they are judged, and the texts that they write.
#include <torch/torch.h>

#include <QTest>

#include <algorithm>
#include <cmath>

#include "core/api/analysis.h"
#include "core/api/errors.h"
#include "core/api/generation.h"
#include "core/api/inspector.h"
#include "core/api/report.h"
#include "core/api/runs.h"
#include "core/api/text_prediction.h"
#include "core/model/families.h"
#include "core/store/checkpoint.h"
#include "tests/support/drawn_data.h"
#include "tests/support/expect_error.h"
#include "tests/support/tiny_run.h"

using namespace thaw::core;
using namespace thaw::test;
namespace fs = std::filesystem;

namespace {

/// A text whose next word is nearly always known.
class Story {
public:
    Story() {
        GptShape shape{/*layers=*/2, /*width=*/16, /*heads=*/2, /*vocabulary=*/8192, /*places=*/32};
        ModelDescription model = gptModel("tiny_gpt", "Tiny GPT", shape);
        model.tokenizer = "gpt-small";
        addModel(std::move(model));
        std::string text;
        for (int i = 0; i < 400; ++i) text += "And the king said unto him, Go, and he went.\n";
        writeFile(m_home / "story.txt", Bytes(text.begin(), text.end()));
    }

    const TemporaryHome& home() const { return m_home; }

    /// Phase 1: all; phase 2: the last block and the last norm.
    RunConfig config(const std::string& run) const {
        RunConfig config;
        chooseModel(config, "tiny_gpt");
        config.data.directory = m_home / "story.txt";
        config.initialization = Initialization::Random;
        config.inputSize = 16;
        config.batchSize = 16;
        config.threads = 1;
        config.device = DeviceKind::Cpu;
        config.checkpointMinutes = 1000;
        config.output = m_home / run;
        PhaseConfig all, last;
        all.title = "All";
        all.epochs = 10;
        all.trainable = {"all"};
        all.optimizer.kind = OptimizerKind::AdamW;
        all.optimizer.learningRate = 0.02;
        all.optimizer.weightDecay = 0.01;
        all.optimizer.decayVectors = false;
        all.optimizer.clipNorm = 1;
        all.schedule.kind = ScheduleKind::Linear;
        all.schedule.warmUp = 0.1;
        last = all;
        last.title = "Last block";
        last.epochs = 2;
        last.trainable = {"h.1", "ln_f"};
        config.phases = {all, last};
        return config;
    }

private:
    TemporaryHome m_home;
};

}  // namespace

class TestGptRun : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void learnsIsJudgedAndWrites() {
        const Story story;
        const RunConfig config = story.config("run");
        const Events events = drive(*makeTrainer(config));
        const auto finished = all<RunFinished>(events);
        QVERIFY2(finished.size() == 1, all<RunFailed>(events).empty() ? "" : all<RunFailed>(events)[0].what.c_str());
        const auto epochs = all<EpochFinished>(events);
        QCOMPARE(epochs.size(), std::size_t{12});
        for (const EpochFinished& epoch : epochs) {
            QVERIFY(epoch.task == TaskKind::ContinueText && epoch.valMetrics.empty());
            QVERIFY(std::abs(epoch.valScore - std::exp(epoch.valLoss)) < 1e-6 * epoch.valScore);
        }
        QVERIFY2(epochs[9].valScore < 1.5 && epochs[0].valScore > 10, std::to_string(epochs[9].valScore).c_str());
        // Lower is better.
        const auto least =
            std::min_element(epochs.begin(), epochs.end(), [](const auto& a, const auto& b) { return a.valScore < b.valScore; });
        QCOMPARE(finished[0].bestScore, least->valScore);
        QCOMPARE(finished[0].bestEpoch, static_cast<int>(least - epochs.begin()) + 1);
        // What lies below the last block is read from the cache when that alone trains.
        for (const BatchFinished& batch : all<BatchFinished>(events)) QCOMPARE(batch.fromCache, batch.phase == 1);
        const auto started = all<RunStarted>(events)[0];
        QVERIFY(started.config.task == TaskKind::ContinueText);
        QVERIFY(started.trainCount > 100 && started.testPictures->texts->front().find("king") != std::string::npos);

        const RunHistory history = readRun(config.output);
        QVERIFY(history.summary.task == TaskKind::ContinueText);
        QVERIFY(std::abs(history.summary.bestScore - finished[0].bestScore) < 1e-9);
        drawCurves(history, story.home() / "curves.png");

        EvaluateRequest request;
        request.run.run = config.output;
        request.threads = 1;
        const Evaluation evaluation = evaluateRun(request, {});
        QVERIFY(evaluation.ownData && evaluation.predictions.probabilities.empty());
        QVERIFY(std::abs(evaluation.predictions.score - finished[0].bestScore) < 1e-4 * finished[0].bestScore);
        QCOMPARE(evaluation.predictions.count(), started.testCount);

        GenerationSettings settings;
        settings.prompt = "And the king said";
        settings.temperature = 0;
        settings.tokens = 40;  // more than the windows have
        settings.threads = 1;
        const GeneratedText made = continueText(request.run, settings);
        // Behind a full window it goes on from half of one, by which so small a network may lose its place.
        QVERIFY2(made.text.find(" unto him, Go, and he went.\n") == 0, made.text.c_str());
        QCOMPARE(made.tokens.size(), std::size_t{40});
        settings.temperature = 1.5;
        const GeneratedText one = continueText(request.run, settings), same = continueText(request.run, settings);
        QCOMPARE(same.tokens, one.tokens);
        settings.seed = 2;
        QVERIFY(continueText(request.run, settings).tokens != one.tokens);

        const std::string refused = errorOf<ConfigError>([&] { predictTexts(request.run, {"And"}, 1, nullptr); });
        QVERIFY2(refused.find("has no classes") != std::string::npos, refused.c_str());
    }

    void theInspectorContinuesAtEachEpoch() {
        const Story story;
        RunConfig config = story.config("run");
        config.phases[0].epochs = 6;
        config.phases[1].epochs = 0;
        drive(*makeTrainer(config));
        const auto inspector = openInspector(config.output);
        const auto kept = inspector->checkpoints();
        QVERIFY(kept.size() >= 2 && kept.back().task == TaskKind::ContinueText && kept.back().valScore > 1);
        GenerationSettings settings;
        settings.prompt = "And the king said";
        settings.tokens = 8;
        settings.temperature = 0;
        settings.foretold = 5;
        int calls = 0;
        const auto count = [&](const GeneratedText& soFar) { return ++calls > 0 && soFar.tokens.size() < 9; };
        const GeneratedText before = inspector->continueText("start", settings, count);
        QVERIFY2(calls >= 8, std::to_string(calls).c_str());
        const GeneratedText after = inspector->continueText(kept.back().name, settings, {});
        QVERIFY(before.text != after.text);
        QVERIFY2(after.text.find(" unto") == 0, after.text.c_str());
        QCOMPARE(after.next.size(), std::size_t{5});
        QVERIFY(after.next[0].probability >= after.next[1].probability && !after.next[1].mayCome);
        settings.tokens = 0;
        const GeneratedText next = inspector->continueText(kept.back().name, settings, {});
        QVERIFY(next.text.empty());
        QCOMPARE(next.next[0].text, std::string(" unto"));
        bool cancelled = false;
        try {
            inspector->continueText(kept.back().name, settings, [](const GeneratedText&) { return false; });
        } catch (const Cancelled&) {
            cancelled = true;
        }
        QVERIFY(cancelled);
        const std::string refused = errorOf<ConfigError>([&] { inspector->predict("last", {}); });
        QVERIFY2(refused.find("has no classes") != std::string::npos, refused.c_str());
        const Report report = makeReport(*inspector, "best", {});
        QCOMPARE(report.figures[0].second, std::string("perplexity"));
        QCOMPARE(report.sections.size(), std::size_t{2});
    }

    /// While it trains, without a bit of the training being another one.
    void aRunningRunContinues() {
        const Story story;
        RunConfig config = story.config("plain");
        config.phases[0].epochs = 3;
        config.phases[1].epochs = 0;
        drive(*makeTrainer(config));
        const std::string expected = weightsDigest(config.output);
        config.output = story.home() / "beside";
        const auto trainer = makeTrainer(config);
        trainer->apply({7, GenerateText{}});  // the model is not ready yet
        drive(*trainer, holds<BatchFinished>);
        GenerationSettings settings;
        settings.prompt = "And the king said";
        settings.tokens = 20;
        settings.foretold = 3;
        trainer->apply({8, GenerateText{settings}});
        const Events events = drive(*trainer);
        const auto texts = all<TextGenerated>(events);
        QVERIFY(!texts.empty() && texts.back().finished && texts.back().requestId == 8);
        QVERIFY(texts.back().step > 1 && texts.back().text->tokens.size() <= 20);
        QCOMPARE(weightsDigest(config.output), expected);
        QVERIFY(trainer->state() == TrainerState::Finished);
        settings.temperature = 5000;
        const auto refused = all<CommandRefused>(trainer->apply({9, GenerateText{settings}}));
        QVERIFY(refused.size() == 1 && refused[0].requestId == 9);
        settings.temperature = 0;
        trainer->apply({10, GenerateText{settings}});
        const auto made = all<TextGenerated>(drive(*trainer));
        QVERIFY(!made.empty() && made.back().finished && made.back().text->next.size() == 3);
        settings.tokens = 100'000;
        trainer->apply({11, GenerateText{settings}});
        QVERIFY(trainer->hasWork());
        trainer->apply({12, StopGenerating{}});
        QVERIFY(!trainer->hasWork());
    }

    /// The table of words, which scores them as well, is one parameter of the optimiser and of the checkpoint.
    void theTableIsKeptOnce() {
        const Story story;
        const RunConfig config = story.config("run");
        const auto trainer = makeTrainer(config);
        drive(*trainer, holds<BatchFinished>);
        trainer->apply({0, SaveCheckpoint{}});
        drive(*trainer, holds<CheckpointSaved>);
        const Checkpoint checkpoint = CheckpointStore(config.output).loadNewestUsable();
        QCOMPARE(checkpoint.model.count("wte.weight"), std::size_t{1});
        QCOMPARE(checkpoint.model.count("lm_head.weight"), std::size_t{0});
        QCOMPARE(checkpoint.optimizer.count("wte.weight/exp_avg"), std::size_t{1});
        for (const auto& [name, tensor] : checkpoint.optimizer) QVERIFY(name.find("lm_head") == std::string::npos);
    }

    void resumedRunsHaveTheSameBits() {
        const Story story;
        RunConfig config = story.config("whole");
        config.phases[0].epochs = 1;
        config.phases[1].epochs = 1;
        const auto started = all<RunStarted>(drive(*makeTrainer(config)))[0];
        const std::string expected = weightsDigest(config.output);
        for (const std::int64_t at : {std::int64_t{2}, started.stepsPerEpoch, started.stepsPerEpoch + 3}) {
            config.output = story.home() / ("cut" + std::to_string(at));
            {
                const auto trainer = makeTrainer(config);
                drive(*trainer, [&](const Event& event) {
                    const auto* batch = std::get_if<BatchFinished>(&event.data);
                    return batch && batch->step == at;
                });
                trainer->apply({0, SaveCheckpoint{}});
                drive(*trainer, holds<CheckpointSaved>);
            }
            drive(*resumeTrainer(config.output));
            QCOMPARE(QString::fromStdString(weightsDigest(config.output)), QString::fromStdString(expected));
        }
    }

    void frozenLayersStayAndCachedOrNotIsTheSame() {
        const Story story;
        RunConfig config = story.config("cached");
        config.phases.erase(config.phases.begin());
        const auto cached = all<EpochFinished>(drive(*makeTrainer(config)));
        for (const char* name : {"wte.weight", "wpe.weight", "h.0.mlp.c_fc.weight"})
            QVERIFY(tensorOf(config.output, "last", name) == tensorOf(config.output, "epoch:1", name));
        QVERIFY(tensorOf(config.output, "last", "h.1.mlp.c_fc.weight") !=
                tensorOf(config.output, "epoch:1", "h.1.mlp.c_fc.weight"));
        config.cache.enabled = false;
        config.output = story.home() / "without";
        const auto without = all<EpochFinished>(drive(*makeTrainer(config)));
        QCOMPARE(cached.size(), without.size());
        for (std::size_t i = 0; i < cached.size(); ++i) {
            QVERIFY(std::abs(cached[i].trainLoss - without[i].trainLoss) < 1e-4);
            QVERIFY(std::abs(cached[i].valLoss - without[i].valLoss) < 1e-4);
        }
    }

    void whatDoesNotFitIsRefused() {
        const Story story;
        const auto failure = [&](const RunConfig& config) {
            const auto failed = all<RunFailed>(drive(*makeTrainer(config)));
            return failed.empty() ? std::string() : failed[0].what + " " + failed[0].hint;
        };
        RunConfig config = story.config("head");
        config.phases[0].trainable = {"head"};
        QVERIFY2(failure(config).find("has no new head: name blocks, h.1 for instance") != std::string::npos,
                 failure(config).c_str());
        config = story.config("bert");
        chooseModel(config, "minilm");
        config.phases[0].trainable = config.phases[1].trainable = {"head"};
        QVERIFY2(failure(config).find("cannot continue a text") != std::string::npos, failure(config).c_str());
        config = story.config("smooth");
        config.labelSmoothing = 0.1;
        QVERIFY2(failure(config).find("no labels") != std::string::npos, failure(config).c_str());
        config = story.config("balanced");
        config.judging.best = JudgedBy::MacroF1;
        QVERIFY2(failure(config).find("has no macro_f1") != std::string::npos, failure(config).c_str());
    }

    /// GPT's usual plan trains its last block, since a text that is continued has no new head.
    void theUsualPlanFitsBothTasks() {
        RunConfig config;
        config.phases = {PhaseConfig()};
        chooseModel(config, "gpt2");
        QCOMPARE(config.phases[0].trainable, (std::vector<std::string>{"h.11", "ln_f", "head"}));
        QCOMPARE(config.phases[0].title, std::string("Last block thawed"));
        for (const TaskKind task : {TaskKind::ContinueText, TaskKind::OneLabel}) {
            config.task = task;
            QVERIFY(freezeBoundary(describeModel(config, 2), describeModel(config, 2).maskOf(config.phases[0].trainable)) == 12);
        }
    }
};

QTEST_GUILESS_MAIN(TestGptRun)
#include "tst_gpt_run.moc"
