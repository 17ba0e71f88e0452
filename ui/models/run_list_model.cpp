#include "ui/models/run_list_model.h"

#include <QDateTime>
#include <QLocale>

#include <algorithm>
#include <utility>

#include "ui/models/path_text.h"
#include "ui/models/plain_text.h"
#include "ui/models/run_text.h"
#include "ui/models/split_text.h"
#include "ui/models/task_text.h"

namespace thaw::ui {

using core::RunStatus;

RunListModel::RunListModel(QObject* parent) : QAbstractTableModel(parent) {}

void RunListModel::setRuns(const std::vector<core::RunSummary>& runs) {
    const std::vector<std::string> shownBefore = shownRuns();
    const core::RunSummary* known = current();
    const std::optional<core::RunSummary> present = known ? std::optional(*known) : std::nullopt;
    beginResetModel();
    m_runs = runs;
    if (present) {
        if (const int row = rowOf(present->runId); row >= 0)
            update(m_runs[static_cast<std::size_t>(row)], *present);
        else
            m_runs.insert(m_runs.begin(), *present);  // it may lie in another folder
    }
    endResetModel();
    if (shownRuns() != shownBefore) Q_EMIT shownRunsChanged();
}

// While it trains here, the record on disk lags behind what the controller has told; a record that is further was written since,
// by another window.
void RunListModel::update(core::RunSummary& listed, const core::RunSummary& told) const {
    if (listed.epochs > told.epochs || (listed.epochs == told.epochs && listed.bestEpoch > told.bestEpoch)) {
        const core::RunStatus status = listed.status;
        listed.status = status == RunStatus::Running ? told.status : status;
        return;
    }
    const core::RunSummary read = std::exchange(listed, told);
    listed.number = read.number;
    if (listed.scores.size() < read.scores.size()) listed.scores = read.scores;
    listed.title = read.title;
    listed.note = read.note;
    listed.named = read.named;
    listed.testLock.reveals = read.testLock.reveals;
    listed.resumable = listed.resumable || (read.resumable && listed.status != RunStatus::Running);
}

const core::RunSummary* RunListModel::reference() const {
    if (m_next) return &*m_next;
    if (const int row = m_currentId.empty() ? -1 : rowOf(m_currentId); row >= 0) return &run(row);
    const auto trained = std::find_if(m_runs.begin(), m_runs.end(), [](const auto& one) { return one.bestScore >= 0; });
    return trained == m_runs.end() ? nullptr : &*trained;
}

bool RunListModel::isRival(int row) const {
    const core::RunSummary* other = reference();
    const core::RunSummary& summary = run(row);
    if (!other || other->runId == summary.runId) return true;
    return summary.isComparableTo(*other);
}

void RunListModel::setNextRun(std::optional<core::RunSummary> next) {
    const std::vector<std::string> shownBefore = shownRuns();
    m_next = std::move(next);
    if (rowCount() > 0) Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
    if (shownRuns() != shownBefore) Q_EMIT shownRunsChanged();
}

bool RunListModel::isActive(int row) const {
    return row >= 0 && isCurrent(row) && m_currentState != core::TrainerState::Idle &&
           m_currentState != core::TrainerState::Finished && m_currentState != core::TrainerState::Failed;
}

int RunListModel::rowOf(const std::string& runId) const {
    const auto found = std::find_if(m_runs.begin(), m_runs.end(), [&](const auto& summary) { return summary.runId == runId; });
    return found == m_runs.end() ? -1 : static_cast<int>(found - m_runs.begin());
}

std::vector<std::string> RunListModel::shownRuns() const {
    std::vector<std::string> shown;
    for (int row = 0; row < rowCount(); ++row)
        if (isShown(row)) shown.push_back(run(row).runId);
    return shown;
}

QString RunListModel::name(int row) const { return runName(run(row)); }

void RunListModel::startCurrent(const core::RunStarted& started) {
    m_currentId = started.runId;
    m_currentState = core::TrainerState::Running;
    int row = rowOf(started.runId);
    if (row < 0) {
        int number = 1;
        for (const core::RunSummary& summary : m_runs) number = std::max(number, summary.number + 1);
        beginInsertRows({}, 0, 0);
        m_runs.insert(m_runs.begin(), core::RunSummary{});
        m_runs.front().runId = started.runId;
        m_runs.front().number = started.resumedEpoch > 0 ? 0 : number;  // one of another folder goes by that folder's name
        m_runs.front().startedAt = static_cast<double>(QDateTime::currentMSecsSinceEpoch()) / 1000.0;
        endInsertRows();
        row = 0;
    }
    core::RunSummary& summary = m_runs[static_cast<std::size_t>(row)];
    m_next.reset();
    summary.directory = started.directory;
    summary.task = started.config.task;
    summary.datasetId = started.dataset.id;
    summary.classNames = started.dataset.classNames;
    if (started.testPictures) summary.validation = started.testPictures->identity;
    if (!summary.named) summary.title = started.config.title;
    summary.preset = started.config.preset;
    summary.dataset = started.dataset.title;
    summary.plannedEpochs = started.config.totalEpochs();
    summary.testLock.validatesOnHeldOut = core::validationSplit(started.config.data) == core::Split::HeldOut;
    summary.epochs = started.resumedEpoch;
    summary.resumable = false;
    summary.status = RunStatus::Running;
    Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
    Q_EMIT shownRunsChanged();
}

void RunListModel::setCurrentState(core::TrainerState state) {
    m_currentState = state;
    if (state == core::TrainerState::Idle) m_currentId.clear();  // it was let go
    if (core::RunSummary* summary = current()) {
        if (state == core::TrainerState::Failed) summary->status = RunStatus::Failed;
        // A run that had finished when it was opened tells no end.
        if (state == core::TrainerState::Finished && summary->status == RunStatus::Running) summary->status = RunStatus::Finished;
    }
    currentChanged();
}

void RunListModel::addEpoch(const core::EpochFinished& epoch) {
    core::RunSummary* summary = current();
    if (!summary) return;
    summary->epochs = epoch.epoch;
    summary->scores.resize(std::min(summary->scores.size(), static_cast<std::size_t>(std::max(0, epoch.epoch - 1))));
    summary->scores.push_back(epoch.valScore);
    if (epoch.best) {
        summary->bestScore = epoch.valScore;
        summary->bestEpoch = epoch.epoch;
    }
    currentChanged();
}

void RunListModel::finishCurrent(const core::RunFinished& finished) {
    core::RunSummary* summary = current();
    if (!summary) return;
    summary->status = finished.reason == "stopped" ? RunStatus::Stopped : RunStatus::Finished;
    summary->resumable = summary->status == RunStatus::Stopped;
    currentChanged();
}

int RunListModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : static_cast<int>(m_runs.size()); }
int RunListModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : ColumnCount; }

