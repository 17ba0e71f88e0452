#include <QtTest>

#include <sys/resource.h>
#include <sys/wait.h>

#include <atomic>
#include <cmath>
#include <csignal>
#include <cstring>
#include <fstream>
#include <random>
#include <set>
#include <thread>

#include "core/api/errors.h"
#include "core/store/atomic_file.h"
#include "core/store/checkpoint.h"
#include "tests/support/syscall_faults.h"
#include "tests/support/temporary_home.h"

using namespace thaw::core;
using thaw::test::FaultAction;
using thaw::test::Faults;
using thaw::test::TemporaryHome;
namespace fs = std::filesystem;

namespace {

/// A tiny net whose every number follows from the step: what was loaded can be told from what was saved.
struct TinyNet {
    std::vector<float> frozen = std::vector<float>(24, 1.5f);
    std::vector<float> weight = std::vector<float>(6);
    std::vector<float> moment = std::vector<float>(6);

    explicit TinyNet(std::int64_t step) {
        for (std::size_t i = 0; i < weight.size(); ++i) {
            weight[i] = static_cast<float>(step) + 0.25f * static_cast<float>(i);
            moment[i] = -weight[i];
        }
    }

    Checkpoint checkpoint(std::int64_t step, int epoch, double accuracy = -1) const {
        Checkpoint checkpoint;
        char name[32];
        std::snprintf(name, sizeof name, "step-%09lld", static_cast<long long>(step));
        checkpoint.name = name;
        checkpoint.step = step;
        checkpoint.epoch = epoch;
        checkpoint.valScore = checkpoint.merit = accuracy;
        checkpoint.reason = "test";
        checkpoint.loopState = "{\"step\": " + std::to_string(step) + "}";
        checkpoint.model["features.0.weight"] = {DType::Float32, {2, 3, 4}, frozen.data(), {}};
        checkpoint.model["head.dense_1.weight"] = {DType::Float32, {2, 3}, weight.data(), {}};
        checkpoint.optimizer["head.dense_1.weight/exp_avg"] = {DType::Float32, {2, 3}, moment.data(), {}};
        return checkpoint;
    }
};

std::int64_t save(CheckpointStore& store, std::int64_t step, int epoch, bool endsEpoch, double accuracy = -1,
                  bool endsPhase = false) {
    const TinyNet net(step);  // its memory is what the checkpoint points to
    return store.save(net.checkpoint(step, epoch, accuracy), endsEpoch, endsPhase);
}

bool sameBytes(const CheckpointTensor& tensor, const std::vector<float>& values) {
    return tensor.owned.size() == values.size() * sizeof(float) &&
           std::memcmp(tensor.data, values.data(), tensor.owned.size()) == 0;
}

bool isCheckpointOf(const Checkpoint& loaded, std::int64_t step, bool withOptimizer) {
    const TinyNet net(step);
    return loaded.step == step && loaded.loopState == net.checkpoint(step, 0).loopState && loaded.model.size() == 2 &&
           sameBytes(loaded.model.at("features.0.weight"), net.frozen) &&
           sameBytes(loaded.model.at("head.dense_1.weight"), net.weight) &&
           loaded.optimizer.size() == (withOptimizer ? 1u : 0u) &&
           (!withOptimizer || sameBytes(loaded.optimizer.at("head.dense_1.weight/exp_avg"), net.moment));
}

std::vector<fs::path> filesBelow(const fs::path& folder) {
    std::vector<fs::path> files;
    for (const auto& entry : fs::recursive_directory_iterator(folder))
        if (entry.is_regular_file()) files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    return files;
}

int countObjects(const fs::path& run) { return static_cast<int>(filesBelow(run / "checkpoints/objects").size()); }

int countParts(const fs::path& folder) {
    int count = 0;
    for (const fs::path& file : filesBelow(folder)) count += file.extension() == ".part";
    return count;
}

std::map<fs::path, std::string> contentsBelow(const fs::path& folder) {
    std::map<fs::path, std::string> contents;
    for (const fs::path& file : filesBelow(folder)) contents[file] = readSmallFile(file);
    return contents;
}

void overwrite(const fs::path& file, const std::string& text) { std::ofstream(file, std::ios::binary | std::ios::trunc) << text; }

/// The object that only the newest checkpoint has.
fs::path newestWeightObject(const fs::path& run, std::int64_t step) {
    const TinyNet net(step);
    for (const fs::path& file : filesBelow(run / "checkpoints/objects")) {
        const std::string text = readSmallFile(file);
        const std::size_t bytes = net.weight.size() * sizeof(float);
        if (text.size() > bytes && std::memcmp(text.data() + text.size() - bytes, net.weight.data(), bytes) == 0) return file;
    }
    return {};
}

struct DisarmAtEnd {
    ~DisarmAtEnd() { Faults::instance().disarm(); }
};

}  // namespace

