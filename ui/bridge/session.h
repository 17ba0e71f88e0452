// What the window is about: the settings of the next run, the lessons, the layer tree and the price of its ticks. Ties the three
// controllers to the tree, so that widgets only show and ask. GUI thread.
#pragma once

#include <QObject>
#include <QSet>
#include <QTimer>

#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "ui/bridge/inspection_controller.h"
#include "ui/bridge/kept_ticks.h"
#include "ui/bridge/library_controller.h"
#include "ui/bridge/training_controller.h"
#include "ui/models/layer_tree_model.h"

namespace thaw::ui {

class LessonData;

/// A named choice of layers to train.
struct LayerPreset {
    QString title;
    core::LayerMask mask;
};

/// Layers that were thawed by hand and that the plan freezes again at its next phase.
struct FrozenLater {
    core::LayerMask layers, kept;  ///< kept: those of them that stay thawed all the same; both empty: there are none
    int epoch = 0;                 ///< the last one of this phase, from 1
};

class Session : public QObject {
    Q_OBJECT
public:
    /// The controllers must outlive the session.
    Session(TrainingController& training, LibraryController& library, InspectionController& inspection,
            QObject* parent = nullptr);

    TrainingController& training() const { return m_training; }
    LibraryController& library() const { return m_library; }
    InspectionController& inspection() const { return m_inspection; }
    LayerTreeModel& layers() { return m_layers; }
    LessonData& lessonData() const { return *m_lessonData; }

    /// Asks the library for everything that the window shows.
    void refresh();

    /// Between the start of a run and its end, pauses included.
    bool isActive() const;
    ActionStates actions() const { return m_training.actions(); }
    /// The shown run has ended before its plan, and has a checkpoint to go on from.
    bool canContinue() const;

    const core::RunConfig& config() const { return m_config; }  ///< of the next run
    /// Tree, title, curves and plan are of the run that trains or was opened; else they are of the next one.
    bool showsRun() const { return m_runShown; }
    const core::RunConfig& shownConfig() const;  ///< of that one
    const std::vector<core::Lesson>& lessons() const { return m_lessons; }
    const core::Lesson* lesson() const;  ///< the one that "Run the lesson" runs; null: none can be read
    /// The data set in use: that of the run, or the one that the next run would find. Null: none is there.
    const core::DatasetInfo* dataset() const;
    /// config() with the task that its data set sets.
    core::RunConfig nextConfig() const;
    const std::vector<core::DatasetInfo>& datasets() const { return m_datasets; }
    /// Folders and archives that were chosen, the newest first, and what they hold now.
    const QStringList& places() const { return m_places; }
    const std::vector<core::DatasetInfo>& placesHeld() const { return m_held; }
    const std::vector<core::RunSummary>& runs() const { return m_runs; }
    int runNumber() const;     ///< of the shown run; 0: none
    QString runName() const;   ///< of the shown run, as runName() of its summary; empty: none
    bool isLessonRun() const;  ///< the shown run follows a lesson file