QVariant RunListModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
    const int row = index.row();
    const core::RunSummary& summary = run(row);
    switch (role) {
        case Qt::DisplayRole:
            switch (index.column()) {
                case NameColumn:
                    return name(row);
                case StateColumn:
                    return stateText(row);
                case DataColumn:
                    return QString::fromStdString(summary.dataset);
                case BestColumn:
                    if (summary.bestScore < 0) return QString(QChar(0x2013));
                    return scoreValueText(summary.task, summary.bestScore);
            }
            return {};
        case Qt::CheckStateRole:
            if (index.column() != EyeColumn) return {};
            return isShown(row) ? Qt::Checked : Qt::Unchecked;
        case Qt::ToolTipRole:
            if (index.column() == EyeColumn)
                return isShown(row) ? tr("Hide this run from the curves") : tr("Show this run in the curves");
            return toolTipText(toolTip(row));
        case Qt::TextAlignmentRole:
            return static_cast<int>((index.column() == BestColumn ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
        case Qt::AccessibleTextRole: {
            QStringList parts{name(row), stateText(row)};
            if (!summary.dataset.empty()) parts += QString::fromStdString(summary.dataset);
            if (summary.bestScore >= 0)
                parts +=
                    core::taskInfo(summary.task).score.isShare
                        ? tr("best %1 %2 percent")
                              .arg(scoreInSentence(summary.task), QLocale().toString(summary.bestScore * 100, 'f', 1))
                        : tr("best %1 %2").arg(scoreInSentence(summary.task), scoreValueText(summary.task, summary.bestScore));
            parts += isShown(row) ? tr("shown") : tr("hidden");
            return parts.join(QStringLiteral(", "));
        }
        case RunIdRole:
            return QString::fromStdString(summary.runId);
        case DirectoryRole:
            return pathText(summary.directory);
        case LineIndexRole: {
            if (isCurrent(row)) return 0;
            const int currentRow = rowOf(m_currentId);
            return currentRow > row ? row + 1 : row;
        }
        case ShownRole:
            return isShown(row);
        case CurrentRole:
            return isCurrent(row);
        case StatusRole:
            return static_cast<int>(summary.status);
        case ResumableRole:
            return summary.resumable;
        case BestScoreRole:
            return summary.bestScore;
        case EpochsRole:
            return summary.epochs >= summary.plannedEpochs ? QLocale().toString(summary.epochs)
                                                           : tr("%1 of %2").arg(summary.epochs).arg(summary.plannedEpochs);
        case DayRole:
            return dayText(summary.startedAt);
        case ActiveRole:
            return isActive(row);
        case RivalRole:
            return isRival(row);
    }
    return {};
}

bool RunListModel::setData(const QModelIndex& index, const QVariant& value, int role) {
    if (role != Qt::CheckStateRole || !checkIndex(index, CheckIndexOption::IndexIsValid) || index.column() != EyeColumn)
        return false;
    // Every other eye stays as it is, whatever the rule would say now.
    for (int row = 0; row < rowCount(); ++row) m_chosen.insert(QString::fromStdString(run(row).runId), isShown(row));
    m_chosen.insert(QString::fromStdString(run(index.row()).runId), value.toInt() == Qt::Checked);
    Q_EMIT dataChanged(index, index.siblingAtColumn(ColumnCount - 1));
    Q_EMIT shownRunsChanged();
    return true;
}

QVariant RunListModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole) return {};
    switch (section) {
        case EyeColumn:
            return tr("Shown");
        case LineColumn:
            return tr("Line");
        case NameColumn:
            return tr("Run");
        case StateColumn:
            return tr("State");
        case DataColumn:
            return tr("Data");
        case BestColumn:
            return tr("Best validation");
    }
    return {};
}

