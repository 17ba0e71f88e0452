// Whether the network is as often right as it says it is sure: the reliability diagram, its error, and the temperature that would
// mend it, fitted on training pictures that the run never trained on.
#pragma once

#include <QWidget>

#include <optional>

#include "ui/models/evaluated.h"

class QFrame;
class QLabel;
class QProgressBar;
class QPushButton;

namespace thaw::ui {

class ReliabilityPlot;
class Session;

/// Whether the network is as sure as it is right, as far as so many pictures can tell: the interval of the accuracy decides.
QString calibrationVerdict(const core::EvaluationReport& report);

class CalibrationPage : public QWidget {
    Q_OBJECT
public:
    explicit CalibrationPage(Session& session, QWidget* parent = nullptr);

    void setEvaluated(const Evaluated& evaluated);
    /// Has a temperature fitted, where the page is seen and none is or was.
    void resume();

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    struct Fit {
        std::int64_t pictures = 0;  ///< 0: the run trained on all
        double temperature = 1;
        bool onJudged = false;    ///< fitted on the judged pictures themselves: `after` is cross-fitted
        core::Calibration after;  ///< of the judged pictures, with it
    };
    enum class State { Nothing, Waiting, Known, Failed, Cancelled };

    QFrame* makeDiagrams();
    QFrame* makeSide();
    void ask();
    void refresh();
    void arrange();

    Session& m_session;
    Evaluated m_shown;
    std::optional<Fit> m_fit;
    State m_state = State::Nothing;
    QString m_problem;

    QFrame* m_panel;
    QWidget* m_afterBox;
    ReliabilityPlot *m_before, *m_after;
    QLabel *m_beforeTitle, *m_afterTitle, *m_beforeError, *m_afterError;
    QFrame* m_side;
    QLabel *m_verdict, *m_explanation, *m_temperatureTitle, *m_temperature, *m_temperatureText;
    QProgressBar* m_progress;
    QPushButton* m_action;
};

}  // namespace thaw::ui