class TestCheckpoint : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { std::signal(SIGXFSZ, SIG_IGN); }

    void savesAndLoads() {
        const TemporaryHome home;
        CheckpointStore store(home / "run");
        QVERIFY_EXCEPTION_THROWN(store.loadNewestUsable(), StoreError);
        QVERIFY_EXCEPTION_THROWN(store.load("last"), StoreError);
        QVERIFY(store.list().empty());
        QVERIFY(save(store, 391, 1, true, 0.566) > 0);
        const Checkpoint loaded = CheckpointStore(home / "run").loadNewestUsable();
        QVERIFY(isCheckpointOf(loaded, 391, true));
        QCOMPARE(loaded.valScore, 0.566);
        QCOMPARE(loaded.reason, std::string("test"));
        QVERIFY(loaded.model.at("features.0.weight").shape == (std::vector<std::int64_t>{2, 3, 4}));
        const std::vector<CheckpointEntry> entries = store.list();
        QCOMPARE(entries.size(), std::size_t(1));
        QVERIFY(entries[0].endsEpoch && !entries[0].endsPhase);
    }

    void everyTypeAndShape() {
        const TemporaryHome home;
        CheckpointStore store(home / "run");
        const std::vector<std::uint8_t> state(5056, 7);
        const std::int64_t step = 42;
        const float negativeZero = -0.0f;
        Checkpoint checkpoint;
        checkpoint.name = "step-000000001";
        checkpoint.step = 1;
        checkpoint.model["generator"] = {DType::UInt8, {5056}, state.data(), {}};
        checkpoint.model["scalar"] = {DType::Int64, {}, &step, {}};
        checkpoint.model["zero"] = {DType::Float32, {1}, &negativeZero, {}};
        checkpoint.model["empty"] = {DType::Float32, {0, 4}, nullptr, {}};
        store.save(checkpoint, false, false);
        const Checkpoint loaded = store.loadNewestUsable();
        QCOMPARE(loaded.model.at("generator").owned, state);
        QVERIFY(loaded.model.at("scalar").shape.empty());
        QCOMPARE(*static_cast<const std::int64_t*>(loaded.model.at("scalar").data), std::int64_t(42));
        QVERIFY(std::signbit(*static_cast<const float*>(loaded.model.at("zero").data)));
        QVERIFY(loaded.model.at("empty").owned.empty());
    }

    void unchangedTensorsAreStoredOnce() {
        const TemporaryHome home;
        CheckpointStore store(home / "run");
        const std::int64_t first = save(store, 1, 1, true, 0.5);
        QCOMPARE(countObjects(home / "run"), 3);
        const std::int64_t second = save(store, 2, 2, true, 0.6);
        QCOMPARE(countObjects(home / "run"), 5);
        QVERIFY(second < first);
        CheckpointStore again(home / "run");  // another process: it verifies before it relies on them
        save(again, 3, 3, true, 0.7);
        QCOMPARE(countObjects(home / "run"), 6);  // frozen, three weights, the moments of the newest two
        QVERIFY(isCheckpointOf(again.load("epoch:1"), 1, false));
        QVERIFY(isCheckpointOf(again.load("epoch:2"), 2, true));
        QVERIFY(isCheckpointOf(again.load("epoch:3"), 3, true));
    }

    void sameBytesOfAnotherShapeAreAnotherTensor() {
        const TemporaryHome home;
        CheckpointStore store(home / "run");
        const std::vector<float> values(6, 0.0f);
        const TinyNet net(1);
        Checkpoint checkpoint = net.checkpoint(1, 0);
        checkpoint.model["a"] = {DType::Float32, {2, 3}, values.data(), {}};
        checkpoint.model["b"] = {DType::Float32, {3, 2}, values.data(), {}};
        checkpoint.model["c"] = {DType::Int32, {3, 2}, values.data(), {}};
        store.save(checkpoint, false, false);
        const Checkpoint loaded = store.load("last");
        QVERIFY(loaded.model.at("a").shape == (std::vector<std::int64_t>{2, 3}));
        QVERIFY(loaded.model.at("b").shape == (std::vector<std::int64_t>{3, 2}));
        QVERIFY(loaded.model.at("c").dtype == DType::Int32);
    }

    void choosesByName() {
        const TemporaryHome home;
        CheckpointStore store(home / "run");
        save(store, 10, 0, false);
        QVERIFY(isCheckpointOf(store.load("best"), 10, true));  // no epoch yet: the newest
        save(store, 100, 1, true, 0.5);
        save(store, 200, 2, true, 0.7);
        save(store, 300, 3, true, 0.7);
        save(store, 350, 3, false, 0.7);  // inside epoch 4: the accuracy is of other weights
        QVERIFY(isCheckpointOf(store.load("best"), 200, false));
        QVERIFY(isCheckpointOf(store.load("last"), 350, true));
        QVERIFY(isCheckpointOf(store.load("epoch:1"), 100, false));
        QVERIFY(isCheckpointOf(store.load("step-000000300"), 300, true));
        try {
            store.load("epoch:4");
            QFAIL("no error");
        } catch (const StoreError& error) {
            QVERIFY(QString::fromStdString(error.hint()).contains("epoch:3"));
        }
        QVERIFY_EXCEPTION_THROWN(store.load("../../etc"), StoreError);
    }

    void prunesWhatNobodyNeeds() {
        const TemporaryHome home;
        CheckpointStore store(home / "run");
        save(store, 50, 0, false);
        save(store, 100, 1, true, 0.5);
        save(store, 150, 1, false, 0.5);
        save(store, 160, 1, false, 0.5);
        save(store, 170, 1, false, 0.5);
        QStringList names;
        for (const CheckpointEntry& entry : store.list()) names << QString::number(entry.step);
        QCOMPARE(names, QStringList({"100", "160", "170"}));
        QCOMPARE(countObjects(home / "run"), 1 + 3 + 2);
        std::ofstream(home / "run/checkpoints/objects/0123.safetensors") << "nobody's";
        save(store, 200, 2, true, 0.6);
        QVERIFY(!fs::exists(home / "run/checkpoints/objects/0123.safetensors"));
    }

    void anEndedRunKeepsNoOptimiser() {
        const TemporaryHome home;
        CheckpointStore store(home / "run");
        save(store, 100, 1, true, 0.5);
        save(store, 200, 2, true, 0.6);
        save(store, 250, 2, false, 0.6);  // within the last epoch: nobody looks back at it
        QCOMPARE(countObjects(home / "run"), 1 + 3 + 2);
        const TinyNet net(300);
        store.save(net.checkpoint(300, 3, 0.7), /*endsEpoch=*/true, /*endsPhase=*/true, /*endsRun=*/true);
        QCOMPARE(countObjects(home / "run"), 1 + 3);
        QCOMPARE(store.list().size(), std::size_t(3));
        QVERIFY(isCheckpointOf(store.load("epoch:2"), 200, false));
        QVERIFY(isCheckpointOf(store.load("last"), 300, false));
    }

    void theModelAloneLoads() {
        const TemporaryHome home;
        CheckpointStore store(home / "run");
        save(store, 100, 1, true, 0.5);
        const CheckpointEntry entry = store.find("epoch:1");
        QCOMPARE(entry.contents.size(), std::size_t(2));
        QCOMPARE(store.find(entry.name).contents, entry.contents);
        const TinyNet net(100);
        QCOMPARE(entry.contents.at("features.0.weight"), contentDigest(net.checkpoint(100, 1).model.at("features.0.weight")));
        QVERIFY(isCheckpointOf(store.loadModel(entry.name), 100, false));

        // What is known already is neither read nor verified.
        fs::resize_file(home / "run/checkpoints/objects" / (entry.contents.at("features.0.weight") + ".safetensors"), 3);
        const Checkpoint part = store.loadModel(entry.name, {"features.0.weight"});
        QVERIFY(part.model.at("features.0.weight").data == nullptr);
        QVERIFY(sameBytes(part.model.at("head.dense_1.weight"), net.weight));
        QVERIFY_EXCEPTION_THROWN(store.loadModel(entry.name), StoreError);
        QVERIFY_EXCEPTION_THROWN(store.find("epoch:1"), StoreError);
    }

    void longRunsAreThinned() {
        const TemporaryHome home;
        CheckpointStore store(home / "run");
        for (int epoch = 1; epoch <= 130; ++epoch) save(store, epoch * 10, epoch, true, epoch == 33 ? 0.9 : 0.5, epoch == 7);
        const std::vector<CheckpointEntry> entries = store.list();
        QVERIFY2(entries.size() <= 54, std::to_string(entries.size()).c_str());
        QVERIFY(isCheckpointOf(store.load("best"), 330, false));
        QVERIFY(isCheckpointOf(store.load("epoch:7"), 70, false));
        QVERIFY(isCheckpointOf(store.load("epoch:130"), 1300, true));
    }

    void savedAgainAtTheSameStep() {
        const TemporaryHome home;
        CheckpointStore store(home / "run");
        save(store, 100, 1, true, 0.5, true);
        save(store, 100, 1, false, 0.5);  // paused right after the epoch
        QCOMPARE(store.list().size(), std::size_t(1));
        QVERIFY(store.list()[0].endsEpoch && store.list()[0].endsPhase);
    }

    void whoReadsWhileAnotherSavesMissesNothing() {
        const TemporaryHome home;
        CheckpointStore store(home / "run");
        const CheckpointStore readersStore(home / "run");
        save(store, 10, 1, true, .5);
        std::atomic<bool> done{false};
        int missed = 0, looked = 0;
        std::thread reader([&] {
            while (!done) {
                ++looked;
                const std::vector<CheckpointEntry> entries = readersStore.list();
                missed += entries.empty() || entries.front().epoch != 1 || !entries.front().endsEpoch;
            }
        });
        for (int epoch = 2; epoch < 150; ++epoch) {
            save(store, 10 * epoch, epoch, epoch % 2 == 0, .4);
            save(store, 10, 1, true, .5);  // from further back, so that what it refers to changes every time
        }
        done = true;
        reader.join();
        QVERIFY(looked > 20);
        QCOMPARE(missed, 0);
    }

    void anAbandonedFutureGoes() {
        const TemporaryHome home;
        CheckpointStore store(home / "run");
        for (int epoch = 1; epoch <= 3; ++epoch) save(store, epoch * 100, epoch, true, 0.5);
        save(store, 150, 1, false, 0.5);  // resumed from epoch 1
        QVERIFY(isCheckpointOf(store.loadNewestUsable(), 150, true));
        QCOMPARE(store.list().size(), std::size_t(2));
    }

    void nothingIsNamedBeforeItIsOnTheDisk() {
        const TemporaryHome home;
        const DisarmAtEnd disarm;
        CheckpointStore store(home / "run");
        Faults::instance().recording = true;
        save(store, 1, 1, true, 0.5);
        const std::vector<std::string> log = Faults::instance().log;
        Faults::instance().disarm();
        std::set<std::string> dirtyFiles, dirtyFolders;
        int renames = 0;
        bool manifestWritten = false;
        for (const std::string& entry : log) {
            const std::string call = entry.substr(0, entry.find(' ')), path = entry.substr(entry.find(' ') + 1);
            if (call == "write") dirtyFiles.insert(path);
            if (call == "fsync") {
                dirtyFiles.erase(path);
                dirtyFolders.erase(path);
            }
            if (call == "rename") {
                ++renames;
                const std::string from = path.substr(0, path.find(' ')), to = path.substr(path.find(' ') + 1);
                QVERIFY2(!dirtyFiles.count(from), entry.c_str());
                if (fs::path(to).extension() == ".json") {
                    manifestWritten = true;
                    QVERIFY2(dirtyFolders.empty(), "an object's name was not on the disk yet");
                }
                dirtyFolders.insert(fs::path(to).parent_path().string());
            }
        }
        QCOMPARE(renames, 4);
        QVERIFY(manifestWritten && dirtyFolders.empty());
    }

    void killedAtEveryCall() {
        const TemporaryHome home;
        const DisarmAtEnd disarm;
        const fs::path run = home / "run", kept = home / "kept";
        {
            CheckpointStore store(run);
            save(store, 100, 1, true, 0.5);
            save(store, 150, 1, false, 0.5);
        }
        fs::copy(run, kept, fs::copy_options::recursive);
        int kills = 0;
        for (int at = 0;; ++at) {
            fs::remove_all(run);
            fs::copy(kept, run, fs::copy_options::recursive);
            const pid_t child = fork();
            if (child == 0) {
                CheckpointStore store(run);
                Faults::instance().arm(FaultAction::Kill, at);
                save(store, 200, 2, true, 0.6);
                _exit(0);
            }
            int status = 0;
            QCOMPARE(waitpid(child, &status, 0), child);
            CheckpointStore store(run);
            const Checkpoint loaded = store.loadNewestUsable();
            QVERIFY(isCheckpointOf(loaded, 150, true) || isCheckpointOf(loaded, 200, true));
            save(store, 250, 2, false, 0.6);
            QVERIFY(isCheckpointOf(store.loadNewestUsable(), 250, true));
            QCOMPARE(countParts(run), 0);
            if (WIFEXITED(status)) {
                QCOMPARE(WEXITSTATUS(status), 0);
                break;
            }
            ++kills;
        }
        QVERIFY2(kills >= 14, std::to_string(kills).c_str());
    }

    void killedAtRandomMoments() {
        const TemporaryHome home;
        std::mt19937 random(12);
        std::int64_t step = 0;
        for (int round = 0; round < 20; ++round) {
            int saved[2];
            QCOMPARE(pipe(saved), 0);
            const pid_t child = fork();
            if (child == 0) {
                CheckpointStore store(home / "run");
                for (std::int64_t i = step + 1;; ++i) {
                    save(store, i, static_cast<int>(i / 3), i % 3 == 0, 0.5);
                    if (::write(saved[1], "x", 1) != 1) _exit(1);
                }
            }
            char byte = 0;
            for (std::uint32_t saves = random() % 8 + 1; saves > 0; --saves) QCOMPARE(::read(saved[0], &byte, 1), ssize_t(1));
            kill(child, SIGKILL);  // somewhere within the next
            ::close(saved[0]);
            ::close(saved[1]);
            int status = 0;
            QCOMPARE(waitpid(child, &status, 0), child);
            QVERIFY(WIFSIGNALED(status));
            CheckpointStore store(home / "run");
            const Checkpoint loaded = store.loadNewestUsable();
            QVERIFY(loaded.step > step);
            QVERIFY(isCheckpointOf(loaded, loaded.step, true));
            step = loaded.step;
            store.prune();
            QCOMPARE(countParts(home / "run"), 0);
        }
    }

    void everyFailureKeepsTheEarlierOnes() {
        const TemporaryHome home;
        const DisarmAtEnd disarm;
        const fs::path run = home / "run";
        CheckpointStore store(run);
        save(store, 100, 1, true, 0.5);
        const auto before = contentsBelow(run);
        for (const int error : {ENOSPC, EIO, EACCES}) {
            for (int at = 0;; ++at) {
                CheckpointStore fresh(run);
                Faults::instance().arm(FaultAction::Fail, at, error);
                bool failed = false;
                try {
                    save(fresh, 200, 2, true, 0.6);
                } catch (const StoreError& failure) {
                    failed = true;
                    QVERIFY(QString(failure.what()).contains("step-000000200"));
                    QVERIFY(QString(failure.what()).contains("MB are needed"));
                    QVERIFY(!failure.hint().empty());
                }
                Faults::instance().disarm();
                QVERIFY(isCheckpointOf(fresh.loadNewestUsable(), failed ? 100 : 200, true) ||
                        isCheckpointOf(fresh.loadNewestUsable(), 200, true));
                QCOMPARE(countParts(run), 0);
                for (const auto& [file, text] : before) QCOMPARE(readSmallFile(file), text);
                fs::remove(run / "checkpoints/step-000000200.json");
                fresh.prune();
                if (!failed) break;
            }
        }
        QCOMPARE(contentsBelow(run), before);
    }

    void fullDiskTakesNothing() {
        const TemporaryHome home;
        const DisarmAtEnd disarm;
        CheckpointStore store(home / "run");
        save(store, 100, 1, true, 0.5);
        const auto before = contentsBelow(home / "run");
        Faults::instance().partsAreFull = true;
        QVERIFY_EXCEPTION_THROWN(save(store, 200, 2, true, 0.6), StoreError);
        Faults::instance().disarm();
        QCOMPARE(contentsBelow(home / "run"), before);
        rlimit limit{};
        getrlimit(RLIMIT_FSIZE, &limit);
        for (const rlim_t bytes : {0, 1, 100, 200, 1000}) {
            rlimit low = limit;
            low.rlim_cur = bytes;
            setrlimit(RLIMIT_FSIZE, &low);
            bool failed = false;
            try {
                save(store, 200, 2, true, 0.6);
            } catch (const StoreError&) {
                failed = true;
            }
            setrlimit(RLIMIT_FSIZE, &limit);
            QVERIFY(failed);
            QCOMPARE(contentsBelow(home / "run"), before);
        }
        save(store, 200, 2, true, 0.6);
        QVERIFY(isCheckpointOf(store.loadNewestUsable(), 200, true));
    }

    void unwritableFolder() {
        const TemporaryHome home;
        std::ofstream(home / "run") << "a file where the folder should be";
        CheckpointStore store(home / "run");
        QVERIFY_EXCEPTION_THROWN(save(store, 1, 0, false), StoreError);
        QVERIFY(store.list().empty());
    }

    void truncationIsFound() {
        const TemporaryHome home;
        CheckpointStore store(home / "run");
        save(store, 100, 1, true, 0.5);
        save(store, 200, 1, false, 0.5);
        for (const fs::path& file : {home / "run/checkpoints/step-000000200.json", newestWeightObject(home / "run", 200)}) {
            const std::string whole = readSmallFile(file);
            for (std::size_t length = 0; length < whole.size(); ++length) {
                overwrite(file, whole.substr(0, length));
                QVERIFY2(isCheckpointOf(store.loadNewestUsable(), 100, true),
                         (file.string() + ' ' + std::to_string(length)).c_str());
            }
            overwrite(file, whole + ' ');
            QVERIFY(isCheckpointOf(store.loadNewestUsable(), 100, true));
            QCOMPARE(store.list().size(), std::size_t(1));
            const std::vector<StoreError> leftOut = store.leftOut();
            QCOMPARE(leftOut.size(), std::size_t(1));
            QVERIFY2(std::string(leftOut.front().what()).find(file.string()) != std::string::npos, leftOut.front().what());
            overwrite(file, whole);
            QVERIFY(isCheckpointOf(store.loadNewestUsable(), 200, true));
            QVERIFY(store.leftOut().empty());
        }
    }

    void whatIsPassedOverIsTold() {
        const TemporaryHome home;
        CheckpointStore store(home / "run");
        save(store, 100, 1, true, 0.5);
        save(store, 200, 2, true, 0.7);
        save(store, 300, 3, true, 0.6);
        const auto passedOver = [&](const char* which) {
            std::string whats;
            for (const StoreError& error : store.passedOver(which, store.find(which))) whats += error.what();
            return whats;
        };
        const auto isOf = [](const std::string& what, const char* name) { return what.find(name) != std::string::npos; };
        for (const char* which : {"best", "last", "epoch:1"}) QVERIFY(passedOver(which).empty());

        // The newest cannot be read: nobody knows how good it was. By its objects' absence alone it is known to be worse.
        const fs::path newest = home / "run/checkpoints/step-000000300.json", object = newestWeightObject(home / "run", 300);
        const std::string whole = readSmallFile(newest);
        overwrite(newest, whole.substr(0, whole.size() / 2));
        QVERIFY(isOf(passedOver("last"), "step-000000300") && isOf(passedOver("best"), "step-000000300"));
        QVERIFY(passedOver("epoch:1").empty());
        QCOMPARE(store.find("last").step, std::int64_t(200));
        overwrite(newest, whole);
        fs::rename(object, home / "object");
        QVERIFY(isOf(passedOver("last"), "missing"));
        QVERIFY(passedOver("best").empty());
        fs::rename(home / "object", object);

        // The best lacks an object; the newest is there.
        fs::remove(newestWeightObject(home / "run", 200));
        QVERIFY(isOf(passedOver("best"), "missing"));
        QVERIFY(passedOver("last").empty());
        QCOMPARE(store.find("best").step, std::int64_t(300));

        // One byte of an object that is as long as it should be: an error of the checkpoint that was meant, never another one.
        std::string bytes = readSmallFile(object);
        bytes.back() ^= 1;
        overwrite(object, bytes);
        QVERIFY(passedOver("last").empty());
        QVERIFY_EXCEPTION_THROWN(store.load("last"), StoreError);
    }

    void everyFlippedByteIsFound() {
        const TemporaryHome home;
        CheckpointStore store(home / "run");
        save(store, 100, 1, true, 0.5);
        save(store, 200, 1, false, 0.5);
        int flips = 0;
        for (const fs::path& file : {home / "run/checkpoints/step-000000200.json", newestWeightObject(home / "run", 200)}) {
            const std::string whole = readSmallFile(file);
            for (std::size_t i = 0; i < whole.size(); ++i) {
                for (const char value : {'\0', '\xFF', char(whole[i] ^ 1), char(whole[i] ^ 0x80)}) {
                    if (value == whole[i]) continue;
                    std::string flipped = whole;
                    flipped[i] = value;
                    overwrite(file, flipped);
                    ++flips;
                    QVERIFY2(isCheckpointOf(store.loadNewestUsable(), 100, true),
                             (file.string() + ' ' + std::to_string(i)).c_str());
                }
            }
            overwrite(file, whole);
        }
        qInfo("%d flips, all found", flips);
        QVERIFY(isCheckpointOf(store.loadNewestUsable(), 200, true));
    }

    void damageIsHealedByTheNextSave() {
        const TemporaryHome home;
        {
            CheckpointStore store(home / "run");
            save(store, 100, 1, true, 0.5);
        }
        for (const fs::path& file : filesBelow(home / "run/checkpoints/objects")) {
            std::string text = readSmallFile(file);
            text.back() ^= 1;
            overwrite(file, text);
        }
        CheckpointStore store(home / "run");
        QVERIFY_EXCEPTION_THROWN(store.loadNewestUsable(), StoreError);
        save(store, 200, 2, true, 0.6);  // its frozen tensor's object lies there, damaged
        QVERIFY(isCheckpointOf(store.load("last"), 200, true));
    }

    void anotherCheckpointsManifestIsRefused() {
        const TemporaryHome home;
        CheckpointStore store(home / "run");
        save(store, 100, 1, true, 0.5);
        fs::copy_file(home / "run/checkpoints/step-000000100.json", home / "run/checkpoints/step-000000900.json");
        QCOMPARE(store.list().size(), std::size_t(1));
        QVERIFY(isCheckpointOf(store.loadNewestUsable(), 100, true));
    }

    void namesStayInsideTheFolder() {
        const TemporaryHome home;
        CheckpointStore store(home / "run");
        for (const char* name : {"", "../x", "a/b", ".hidden", "caf\xC3\xA9"}) {
            const TinyNet net(1);
            Checkpoint checkpoint = net.checkpoint(1, 0);
            checkpoint.name = name;
            QVERIFY_EXCEPTION_THROWN(store.save(checkpoint, false, false), StoreError);
        }
    }
};

QTEST_GUILESS_MAIN(TestCheckpoint)
#include "tst_checkpoint.moc"
