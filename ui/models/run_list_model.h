// Past runs and the present one, newest first: eye, line sample, name, state, data set, best accuracy. The eye says which runs
// the curves show; unless the user chose otherwise, the newest three that have something to show and were validated on the same
// pictures as the present one: figures of others say nothing beside it.
#pragma once

#include <QAbstractTableModel>
#include <QHash>
#include <QString>

#include <optional>
#include <vector>

#include "core/api/events.h"
#include "core/api/runs.h"

namespace thaw::ui {

class RunListModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { EyeColumn, LineColumn, NameColumn, StateColumn, DataColumn, BestColumn, ColumnCount };
    enum Role {
        RunIdRole = Qt::UserRole + 1,
        DirectoryRole,  ///< QString
        LineIndexRole,  ///< int for Theme::runPen: 0 for the present run, the others counted from the newest
        ShownRole,      ///< bool, as the eye
        CurrentRole,    ///< bool: the run in the worker
        StatusRole,     ///< core::RunStatus as int
        ResumableRole,  ///< bool
        BestScoreRole,  ///< double, of its task; negative: none
        EpochsRole,     ///< "15", "7 of 15"
        DayRole,        ///< when it was begun, as dayText
        ActiveRole,     ///< bool: it is the run in the worker, and has not ended
        RivalRole,      ///< bool: validated on the pictures of the present run, as far as that is known
    };
    static constexpr int kShownByDefault = 3;

    explicit RunListModel(QObject* parent = nullptr);

    /// As from LibraryController::runsListed; the user's eyes stay as they are.
    void setRuns(const std::vector<core::RunSummary>& runs);
    const core::RunSummary& run(int row) const { return m_runs[static_cast<std::size_t>(row)]; }
    int rowOf(const std::string& runId) const;   ///< -1: not there
    std::vector<std::string> shownRuns() const;  ///< newest first
    QString name(int row) const;                 ///< "Run 3"
    bool isRival(int row) const;                 ///< RivalRole
    bool hasActiveRun() const { return !m_currentId.empty() && isActive(rowOf(m_currentId)); }
    /// What the next run would validate on, where that is shown and not the present run; null: the present run.
    void setNextRun(std::optional<core::RunSummary> next);

    // The present run, from the controller's signals. It is listed at once, before the runs folder is read again.
    void startCurrent(const core::RunStarted& started);
    void setCurrentState(core::TrainerState state);
    void addEpoch(const core::EpochFinished& epoch);
    void finishCurrent(const core::RunFinished& finished);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    bool setData(const QModelIndex& index, const QVariant& value, int role = Qt::EditRole) override;  ///< Qt::CheckStateRole
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;

Q_SIGNALS:
    void shownRunsChanged();

private:
    bool isShown(int row) const;
    const core::RunSummary* reference() const;  ///< what rivals are rivals of; null: nothing is there
    void update(core::RunSummary& listed, const core::RunSummary& told) const;
    bool isActive(int row) const;
    bool isCurrent(int row) const { return !m_currentId.empty() && run(row).runId == m_currentId; }
    QString stateText(int row) const;
    QString toolTip(int row) const;
    void currentChanged();
    core::RunSummary* current();

    std::vector<core::RunSummary> m_runs;
    std::string m_currentId;
    core::TrainerState m_currentState = core::TrainerState::Idle;
    std::optional<core::RunSummary> m_next;
    QHash<QString, bool> m_chosen;  ///< eyes that the user set
};

}  // namespace thaw::ui
