// A run whose disk takes no more: training goes on in memory, and its end says what is missing.
#include <QTest>

#include <sys/resource.h>

#include <csignal>

#include "core/api/inspector.h"
#include "core/api/report.h"
#include "core/api/runs.h"
#include "core/store/checkpoint.h"
#include "tests/support/syscall_faults.h"
#include "tests/support/tiny_run.h"

using namespace thaw::core;
using namespace thaw::test;
namespace fs = std::filesystem;

namespace {

/// While it lives, no file can grow beyond so many bytes.
class FileSizeLimit {
public:
    explicit FileSizeLimit(rlim_t bytes) {
        getrlimit(RLIMIT_FSIZE, &m_before);
        rlimit low = m_before;
        low.rlim_cur = bytes;
        setrlimit(RLIMIT_FSIZE, &low);
    }
    ~FileSizeLimit() { setrlimit(RLIMIT_FSIZE, &m_before); }
    FileSizeLimit(const FileSizeLimit&) = delete;
    FileSizeLimit& operator=(const FileSizeLimit&) = delete;

private:
    rlimit m_before{};
};

class FullDisk {
public:
    FullDisk() { Faults::instance().partsAreFull = true; }
    ~FullDisk() { Faults::instance().partsAreFull = false; }
    FullDisk(const FullDisk&) = delete;
    FullDisk& operator=(const FullDisk&) = delete;
};

bool endsEpoch(const Event& event, int epoch) {
    const auto* saved = std::get_if<CheckpointSaved>(&event.data);
    return saved && saved->epoch == epoch;
}

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

RunFinished endOf(const Events& events) {
    const auto ends = all<RunFinished>(events);
    return ends.empty() ? RunFinished() : ends[0];
}

}  // namespace

class TestNotSaved : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { std::signal(SIGXFSZ, SIG_IGN); }

    void allIsSaved() {
        const TinyLesson lesson;
        const Events events = drive(*makeTrainer(lesson.config()));
        QCOMPARE(all<RunFinished>(events).size(), std::size_t(1));
        QCOMPARE(endOf(events).notSaved, std::string());
        QVERIFY(readRun(lesson.config().output).summary.notSaved.empty());
    }

    void nothingIsSaved() {
        const TinyLesson lesson;
        const auto trainer = makeTrainer(lesson.config());
        drive(*trainer, holds<RunStarted>);
        const FullDisk disk;
        const Events events = drive(*trainer);
        QVERIFY(all<CheckpointFailed>(events).size() >= 4);
        QCOMPARE(all<EpochFinished>(events).size(), std::size_t(4));
        const std::string told = endOf(events).notSaved;
        QVERIFY2(contains(told, "No model of this run is saved.") && contains(told, "No space left"), told.c_str());
        QCOMPARE(readRun(lesson.config().output).summary.notSaved, told);
    }

    void theLastModelsAreMissing() {
        const TinyLesson lesson;
        const RunConfig config = lesson.config();
        const auto trainer = makeTrainer(config);
        drive(*trainer, [](const Event& event) { return endsEpoch(event, 2); });
        Events events;
        {
            const FullDisk disk;
            events = drive(*trainer);
        }
        const std::string told = endOf(events).notSaved;
        QVERIFY2(contains(told, "The model after epoch 4") && contains(told, "is not saved."), told.c_str());
        QVERIFY2(contains(told, "The newest that is saved is the one after epoch 2"), told.c_str());
        QCOMPARE(readRun(config.output).summary.notSaved, told);

        const auto inspector = openInspector(config.output, {});
        QVERIFY(contains(makeReport(*inspector, "last", {}).subtitle, told));

        // With room on the disk again, the rest is trained again.
        QVERIFY(readRun(config.output).summary.resumable);
        const Events again = drive(*resumeTrainer(config.output));
        QCOMPARE(all<EpochFinished>(again).size(), std::size_t(2));
        QCOMPARE(endOf(again).notSaved, std::string());
        const RunHistory history = readRun(config.output);
        QCOMPARE(history.epochs.size(), std::size_t(4));
        QVERIFY(!history.summary.resumable && history.summary.notSaved.empty());
    }

    /// The disk takes checkpoints again before the end: only what lies between is missing, and that only if it was the best.
    void aGapThatClosesIsForgotten() {
        const TinyLesson lesson;
        const RunConfig config = lesson.config();
        const auto trainer = makeTrainer(config);
        drive(*trainer, [](const Event& event) { return endsEpoch(event, 1); });
        {
            const FullDisk disk;
            drive(*trainer, holds<CheckpointFailed>);
        }
        const Events events = drive(*trainer);
        const int best = endOf(events).bestEpoch;
        QCOMPARE(endOf(events).notSaved.empty(), best != 2);
        QCOMPARE(CheckpointStore(config.output).list().back().epoch, 4);
        if (best == 2) QVERIFY(contains(endOf(events).notSaved, "The best model, after epoch 2, is not saved."));
    }

    void aStopThatCannotSave() {
        const TinyLesson lesson;
        const auto trainer = makeTrainer(lesson.config());
        drive(*trainer, [](const Event& event) { return endsEpoch(event, 1); });
        drive(*trainer, holds<BatchFinished>);
        const FullDisk disk;
        trainer->apply({1, Stop{}});
        const std::string told = endOf(drive(*trainer)).notSaved;
        QVERIFY2(contains(told, "The model at step 8 is not saved. The newest that is saved is the one after epoch 1."),
                 told.c_str());
    }

    void theRecordCatchesUp() {
        const TinyLesson lesson;
        const RunConfig config = lesson.config();
        const auto trainer = makeTrainer(config);
        drive(*trainer, [](const Event& event) { return endsEpoch(event, 1); });
        Events events;
        {
            const FileSizeLimit limit(fs::file_size(config.output / "events.jsonl"));
            events = drive(*trainer, [](const Event& event) {
                const auto* epoch = std::get_if<EpochFinished>(&event.data);
                return epoch && epoch->epoch == 3;
            });
            QCOMPARE(readRun(config.output).epochs.size(), std::size_t(1));
            int warnings = 0;
            for (const Notice& notice : all<Notice>(events)) warnings += notice.warning && contains(notice.text, "events.jsonl");
            QCOMPARE(warnings, 1);  // once, not with every event
        }
        append(events, drive(*trainer));
        const RunHistory history = readRun(config.output);
        QCOMPARE(history.epochs.size(), std::size_t(4));
        for (std::size_t i = 0; i < 4; ++i) QCOMPARE(history.epochs[i].epoch, static_cast<int>(i) + 1);
        QVERIFY(history.summary.status == RunStatus::Finished);
        QVERIFY(!contains(endOf(events).notSaved, "record"));
    }

    void theRecordStaysBehind() {
        const TinyLesson lesson;
        const RunConfig config = lesson.config();
        const auto trainer = makeTrainer(config);
        drive(*trainer, [](const Event& event) { return endsEpoch(event, 3); });
        const FileSizeLimit limit(fs::file_size(config.output / "events.jsonl"));
        const Events events = drive(*trainer);
        const std::string told = endOf(events).notSaved;
        QVERIFY2(contains(told, "The end of the run's record could not be written.") && contains(told, "events.jsonl"),
                 told.c_str());
        QVERIFY(readRun(config.output).summary.status != RunStatus::Finished);
    }
};

QTEST_GUILESS_MAIN(TestNotSaved)
#include "tst_not_saved.moc"
