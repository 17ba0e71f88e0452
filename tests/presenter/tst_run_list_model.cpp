#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

#include "tests/support/model_text.h"
#include "ui/models/run_list_model.h"

using namespace thaw;
using ui::RunListModel;

namespace {

core::RunSummary summary(int number, core::RunStatus status, double best, const char* title) {
    core::RunSummary run;
    run.runId = "run-" + std::to_string(number);
    run.directory = "/runs/" + run.runId;
    run.number = number;
    run.title = title;
    run.status = status;
    run.bestScore = best;
    run.bestEpoch = best < 0 ? 0 : 5;
    run.epochs = run.bestEpoch;
    run.plannedEpochs = 15;
    run.dataset = "CIFAR-10";
    run.datasetId = "cifar10";
    return run;
}

std::vector<core::RunSummary> fiveRuns() {
    return {summary(5, core::RunStatus::Failed, -1, "The lesson"), summary(4, core::RunStatus::Finished, 0.731, "The lesson"),
            summary(3, core::RunStatus::Interrupted, 0.6472, "The lesson"),
            summary(2, core::RunStatus::Stopped, 0.6, "The lesson"), summary(1, core::RunStatus::Finished, 0.5, "From scratch")};
}

core::RunStarted started(const std::string& runId) {
    core::RunStarted event;
    event.dataset.id = "cifar10";
    event.dataset.title = "CIFAR-10";
    event.runId = runId;
    event.config.title = "The lesson";
    return event;
}

}  // namespace

