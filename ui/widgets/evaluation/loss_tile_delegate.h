// A test picture with what makes its loss: predicted and true class, the loss, and the probability of both as bars. Works on the
// roles of PredictionListModel.
#pragma once

#include <QStyledItemDelegate>

namespace thaw::ui {

class LossTileDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    /// Logical pixels of one tile, at the theme's scale; a view may give it more room.
    static QSize tileSize();
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
};

}  // namespace thaw::ui
