// The Inspector on real runs of a tiny model: right answers, clear errors, and a training that does not notice it.
#include <torch/torch.h>

#include <QTest>

#include <atomic>
#include <cmath>
#include <cstring>
#include <fstream>
#include <limits>
#include <numeric>
#include <thread>

#include "core/api/analysis.h"
#include "core/api/engine_info.h"
#include "core/api/evaluation.h"
#include "core/api/inspector.h"
#include "core/inspect/activations.h"
#include "core/inspect/layer_statistics.h"
#include "core/inspect/shared_features.h"
#include "core/store/atomic_file.h"
#include "core/store/run_record.h"
#include "core/train/loop_state.h"
#include "core/train/model_setup.h"
#include "core/train/rungs.h"
#include "core/util/hash.h"
#include "tests/support/drawn_data.h"
#include "tests/support/expect_error.h"
#include "tests/support/tiny_run.h"

using namespace thaw::core;
using namespace thaw::test;
namespace fs = std::filesystem;

namespace {

constexpr const char* kLayer = "block4_conv1";  // its planes are 4x4

double gap(const std::vector<float>& a, const std::vector<float>& b) {
    double most = a.size() == b.size() ? 0 : 1e9;
    for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i)
        most = std::max(most, static_cast<double>(std::abs(a[i] - b[i])));
    return most;
}

void replaceInFile(const fs::path& file, const std::string& what, const std::string& by) {
    std::string text = readSmallFile(file);
    const std::size_t at = text.find(what);
    if (at == std::string::npos) qFatal("%s does not say %s", file.c_str(), what.c_str());
    writeFileAtomically(file, text.replace(at, what.size(), by));
}

PictureChoice picture(std::int64_t index, Split split = Split::Test) {
    PictureChoice choice;
    choice.split = split;
    choice.index = index;
    return choice;
}

/// Every question once, on its own threads and with its own models.
void askEverything(const fs::path& run, const fs::path& data, const std::string& checkpoint) {
    DataConfig own;
    own.directory = data;
    const auto inspector = openInspector(run, own);
    inspector->checkpoints();
    inspector->predictions(checkpoint, Split::Test, {});
    inspector->predict(checkpoint, picture(1));
    inspector->activations(checkpoint, picture(2), kLayer);
    inspector->topActivating(checkpoint, Split::Test, kLayer, 0, 5, 0, {});
    inspector->filters(checkpoint);
    inspector->statistics(checkpoint, "block5_conv2", {});
    inspector->history(true, {});
    inspector->gradCam(checkpoint, picture(3), kLayer, 4, ClassMapMethod::GradCam);
    inspector->gradCam(checkpoint, picture(3), "block2_pool", 4, ClassMapMethod::GradCamPlusPlus);
    inspector->occlusion(checkpoint, picture(3), 4, 0, 0, {});
    EmbeddingRequest request;
    request.alignedWith = "start";
    inspector->embedding(checkpoint, request, {});
    request.method = EmbeddingMethod::Tsne;
    request.perplexity = 5;
    request.iterations = 40;
    inspector->embedding(checkpoint, request, {});
}

}  // namespace

