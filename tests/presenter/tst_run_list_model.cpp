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
    run.bestAccuracy = best;
    run.bestEpoch = best < 0 ? 0 : 5;
    run.epochs = run.bestEpoch;
    run.plannedEpochs = 15;
    return run;
}

std::vector<core::RunSummary> fiveRuns() {
    return {summary(5, core::RunStatus::Failed, -1, "The lesson"), summary(4, core::RunStatus::Finished, 0.731, "The lesson"),
            summary(3, core::RunStatus::Interrupted, 0.6472, "The lesson"),
            summary(2, core::RunStatus::Stopped, 0.6, "The lesson"), summary(1, core::RunStatus::Finished, 0.5, "From scratch")};
}

core::RunStarted started(const std::string& runId) {
    core::RunStarted event;
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
        QCOMPARE(test::modelText(model), QStringLiteral("[ ]  |  | Run 5 | failed | –\n"
                                                        "[x]  |  | Run 4 | The lesson | 73.1\u2009%\n"
                                                        "[x]  |  | Run 3 | interrupted | 64.7\u2009%\n"
                                                        "[x]  |  | Run 2 | stopped | 60.0\u2009%\n"
                                                        "[ ]  |  | Run 1 | From scratch | 50.0\u2009%\n"));
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
        epoch.valAccuracy = 0.566;
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

    void thePresentRunHasTheFirstLine() {
        RunListModel model;
        model.setRuns(fiveRuns());
        model.startCurrent(started("run-3"));
        QList<int> lines;
        for (int row = 0; row < model.rowCount(); ++row) lines += model.index(row, 0).data(RunListModel::LineIndexRole).toInt();
        QCOMPARE(lines, (QList<int>{1, 2, 0, 3, 4}));
        QCOMPARE(model.rowCount(), 5);
    }

    void speaks() {
        RunListModel model;
        model.setRuns(fiveRuns());
        QCOMPARE(model.index(1, 0).data(Qt::AccessibleTextRole).toString(),
                 QStringLiteral("Run 4, The lesson, best 73.1 percent, shown"));
        QVERIFY(model.index(1, 2).data(Qt::ToolTipRole).toString().contains(QStringLiteral("Best after epoch 5")));
    }
};

QTEST_GUILESS_MAIN(TstRunListModel)
#include "tst_run_list_model.moc"
