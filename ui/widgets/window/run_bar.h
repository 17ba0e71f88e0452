// The bar under the menus: what can be done with the run, where it stands in its plan, and the live learning rate.
#pragma once

#include <QWidget>

#include <vector>

#include "core/api/events.h"

class QHBoxLayout;
class QLabel;
class QToolButton;

namespace thaw::ui {

class Chip;
class PlanBar;
class RateBox;
class RunButton;
class Session;
class WindowActions;

class RunBar : public QWidget {
    Q_OBJECT
public:
    RunBar(Session& session, WindowActions& actions, QWidget* parent = nullptr);

    /// Icons alone on Start, Step and Stop, and no batch count: for windows under 1400 by 800.
    void setCompact(bool compact);

Q_SIGNALS:
    void logRequested();  ///< "Show log" after a failure

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    RunButton* addButton(QHBoxLayout* layout, QAction* action, const QString& icon, double width, const QString& longest = {});
    QWidget* makePlan();
    QWidget* makeRate();
    void applyTheme();
    void updateButtons();
    void updatePlan();  ///< cells, from the plan or from what happened
    void updateTexts();
    void fitTexts();  ///< shows as many of the texts as there is room for

    void onRunStarted();
    void onPhase(const core::PhaseStarted& phase);
    void onBatches(const std::vector<core::BatchFinished>& batches);
    void onEpoch(const core::EpochFinished& epoch);
    void onLayers(const core::LayersChanged& change);

    Session& m_session;
    WindowActions& m_actions;
    struct Button {
        RunButton* widget;
        QAction* action;
    };
    std::vector<Button> m_buttons;
    Chip* m_phase;
    Chip* m_cache;
    QLabel *m_epoch, *m_batch, *m_speed, *m_dot, *m_left, *m_problem;
    QToolButton* m_showLog;
    PlanBar* m_plan;
    RateBox* m_rate;
    QLabel *m_rateTitle, *m_live;
    QToolButton *m_rateDown, *m_rateUp;
    bool m_compact = false;
    QString m_cacheText;
    bool m_cacheWanted = false, m_cacheOff = false;

    // The run as the bar tells it.
    std::vector<bool> m_cells;
    int m_finishedEpochs = 0, m_phaseFirst = 1, m_phaseEpochs = 0;
    QString m_phaseTitle;
    bool m_thawed = false;
    core::BatchFinished m_lastBatch;
    bool m_hasBatch = false, m_loading = false;
    core::WorkProgress m_work;
    double m_secondsLeft = -1;
    core::RunFinished m_ended;
    core::RunFailed m_failed;
};

}  // namespace thaw::ui
