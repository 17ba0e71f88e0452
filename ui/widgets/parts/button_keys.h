// Enter presses the button that has the focus, as Space does.
#pragma once

#include <QObject>

namespace thaw::ui {

/// An event filter for the application. Push buttons of dialogs are left alone: there Enter is the dialog's.
class ButtonKeys : public QObject {
    Q_OBJECT
public:
    using QObject::QObject;

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
};

}  // namespace thaw::ui
