#include "ui/models/label_score_model.h"

#include <QLocale>

#include <algorithm>
#include <numeric>

#include "ui/models/percent_text.h"
#include "ui/models/plain_text.h"

namespace thaw::ui {
namespace {

QString known(double value, const QString& text) { return value < 0 ? QStringLiteral("–") : text; }
QString area(double value) { return known(value, QLocale().toString(value, 'f', 3)); }
QString share(double value) { return known(value, percentText(value)); }

}  // namespace

void LabelScoreModel::setReport(std::shared_ptr<const core::SeveralLabelsReport> report, const QStringList& classNames) {
    beginResetModel();
    m_report = std::move(report);
    m_classNames = classNames;
    m_order.resize(m_report ? m_report->classes.size() : 0);
    std::iota(m_order.begin(), m_order.end(), 0);
    std::stable_sort(m_order.begin(), m_order.end(), [this](int a, int b) {
        return m_report->classes[static_cast<std::size_t>(a)].averagePrecision <
               m_report->classes[static_cast<std::size_t>(b)].averagePrecision;
    });
    endResetModel();
}

int LabelScoreModel::classAt(int row) const {
    return row >= 0 && row < static_cast<int>(m_order.size()) ? m_order[static_cast<std::size_t>(row)] : -1;
}

int LabelScoreModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() || m_order.empty() ? 0 : static_cast<int>(m_order.size()) + 1;
}
int LabelScoreModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : ColumnCount; }

QString LabelScoreModel::textAt(int row, int column) const {
    const int classIndex = classAt(row);
    if (classIndex < 0) {
        switch (column) {
            case NameColumn:
                return tr("mean");
            case PrecisionInOrderColumn:
                return share(m_report->meanAveragePrecision);
            case AreaColumn:
                return area(m_report->rocAuc);
            case F1Column:
                return percentText(m_report->macroF1);
            default:
                return {};
        }
    }
    const core::LabelScore& score = m_report->classes[static_cast<std::size_t>(classIndex)];
    switch (column) {
        case NameColumn:
            return m_classNames.value(classIndex);
        case PrecisionInOrderColumn:
            return share(score.averagePrecision);
        case AreaColumn:
            return area(score.rocAuc);
        case PrecisionColumn:
            return percentText(score.atThreshold.precision);
        case RecallColumn:
            return percentText(score.atThreshold.recall);
        case F1Column:
            return percentText(score.atThreshold.f1);
        default:
            return QLocale().toString(static_cast<qlonglong>(score.atThreshold.support));
    }
}

QVariant LabelScoreModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid)) return {};
    switch (role) {
        case Qt::DisplayRole:
            return textAt(index.row(), index.column());
        case Qt::TextAlignmentRole:
            return static_cast<int>((index.column() == NameColumn ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
        case Qt::ToolTipRole:
            return toolTipText(data(index, Qt::AccessibleTextRole).toString());
        case Qt::AccessibleTextRole: {
            if (classAt(index.row()) < 0) return tr("Mean over the classes, each counting the same");
            const auto at = [&](int column) { return textAt(index.row(), column); };
            return tr("%1: average precision %2, ROC-AUC %3; called so from 50 % on: precision %4, recall %5, F1 %6; %7 pictures")
                .arg(at(NameColumn), at(PrecisionInOrderColumn), at(AreaColumn), at(PrecisionColumn), at(RecallColumn),
                     at(F1Column), at(PicturesColumn));
        }
        default:
            return {};
    }
}

QVariant LabelScoreModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) return {};
    if (role == Qt::TextAlignmentRole)
        return static_cast<int>((section == NameColumn ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    if (role != Qt::DisplayRole && role != Qt::ToolTipRole) return {};
    const bool text = role == Qt::DisplayRole;
    switch (section) {
        case NameColumn:
            return text ? tr("Class") : tr("The weakest first");
        case PrecisionInOrderColumn:
            return text
                       ? tr("Average precision")
                       : toolTipText(tr("How well the pictures of the class stand before the others when all are sorted by its "
                                        "probability. 100 % is perfect order; a random order gives the share of such pictures."));
        case AreaColumn:
            return text ? tr("ROC-AUC")
                        : toolTipText(tr("The chance that a picture of the class gets a higher probability for it than another. "
                                         "0.5 is guessing."));
        case PrecisionColumn:
            return text ? tr("Precision") : tr("How many of the pictures called so are: from a probability of 50 % on");
        case RecallColumn:
            return text ? tr("Recall") : tr("How many of the class's pictures are called so: from a probability of 50 % on");
        case F1Column:
            return text ? tr("F1") : tr("The harmonic mean of precision and recall. It is high only where both are.");
        default:
            return text ? tr("Pictures") : tr("Pictures of the class");
    }
}

}  // namespace thaw::ui
