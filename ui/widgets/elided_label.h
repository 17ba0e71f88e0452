// A label of one line that elides, in the middle unless told, and then tells its whole text as a tool tip.
#pragma once

#include <QLabel>

namespace thaw::ui {

class ElidedLabel : public QLabel {
    Q_OBJECT
public:
    explicit ElidedLabel(QWidget* parent = nullptr) : QLabel(parent) {
        setTextFormat(Qt::PlainText);
        setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    }
    void setElideMode(Qt::TextElideMode mode) { m_mode = mode; }

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    Qt::TextElideMode m_mode = Qt::ElideMiddle;
};

}  // namespace thaw::ui
