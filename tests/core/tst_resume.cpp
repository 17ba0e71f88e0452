#include <QProcess>
#include <QRandomGenerator>
#include <QTest>

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <map>

#include "core/api/errors.h"
#include "core/api/runs.h"
#include "core/model/families.h"
#include "core/store/atomic_file.h"
#include "core/store/checkpoint.h"
#include "core/util/threads.h"
#include "tests/support/tiny_run.h"

using namespace thaw::core;
using namespace thaw::test;
namespace fs = std::filesystem;

namespace {

/// What a user does at which step; the same whether the run was interrupted or not.
using Script = std::map<std::int64_t, std::vector<CommandData>>;

Events follow(Trainer& trainer, const Script& script, std::int64_t until = -1) {
    Events events;
    while (trainer.hasWork()) {
        std::int64_t step = -1;
        for (Event& event : trainer.step()) {
            if (const auto* batch = std::get_if<BatchFinished>(&event.data)) step = batch->step;
            events.push_back(std::move(event));
        }
        if (step < 0) continue;
        if (const auto found = script.find(step); found != script.end())
            for (const CommandData& command : found->second) append(events, trainer.apply({1, command}));
        if (step == until) break;
    }
    return events;
}

RunConfig configOf(const TinyLesson& lesson, const std::string& run, OptimizerKind kind, int threads) {
    RunConfig config = lesson.config(run);
    config.threads = threads;
    for (PhaseConfig& phase : config.phases) {
        phase.optimizer.kind = kind;
        phase.optimizer.nesterov = true;
        phase.optimizer.weightDecay = 0.01;
        phase.schedule.kind = ScheduleKind::Cosine;
    }
    config.phases[1].epochs = 1;
    return config;
}

void addTinyResNet() { addModel(resNetModel("tiny_resnet", "Tiny ResNet", {1, 1, 1, 1}, /*bottleneck=*/false)); }

int childMain(const std::string& run, const std::string& configFile) {
    addModel(vggModel("vgg16", "Tiny", {{4}, {6}, {6}, {8}, {8, 8, 8}}));
    addTinyResNet();
    try {
        const bool begun = fs::exists(fs::path(run) / "run.json");
        const auto trainer = begun ? resumeTrainer(run) : makeTrainer(configFromJson(readSmallFile(configFile)));
        while (trainer->hasWork()) {
            trainer->step();
            if (::write(STDOUT_FILENO, ".", 1) != 1) return 1;
        }
        return trainer->state() == TrainerState::Finished ? 0 : 1;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 2;
    }
}

}  // namespace

