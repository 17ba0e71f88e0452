// The strip at the foot of the window: opens the log, shows its last line, and what the program runs on.
#pragma once

#include <QAbstractButton>

#include "ui/models/log_model.h"

namespace thaw::ui {

class Session;

class LogBar : public QAbstractButton {
    Q_OBJECT
public:
    LogBar(Session& session, LogModel& log, QWidget* parent = nullptr);
    void setCompact(bool compact);
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void updateMachine();
    Session& m_session;
    QString m_device;
    int m_threads = 0;
    QString m_time, m_line, m_machine;
    LogLevel m_level = LogLevel::Info;
    bool m_compact = false;
};

}  // namespace thaw::ui
