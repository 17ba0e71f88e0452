#include "ui/models/collected_list_model.h"

#include <algorithm>

namespace thaw::ui {

void CollectedListModel::add(const core::CollectedPicture& picture, const QImage& tile, bool isNew) {
    const auto place =
        std::find_if(m_rows.begin(), m_rows.end(), [&](const Row& row) { return row.picture.number < picture.number; });
    const int row = static_cast<int>(place - m_rows.begin());
    beginInsertRows({}, row, row);
    m_rows.insert(place, {picture, tile, isNew});
    endInsertRows();
}

int CollectedListModel::rowOf(const core::CollectedPicture& picture) const {
    const auto found = std::find_if(m_rows.begin(), m_rows.end(), [&](const Row& row) { return row.picture == picture; });
    return found == m_rows.end() ? -1 : static_cast<int>(found - m_rows.begin());
}

void CollectedListModel::setTile(const core::CollectedPicture& picture, const QImage& tile) {
    const int row = rowOf(picture);
    if (row < 0) return;
    m_rows[static_cast<std::size_t>(row)].tile = tile;
    Q_EMIT dataChanged(index(row), index(row), {Qt::DecorationRole});
}

QImage CollectedListModel::remove(const core::CollectedPicture& picture) {
    const int row = rowOf(picture);
    if (row < 0) return {};
    const QImage tile = m_rows[static_cast<std::size_t>(row)].tile;
    beginRemoveRows({}, row, row);
    m_rows.erase(m_rows.begin() + row);
    endRemoveRows();
    return tile;
}

void CollectedListModel::clear() {
    beginResetModel();
    m_rows.clear();
    endResetModel();
}

void CollectedListModel::endRecording() {
    for (std::size_t row = 0; row < m_rows.size(); ++row) {
        if (!m_rows[row].isNew) continue;
        m_rows[row].isNew = false;
        const QModelIndex changed = index(static_cast<int>(row));
        Q_EMIT dataChanged(changed, changed, {NewRole});
    }
}

int CollectedListModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : count(); }

QVariant CollectedListModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid)) return {};
    const Row& row = m_rows[static_cast<std::size_t>(index.row())];
    switch (role) {
        case Qt::DecorationRole:
            return row.tile;
        case Qt::ToolTipRole:
            return row.picture.isKeptAside() ? tr("Kept aside: the head is judged by it and never trained on it") : QString();
        case Qt::AccessibleTextRole:
            return (row.picture.isKeptAside() ? tr("Picture %1, kept aside") : tr("Picture %1")).arg(row.picture.number);
        case NewRole:
            return row.isNew;
        case KeptAsideRole:
            return row.picture.isKeptAside();
        default:
            return {};
    }
}

}  // namespace thaw::ui
