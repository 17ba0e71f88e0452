// Another model against the one that is shown: what changed in the matrix, whether the change in accuracy is more than chance,
// and the pictures that changed side. The other one is an earlier or later checkpoint of the run, or any of another run on the
// same pictures.
#pragma once

#include <QWidget>

#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "ui/bridge/inspection_controller.h"
#include "ui/models/confusion_model.h"
#include "ui/models/evaluated.h"

class QFrame;
class QGridLayout;
class QLabel;
class QStackedWidget;

namespace thaw::ui {

class ColorLegend;
class EmptyState;
class MatrixTable;
class PictureRow;
class SegmentedBar;
class Session;
class SettingCombo;
class WorkStrip;

class ComparePage : public QWidget {
    Q_OBJECT
public:
    explicit ComparePage(Session& session, QWidget* parent = nullptr);

    void setEvaluated(const Evaluated& evaluated);
    /// Compares, where the page is seen and has not done so.
    void resume();

Q_SIGNALS:
    void pictureRequested(int id);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    struct Run {
        std::filesystem::path directory;  ///< empty: the one that is shown
        QString name;
    };
    struct Checkpoint {
        std::string id;
        QString name, entry;  ///< the entry says what is special about it, too
    };
    /// A model to compare with.
    struct Other {
        std::filesystem::path directory;  ///< as Run's
        std::string checkpoint;
        QString name;
        bool operator==(const Other& other) const { return directory == other.directory && checkpoint == other.checkpoint; }
    };
    /// What is kept of a run.
    struct Kept {
        std::filesystem::path directory;
        std::vector<core::PhaseConfig> phases;
        std::vector<core::KeptCheckpoint> checkpoints;
    };
    struct Compared {
        std::shared_ptr<const core::PredictionSet> predictions;
        std::shared_ptr<const core::EvaluationReport> report;
        core::ModelDifference difference;
    };
    enum class State { Nothing, Waiting, Known, Failed };

    QFrame* makeMatrix();
    QFrame* makeSide();
    std::vector<Run> runs() const;
    const Run* run() const;  // the one to compare with; null: none
    Kept kept() const;       // of that
    std::string preferred(const Kept& kept) const;
    std::optional<Other> other() const;
    void listOthers();
    void listCheckpoints();
    void ask();
    void askAnew();  // about another model
    void forget();   // what is shown
    void askKept();
    void askPredictions();
    InspectionController::Failure failure();
    void take(const Compared& compared);
    void fail(const QString& problem);
    void showContent();
    void place(bool beside);
    void arrange();

    Session& m_session;
    Evaluated m_shown;
    std::vector<Run> m_runs;
    std::vector<Checkpoint> m_checkpoints;
    Kept m_kept;            // of the other run that was asked for last
    bool m_chosen = false;  // the user has picked a checkpoint
    std::optional<Other> m_asked;
    State m_state = State::Nothing;
    bool m_hasContent = false;  // of this pair of models, be it of an older checkpoint
    ConfusionModel m_matrix;

    QFrame *m_panel, *m_side;
    QWidget *m_content, *m_verdict;
    QGridLayout* m_places;
    bool m_beside = false;  // the pictures stand beside the matrix, not below it
    SettingCombo *m_run, *m_checkpoint;
    QLabel *m_with, *m_title, *m_change, *m_accuracies, *m_gain, *m_loss, *m_chance, *m_chanceText;
    SegmentedBar* m_show;
    ColorLegend* m_legend;
    MatrixTable* m_table;
    PictureRow *m_gained, *m_lost;
    WorkStrip* m_work;
    EmptyState* m_empty;
    QStackedWidget* m_stack;
};

}  // namespace thaw::ui
