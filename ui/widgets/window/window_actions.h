// Every action of the window, once: the run bar's buttons, the menus and the keys all use these, and one table
// (ActionStates) enables them.
#pragma once

#include <QAction>
#include <QObject>

#include <vector>

class QMenuBar;

namespace thaw::ui {

class Session;

class WindowActions : public QObject {
    Q_OBJECT
public:
    explicit WindowActions(Session& session, QWidget* window);

    // File
    QAction *openRun, *addPictures, *exportModel, *writeReport, *quit;
    // Run
    QAction *runLesson, *start, *pause, *pauseOrResume, *continueRun, *step, *runEpoch, *stop, *rateUp, *rateDown, *camera,
        *video, *revealTest;
    // Layers
    QAction *toggleLayer, *freezeAll, *foldAll, *unfoldAll;
    // View
    QAction *layersPanel, *settingsPanel, *logPanel, *scaleUp, *scaleDown, *reduceMotion;
    std::vector<QAction*> tabs;     ///< Ctrl+1 ...; the window names and fills them
    std::vector<QAction*> schemes;  ///< as ColorScheme
    std::vector<QAction*> scales;   ///< 100, 125, 150 %
    // Help
    QAction *welcome, *about;

    /// Fills the menu bar. The lesson and preset menus are kept up to date.
    void fillMenus(QMenuBar* bar);
    QMenu* lessonMenu() const { return m_lessonMenu; }

Q_SIGNALS:
    void updated();  ///< texts and states are those of now

private:
    QAction* add(const QString& text, const QKeySequence& key, const QString& icon = {}, const QString& toolTip = {});
    void update();
    void checkLook();
    void changeScale(int steps);
    void fillLessonMenu();
    void fillPresetMenu();
    void tellLessonTimes();  // the menu's tool tips, as far as times are known by now

    Session& m_session;
    QWidget* m_window;
    QMenu* m_lessonMenu;
    QMenu* m_presetMenu;
};

}  // namespace thaw::ui
