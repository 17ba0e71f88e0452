// Runs of a small network of BERT's kind on a table of texts: what they learn, their cache, their bits, and who may ask their
// model.
#include <torch/torch.h>

#include <QTest>

#include <algorithm>

#include "core/api/analysis.h"
#include "core/api/errors.h"
#include "core/api/text_prediction.h"
#include "core/model/safetensors.h"
#include "core/store/atomic_file.h"
#include "core/train/input_source.h"
#include "core/train/rungs.h"
#include "tests/support/expect_error.h"
#include "tests/support/text_lesson.h"
#include "tests/support/tiny_run.h"

using namespace thaw::core;
using namespace thaw::test;
namespace fs = std::filesystem;

class TestTextRun : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void learnsAndIsAsked() {
        const TextLesson lesson;
        const RunConfig config = lesson.config("run");
        const Events events = drive(*makeTrainer(config));
        const auto finished = all<RunFinished>(events);
        QVERIFY2(finished.size() == 1, all<RunFailed>(events).empty() ? "" : all<RunFailed>(events)[0].what.c_str());
        QVERIFY2(finished[0].bestScore > 0.95, std::to_string(finished[0].bestScore).c_str());
        // The head reads pooled vectors from the cache, the thawed layer reads the texts.
        for (const BatchFinished& batch : all<BatchFinished>(events)) QCOMPARE(batch.fromCache, batch.phase == 0);

        EvaluateRequest request;
        request.run.run = config.output;
        request.threads = 1;
        const Evaluation evaluation = evaluateRun(request, {});
        QCOMPARE(evaluation.predictions.count(), std::int64_t{30});
        QVERIFY(evaluation.ownData);
        QVERIFY(std::abs(evaluation.predictions.score - finished[0].bestScore) < 1e-9);

        std::vector<std::string> classes;
        const auto answers = predictTexts(request.run, {"the cake was wonderful", "that day was terrible"}, 1, &classes);
        QCOMPARE(classes, (std::vector<std::string>{"blame", "praise"}));
        QVERIFY(answers[0].probabilities[1] > 0.5f && answers[1].probabilities[0] > 0.5f);
        QCOMPARE(answers[0].tokens, std::int64_t{6});
        QVERIFY(!answers[0].cut);
        // What was asked together or alone is the same.
        QCOMPARE(predictTexts(request.run, {"that day was terrible"}, 1, nullptr)[0].probabilities, answers[1].probabilities);
        QVERIFY(
            predictTexts(request.run, {std::string(200, 'a') + " b c d e f g h i j k l m n o p q r s t u v w x"}, 1, nullptr)[0]
                .cut);

