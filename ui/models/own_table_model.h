// The user's own pictures as a table: file, what the model says and how sure it is, and its next best guesses. Follows a
// PredictionListModel. GUI thread only.
#pragma once

#include <QAbstractTableModel>

#include <vector>

namespace thaw::ui {

class PredictionListModel;

class OwnTableModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column {
        FileColumn,
        PredictedColumn,
        ProbabilityColumn,
        SecondColumn,
        ThirdColumn,
        FourthColumn,
        FifthColumn,
        ColumnCount
    };
    enum Role {
        IdRole = Qt::UserRole + 1,  ///< int, as in PredictionListModel
        SortRole,                   ///< what a column is sorted by: text or number
    };

    explicit OwnTableModel(QObject* parent = nullptr);

    void setPictures(PredictionListModel* pictures);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    void follow();

    PredictionListModel* m_pictures = nullptr;
    std::vector<int> m_ids;
};

}  // namespace thaw::ui
