// The tabs above the centre: the chosen one stands on the panel below, with a bar in the accent under its name.
#pragma once

#include <QTabBar>

namespace thaw::ui {

class ViewTabs : public QTabBar {
    Q_OBJECT
public:
    explicit ViewTabs(QWidget* parent = nullptr);

protected:
    QSize tabSizeHint(int index) const override;
    QSize minimumTabSizeHint(int index) const override { return tabSizeHint(index); }
    void paintEvent(QPaintEvent* event) override;
};

}  // namespace thaw::ui
