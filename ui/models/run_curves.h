// What the Live tab knows of one run: its plan, its curves, and what happened along the way, as plain values. Fed by events in
// any order that a Trainer can produce; a run that goes on from an earlier checkpoint replaces what it trains again.
// No widgets, no files, no clock of its own: whoever feeds it says what time it is. GUI thread; copies go to other threads.
#pragma once

#include <QCoreApplication>
#include <QString>

#include <map>
#include <optional>
#include <vector>

#include "core/api/events.h"
#include "core/api/runs.h"
#include "ui/models/metric_series.h"

class QIODevice;

namespace thaw::ui {

/// A stretch of the run, in epochs, in which the same layers train.
struct PhaseBand {
    double from = 0, to = 0;
    bool thawed = false;  ///< something of the trunk trains
    QString label;        ///< "Head only", "Block 5 thawed"
    QString details;      ///< for a tool tip
};

enum class FlagTone { Ice, Warm, Neutral };

/// "45 s", "2 min", "1 h 5 min": for people; exact adds the seconds to the minutes.
QString durationText(double seconds, bool exact = false);
/// "3:56", "1:05:07"
QString clockText(double seconds);

/// Everything that happened at one step, under one label.
struct EventFlag {
    double position = 0;  ///< in epochs
    FlagTone tone = FlagTone::Neutral;
    QString label;                    ///< "Thaw, LR ÷10"
    std::size_t first = 0, last = 0;  ///< range of happenings: RunCurves::flagDetails
};

/// The figures at one place of the x axis. NaN: not known there.
struct ReadOut {
    QString tag;      ///< "Epoch 8", "Batch 120"; empty before there is anything to read
    QString axisTag;  ///< the same, short, for the axis
    double x = 0;
    bool atEpoch = false;
    double valScore = 0, valLoss = 0, trainScore = 0, trainLoss = 0;
    core::TaskKind task = core::TaskKind::OneLabel;  ///< whose scores they are
};

class RunCurves {
    Q_DECLARE_TR_FUNCTIONS(thaw::ui::RunCurves)
public:
    RunCurves();

    void reset();
    /// The epochs to come. Keeps what was trained. A model gives the bands their names; without one the phases' titles do.
    void setPlan(const core::RunConfig& config, std::int64_t stepsPerEpoch, const core::ModelInfo* model = nullptr);
    /// Adds what a run's record holds to what is here; figures that are here already win. Its config becomes the plan when
    /// there is none.
    void addHistory(const core::RunHistory& history);

    /// `now`: seconds on any clock that only grows; the first of these calls starts the run's own clock.
    void addPhase(const core::PhaseStarted& phase, double now);
    void addBatches(const std::vector<core::BatchFinished>& batches, double now);
    void addEpoch(const core::EpochFinished& epoch, double now);
    void addPaused(const core::Paused& event, double now);
    void addResumed(const core::Resumed& event, double now);
    void addLayersChanged(const core::LayersChanged& change);
    void addLearningRateChanged(const core::LearningRateChanged& change);
    /// Remaining working time of the plan, for the end of the time axis; negative: unknown.
    void setSecondsLeft(double seconds) { m_secondsLeft = seconds; }

    void setSmoothing(double weight);
    double smoothing() const { return m_trainLoss.smoothing(); }

    const MetricSeries& trainLoss() const { return m_trainLoss; }            ///< a point a batch
    const MetricSeries& trainScore() const { return m_trainScore; }          ///< a point a batch
    const MetricSeries& epochTrainLoss() const { return m_epochTrainLoss; }  ///< running means, a point an epoch
    const MetricSeries& epochTrainScore() const { return m_epochTrainScore; }
    const MetricSeries& valLoss() const { return m_valLoss; }  ///< a point an epoch
    const MetricSeries& valScore() const { return m_valScore; }
    const std::map<int, core::EpochFinished>& epochs() const { return m_epochs; }
    bool empty() const { return m_epochs.empty() && m_trainLoss.empty(); }

    const core::RunConfig& config() const { return m_config; }
    std::int64_t stepsPerEpoch() const { return m_stepsPerEpoch; }
    double position() const;    ///< how far the training has come, in epochs
    int plannedEpochs() const;  ///< of the whole plan, as far as it is known; at least 1
    std::vector<PhaseBand> bands() const;
    std::vector<EventFlag> flags() const;
    QString flagDetails(const EventFlag& flag) const;  ///< a line a thing: where, when, what from, what to

