// The window: docks, tabs, actions, settings; nothing else. Everything that it shows lives in panels of its own.
#pragma once

#include <QMainWindow>
#include <QRect>

class QSettings;
class QStackedWidget;

namespace thaw::core {
struct CollectTrunk;
struct DatasetInfo;
}  // namespace thaw::core

namespace thaw::ui {

class Banner;
class BodyLayout;
class CameraView;
class Closing;
class CollectPage;
class ConfusionView;
class ContinuationView;
class DoctorPage;
class InspectorView;
class LayerPanel;
class LivePage;
class LogBar;
class LogDock;
class LogModel;
class MapView;
class PredictionView;
class RunBar;
class Session;
class SideDock;
class TestLockBar;
class TimeLine;
class TrunkPage;
class TrunkSpeeds;
class ViewTabs;
class WindowActions;

class MainWindow : public QMainWindow {
    Q_OBJECT
public:
    enum Tab { LiveTab, PredictionsTab, ConfusionTab, InspectorTab, MapTab, DataTab, TrunkTab, RunsTab };

    /// All must outlive the window. `settings` keeps what the user chose about it.
    MainWindow(Session& session, LogModel& log, QSettings& settings, QWidget* parent = nullptr);
    ~MainWindow() override;

    void showTab(int tab);
    int currentTab() const;
    /// Ends a run without asking and closes: for the end of the desktop's session and for signals.
    void saveAndClose();
    void setLogOpen(bool open);

    Session& session() { return m_session; }
    WindowActions& actionTable() { return *m_actions; }
    LivePage& livePage() { return *m_livePage; }
    ContinuationView& continuations() { return *m_continuations; }
    Banner& banner() { return *m_banner; }
    CameraView& camera();    ///< made when it is first asked for
    CollectPage& collect();  ///< shown in the Data tab; made when it is first asked for
    /// What is wrong with a data set, in the Data tab; made when it is first asked for.
    DoctorPage& checkData(const core::DatasetInfo& dataset);

Q_SIGNALS:
    void leaving();  ///< it will close, with or without a run to be saved first

protected:
    void changeEvent(QEvent* event) override;
    void closeEvent(QCloseEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void showEvent(QShowEvent* event) override;
    bool event(QEvent* event) override;

private:
    void makeBars();
    void makeBody(LogModel& log);
    void connectActions();
    void openRun(const QString& directory);
    void leaveCollecting();
    void showDataSets();
    void takeCollected(const QString& folder, const core::CollectTrunk& trunk);
    void lookInto(const QString& directory);
    void arrange();
    void updateView();
    void nameTabs();
    void renameTab(int tab, const QString& name, const QString& shortName);
    bool continuesTexts() const;
    void watchScreen();   // the least size is that of the screen that the window is on
    void stayOnScreen();  // all of the window in sight
    void restore();
    void save();

    Session& m_session;
    QSettings& m_settings;
    WindowActions* m_actions;
    RunBar* m_runBar;
    Banner* m_banner;
    QToolBar* m_logBarHolder;
    ViewTabs* m_tabs;
    QStackedWidget* m_pages;
    LivePage* m_livePage;
    QStackedWidget* m_answers;  // of the Predictions tab: one of the next two
    PredictionView* m_predictions;
    ContinuationView* m_continuations;
    InspectorView* m_inspector;
    MapView* m_map;
    TrunkSpeeds* m_speeds;
    TrunkPage* m_trunks;
    QStackedWidget* m_dataPages;  // the data sets, the one that is being collected, and what is wrong with one
    CollectPage* m_collect = nullptr;
    DoctorPage* m_doctor = nullptr;
    TestLockBar* m_testLock;
    TimeLine* m_timeLine;
    ConfusionView* m_confusion;
    LayerPanel* m_layerPanel;
    SideDock *m_layersDock, *m_settingsDock;
    LogBar* m_logBar;
    LogDock* m_logDock;
    BodyLayout* m_body;
    QRect m_placed;  // where the window was put as long as its frame is only guessed
    Closing* m_closing;
    CameraView* m_camera = nullptr;
    bool m_wasActive = false;
};

}  // namespace thaw::ui
