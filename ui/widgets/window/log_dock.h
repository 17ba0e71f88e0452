// The open log: every line with its time and level, from a chosen level up, and a button that copies all of them.
#pragma once

#include <QDockWidget>

#include "ui/models/log_model.h"

class QComboBox;
class QFrame;
class QLabel;
class QTableView;

namespace thaw::ui {

class LogDock : public QDockWidget {
    Q_OBJECT
public:
    explicit LogDock(LogModel& log, QWidget* parent = nullptr);
    LogLevel minimumLevel() const { return m_filter.minimumLevel(); }
    void setMinimumLevel(LogLevel level);
    void setLow(bool low);        ///< where there is little height it may be made as low as two lines
    QString visibleText() const;  ///< what "Copy all" copies

Q_SIGNALS:
    void collapseRequested();

private:
    void applyTheme();
    LogFilterModel m_filter;
    QComboBox* m_level;
    QTableView* m_table;
    QWidget* m_header;
    QLabel* m_icon;
    QFrame* m_panel;
    bool m_atEnd = true, m_low = false;
};

}  // namespace thaw::ui
