// The Live tab: the welcome page until a run starts; then the curves, and beside them test pictures above the list of runs, or
// the pictures alone where there is little room. Reads the records of the runs that the list shows behind the present one. Brings
// the page of runs too: the same list, as large as a page.
#pragma once

#include <QHash>
#include <QStackedWidget>

#include "ui/bridge/event_metatypes.h"
#include "ui/models/run_list_model.h"

namespace thaw::ui {

class LiveView;
class RunsPanel;
class Session;
class TestPicturesPanel;
class WelcomePage;

class LivePage : public QStackedWidget {
    Q_OBJECT
public:
    explicit LivePage(Session& session, QWidget* parent = nullptr);

    WelcomePage& welcome() { return *m_welcome; }
    LiveView& live() { return *m_live; }
    TestPicturesPanel& pictures() { return *m_pictures; }
    RunsPanel& runs() { return *m_runs; }
    RunsPanel* makeRunsPage(QWidget* parent = nullptr);
    bool showsWelcome() const;
    void showWelcome(bool welcome);
    /// Narrow side column with the test pictures alone.
    void setCompact(bool compact);

Q_SIGNALS:
    void welcomeShown(bool shown);
    void inspectRequested(const QString& directory);  ///< a run of the list, to look into
    void openRequested(const QString& directory);     ///< one to take up

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void bindRuns(RunsPanel& panel);
    void arrange();
    void updatePlan();
    void updateTitle();
    void takeHistory(const core::RunHistory& history);
    void updateOtherRuns();
    Session& m_session;
    RunListModel m_runList;
    QHash<QString, core::RunHistory> m_histories;  ///< by run id
    WelcomePage* m_welcome;
    LiveView* m_live;
    TestPicturesPanel* m_pictures;
    RunsPanel* m_runs;
    QWidget *m_curves, *m_side;
    bool m_compact = false;
};

}  // namespace thaw::ui