class TestInspector : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        useComputeThreads(1);
        m_config = m_lesson.config();
        m_config.data.trainLimit = 60;
        const auto trainer = makeTrainer(m_config);
        m_events = drive(*trainer);
        QVERIFY(trainer->state() == TrainerState::Finished);
        m_inspector = openInspector(m_config.output);
    }

    void saysWhatTheRunIs() {
        const InspectedRun& run = m_inspector->run();
        QCOMPARE(run.runId, std::string("run"));
        QCOMPARE(run.classNames.size(), std::size_t(10));
        QVERIFY(run.dataset.present);
        QCOMPARE(run.model.layers.size(), all<RunStarted>(m_events)[0].model.layers.size());
        const std::vector<KeptCheckpoint> kept = m_inspector->checkpoints();
        QCOMPARE(kept.size(), std::size_t(4));  // the end of every epoch
        const std::vector<EpochFinished> epochs = all<EpochFinished>(m_events);
        int best = 0;
        for (std::size_t i = 0; i < kept.size(); ++i) {
            QVERIFY(kept[i].endsEpoch);
            QCOMPARE(kept[i].endsPhase, i % 2 == 1);
            QCOMPARE(kept[i].epoch, static_cast<int>(i) + 1);
            QCOMPARE(kept[i].step, epochs[i].step);
            QCOMPARE(kept[i].valScore, epochs[i].valScore);
            best += kept[i].best;
        }
        QCOMPARE(best, 1);
        QCOMPARE(m_inspector->pictures(Split::Test)->count(), std::int64_t(50));
        QCOMPARE(m_inspector->pictures(Split::Train)->count(), std::int64_t(60));
    }

    /// Every kept epoch predicts what the training found; asked twice and in any order.
    void predictionsAreTheTrainings() {
        const std::vector<EpochFinished> epochs = all<EpochFinished>(m_events);
        for (const int epoch : {4, 1, 3, 2, 1, 4}) {
            const auto set = m_inspector->predictions("epoch:" + std::to_string(epoch), Split::Test, {});
            const EpochFinished& then = epochs[static_cast<std::size_t>(epoch) - 1];
            QCOMPARE(set->score, then.valScore);
            QVERIFY(std::abs(set->loss - then.valLoss) < 1e-6);
            QCOMPARE(set->step, then.step);
            QCOMPARE(set->epoch, epoch);
            const std::vector<float> one = m_inspector->predict("epoch:" + std::to_string(epoch), picture(7));
            QVERIFY(gap(one, {set->row(7), set->row(7) + set->classCount}) < 1e-5);
            EvaluateRequest request;
            request.run = {m_config.output, "epoch:" + std::to_string(epoch)};
            request.threads = 1;
            QVERIFY(evaluateRun(request, {}).predictions.probabilities == set->probabilities);
        }
        QCOMPARE(m_inspector->predictions("last", Split::Test, {}), m_inspector->predictions("epoch:4", Split::Test, {}));
    }

    /// A trunk that checkpoints have in common is computed for the first of them alone.
    void sharedFeaturesAreComputedOnce() {
        const auto one = buildModel(m_config, 10, nullptr);
        RunConfig elsewhere = m_config;
        elsewhere.seed += 1;
        const auto other = buildModel(elsewhere, 10, nullptr);
        const auto sourceOf = [&](const StagedModel& model) {
            return inputSourceOf(m_inspector->pictures(Split::Test), m_config, model.info(), torch::kCPU);
        };
        const std::vector<int> rungs = rungsOf(one->info());
        const std::vector<SharedRung> shared = {{rungs.front(), "lower", {}}, {rungs.back(), "upper", {}}};
        SharedFeatures features;
        std::int64_t furthest = 0, total = 0;
        const auto predicted =
            features.predict(sourceOf(*one), *one, Split::Test, shared, [&](std::int64_t done, std::int64_t all) {
                furthest = done >= furthest ? done : -1;
                total = all;
                return true;
            });
        QVERIFY(predicted.probabilities == predictSplit(sourceOf(*one), *one, Split::Test, {}).probabilities);
        QCOMPARE(total, std::int64_t(50));
        QCOMPARE(furthest, total);
        // Held by name: another trunk under it is not looked at, under a name of its own it is.
        const auto expected = predictSplit(sourceOf(*other), *other, Split::Test, {}).probabilities;
        QVERIFY(features.predict(sourceOf(*other), *other, Split::Test, shared, {}).probabilities != expected);
        const std::vector<SharedRung> own = {{rungs.back(), "of the other", {}}};
        QVERIFY(features.predict(sourceOf(*other), *other, Split::Test, own, {}).probabilities == expected);
        QVERIFY(errorOf<Cancelled>([&] {
                    features.predict(sourceOf(*one), *one, Split::Test, {}, [](std::int64_t, std::int64_t) { return false; });
                }).size() > 0);
    }

    /// What a run's training left in the feature cache is not computed again; a damaged file is.
    void featuresComeFromTheCache() {
        const auto model = buildModel(m_config, 10, nullptr);
        const InputSource source = inputSourceOf(m_inspector->pictures(Split::Test), m_config, model->info(), torch::kCPU);
        const int rung = rungsOf(model->info()).back();
        const fs::path folder = m_lesson.home() / "features";
        auto zeros = std::make_shared<FeatureBlock>(50, rungFloats(model->info(), rung));
        FeatureWriter writer(folder, "zeros", zeros, 1 << 30);
        while (!writer.advance(Deadline(1))) {
        }
        const std::vector<SharedRung> shared = {{rung, "zeros", "zeros"}};
        const auto computed = predictSplit(source, *model, Split::Test, {}).probabilities;
        const auto found = SharedFeatures(folder).predict(source, *model, Split::Test, shared, {}).probabilities;
        QVERIFY(found != computed);
        QVERIFY(std::equal(found.begin(), found.begin() + 10, found.begin() + 10));  // all pictures look the same
        QVERIFY(SharedFeatures().predict(source, *model, Split::Test, shared, {}).probabilities == computed);
        const fs::path file = fs::directory_iterator(folder)->path();
        std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
        stream.seekp(-2, std::ios::end).put('x');
        stream.close();
        QVERIFY(SharedFeatures(folder).predict(source, *model, Split::Test, shared, {}).probabilities == computed);

        // The Trainer and the Inspector give the files the same names.
        const auto test = loadSplit(m_inspector->run().dataset, Split::Test, m_config.data, m_config.seed);
        const std::string key = featureFileKey(model->prefixDigest(rung), test->identity.digest, partKey(kTestPart, {}, 0),
                                               preprocessingKey(m_config.scaling, m_config.inputSize),
                                               computeFingerprint(torch::kCPU, m_config.kernels));
        FeatureReader reader;
        QVERIFY(reader.open(featureFolder(m_config.cache), key, 50, rungFloats(model->info(), rung)));
    }

    void startIsTheModelBeforeTheFirstStep() {
        const auto model = buildModel(m_config, 10, nullptr);
        const auto set = m_inspector->predictions("start", Split::Test, {});
        QCOMPARE(set->step, std::int64_t(0));
        torch::NoGradGuard noGrad;
        const torch::Tensor input =
            networkInput(*m_inspector->pictures(Split::Test), {5}, {}, m_config.scaling, m_config.inputSize);
        const torch::Tensor expected = at::softmax(model->forward(input, 0, model->stageCount()), 1).contiguous();
        QVERIFY(gap({set->row(5), set->row(5) + 10}, {expected.data_ptr<float>(), expected.data_ptr<float>() + 10}) < 1e-5);

        // What moved since then is what the training says has moved.
        const MovedChanged moved = all<MovedChanged>(m_events).back();
        const std::vector<LayerInfo>& layers = m_inspector->run().model.layers;
        for (std::size_t i = 0; i < layers.size(); ++i) {
            const double found = m_inspector->statistics("last", layers[i].name, {}).moved;
            QVERIFY2(std::abs(found - moved.moved[i]) < 1e-9, layers[i].name.c_str());
            QCOMPARE(found > 0, layers[i].hasParameters() && (layers[i].block == "head" || layers[i].block == "block5"));
        }
    }

    void unseenPicturesWereNotTrainedOn() {
        const auto unseen = m_inspector->unseenPredictions("last", 1000, {});
        QCOMPARE(unseen->count(), std::int64_t(40));
        QVERIFY(unseen->split == Split::Train);
        QCOMPARE(m_inspector->unseenPredictions("last", 20, {})->count(), std::int64_t(20));
        RunConfig everything = m_lesson.config("everything");
        everything.phases.resize(1);
        everything.phases[0].epochs = 1;
        drive(*makeTrainer(everything));
        QCOMPARE(openInspector(everything.output)->unseenPredictions("last", 1000, {})->count(), std::int64_t(0));
        RunConfig heldOut = m_lesson.config("held-out");
        heldOut.phases.resize(1);
        heldOut.phases[0].epochs = 1;
        heldOut.data.heldOut = 0.2;
        drive(*makeTrainer(heldOut));
        const auto inspector = openInspector(heldOut.output);
        const auto kept = inspector->unseenPredictions("last", 1000, {});
        QVERIFY(kept->split == Split::HeldOut);
        QVERIFY(kept->probabilities ==
                inspector->predictions("last", Split::Test, {})->probabilities);  // locked: judged on the same
    }

    void activationsAreTheExtractedFeatures() {
        for (const char* layer : {"block1_conv1", "block3_pool", kLayer, "dense_1", "dense_2"}) {
            ExtractRequest request;
            request.run = {m_config.output, "epoch:3"};
            request.config.threads = 1;
            request.layer = layer;
            request.limit = 10;
            request.output = m_lesson.home() / "features.safetensors";
            extractFeatures(request, {});
            const SafetensorsReader reader(request.output);
            const std::vector<std::uint8_t> bytes = reader.read("features");
            const ActivationMaps maps = m_inspector->activations("epoch:3", picture(9), layer);
            QCOMPARE(maps.values.size() * 10 * sizeof(float), bytes.size());
            const float* expected = reinterpret_cast<const float*>(bytes.data()) + 9 * maps.values.size();
            QVERIFY2(gap(maps.values, {expected, expected + maps.values.size()}) < 1e-4, layer);
            QCOMPARE(maps.channels * maps.height * maps.width, static_cast<int>(maps.values.size()));
            QCOMPARE(maps.maximum, *std::max_element(maps.values.begin(), maps.values.end()));
            QCOMPARE(maps.minimum, *std::min_element(maps.values.begin(), maps.values.end()));
        }
        QCOMPARE(m_inspector->activations("last", picture(0), "features.0").layer, std::string("block1_conv1"));
    }

    void topPicturesOfAChannel() {
        const std::vector<TopPicture> top = m_inspector->topActivating("last", Split::Test, kLayer, 2, 5, 30, {});
        std::vector<std::pair<float, std::int64_t>> byHand;
        for (std::int64_t i = 0; i < 30; ++i) {
            const ActivationMaps maps = m_inspector->activations("last", picture(i), kLayer);
            const auto plane = maps.values.begin() + 2 * maps.height * maps.width;
            byHand.emplace_back(-*std::max_element(plane, plane + maps.height * maps.width), i);
        }
        std::sort(byHand.begin(), byHand.end());
        QCOMPARE(top.size(), std::size_t(5));
        for (std::size_t i = 0; i < top.size(); ++i) QVERIFY(std::abs(top[i].value + byHand[i].first) < 1e-4);
        QVERIFY(top[0].value >= top[4].value);
    }

    void firstFilters() {
        const FilterTiles tiles = m_inspector->filters("last");
        QCOMPARE(tiles.count, 4);
        QCOMPARE(tiles.size, 3);
        QCOMPARE(tiles.now, tensorOf(m_config.output, "last", "features.0.weight"));
        QVERIFY(tiles.before == tiles.now);  // the trunk's begin was frozen
    }

    /// Gradients against one plain backward pass over the sample.
    void gradientsAreThoseOfTheMeanLoss() {
        const auto model = buildModel(m_config, 10, nullptr);
        loadModel(*model, CheckpointStore(m_config.output).load("epoch:3"));
        model->setTrainable(model->info().maskOf({"all"}));
        const auto pictures = m_inspector->pictures(Split::Train);
        const std::vector<std::int64_t> rows = sampleRows(pictures->count(), m_config.inputSize);
        QCOMPARE(rows.size(), std::size_t(60));
        std::vector<std::int64_t> labels;
        for (const std::int64_t row : rows) labels.push_back(pictures->labels[static_cast<std::size_t>(row)]);
        const torch::Tensor input = networkInput(*pictures, rows, {}, m_config.scaling, m_config.inputSize);
        at::cross_entropy_loss(model->forward(input, 0, model->stageCount()), torch::tensor(labels)).backward();

        const LayerHistory history = m_inspector->history(true, {});
        QCOMPARE(history.checkpoints.size(), std::size_t(4));
        QCOMPARE(history.checkpoints[2].epoch, 3);
        for (int layer = 0; layer < model->stageCount(); ++layer) {
            double square = 0;
            for (const Parameter& parameter : model->parameters(layer))
                square += std::pow(parameter.value.grad().norm().item<double>(), 2);
            const LayerInfo& info = model->info().layers[static_cast<std::size_t>(layer)];
            const LayerStatistics statistics = m_inspector->statistics("epoch:3", info.name, {});
            QVERIFY2(std::abs(statistics.gradientNorm - std::sqrt(square)) < 1e-4 * (1 + std::sqrt(square)), info.name.c_str());
            QVERIFY(std::abs(history.gradientNorm[2][static_cast<std::size_t>(layer)] - statistics.gradientNorm) <
                    1e-4 * (1 + statistics.gradientNorm));
            QCOMPARE(history.moved[2][static_cast<std::size_t>(layer)], statistics.moved);
            const bool relu = info.kind == LayerKind::Conv2d || info.name == "dense_1";
            QVERIFY(relu ? statistics.deadShare >= 0 && statistics.deadShare <= 1 : statistics.deadShare < 0);
            if (!info.hasParameters()) {
                QVERIFY(statistics.weightsNow.counts.empty());
                continue;
            }
            QCOMPARE(statistics.sampleCount, 60);
            const std::int64_t weights = model->parameters(layer)[0].value.numel();
            for (const Histogram* histogram : {&statistics.weightsStart, &statistics.weightsNow, &statistics.gradients}) {
                std::int64_t sum = 0;
                for (const std::int64_t count : histogram->counts) sum += count;
                QCOMPARE(sum, weights);
                QVERIFY(histogram->low < histogram->high);
            }
            QCOMPARE(statistics.weightsStart.low, statistics.weightsNow.low);
            QCOMPARE(statistics.weightsStart.high, statistics.weightsNow.high);
        }
    }

    void deadChannelsAreCounted() {
        auto model = buildModel(m_config, 10, nullptr);
        const int layer = model->info().indexOf(kLayer);
        model->load(model->parameters(layer)[1].name, torch::tensor({-1e6f, 0.f, 0.f, -1e6f, 0.f, 0.f, 0.f, 0.f}));
        InputSource source;
        source.train = m_inspector->pictures(Split::Train);
        const std::vector<std::int64_t> rows = sampleRows(source.train->count(), 32);
        const double two = deadShareOf(*model, layer, source, rows, {});
        QVERIFY(two >= 0.25 && two < 0.9);
        QVERIFY(std::abs(two * 8 - std::round(two * 8)) < 1e-9);
        model->load(model->parameters(layer)[1].name, torch::full({8}, -1e6f));
        QCOMPARE(deadShareOf(*model, layer, source, rows, {}), 1.0);
    }

    void classMapsOfARun() {
        const ClassMap cam = m_inspector->gradCam("last", picture(4), kLayer, 6, ClassMapMethod::GradCam);
        QCOMPARE(cam.height, 4);
        QCOMPARE(cam.width, 4);
        QCOMPARE(cam.layer, std::string(kLayer));
        QVERIFY(std::abs(cam.probability - static_cast<double>(m_inspector->predict("last", picture(4))[6])) < 1e-6);
        for (const float value : cam.values) QVERIFY(value >= 0 && value <= 1);
        QCOMPARE(m_inspector->gradCam("last", picture(4), "features.9", 6, ClassMapMethod::GradCam).layer, cam.layer);
        const ClassMap covered = m_inspector->occlusion("last", picture(4), 6, 0, 0, {});
        QCOMPARE(covered.width, 32);
        QCOMPARE(covered.values.size(), std::size_t(32 * 32));
        for (const float value : covered.values) QVERIFY(value >= -1 && value <= 1);
    }

    /// A file and a picture in memory with the same pixels as a picture of the split.
    void ownPicturesAreLookedIntoAlike() {
        const auto set = m_inspector->pictures(Split::Test);
        const std::uint8_t* pixels = set->picture(11);
        PictureChoice file, memory;
        file.file = m_lesson.home() / "own.png";
        auto rgb = std::make_shared<RgbPicture>();
        rgb->width = rgb->height = 32;
        rgb->rgb.assign(pixels, pixels + 32 * 32 * 3);
        memory.pixels = rgb;
        writeFile(file.file, encodePng(rgb->rgb, 32, 32));
        for (const PictureChoice& choice : {file, memory}) {
            QVERIFY(m_inspector->predict("last", choice) == m_inspector->predict("last", picture(11)));
            QVERIFY(m_inspector->gradCam("last", choice, kLayer, 1, ClassMapMethod::GradCam).values ==
                    m_inspector->gradCam("last", picture(11), kLayer, 1, ClassMapMethod::GradCam).values);
        }
        writeFile(m_lesson.home() / "broken.png", {1, 2, 3});
        const std::vector<FilePrediction> answers =
            m_inspector->predictFiles("last", {file.file, m_lesson.home() / "broken.png"}, {});
        QCOMPARE(answers.size(), std::size_t(2));
        QVERIFY(answers[0].probabilities == m_inspector->predict("last", picture(11)));
        QVERIFY(!answers[1].error.empty());
        file.file = m_lesson.home() / "broken.png";
        QVERIFY(!errorOf<DataError>([&] { m_inspector->activations("last", file, kLayer); }).empty());
    }

    void mapsOfPictures() {
        EmbeddingRequest request;
        const Embedding plain = m_inspector->embedding("last", request, {});
        QCOMPARE(plain.indices.size(), std::size_t(50));
        QCOMPARE(plain.points.size(), std::size_t(100));
        QVERIFY(plain.explained[0] >= plain.explained[1] && plain.explained[0] <= 1);
        request.alignedWith = "last";
        QVERIFY(m_inspector->embedding("last", request, {}).points == plain.points);
        request.alignedWith = "start";
        const Embedding aligned = m_inspector->embedding("last", request, {});
        QVERIFY(aligned.points != plain.points);
        request.alignedWith.clear();
        request.limit = 20;
        QCOMPARE(m_inspector->embedding("last", request, {}).indices.size(), std::size_t(20));

        request.limit = 10'000;
        request.method = EmbeddingMethod::Tsne;
        request.perplexity = 5;
        request.iterations = 300;
        std::int64_t before = -1;
        bool ordered = true;
        const Embedding tsne = m_inspector->embedding("last", request, [&](std::int64_t done, std::int64_t total) {
            ordered = ordered && done >= before && done <= total;
            before = done;
            return true;
        });
        QVERIFY(ordered);
        QVERIFY(std::isfinite(tsne.divergence) && tsne.divergence > 0);
        QVERIFY(openInspector(m_config.output)->embedding("last", request, {}).points == tsne.points);
        request.alignedWith = "epoch:1";
        const Embedding beside = m_inspector->embedding("last", request, {});
        QVERIFY(beside.points.size() == tsne.points.size());
        QVERIFY(errorOf<Cancelled>([&] {
                    request.seed = 7;
                    m_inspector->embedding("last", request, [](std::int64_t done, std::int64_t) { return done < 60; });
                }).size() > 0);
        request.perplexity = 40;
        QVERIFY(errorOf<ConfigError>([&] { m_inspector->embedding("last", request, {}); }).find("between 2 and 16") !=
                std::string::npos);
    }

    void wrongQuestions() {
        const auto said = [&](const auto& question) { return errorOf<ConfigError>(question); };
        QVERIFY(said([&] { m_inspector->activations("last", picture(0), "block9_conv1"); }).find("block9_conv1") !=
                std::string::npos);
        QVERIFY(said([&] { m_inspector->activations("last", picture(50), kLayer); }).find("0 to 49") != std::string::npos);
        QVERIFY(said([&] { m_inspector->predict("last", picture(-1)); }).size() > 0);
        QVERIFY(said([&] { m_inspector->gradCam("last", picture(0), "dense_1", 0, ClassMapMethod::GradCam); }).find("dense_1") !=
                std::string::npos);
        QVERIFY(said([&] { m_inspector->gradCam("last", picture(0), kLayer, 10, ClassMapMethod::GradCam); }).size() > 0);
        QVERIFY(said([&] { m_inspector->occlusion("last", picture(0), -1, 0, 0, {}); }).size() > 0);
        QVERIFY(said([&] { m_inspector->occlusion("last", picture(0), 0, 4, 5, {}); }).size() > 0);
        QVERIFY(said([&] { m_inspector->topActivating("last", Split::Test, kLayer, 8, 5, 0, {}); }).find("0 to 7") !=
                std::string::npos);
        const std::string missing = errorOf<StoreError>([&] { m_inspector->predict("epoch:9", picture(0)); });
        QVERIFY2(missing.find("epoch:9") != std::string::npos && missing.find("epoch:4") != std::string::npos, missing.c_str());
        QVERIFY(!errorOf<StoreError>([&] { openInspector(m_lesson.home() / "nothing"); }).empty());
        QVERIFY(!errorOf<StoreError>([&] { listCheckpoints(m_lesson.home() / "nothing"); }).empty());
        for (int i = 0; i < 3; ++i)
            QVERIFY(!errorOf<Cancelled>([&] {
                         const CountCallback never = [](std::int64_t, std::int64_t) { return false; };
                         if (i == 0) m_inspector->statistics("epoch:1", "dense_1", never);
                         if (i == 1) m_inspector->predictions("epoch:2", Split::Train, never);
                         if (i == 2) m_inspector->occlusion("epoch:2", picture(0), 1, 0, 0, never);
                     }).empty());
        QVERIFY(m_inspector->statistics("epoch:1", "dense_1", {}).gradientNorm > 0);  // nothing is left half done
    }

    void brokenCheckpoints() {
        const fs::path run = copyOfRun("broken"), folder = run / "checkpoints";
        const auto inspector = openInspector(run);
        const std::vector<KeptCheckpoint> kept = inspector->checkpoints();
        const auto before = inspector->predict(kept[0].name, picture(0));

        replaceInFile(folder / (kept[3].name + ".json"), "\"epoch\": 4", "\"epoch\": 5");
        QVERIFY(errorOf<StoreError>([&] { inspector->predict(kept[3].name, picture(0)); }).find("damaged") != std::string::npos);
        QCOMPARE(inspector->checkpoints().size(), std::size_t(3));
        QVERIFY(errorOf<StoreError>([&] { inspector->predict("epoch:4", picture(0)); }).find("damaged") != std::string::npos);

        // Written by a newer version: whole, with a right digest.
        const fs::path newer = folder / (kept[2].name + ".json");
        std::string text = readSmallFile(newer);
        const std::size_t tail = text.find(",\n  \"digest\": \"");
        text.replace(text.find("\"format\": 1"), 11, "\"format\": 9");
        text = text.substr(0, tail) + ",\n  \"digest\": \"" + digestOf(text.data(), tail) + "\"\n}\n";
        writeFileAtomically(newer, text);
        const std::string said = errorOf<StoreError>([&] { inspector->predict(kept[2].name, picture(0)); });
        QVERIFY2(said.find("format 9") != std::string::npos, said.c_str());

        // A torn object of the second epoch's own head.
        const std::string object = CheckpointStore(run).find(kept[1].name).contents.at("head.dense_1.weight");
        std::fstream file(folder / "objects" / (object + ".safetensors"), std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(-3, std::ios::end);
        file.put('x');
        file.close();
        QVERIFY(errorOf<StoreError>([&] { inspector->predict(kept[1].name, picture(0)); }).find("digest") != std::string::npos);
        QVERIFY(inspector->predict(kept[0].name, picture(0)) == before);
    }

    void aCheckpointOfAnotherModel() {
        RunConfig other = m_lesson.config("wider");
        other.head.hiddenUnits = 20;
        other.phases.resize(1);
        other.phases[0].epochs = 1;
        drive(*makeTrainer(other));
        const fs::path run = copyOfRun("mixed");
        fs::remove_all(run / "checkpoints");
        fs::copy(other.output / "checkpoints", run / "checkpoints", fs::copy_options::recursive);
        const std::string said = errorOf<StoreError>([&] { openInspector(run)->predict("last", picture(0)); });
        QVERIFY2(said.find("does not fit") != std::string::npos, said.c_str());
    }

    void aFolderOfPicturesAtTwoSizes() {
        writeImageFolder(m_lesson.home() / "shapes", {6, 4, 1}, 3, 120);
        std::vector<std::shared_ptr<const PredictionSet>> answers;
        for (const int inputSize : {32, 96}) {
            RunConfig config = m_lesson.config("shapes" + std::to_string(inputSize));
            config.data.dataset = "folder";
            config.data.directory = m_lesson.home() / "shapes";
            config.inputSize = inputSize;
            config.phases.resize(1);
            config.phases[0].epochs = 1;
            drive(*makeTrainer(config));
            const auto inspector = openInspector(config.output);
            const int side = std::max(64, inputSize);
            QCOMPARE(inspector->run().dataset.pictureKind.side, side);
            QCOMPARE(inspector->pictures(Split::Test)->width, side);
            QCOMPARE(inspector->pictures(Split::Train)->width, side);
            answers.push_back(inspector->predictions("last", Split::Test, {}));
            const auto own = inspector->predictFiles("last", {config.data.directory / "test" / "ring" / "b2.png"}, {}).front();
            QCOMPARE(own.modelSize, side);
            for (int i = 0; i < 3; ++i)
                QVERIFY(std::abs(own.probabilities[static_cast<std::size_t>(i)] - answers.back()->row(6)[i]) < 1e-5f);
            EvaluateRequest request;
            request.run = {config.output, "last"};
            request.threads = 1;
            QVERIFY(evaluateRun(request, {}).ownData);
        }
        compareModels(*answers[0], *answers[1]);  // the same pictures at another size
    }

    void otherDataOrNone() {
        const fs::path run = copyOfRun("elsewhere");
        DataConfig data;
        data.directory = m_lesson.home() / "other-cifar";
        DrawnSizes sizes;
        sizes.seed = 9;
        writeCifar10Folder(data.directory, sizes);
        const std::string said = errorOf<DataError>([&] { openInspector(run, data)->predictions("last", Split::Test, {}); });
        QVERIFY2(said.find("other pictures") != std::string::npos, said.c_str());

        fs::rename(m_lesson.home() / "cifar", m_lesson.home() / "away");
        const auto inspector = openInspector(run);
        QVERIFY(!inspector->run().dataset.present);
        QVERIFY(!errorOf<DataError>([&] { inspector->pictures(Split::Test); }).empty());
        PictureChoice own;
        own.file = m_lesson.home() / "own.png";
        QCOMPARE(inspector->predict("last", own).size(), std::size_t(10));
        // What needs no pictures is there without them.
        const LayerStatistics statistics = inspector->statistics("last", "dense_1", {});
        const LayerStatistics whole = m_inspector->statistics("last", "dense_1", {});
        QCOMPARE(statistics.weightsStart.counts, whole.weightsStart.counts);
        QCOMPARE(statistics.weightsNow.counts, whole.weightsNow.counts);
        QCOMPARE(statistics.moved, whole.moved);
        QVERIFY(statistics.startProblem.empty() && !statistics.gradientProblem.empty());
        QVERIFY(statistics.gradients.counts.empty());
        QVERIFY(statistics.hasRelu && statistics.deadShare < 0);
        const LayerHistory history = inspector->history(true, {});
        QVERIFY(history.moved == m_inspector->history(true, {}).moved);
        const LayerHistory movedOnly = inspector->history(false, {});
        QVERIFY(movedOnly.moved == history.moved && movedOnly.gradientNorm.empty());
        QVERIFY(history.startProblem.empty() && !history.gradientProblem.empty() && history.gradientNorm.empty());
        fs::rename(m_lesson.home() / "away", m_lesson.home() / "cifar");
    }

    /// A run folder that moved, and the weights it started from being others now.
    void movedFolderAndOtherWeights() {
        const fs::path run = copyOfRun("moving"), moved = m_lesson.home() / "somewhere" / "else";
        fs::create_directories(moved.parent_path());
        fs::rename(run, moved);
        const auto inspector = openInspector(moved);
        QVERIFY(inspector->predict("best", picture(3)) == m_inspector->predict("best", picture(3)));
        QVERIFY(inspector->filters("last").now == m_inspector->filters("last").now);

        replaceInFile(moved / "run.json", "\"initialization\": \"random\"", "\"initialization\": \"pretrained\"");
        const std::string said = errorOf<WeightsError>([&] { openInspector(moved)->predict("start", picture(0)); });
        QVERIFY2(said.find("not those that the run started from") != std::string::npos, said.c_str());

        // What needs no start is there without it.
        const auto startless = openInspector(moved);
        const FilterTiles tiles = startless->filters("last");
        QCOMPARE(tiles.now, m_inspector->filters("last").now);
        QVERIFY(tiles.before.empty());
        QVERIFY(tiles.startProblem.find("not those that the run started from. Put the run's own weights") != std::string::npos);
        const LayerStatistics statistics = startless->statistics("last", "dense_1", {});
        QVERIFY(statistics.weightsStart.counts.empty() && !statistics.weightsNow.counts.empty());
        QCOMPARE(statistics.startProblem, tiles.startProblem);
        QCOMPARE(statistics.gradients.counts, m_inspector->statistics("last", "dense_1", {}).gradients.counts);
        const LayerHistory history = startless->history(true, {});
        QVERIFY(history.moved.empty() && history.gradientProblem.empty());
        QCOMPARE(history.startProblem, tiles.startProblem);
        QVERIFY(history.gradientNorm == m_inspector->history(true, {}).gradientNorm);
    }

    /// A training that went wrong leaves numbers that are none, and a file may hold any.
    void numbersThatAreNotFinite() {
        constexpr float kNan = std::numeric_limits<float>::quiet_NaN(), kInfinity = std::numeric_limits<float>::infinity();
        constexpr float kMost = std::numeric_limits<float>::max();
        const std::vector<Histogram> histograms = histogramsOf(
            {torch::tensor({kNan, -1.f, kInfinity, 2.f}), torch::tensor({-kMost, kMost, 0.f}), torch::tensor({kNan})});
        const auto sum = [&](int of) {
            const std::vector<std::int64_t>& counts = histograms[static_cast<std::size_t>(of)].counts;
            return std::accumulate(counts.begin(), counts.end(), std::int64_t{0});
        };
        QCOMPARE(sum(0), std::int64_t(2));
        QCOMPARE(sum(1), std::int64_t(3));
        QCOMPARE(sum(2), std::int64_t(0));
        QCOMPARE(histograms[0].high, static_cast<double>(kMost));
        const Histogram none = histogramsOf({torch::tensor({kNan, kNan})})[0];
        QVERIFY(none.low < none.high && none.counts.size() == histograms[0].counts.size());

        const torch::Tensor maxima = torch::tensor({1.f, kNan, kInfinity, kNan, 3.f, 1.f}).view({6, 1});
        std::vector<std::int64_t> order;
        for (const TopPicture& one : topRows(maxima, 0, 6)) order.push_back(one.index);
        QCOMPARE(order, std::vector<std::int64_t>({2, 4, 0, 5, 1, 3}));
        QCOMPARE(topRows(torch::full({40, 1}, kNan), 0, 8).size(), std::size_t(8));

        auto model = buildModel(m_config, 10, nullptr);
        const int layer = model->info().indexOf(kLayer);
        torch::Tensor bias = torch::zeros({8});
        bias[3] = kInfinity;
        bias[5] = 7;
        model->load(model->parameters(layer)[1].name, bias);
        const torch::Tensor input =
            networkInput(*m_inspector->pictures(Split::Test), {0}, {}, m_config.scaling, m_config.inputSize);
        const ActivationMaps maps = activationsOf(*model, input, layer);
        QVERIFY(std::isinf(*std::max_element(maps.values.begin(), maps.values.end())));
        QVERIFY(maps.maximum >= 7 && std::isfinite(maps.maximum) && std::isfinite(maps.minimum));
    }

    /// A training with every question asked between its steps and, all the while, in a second thread has the same bits as one
    /// left alone.
    void theTrainingDoesNotNotice() {
        RunConfig alone = m_lesson.config("alone"), watched = m_lesson.config("watched");
        for (RunConfig* config : {&alone, &watched}) {
            config->augmentation.flip = true;
            config->head.dropout = 0.4;
        }
        // A finished run keeps no moments: they are compared at the end of the epoch before.
        const auto atEpochThree = [](const Event& event) {
            const auto* saved = std::get_if<CheckpointSaved>(&event.data);
            return saved != nullptr && saved->epoch == 3;
        };
        QString before;
        {
            const auto trainer = makeTrainer(alone);
            drive(*trainer, atEpochThree);
            before = QString::fromStdString(weightsDigest(alone.output));
            drive(*trainer);
        }
        QVERIFY(before.contains("exp_avg"));

        const auto trainer = makeTrainer(watched);
        drive(*trainer, [](const Event& event) {
            const auto* saved = std::get_if<CheckpointSaved>(&event.data);
            return saved != nullptr && saved->epoch == 1;
        });
        std::atomic<bool> done{false};
        std::atomic<int> asked{0};
        std::string failure;
        std::thread watcher([&] {
            useComputeThreads(1);
            try {
                while (!done || asked == 0) {
                    askEverything(watched.output, watched.data.directory, "epoch:1");
                    ++asked;
                }
            } catch (const std::exception& error) {
                failure = error.what();
            }
        });
        const at::Generator& global = at::detail::getDefaultCPUGenerator();
        const std::uint64_t seedBefore = global.current_seed();
        const torch::Tensor stateBefore = global.get_state();
        int rounds = 0;
        for (int step = 0; trainer->hasWork(); ++step) {
            for (const Event& event : trainer->step())
                if (atEpochThree(event)) QCOMPARE(QString::fromStdString(weightsDigest(watched.output)), before);
            if (step % 12 == 0 && ++rounds)
                askEverything(watched.output, watched.data.directory, step % 24 == 0 ? "last" : "epoch:1");
        }
        done = true;
        watcher.join();
        QVERIFY2(failure.empty(), failure.c_str());
        QVERIFY(trainer->state() == TrainerState::Finished);
        QVERIFY(asked > 0 && rounds > 2);
        QCOMPARE(QString::fromStdString(weightsDigest(watched.output)), QString::fromStdString(weightsDigest(alone.output)));
        QCOMPARE(loopOf(watched.output), loopOf(alone.output));
        QCOMPARE(global.current_seed(), seedBefore);
        QVERIFY(global.get_state().equal(stateBefore));
    }

    /// What the Trainer said at an epoch's end is not computed again, and only of the checkpoint that was kept then.
    void knownPredictions() {
        DataConfig own;
        own.directory = m_config.data.directory;
        const auto inspector = openInspector(m_config.output, own);
        std::map<int, std::shared_ptr<const PredictionSet>> told;
        for (const PredictionsReady& ready : all<PredictionsReady>(m_events)) told[ready.predictions->epoch] = ready.predictions;
        QVERIFY(told.size() > 2);
        for (const auto& [epoch, predictions] : told) {
            const auto computed = inspector->predictions("epoch:" + std::to_string(epoch), Split::Test, {});
            QVERIFY(computed != predictions);
            QCOMPARE(computed->probabilities, predictions->probabilities);
            QCOMPARE(computed->loss, predictions->loss);
            inspector->know(predictions);
            QVERIFY(inspector->predictions("epoch:" + std::to_string(epoch), Split::Test, {}) == predictions);
        }
        QVERIFY(inspector->predictions("epoch:1", Split::Train, {}) != told[1]);

        PredictionSet other = *told[2];
        other.score += 0.25;
        const auto ofOtherWeights = std::make_shared<const PredictionSet>(other);
        inspector->know(ofOtherWeights);
        QVERIFY(inspector->predictions("epoch:2", Split::Test, {}) != ofOtherWeights);
        other = *told[3];
        other.labels.back() += 1;
        const auto ofOtherPictures = std::make_shared<const PredictionSet>(other);
        inspector->know(ofOtherPictures);
        QVERIFY(inspector->predictions("epoch:3", Split::Test, {}) != ofOtherPictures);
    }

    /// Results as files.
    void resultFiles() {
        const fs::path file = m_lesson.home() / "cam.safetensors";
        const ClassMap cam = m_inspector->gradCam("last", picture(4), kLayer, 6, ClassMapMethod::GradCam);
        writeSafetensors(cam, "frog", file);
        const SafetensorsReader reader(file);
        QCOMPARE(reader.entries().at("cam").shape, std::vector<std::int64_t>({4, 4}));
        QVERIFY(reader.entries().at("cam").dtype == DType::Float32);
        QVERIFY(std::memcmp(reader.read("cam").data(), cam.values.data(), cam.values.size() * sizeof(float)) == 0);
        QCOMPARE(reader.metadata().at("class"), std::string("frog"));
        const Embedding map = m_inspector->embedding("last", {}, {});
        writeSafetensors(map, *m_inspector->pictures(Split::Test), file);
        const SafetensorsReader points(file);
        QCOMPARE(points.entries().at("points").shape, std::vector<std::int64_t>({50, 2}));
        QVERIFY(points.entries().at("labels").dtype == DType::Int64 && points.entries().at("indices").dtype == DType::Int64);
    }

private:
    fs::path copyOfRun(const std::string& name) {
        fs::copy(m_config.output, m_lesson.home() / name, fs::copy_options::recursive);
        return m_lesson.home() / name;
    }
    /// Where the loop stood at the end, without the times that it took.
    static QString loopOf(const fs::path& run) {
        LoopState state = loopStateFromJson(CheckpointStore(run).load("last").loopState);
        state.epochSeconds = state.trainSeconds = state.workSeconds = 0;
        return QString::fromStdString(toJson(state));
    }

    TinyLesson m_lesson;
    RunConfig m_config;
    Events m_events;
    std::unique_ptr<Inspector> m_inspector;
};

QTEST_APPLESS_MAIN(TestInspector)
#include "tst_inspector.moc"
