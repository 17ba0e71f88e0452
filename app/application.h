// Composition root of the window: reads the command line, builds controllers, session and window in order, and takes them down
// in reverse. Signals that end a process save the run first.
#pragma once

#include <QObject>
#include <QString>

#include <functional>
#include <memory>

class QApplication;
class QSettings;
class QSocketNotifier;

namespace thaw {

namespace ui {
class InspectionController;
class LibraryController;
class LogModel;
class MainWindow;
class Session;
class TrainingController;
}  // namespace ui

/// What the command line may ask of the window.
struct WindowOptions {
    bool runLesson = false;            ///< start the lesson at once
    QString preset;                    ///< lesson file's name
    QString data;                      ///< folder or archive to look for data in first
    QString openRun;                   ///< run folder
    QString theme;                     ///< "light", "dark", "system"; empty: as last time
    bool quitAfterFirstPaint = false;  ///< with a line that says when it was: seconds of the monotonic clock
    double scale = 0;                  ///< 1, 1.25, 1.5; 0: as last time
};

class Application : public QObject {
    Q_OBJECT
public:
    /// Prints help or version and ends the process where the command line asks for them: that needs no display.
    static void answerWithoutWindow(int argc, char** argv);

    explicit Application(QApplication& application);
    ~Application() override;

    int run();  ///< exit code: 0 done, 2 for a wrong command line

private:
    bool parse(WindowOptions& options);
    void prepareLook(const WindowOptions& options);
    void listenToSignals();
    void begin(const WindowOptions& options);
    void tellShown();
    bool eventFilter(QObject* watched, QEvent* event) override;

    QApplication& m_application;
    std::unique_ptr<QSettings> m_settings;
    std::unique_ptr<ui::LogModel> m_log;
    std::unique_ptr<ui::TrainingController> m_training;
    std::unique_ptr<ui::LibraryController> m_library;
    std::unique_ptr<ui::InspectionController> m_inspection;
    std::unique_ptr<ui::Session> m_session;
    std::unique_ptr<ui::MainWindow> m_window;
    std::unique_ptr<QSocketNotifier> m_signals;
    std::function<void()> m_shown;  // what waits for the window's first paint
};

}  // namespace thaw
