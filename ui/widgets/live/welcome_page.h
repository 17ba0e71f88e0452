// The first thing that people see: what the lesson is, one button that runs it, and three cards that tell its story.
#pragma once

#include <QFrame>

#include <string>

#include "core/api/config.h"
#include "ui/widgets/trunk/stage_view.h"

class QHBoxLayout;
class QLabel;
class QPushButton;
class QVBoxLayout;

namespace thaw::ui {

class Chip;
class DataOffer;
class RecentRuns;
class Session;

/// One step of the lesson: the stages of the network as it leaves them, a title, a few words, how long.
class LessonCard : public QFrame {
    Q_OBJECT
public:
    explicit LessonCard(const QString& title, QWidget* parent = nullptr);
    void setStages(const StageDrawing& drawing) { m_stages->setDrawing(drawing); }
    void setText(const QString& text);
    void setLength(const QString& text, bool trains);

private:
    void applyTheme();
    StageView* m_stages;
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
    void chooseTrunk();  ///< another network
    void openRun();      ///< one that is not in sight
    void showData();
    void collect();  ///< pictures by the camera
    void openRecent(const QString& directory);
    void continueRecent(const QString& directory);

protected:
    void resizeEvent(QResizeEvent* event) override;
    void showEvent(QShowEvent* event) override;

private:
    void applyTheme();
    void refresh();
    void arrange();
    void arrangeButtons();
    void tellStory(const core::RunConfig& config);  ///< what the lesson does with which network
    Session& m_session;
    QLabel *m_title, *m_lead, *m_time;
    QPushButton *m_run, *m_settings, *m_network, *m_open, *m_collect, *m_getData;
    std::string m_told;  ///< the config whose story is told
    QVBoxLayout* m_rows;
    QHBoxLayout *m_cardRow, *m_buttons;
    DataOffer* m_offer;
    LessonCard *m_borrow, *m_teach, *m_thaw;
    RecentRuns* m_recent;
};

}  // namespace thaw::ui
