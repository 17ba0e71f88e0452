// Paints the cells of the layer tree: tick box with snowflake, tick, clock or half and half; names; the moved bar. The ground
// of the row and its edge are LayerTreeView's.
#pragma once

#include <QStyledItemDelegate>

namespace thaw::ui {

class LayerDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void setRowHeight(int pixels) { m_rowHeight = pixels; }
    int rowHeight() const { return m_rowHeight; }
    /// Of a cell that shows all of its text, and stands apart from the next.
    static int neededWidth(const QModelIndex& index);
    static int movedWidth(bool least);  ///< of the last column: with the bar in full, or with the number alone
    /// The box and its surroundings over the whole height of the row: where a click ticks.
    static QRect tickArea(const QRect& cell, const QModelIndex& index);
    static QRect foldArea(const QRect& cell, const QModelIndex& index);
    /// The tick box of a row of LayerTreeModel in any size: snowflake, tick, clock or half and half; nothing for a layer without
    /// weights.
    static void paintBox(QPainter* painter, const QRectF& box, const QModelIndex& index, qreal ratio);

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    bool editorEvent(QEvent* event, QAbstractItemModel* model, const QStyleOptionViewItem& option,
                     const QModelIndex& index) override;

private:
    void paintMoved(QPainter* painter, const QRect& cell, const QModelIndex& index, bool expanded) const;
    int m_rowHeight = 30;
};

}  // namespace thaw::ui
