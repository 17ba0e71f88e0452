// A scroll area that leaves the arrow keys to the page around it, where they walk over pictures, layers or channels.
#pragma once

#include <QKeyEvent>
#include <QScrollArea>

namespace thaw::ui {

class PageScroll : public QScrollArea {
    Q_OBJECT
public:
    explicit PageScroll(QWidget* parent = nullptr) : QScrollArea(parent) {
        setWidgetResizable(true);
        setFocusPolicy(Qt::NoFocus);
        setFrameShape(NoFrame);
        setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
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
