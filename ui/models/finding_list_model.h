// The findings of a data set as rows, with how many of each are still open.
#pragma once

#include <QAbstractListModel>

#include <vector>

#include "ui/models/findings.h"

namespace thaw::ui {

class FindingListModel : public QAbstractListModel {
    Q_OBJECT
public:
    enum Role {
        FactRole = Qt::UserRole + 1,
        FigureRole,   ///< QString
        IconRole,     ///< QString
        DecidedRole,  ///< bool: nothing is open any more
        ToKnowRole,   ///< bool
    };

    explicit FindingListModel(QObject* parent = nullptr) : QAbstractListModel(parent) {}

    void setFindings(std::vector<Finding> findings);
    /// Of each finding how many pictures or groups are open.
    void setOpen(const std::vector<int>& open);
    const std::vector<Finding>& findings() const { return m_findings; }
    int openOf(int row) const { return m_open[static_cast<std::size_t>(row)]; }
    int openCount() const;  ///< findings of which something is open

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;

private:
    std::vector<Finding> m_findings;
    std::vector<int> m_open;
};

}  // namespace thaw::ui
