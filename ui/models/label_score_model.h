// Every class among several labels with its average precision, ROC-AUC, precision, recall and F1, the weakest first; then the
// means.
#pragma once

#include <QAbstractTableModel>
#include <QStringList>

#include <memory>
#include <vector>

#include "core/api/evaluation.h"

namespace thaw::ui {

class LabelScoreModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column {
        NameColumn,
        PrecisionInOrderColumn,
        AreaColumn,
        PrecisionColumn,
        RecallColumn,
        F1Column,
        PicturesColumn,
        ColumnCount
    };

    using QAbstractTableModel::QAbstractTableModel;

    /// Null: no rows.
    void setReport(std::shared_ptr<const core::SeveralLabelsReport> report, const QStringList& classNames);
    int classAt(int row) const;  ///< -1: the means

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    QString textAt(int row, int column) const;

    std::shared_ptr<const core::SeveralLabelsReport> m_report;
    QStringList m_classNames;
    std::vector<int> m_order;  // class at each row
};

}  // namespace thaw::ui
