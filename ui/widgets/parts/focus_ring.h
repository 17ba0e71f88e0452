// A ring around a list that got the focus by a key: what its arrows move may be out of sight, or nothing yet.
#pragma once

#include <QWidget>

namespace thaw::ui {

class FocusRing : public QWidget {
    Q_OBJECT
public:
    explicit FocusRing(QWidget* around);  ///< becomes its child

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
};

/// Whether the focus came by a key, so that it has to be seen.
bool isByKey(Qt::FocusReason reason);

}  // namespace thaw::ui
