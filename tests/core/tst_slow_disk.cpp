// A disk that does not answer for a while: step() comes back all the same, nothing is told before it is written, and the run ends
// as if the disk had been quick.
#include <QTest>

#include <dlfcn.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

#include "core/store/checkpoint.h"
#include "tests/support/tiny_run.h"

using namespace thaw::core;
using namespace thaw::test;

namespace {

/// Stands between the program and its disk; fsync() of files below `folder` waits while it is shut.
struct Gate {
    std::mutex mutex;
    std::condition_variable changed;
    std::string folder;
    bool shut = false;
    std::atomic<int> waiting{0};
    int ofStepper = 0;  // calls in the thread that steps
    std::thread::id stepper;

    void set(bool closed) {
        const std::lock_guard lock(mutex);
        shut = closed;
        changed.notify_all();
    }
    void watch(const std::string& name) {
        const std::lock_guard lock(mutex);
        folder = name;
    }
    void pass(const std::string& path) {
        std::unique_lock lock(mutex);
        if (folder.empty() || path.find(folder) == std::string::npos) return;
        if (std::this_thread::get_id() == stepper) {
            ++ofStepper;
            return;
        }
        ++waiting;
        changed.notify_all();
        changed.wait(lock, [this] { return !shut; });
        --waiting;
    }
    void awaitSomebody() {
        std::unique_lock lock(mutex);
        changed.wait(lock, [this] { return waiting > 0; });
    }
} gate;

}  // namespace

extern "C" int fsync(int descriptor) {
    char path[4096];
    const ssize_t size = ::readlink(("/proc/self/fd/" + std::to_string(descriptor)).c_str(), path, sizeof path);
    if (size > 0) gate.pass(std::string(path, static_cast<std::size_t>(size)));
    static const auto next = reinterpret_cast<int (*)(int)>(dlsym(RTLD_NEXT, "fsync"));
    return next(descriptor);
}

class TestSlowDisk : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() {
        gate.watch("/checkpoints");
        gate.stepper = std::this_thread::get_id();
        gate.ofStepper = 0;
    }
    void cleanup() {
        gate.set(false);
        gate.watch({});
    }

    void stepComesBackWhileACheckpointIsWritten() {
        const TinyLesson lesson;
        const auto trainer = makeTrainer(lesson.config("slow"));
        drive(*trainer, [](const Event& event) { return isEpoch(event, 1); });
        QVERIFY(trainer->state() == TrainerState::Running);
        drive(*trainer, holds<CheckpointSaved>);
        gate.set(true);
        gate.watch("/slow/");  // the record, too
        drive(*trainer, [](const Event& event) { return isEpoch(event, 2); });
        gate.awaitSomebody();
        for (int i = 0; i < 5; ++i) {
            QVERIFY(trainer->hasWork());
            QVERIFY(trainer->step().empty());
        }
        QVERIFY(trainer->apply({1, SetLearningRate{0.5}}).empty());
        QVERIFY(trainer->step().empty());
        QCOMPARE(gate.ofStepper, 0);
        gate.set(false);
        gate.watch("/checkpoints");
        const Events rest = drive(*trainer);
        std::size_t saved = 0, changed = 0;
        for (std::size_t i = 0; i < rest.size(); ++i) {
            if (holds<CheckpointSaved>(rest[i]) && saved == 0) saved = i + 1;
            if (holds<LearningRateChanged>(rest[i]) && changed == 0) changed = i + 1;
        }
        QVERIFY(saved > 0 && changed > saved);
        QCOMPARE(all<RunFinished>(rest).size(), std::size_t(1));
        QCOMPARE(gate.ofStepper, 0);
    }

    void theRunIsTheSameToTheBit() {
        const TinyLesson lesson;
        drive(*makeTrainer(lesson.config("quick")));
        const auto trainer = makeTrainer(lesson.config("slow"));
        // Every save is held until step() has come back empty-handed.
        int held = 0;
        gate.set(true);
        for (int i = 0; i < 1'000'000 && trainer->hasWork(); ++i) {
            const std::vector<Event> events = trainer->step();
            const std::lock_guard lock(gate.mutex);
            gate.shut = !(events.empty() && gate.waiting > 0);
            held += gate.waiting > 0 && events.empty();
            gate.changed.notify_all();
        }
        QVERIFY2(held >= 5, qPrintable(QString::number(held)));
        QVERIFY(trainer->state() == TrainerState::Finished);
        QCOMPARE(weightsDigest(lesson.config("slow").output), weightsDigest(lesson.config("quick").output));
        QCOMPARE(gate.ofStepper, 0);
    }

    void aStopWaitsForWhatIsWritten() {
        const TinyLesson lesson;
        const auto trainer = makeTrainer(lesson.config());
        drive(*trainer, holds<CheckpointSaved>);
        gate.set(true);
        drive(*trainer, holds<EpochFinished>);
        gate.awaitSomebody();
        trainer->apply({0, Stop{}});
        QVERIFY(trainer->step().empty());
        QVERIFY(trainer->state() == TrainerState::Stopping);
        gate.set(false);
        const Events events = drive(*trainer);
        QCOMPARE(all<CheckpointSaved>(events).size(), std::size_t(1));
        QCOMPARE(all<RunFinished>(events)[0].reason, std::string("stopped"));
        QCOMPARE(CheckpointStore(lesson.config().output).load("last").epoch, 1);
    }

    void whoLeavesAmidASaveLeavesItWhole() {
        const TinyLesson lesson;
        {
            auto trainer = makeTrainer(lesson.config());
            drive(*trainer, holds<CheckpointSaved>);
            gate.set(true);
            drive(*trainer, holds<EpochFinished>);
            gate.awaitSomebody();
            gate.set(false);
        }
        QCOMPARE(CheckpointStore(lesson.config().output).load("last").epoch, 1);
    }

    void anExportIsWrittenBesideTheSteps() {
        const TinyLesson lesson;
        const auto trainer = makeTrainer(lesson.config());
        drive(*trainer, [](const Event& event) { return isEpoch(event, 1); });
        gate.watch("exported");
        gate.set(true);
        trainer->apply({9, ExportModel{lesson.home() / "exported.safetensors"}});
        for (int i = 0; i < 1'000'000 && gate.waiting == 0; ++i) trainer->step();
        QVERIFY(trainer->step().empty());
        gate.set(false);
        const Events events = drive(*trainer);
        QCOMPARE(all<ModelExported>(events).size(), std::size_t(1));
        QCOMPARE(all<ModelExported>(events)[0].requestId, std::uint64_t(9));
        QCOMPARE(all<RunFinished>(events).size(), std::size_t(1));
        QVERIFY(std::filesystem::exists(lesson.home() / "exported.safetensors"));
    }

private:
    static bool isEpoch(const Event& event, int epoch) {
        const auto* finished = std::get_if<EpochFinished>(&event.data);
        return finished && finished->epoch == epoch;
    }
};

QTEST_GUILESS_MAIN(TestSlowDisk)
#include "tst_slow_disk.moc"
