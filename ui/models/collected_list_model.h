// The pictures of one class that is being collected, newest first.
#pragma once

#include <QAbstractListModel>
#include <QImage>

#include <vector>

#include "core/api/collect.h"

namespace thaw::ui {

class CollectedListModel : public QAbstractListModel {
    Q_OBJECT
public:
    enum Role {
        NewRole = Qt::UserRole + 1,  ///< bool: taken in the recording under way
        KeptAsideRole,               ///< bool: never trained on
    };
    /// Pixels: what a tile is made from, at most so large a side.
    static constexpr int kTileSide = 200;

    explicit CollectedListModel(QObject* parent = nullptr) : QAbstractListModel(parent) {}

    /// At the place of its number. `tile` may be null until setTile().
    void add(const core::CollectedPicture& picture, const QImage& tile, bool isNew = false);
    void setTile(const core::CollectedPicture& picture, const QImage& tile);
    /// The tile that it had; null where it is not there.
    QImage remove(const core::CollectedPicture& picture);
    void clear();
    void endRecording();  ///< none is new any more

    int count() const { return static_cast<int>(m_rows.size()); }
    const core::CollectedPicture& picture(int row) const { return m_rows[static_cast<std::size_t>(row)].picture; }

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;

private:
    struct Row {
        core::CollectedPicture picture;
        QImage tile;
        bool isNew = false;
    };
    int rowOf(const core::CollectedPicture& picture) const;  ///< -1: none
    std::vector<Row> m_rows;
};

}  // namespace thaw::ui
