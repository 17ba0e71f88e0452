// The line of time below the views: which run they show and which of its kept checkpoints. Every view follows what is chosen
// here; it is hidden as long as there is no run to choose.
#pragma once

#include <QFrame>
#include <QTimer>

#include "core/api/runs.h"
#include "ui/models/run_curves.h"

class QHBoxLayout;
class QLabel;
class QToolButton;

namespace thaw::ui {

class CheckpointSlider;
class Session;

class TimeLine : public QFrame {
    Q_OBJECT
public:
    explicit TimeLine(Session& session, QWidget* parent = nullptr);

    /// Whether the page above has a use for it.
    void setWanted(bool wanted);
    void setSlim(bool slim);  ///< as low as its buttons
    CheckpointSlider& slider() { return *m_slider; }
    QString moment() const;  ///< as the label says, in full

Q_SIGNALS:
    void folderRequested();  ///< a run that is not in the list

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void takeSubject();
    void takeCheckpoints();
    void takeEvents();
    void updatePlan();
    void updateMoment();
    void updateRun();
    void fillRunMenu();
    void choose();
    void arrange();
    bool showsTraining() const;  ///< the run in the worker, or none is there
    bool hasRuns() const;        ///< to choose from
    QString nameOf(const std::string& runId) const;

    Session& m_session;
    RunCurves m_curves;
    QTimer m_choosing;  ///< between a move of the slider and the views that follow it
    bool m_wanted = false;
    QToolButton *m_run, *m_back, *m_follow;
    QLabel* m_moment;
    CheckpointSlider* m_slider;
    QHBoxLayout* m_row;
};

}  // namespace thaw::ui
