#include <QApplication>
#include <QListView>
#include <QLocale>
#include <QMenu>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>

#include "tests/support/shot.h"
#include "tests/ui/window_fixture.h"
#include "ui/models/run_list_model.h"
#include "ui/widgets/live/runs_panel.h"
#include "ui/widgets/parts/theme.h"

using namespace thaw;
using ui::RunListModel;
using ui::RunsPanel;

namespace {

core::RunSummary summary(int number, double best, core::RunStatus status, const std::string& title) {
    core::RunSummary run;
    run.runId = "run-" + std::to_string(number);
    run.directory = "/runs/" + run.runId;
    run.number = number;
    run.title = title;
    run.bestScore = best;
    run.status = status;
    run.epochs = run.plannedEpochs = 15;
    return run;
}

QPushButton* named(const QWidget& widget, const QString& text) {
    for (QPushButton* button : widget.findChildren<QPushButton*>())
        if (button->text() == text && button->isVisible()) return button;
    return nullptr;
}

}  // namespace

class RunsPanelTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() {
        QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
        ui::Theme::instance().setScheme(ui::ColorScheme::Light);
    }

    void init() {
        m_model = std::make_unique<RunListModel>();
        m_model->setRuns(
            {summary(2, .731, core::RunStatus::Finished, "The lesson"), summary(1, .647, core::RunStatus::Stopped, "Head only")});
        m_panel = std::make_unique<RunsPanel>();
        m_panel->setRunModel(m_model.get());
        m_panel->resize(332, 152);
        m_panel->show();
        m_list = m_panel->findChild<QListView*>();
    }

    void cleanup() { m_panel.reset(); }

    void emptySaysWhatWillBeHere() {
        RunListModel none;
        RunsPanel panel;
        panel.setRunModel(&none);
        panel.show();
        QVERIFY(!panel.findChild<QListView*>()->isVisible());
        none.setRuns({summary(1, .5, core::RunStatus::Finished, "The lesson")});
        QVERIFY(panel.findChild<QListView*>()->isVisible());
    }

    void theEyeShowsAndHides() {
        QVERIFY(m_model->index(0, 0).data(RunListModel::ShownRole).toBool());
        const QRect row = m_list->visualRect(m_model->index(0, 0));
        QTest::mouseClick(m_list->viewport(), Qt::LeftButton, {}, QPoint(row.left() + 18, row.center().y()));
        QVERIFY(!m_model->index(0, 0).data(RunListModel::ShownRole).toBool());
        m_list->setCurrentIndex(m_model->index(0, 0));
        QTest::keyClick(m_list, Qt::Key_Space);
        QVERIFY(m_model->index(0, 0).data(RunListModel::ShownRole).toBool());
    }

    void opensByDoubleClickAndEnter() {
        QSignalSpy opened(m_panel.get(), &RunsPanel::openRequested);
        const QRect row = m_list->visualRect(m_model->index(1, 0));
        QTest::mouseClick(m_list->viewport(), Qt::LeftButton, {}, row.center());
        QTest::mouseDClick(m_list->viewport(), Qt::LeftButton, {}, row.center());
        QCOMPARE(opened.count(), 1);
        QCOMPARE(opened.first().first().toString(), QString("/runs/run-1"));
        m_list->setCurrentIndex(m_model->index(0, 0));
        QTest::keyClick(m_list, Qt::Key_Return);
        QCOMPARE(opened.count(), 2);
        QCOMPARE(opened.last().first().toString(), QString("/runs/run-2"));
    }

    void deletesOnlyAfterAsking() {
        QSignalSpy deleted(m_panel.get(), &RunsPanel::deleteRequested);
        m_list->setCurrentIndex(m_model->index(1, 0));
        QTest::keyClick(m_list, Qt::Key_Delete);
        QVERIFY(named(*m_panel, "Delete Run 1"));
        QCOMPARE(deleted.count(), 0);
        named(*m_panel, "Keep")->click();
        QVERIFY(!named(*m_panel, "Delete Run 1"));
        QCOMPARE(deleted.count(), 0);

        m_panel->askToDelete(1);
        QTest::keyClick(named(*m_panel, "Keep"), Qt::Key_Escape);
        QVERIFY(!named(*m_panel, "Delete Run 1"));

        m_panel->askToDelete(0);
        // Fresh data takes the question with it.
        m_model->setRuns({summary(2, .731, core::RunStatus::Finished, "The lesson")});
        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
        QVERIFY(!named(*m_panel, "Delete Run 2"));
        m_panel->askToDelete(0);
        named(*m_panel, "Delete Run 2")->click();
        QCOMPARE(deleted.count(), 1);
        QCOMPARE(deleted.first().first().toString(), QString("/runs/run-2"));
    }

    void theRunThatTrainsStays() {
        core::RunStarted started;
        started.runId = "run-3";
        m_model->startCurrent(started);
        m_panel->askToDelete(0);
        QVERIFY(!named(*m_panel, "Delete Run 3"));
        // Once it has ended it is a run like any other.
        core::RunFinished finished;
        finished.reason = "stopped";
        m_model->finishCurrent(finished);
        m_model->setCurrentState(core::TrainerState::Finished);
        m_panel->askToDelete(0);
        QVERIFY(named(*m_panel, "Delete Run 3"));
    }

    void menuOffersWhatCanBeDone() {
        const auto menuOf = [&](int row) {
            const QRect rect = m_list->visualRect(m_model->index(row, 0));
            Q_EMIT m_list->customContextMenuRequested(rect.center());
            auto* menu = m_panel->findChild<QMenu*>();
            QStringList enabled;
            for (const QAction* action : menu->actions())
                if (action->isEnabled() && !action->isSeparator()) enabled += action->text();
            return std::pair(std::unique_ptr<QMenu>(menu), enabled);
        };
        std::vector<core::RunSummary> runs{summary(2, .731, core::RunStatus::Finished, "The lesson"),
                                           summary(1, .647, core::RunStatus::Stopped, "Head only")};
        runs[1].resumable = true;
        m_model->setRuns(runs);
        QVERIFY(!menuOf(0).second.contains("Continue"));
        QSignalSpy continued(m_panel.get(), &RunsPanel::continueRequested);
        {
            const auto [menu, enabled] = menuOf(1);
            QVERIFY(enabled.contains("Continue") && enabled.contains("Open") && enabled.contains(QStringLiteral("Delete…")));
            menu->actions().constFirst()->trigger();
        }
        QCOMPARE(continued.count(), 1);
        QCOMPARE(continued.first().first().toString(), QString("/runs/run-1"));
        // While another run trains, none can be taken up.
        core::RunStarted started;
        started.runId = "run-3";
        m_model->startCurrent(started);
        m_model->setCurrentState(core::TrainerState::Running);
        QVERIFY(!menuOf(2).second.contains("Continue"));
        QVERIFY(!menuOf(0).second.contains("Open"));
        QVERIFY(!menuOf(0).second.contains(QStringLiteral("Delete…")));
        // Stopped, it is one that can be continued, though it is the one that is open.
        core::RunFinished finished;
        finished.reason = "stopped";
        m_model->finishCurrent(finished);
        m_model->setCurrentState(core::TrainerState::Finished);
        const QStringList after = menuOf(0).second;
        QVERIFY(after.contains("Continue") && after.contains("Open") && after.contains(QStringLiteral("Delete…")));
    }

    void looksAsDrawn() {
        core::RunStarted started;
        started.runId = "run-3";
        m_model->startCurrent(started);
        m_model->setCurrentState(core::TrainerState::Running);
        core::EpochFinished epoch;
        epoch.epoch = 12;
        epoch.valScore = .701;
        epoch.best = true;
        m_model->addEpoch(epoch);
        for (bool dark : {false, true}) {
            ui::Theme::instance().setScheme(dark ? ui::ColorScheme::Dark : ui::ColorScheme::Light);
            QCOMPARE(test::WindowFixture::cutTexts(m_panel.get()), QStringList());
            test::saveShot(*m_panel, QString("runs") + (dark ? "-dark" : "-light"));
        }
        m_panel->askToDelete(1);
        QVERIFY(named(*m_panel, "Delete Run 2"));
        QCOMPARE(test::WindowFixture::cutTexts(m_panel.get()), QStringList());
        test::saveShot(*m_panel, "runs-question");
        ui::Theme::instance().setScheme(ui::ColorScheme::Light);
    }

private:
    std::unique_ptr<RunListModel> m_model;
    std::unique_ptr<RunsPanel> m_panel;
    QListView* m_list = nullptr;
};

QTEST_MAIN(RunsPanelTest)
#include "tst_runs_panel.moc"
