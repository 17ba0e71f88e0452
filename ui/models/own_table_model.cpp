#include "ui/models/own_table_model.h"

#include <QImage>

#include "ui/models/percent_text.h"
#include "ui/models/prediction_list_model.h"

namespace thaw::ui {

OwnTableModel::OwnTableModel(QObject* parent) : QAbstractTableModel(parent) {}

void OwnTableModel::setPictures(PredictionListModel* pictures) {
    m_pictures = pictures;
    connect(pictures, &PredictionListModel::summaryChanged, this, &OwnTableModel::follow);
    follow();
}

void OwnTableModel::follow() {
    std::vector<int> ids = m_pictures->ownIds();
    if (ids == m_ids) {
        if (!m_ids.empty()) Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
        return;
    }
    beginResetModel();
    m_ids = std::move(ids);
    endResetModel();
}

int OwnTableModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : static_cast<int>(m_ids.size()); }
int OwnTableModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : ColumnCount; }

QVariant OwnTableModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= rowCount()) return {};
    const int id = m_ids[static_cast<std::size_t>(index.row())];
    if (role == IdRole) return id;
    const PictureItem item = m_pictures->item(id);
    if (role == Qt::ToolTipRole) return item.error.isEmpty() ? item.file : item.error;
    if (index.column() == FileColumn) {
        if (role == Qt::DisplayRole || role == SortRole) return item.title;
        if (role == Qt::DecorationRole) return m_pictures->picture(id);
        return {};
    }
    if (role == Qt::TextAlignmentRole && index.column() == ProbabilityColumn) return QVariant(Qt::AlignCenter);
    if (role != Qt::DisplayRole && role != SortRole) return {};
    if (!item.error.isEmpty()) {
        if (index.column() == PredictedColumn && role == Qt::DisplayRole) return tr("cannot be used");
        return role == SortRole && index.column() != PredictedColumn ? QVariant(-1.0) : QVariant(QString());
    }
    const std::size_t place =
        index.column() <= ProbabilityColumn ? 0 : static_cast<std::size_t>(index.column() - SecondColumn) + 1;
    const std::vector<std::pair<int, double>> guesses = m_pictures->bestGuesses(id, static_cast<int>(place) + 1);
    if (place >= guesses.size()) return role == SortRole ? QVariant(-1.0) : QVariant(QString());
    const auto& [classIndex, probability] = guesses[place];
    if (index.column() == PredictedColumn) {
        const QString name = m_pictures->className(classIndex);
        const bool wrong = role == Qt::DisplayRole && item.verdict == Verdict::Wrong;
        return wrong ? tr("%1, is %2").arg(name, item.trueName) : name;
    }
    if (role == SortRole) return probability;
    return index.column() == ProbabilityColumn
               ? percentText(probability)
               : tr("%1 %2").arg(m_pictures->className(classIndex), shortPercentText(probability));
}

QVariant OwnTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) return QAbstractTableModel::headerData(section, orientation, role);
    if (role == Qt::TextAlignmentRole)
        return QVariant(section == ProbabilityColumn ? Qt::Alignment(Qt::AlignCenter) : Qt::AlignLeft | Qt::AlignVCenter);
    if (role != Qt::DisplayRole) return {};
    switch (section) {
        case FileColumn:
            return tr("Picture");
        case PredictedColumn:
            return tr("Predicted");
        case ProbabilityColumn:
            return tr("Probability");
        case SecondColumn:
            return tr("2nd guess");
        case ThirdColumn:
            return tr("3rd");
        case FourthColumn:
            return tr("4th");
        case FifthColumn:
            return tr("5th");
        default:
            return {};
    }
}

}  // namespace thaw::ui
