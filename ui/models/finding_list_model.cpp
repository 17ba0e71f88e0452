#include "ui/models/finding_list_model.h"

#include <algorithm>

namespace thaw::ui {

void FindingListModel::setFindings(std::vector<Finding> findings) {
    beginResetModel();
    m_findings = std::move(findings);
    m_open.assign(m_findings.size(), 0);
    endResetModel();
}

void FindingListModel::setOpen(const std::vector<int>& open) {
    m_open = open;
    if (!m_findings.empty()) Q_EMIT dataChanged(index(0), index(rowCount() - 1));
}

int FindingListModel::openCount() const {
    return static_cast<int>(std::count_if(m_open.begin(), m_open.end(), [](int open) { return open > 0; }));
}

int FindingListModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_findings.size());
}

QVariant FindingListModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid)) return {};
    const Finding& finding = m_findings[static_cast<std::size_t>(index.row())];
    const bool decided = !finding.toKnow && openOf(index.row()) == 0;
    switch (role) {
        case Qt::DisplayRole:
            return finding.title;
        case FactRole:
            return finding.fact;
        case FigureRole:
            return finding.figure;
        case IconRole:
            return findingIcon(finding.kind);
        case DecidedRole:
            return decided;
        case ToKnowRole:
            return finding.toKnow;
        case Qt::AccessibleTextRole:
            return tr("%1, %2, %3").arg(finding.title, finding.figure, decided ? tr("decided") : finding.fact);
        default:
            return {};
    }
}

}  // namespace thaw::ui
