// Runs that validate on held-out training pictures and keep their test split locked.
#include <QTest>

#include <algorithm>
#include <fstream>
#include <set>

#include "core/api/analysis.h"
#include "core/api/errors.h"
#include "core/api/inspector.h"
#include "core/api/runs.h"
#include "core/data/dataset.h"
#include "core/store/run_record.h"
#include "tests/support/drawn_data.h"
#include "tests/support/expect_error.h"
#include "tests/support/tiny_run.h"

using namespace thaw::core;
using namespace thaw::test;
namespace fs = std::filesystem;

namespace {

constexpr std::int64_t kPixels = 32 * 32;
constexpr int kRecord = 1 + 3 * kPixels;

DataConfig part(int trainLimit, double heldOut) {
    DataConfig data;
    data.trainLimit = trainLimit;
    data.heldOut = heldOut;
    return data;
}

std::multiset<Bytes> picturesOf(const PictureSet& set) {
    std::multiset<Bytes> all;
    for (std::int64_t i = 0; i < set.count(); ++i) all.emplace(set.picture(i), set.picture(i) + 3 * set.width * set.height);
    return all;
}

std::vector<int> countsOf(const PictureSet& set) {
    std::vector<int> counts(10);
    for (const int label : set.labels) ++counts[static_cast<std::size_t>(label)];
    return counts;
}

// Turns the chosen pictures of a CIFAR-10 file into their negatives.
void invert(const fs::path& file, const std::multiset<Bytes>* chosen) {
    Bytes content = readFile(file);
    for (std::size_t begin = 0; begin < content.size(); begin += kRecord) {
        Bytes picture;
        for (std::int64_t i = 0; i < kPixels; ++i)
            for (int c = 0; c < 3; ++c) picture.push_back(content[begin + 1 + static_cast<std::size_t>(c * kPixels + i)]);
        if (chosen && chosen->count(picture) == 0) continue;
        for (std::size_t i = begin + 1; i < begin + kRecord; ++i) content[i] = static_cast<std::uint8_t>(255 - content[i]);
    }
    writeFile(file, content);
}

RunConfig lockedConfig(const TinyLesson& lesson, const std::string& run) {
    RunConfig config = lesson.config(run);
    config.data.heldOut = 0.2;
    return config;
}

EvaluateRequest requestOf(const fs::path& run, std::optional<Split> split) {
    EvaluateRequest request;
    request.run = {run, "last"};
    request.split = split;
    request.threads = 1;
    return request;
}

std::vector<std::string> linesOf(const fs::path& run) {
    std::ifstream file(run / "events.jsonl");
    std::vector<std::string> lines;
    for (std::string line; std::getline(file, line);) lines.push_back(line);
    return lines;
}

}  // namespace

