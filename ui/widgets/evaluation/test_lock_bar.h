// The line above the views of a run that keeps its test split locked: which pictures they show, and the way to the others.
#pragma once

#include <QFrame>

class QAction;
class QLabel;
class QPushButton;

namespace thaw::ui {

class Session;

class TestLockBar : public QFrame {
    Q_OBJECT
public:
    /// `reveal` is what its button triggers.
    TestLockBar(Session& session, QAction& reveal, QWidget* parent = nullptr);

    /// Whether the page below shows those pictures.
    void setWanted(bool wanted);
    QString text() const;

private:
    void update();
    void applyTheme();

    Session& m_session;
    QAction& m_reveal;
    bool m_wanted = false;
    QLabel *m_icon, *m_text;
    QPushButton* m_button;
};

}  // namespace thaw::ui
