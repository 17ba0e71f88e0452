// The user's decisions about single pictures as rows, the newest first.
#pragma once

#include <QAbstractListModel>

#include <string>
#include <vector>

#include "core/api/decisions.h"

namespace thaw::ui {

class DecisionListModel : public QAbstractListModel {
    Q_OBJECT
public:
    enum Role {
        OutcomeRole = Qt::UserRole + 1,  ///< QString: "to bees", "left out", "kept"
        KindRole,                        ///< int: core::DecisionKind
    };

    explicit DecisionListModel(QObject* parent = nullptr) : QAbstractListModel(parent) {}

    void setDecisions(const std::vector<core::Decision>& decisions);  ///< the newest last
    const std::string& file(int row) const { return decision(row).file; }

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;

private:
    const core::Decision& decision(int row) const { return m_decisions[m_decisions.size() - 1 - static_cast<std::size_t>(row)]; }
    std::vector<core::Decision> m_decisions;
};

}  // namespace thaw::ui
