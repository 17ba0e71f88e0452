// What the window is about: the settings of the next run, the lessons, the layer tree and the price of its ticks. Ties the three
// controllers to the tree, so that widgets only show and ask. GUI thread.
#pragma once

#include <QObject>
#include <QSet>

#include <optional>
#include <vector>

#include "ui/bridge/inspection_controller.h"
#include "ui/bridge/library_controller.h"
#include "ui/bridge/training_controller.h"
#include "ui/models/layer_tree_model.h"

namespace thaw::ui {

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

    /// Asks the library for everything that the window shows.
    void refresh();

    /// Between the start of a run and its end, pauses included.
    bool isActive() const;
    ActionStates actions() const { return m_training.actions(); }

    const core::RunConfig& config() const { return m_config; }  ///< of the next run
    /// Of the run as long as the tree shows it, else of the next run.
    const core::RunConfig& shownConfig() const;
    const std::vector<core::Lesson>& lessons() const { return m_lessons; }
    const core::Lesson* lesson() const;  ///< the one that "Run lesson" runs; null: none can be read
    /// The data set in use: that of the run, or the one that the next run would find. Null: none is there.
    const core::DatasetInfo* dataset() const;
    const std::vector<core::DatasetInfo>& datasets() const { return m_datasets; }
    const std::vector<core::RunSummary>& runs() const { return m_runs; }
    int runNumber() const;     ///< of the shown run; 0: none
    bool isLessonRun() const;  ///< the shown run follows a lesson file

    std::vector<LayerPreset> layerPresets() const;
    void requestMask(const core::LayerMask& mask);  ///< as if every tick were set by hand
    FrozenLater frozenLater() const;
    void keepThawed(bool keep);  ///< all that frozenLater() tells of, or none of it
    core::Price price(const core::LayerMask& mask) const;
    double planSeconds(const core::RunConfig& config) const;  ///< the whole plan; negative: not measured yet
    double shownRate() const;     ///< of the run until the next one is to be set, else of the next run's first phase
    bool isRateEditable() const;  ///< not that of a finished run

public Q_SLOTS:
    void setConfig(const thaw::core::RunConfig& config);
    void chooseLesson(const QString& name);
    /// Where to look for data first; keeps the choice over lessons.
    void setDataFolder(const QString& folder);
    void runLesson();
    void start();  ///< or resumes
    void pause();
    void pauseOrResume();
    void step();
    void runEpoch();
    void stop();
    void openRun(const QString& directory);
    void deleteRun(const QString& directory);
    void requestRate(double rate);
    void scaleRate(int powersOfTen);

Q_SIGNALS:
    void configChanged(const thaw::core::RunConfig& config);
    void lessonChanged();
    void shownRunChanged();  ///< title, number, data set
    void actionsChanged();
    void priceChanged();
    void rateChanged(double rate);
    void refused(const QString& what, const QString& hint);

private:
    void setConfigQuietly(core::RunConfig config);
    void showNextRun();  ///< the tree of the settings, unless a run is shown
    void showRun();
    void keepChoices(core::RunConfig& config) const;
    core::PriceInput priceInput() const;
    std::int64_t plannedCount(bool train) const;
    std::vector<std::string> namesOf(const core::LayerMask& mask) const;
    void onState(core::TrainerState state);
    void loadStageTimes();

    TrainingController& m_training;
    LibraryController& m_library;
    InspectionController& m_inspection;
    LayerTreeModel m_layers;
    core::RunConfig m_config;
    std::vector<core::Lesson> m_lessons;
    QString m_lessonName = QStringLiteral("lesson");
    std::vector<core::DatasetInfo> m_datasets;
    std::vector<core::RunSummary> m_runs;
    core::StageTimes m_times;
    int m_cachedBoundary = 0;
    bool m_runShown = false;
    QSet<quint64> m_maskRequests;
    quint64 m_rateRequest = 0;
};

}  // namespace thaw::ui
