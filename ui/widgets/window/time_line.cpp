#include "ui/widgets/window/time_line.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QToolButton>

#include <algorithm>

#include "ui/bridge/session.h"
#include "ui/models/checkpoint_text.h"
#include "ui/models/plain_text.h"
#include "ui/models/run_text.h"
#include "ui/models/task_text.h"
#include "ui/widgets/parts/framed_button.h"
#include "ui/widgets/parts/styling.h"
#include "ui/widgets/window/checkpoint_slider.h"

namespace thaw::ui {
namespace {

constexpr int kChoosingMilliseconds = 40;  ///< the views follow a scrubbing hand no faster
constexpr int kLeastSlider = 260;
constexpr int kMostListedRuns = 20;

QString text(const std::string& value) { return QString::fromStdString(value); }

bool isWorthLooking(const core::RunSummary& run) { return run.epochs > 0 || run.resumable; }

}  // namespace

TimeLine::TimeLine(Session& session, QWidget* parent) : QFrame(parent), m_session(session) {
    setProperty("panel", true);
    setObjectName(QStringLiteral("timeLine"));
    m_run = makeFramedButton(QStringLiteral("chevron-up"), QStringLiteral(" "),
                             tr("The run that these pages show. Choose another one to look into it."), this);
    m_run->setCheckable(true);  // the look of a choice: another run than the one in training
    m_run->setPopupMode(QToolButton::InstantPopup);
    m_run->setMenu(new QMenu(m_run));
    m_back = makeFramedButton(QStringLiteral("reset"), {}, {}, this);
    m_moment = makeLabel({}, "strong", this);
    m_slider = new CheckpointSlider(this);
    m_follow = new QToolButton(this);
    m_follow->setProperty("framed", true);
    m_follow->setFocusPolicy(Qt::StrongFocus);
    m_follow->setCheckable(true);
    m_follow->setToolTip(tr("Show each new checkpoint as soon as it is kept. Whoever chooses one stays with it."));
    m_row = new QHBoxLayout(this);
    m_row->addWidget(m_run);
    m_row->addWidget(m_back);
    m_row->addWidget(m_moment);
    m_row->addWidget(m_slider, 1);
    m_row->addStretch(0);
    m_row->addWidget(m_follow);
    m_choosing.setSingleShot(true);
    m_choosing.setInterval(kChoosingMilliseconds);

    InspectionController& inspection = session.inspection();
    connect(m_slider, &QAbstractSlider::valueChanged, this, [this] {
        updateMoment();
        if (!m_choosing.isActive()) m_choosing.start();
    });
    connect(m_slider, &QAbstractSlider::sliderReleased, this, &TimeLine::choose);
    connect(&m_choosing, &QTimer::timeout, this, &TimeLine::choose);
    connect(m_follow, &QToolButton::clicked, this, [this](bool follow) {
        if (follow)
            m_session.inspection().followNewest();
        else
            m_session.inspection().chooseCheckpoint(m_slider->value());
    });
    connect(m_back, &QToolButton::clicked, this, [this] {
        if (const auto& run = m_session.training().run()) m_session.inspection().inspectRun(run->directory);
    });
    connect(m_run->menu(), &QMenu::aboutToShow, this, &TimeLine::fillRunMenu);
    connect(&inspection, &InspectionController::subjectChanged, this, &TimeLine::takeSubject);
    connect(&inspection, &InspectionController::checkpointsChanged, this, &TimeLine::takeCheckpoints);
    connect(&inspection, &InspectionController::checkpointChanged, this, &TimeLine::takeCheckpoints);
    connect(&session, &Session::shownRunChanged, this, &TimeLine::updateRun);
    connect(&session.training(), &TrainingController::runStarted, this, &TimeLine::updateRun);
    takeEvents();
    connect(&Theme::instance(), &Theme::changed, this, &TimeLine::arrange);
    takeSubject();
}

void TimeLine::setWanted(bool wanted) {
    m_wanted = wanted;
    const bool stops = !m_slider->stops().empty();
    for (QWidget* widget : std::initializer_list<QWidget*>{m_slider, m_follow}) widget->setVisible(stops);
    setVisible(m_wanted && (m_session.inspection().subject() || hasRuns()));
}

bool TimeLine::hasRuns() const {
    const std::vector<core::RunSummary>& runs = m_session.runs();
    return std::any_of(runs.begin(), runs.end(), isWorthLooking);
}

void TimeLine::setSlim(bool slim) { m_slider->setSlim(slim); }

QString TimeLine::moment() const {
    const InspectionSubject* subject = m_session.inspection().subject();
    const auto index = static_cast<std::size_t>(m_slider->value());
    return subject && index < subject->checkpoints.size() ? checkpointText(subject->checkpoints[index]) : QString();
}

bool TimeLine::showsTraining() const {
    const InspectionSubject* subject = m_session.inspection().subject();
    const auto& run = m_session.training().run();
    return !subject || !run || run->runId == subject->run.runId;
}

QString TimeLine::nameOf(const std::string& runId) const {
    for (const core::RunSummary& run : m_session.runs())
        if (run.runId == runId) return runName(run);
    const auto& run = m_session.training().run();
    return m_session.showsRun() && run->runId == runId ? m_session.runName() : text(runId);
}

void TimeLine::takeSubject() {
    m_curves.reset();
    if (const InspectionSubject* subject = m_session.inspection().subject()) {
        m_curves.setPlan(subject->run.config, stepsPerEpoch(subject->run, subject->checkpoints), &subject->run.model);
        // What was thawed and frozen by hand is in the record. Without it the plan's own colours stay.
        m_session.inspection().askAboutRun<core::RunHistory>(
            this, QStringLiteral("record"), InspectionController::Lane::Quick,
            [](core::Inspector& inspector, const std::string&, const core::CountCallback&) {
                return core::readRun(inspector.run().directory);
            },
            [this](const core::RunHistory& history) {
                m_curves.addHistory(history);
                updatePlan();
            },
            {}, [](const QString&, const QString&) {});
    }
    takeCheckpoints();
    updateRun();
}

void TimeLine::takeEvents() {
    const TrainingController& training = m_session.training();
    connect(&training, &TrainingController::phaseStarted, this, [this](const core::PhaseStarted& phase) {
        if (!showsTraining()) return;
        m_curves.addPhase(phase, 0);
        updatePlan();
    });
    connect(&training, &TrainingController::layersChanged, this, [this](const core::LayersChanged& change) {
        if (!showsTraining()) return;
        m_curves.addLayersChanged(change);
        updatePlan();
    });
}

void TimeLine::takeCheckpoints() {
    const InspectionSubject* subject = m_session.inspection().subject();
    std::vector<CheckpointSlider::Stop> stops;
    if (subject) {
        const std::int64_t steps = stepsPerEpoch(subject->run, subject->checkpoints);
        for (const core::KeptCheckpoint& kept : subject->checkpoints) {
            QStringList about{checkpointText(kept)};
            if (kept.best) about << tr("best so far");
            if (kept.endsPhase) about << tr("end of a phase");
            about.front().replace(0, 1, about.front().at(0).toUpper());
            stops.push_back({epochPosition(kept, steps), about.join(QStringLiteral(", ")), kept.endsPhase, kept.best});
        }
    }
    // A hand that is on the slider stays where it is.
    const bool held = (m_slider->isSliderDown() || m_choosing.isActive()) && m_slider->value() < static_cast<int>(stops.size());
    m_slider->setStops(std::move(stops), held ? m_slider->value() : subject ? std::max(0, subject->chosen) : 0);
    m_follow->setChecked(m_session.inspection().followsNewest());
    updatePlan();
    updateMoment();
    arrange();
    setWanted(m_wanted);
}

void TimeLine::updatePlan() {
    const auto& stops = m_slider->stops();
    m_slider->setPlan(m_curves.plannedEpochs(), stops.empty() ? 0 : stops.back().position, m_curves.bands(), m_curves.flags());
}

void TimeLine::updateMoment() {
    const InspectionSubject* subject = m_session.inspection().subject();
    const auto index = static_cast<std::size_t>(m_slider->value());
    if (!subject) return m_moment->clear();
    if (index >= subject->checkpoints.size()) return m_moment->setText(tr("nothing is kept yet"));
    const core::KeptCheckpoint& kept = subject->checkpoints[index];
    m_moment->setText(m_moment->property("brief").toBool() ? shortCheckpointText(kept) : checkpointText(kept));
}

void TimeLine::choose() {
    m_choosing.stop();
    InspectionController& inspection = m_session.inspection();
    // A click on the stop that is shown already is a choice too: the newest is followed no longer.
    if (inspection.subject() && (m_slider->value() != inspection.subject()->chosen || inspection.followsNewest()))
        inspection.chooseCheckpoint(m_slider->value());
}

void TimeLine::updateRun() {
    const auto& run = m_session.training().run();
    m_back->setVisible(!showsTraining());
    if (run) {
        m_back->setToolTip(tr("Back to %1, which is open for training").arg(nameOf(run->runId)));
        m_back->setAccessibleName(m_back->toolTip());
    }
    m_run->setChecked(!showsTraining());
    arrange();
    setWanted(m_wanted);
}

void TimeLine::fillRunMenu() {
    QMenu* menu = m_run->menu();
    menu->clear();
    const InspectionSubject* subject = m_session.inspection().subject();
    int listed = 0;
    for (const core::RunSummary& run : m_session.runs()) {
        if (!isWorthLooking(run) || ++listed > kMostListedRuns) continue;
        QStringList about{runName(run), text(run.dataset)};
        if (run.bestScore >= 0) about << scoreValueText(run.task, run.bestScore);
        QAction* action = menu->addAction(buttonText(about.join(QStringLiteral(" · "))), this,
                                          [this, directory = run.directory] { m_session.inspection().inspectRun(directory); });
        action->setCheckable(true);
        action->setChecked(subject && subject->run.runId == run.runId);
    }
    if (!menu->isEmpty()) menu->addSeparator();
    menu->addAction(Theme::instance().icon(QStringLiteral("folder")), tr("Another folder…"), this, &TimeLine::folderRequested);
}

void TimeLine::arrange() {
    const Theme& theme = Theme::instance();
    m_row->setContentsMargins(theme.px(12), theme.px(2), theme.px(12), theme.px(2));
    m_row->setSpacing(theme.px(10));
    const InspectionSubject* subject = m_session.inspection().subject();
    m_moment->setVisible(subject != nullptr);
    if (!subject) return m_run->setText(tr(" Choose a run"));
    // Words get shorter before the slider does.
    const QString name = nameOf(subject->run.runId);
    const QString longName =
        subject->run.dataset.title.empty() ? name : tr("%1 · %2").arg(name, text(subject->run.dataset.title));
    const auto widest = [&](bool brief) {
        m_moment->ensurePolished();
        int wide = subject->checkpoints.empty() ? m_moment->fontMetrics().horizontalAdvance(m_moment->text()) : 0;
        for (const core::KeptCheckpoint& kept : subject->checkpoints)
            wide = std::max(wide,
                            m_moment->fontMetrics().horizontalAdvance(brief ? shortCheckpointText(kept) : checkpointText(kept)));
        return wide + theme.px(4);
    };
    const auto& training = m_session.training().run();
    const auto set = [&](bool briefMoment, bool briefRun, bool briefFollow) {
        m_back->setText(training && !briefRun ? tr(" Back to %1").arg(buttonText(nameOf(training->runId))) : QString());
        m_back->setToolButtonStyle(briefRun ? Qt::ToolButtonIconOnly : Qt::ToolButtonTextBesideIcon);
        m_run->setText(QLatin1Char(' ') + buttonText(briefRun ? name : longName));
        m_follow->setText(briefFollow ? tr("Newest") : tr("Follow newest"));
        m_moment->setProperty("brief", briefMoment);
        m_moment->setFixedWidth(widest(briefMoment));
        const int fixed = m_row->contentsMargins().left() + m_row->contentsMargins().right() + 4 * m_row->spacing() +
                          (m_back->isVisibleTo(this) ? m_back->sizeHint().width() + m_row->spacing() : 0);
        return fixed + m_run->sizeHint().width() + m_follow->sizeHint().width() + m_moment->width() + theme.px(kLeastSlider) <=
               width();
    };
    if (!set(false, false, false) && !set(false, true, false) && !set(true, true, false)) set(true, true, true);
    updateMoment();
}

void TimeLine::resizeEvent(QResizeEvent* event) {
    QFrame::resizeEvent(event);
    arrange();
}

}  // namespace thaw::ui
