// A run of the list in a row: eye, line, name, what is to be said of it, best accuracy. A wide row has a column for each thing.
#pragma once

#include <QStyledItemDelegate>
#include <QWidget>

namespace thaw::ui {

class RunRowDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    /// Where things stand in a row of this width; columns that it has no room for are empty.
    struct Places {
        QRect eye, line, name, about, data, epochs, day, best;
    };
    static Places placesIn(const QRect& row);

    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    bool editorEvent(QEvent* event, QAbstractItemModel* model, const QStyleOptionViewItem& option,
                     const QModelIndex& index) override;
    /// The question fills the row, the eye's place included.
    void updateEditorGeometry(QWidget* editor, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    bool helpEvent(QHelpEvent* event, QAbstractItemView* view, const QStyleOptionViewItem& option,
                   const QModelIndex& index) override;
};

/// The names of a wide row's columns, above the list.
class RunColumns : public QWidget {
    Q_OBJECT
public:
    explicit RunColumns(QWidget* parent = nullptr);
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
};

}  // namespace thaw::ui
