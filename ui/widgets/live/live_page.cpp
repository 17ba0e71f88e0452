#include "ui/widgets/live/live_page.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

#include "ui/bridge/session.h"
#include "ui/models/path_text.h"
#include "ui/widgets/live/live_view.h"
#include "ui/widgets/live/runs_panel.h"
#include "ui/widgets/live/test_pictures_panel.h"
#include "ui/widgets/live/welcome_page.h"
#include "ui/widgets/parts/theme.h"

namespace thaw::ui {
namespace {

constexpr int kSideWidth = 332, kNarrowSideWidth = 232;
constexpr int kLeastCurvesWidth = 460;  ///< curves narrower than this push the side column away

constexpr int kLongestLegend = 24;  ///< letters of a run's name beside its curve

QString text(const std::string& value) { return QString::fromStdString(value); }

QString shortened(const QString& name) {
    return name.size() > kLongestLegend ? name.left(kLongestLegend - 1) + QChar(0x2026) : name;
}

}  // namespace

LivePage::LivePage(Session& session, QWidget* parent)
    : QStackedWidget(parent),
      m_session(session),
      m_welcome(new WelcomePage(session)),
      m_live(new LiveView),
      m_pictures(new TestPicturesPanel),
      m_runs(new RunsPanel),
      m_curves(new QWidget),
      m_side(new QWidget) {
    auto* column = new QVBoxLayout(m_side);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(m_pictures, 1);
    column->addWidget(m_runs);
    column->addStretch(0);
    auto* row = new QHBoxLayout(m_curves);
    row->setContentsMargins(0, 0, 0, 0);
    row->addWidget(m_live, 1);
    row->addWidget(m_side);
    addWidget(m_welcome);
    addWidget(m_curves);

    TrainingController& training = session.training();
    LibraryController& library = session.library();
    m_live->bindController(&training);
    m_pictures->bindController(&training);
    bindRuns(*m_runs);
    connect(&training, &TrainingController::runStarted, this, [this](const core::RunStarted& run) {
        m_runList.startCurrent(run);
        m_histories.remove(text(run.runId));
        m_pictures->setVisible(run.config.task != core::TaskKind::ContinueText);
        arrange();
        updateOtherRuns();
        showWelcome(false);
    });
    connect(&training, &TrainingController::stateChanged, this, [this](core::TrainerState state) {
        m_runList.setCurrentState(state);
        // What it trained meanwhile is not in what was read of it.
        if (const auto& run = m_session.training().run(); run && !m_session.isActive()) m_histories.remove(text(run->runId));
        if (state == core::TrainerState::Preparing) showWelcome(false);
        if (state == core::TrainerState::Idle && !m_session.training().run()) showWelcome(true);  // refused
    });
    connect(&training, &TrainingController::epochFinished, &m_runList, &RunListModel::addEpoch);
    connect(&training, &TrainingController::runFinished, &m_runList, &RunListModel::finishCurrent);
    connect(&library, &LibraryController::runsListed, this, [this](const std::vector<core::RunSummary>& runs) {
        m_runList.setRuns(runs);
        updateOtherRuns();
    });
    connect(&library, &LibraryController::runRead, this, &LivePage::takeHistory);
    connect(&m_runList, &RunListModel::shownRunsChanged, this, &LivePage::updateOtherRuns);
    connect(m_live, &LiveView::historyNeeded, &library, &LibraryController::readRun);
    for (const auto signal : {&Session::shownRunChanged, &Session::lessonChanged})
        connect(&session, signal, this, [this] {
            updatePlan();
            updateTitle();
            updateOtherRuns();
        });
    connect(&session, &Session::configChanged, this, &LivePage::updatePlan);
    connect(&Theme::instance(), &Theme::changed, this, &LivePage::arrange);
    updatePlan();
    arrange();
}

void LivePage::bindRuns(RunsPanel& panel) {
    panel.setRunModel(&m_runList);
    connect(&panel, &RunsPanel::deleteRequested, &m_session, &Session::deleteRun);
    connect(&panel, &RunsPanel::renameRequested, &m_session.library(), &LibraryController::renameRun);
    connect(&panel, &RunsPanel::inspectRequested, this, &LivePage::inspectRequested);
    connect(&panel, &RunsPanel::openRequested, this, &LivePage::openRequested);
    connect(&panel, &RunsPanel::continueRequested, &m_session, &Session::continueRun);
}

RunsPanel* LivePage::makeRunsPage(QWidget* parent) {
    auto* page = new RunsPanel(parent);
    page->setTall(true);
    bindRuns(*page);
    return page;
}

bool LivePage::showsWelcome() const { return currentWidget() == m_welcome; }

void LivePage::showWelcome(bool welcome) {
    if (welcome == showsWelcome()) return;
    setCurrentWidget(welcome ? static_cast<QWidget*>(m_welcome) : m_curves);
    Q_EMIT welcomeShown(welcome);
}

void LivePage::setCompact(bool compact) {
    m_compact = compact;
    m_pictures->setNarrow(compact);
    arrange();
}

void LivePage::arrange() {
    const Theme& theme = Theme::instance();
    const int gap = theme.px(10);
    const int side = theme.px(m_compact ? kNarrowSideWidth : kSideWidth);
    m_curves->layout()->setSpacing(gap);
    m_side->layout()->setSpacing(gap);
    m_side->setFixedWidth(side);
    m_runs->setVisible(!m_compact);
    const bool filled = !m_pictures->isHidden() || !m_runs->isHidden();
    m_side->setVisible(filled && width() - side - gap >= theme.px(kLeastCurvesWidth));
}

void LivePage::resizeEvent(QResizeEvent* event) {
    QStackedWidget::resizeEvent(event);
    arrange();
}

void LivePage::updatePlan() {
    // A run that is shown has its own plan.
    if (m_session.showsRun()) return;
    const core::RunConfig config = m_session.nextConfig();
    core::RunSummary next;
    next.task = config.task;
    if (const core::DatasetInfo* set = m_session.dataset()) {
        next.dataset = set->title;
        next.datasetId = set->id;
        next.classNames = set->classNames;
    }
    next.testLock.validatesOnHeldOut = core::validationSplit(config.data) == core::Split::HeldOut;
    m_runList.setNextRun(next);
    m_live->reset();
    m_live->setPlan(config, 0, &m_session.layers().modelInfo());
}

void LivePage::updateTitle() {
    const std::string& preset = m_session.shownConfig().preset;
    const core::DatasetInfo* set = m_session.dataset();
    std::vector<double> claims;
    for (const core::Lesson& lesson : m_session.lessons())
        if (lesson.name == preset && (!set || lesson.claimsDataset.empty() || lesson.claimsDataset == set->id))
            claims = lesson.claims;
    m_live->setClaims(claims);
    const QString name = m_session.showsRun() ? m_session.runName() : tr("New run");
    m_live->setRunTitle(set ? tr("%1, %2").arg(name, text(set->title)) : name);
}

void LivePage::takeHistory(const core::RunHistory& history) {
    const QString id = text(history.summary.runId);
    const auto& run = m_session.training().run();
    if (m_session.showsRun() && run->runId == history.summary.runId) {
        m_live->setHistory(history);
        return;
    }
    m_histories.insert(id, history);
    updateOtherRuns();
}

void LivePage::updateOtherRuns() {
    const auto& run = m_session.training().run();
    std::vector<OtherRun> others;
    for (const std::string& id : m_runList.shownRuns()) {
        const int row = m_runList.rowOf(id);
        if (row < 0 || (m_session.showsRun() && run->runId == id)) continue;
        const auto known = m_histories.constFind(text(id));
        if (known == m_histories.constEnd()) {
            m_histories.insert(text(id), {});  // asked for
            m_session.library().readRun(pathText(m_runList.run(row).directory));
        } else if (!known->epochs.empty()) {
            const int pen = m_runList.index(row, RunListModel::LineColumn).data(RunListModel::LineIndexRole).toInt();
            const QString name = m_runList.run(row).named ? shortened(m_runList.name(row)) : m_runList.name(row).toLower();
            others.push_back({*known, pen, m_runList.isRival(row) ? name : tr("%1, other data").arg(name)});
        }
    }
    m_live->setOtherRuns(others);
}

}  // namespace thaw::ui