class TstRunListModel : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates)); }

    void showsAtMostThree() {
        RunListModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        QSignalSpy shown(&model, &RunListModel::shownRunsChanged);
        model.setRuns(fiveRuns());
        QCOMPARE(test::modelText(model), QStringLiteral("[ ]  |  | Run 5 | failed | CIFAR-10 | –\n"
                                                        "[x]  |  | Run 4 | The lesson | CIFAR-10 | 73.1\u2009%\n"
                                                        "[x]  |  | Run 3 | interrupted | CIFAR-10 | 64.7\u2009%\n"
                                                        "[x]  |  | Run 2 | stopped | CIFAR-10 | 60.0\u2009%\n"
                                                        "[ ]  |  | Run 1 | From scratch | CIFAR-10 | 50.0\u2009%\n"));
        QCOMPARE(shown.count(), 1);
        model.setRuns(fiveRuns());
        QCOMPARE(shown.count(), 1);
    }

    void followsTheEye() {
        RunListModel model;
        model.setRuns(fiveRuns());
        QSignalSpy shown(&model, &RunListModel::shownRunsChanged);
        QVERIFY(model.setData(model.index(4, 0), Qt::Checked, Qt::CheckStateRole));
        QVERIFY(model.setData(model.index(1, 0), Qt::Unchecked, Qt::CheckStateRole));
        QVERIFY(!model.setData(model.index(1, 2), Qt::Unchecked, Qt::CheckStateRole));
        QCOMPARE(shown.count(), 2);
        QCOMPARE(model.shownRuns(), (std::vector<std::string>{"run-3", "run-2", "run-1"}));
        model.setRuns(fiveRuns());
        QCOMPARE(model.shownRuns(), (std::vector<std::string>{"run-3", "run-2", "run-1"}));
    }

    void listsThePresentRunAtOnce() {
        RunListModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setRuns(fiveRuns());
        model.startCurrent(started("run-6"));
        const auto cell = [&](int row, int column) { return model.index(row, column).data().toString(); };
        QCOMPARE(cell(0, RunListModel::NameColumn), QStringLiteral("Run 6"));
        QCOMPARE(cell(0, RunListModel::StateColumn), QStringLiteral("running"));
        QCOMPARE(model.shownRuns(), (std::vector<std::string>{"run-6", "run-4", "run-3"}));
        core::EpochFinished epoch;
        epoch.epoch = 1;
        epoch.valScore = 0.566;
        epoch.best = true;
        model.addEpoch(epoch);
        QCOMPARE(cell(0, RunListModel::BestColumn), QStringLiteral("56.6\u2009%"));
        model.setCurrentState(core::TrainerState::Paused);
        QCOMPARE(cell(0, RunListModel::StateColumn), QStringLiteral("paused"));
        // The folder is read again while the run is not in it yet, then when its record lags behind.
        model.setRuns(fiveRuns());
        QCOMPARE(cell(0, RunListModel::NameColumn), QStringLiteral("Run 6"));
        std::vector<core::RunSummary> read = fiveRuns();
        read.insert(read.begin(), summary(6, core::RunStatus::Running, -1, "The lesson"));
        model.setRuns(read);
        QCOMPARE(model.rowCount(), 6);
        QCOMPARE(cell(0, RunListModel::BestColumn), QStringLiteral("56.6\u2009%"));
        core::RunFinished finished;
        finished.reason = "stopped";
        model.finishCurrent(finished);
        model.setCurrentState(core::TrainerState::Finished);
        QCOMPARE(cell(0, RunListModel::StateColumn), QStringLiteral("stopped"));
        QVERIFY(model.index(0, 0).data(RunListModel::ResumableRole).toBool());
    }

    void listsAnOpenRunOfAnotherFolder() {
        RunListModel model;
        model.setRuns(fiveRuns());
        core::RunStarted elsewhere = started("from-a-stick");
        elsewhere.resumedEpoch = 15;
        model.startCurrent(elsewhere);
        model.setCurrentState(core::TrainerState::Finished);
        model.setRuns(fiveRuns());
        QCOMPARE(model.rowCount(), 6);
        QCOMPARE(model.index(0, RunListModel::NameColumn).data().toString(), QStringLiteral("from-a-stick"));
        QVERIFY(model.index(0, RunListModel::StateColumn).data().toString() != QLatin1String("running elsewhere"));
    }

    // Figures on other pictures are no rivals: neither another data set nor another part of the same one.
    void onlyRunsOnTheSamePicturesAreShown() {
        RunListModel model;
        std::vector<core::RunSummary> runs = fiveRuns();
        runs[0].bestScore = 0.9;
        runs[0].datasetId = "folder";
        runs[1].validation.digest = runs[3].validation.digest = "10,000 test pictures";
        runs[2].validation.digest = "500 test pictures";
        // The last one is an old record: its data set is all that is known.
        core::RunStarted now = started("run-6");
        auto pictures = std::make_shared<core::PictureSet>();
        pictures->identity.digest = "10,000 test pictures";
        now.testPictures = pictures;
        model.setRuns(runs);
        model.startCurrent(now);
        QCOMPARE(model.shownRuns(), (std::vector<std::string>{"run-6", "run-4", "run-2"}));
        const auto rival = [&](int row) { return model.index(row, 0).data(RunListModel::RivalRole).toBool(); };
        QVERIFY(rival(0) && !rival(1) && rival(2) && !rival(3) && rival(4) && rival(5));
        QVERIFY(model.index(1, RunListModel::NameColumn).data(Qt::ToolTipRole).toString().contains("other pictures"));
        // Whoever wants to see it all the same, does.
        QVERIFY(model.setData(model.index(1, 0), Qt::Checked, Qt::CheckStateRole));
        QCOMPARE(model.shownRuns(), (std::vector<std::string>{"run-6", "run-5", "run-4", "run-2"}));
    }

    void theNextRunHasRivalsOfItsOwn() {
        RunListModel model;
        std::vector<core::RunSummary> runs = fiveRuns();
        runs[1].datasetId = "folder";
        runs[3].testLock.validatesOnHeldOut = true;
        model.setRuns(runs);
        core::RunSummary next;
        next.datasetId = "folder";
        model.setNextRun(next);
        QCOMPARE(model.shownRuns(), (std::vector<std::string>{"run-4"}));
        next.datasetId = "cifar10";
        model.setNextRun(next);
        QCOMPARE(model.shownRuns(), (std::vector<std::string>{"run-3", "run-1"}));
        next.testLock.validatesOnHeldOut = true;
        model.setNextRun(next);
        QCOMPARE(model.shownRuns(), (std::vector<std::string>{"run-2"}));
    }

    // Another window trained it further while it stood here.
    void takesOverWhatAnotherWindowTrained() {
        RunListModel model;
        std::vector<core::RunSummary> runs = fiveRuns();
        runs[2].epochs = 3;
        runs[2].bestScore = 0.512;
        model.setRuns(runs);
        core::RunStarted opened = started("run-3");
        opened.resumed = true;
        opened.resumedEpoch = 15;
        model.startCurrent(opened);
        model.setCurrentState(core::TrainerState::Finished);
        runs[2].epochs = 15;
        runs[2].bestScore = 0.502;  // its loss decides
        runs[2].bestEpoch = 12;
        runs[2].status = core::RunStatus::Finished;
        model.setRuns(runs);
        QCOMPARE(model.index(2, RunListModel::BestColumn).data().toString(), QStringLiteral("50.2\u2009%"));
        // What is trained here is ahead of the record all the same.
        core::EpochFinished epoch;
        epoch.epoch = 16;
        epoch.valScore = 0.6;
        epoch.best = true;
        model.addEpoch(epoch);
        model.setRuns(runs);
        QCOMPARE(model.index(2, RunListModel::BestColumn).data().toString(), QStringLiteral("60.0\u2009%"));
    }

    void aRunThatWasLetGoIsPresentNoMore() {
        RunListModel model;
        model.setRuns(fiveRuns());
        model.startCurrent(started("run-6"));
        model.setCurrentState(core::TrainerState::Idle);
        model.setRuns(fiveRuns());
        QCOMPARE(model.rowCount(), 5);
    }

    void thePresentRunHasTheFirstLine() {
        RunListModel model;
        model.setRuns(fiveRuns());
        model.startCurrent(started("run-3"));
        QList<int> lines;
        for (int row = 0; row < model.rowCount(); ++row) lines += model.index(row, 0).data(RunListModel::LineIndexRole).toInt();
        QCOMPARE(lines, (QList<int>{1, 2, 0, 3, 4}));
        QCOMPARE(model.rowCount(), 5);
    }

    void thePresentRunHasItsTask() {
        RunListModel model;
        core::RunStarted run = started("run-6");
        run.config.task = core::TaskKind::SeveralLabels;
        model.startCurrent(run);
        core::EpochFinished epoch;
        epoch.task = core::TaskKind::SeveralLabels;
        epoch.epoch = 1;
        epoch.valScore = 0.6;
        epoch.best = true;
        model.addEpoch(epoch);
        QVERIFY(model.index(0, 0).data(Qt::AccessibleTextRole).toString().contains(QStringLiteral("best mAP 60.0 percent")));
    }

    void aPerplexityIsNoShare() {
        RunListModel model;
        core::RunStarted run = started("run-6");
        run.config.task = core::TaskKind::ContinueText;
        model.startCurrent(run);
        core::EpochFinished epoch;
        epoch.task = core::TaskKind::ContinueText;
        epoch.epoch = 1;
        epoch.valScore = 23.42;
        epoch.best = true;
        model.addEpoch(epoch);
        QCOMPARE(model.index(0, RunListModel::BestColumn).data().toString(), QStringLiteral("23.4"));
        QVERIFY(model.index(0, 0).data(Qt::AccessibleTextRole).toString().contains(QStringLiteral("best perplexity 23.4,")));
    }

    void speaks() {
        RunListModel model;
        model.setRuns(fiveRuns());
        QCOMPARE(model.index(1, 0).data(Qt::AccessibleTextRole).toString(),
                 QStringLiteral("Run 4, The lesson, CIFAR-10, best accuracy 73.1 percent, shown"));
        QVERIFY(model.index(1, 2).data(Qt::ToolTipRole).toString().contains(QStringLiteral("Best after epoch 5")));
    }
};

QTEST_GUILESS_MAIN(TstRunListModel)
#include "tst_run_list_model.moc"
