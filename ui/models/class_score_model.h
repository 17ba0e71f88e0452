// Every class with its recall, precision and F1, the one that is found least often first; then the means over the classes.
#pragma once

#include <QAbstractTableModel>
#include <QStringList>

#include <memory>
#include <vector>

#include "core/api/evaluation.h"

namespace thaw::ui {

class ClassScoreModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { NameColumn, RecallColumn, PrecisionColumn, F1Column, ColumnCount };
    enum Role {
        ClassRole = Qt::UserRole + 1,  ///< int; -1: a mean
        ValueRole,                     ///< double, 0..1; of the name: none
    };

    explicit ClassScoreModel(QObject* parent = nullptr);

    /// Null: no rows.
    void setReport(std::shared_ptr<const core::EvaluationReport> report, const QStringList& classNames);
    int rowOf(int classIndex) const;  ///< -1: no such class

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    const core::ClassScore& scoreAt(int row) const;
    QString nameAt(int row) const;
    QString tipAt(int row) const;

    std::shared_ptr<const core::EvaluationReport> m_report;
    QStringList m_classNames;
    std::vector<int> m_order;  // class at each row
};

}  // namespace thaw::ui
