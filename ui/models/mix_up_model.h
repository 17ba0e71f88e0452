// The matrix in readable form: what is most often taken for what, the largest number first.
#pragma once

#include <QAbstractTableModel>
#include <QStringList>

#include <memory>
#include <vector>

#include "core/api/evaluation.h"

namespace thaw::ui {

class MixUpModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { TrueColumn, PredictedColumn, PicturesColumn, ColumnCount };
    enum Role {
        TrueClassRole = Qt::UserRole + 1,  ///< int
        PredictedClassRole,                ///< int
    };

    explicit MixUpModel(QObject* parent = nullptr);

    /// Null: no rows.
    void setReport(const std::shared_ptr<const core::EvaluationReport>& report, const QStringList& classNames);
    int rowOf(int truth, int predicted) const;  ///< -1: it does not happen

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;

private:
    QString className(int classIndex) const;

    std::vector<core::MixUp> m_mixUps;
    std::vector<std::int64_t> m_support;  // of each class
    QStringList m_classNames;
};

}  // namespace thaw::ui
