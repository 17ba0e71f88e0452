#include <QtTest>

#include <sys/resource.h>
#include <sys/wait.h>

#include <csignal>
#include <fstream>
#include <future>
#include <mutex>
#include <set>
#include <thread>

#include "core/api/errors.h"
#include "core/store/atomic_file.h"
#include "core/store/checkpoint.h"
#include "core/store/paths.h"
#include "core/store/run_lock.h"
#include "core/store/run_record.h"
#include "core/util/process.h"
#include "tests/support/expect_error.h"
#include "tests/support/syscall_faults.h"
#include "tests/support/temporary_home.h"

using namespace thaw::core;
using thaw::test::errorOf;
using thaw::test::FaultAction;
using thaw::test::Faults;
using thaw::test::TemporaryHome;
namespace fs = std::filesystem;

namespace {

RunManifest aManifest() {
    RunManifest manifest;
    manifest.config.preset = "lesson";
    manifest.config.title = "The lesson";
    manifest.config.phases.resize(2);
    manifest.config.phases[0].epochs = 2;
    manifest.datasetId = "fashion-mnist";
    manifest.datasetTitle = "Fashion-MNIST";
    manifest.trainDigest = "t1";
    manifest.testDigest = "t2";
    manifest.classNames = {"boot", "bag"};
    manifest.weightsTitle = "VGG16";
    manifest.weightsDigest = "w";
    manifest.machine = "two cores";
    manifest.thawVersion = "0.1.0";
    manifest.libtorchVersion = "1.13";
    manifest.fingerprint = "f";
    return manifest;
}

Event epoch(int number, std::int64_t step, double accuracy) {
    EpochFinished data;
    data.epoch = number;
    data.step = step;
    data.trainLoss = 1.0 / number;
    data.valScore = accuracy;
    data.best = accuracy >= 0.5;
    return {"run", 1000.0 + number, data};
}

Event milestone(EventData data) { return {"run", 1, std::move(data)}; }

CheckpointSaved checkpointSaved(std::int64_t step, int epochs) {
    CheckpointSaved saved;
    saved.step = step;
    saved.epoch = epochs;
    return saved;
}

PhaseStarted phase(int index, int firstEpoch) {
    PhaseStarted started;
    started.phase = index;
    started.firstEpoch = firstEpoch;
    return started;
}

void saveCheckpoint(const fs::path& run) {
    const float value = 1;
    Checkpoint checkpoint;
    checkpoint.name = "step-000000010";
    checkpoint.step = 10;
    checkpoint.model["a"] = {DType::Float32, {1}, &value, {}};
    CheckpointStore(run).save(checkpoint, true, false);
}

QStringList eventNames(const fs::path& run) {
    QStringList names;
    const QByteArray text = QByteArray::fromStdString(readSmallFile(run / "events.jsonl"));
    for (const QByteArray& line : text.split('\n')) {
        const QByteArray rest = line.mid(line.indexOf("\"event\":\"") + 9);
        if (!line.isEmpty()) names << QString::fromUtf8(rest.left(rest.indexOf('"')));
    }
    return names;
}

/// A child that holds a run and writes to it until it is killed.
class Holder {
public:
    explicit Holder(const fs::path& run) {
        int ready[2];
        if (pipe(ready) != 0) return;
        m_pid = fork();
        if (m_pid == 0) {
            RunRecord record = RunRecord::open(run);
            if (::write(ready[1], "x", 1) != 1) _exit(1);
            for (;;) pause();
        }
        char byte = 0;
        ::close(ready[1]);
        if (::read(ready[0], &byte, 1) != 1) m_pid = -1;
        ::close(ready[0]);
    }
    ~Holder() { kill(); }
    pid_t pid() const { return m_pid; }
    void kill() {
        if (m_pid <= 0) return;
        ::kill(m_pid, SIGKILL);
        int status = 0;
        waitpid(m_pid, &status, 0);
        m_pid = -1;
    }

private:
    pid_t m_pid = -1;
};

}  // namespace