Qt::ItemFlags RunListModel::flags(const QModelIndex& index) const {
    if (!index.isValid()) return Qt::NoItemFlags;
    Qt::ItemFlags flags = Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemNeverHasChildren;
    if (index.column() == EyeColumn) flags |= Qt::ItemIsUserCheckable;
    return flags;
}

bool RunListModel::isShown(int row) const {
    const QString runId = QString::fromStdString(run(row).runId);
    if (const auto chosen = m_chosen.constFind(runId); chosen != m_chosen.constEnd()) return *chosen;
    if (isCurrent(row)) return isRival(row);
    if (run(row).bestScore < 0 || !isRival(row)) return false;
    int before = m_currentId.empty() || rowOf(m_currentId) < row ? 0 : 1;
    for (int i = 0; i < row; ++i) before += isCurrent(i) || (run(i).bestScore >= 0 && isRival(i)) ? 1 : 0;
    return before < kShownByDefault;
}

QString RunListModel::stateText(int row) const {
    const core::RunSummary& summary = run(row);
    if (isCurrent(row)) {
        switch (m_currentState) {
            case core::TrainerState::Preparing:
                return tr("preparing");
            case core::TrainerState::Running:
                return tr("running");
            case core::TrainerState::Paused:
                return tr("paused");
            case core::TrainerState::Stopping:
                return tr("stopping");
            default:
                break;
        }
    }
    if (!summary.problem.empty()) return tr("damaged");
    switch (summary.status) {
        case RunStatus::Running:
            return tr("running elsewhere");
        case RunStatus::Interrupted:
            return tr("interrupted");
        case RunStatus::Stopped:
            return tr("stopped");
        case RunStatus::Failed:
            return tr("failed");
        case RunStatus::Finished:
            return summary.title.empty() || summary.named ? tr("finished") : QString::fromStdString(summary.title);
    }
    return {};
}

QString RunListModel::toolTip(int row) const {
    const core::RunSummary& summary = run(row);
    if (!summary.problem.empty()) return QString::fromStdString(summary.problem);
    QStringList lines;
    if (summary.named && summary.number > 0) lines += tr("Run %1").arg(summary.number);
    if (!summary.title.empty()) lines += QString::fromStdString(summary.title);
    if (!summary.note.empty()) lines += QString::fromStdString(summary.note);
    if (!summary.dataset.empty()) lines += QString::fromStdString(summary.dataset);
    if (summary.startedAt > 0)
        lines += QLocale().toString(QDateTime::fromMSecsSinceEpoch(static_cast<qint64>(summary.startedAt * 1000)),
                                    QLocale::ShortFormat);
    if (!isRival(row)) lines += tr("Validated on other pictures: its figures cannot be compared with those of the present run.");
    lines += tr("%1 of %2 epochs").arg(summary.epochs).arg(summary.plannedEpochs);
    if (summary.bestEpoch > 0) lines += tr("Best after epoch %1").arg(summary.bestEpoch);
    if (const QString lock = lockText(summary.testLock); !lock.isEmpty()) lines += lock;
    return lines.join(QLatin1Char('\n'));
}

void RunListModel::currentChanged() {
    if (const int row = rowOf(m_currentId); row >= 0) Q_EMIT dataChanged(index(row, 0), index(row, ColumnCount - 1));
}

core::RunSummary* RunListModel::current() {
    const int row = m_currentId.empty() ? -1 : rowOf(m_currentId);
    return row < 0 ? nullptr : &m_runs[static_cast<std::size_t>(row)];
}

}  // namespace thaw::ui