class TestTestLock : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void heldOutPicturesAreApart() {
        const TinyLesson lesson(/*trainPerClass=*/20);
        const DatasetInfo info = resolveDataset(lesson.config().data);
        for (const int limit : {0, 100, 37}) {
            for (const double share : {0.1, 0.25, 0.5}) {
                const PictureSet used = *loadSplit(info, Split::Train, part(limit, 0), 3);
                const PictureSet trained = *loadSplit(info, Split::Train, part(limit, share), 3);
                const PictureSet held = *loadSplit(info, Split::HeldOut, part(limit, share), 3);
                QCOMPARE(trained.count() + held.count(), used.count());
                std::multiset<Bytes> both = picturesOf(trained);
                both.merge(picturesOf(held));
                QVERIFY(both == picturesOf(used));  // drawn pictures differ from each other: nothing is in both
                const std::vector<int> counts = countsOf(held);
                QVERIFY(*std::max_element(counts.begin(), counts.end()) - *std::min_element(counts.begin(), counts.end()) <=
                        (limit == 37 ? 1 : 0));
                if (limit != 37)
                    QCOMPARE(counts[0], static_cast<int>(std::lround(share * static_cast<double>(used.count()) / 10)));
            }
        }
        QCOMPARE(loadSplit(info, Split::HeldOut, part(0, 0), 3)->count(), std::int64_t(0));
        QCOMPARE(loadSplit(info, Split::HeldOut, part(0, 0.1), 3)->identity.digest,
                 loadSplit(info, Split::HeldOut, part(0, 0.1), 3)->identity.digest);
        QVERIFY(loadSplit(info, Split::HeldOut, part(0, 0.1), 3)->identity.digest !=
                loadSplit(info, Split::HeldOut, part(0, 0.1), 4)->identity.digest);
    }

    // The first picture of a class that is small must stay to be trained on.
    void smallClassesKeepHalf() {
        const TinyLesson lesson;
        Bytes first = readFile(lesson.home() / "cifar" / "data_batch_1.bin");
        first.resize(kRecord * 11);
        writeFile(lesson.home() / "cifar" / "data_batch_1.bin", first);
        for (int i = 2; i <= 5; ++i)
            writeFile(lesson.home() / "cifar" / ("data_batch_" + std::to_string(i) + ".bin"),
                      Bytes(first.begin(), first.begin() + kRecord));
        const DatasetInfo info = resolveDataset(lesson.config().data);
        QCOMPARE(info.trainPerClass[0], std::int64_t(6));
        QVERIFY(countsOf(*loadSplit(info, Split::HeldOut, part(0, 0.5), 1)) == (std::vector<int>{1, 0, 0, 0, 0, 0, 0, 0, 0, 0}));
        for (const int count : countsOf(*loadSplit(info, Split::Train, part(0, 0.5), 1))) QVERIFY(count > 0);
    }

    void unseenAreTheLeftOutElseTheHeldOut() {
        const TinyLesson lesson(/*trainPerClass=*/20);
        const DatasetInfo info = resolveDataset(lesson.config().data);
        std::multiset<Bytes> all = picturesOf(*loadSplit(info, Split::Train, 0, 3));
        std::multiset<Bytes> together = picturesOf(loadUnseen(info, part(120, 0.1), 3, 1000));
        QCOMPARE(together.size(), std::size_t(80));
        together.merge(picturesOf(*loadSplit(info, Split::Train, 120, 3)));
        QVERIFY(together == all);
        QVERIFY(countsOf(loadUnseen(info, part(120, 0.1), 3, 30)) == std::vector<int>(10, 3));
        QVERIFY(picturesOf(loadUnseen(info, part(0, 0.1), 3, 1000)) ==
                picturesOf(*loadSplit(info, Split::HeldOut, part(0, 0.1), 3)));
        QCOMPARE(loadUnseen(info, part(0, 0), 3, 1000).count(), std::int64_t(0));
    }

    void settingIsCheckedAndKept() {
        const TinyLesson lesson;
        RunConfig config = lockedConfig(lesson, "run");
        QVERIFY(validate(config).empty());
        QCOMPARE(configFromJson(toJson(config)).data.heldOut, 0.2);
        QCOMPARE(configFromJson("{}").data.heldOut, 0.0);
        for (const double share : {-0.1, 0.6, std::nan("")}) {
            config.data.heldOut = share;
            QCOMPARE(validate(config).size(), std::size_t(1));
        }
    }

    // Training is bit-equal with other held-out pictures and another test split: it sees neither. Only the validation figures
    // tell the held-out pictures apart, and nothing the test split.
    void trainsOnNeitherHeldOutNorTestPictures() {
        const TinyLesson lesson;
        RunConfig config = lockedConfig(lesson, "before");
        config.phases[1].epochs = 1;
        const Events before = drive(*makeTrainer(config));
        const RunStarted started = all<RunStarted>(before)[0];
        QCOMPARE(started.trainCount, std::int64_t(80));
        QCOMPARE(started.testCount, std::int64_t(20));
        const DatasetInfo info = resolveDataset(config.data);
        const std::multiset<Bytes> held = picturesOf(*loadSplit(info, Split::HeldOut, config.data, config.seed));
        QVERIFY(picturesOf(*started.testPictures) == held);
        for (const PredictionsReady& ready : all<PredictionsReady>(before)) {
            QVERIFY(ready.predictions->split == Split::HeldOut);
            QVERIFY(ready.predictions->labels == started.testPictures->labels);
        }
        const std::vector<EpochFinished> epochs = all<EpochFinished>(before);
        QCOMPARE(epochs.size(), std::size_t(3));

        const auto again = [&](const std::string& run) {
            config.output = lesson.home() / run;
            const Events events = drive(*makeTrainer(config));
            std::vector<double> losses;
            for (const EpochFinished& epoch : all<EpochFinished>(events)) losses.push_back(epoch.valLoss);
            return losses;
        };
        const std::vector<double> losses{epochs[0].valLoss, epochs[1].valLoss, epochs[2].valLoss};
        const std::string weights = weightsDigest(lesson.home() / "before");
        QVERIFY(again("same") == losses);

        invert(lesson.home() / "cifar" / "test_batch.bin", nullptr);
        QVERIFY(again("other test split") == losses);
        QCOMPARE(weightsDigest(lesson.home() / "other test split"), weights);

        for (int i = 1; i <= 5; ++i) invert(lesson.home() / "cifar" / ("data_batch_" + std::to_string(i) + ".bin"), &held);
        QVERIFY(again("other held-out pictures") != losses);
        QCOMPARE(weightsDigest(lesson.home() / "other held-out pictures"), weights);
    }

    // A data set's own validation split does what held-out pictures do.
    void ownValidationSplitLocksTheTestSplit() {
        const TinyLesson lesson;
        const fs::path folder = lesson.home() / "shapes";
        writeImageFolder(folder, {8, 4, 1}, 3);
        fs::rename(folder / "test", folder / "valid");
        writeImageFolder(folder, {8, 5, 2}, 3);
        RunConfig config = lesson.config("own");
        config.data.dataset = "folder";
        config.data.directory = folder;
        const DatasetInfo info = resolveDataset(config.data);
        QCOMPARE(info.validationCount, std::int64_t(12));
        QCOMPARE(info.testCount, std::int64_t(15));

        const Events events = drive(*makeTrainer(config));
        const RunStarted started = all<RunStarted>(events)[0];
        QVERIFY(started.config.data.ownValidation);
        QCOMPARE(started.trainCount, std::int64_t(24));
        QCOMPARE(started.testCount, std::int64_t(12));
        QVERIFY(readTestLock(config.output).isLocked());
        DataConfig own = config.data;
        own.ownValidation = true;
        QVERIFY(picturesOf(*started.testPictures) == picturesOf(*loadSplit(info, Split::HeldOut, own, config.seed)));
        QCOMPARE(started.testPictures->identity.digest, loadSplit(info, Split::HeldOut, own, 99)->identity.digest);
        own.testLimit = 6;
        QCOMPARE(loadSplit(info, Split::HeldOut, own, 1)->count(), std::int64_t(6));
        QVERIFY(picturesOf(loadUnseen(info, started.config.data, 3, 1000)) == picturesOf(*started.testPictures));

        QVERIFY(!errorOf<DataError>([&] { evaluateRun(requestOf(config.output, Split::Test), {}); }).empty());
        const Evaluation validation = evaluateRun(requestOf(config.output, std::nullopt), {});
        QCOMPARE(validation.predictions.score, all<EpochFinished>(events).back().valScore);
        QVERIFY(openInspector(config.output)->run().judgedOn() == Split::HeldOut);
        EvaluateRequest reveal = requestOf(config.output, std::nullopt);
        reveal.reveal = true;
        QCOMPARE(evaluateRun(reveal, {}).predictions.count(), std::int64_t(15));

        // Who holds pictures out gets those; and a run of before, which knew no such split, keeps its test split.
        config.data.heldOut = 0.25;
        config.output = lesson.home() / "held";
        const RunStarted held = all<RunStarted>(drive(*makeTrainer(config)))[0];
        QVERIFY(!held.config.data.ownValidation);
        QCOMPARE(held.testCount, std::int64_t(6));
        QCOMPARE(loadSplit(info, validationSplit(DataConfig()), DataConfig(), 1)->count(), std::int64_t(15));

        config.output = lesson.home() / "own";
        fs::remove_all(folder / "valid");
        const std::string gone = errorOf<DataError>([&] { evaluateRun(requestOf(config.output, Split::HeldOut), {}); });
        QVERIFY2(gone.find("has no validation split of its own") != std::string::npos, gone.c_str());
    }

    void resumesBitExact() {
        const TinyLesson lesson;
        RunConfig config = lockedConfig(lesson, "whole");
        const std::vector<EpochFinished> expected = all<EpochFinished>(drive(*makeTrainer(config)));
        config.output = lesson.home() / "cut";
        {
            const auto trainer = makeTrainer(config);
            drive(*trainer, [](const Event& event) {
                const auto* batch = std::get_if<BatchFinished>(&event.data);
                return batch && batch->step == 8;  // five batches an epoch
            });
            trainer->apply({0, Stop{}});
            drive(*trainer);
        }
        revealTest(config.output);
        const Events rest = drive(*resumeTrainer(config.output));
        QVERIFY2(all<RunStarted>(rest)[0].bitExact, all<RunStarted>(rest)[0].bitExactReason.c_str());
        QCOMPARE(weightsDigest(config.output), weightsDigest(lesson.home() / "whole"));
        const RunHistory history = readRun(config.output);
        QCOMPARE(history.epochs.size(), expected.size());
        for (std::size_t i = 0; i < expected.size(); ++i) QCOMPARE(history.epochs[i].valLoss, expected[i].valLoss);
        QCOMPARE(history.summary.testLock.reveals, 1);  // who has seen the test split has seen it
    }

    void figuresStayHiddenUntilRevealed() {
        const TinyLesson lesson;
        const RunConfig config = lockedConfig(lesson, "run");
        const std::vector<EpochFinished> epochs = all<EpochFinished>(drive(*makeTrainer(config)));
        const fs::path run = config.output;

        QVERIFY(readTestLock(run).isLocked());
        const std::string refusal = errorOf<DataError>([&] { evaluateRun(requestOf(run, Split::Test), {}); });
        QVERIFY2(refusal.find("locked") != std::string::npos && refusal.find("--reveal") != std::string::npos, refusal.c_str());
        ExtractRequest extract;
        extract.run = {run, "last"};
        extract.layer = "block5_pool";
        extract.split = Split::Test;
        extract.output = lesson.home() / "features.safetensors";
        QVERIFY(!errorOf<DataError>([&] { extractFeatures(extract, {}); }).empty());
        QVERIFY(!fs::exists(extract.output));

        for (const std::optional<Split> split : {std::optional<Split>(), std::optional<Split>(Split::HeldOut)}) {
            const Evaluation validation = evaluateRun(requestOf(run, split), {});
            QVERIFY(validation.predictions.split == Split::HeldOut);
            QCOMPARE(validation.predictions.count(), std::int64_t(20));
            QCOMPARE(validation.predictions.score, epochs.back().valScore);
            QVERIFY(std::abs(validation.predictions.loss - epochs.back().valLoss) < 1e-5);
            QCOMPARE(validation.testReveals, 0);
        }
        QCOMPARE(evaluateRun(requestOf(run, Split::Train), {}).predictions.count(), std::int64_t(80));

        const auto locked = openInspector(run);
        QVERIFY(locked->run().testLock.isLocked() && locked->run().judgedOn() == Split::HeldOut);
        QCOMPARE(locked->pictures(Split::Test)->count(), std::int64_t(20));
        QVERIFY(locked->predictions("last", Split::Test, {})->split == Split::HeldOut);
        QVERIFY(picturesOf(*locked->pictures(Split::Test)) == picturesOf(*locked->pictures(Split::HeldOut)));

        // A checkpoint that is not there costs no look.
        EvaluateRequest reveal = requestOf(run, std::nullopt);
        reveal.reveal = true;
        reveal.run.checkpoint = "epoch:99";
        QVERIFY(!errorOf<StoreError>([&] { evaluateRun(reveal, {}); }).empty());
        QVERIFY(readTestLock(run).isLocked());
        reveal.run.checkpoint = "last";
        const Evaluation test = evaluateRun(reveal, {});
        QVERIFY(test.predictions.split == Split::Test);
        QCOMPARE(test.predictions.count(), std::int64_t(50));
        QCOMPARE(test.testReveals, 1);

        QVERIFY(!readTestLock(run).isLocked());
        QVERIFY(evaluateRun(requestOf(run, std::nullopt), {}).predictions.split == Split::Test);
        QVERIFY(evaluateRun(requestOf(run, Split::HeldOut), {}).predictions.split == Split::HeldOut);
        const auto open = openInspector(run);
        QCOMPARE(open->run().testLock.reveals, 1);
        QCOMPARE(open->pictures(Split::Test)->count(), std::int64_t(50));
        QVERIFY(open->predictions("last", Split::Test, {})->probabilities == test.predictions.probabilities);
        QCOMPARE(open->pictures(Split::HeldOut)->count(), std::int64_t(20));
        QCOMPARE(open->predictions("last", Split::HeldOut, {})->count(), std::int64_t(20));
        QCOMPARE(revealTest(run), 2);
        QCOMPARE(readRun(run).summary.testLock.reveals, 2);
    }

    void theSplitThatIsMeant() {
        const TestLock none, locked{true, 0}, open{true, 1};
        QVERIFY(chosenSplit({}, none) == Split::Test && chosenSplit({}, open) == Split::Test);
        QVERIFY(chosenSplit({}, locked) == Split::HeldOut && chosenSplit(Split::HeldOut, locked) == Split::HeldOut);
        QVERIFY(chosenSplit(Split::Test, open) == Split::Test && chosenSplit(Split::HeldOut, open) == Split::HeldOut);
        for (const TestLock& lock : {none, locked, open}) QVERIFY(chosenSplit(Split::Train, lock) == Split::Train);
        QVERIFY(!errorOf<DataError>([&] { chosenSplit(Split::Test, locked); }).empty());
        QVERIFY(!errorOf<ConfigError>([&] { chosenSplit(Split::HeldOut, none); }).empty());
    }

    // Foreign pictures are refused, also where a limit or a revealed test split has no digest of its own.
    void picturesAreTheRunsOwn() {
        const TinyLesson lesson;
        RunConfig config = lesson.config("plain");
        config.phases.resize(1);
        config.data.testLimit = 30;
        drive(*makeTrainer(config));
        RunConfig locked = lockedConfig(lesson, "locked");
        locked.phases.resize(1);
        drive(*makeTrainer(locked));
        revealTest(locked.output);

        EvaluateRequest request = requestOf(config.output, Split::Test);
        request.data.directory = config.data.directory;
        QVERIFY(evaluateRun(request, {}).ownData);
        request.data.testLimit = 20;
        QVERIFY(evaluateRun(request, {}).ownData);
        request.data.testLimit = 50;  // more than the run ever saw
        const Evaluation more = evaluateRun(request, {});
        QVERIFY(!more.ownData);
        QCOMPARE(more.predictions.count(), std::int64_t(50));
        request.split = Split::Train;
        QVERIFY(!errorOf<ConfigError>([&] { evaluateRun(request, {}); }).empty());
        EvaluateRequest revealed = requestOf(locked.output, Split::Test);
        QVERIFY(!evaluateRun(revealed, {}).ownData);
        revealed.split = Split::HeldOut;
        QVERIFY(evaluateRun(revealed, {}).ownData);
        revealed.data.testLimit = 5;
        QVERIFY(errorOf<ConfigError>([&] { evaluateRun(revealed, {}); }).find("whole") != std::string::npos);

        DrawnSizes sizes;
        sizes.seed = 9;
        writeCifar10Folder(lesson.home() / "foreign", sizes);
        for (const auto& [run, split, limit] :
             {std::tuple(config.output, Split::Test, 0), std::tuple(config.output, Split::Test, 20),
              std::tuple(config.output, Split::Test, 50), std::tuple(config.output, Split::Train, 0),
              std::tuple(locked.output, Split::Test, 0)}) {
            EvaluateRequest foreign = requestOf(run, split);
            foreign.data.directory = lesson.home() / "foreign";
            foreign.data.testLimit = limit;
            const std::string said = errorOf<DataError>([&] { evaluateRun(foreign, {}); });
            QVERIFY2(said.find("other pictures") != std::string::npos, said.c_str());
        }
    }

    void ordinaryRunsHaveNoLock() {
        const TinyLesson lesson;
        const RunConfig config = lesson.config();
        drive(*makeTrainer(config));
        QVERIFY(!readTestLock(config.output).validatesOnHeldOut);
        QVERIFY(errorOf<ConfigError>([&] { revealTest(config.output); }).find("not locked") != std::string::npos);
        QVERIFY(errorOf<ConfigError>([&] { evaluateRun(requestOf(config.output, Split::HeldOut), {}); }).find("held out") !=
                std::string::npos);
        QVERIFY(openInspector(config.output)->run().judgedOn() == Split::Test);
        QVERIFY(!errorOf<StoreError>([&] { revealTest(lesson.home() / "nothing"); }).empty());
    }

    // A run is revealed while it trains: neither writer cuts the other's lines.
    void revealsBesideAWriter() {
        const TinyLesson lesson;
        RunManifest manifest;
        manifest.config = lockedConfig(lesson, "beside");
        RunRecord record = RunRecord::create(manifest);
        const fs::path run = record.directory();
        const Event notice{"run", 1, Notice{"a line of the training", false}};
        record.append(notice);
        QCOMPARE(revealTest(run), 1);
        std::ofstream(run / "events.jsonl", std::ios::app) << "{\"event\":\"torn";
        record.append(notice);
        QCOMPARE(revealTest(run), 2);
        record.append(notice);
        const std::vector<std::string> lines = linesOf(run);
        QCOMPARE(lines.size(), std::size_t(5));
        for (const std::string& line : lines) QVERIFY2(line.front() == '{' && line.back() == '}', line.c_str());
        QVERIFY(lines[1].find("\"test_revealed\"") != std::string::npos && lines[1].find("\"count\":1") != std::string::npos);
        record.truncateAfter(0, 0);
        QCOMPARE(readTestLock(run).reveals, 2);
        record.append(notice);
        QCOMPARE(revealTest(run), 3);
    }
};

QTEST_GUILESS_MAIN(TestTestLock)
#include "tst_test_lock.moc"