class TestResume : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void bitExact_data() {
        QTest::addColumn<int>("kind");
        QTest::addColumn<int>("threads");
        for (const OptimizerKind kind : {OptimizerKind::Sgd, OptimizerKind::Adam, OptimizerKind::AdamW})
            for (const int threads : {1, 2})
                QTest::addRow("%s, %d threads", toString(kind).c_str(), threads) << static_cast<int>(kind) << threads;
    }
    void bitExact() {
        QFETCH(int, kind);
        QFETCH(int, threads);
        const TinyLesson lesson;
        const Script script = {
            {3, {SetTrainable{{"block5_conv3"}, true}}},      {5, {SetTrainable{{"block4"}, true}, SetLearningRate{0.003}}},
            {9, {SetTrainable{{"block4", "block5"}, false}}}, {11, {SetTrainable{{"dense_1"}, false}}},
            {13, {SetTrainable{{"dense_1"}, true}}},          {17, {SetTrainable{{"block3"}, true}}}};
        RunConfig config = configOf(lesson, "whole", static_cast<OptimizerKind>(kind), threads);
        const Events whole = follow(*makeTrainer(config), script);
        QCOMPARE(all<RunFinished>(whole).size(), std::size_t(1));
        const std::string expected = weightsDigest(config.output);

        // Seven batches an epoch: the first, the middle, the last of an epoch, after changes of layers, in the second phase.
        for (const int at : {0, 1, 4, 7, 10, 12, 14, 15, 18}) {
            config.output = lesson.home() / ("cut" + std::to_string(at));
            {
                const auto trainer = makeTrainer(config);
                if (at == 0) {
                    drive(*trainer, holds<CheckpointSaved>);
                } else {
                    follow(*trainer, script, at);
                    trainer->apply({0, SaveCheckpoint{}});
                    drive(*trainer, holds<CheckpointSaved>);
                    follow(*trainer, {}, at + 1);  // lost
                }
            }
            const auto trainer = resumeTrainer(config.output);
            const Events rest = follow(*trainer, script);
            QVERIFY(all<RunStarted>(rest)[0].resumed);
            QVERIFY2(all<RunStarted>(rest)[0].bitExact, all<RunStarted>(rest)[0].bitExactReason.c_str());
            QVERIFY2(weightsDigest(config.output) == expected, ("cut at step " + std::to_string(at)).c_str());
            const RunHistory history = readRun(config.output);
            QCOMPARE(history.epochs.size(), std::size_t(3));
            const auto epochs = all<EpochFinished>(whole);
            for (std::size_t i = 0; i < 3; ++i) {
                QCOMPARE(history.epochs[i].epoch, static_cast<int>(i) + 1);
                QCOMPARE(history.epochs[i].trainLoss, epochs[i].trainLoss);
                QCOMPARE(history.epochs[i].valLoss, epochs[i].valLoss);
            }
        }
    }

    void pauseAndStopChangeNothing() {
        const TinyLesson lesson;
        RunConfig config = configOf(lesson, "whole", OptimizerKind::Adam, 1);
        follow(*makeTrainer(config), {});
        const std::string expected = weightsDigest(config.output);
        config.output = lesson.home() / "disturbed";
        auto trainer = makeTrainer(config);
        std::uint64_t id = 0;
        // Pausing between any two pieces of work throws an unfinished batch away and begins it again.
        for (int i = 0; i < 200 && trainer->state() != TrainerState::Finished; ++i) {
            trainer->step();
            if (i % 5 == 0) {
                trainer->apply({++id, Pause{}});
                drive(*trainer);
                trainer->apply({++id, i % 3 == 0 ? CommandData(Evaluate{}) : CommandData(SaveCheckpoint{})});
                drive(*trainer);
                trainer->apply({++id, Resume{}});
            }
            if (i % 40 == 39) {
                trainer->apply({++id, Stop{}});
                drive(*trainer);
                trainer.reset();
                trainer = resumeTrainer(config.output);
            }
        }
        drive(*trainer);
        QCOMPARE(weightsDigest(config.output), expected);
    }

    /// A finished run keeps no moments. Where its newest checkpoint is lost, it goes on from the one before and says what that
    /// means.
    void goesOnWithoutMomentsAndSaysSo() {
        const TinyLesson lesson;
        const RunConfig config = configOf(lesson, "run", OptimizerKind::Adam, 1);
        follow(*makeTrainer(config), {});
        QVERIFY(CheckpointStore(config.output).load("last").optimizer.empty());
        QVERIFY(resumeTrainer(config.output)->step().size() > 0);
        fs::remove(config.output / "checkpoints" / (CheckpointStore(config.output).find("last").name + ".json"));

        // The end of phase 1: the next phase begins with a new optimiser anyway.
        Events rest = follow(*resumeTrainer(config.output), {});
        QVERIFY(all<RunStarted>(rest)[0].bitExact);
        QCOMPARE(all<RunFinished>(rest).size(), std::size_t(1));
        QCOMPARE(all<EpochFinished>(rest).size(), std::size_t(1));

        RunConfig longer = configOf(lesson, "longer", OptimizerKind::Adam, 1);
        longer.phases[1].epochs = 2;
        follow(*makeTrainer(longer), {});
        fs::remove(longer.output / "checkpoints" / (CheckpointStore(longer.output).find("last").name + ".json"));
        rest = follow(*resumeTrainer(longer.output), {});
        QVERIFY(!all<RunStarted>(rest)[0].bitExact);
        QVERIFY(all<RunStarted>(rest)[0].bitExactReason.find("moments") != std::string::npos);
        QCOMPARE(all<RunFinished>(rest).size(), std::size_t(1));
    }

    void aSmallerMachineIsSaid() {
        if (availableCores() < 2) QSKIP("one processor: there is no smaller machine");
        const TinyLesson lesson;
        const RunConfig config = configOf(lesson, "run", OptimizerKind::Adam, 2);
        {
            const auto trainer = makeTrainer(config);
            drive(*trainer, holds<EpochFinished>);
        }
        const fs::path root = lesson.home() / "root";
        for (const char* folder : {"proc/self", "sys/fs/cgroup"}) fs::create_directories(root / folder);
        std::ofstream(root / "proc/self/cgroup") << "0::/\n";
        std::ofstream(root / "proc/self/mountinfo") << "30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n";
        std::ofstream(root / "sys/fs/cgroup/cpu.max") << "100000 100000\n";
        const ScopedVariable smaller("THAW_SYSTEM_ROOT", root.string());
        const Events events = drive(*resumeTrainer(config.output));
        QCOMPARE(all<RunStarted>(events)[0].device, std::string("CPU, 1 thread"));
        QVERIFY(all<RunStarted>(events)[0].bitExactReason.find("threads 2 -> 1") != std::string::npos);
        const std::vector<Notice> notices = all<Notice>(events);
        QVERIFY(std::any_of(notices.begin(), notices.end(), [](const Notice& notice) {
            return notice.warning && notice.text.find("Of the 2 threads that this run was to go on with, 1 computes") == 0;
        }));
        QCOMPARE(all<RunFinished>(events).size(), std::size_t(1));
    }

    void otherThreadsAreSaid() {
        if (availableCores() < 2) QSKIP("one processor: more threads are not used");
        const TinyLesson lesson;
        const RunConfig config = configOf(lesson, "run", OptimizerKind::Adam, 1);
        {
            const auto trainer = makeTrainer(config);
            drive(*trainer, holds<EpochFinished>);
        }
        const auto trainer = resumeTrainer(config.output, /*startPaused=*/false, /*threads=*/2);
        const Events events = drive(*trainer);
        QVERIFY(!all<RunStarted>(events)[0].bitExact);
        QVERIFY(all<RunStarted>(events)[0].bitExactReason.find("threads 1 -> 2") != std::string::npos);
        QCOMPARE(all<RunFinished>(events).size(), std::size_t(1));
    }

    void aFinishedRunAnswers() {
        const TinyLesson lesson;
        const RunConfig config = configOf(lesson, "run", OptimizerKind::Adam, 1);
        const Events run = drive(*makeTrainer(config));
        const std::string before = readSmallFile(config.output / "events.jsonl");
        const auto trainer = resumeTrainer(config.output);
        Events events = drive(*trainer);
        QVERIFY(trainer->state() == TrainerState::Finished);
        QVERIFY(all<BatchFinished>(events).empty());
        trainer->apply({4, Evaluate{}});
        events = drive(*trainer);
        QVERIFY(std::abs(all<PredictionsReady>(events)[0].predictions->loss - all<EpochFinished>(run).back().valLoss) < 1e-5);
        QCOMPARE(readSmallFile(config.output / "events.jsonl"), before);
        QCOMPARE(all<CommandRefused>(trainer->apply({5, Resume{}})).size(), std::size_t(1));
    }

    void killedAtRandomMoments_data() {
        QTest::addColumn<bool>("batchNorm");
        QTest::addRow("without batch norm") << false;
        QTest::addRow("batch norm whose statistics move") << true;
    }
    void killedAtRandomMoments() {
        QFETCH(bool, batchNorm);
        const TinyLesson lesson;
        RunConfig config = configOf(lesson, "whole", OptimizerKind::Adam, 2);
        const int inputSize = config.inputSize;
        if (batchNorm) {
            addTinyResNet();
            chooseModel(config, "tiny_resnet");
            config.inputSize = inputSize;
            config.updateStatistics = true;
        }
        config.phases[0].epochs = batchNorm ? 6 : 12;
        config.phases[1].epochs = batchNorm ? 4 : 8;
        config.checkpointMinutes = 0.002;
        drive(*makeTrainer(config));
        const std::string expected = weightsDigest(config.output);

        config.output = lesson.home() / "killed";
        const fs::path configFile = lesson.home() / "config.json";
        writeFileAtomically(configFile, toJson(config));
        QRandomGenerator random(12);
        int kills = 0, exitCode = -1;
        for (int start = 0; start < 60 && exitCode != 0; ++start) {
            QProcess child;
            child.setProcessChannelMode(QProcess::ForwardedErrorChannel);
            child.start(QCoreApplication::applicationFilePath(),
                        {"--child", QString::fromStdString(config.output.string()), QString::fromStdString(configFile.string())});
            // It tells each of its steps. The later starts live longer, so that the run comes to its end.
            const qint64 steps = 1 + random.bounded((batchNorm ? 30 : 60) + 20 * start);
            QByteArray told;
            while (told.size() < steps && child.waitForReadyRead(120'000)) told += child.readAllStandardOutput();
            if (told.size() < steps) {
                QVERIFY(child.state() == QProcess::NotRunning || child.waitForFinished());
                exitCode = child.exitStatus() == QProcess::NormalExit ? child.exitCode() : -1;
                QVERIFY2(exitCode == 0, "a child failed");
            } else {
                child.kill();
                QVERIFY(child.waitForFinished());
                ++kills;
            }
        }
        qInfo("killed %d times", kills);
        QCOMPARE(exitCode, 0);
        QVERIFY(kills > 2);
        QCOMPARE(weightsDigest(config.output), expected);
        QCOMPARE(readRun(config.output).epochs.size(), static_cast<std::size_t>(config.totalEpochs()));
    }
};

int main(int argc, char** argv) {
    if (argc == 4 && std::string(argv[1]) == "--child") return childMain(argv[2], argv[3]);
    QCoreApplication application(argc, argv);
    TestResume test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_resume.moc"
