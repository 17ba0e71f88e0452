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
struct PhaseBand;
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
    /// What trains in which epochs, of the run that is shown or of the next one: as the curves show it.
    void setPlan(int epochs, const std::vector<PhaseBand>& bands);
    /// "2 to 5 min", "40 s to 2 min": about so long, where that is a guess; empty when negative.
    static QString guessText(double seconds);

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
    void moveFocus(const std::vector<bool>& enabled);  ///< away from a button that is about to be disabled
    /// Idle where the next run is shown, whatever became of the last one.
    core::TrainerState shownState() const;
    QString phaseName() const;
    void updateProgress();
    void updateTexts();
    void updateCacheChip();
    void fitTexts();  ///< shows as many of the texts as there is room for

    void onRunStarted();
    void onBatches(const std::vector<core::BatchFinished>& batches);
    void onEpoch(const core::EpochFinished& epoch);
    void onFinished(const core::RunFinished& finished);

    Session& m_session;
    WindowActions& m_actions;
    struct Button {
        RunButton* widget;
        QAction* action;
    };
    std::vector<Button> m_buttons;
    const QAction* m_focusHome = nullptr;  ///< whose button lost the focus to another and gets it back
    Chip* m_phase;
    Chip* m_cache;
    QLabel *m_epoch, *m_batch, *m_speed, *m_dot, *m_left, *m_problem;
    QToolButton *m_showLog, *m_continue;
    PlanBar* m_plan;
    RateBox* m_rate;
    QLabel *m_rateTitle, *m_live;
    QToolButton *m_rateDown, *m_rateUp;
    bool m_compact = false;
    QString m_cacheText;
    bool m_cacheWanted = false, m_cacheOff = false;

    // The run as the bar tells it.
    int m_plannedEpochs = 0, m_finishedEpochs = 0;
    core::PhaseStarted m_phaseOfRun;
    core::BatchFinished m_lastBatch;
    bool m_hasBatch = false, m_loading = false;
    core::WorkProgress m_work;
    double m_secondsLeft = -1;
    core::RunFinished m_ended;
    core::RunFailed m_failed;
};

}  // namespace thaw::ui
