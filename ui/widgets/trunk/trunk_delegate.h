// Paints a card of the gallery: name and chips, licence and size, the drawing, four figures. The chip of a card that can be
// downloaded starts, stops and goes on with that.
#pragma once

#include <QStyledItemDelegate>

namespace thaw::ui {

struct Trunk;

class TrunkDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    static QSize cellSize();  ///< a card and the gap behind it
    static QRect cardOf(const QRect& cell);
    /// Where a click on the chip starts, stops or goes on with a download; null where it does none of it.
    static QRect transferArea(const QRect& cell, const Trunk& trunk);

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    bool editorEvent(QEvent* event, QAbstractItemModel* model, const QStyleOptionViewItem& option,
                     const QModelIndex& index) override;

Q_SIGNALS:
    void downloadRequested(const QModelIndex& index);
    void stopRequested();
};

}  // namespace thaw::ui
