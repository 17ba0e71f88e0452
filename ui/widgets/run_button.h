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
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    int contentWidth() const;
    QString m_icon;
    bool m_active = false, m_word = true;
};

}  // namespace thaw::ui
