// The first thing that people see: what the lesson is, one button that runs it, and three cards that tell its story.
#pragma once

#include <QFrame>

class QHBoxLayout;
class QLabel;
class QPushButton;
class QVBoxLayout;

namespace thaw::ui {

class Chip;
class DataOffer;
class Session;

/// One step of the lesson: the blocks of the network as it leaves them, a title, a few words, how long.
class LessonCard : public QFrame {
    Q_OBJECT
public:
    /// `thawed` of the six blocks are orange, counted from the head; negative: the head is still missing.
    LessonCard(int thawed, const QString& title, const QString& text, QWidget* parent = nullptr);
    void setLength(const QString& text, bool trains);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void applyTheme();
    int m_thawed;
    QLabel *m_title, *m_text;
    Chip* m_length;
};

class WelcomePage : public QFrame {
    Q_OBJECT
public:
    explicit WelcomePage(Session& session, QWidget* parent = nullptr);

Q_SIGNALS:
    void runLesson();
    void startWithSettings();
    void openRun();
    void showData();

protected:
    void resizeEvent(QResizeEvent* event) override;
    void showEvent(QShowEvent* event) override;

private:
    void applyTheme();
    void refresh();
    void arrange();
    Session& m_session;
    QLabel *m_title, *m_lead, *m_time;
    QPushButton *m_run, *m_settings, *m_open, *m_getData;
    QVBoxLayout* m_rows;
    QHBoxLayout* m_cardRow;
    DataOffer* m_offer;
    LessonCard *m_borrow, *m_teach, *m_thaw;
};

}  // namespace thaw::ui
