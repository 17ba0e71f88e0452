#include "ui/widgets/window/main_window.h"

#include <QApplication>
#include <QCloseEvent>
#include <QScreen>
#include <QSettings>
#include <QStackedWidget>
#include <QToolBar>
#include <QVBoxLayout>
#include <QWindow>

#include <utility>

#include "ui/bridge/doctor_controller.h"
#include "ui/bridge/session.h"
#include "ui/bridge/trunk_speeds.h"
#include "ui/models/log_model.h"
#include "ui/models/path_text.h"
#include "ui/widgets/collect/collect_page.h"
#include "ui/widgets/continuations/continuation_view.h"
#include "ui/widgets/doctor/doctor_page.h"
#include "ui/widgets/evaluation/confusion_view.h"
#include "ui/widgets/evaluation/report_writer.h"
#include "ui/widgets/evaluation/test_lock_bar.h"
#include "ui/widgets/inspector/inspector_view.h"
#include "ui/widgets/layers/layer_panel.h"
#include "ui/widgets/layers/layer_tree_view.h"
#include "ui/widgets/library/data_panel.h"
#include "ui/widgets/library/library_links.h"
#include "ui/widgets/library/settings_panel.h"
#include "ui/widgets/live/live_page.h"
#include "ui/widgets/live/live_view.h"
#include "ui/widgets/live/runs_panel.h"
#include "ui/widgets/live/test_pictures_panel.h"
#include "ui/widgets/live/welcome_page.h"
#include "ui/widgets/map/map_view.h"
#include "ui/widgets/parts/banner.h"
#include "ui/widgets/parts/button_keys.h"
#include "ui/widgets/parts/file_dialogs.h"
#include "ui/widgets/parts/styling.h"
#include "ui/widgets/predictions/camera_view.h"
#include "ui/widgets/predictions/prediction_view.h"
#include "ui/widgets/trunk/trunk_page.h"
#include "ui/widgets/window/about_dialog.h"
#include "ui/widgets/window/body_layout.h"
#include "ui/widgets/window/closing.h"
#include "ui/widgets/window/inspector_links.h"
#include "ui/widgets/window/log_bar.h"
#include "ui/widgets/window/log_dock.h"
#include "ui/widgets/window/menu_bar.h"
#include "ui/widgets/window/model_exporter.h"
#include "ui/widgets/window/notices.h"
#include "ui/widgets/window/run_bar.h"
#include "ui/widgets/window/run_log.h"
#include "ui/widgets/window/side_dock.h"
#include "ui/widgets/window/time_line.h"
#include "ui/widgets/window/view_tabs.h"
#include "ui/widgets/window/window_actions.h"
#include "ui/widgets/window/window_place.h"

