// A data set in the Data page's list: its name, whether it is here and in use, how large it is.
#pragma once

#include <QAbstractButton>

#include "core/api/dataset_info.h"

namespace thaw::ui {

/// A data set that can be shown: one that Thaw knows, or a place that was chosen before.
struct DataEntry {
    QString key;  ///< the data set's id, or its place where that was chosen
    core::DatasetInfo info;
    bool chosenBefore = false;
    bool isUsable() const { return info.present && info.problem.empty(); }
};

class DatasetCard : public QAbstractButton {
    Q_OBJECT
public:
    DatasetCard(const DataEntry& entry, bool inUse, QWidget* parent);
    const QString& key() const { return m_key; }
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QString m_key, m_state, m_size, m_icon;
    bool m_here;
};

}  // namespace thaw::ui
