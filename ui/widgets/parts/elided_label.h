// A label of one line that takes its shorter words where the long ones have no room, elides, in the middle unless told, what does
// not fit even so, and then tells its whole text as a tool tip.
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
    void setShortText(const QString& text);
    void setElideMode(Qt::TextElideMode mode) { m_mode = mode; }

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    bool fits(const QString& words) const;
    QString words() const;  ///< the short ones where the long ones do not fit

    QString m_short;
    Qt::TextElideMode m_mode = Qt::ElideMiddle;
};

}  // namespace thaw::ui
