// A list in which keys only walk: letters, which Qt would search for, stay with the page around it.
#pragma once

#include <QKeyEvent>
#include <QListView>

namespace thaw::ui {

class NavigatedList : public QListView {
public:
    using QListView::QListView;

protected:
    /// Tiles of one size, in rows as wide as the list.
    void showAsTiles() {
        setViewMode(QListView::IconMode);
        setMovement(QListView::Static);
        setResizeMode(QListView::Adjust);
        setUniformItemSizes(true);
        setDragDropMode(QAbstractItemView::NoDragDrop);
        setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
        setFrameShape(QFrame::NoFrame);
        setProperty("bare", true);
    }
    void keyPressEvent(QKeyEvent* event) override {
        if (event->key() >= Qt::Key_Home && event->key() <= Qt::Key_PageDown) return QListView::keyPressEvent(event);
        event->ignore();
    }
};

}  // namespace thaw::ui