class TestRunRecord : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { std::signal(SIGXFSZ, SIG_IGN); }

    void createsAFolderOfItsOwn() {
        const TemporaryHome home;
        fs::path first, second;
        {
            const RunRecord a = RunRecord::create(aManifest());
            const RunRecord b = RunRecord::create(aManifest());
            first = a.directory();
            second = b.directory();
            QCOMPARE(a.manifest().number, 1);
            QCOMPARE(b.manifest().number, 2);
            QVERIFY(fs::exists(first / "run.lock"));
        }
        QVERIFY(first != second && first.parent_path() == runsFolder());
        QVERIFY(QString::fromStdString(first.filename().string()).endsWith("-lesson"));
        QVERIFY(!fs::exists(first / "run.lock"));
        deleteRun(first);
        QCOMPARE(RunRecord::create(aManifest()).manifest().number, 3);
    }

    void manifestRoundTrip() {
        const TemporaryHome home;
        const fs::path run = RunRecord::create(aManifest()).directory();
        const RunManifest read = readManifest(run);
        const RunManifest expected = aManifest();
        QCOMPARE(read.datasetId, expected.datasetId);
        QCOMPARE(read.trainDigest, expected.trainDigest);
        QCOMPARE(read.testDigest, expected.testDigest);
        QCOMPARE(read.classNames, expected.classNames);
        QCOMPARE(read.weightsTitle, expected.weightsTitle);
        QCOMPARE(read.weightsDigest, expected.weightsDigest);
        QCOMPARE(read.machine, expected.machine);
        QCOMPARE(read.libtorchVersion, expected.libtorchVersion);
        QCOMPARE(read.fingerprint, expected.fingerprint);
        QCOMPARE(read.config.output, run);
        QCOMPARE(read.config.phases.size(), std::size_t(2));
        QVERIFY(read.createdAt > 1.7e9);
        RunRecord record = RunRecord::open(run);
        RunManifest changed = record.manifest();
        changed.fingerprint = "other";
        record.updateManifest(changed);
        QCOMPARE(readManifest(run).fingerprint, std::string("other"));
    }

    void choosesOnlyFreshFolders() {
        const TemporaryHome home;
        RunManifest manifest = aManifest();
        manifest.config.output = home / "runs/mine/";
        QCOMPARE(RunRecord::create(manifest).directory(), home / "runs/mine");
        QVERIFY_EXCEPTION_THROWN(RunRecord::create(manifest), StoreError);
        fs::create_directories(home / "full");
        std::ofstream(home / "full/thesis.txt") << 'x';
        manifest.config.output = home / "full";
        QVERIFY_EXCEPTION_THROWN(RunRecord::create(manifest), StoreError);
        QVERIFY(fs::exists(home / "full/thesis.txt"));
        fs::create_directories(home / "empty");
        manifest.config.output = home / "empty";
        RunRecord::create(manifest);
        QCOMPARE(listRuns(home.path()).size(), std::size_t(1));
    }

    void eventsAreWholeLines() {
        const TemporaryHome home;
        RunRecord record = RunRecord::create(aManifest());
        record.append(milestone(phase(0, 1)));
        record.append(milestone(BatchFinished()));  // not a milestone
        record.append(epoch(1, 10, 0.5));
        QCOMPARE(eventNames(record.directory()), QStringList({"phase_started", "epoch_finished"}));
    }

    void tornLinesAreCutAtEveryByte() {
        const TemporaryHome home;
        fs::path run;
        {
            RunRecord record = RunRecord::create(aManifest());
            run = record.directory();
            for (int i = 1; i <= 3; ++i) record.append(epoch(i, 10 * i, 0.1 * i));
        }
        const std::string whole = readSmallFile(run / "events.jsonl");
        for (std::size_t length = 0; length <= whole.size(); ++length) {
            std::ofstream(run / "events.jsonl", std::ios::binary | std::ios::trunc) << whole.substr(0, length);
            const std::size_t lines =
                static_cast<std::size_t>(std::count(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length), '\n'));
            QCOMPARE(readRun(run).epochs.size(), lines);
            RunRecord record = RunRecord::open(run);
            record.append(epoch(9, 90, 0.9));
            const RunHistory history = readRun(run);
            QCOMPARE(history.epochs.size(), lines + 1);
            QCOMPARE(history.epochs.back().epoch, 9);
        }
    }

    void damagedLinesAreLeftOut() {
        const TemporaryHome home;
        RunRecord record = RunRecord::create(aManifest());
        record.append(epoch(1, 10, 0.5));
        std::ofstream(record.directory() / "events.jsonl", std::ios::app)
            << "{\"event\":\n[1]\nnull\n\n{\"event\":5,\"epoch\":\"x\"}\n";
        RunRecord again = std::move(record);
        QCOMPARE(readRun(again.directory()).epochs.size(), std::size_t(1));
    }

    void fullDiskLeavesWholeLines() {
        const TemporaryHome home;
        RunRecord record = RunRecord::create(aManifest());
        record.append(epoch(1, 10, 0.5));
        rlimit limit{};
        getrlimit(RLIMIT_FSIZE, &limit);
        rlimit low = limit;
        low.rlim_cur = fs::file_size(record.directory() / "events.jsonl") + 20;
        setrlimit(RLIMIT_FSIZE, &low);
        bool failed = false;
        try {
            record.append(epoch(2, 20, 0.6));
        } catch (const StoreError& error) {
            failed = QString(error.what()).contains("events.jsonl");
        }
        setrlimit(RLIMIT_FSIZE, &limit);
        QVERIFY(failed);
        QCOMPARE(readRun(record.directory()).epochs.size(), std::size_t(1));
        record.append(epoch(2, 20, 0.6));
        QCOMPARE(eventNames(record.directory()), QStringList({"epoch_finished", "epoch_finished"}));
    }

    void historyHasWhatTheCurvesNeed() {
        const TemporaryHome home;
        RunRecord record = RunRecord::create(aManifest());
        PhaseStarted started = phase(0, 1);
        started.title = "Feature extraction";
        started.epochs = 2;
        started.learningRate = 1e-4;
        started.trainable = {false, true};
        record.append(milestone(RunStarted()));
        record.append(milestone(started));
        LayersChanged layers;
        layers.origin = Origin::Hand;  // of a command that wants no answer
        layers.revision = 3;
        layers.step = 7;
        layers.epochPosition = 0.7;
        layers.trainable = {true, true};
        layers.thawed = {"block5_conv1"};
        record.append(milestone(layers));
        record.append(milestone(LearningRateChanged{Origin::Plan, 0, 8, 0.8, 1e-4, 5e-5}));
        record.append(milestone(Paused{Origin::Hand, 1, 9, 0.9}));
        record.append(milestone(Resumed{Origin::Hand, 1, 9, 0.9, 12.5}));
        record.append(epoch(1, 10, 0.5));
        record.append(epoch(2, 20, 0.4));
        const RunHistory history = readRun(record.directory());
        QCOMPARE(history.events.size(), std::size_t(5));
        const auto& readPhase = std::get<PhaseStarted>(history.events[0].data);
        QCOMPARE(readPhase.title, std::string("Feature extraction"));
        QCOMPARE(readPhase.learningRate, 1e-4);
        QVERIFY(readPhase.trainable == started.trainable);
        const auto& readLayers = std::get<LayersChanged>(history.events[1].data);
        QVERIFY(readLayers.origin == Origin::Hand);
        QCOMPARE(readLayers.revision, std::uint64_t(3));
        QCOMPARE(readLayers.step, std::int64_t(7));
        QCOMPARE(readLayers.epochPosition, 0.7);
        QCOMPARE(readLayers.thawed, std::vector<std::string>{"block5_conv1"});
        const auto& readRate = std::get<LearningRateChanged>(history.events[2].data);
        QVERIFY(readRate.origin == Origin::Plan);
        QCOMPARE(readRate.after, 5e-5);
        QCOMPARE(std::get<Resumed>(history.events[4].data).pausedSeconds, 12.5);
        QCOMPARE(history.epochs[0].trainLoss, 1.0);
        const RunSummary& summary = history.summary;
        QCOMPARE(summary.epochs, 2);
        QCOMPARE(summary.plannedEpochs, 3);
        QCOMPARE(summary.bestScore, 0.5);
        QCOMPARE(summary.bestEpoch, 1);
        QCOMPARE(summary.scores, (std::vector<double>{0.5, 0.4}));
        QCOMPARE(summary.dataset, std::string("Fashion-MNIST"));
        QCOMPARE(summary.number, 1);
        QVERIFY(summary.status == RunStatus::Running);  // this process holds it
    }

    void recordsOfEarlierVersionsTellPlanFromHand() {
        const TemporaryHome home;
        RunRecord record = RunRecord::create(aManifest());
        std::ofstream(record.directory() / "events.jsonl", std::ios::app)
            << R"({"event":"layers_changed","revision":1,"by_plan":false})"
               "\n"
            << R"({"event":"layers_changed","revision":2,"by_plan":true})"
               "\n"
            << R"({"event":"learning_rate_changed","by_plan":true,"before":1,"after":2})"
               "\n"
            << R"({"event":"learning_rate_changed","by_plan":false,"before":1,"after":2})"
               "\n"
            << R"({"event":"paused","step":3})"
               "\n"
            << R"({"event":"resumed","step":3})"
               "\n";
        const std::vector<Event> events = readRun(record.directory()).events;
        QCOMPARE(events.size(), std::size_t(6));
        QVERIFY(std::get<LayersChanged>(events[0].data).origin == Origin::Hand);
        QVERIFY(std::get<LayersChanged>(events[1].data).origin == Origin::Plan);
        QVERIFY(std::get<LearningRateChanged>(events[2].data).origin == Origin::Plan);
        QVERIFY(std::get<LearningRateChanged>(events[3].data).origin == Origin::Hand);
        QVERIFY(std::get<Paused>(events[4].data).origin == Origin::Hand);
        QVERIFY(std::get<Resumed>(events[5].data).origin == Origin::Hand);
    }

    void truncatesWhatWillBeTrainedAgain() {
        const TemporaryHome home;
        RunRecord record = RunRecord::create(aManifest());
        const fs::path run = record.directory();
        record.append(milestone(RunStarted()));
        record.append(milestone(phase(0, 1)));
        record.append(epoch(1, 10, 0.5));
        record.append(milestone(checkpointSaved(10, 1)));
        record.append(epoch(2, 20, 0.6));
        record.append(milestone(checkpointSaved(20, 2)));
        record.append(milestone(phase(1, 3)));
        record.append(milestone(LearningRateChanged{Origin::Plan, 0, 20, 2, 1e-4, 1e-5}));
        record.append(milestone(checkpointSaved(25, 2)));
        record.append(epoch(3, 30, 0.7));
        record.append(milestone(RunFinished()));

        record.truncateAfter(25, 2);
        QCOMPARE(eventNames(run),
                 QStringList({"run_started", "phase_started", "epoch_finished", "checkpoint_saved", "epoch_finished",
                              "checkpoint_saved", "phase_started", "learning_rate_changed", "checkpoint_saved"}));
        record.truncateAfter(20, 2);  // the phase's start comes again
        QCOMPARE(eventNames(run), QStringList({"run_started", "phase_started", "epoch_finished", "checkpoint_saved",
                                               "epoch_finished", "checkpoint_saved"}));
        record.append(epoch(3, 31, 0.7));
        QCOMPARE(readRun(run).epochs.size(), std::size_t(3));
        record.truncateAfter(10, 1);
        QCOMPARE(readRun(run).epochs.size(), std::size_t(1));
        record.truncateAfter(0, 0);
        QCOMPARE(eventNames(run), QStringList({"run_started", "phase_started"}));
    }

    void truncatesWithoutTheCheckpointsLine() {
        const TemporaryHome home;
        RunRecord record = RunRecord::create(aManifest());
        record.append(milestone(RunStarted()));
        record.append(milestone(phase(0, 1)));
        record.append(epoch(1, 10, 0.5));
        record.append(milestone(Paused{Origin::Hand, 0, 12, 1.2}));  // killed between the checkpoint and its line
        record.truncateAfter(12, 1);
        QCOMPARE(eventNames(record.directory()), QStringList({"run_started", "phase_started", "epoch_finished", "paused"}));
        record.append(milestone(RunFailed()));
        record.truncateAfter(12, 1);
        QCOMPARE(eventNames(record.directory()), QStringList({"run_started", "phase_started", "epoch_finished", "paused"}));
        record.truncateAfter(11, 1);
        QCOMPARE(eventNames(record.directory()), QStringList({"run_started", "phase_started", "epoch_finished"}));
    }

    void aRevealIsNotLostWhileTheRecordIsRewritten() {
        const TemporaryHome home;
        RunManifest manifest = aManifest();
        manifest.config.data.heldOut = 0.1;
        RunRecord record = RunRecord::create(manifest);
        const fs::path run = record.directory();
        record.append(epoch(1, 10, 0.5));
        record.append(milestone(checkpointSaved(10, 1)));
        record.append(epoch(2, 20, 0.6));

        // The test split is opened after the lines were read and before the new file takes the old one's place.
        std::promise<void> otherIsDoneOrWaits;
        std::once_flag told;
        const auto tell = [&] { std::call_once(told, [&] { otherIsDoneOrWaits.set_value(); }); };
        std::thread other;
        int count = 0;
        Faults::instance().beforeWaiting = tell;
        Faults::instance().beforeRename = [&](const std::string& to) {
            if (to != run / "events.jsonl" || other.joinable()) return;
            other = std::thread([&] {
                count = revealTest(run);
                tell();
            });
            otherIsDoneOrWaits.get_future().wait();
        };
        record.truncateAfter(10, 1);
        other.join();
        Faults::instance().disarm();
        QCOMPARE(count, 1);
        QCOMPARE(readTestLock(run).reveals, 1);
        QCOMPARE(readRun(run).epochs.size(), std::size_t(1));
        record.append(epoch(2, 21, 0.7));
        QCOMPARE(eventNames(run), QStringList({"epoch_finished", "checkpoint_saved", "test_revealed", "epoch_finished"}));
    }

    void revealsAreCountedOneByOne() {
        const TemporaryHome home;
        RunManifest manifest = aManifest();
        manifest.config.data.heldOut = 0.1;
        const fs::path run = RunRecord::create(manifest).directory();
        std::set<int> counts;
        std::mutex mutex;
        std::vector<std::thread> threads;
        for (int i = 0; i < 4; ++i)
            threads.emplace_back([&] {
                for (int j = 0; j < 25; ++j) {
                    const int count = revealTest(run);
                    const std::lock_guard lock(mutex);
                    counts.insert(count);
                }
            });
        for (std::thread& thread : threads) thread.join();
        QCOMPARE(counts.size(), std::size_t(100));
        QCOMPARE(*counts.rbegin(), 100);
        QCOMPARE(readTestLock(run).reveals, 100);
    }

    void aRunCanBeRenamed() {
        const TemporaryHome home;
        RunRecord record = RunRecord::create(aManifest());
        const fs::path run = record.directory();
        const std::string manifest = readSmallFile(run / "run.json");
        QCOMPARE(readRun(run).summary.title, std::string("The lesson"));
        QVERIFY(!readRun(run).summary.named);

        renameRun(run, "  with \x1b[31mflip ", "first line\nsecond");
        RunSummary summary = listRuns().front();
        QCOMPARE(summary.title, std::string("with  [31mflip"));
        QCOMPARE(summary.note, std::string("first line\nsecond"));
        QVERIFY(summary.named);
        QCOMPARE(readSmallFile(run / "run.json"), manifest);  // the record itself is what it was

        renameRun(run / "", "");
        summary = readRun(run).summary;
        QCOMPARE(summary.title, std::string("The lesson"));
        QVERIFY(summary.note.empty() && !summary.named);

        QVERIFY_EXCEPTION_THROWN(renameRun(run, std::string(201, 'x')), ConfigError);
        QVERIFY_EXCEPTION_THROWN(renameRun(run, "x", std::string(20'001, 'x')), ConfigError);
        QVERIFY_EXCEPTION_THROWN(renameRun(home.path(), "x"), StoreError);
        std::ofstream(run / "label.json") << "{ torn";
        QCOMPARE(readRun(run).summary.title, std::string("The lesson"));
        deleteRun((record = RunRecord::create(aManifest()), run));
        QVERIFY(!fs::exists(run));
    }

    void runsAreComparableOnTheSamePictures() {
        const TemporaryHome home;
        const auto summaryOf = [](const RunManifest& manifest) {
            return readRun(RunRecord::create(manifest).directory()).summary;
        };
        const RunSummary first = summaryOf(aManifest());
        QVERIFY(first.isComparableTo(summaryOf(aManifest())));
        RunManifest other = aManifest();
        other.classNames = {"bag", "boot"};
        QVERIFY(!first.isComparableTo(summaryOf(other)));
        other = aManifest();
        other.testDigest = "t3";
        QVERIFY(!first.isComparableTo(summaryOf(other)));
        other.testDigest = "";  // an early record does not say
        QVERIFY(first.isComparableTo(summaryOf(other)));
        other = aManifest();
        other.config.data.heldOut = 0.1;
        QVERIFY(!first.isComparableTo(summaryOf(other)));
        other = aManifest();
        other.testDigest = "the same files at another size";
        other.testOrigin = "/pictures test 1";
        RunManifest large = other;
        large.testDigest = "large";
        QVERIFY(summaryOf(other).isComparableTo(summaryOf(large)));
    }

    void notesAreKept() {
        const TemporaryHome home;
        RunManifest manifest = aManifest();
        manifest.notes = {{"3 pictures were left out.", true}, {"One picture in ten is held back.", false}};
        manifest.dataLocation = "/data/pictures";
        manifest.leftOut = {{"/data/pictures/a.txt", "is not a picture"}};
        manifest.trainPerClass = {3, 4};
        manifest.testPerClass = {1, 2};
        const fs::path run = RunRecord::create(manifest).directory();
        const RunManifest read = readManifest(run);
        QCOMPARE(read.notes.size(), std::size_t(2));
        QVERIFY(read.notes[0].warning && !read.notes[1].warning);
        QCOMPARE(read.notes[0].text, std::string("3 pictures were left out."));
        QCOMPARE(read.dataLocation, fs::path("/data/pictures"));
        QCOMPARE(read.leftOut.size(), std::size_t(1));
        QCOMPARE(read.leftOut[0].file, fs::path("/data/pictures/a.txt"));
        QCOMPARE(read.leftOut[0].reason, std::string("is not a picture"));
        QCOMPARE(read.trainPerClass, (std::vector<std::int64_t>{3, 4}));
        QCOMPARE(read.testPerClass, (std::vector<std::int64_t>{1, 2}));
        QCOMPARE(readRun(run).notes.size(), std::size_t(2));
    }

    void whatIsNotSavedIsToldWithItsRun() {
        const TemporaryHome home;
        RunRecord record = RunRecord::create(aManifest());
        RunFinished end;
        end.reason = "completed";
        end.notSaved = "The model after epoch 4 is not saved.";
        record.append(milestone(end));
        QCOMPARE(readRun(record.directory()).summary.notSaved, end.notSaved);
        record.append(milestone(RunStarted()));
        QVERIFY(readRun(record.directory()).summary.notSaved.empty());
    }

    void oneWriterARun() {
        const TemporaryHome home;
        const fs::path run = RunRecord::create(aManifest()).directory();
        Holder holder(run);
        QVERIFY(holder.pid() > 0);
        QCOMPARE(RunLock::holder(run), holder.pid());
        QVERIFY(listRuns().front().status == RunStatus::Running);
        QVERIFY(!listRuns().front().resumable);
        try {
            RunRecord::open(run);
            QFAIL("no error");
        } catch (const StoreError& error) {
            QVERIFY2(QString(error.what()).contains("process " + QString::number(holder.pid())), error.what());
        }
        QVERIFY_EXCEPTION_THROWN(deleteRun(run), StoreError);
        holder.kill();
        QVERIFY(fs::exists(run / "run.lock"));  // left behind, and without meaning
        QCOMPARE(RunLock::holder(run), 0);
        QVERIFY(listRuns().front().status == RunStatus::Interrupted);
        const RunRecord record = RunRecord::open(run);
        try {
            RunRecord::open(run);
            QFAIL("no error");
        } catch (const StoreError& error) {
            QVERIFY2(QString(error.what()).contains("this program"), error.what());
        }
    }

    void aReusedPidHoldsNothing() {
        const TemporaryHome home;
        const fs::path run = RunRecord::create(aManifest()).directory();
        const pid_t parent = getppid();
        const auto claim = [&](std::int64_t start, const std::string& boot) {
            std::ofstream(run / "run.lock") << "{\"pid\":" << parent << ",\"start\":" << start << ",\"boot\":\"" << boot << "\"}";
        };
        claim(processStart(parent) + 1, bootId());
        QCOMPARE(RunLock::holder(run), 0);
        claim(processStart(parent), "another-boot");
        QCOMPARE(RunLock::holder(run), 0);
        if (processStart(parent) < 0) QSKIP("the parent process cannot be seen here");
        claim(processStart(parent), bootId());  // a file system without locks: the text alone counts
        QCOMPARE(RunLock::holder(run), parent);
        QVERIFY_EXCEPTION_THROWN(RunRecord::open(run), StoreError);
    }

    void statusOfARun() {
        const TemporaryHome home;
        const auto statusAfter = [](std::vector<EventData> data) {
            fs::path run;
            {
                RunRecord record = RunRecord::create(aManifest());
                run = record.directory();
                for (EventData& item : data) record.append(milestone(std::move(item)));
            }
            return readRun(run).summary.status;
        };
        RunFinished completed, stopped;
        completed.reason = "completed";
        stopped.reason = "stopped";
        QCOMPARE(toString(statusAfter({RunStarted()})), std::string("interrupted"));
        QCOMPARE(toString(statusAfter({RunStarted(), completed})), std::string("finished"));
        QCOMPARE(toString(statusAfter({RunStarted(), stopped})), std::string("stopped"));
        QCOMPARE(toString(statusAfter({RunStarted(), RunFailed()})), std::string("failed"));
        QCOMPARE(toString(statusAfter({RunStarted(), stopped, RunStarted()})), std::string("interrupted"));
    }

    void resumableNeedsACheckpointAndNoEnd() {
        const TemporaryHome home;
        fs::path run;
        {
            RunRecord record = RunRecord::create(aManifest());
            run = record.directory();
            record.append(milestone(RunStarted()));
        }
        QVERIFY(!readRun(run).summary.resumable);
        saveCheckpoint(run);
        QVERIFY(readRun(run).summary.resumable);
        {
            RunRecord record = RunRecord::open(run);
            RunFinished finished;
            finished.reason = "completed";
            record.append(milestone(finished));
        }
        QVERIFY(!readRun(run).summary.resumable);
    }

    void listsNewestFirstAndSurvivesBadOnes() {
        const TemporaryHome home;
        for (const double time : {2000.0, 3000.0, 1000.0}) {
            RunManifest manifest = aManifest();
            manifest.createdAt = time;
            RunRecord::create(manifest);
        }
        fs::create_directories(runsFolder() / "broken");
        std::ofstream(runsFolder() / "broken/run.json") << "{\"format\": 1";
        fs::create_directories(runsFolder() / "future");
        std::ofstream(runsFolder() / "future/run.json") << "{\"format\": 99}";
        fs::create_directories(runsFolder() / "not a run");
        const std::vector<RunSummary> runs = listRuns();
        QCOMPARE(runs.size(), std::size_t(5));
        QCOMPARE(runs[0].startedAt, 3000.0);
        QCOMPARE(runs[2].startedAt, 1000.0);
        for (const RunSummary& run : runs) QCOMPARE(run.problem.empty(), run.startedAt > 0);
        QVERIFY_EXCEPTION_THROWN(readRun(runsFolder() / "broken"), StoreError);
        QVERIFY_EXCEPTION_THROWN(readRun(runsFolder() / "missing"), StoreError);
        QVERIFY(listRuns(home / "nowhere").empty());
    }

    void damagedRecordsAreErrors() {
        const TemporaryHome home;
        const fs::path run = RunRecord::create(aManifest()).directory();
        const std::string whole = readSmallFile(run / "run.json");
        for (std::size_t length = 0; length + 2 < whole.size(); length += 3) {
            std::ofstream(run / "run.json", std::ios::trunc) << whole.substr(0, length);
            QVERIFY(errorOf<StoreError>([&] { readManifest(run); }).find("it is not the whole text") != std::string::npos);
        }
        QVERIFY(errorOf<StoreError>([&] { readManifest(home / "nothing"); }).find("is not a run's folder") != std::string::npos);
        for (std::size_t i = 0; i < whole.size(); ++i) {
            std::string flipped = whole;
            flipped[i] = '\xFF';
            std::ofstream(run / "run.json", std::ios::trunc) << flipped;
            try {
                readManifest(run);
            } catch (const StoreError&) {  // anything but a crash
            }
        }
    }

    void deletesRunsOnly() {
        const TemporaryHome home;
        const fs::path run = RunRecord::create(aManifest()).directory();
        saveCheckpoint(run);
        fs::create_directories(home / "precious");
        std::ofstream(home / "precious/file") << 'x';
        fs::create_directory_symlink(home / "precious", run / "link");
        deleteRun(run.string() + "/");
        QVERIFY(!fs::exists(run));
        QVERIFY(fs::exists(home / "precious/file"));
        QVERIFY_EXCEPTION_THROWN(deleteRun(home / "precious"), StoreError);
        QVERIFY(fs::exists(home / "precious/file"));
    }

    void killedAtEveryCallOfACreation() {
        const TemporaryHome home;
        const fs::path run = home / "runs/one";
        for (int at = 0;; ++at) {
            fs::remove_all(home / "runs");
            const pid_t child = fork();
            if (child == 0) {
                RunManifest manifest = aManifest();
                manifest.config.output = run;
                Faults::instance().arm(FaultAction::Kill, at);
                RunRecord::create(manifest);
                _exit(0);
            }
            int status = 0;
            QCOMPARE(waitpid(child, &status, 0), child);
            RunManifest manifest = aManifest();
            manifest.config.output = run;
            if (fs::exists(run / "run.json")) {
                QCOMPARE(RunRecord::open(run).manifest().number, 1);
            } else {
                QCOMPARE(RunRecord::create(manifest).manifest().number, 1);  // what is left stands in nobody's way
            }
            if (WIFEXITED(status)) break;
        }
    }
};

QTEST_GUILESS_MAIN(TestRunRecord)
#include "tst_run_record.moc"
