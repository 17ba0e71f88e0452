#include "ui/models/class_score_model.h"

#include <QLocale>

#include <algorithm>
#include <numeric>

#include "ui/models/percent_text.h"
#include "ui/models/plain_text.h"
#include "ui/models/prediction_list_model.h"
#include "ui/models/split_text.h"

namespace thaw::ui {
namespace {

constexpr int kMeans = 2;  // plain, and by support

double valueOf(const core::ClassScore& score, int column) {
    return column == ClassScoreModel::RecallColumn      ? score.recall
           : column == ClassScoreModel::PrecisionColumn ? score.precision
                                                        : score.f1;
}

}  // namespace

ClassScoreModel::ClassScoreModel(QObject* parent) : QAbstractTableModel(parent) {}

void ClassScoreModel::setReport(std::shared_ptr<const core::EvaluationReport> report, const QStringList& classNames) {
    const int before = rowCount(), rows = report ? static_cast<int>(report->classes.size()) + kMeans : 0;
    if (rows != before) beginResetModel();
    m_report = std::move(report);
    m_classNames = classNames;
    m_order.resize(m_report ? m_report->classes.size() : 0);
    std::iota(m_order.begin(), m_order.end(), 0);
    std::stable_sort(m_order.begin(), m_order.end(), [this](int a, int b) {
        return m_report->classes[static_cast<std::size_t>(a)].recall < m_report->classes[static_cast<std::size_t>(b)].recall;
    });
    if (rows != before)
        endResetModel();
    else if (rows > 0)
        Q_EMIT dataChanged(index(0, 0), index(rows - 1, ColumnCount - 1));
}

int ClassScoreModel::rowOf(int classIndex) const {
    const auto found = std::find(m_order.begin(), m_order.end(), classIndex);
    return found == m_order.end() ? -1 : static_cast<int>(found - m_order.begin());
}

const core::ClassScore& ClassScoreModel::scoreAt(int row) const {
    const std::size_t place = static_cast<std::size_t>(row);
    if (place < m_order.size()) return m_report->classes[static_cast<std::size_t>(m_order[place])];
    return place == m_order.size() ? m_report->macro : m_report->weighted;
}

QString ClassScoreModel::nameAt(int row) const {
    const std::size_t place = static_cast<std::size_t>(row);
    if (place >= m_order.size()) return place == m_order.size() ? tr("mean") : tr("weighted");
    const int classIndex = m_order[place];
    return classIndex < m_classNames.size() ? m_classNames.at(classIndex) : tr("class %1").arg(classIndex);
}

QString ClassScoreModel::tipAt(int row) const {
    const core::ClassScore& score = scoreAt(row);
    const QString values =
        tr("recall %1, precision %2, F1 %3").arg(percentText(score.recall), percentText(score.precision), percentText(score.f1));
    const std::size_t place = static_cast<std::size_t>(row);
    if (place == m_order.size()) return tr("Mean over the classes, each counting the same (macro): %1").arg(values);
    if (place > m_order.size()) return tr("Mean over the classes, each counting by its pictures (weighted): %1").arg(values);
    return tr("%1: %2. %3 of this class (support), %4 called so")
        .arg(nameAt(row), values, picturesText(score.support), QLocale().toString(static_cast<qlonglong>(score.predicted)));
}

int ClassScoreModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() || m_order.empty() ? 0 : static_cast<int>(m_order.size()) + kMeans;
}
int ClassScoreModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : ColumnCount; }

QVariant ClassScoreModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid)) return {};
    const bool name = index.column() == NameColumn;
    switch (role) {
        case Qt::DisplayRole:
            return name ? nameAt(index.row()) : percentNumber(valueOf(scoreAt(index.row()), index.column()));
        case Qt::ToolTipRole:
            return toolTipText(data(index, Qt::AccessibleTextRole).toString());
        case Qt::AccessibleTextRole:
            return tipAt(index.row());
        case ClassRole:
            return index.row() < static_cast<int>(m_order.size()) ? m_order[static_cast<std::size_t>(index.row())] : -1;
        case ValueRole:
            return name ? QVariant() : QVariant(valueOf(scoreAt(index.row()), index.column()));
        default:
            return {};
    }
}

QVariant ClassScoreModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || (role != Qt::DisplayRole && role != Qt::ToolTipRole)) return {};
    const bool text = role == Qt::DisplayRole;
    switch (section) {
        case RecallColumn:
            return text ? tr("recall") : tr("Recall: how many of the pictures of a class are found, in per cent");
        case PrecisionColumn:
            return text ? tr("precision")
                        : tr("Precision: how many of the pictures called so are what they are called, in per cent");
        case F1Column:
            return text ? tr("F1") : tr("F1: the harmonic mean of recall and precision. It is high only where both are.");
        default:
            return {};
    }
}

}  // namespace thaw::ui
