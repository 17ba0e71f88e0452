// tests/data/earlier_run: a run of three classes as an earlier Thaw 0.1.0 left it, killed after its third epoch, and its
// pictures. It was made by that version's `tst_resume --child run config.json` in the folder of the pictures, whose path stands
// in the record as it was typed. What a version writes once has to be read by all that follow.
#include <QTest>

#include "core/api/analysis.h"
#include "core/api/inspector.h"
#include "core/api/report.h"
#include "core/api/runs.h"
#include "core/store/run_record.h"
#include "tests/support/expect_error.h"
#include "tests/support/tiny_run.h"

using namespace thaw::core;
using namespace thaw::test;
namespace fs = std::filesystem;

class TestEarlierRun : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() {
        m_lesson = std::make_unique<TinyLesson>();
        m_before = fs::current_path();
        const fs::path place = m_lesson->home().path() / "earlier";
        fs::copy(fs::path(THAW_TEST_DATA) / "earlier_run", place, fs::copy_options::recursive);
        fs::current_path(place);
        m_run = place / "run";
    }
    void cleanup() {
        fs::current_path(m_before);
        m_lesson.reset();
    }

    void isListed() {
        const std::vector<RunSummary> runs = listRuns(m_run.parent_path());
        QCOMPARE(runs.size(), std::size_t(1));
        const RunSummary& run = runs[0];
        QCOMPARE(run.problem, std::string());
        QVERIFY(run.status == RunStatus::Interrupted && run.resumable);
        QCOMPARE(run.title, std::string("The lesson"));
        QCOMPARE(run.epochs, 3);
        QCOMPARE(run.plannedEpochs, 5);
        QCOMPARE(run.classNames, (std::vector<std::string>{"brick", "coin", "post"}));
        QVERIFY(run.isComparableTo(run));
        const RunHistory history = readRun(m_run);
        QVERIFY(history.notes.empty());
        for (const Event& event : history.events)
            if (const auto* change = std::get_if<LayersChanged>(&event.data)) QVERIFY(change->origin == Origin::Plan);
    }

    void isEvaluated() {
        EvaluateRequest request;
        request.run = {m_run, "last"};
        request.threads = 1;
        const Evaluation evaluation = evaluateRun(request, {});
        QVERIFY(evaluation.ownData);
        QCOMPARE(evaluation.epoch, 2);
        const EpochFinished recorded = readRun(m_run).epochs[1];
        QCOMPARE(evaluation.predictions.score, recorded.valScore);
        QVERIFY(std::abs(evaluation.predictions.loss - recorded.valLoss) < 1e-4);

        fs::create_directories("elsewhere");
        fs::current_path("elsewhere");
        const std::string missing = errorOf<DataError>([&] { evaluateRun(request, {}); });
        QVERIFY2(missing.find((fs::current_path() / "shapes").string()) != std::string::npos, missing.c_str());
    }

    void isLookedInto() {
        const auto inspector = openInspector(m_run, {});
        QCOMPARE(inspector->run().dataset.problem, std::string());
        QCOMPARE(inspector->pictures(Split::Test)->count(), std::int64_t(9));
        QVERIFY(!makeReport(*inspector, "best", {}).sections.empty());
    }

    void isContinued() {
        const auto trainer = resumeTrainer(m_run);
        const Events events = drive(*trainer);
        for (const RunFailed& failure : all<RunFailed>(events)) QFAIL(failure.what.c_str());
        QCOMPARE(all<RunStarted>(events)[0].resumedEpoch, 2);
        QCOMPARE(all<EpochFinished>(events).size(), std::size_t(3));
        QCOMPARE(all<RunFinished>(events)[0].notSaved, std::string());
        const RunHistory history = readRun(m_run);
        QCOMPARE(history.epochs.size(), std::size_t(5));
        for (std::size_t i = 0; i < 5; ++i) QCOMPARE(history.epochs[i].epoch, static_cast<int>(i) + 1);
        QVERIFY(history.summary.status == RunStatus::Finished);
    }

private:
    std::unique_ptr<TinyLesson> m_lesson;
    fs::path m_before, m_run;
};

QTEST_GUILESS_MAIN(TestEarlierRun)
#include "tst_earlier_run.moc"