    std::vector<LayerPreset> layerPresets() const;
    void requestMask(const core::LayerMask& mask);  ///< as if every tick were set by hand
    FrozenLater frozenLater() const;
    void keepThawed(bool keep);  ///< all that frozenLater() tells of, or none of it
    /// Of the layers that train now: at their measured rate; of others: scaled by what the training taught of the machine.
    core::Price price(const core::LayerMask& mask) const;
    double planSeconds(const core::RunConfig& config) const;  ///< the whole plan, on this data; negative: unknown
    /// Prices and times of `config` are guesses from the processor: nothing was measured yet, or on a busy machine.
    bool isPlanRough(const core::RunConfig& config) const;
    double shownRate() const;     ///< of the run until the next one is to be set, else of the next run's first phase
    bool isRateEditable() const;  ///< not that of a finished run

public Q_SLOTS:
    /// Where only the weights change, the scaling follows them (core::followWeights).
    void setConfig(const thaw::core::RunConfig& config);
    void chooseLesson(const QString& name);
    /// Another model for the next run with a file of its weights; empty: its own. Ticks that are no preset's stay with the model
    /// that they were set on and come back with it.
    void useTrunk(const QString& model, const QString& weights);
    void setUpdateStatistics(bool update);  ///< RunConfig::updateStatistics of the next run
    /// Where to look for data first, whatever it holds; keeps the choice over lessons.
    void setDataFolder(const QString& folder);
    /// A folder or archive for the next runs, used once it is known that it can be; else nothing changes: dataRefused().
    void chooseData(const QString& path);
    void cancelChoice();
    /// One of datasets() or placesHeld() for the next runs.
    void useDataset(const thaw::core::DatasetInfo& dataset);
    void refreshDatasets();  ///< lists them again, with the places that were chosen before
    void setPlaces(const QStringList& places);
    void forgetPlace(const QString& place);
    void runLesson();
    void start();  ///< or resumes
    void pause();
    void pauseOrResume();
    void step();
    void runEpoch();
    void stop();
    void openRun(const QString& directory);
    void continueRun(const QString& directory);  ///< trains on at once
    void continueShownRun();
    void deleteRun(const QString& directory);
    void requestRate(double rate);
    void scaleRate(int powersOfTen);

Q_SIGNALS:
    void configChanged(const thaw::core::RunConfig& config);
    void ticksKept(const QString& model);  ///< title of the model that was left, whose ticks wait for it
    void lessonChanged();
    void shownRunChanged();  ///< title, number, data set
    void actionsChanged();
    void priceChanged();
    void rateChanged(double rate);
    void refused(const QString& what, const QString& hint);
    void dataChecking(const QString& path);  ///< empty: no longer
    void dataAccepted(const QString& path);
    void dataRefused(const QString& path, const QString& what, const QString& hint);
    void placesChanged(const QStringList& places);

private:
    void applyConfig(core::RunConfig config);
    void setConfigQuietly(core::RunConfig config);
    std::optional<core::Scaling> scalingNeededBy(const std::filesystem::path& weights) const;
    void learnWeights(const std::vector<core::WeightsChoice>& weights);
    void showNextRun();  ///< the tree of the settings, unless a run is shown
    void showRun();
    using DataKind = std::pair<core::Modality, bool>;  ///< and whether texts can be continued
    static DataKind dataKindOf(const std::string& model);
    static bool lacksWeights(const std::string& model);
    core::DataConfig dataFor(const std::string& model) const;
    void keepChoices(core::RunConfig& config) const;
    core::PriceInput priceInput() const;
    double measuredRate() const;  ///< of the layers that train now; 0: unknown
    core::StageTimes timesOf(const core::RunConfig& config, const core::ModelInfo& model) const;
    std::int64_t plannedCount(bool train) const;
    int classCount() const;
    std::vector<std::string> namesOf(const core::LayerMask& mask) const;
    void onState();
    void loadStageTimes();
    void takeChecked(const QString& path, const core::DatasetInfo& dataset, const QString& error, const QString& hint);

    TrainingController& m_training;
    LibraryController& m_library;
    InspectionController& m_inspection;
    LayerTreeModel m_layers;
    LessonData* m_lessonData = nullptr;
    core::RunConfig m_config;
    std::vector<core::Lesson> m_lessons;
    QString m_lessonName = QStringLiteral("lesson");
    std::vector<core::DatasetInfo> m_datasets, m_held;
    QStringList m_places;
    std::optional<core::DataConfig> m_nextData;  ///< chosen, and in use as soon as what is there is listed
    std::vector<core::RunSummary> m_runs;
    std::vector<core::WeightsChoice> m_weights;
    KeptTicks m_ticks;
    std::map<DataKind, core::DataConfig> m_dataOf;  // chosen last, for models that read the other kind
    std::optional<core::Scaling> m_scalingBefore;   ///< needed by the weights before; those chosen now are not listed yet
    core::StageTimes m_times;
    int m_cachedBoundary = 0;
    bool m_rateHolds = false;  ///< the last batch trained the layers that train now
    bool m_runShown = false;
    bool m_hasCheckpoint = false, m_endedEarly = false;  ///< of the run in the worker
    QTimer m_lookAgain;                                  ///< at the runs, while another window trains one
    QSet<quint64> m_maskRequests;
    quint64 m_rateRequest = 0;
};

}  // namespace thaw::ui
