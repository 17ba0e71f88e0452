#include "ui/models/decision_list_model.h"

#include "ui/models/path_text.h"

namespace thaw::ui {

void DecisionListModel::setDecisions(const std::vector<core::Decision>& decisions) {
    beginResetModel();
    m_decisions = decisions;
    endResetModel();
}

int DecisionListModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_decisions.size());
}

QVariant DecisionListModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid)) return {};
    const core::Decision& one = decision(index.row());
    const QString name = pathText(std::filesystem::path(one.file).filename());
    const QString outcome = one.kind == core::DecisionKind::Move   ? tr("to %1").arg(nameText(one.className))
                            : one.kind == core::DecisionKind::Keep ? tr("kept")
                                                                   : tr("left out");
    switch (role) {
        case Qt::DisplayRole:
            return name;
        case OutcomeRole:
            return outcome;
        case KindRole:
            return static_cast<int>(one.kind);
        case Qt::ToolTipRole: {
            const QString text = nameText(one.file) + QStringLiteral(": ") + outcome;
            return one.reason.empty() ? text : text + QStringLiteral(" (") + nameText(one.reason) + QLatin1Char(')');
        }
        case Qt::AccessibleTextRole:
            return name + QLatin1Char(' ') + outcome;
        default:
            return {};
    }
}

}  // namespace thaw::ui