    /// Where an epoch position stands on an axis, and how far the axis goes. Time beyond the present is an estimate.
    double xOf(double epochPosition, SeriesAxis axis) const;
    double endOf(SeriesAxis axis) const { return xOf(plannedEpochs(), axis); }

    /// The finished epoch nearest to x, or the batch there when no epoch is within `reach` (in units of the axis).
    ReadOut readOut(double x, SeriesAxis axis, double reach) const;
    /// The last finished epoch; before there is one, the last batch.
    ReadOut restingReadOut(SeriesAxis axis) const;
    ReadOut readOutOfEpoch(int epoch, SeriesAxis axis) const;

    const core::EpochFinished* lastEpoch() const;
    const core::EpochFinished* bestEpoch() const;  ///< by the run's judging
    /// Best validation score before anything of the trunk was thawed; nothing when it never was, or from the start.
    std::optional<double> bestFrozen() const;
    /// Last validation score minus bestFrozen(), in points of percent where it is a share; nothing before an epoch with the
    /// thawed trunk.
    std::optional<double> pointsSinceThaw() const;

    /// A line of names, then a line for each batch and each epoch, in order:
    /// `run,kind,step,epoch,seconds,training_loss,training_accuracy, validation_loss,validation_accuracy,learning_rate`, with the
    /// name of the task's score for accuracy. Numbers
    /// are the shortest that read back as the same double, whatever the locale; a figure that is not known is empty. False when
    /// the device takes no more.
    bool writeCsv(QIODevice& device, const QString& runName, bool withHeader = true) const;

private:
    struct Happening {
        double position = 0;
        std::int64_t step = 0;
        enum Kind { Phase, Layers, Rate, Pause, ResumeAlone } kind = Phase;
        int phase = -1;
        core::LayerMask mask;                     ///< Phase, Layers: what trains from here on
        std::vector<std::string> thawed, frozen;  ///< Layers
        double before = 0, after = 0;             ///< Rate; Phase: its learning rate in `after`
        double seconds = -1;                      ///< Pause: how long; negative: still paused
        bool planned = false;                     ///< by the plan, not by hand
    };
    struct Span {  ///< of bands()
        double from = 0, to = 0;
        core::LayerMask mask;
        int phase = 0;
        bool actual = false;
    };
    struct Gathered;  ///< what happened at one step
    void start(double now);
    double working(double now) const;
    void insert(Happening happening);
    Happening beginningOf(const core::PhaseStarted& phase) const;
    void takePhases(const std::map<int, core::PhaseStarted>& recorded);
    Gathered gather(std::size_t first, const Gathered& before) const;
    EventFlag flagOf(const Gathered& all) const;
    void rewindTo(std::int64_t step, int epoch);
    void storeEpoch(const core::EpochFinished& epoch, double seconds);
    void rebuildEpochSeries();
    double secondsOf(double epochPosition) const;
    std::vector<Span> spans() const;
    std::vector<std::pair<double, double>> phaseBounds() const;  ///< a pair a phase of the plan
    core::LayerMask plannedMask(std::size_t phase) const;
    bool isThawed(const Span& span) const;
    QString labelOf(const Span& span) const;
    double firstThaw() const;  ///< epochs; negative: never
    double halfStep() const { return m_stepsPerEpoch > 0 ? 0.5 / static_cast<double>(m_stepsPerEpoch) : 1e-6; }

    core::RunConfig m_config;
    std::optional<core::ModelInfo> m_model;
    std::int64_t m_stepsPerEpoch = 0;
    std::map<int, core::PhaseStarted> m_phases;
    std::vector<Happening> m_happenings;  ///< by position
    std::map<int, core::EpochFinished> m_epochs;
    std::map<int, double> m_epochSeconds;
    std::vector<double> m_batchRates;  ///< learning rate of each batch
    MetricSeries m_trainLoss, m_trainScore, m_epochTrainLoss, m_epochTrainScore, m_valLoss, m_valScore;

    bool m_started = false;
    double m_clockStart = 0, m_pausedTotal = 0, m_pausedSince = -1, m_timeBase = 0, m_lastFlush = 0;
    double m_secondsLeft = -1;
};

}  // namespace thaw::ui
