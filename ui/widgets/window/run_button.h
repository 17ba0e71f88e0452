// A button of the run bar: icon and word in its middle, and a part of its own for a menu where it has one.
#pragma once

#include <QToolButton>

namespace thaw::ui {

class RunButton : public QToolButton {
    Q_OBJECT
public:
    explicit RunButton(const QString& icon, QWidget* parent = nullptr);
    /// The one that is most wanted now: outlined in the accent.
    void setActive(bool active);
    void setWordShown(bool shown);
    /// At least so wide, in units of the theme, and wide enough for `longest` too if that may once be its text.
    void setRoom(double width, const QString& longest);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    int contentWidth() const { return widthOf(text()); }
    int widthOf(const QString& text) const;
    QString m_icon, m_longest;
    double m_room = 44;
    bool m_active = false, m_word = true;
};

}  // namespace thaw::ui
