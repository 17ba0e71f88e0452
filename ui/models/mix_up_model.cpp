#include "ui/models/mix_up_model.h"

#include <QLocale>

#include <algorithm>

#include "ui/models/percent_text.h"
#include "ui/models/plain_text.h"
#include "ui/models/prediction_list_model.h"
#include "ui/models/split_text.h"

namespace thaw::ui {

MixUpModel::MixUpModel(QObject* parent) : QAbstractTableModel(parent) {}

void MixUpModel::setReport(const std::shared_ptr<const core::EvaluationReport>& report, const QStringList& classNames) {
    beginResetModel();
    m_mixUps = report ? core::mostConfused(report->confusion) : std::vector<core::MixUp>();
    m_support.clear();
    if (report)
        for (const core::ClassScore& score : report->classes) m_support.push_back(score.support);
    m_classNames = classNames;
    endResetModel();
}

int MixUpModel::rowOf(int truth, int predicted) const {
    const auto found = std::find_if(m_mixUps.begin(), m_mixUps.end(),
                                    [&](const core::MixUp& one) { return one.truth == truth && one.predicted == predicted; });
    return found == m_mixUps.end() ? -1 : static_cast<int>(found - m_mixUps.begin());
}

QString MixUpModel::className(int classIndex) const {
    return classIndex < m_classNames.size() ? m_classNames.at(classIndex) : tr("class %1").arg(classIndex);
}

int MixUpModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : static_cast<int>(m_mixUps.size()); }
int MixUpModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : ColumnCount; }

QVariant MixUpModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid)) return {};
    const core::MixUp& one = m_mixUps[static_cast<std::size_t>(index.row())];
    const QString count = QLocale().toString(static_cast<qlonglong>(one.count));
    switch (role) {
        case Qt::DisplayRole:
            return index.column() == TrueColumn        ? className(one.truth)
                   : index.column() == PredictedColumn ? className(one.predicted)
                                                       : count;
        case Qt::ToolTipRole:
            return toolTipText(data(index, Qt::AccessibleTextRole).toString());
        case Qt::AccessibleTextRole: {
            const std::int64_t support = m_support[static_cast<std::size_t>(one.truth)];
            return tr("%1 called %2: %3 of %4, %5")
                .arg(className(one.truth), className(one.predicted), count, picturesText(support),
                     percentText(static_cast<double>(one.count) / static_cast<double>(support)));
        }
        case TrueClassRole:
            return one.truth;
        case PredictedClassRole:
            return one.predicted;
        default:
            return {};
    }
}

}  // namespace thaw::ui
