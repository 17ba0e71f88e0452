// Areas that scroll up and down alone.
#pragma once

#include <QKeyEvent>
#include <QScrollArea>

namespace thaw::ui {

/// Without a frame; the content takes the area's width.
inline void scrollDownOnly(QScrollArea& area) {
    area.setWidgetResizable(true);
    area.setFrameShape(QFrame::NoFrame);
    area.setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
}

/// Leaves the arrow keys to the page around it, where they walk over pictures, layers or channels.
class PageScroll : public QScrollArea {
    Q_OBJECT
public:
    explicit PageScroll(QWidget* parent = nullptr) : QScrollArea(parent) {
        scrollDownOnly(*this);
        setFocusPolicy(Qt::NoFocus);
    }

protected:
    void keyPressEvent(QKeyEvent* event) override {
        switch (event->key()) {
            case Qt::Key_Up:
            case Qt::Key_Down:
            case Qt::Key_Left:
            case Qt::Key_Right:
                event->ignore();
                return;
            default:
                QScrollArea::keyPressEvent(event);
        }
    }
};

}  // namespace thaw::ui
