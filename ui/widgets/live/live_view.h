// The main panel of the Live tab: the last validation accuracy in large figures, the line of figures that is the legend, the
// curves, and below them smoothing, x axis, claims, fit and export. Works from plain values, given in the order in which a
// Trainer sends them; bindController() connects a TrainingController to the same slots. GUI thread.
#pragma once

#include <QFrame>

#include <functional>
#include <memory>
#include <vector>

#include "ui/bridge/event_metatypes.h"
#include "ui/widgets/live/curve_export.h"
#include "ui/widgets/live/curve_plot.h"

namespace thaw::ui {

class TrainingController;

/// Another run to compare with: its record, the colour and dash it has everywhere (Theme::runPen), and its name ("run 2").
struct OtherRun {
    core::RunHistory history;
    int penIndex = 1;
    QString name;
};

class LiveView : public QFrame {
    Q_OBJECT
public:
    explicit LiveView(QWidget* parent = nullptr);
    ~LiveView() override;  ///< waits for exports that are being written

    /// Follows a run: RunStarted resets and sets the plan (a resumed run keeps what is here when it is the same one and asks
    /// for its record by historyNeeded otherwise), every other event goes to the slot of its name. Once.
    void bindController(TrainingController* controller);

    /// Forgets the run and its plan; smoothing, axis, other runs and claims stay.
    void reset();
    /// The epochs to come, drawn as bands and "still to come". Before a run: what would run. stepsPerEpoch 0: not known yet.
    /// A model gives the bands their names ("Head only"); without one it is described from the config, for ten classes.
    void setPlan(const core::RunConfig& config, std::int64_t stepsPerEpoch, const core::ModelInfo* model = nullptr);
    /// A run from its record, for looking at or going on: adds its epochs, phases and flags to what is here. Figures that
    /// arrived live win over the record's.
    void setHistory(const core::RunHistory& history);
    /// Runs drawn behind this one, at most a few. Replaces those given before.
    void setOtherRuns(const std::vector<OtherRun>& runs);
    /// What the lesson's text claims after each phase, 0..1 (Lesson::claims); the button is there when there are any.
    void setClaims(const std::vector<double>& claims);
    /// In titles of exported files and accessible texts: "Run 3, CIFAR-10".
    void setRunTitle(const QString& title);

    const RunCurves& curves() const;
    CurvePlot* plot() const;
    /// Seconds on a clock that only grows; tests give their own.
    void setClock(std::function<double()> clock);

    /// Average of the training curves over about `batches` batches; 1 is off.
    void setSmoothingBatches(double batches);
    double smoothingBatches() const;
    void setAxis(SeriesAxis axis);
    void setClaimsShown(bool shown);

    /// Pictures for files in the light colours also where the screen is dark; so unless the user chose otherwise.
    void setLightFiles(bool light);
    /// Writes at once (PNG, SVG, PDF: as seen; CSV: all figures of this run and the others) in a thread of its own, to a
    /// temporary file that takes the target's place when complete. exported() or exportFailed() follows.
    void exportTo(const QString& file, ExportFormat format);

    QSize minimumSizeHint() const override;

public Q_SLOTS:
    void showPreparation(const thaw::core::WorkProgress& progress);  ///< over the empty axes, until there is a batch
    void addPhase(const thaw::core::PhaseStarted& phase);            ///< begins a band; its mask and rate are the new ones
    void addBatches(const std::vector<thaw::core::BatchFinished>& batches);  ///< points of the training curves
    void addEpoch(const thaw::core::EpochFinished& epoch);           ///< a validation point, the hero number, the read-out
    void addLayersChanged(const thaw::core::LayersChanged& change);  ///< a flag, and a new band from here on
    void addLearningRateChanged(const thaw::core::LearningRateChanged& change);  ///< a flag
    void addPaused(const thaw::core::Paused& event);                             ///< a flag; the run's clock stands still
    void addResumed(const thaw::core::Resumed& event);                           ///< completes the flag: "Pause 2 min"
    void addPlanProgress(const thaw::core::PlanProgress& progress);              ///< end of the time axis

Q_SIGNALS:
    /// What trains when, in the past or in the plan: curves().bands().
    void planChanged();
    /// A run was resumed whose record is not here yet: read it and give it to setHistory().
    void historyNeeded(const QString& runDirectory);
    void exported(const QString& file);
    void exportFailed(const QString& file, const QString& what, const QString& hint);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    class Private;
    std::unique_ptr<Private> d;
};

}  // namespace thaw::ui
