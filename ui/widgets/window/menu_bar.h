// The menu bar: the drop and the name at the left, the menus, and at the right which run and which pictures the window shows.
#pragma once

#include <QMenuBar>

class QLabel;

namespace thaw::ui {

class Session;
class WindowActions;

class MenuBar : public QMenuBar {
    Q_OBJECT
public:
    MenuBar(Session& session, WindowActions& actions, QWidget* parent = nullptr);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void applyTheme();
    void updateTitle();
    void placeTitle();
    Session& m_session;
    QLabel *m_logo, *m_title;
};

}  // namespace thaw::ui