        QVERIFY(!errorOf<DataError>([&] { predictTexts(request.run, {" "}, 1, nullptr); }).empty());
        QVERIFY(errorOf<ConfigError>([&] { predictFiles(request.run, {"a.png"}, 1, nullptr); }).find("reads texts") !=
                std::string::npos);
        ExtractRequest extract;
        extract.run = request.run;
        extract.config.threads = 1;
        extract.layer = "encoder.layer.1.output.dense";
        extract.output = lesson.home() / "features.safetensors";
        QVERIFY(errorOf<ConfigError>([&] { extractFeatures(extract, {}); }).find("each token") != std::string::npos);
        extract.layer = "pooling";
        extractFeatures(extract, {});
        QVERIFY(fs::file_size(extract.output) > 30 * 16 * 4);
    }

    void resumedRunsHaveTheSameBits() {
        const TextLesson lesson;
        RunConfig config = lesson.config("whole");
        drive(*makeTrainer(config));
        const std::string expected = weightsDigest(config.output);
        for (const std::int64_t at : {2, 7, 19, 30}) {
            config.output = lesson.home() / ("cut" + std::to_string(at));
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

    /// What the script says is compared in Python: tests/bench/check_text_export.py.
    void isExportedForTransformers() {
        const TextLesson lesson;
        const RunConfig config = lesson.config("run");
        drive(*makeTrainer(config));
        RunSelection run;
        run.run = config.output;
        exportModel(run, ExportFormat::Python, lesson.home() / "model.py");
        const std::string script = readSmallFile(lesson.home() / "model.py");
        QVERIFY(script.find("transformers.BertModel(transformers.BertConfig(vocab_size=30522, max_position_embeddings=512, "
                            "hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=32)") !=
                std::string::npos);
        const SafetensorsReader tensors(lesson.home() / "model.safetensors");
        QCOMPARE(tensors.metadata().at("class_names"), std::string("[\"blame\",\"praise\"]"));
        QVERIFY(tensors.metadata().at("vocabulary").find("\"[PAD]\"") == 1);
        QCOMPARE(tensors.metadata().count("merges"), std::size_t(0));
        QVERIFY(tensors.entries().count("embeddings.word_embeddings.weight") == 1);
        QVERIFY(errorOf<ConfigError>([&] {
                    exportModel(run, ExportFormat::Onnx, lesson.home() / "model.onnx");
                }).find("cannot be exported") != std::string::npos);
    }

    /// Features are those of the texts whatever stands beside them in a slice, and whether they are cached.
    void cachedOrNotIsTheSame() {
        const TextLesson lesson;
        RunConfig config = lesson.config("cached");
        config.phases.pop_back();
        const auto cached = all<EpochFinished>(drive(*makeTrainer(config)));
        config.cache.enabled = false;
        config.output = lesson.home() / "without";
        const auto without = all<EpochFinished>(drive(*makeTrainer(config)));
        QCOMPARE(cached.size(), without.size());
        for (std::size_t i = 0; i < cached.size(); ++i) {
            QVERIFY(std::abs(cached[i].trainLoss - without[i].trainLoss) < 1e-5);
            QVERIFY(std::abs(cached[i].valLoss - without[i].valLoss) < 1e-5);
        }
    }

    void frozenLayersStayAsTheyAre() {
        const TextLesson lesson;
        const RunConfig config = lesson.config("run");
        drive(*makeTrainer(config));
        for (const char* name : {"embeddings.word_embeddings.weight", "encoder.layer.0.intermediate.dense.weight"})
            QVERIFY(tensorOf(config.output, "last", name) == tensorOf(config.output, "epoch:1", name));
        const char* thawed = "encoder.layer.1.intermediate.dense.weight";
        QVERIFY(tensorOf(config.output, "last", thawed) != tensorOf(config.output, "epoch:1", thawed));
    }

    void whatDoesNotFitIsRefused() {
        const TextLesson lesson;
        RunConfig config = lesson.config("run");
        config.augmentation.flip = true;
        QVERIFY(errorOf<ConfigError>([&] { makeTrainer(config); }).find("Texts are not changed") != std::string::npos);
        config = lesson.config("run");
        config.data.dataset = "cifar10";
        const auto failed = all<RunFailed>(drive(*makeTrainer(config)));
        QVERIFY(failed.size() == 1 && failed[0].what.find("the model reads texts") != std::string::npos);
    }

    void truncationIsTold() {
        const TextLesson lesson;
        RunConfig config = lesson.config("run");
        config.inputSize = 8;
        config.phases[0].epochs = config.phases[1].epochs = 1;
        bool told = false;
        for (const Notice& notice : all<Notice>(drive(*makeTrainer(config))))
            told = told || notice.text.find("had more than 8 tokens") != std::string::npos;
        QVERIFY(told);
    }

    /// Batches are filled up to their longest text.
    void batchesArePadded() {
        TokenSet tokens;
        tokens.ids = {101, 7, 102, 101, 102};
        tokens.begins = {0, 3, 5};
        const State both = tokenBatch(tokens, {1, 0});
        QVERIFY(torch::equal(both.hidden, torch::tensor({{101, 102, 0}, {101, 7, 102}}, torch::kInt64)));
        QVERIFY(torch::equal(both.mask, torch::tensor({{1.f, 1.f, 0.f}, {1.f, 1.f, 1.f}})));
        QVERIFY(!tokenBatch(tokens, {0}).mask.defined());
    }

    void slicesAreBoundedInTokens() {
        RunConfig config;
        chooseModel(config, "minilm");
        QCOMPARE(sliceSize(describeModel(config, 2)), 32);
        config.inputSize = 512;
        QCOMPARE(sliceSize(describeModel(config, 2)), 8);
    }
};

QTEST_GUILESS_MAIN(TestTextRun)
#include "tst_text_run.moc"