namespace thaw::ui {
namespace {

constexpr QSize kUsualSize(1440, 900);

/// A bar that stays where it is and cannot be taken away.
QToolBar* fixedBar(const QString& name, QWidget* content, QMainWindow* window) {
    auto* bar = new QToolBar(name, window);
    bar->setObjectName(name);
    bar->setMovable(false);
    bar->setFloatable(false);
    bar->toggleViewAction()->setVisible(false);
    bar->setContextMenuPolicy(Qt::PreventContextMenu);
    bar->layout()->setContentsMargins(0, 0, 0, 0);
    bar->addWidget(content);
    return bar;
}

}  // namespace

MainWindow::MainWindow(Session& session, LogModel& log, QSettings& settings, QWidget* parent)
    : QMainWindow(parent), m_session(session), m_settings(settings), m_actions(new WindowActions(session, this)) {
    setObjectName(QStringLiteral("mainWindow"));
    setWindowTitle(tr("Thaw"));
    setWindowIcon(QIcon(QStringLiteral(":/icons/thaw.svg")));
    setContextMenuPolicy(Qt::NoContextMenu);
    setCorner(Qt::BottomLeftCorner, Qt::BottomDockWidgetArea);
    setCorner(Qt::BottomRightCorner, Qt::BottomDockWidgetArea);
    setAnimated(false);
    qApp->installEventFilter(new ButtonKeys(this));
    makeBars();
    makeBody(log);
    setMenuBar(new MenuBar(session, *m_actions, this));
    m_closing = new Closing(session, *m_banner, this);
    new Notices(session, *m_banner, this);
    new RunLog(session, this);
    connectActions();
    connect(&Theme::instance(), &Theme::changed, this, &MainWindow::arrange);
    restore();
    arrange();
    updateView();
}

MainWindow::~MainWindow() = default;

void MainWindow::makeBars() {
    m_runBar = new RunBar(m_session, *m_actions);
    m_banner = new Banner;
    auto* top = new QWidget;
    auto* rows = new QVBoxLayout(top);
    rows->setContentsMargins(0, 0, 0, 0);
    rows->setSpacing(0);
    rows->addWidget(m_runBar);
    rows->addWidget(m_banner);
    addToolBar(Qt::TopToolBarArea, fixedBar(QStringLiteral("runBarHolder"), top, this));
}

void MainWindow::makeBody(LogModel& log) {
    // Tab order is the order of creation: run bar, tree, centre, side, log.
    m_layerPanel = new LayerPanel(m_session);
    m_layersDock = new SideDock(QStringLiteral("layers"), tr("Layers"), Qt::LeftEdge, m_layerPanel, 440, this);
    m_layersDock->setObjectName(QStringLiteral("layersDock"));
    addDockWidget(Qt::LeftDockWidgetArea, m_layersDock);
    m_livePage = new LivePage(m_session);
    m_predictions = new PredictionView;
    m_predictions->bindController(&m_session.training());
    m_predictions->bindInspection(&m_session.inspection());
    m_continuations = new ContinuationView(m_session.training(), m_session.inspection());
    m_answers = new QStackedWidget;
    m_answers->addWidget(m_predictions);
    m_answers->addWidget(m_continuations);
    m_confusion = new ConfusionView(m_session);
    m_tabs = new ViewTabs;
    m_pages = new QStackedWidget;
    const auto addPage = [this](QWidget* page, const QString& title, const QString& shortTitle = {}) {
        const int index = m_pages->addWidget(page);
        auto* action = new QAction(title, this);
        action->setShortcut(QKeySequence(Qt::CTRL | static_cast<Qt::Key>(Qt::Key_1 + index)));
        connect(action, &QAction::triggered, this, [this, index] { showTab(index); });
        addAction(action);
        m_actions->tabs.push_back(action);
        m_tabs->addView(title, shortTitle.isEmpty() ? title : shortTitle, toolTipWithKey(title, action->shortcut()));
    };
    addPage(m_livePage, tr("Live"));
    addPage(m_answers, tr("Predictions"));
    addPage(m_confusion, tr("Confusion matrix"), tr("Confusion"));
    m_inspector = new InspectorView(m_session);
    linkInspector(*m_inspector, m_layerPanel->tree(), *m_predictions, m_session);
    addPage(m_inspector, tr("Layer inspector"), tr("Inspector"));
    m_map = new MapView(m_session);
    addPage(m_map, tr("Map"));
    auto* dataPanel = new DataPanel(m_session.library());
    linkData(*dataPanel, m_session);
    connect(dataPanel, &DataPanel::collectRequested, this, [this] { collect(); });
    connect(dataPanel, &DataPanel::checkRequested, this, [this](const core::DatasetInfo& dataset) { checkData(dataset); });
    m_dataPages = new QStackedWidget;
    m_dataPages->addWidget(dataPanel);
    addPage(m_dataPages, tr("Data"));
    m_speeds = new TrunkSpeeds(this);
    m_trunks = new TrunkPage(m_session, *m_speeds);
    addPage(m_trunks, tr("Trunk"));
    addPage(m_livePage->makeRunsPage(), tr("Runs"));
    auto* centre = new QWidget;
    centre->setObjectName(QStringLiteral("centre"));
    auto* rows = new QVBoxLayout(centre);
    rows->addWidget(m_tabs);
    m_testLock = new TestLockBar(m_session, *m_actions->revealTest);
    rows->addWidget(m_testLock);
    rows->addWidget(m_pages, 1);
    m_timeLine = new TimeLine(m_session);
    rows->addWidget(m_timeLine);
    setCentralWidget(centre);

    auto* settingsPanel = new SettingsPanel(m_session.library());
    linkSettings(*settingsPanel, m_session);
    connect(settingsPanel, &SettingsPanel::dataPanelRequested, this, [this] { showTab(DataTab); });
    connect(settingsPanel, &SettingsPanel::trunkPageRequested, this, [this] { showTab(TrunkTab); });
    connect(settingsPanel, &SettingsPanel::collapseRequested, this, [this] { m_settingsDock->setFolded(true); });
    m_settingsDock = new SideDock(QStringLiteral("settings"), tr("Settings"), Qt::RightEdge, settingsPanel, 300, this);
    m_settingsDock->setObjectName(QStringLiteral("settingsDock"));
    addDockWidget(Qt::RightDockWidgetArea, m_settingsDock);
    for (const SideDock* dock : {m_layersDock, m_settingsDock})
        connect(dock, &SideDock::focusLost, m_tabs, [this] { m_tabs->setFocus(Qt::OtherFocusReason); });
    m_body = new BodyLayout(*m_layersDock, *m_settingsDock, this);

    m_logDock = new LogDock(log, this);
    addDockWidget(Qt::BottomDockWidgetArea, m_logDock);
    m_logDock->hide();
    m_logBar = new LogBar(m_session, log);
    m_logBarHolder = fixedBar(QStringLiteral("logBarHolder"), m_logBar, this);
    addToolBar(Qt::BottomToolBarArea, m_logBarHolder);
    connect(m_logDock, &LogDock::collapseRequested, this, [this] { setLogOpen(false); });
    connect(m_logBar, &QAbstractButton::clicked, this, [this] { setLogOpen(true); });
    connect(m_runBar, &RunBar::logRequested, this, [this] { setLogOpen(true); });
}

/// Pages that judge a model are called by what they show of its task; those that show planes stand there for pictures alone.
void MainWindow::nameTabs() {
    const InspectionSubject* subject = m_session.inspection().subject();
    const bool several = subject && subject->run.config.task == core::TaskKind::SeveralLabels;
    const bool texts = subject && subject->run.model.readsTexts();
    const bool continues = continuesTexts();
    const auto offer = [this](int tab, bool offered) {
        m_tabs->setViewVisible(tab, offered);
        m_actions->tabs[tab]->setEnabled(offered);
        if (!offered && currentTab() == tab) showTab(PredictionsTab);
    };
    offer(InspectorTab, !texts);
    offer(ConfusionTab, !continues);
    offer(MapTab, !continues);
    for (QAction* action : {m_actions->addPictures, m_actions->camera, m_actions->video}) action->setEnabled(!continues);
    m_answers->setCurrentWidget(continues ? static_cast<QWidget*>(m_continuations) : m_predictions);
    const QString answers = continues ? tr("Continuations") : tr("Predictions");
    renameTab(PredictionsTab, answers, answers);
    const QString matrix = several ? tr("Classes") : tr("Confusion matrix");
    renameTab(ConfusionTab, matrix, several ? matrix : tr("Confusion"));
    updateView();
}

void MainWindow::renameTab(int tab, const QString& name, const QString& shortName) {
    QAction* action = m_actions->tabs[tab];
    if (action->text() == name) return;
    action->setText(name);
    m_tabs->renameView(tab, name, shortName, toolTipWithKey(name, action->shortcut()));
}

bool MainWindow::continuesTexts() const {
    const InspectionSubject* subject = m_session.inspection().subject();
    return subject && subject->run.config.task == core::TaskKind::ContinueText;
}

void MainWindow::connectActions() {
    connect(&m_session.inspection(), &InspectionController::subjectChanged, this, &MainWindow::nameTabs);
    const WindowActions& actions = *m_actions;
    connect(m_tabs, &QTabBar::currentChanged, this, &MainWindow::showTab);
    // One record says what was thawed when: strip and plan bar cannot differ.
    const LiveView& live = m_livePage->live();
    const auto tellPlan = [this, &live] { m_runBar->setPlan(live.curves().plannedEpochs(), live.curves().bands()); };
    connect(&live, &LiveView::planChanged, m_runBar, tellPlan);
    tellPlan();
    // Whatever page a run is started or opened from: here it is seen.
    connect(&m_session.training(), &TrainingController::stateChanged, this, [this](core::TrainerState state) {
        if (state == core::TrainerState::Preparing) showTab(LiveTab);
    });
    connect(m_livePage, &LivePage::welcomeShown, this, &MainWindow::updateView);
    connect(m_body, &BodyLayout::changed, this, &MainWindow::updateView);
    connect(m_layerPanel, &LayerPanel::collapseRequested, m_layersDock, [this] { m_layersDock->setFolded(true); });
    connect(&m_livePage->pictures(), &TestPicturesPanel::pictureActivated, this, [this](int id) {
        m_predictions->showPicture(id);
        showTab(PredictionsTab);
    });
    connect(m_predictions, &PredictionView::newestAnswered, &m_livePage->pictures(), &TestPicturesPanel::setPredictions);
    connect(m_livePage, &LivePage::inspectRequested, this, &MainWindow::lookInto);
    connect(m_livePage, &LivePage::openRequested, this, &MainWindow::openRun);
    connect(m_timeLine, &TimeLine::folderRequested, actions.openRun, &QAction::trigger);
    connect(m_map, &MapView::pictureChosen, m_predictions, &PredictionView::showPicture);
    connect(m_map, &MapView::pictureRequested, this, [this](int id) {
        m_predictions->showPicture(id);
        showTab(PredictionsTab);
    });
    connect(m_confusion, &ConfusionView::predictionsRequested, this, [this](int truth, int predicted) {
        m_predictions->showClasses(truth, predicted);
        showTab(PredictionsTab);
    });
    connect(m_confusion, &ConfusionView::pictureRequested, this, [this](int id) {
        m_predictions->showPicture(id);
        showTab(PredictionsTab);
    });
    const WelcomePage& welcome = m_livePage->welcome();
    connect(&welcome, &WelcomePage::runLesson, &m_session, &Session::runLesson);
    connect(&welcome, &WelcomePage::showData, this, [this] { showTab(DataTab); });
    connect(&welcome, &WelcomePage::collect, this, [this] { collect(); });
    connect(&welcome, &WelcomePage::chooseTrunk, this, [this] { showTab(TrunkTab); });
    connect(m_layerPanel, &LayerPanel::trunkRequested, this, [this] { showTab(TrunkTab); });
    connect(&welcome, &WelcomePage::startWithSettings, &m_session, &Session::start);
    connect(&welcome, &WelcomePage::openRun, m_actions->openRun, &QAction::trigger);
    connect(&welcome, &WelcomePage::openRecent, this, &MainWindow::openRun);
    connect(&welcome, &WelcomePage::continueRecent, &m_session, &Session::continueRun);
    connect(actions.openRun, &QAction::triggered, this,
            [this] { chooseRun(this, m_session, [this](const QString& folder) { openRun(folder); }); });
    connect(actions.addPictures, &QAction::triggered, this, [this] {
        showTab(PredictionsTab);
        m_predictions->chooseFiles();
    });
    auto* exporter = new ModelExporter(m_session, *m_banner, this);
    connect(actions.exportModel, &QAction::triggered, exporter, &ModelExporter::chooseFile);
    auto* reports = new ReportWriter(m_session.inspection(), *m_banner, this);
    connect(actions.writeReport, &QAction::triggered, reports, &ReportWriter::chooseFile);
    connect(actions.camera, &QAction::triggered, this, [this] { camera().openCamera(); });
    connect(actions.video, &QAction::triggered, this, [this] { camera().chooseVideo(); });
    connect(m_predictions, &PredictionView::cameraRequested, actions.camera, &QAction::trigger);
    connect(m_predictions, &PredictionView::videoRequested, actions.video, &QAction::trigger);
    connect(actions.quit, &QAction::triggered, this, &QWidget::close);
    connect(actions.stop, &QAction::triggered, this, [this] {
        if (m_session.training().lastEpoch()) return m_session.stop();
        m_banner->ask(QStringLiteral("stopping"), Banner::Look::Note, tr("No epoch is finished yet. Stop all the same?"),
                      {{tr("Stop"), [this] { m_session.stop(); }}, {tr("Keep training"), {}}});
        m_banner->focusFirst();
    });
    connect(actions.revealTest, &QAction::triggered, this, [this] {
        m_banner->ask(QStringLiteral("reveal"), Banner::Look::Warning,
                      tr("Reveal the test split for good? Its figures are fair only once nothing is chosen any more. The run's "
                         "record counts it."),
                      // The harmless answer is the one that Enter and Space give.
                      {{tr("Keep it locked"), {}}, {tr("Reveal"), [this] { m_session.inspection().revealTest(); }}});
        m_banner->focusFirst();
    });
    connect(actions.toggleLayer, &QAction::triggered, &m_layerPanel->tree(), &LayerTreeView::toggleCurrent);
    connect(&m_layerPanel->tree(), &LayerTreeView::layerOpened, this, [this](const QString& name) {
        m_inspector->showLayer(name);
        showTab(InspectorTab);
    });
    connect(actions.foldAll, &QAction::triggered, &m_layerPanel->tree(), [this] { m_layerPanel->tree().unfoldAll(false); });
    connect(actions.unfoldAll, &QAction::triggered, &m_layerPanel->tree(), [this] { m_layerPanel->tree().unfoldAll(true); });
    connect(actions.layersPanel, &QAction::triggered, this, [this](bool open) { m_layersDock->setFolded(!open); });
    connect(actions.settingsPanel, &QAction::triggered, this, [this](bool open) { m_settingsDock->setFolded(!open); });
    connect(actions.logPanel, &QAction::triggered, this, &MainWindow::setLogOpen);
    connect(actions.welcome, &QAction::triggered, this, [this] {
        m_livePage->showWelcome(true);
        showTab(LiveTab);
    });
    connect(actions.about, &QAction::triggered, this, [this] {
        connect(
            &m_session.library(), &LibraryController::engineInfoReady, this,
            [this](const core::EngineInfo& info) { (new AboutDialog(info, this))->show(); }, Qt::SingleShotConnection);
        m_session.library().refreshEngineInfo();
    });
    connect(&m_session, &Session::actionsChanged, this, [this] { m_settingsDock->setLocked(m_session.isActive()); });
    connect(m_closing, &Closing::leaving, this, &MainWindow::leaving);
    connect(m_closing, &Closing::ready, this, &QWidget::close);
}

// While a run trains, another one can be looked into, but not taken up.
void MainWindow::openRun(const QString& directory) {
    if (m_session.isActive()) return lookInto(directory);
    m_session.openRun(directory);
}

void MainWindow::lookInto(const QString& directory) {
    m_session.inspection().inspectRun(pathOf(directory));
    if (currentTab() == LiveTab || currentTab() > MapTab) showTab(PredictionsTab);
}

CameraView& MainWindow::camera() {
    if (!m_camera) m_camera = new CameraView(m_session.inspection(), coreFrameSources(), this);
    return *m_camera;
}

CollectPage& MainWindow::collect() {
    if (!m_collect) {
        m_collect = new CollectPage;
        m_dataPages->addWidget(m_collect);
        connect(m_collect, &CollectPage::backRequested, this, &MainWindow::leaveCollecting);
        connect(m_collect, &CollectPage::studioRequested, this, &MainWindow::takeCollected);
    }
    m_dataPages->setCurrentWidget(m_collect);
    showTab(DataTab);
    return *m_collect;
}

DoctorPage& MainWindow::checkData(const core::DatasetInfo& dataset) {
    if (!m_doctor) {
        m_doctor = new DoctorPage;
        m_dataPages->addWidget(m_doctor);
        const auto lock = [this] { m_doctor->doctor().setLocked(!m_session.actions().editSettings); };
        connect(&m_session, &Session::actionsChanged, m_doctor, lock);
        lock();
        connect(m_doctor, &DoctorPage::backRequested, this, &MainWindow::showDataSets);
        connect(m_doctor, &DoctorPage::useRequested, &m_session, &Session::useDataset);
        connect(m_doctor, &DoctorPage::useRequested, this, &MainWindow::showDataSets);
        connect(m_doctor, &DoctorPage::settingsRequested, this, [this] { m_settingsDock->setFolded(false); });
        connect(m_doctor, &DoctorPage::labelsChanged, &m_session, &Session::refreshDatasets);
        connect(m_doctor, &DoctorPage::splitChosen, &m_session, [this](const core::SplitConfig& split) {
            core::RunConfig config = m_session.config();
            config.data.split = split;
            m_session.setConfig(config);
        });
        const auto follow = [this] { m_doctor->setSplit(m_session.config().data.split); };
        connect(&m_session, &Session::configChanged, m_doctor, follow);
        follow();
    }
    m_doctor->open(dataset);
    m_dataPages->setCurrentWidget(m_doctor);
    showTab(DataTab);
    DoctorController& doctor = m_doctor->doctor();
    if (!doctor.isChecked() && doctor.work() == DoctorController::Work::None) doctor.check();
    return *m_doctor;
}

void MainWindow::leaveCollecting() {
    const CollectController& collected = collect().controller();
    if (collected.pictureCount() > 0 && !collected.isSaved())
        m_banner->ask(QStringLiteral("collected"), Banner::Look::Note,
                      tr("%1 is not saved yet. Its %2 pictures stay here until they are saved or thrown away.")
                          .arg(collected.title())
                          .arg(collected.pictureCount()),
                      {{tr("Back to the pictures"), [this] { collect(); }}, {tr("Later"), {}}});
    showDataSets();
}

void MainWindow::showDataSets() {
    m_dataPages->setCurrentIndex(0);
    updateView();
}

/// The next run: that data set, with that trunk at its size.
void MainWindow::takeCollected(const QString& folder, const core::CollectTrunk& trunk) {
    if (!m_session.actions().editSettings)
        return m_banner->ask(QStringLiteral("collected"), Banner::Look::Note,
                             tr("A run is active. The data set is saved: choose it in the Data tab when the run has ended."));
    m_session.useTrunk(QString::fromStdString(trunk.model), pathText(trunk.weights));
    core::RunConfig config = m_session.config();
    config.inputSize = trunk.inputSize;
    m_session.setConfig(config);
    m_session.chooseData(folder);
    m_dataPages->setCurrentIndex(0);
    showTab(LiveTab);
}

void MainWindow::showTab(int tab) {
    if (tab < 0 || tab >= m_pages->count() || !m_tabs->isTabVisible(tab)) return;
    // What goes out of sight gives the focus to the tabs, from where the next Tab leads into the page.
    const QWidget* focus = focusWidget();
    if (tab != currentTab() && focus && m_pages->isAncestorOf(focus)) m_tabs->setFocus(Qt::OtherFocusReason);
    m_tabs->setCurrentIndex(tab);
    m_pages->setCurrentIndex(tab);
    updateView();
}

int MainWindow::currentTab() const { return m_pages->currentIndex(); }

void MainWindow::setLogOpen(bool open) {
    m_logDock->setVisible(open);
    m_logBarHolder->setVisible(!open);
    arrange();
    updateView();
}

void MainWindow::updateView() {
    static const char* const kViews[] = {nullptr, "predictions", "confusion", "inspector", "map", "data", "trunk", "runs"};
    const QString live = m_livePage->showsWelcome() ? QStringLiteral("welcome") : QStringLiteral("live");
    const QWidget* dataPage = currentTab() == DataTab ? m_dataPages->currentWidget() : nullptr;
    const QString view = currentTab() == LiveTab                              ? live
                         : dataPage && dataPage == m_collect                  ? QStringLiteral("collect")
                         : dataPage && dataPage == m_doctor                   ? QStringLiteral("doctor")
                         : currentTab() == PredictionsTab && continuesTexts() ? QStringLiteral("continuations")
                                                                              : QString::fromLatin1(kViews[currentTab()]);
    const bool looksIntoRun = currentTab() >= PredictionsTab && currentTab() <= MapTab && !continuesTexts();
    m_timeLine->setWanted(looksIntoRun);
    m_testLock->setWanted(looksIntoRun);
    m_body->setView(view);
    m_actions->layersPanel->setChecked(!m_layersDock->isFolded());
    m_actions->settingsPanel->setChecked(!m_settingsDock->isFolded());
    m_actions->logPanel->setChecked(!m_logDock->isHidden());
}

void MainWindow::arrange() {
    const Theme& theme = Theme::instance();
    const double wide = width() / theme.scale(), tall = height() / theme.scale();
    const bool compact = wide < 1400 || tall < 800;
    // The open log brings the space between itself and what is above it.
    const double bottom = m_logDock->isHidden() ? 10 : 0;
    centralWidget()->layout()->setContentsMargins(0, theme.px(8), 0, theme.px(bottom));
    centralWidget()->layout()->setSpacing(theme.px(6));
    m_layersDock->setBottomMargin(bottom);
    m_settingsDock->setBottomMargin(bottom);
    m_runBar->setCompact(compact);
    m_layerPanel->setCompact(compact);
    m_logBar->setCompact(tall < 800);
    m_logDock->setLow(tall < 640);
    m_livePage->setCompact(compact);
    m_trunks->setCompact(compact);
    m_continuations->setCompact(compact);
    m_timeLine->setSlim(tall < 640);
    m_body->setRoom(wide, compact);
}

void MainWindow::showEvent(QShowEvent* event) {
    QMainWindow::showEvent(event);
    // Nothing is chosen yet; the first Tab goes to the run bar.
    if (!event->spontaneous()) setFocus(Qt::OtherFocusReason);
    connect(windowHandle(), &QWindow::screenChanged, this, &MainWindow::watchScreen, Qt::UniqueConnection);
    watchScreen();
}

bool MainWindow::event(QEvent* event) {
    // The window system has put its frame around it by now: what nobody has resized since comes to lie in sight with it.
    if (event->type() == QEvent::WindowActivate && m_placed.isValid()) {
        if (size() == m_placed.size()) stayOnScreen();
        m_placed = {};
    }
    return QMainWindow::event(event);
}

void MainWindow::changeEvent(QEvent* event) {
    QMainWindow::changeEvent(event);
    // Another window may have trained, named or deleted runs meanwhile.
    if (event->type() == QEvent::ActivationChange && isActiveWindow() && std::exchange(m_wasActive, true))
        m_session.library().refreshRuns();
}

void MainWindow::resizeEvent(QResizeEvent* event) {
    QMainWindow::resizeEvent(event);
    arrange();
}

void MainWindow::watchScreen() {
    setMinimumSize(leastSizeOn(screen()->availableGeometry(), windowHandle()->frameMargins()));
    if (m_placed.isValid()) m_placed.setSize(size());  // a frame thinner than guessed lets the minimum grow
    connect(screen(), &QScreen::availableGeometryChanged, this, &MainWindow::stayOnScreen, Qt::UniqueConnection);
}

void MainWindow::stayOnScreen() {
    const QRect available = screen()->availableGeometry();
    const QMargins frame = windowHandle()->frameMargins();
    setMinimumSize(leastSizeOn(available, frame));
    if (!isMaximized() && !isFullScreen()) setGeometry(movedOnto(available, frame, geometry()));
}

void MainWindow::restore() {
    setMinimumSize(leastSizeOn(screen()->availableGeometry(), kGuessedFrame));
    if (!restoreGeometry(m_settings.value(QStringLiteral("window/geometry")).toByteArray()))
        setGeometry(centredOn(screen()->availableGeometry(), kGuessedFrame, kUsualSize));
    if (!isMaximized() && !isFullScreen()) {
        const QScreen* there = QGuiApplication::screenAt(geometry().center());
        setGeometry(movedOnto((there ? there : screen())->availableGeometry(), {}, geometry()));
        m_placed = geometry();
    }
    restoreState(m_settings.value(QStringLiteral("window/state")).toByteArray());
    m_body->restore(m_settings);
    m_layerPanel->tree().setFolds(m_settings.value(QStringLiteral("panels/layerFolds")).toMap());
    if (m_settings.contains(QStringLiteral("continuations/prompts")))
        m_continuations->controller().setPrompts(m_settings.value(QStringLiteral("continuations/prompts")).toStringList());
    m_session.setPlaces(m_settings.value(QStringLiteral("data/places")).toStringList());
    connect(&m_session, &Session::placesChanged, this,
            [this](const QStringList& places) { m_settings.setValue(QStringLiteral("data/places"), places); });
    setLogOpen(m_settings.value(QStringLiteral("panels/log"), false).toBool());
    showTab(m_settings.value(QStringLiteral("window/tab"), 0).toInt());
}

void MainWindow::save() {
    m_settings.setValue(QStringLiteral("window/geometry"), saveGeometry());
    m_settings.setValue(QStringLiteral("window/state"), saveState());
    m_settings.setValue(QStringLiteral("window/tab"), currentTab());
    m_settings.setValue(QStringLiteral("panels/log"), !m_logDock->isHidden());
    m_settings.setValue(QStringLiteral("look/scheme"), static_cast<int>(Theme::instance().scheme()));
    m_settings.setValue(QStringLiteral("look/scale"), Theme::instance().scale());
    m_settings.setValue(QStringLiteral("look/reduceMotion"), Theme::instance().reducedMotion());
    m_body->save(m_settings);
    m_settings.setValue(QStringLiteral("continuations/prompts"), m_continuations->controller().prompts());
    m_settings.setValue(QStringLiteral("panels/layerFolds"), m_layerPanel->tree().folds());
}

void MainWindow::saveAndClose() { m_closing->saveAndLeave(); }

void MainWindow::closeEvent(QCloseEvent* event) {
    if (!m_closing->mayClose()) {
        event->ignore();
        return;
    }
    save();
    event->accept();
}

}  // namespace thaw::ui
