#include "ui/widgets/window/run_bar.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QMenu>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "ui/bridge/session.h"
#include "ui/models/path_text.h"
#include "ui/models/percent_text.h"
#include "ui/models/run_curves.h"
#include "ui/models/task_text.h"
#include "ui/widgets/parts/chip.h"
#include "ui/widgets/parts/styling.h"
#include "ui/widgets/window/plan_bar.h"
#include "ui/widgets/window/rate_box.h"
#include "ui/widgets/window/run_button.h"
#include "ui/widgets/window/window_actions.h"

namespace thaw::ui {
namespace {

using core::TrainerState;

constexpr double kLeastPart = 1e-6;    ///< of an epoch
constexpr int kLeastForLesson = 1120;  ///< design pixels: in a narrower bar the texts of the plan need the room
constexpr double kDoubt = 1.6;         ///< a guess is off by so much at times

QString text(const std::string& value) { return QString::fromStdString(value); }
QString number(qint64 value) { return QLocale().toString(value); }

}  // namespace

RunBar::RunBar(Session& session, WindowActions& actions, QWidget* parent)
    : QWidget(parent), m_session(session), m_actions(actions) {
    setProperty("ground", "surface");
    setAttribute(Qt::WA_StyledBackground);
    auto* layout = new QHBoxLayout(this);
    layout->setObjectName(QStringLiteral("runBar"));
    RunButton* lesson = addButton(layout, actions.runLesson, QStringLiteral("book"), 148);
    lesson->setPopupMode(QToolButton::MenuButtonPopup);
    lesson->setMenu(actions.lessonMenu());
    layout->addWidget(makeRule(Qt::Vertical));
    // Start reads "Resume" at times: nothing moves then.
    addButton(layout, actions.start, QStringLiteral("play"), 86, tr("Resume"));
    addButton(layout, actions.pause, QStringLiteral("pause"), 94);
    addButton(layout, actions.step, QStringLiteral("step"), 82);
    addButton(layout, actions.stop, QStringLiteral("stop"), 82);
    layout->addWidget(makePlan(), 1);
    layout->addWidget(makeRule(Qt::Vertical));
    layout->addWidget(makeRate());

    const TrainingController& training = session.training();
    connect(&actions, &WindowActions::updated, this, [this] {
        updateButtons();
        updateTexts();
    });
    for (const auto signal : {&Session::shownRunChanged, &Session::priceChanged})
        connect(&session, signal, this, [this] {
            updateProgress();
            updateTexts();
        });
    connect(&session, &Session::configChanged, this, [this] {
        // What failed before there was a run was said of other settings.
        if (!m_session.isActive() && !m_session.training().run()) m_failed = {};
        updateTexts();
    });
    connect(&session, &Session::rateChanged, m_rate, &RateBox::setRate);
    connect(m_rate, &RateBox::rateRequested, &session, &Session::requestRate);
    connect(&training, &TrainingController::runStarted, this, &RunBar::onRunStarted);
    connect(&training, &TrainingController::phaseStarted, this, [this](const core::PhaseStarted& phase) {
        m_phaseOfRun = phase;
        updateTexts();
    });
    connect(&training, &TrainingController::batchesFinished, this, &RunBar::onBatches);
    connect(&training, &TrainingController::epochFinished, this, &RunBar::onEpoch);
    connect(&training, &TrainingController::layersChanged, this, &RunBar::updateTexts);
    connect(&training, &TrainingController::workProgress, this, [this](const core::WorkProgress& progress) {
        m_work = progress;
        m_loading = true;
        updateTexts();
    });
    connect(&training, &TrainingController::planProgress, this, [this](const core::PlanProgress& progress) {
        m_secondsLeft = progress.secondsLeft;
        updateTexts();
    });
    connect(&training, &TrainingController::runFinished, this, &RunBar::onFinished);
    // A run that was opened finished has its figures in its record.
    connect(&session.library(), &LibraryController::runRead, this, [this](const core::RunHistory& history) {
        const std::optional<core::RunStarted>& run = m_session.training().run();
        if (!run || run->runId != history.summary.runId || m_ended.bestEpoch > 0) return;
        m_ended.bestScore = history.summary.bestScore;
        m_ended.bestEpoch = history.summary.bestEpoch;
        m_ended.notSaved = history.summary.notSaved;
        updateTexts();
    });
    connect(&training, &TrainingController::runFailed, this, [this](const core::RunFailed& failed) {
        m_failed = failed;
        updateTexts();
    });
    connect(&Theme::instance(), &Theme::changed, this, &RunBar::applyTheme);
    applyTheme();
    m_rate->setRate(session.shownRate());
}

RunButton* RunBar::addButton(QHBoxLayout* layout, QAction* action, const QString& icon, double width, const QString& longest) {
    auto* button = new RunButton(icon, this);
    button->setRoom(width, longest);
    connect(button, &QToolButton::clicked, action, &QAction::trigger);
    m_buttons.push_back({button, action});
    layout->addWidget(button);
    return button;
}

QWidget* RunBar::makePlan() {
    auto* plan = new QWidget(this);
    m_phase = new Chip(plan);
    m_cache = new Chip(plan);
    m_cache->setCompact(true);
    m_epoch = makeLabel({}, "strong", plan);
    m_batch = makeLabel({}, "body", plan);
    m_speed = makeLabel({}, "strong", plan);
    m_left = makeLabel({}, "strong", plan);
    m_dot = makeLabel(QStringLiteral("·"), "strong", plan);
    for (QLabel* label : {m_speed, m_left}) label->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    m_problem = makeLabel({}, "body", plan);
    m_problem->setWordWrap(false);
    m_problem->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    m_showLog = new QToolButton(plan);
    m_showLog->setText(tr("Show log"));
    m_showLog->setProperty("framed", true);
    connect(m_showLog, &QToolButton::clicked, this, &RunBar::logRequested);
    m_continue = new QToolButton(plan);
    m_continue->setText(m_actions.continueRun->text());
    m_continue->setToolTip(m_actions.continueRun->toolTip());
    m_continue->setProperty("framed", true);
    m_continue->setFocusPolicy(Qt::StrongFocus);
    m_continue->hide();
    connect(m_continue, &QToolButton::clicked, m_actions.continueRun, &QAction::trigger);
    m_plan = new PlanBar(plan);

    auto* top = new QHBoxLayout;
    top->setObjectName(QStringLiteral("planTexts"));
    top->addWidget(m_phase);
    top->addWidget(m_epoch);
    top->addWidget(m_batch);
    top->addWidget(m_cache);
    top->addStretch(1);
    top->addWidget(m_speed);
    top->addWidget(m_dot);
    top->addWidget(m_left);
    top->addWidget(m_showLog);
    top->addWidget(m_continue);
    auto* rows = new QVBoxLayout(plan);
    rows->addLayout(top);
    rows->addWidget(m_plan);
    rows->addWidget(m_problem);
    plan->setMinimumWidth(0);
    return plan;
}

QWidget* RunBar::makeRate() {
    auto* box = new QWidget(this);
    m_rateTitle = makeLabel(tr("Learning rate"), "captionStrong", box);
    m_live = makeLabel(tr("live"), "warm", box);
    m_live->setToolTip(tr("A new rate holds from the next batch on."));
    m_rate = new RateBox(box);
    m_rateTitle->setBuddy(m_rate);
    m_rate->setToolTip(toolTipWithKey(tr("New rate from the next batch on"), tr("Ctrl+↑ ↓")));
    const auto makeButton = [box](QAction* action, const QString& label) {
        auto* button = new QToolButton(box);
        button->setProperty("rateButton", true);
        button->setText(label);
        button->setToolTip(action->toolTip());
        button->setAccessibleName(action->text());
        button->setFocusPolicy(Qt::StrongFocus);
        connect(button, &QToolButton::clicked, action, &QAction::trigger);
        return button;
    };
    m_rateDown = makeButton(m_actions.rateDown, tr("÷10"));
    m_rateUp = makeButton(m_actions.rateUp, tr("×10"));
    auto* title = new QHBoxLayout;
    title->addWidget(m_rateTitle);
    title->addStretch(1);
    title->addWidget(m_live);
    auto* row = new QHBoxLayout;
    row->setObjectName(QStringLiteral("rateRow"));
    row->addWidget(m_rateDown);
    row->addWidget(m_rate, 1);
    row->addWidget(m_rateUp);
    auto* rows = new QVBoxLayout(box);
    rows->addLayout(title);
    rows->addLayout(row);
    return box;
}

void RunBar::setCompact(bool compact) {
    if (m_compact == compact) return;
    m_compact = compact;
    applyTheme();
}

void RunBar::applyTheme() {
    const Theme& theme = Theme::instance();
    const auto px = [&theme](double length) { return theme.px(length); };
    setFixedHeight(px(76));
    auto* bar = static_cast<QHBoxLayout*>(layout());
    bar->setContentsMargins(px(12), 0, px(12), 0);
    bar->setSpacing(px(8));
    QWidget* plan = m_plan->parentWidget();
    plan->layout()->setContentsMargins(px(12), px(10), px(2), px(12));
    plan->layout()->setSpacing(px(10));
    auto* texts = plan->findChild<QHBoxLayout*>(QStringLiteral("planTexts"));
    texts->setSpacing(px(11));
    texts->setContentsMargins(px(2), 0, px(2), 0);
    QWidget* rate = m_rate->parentWidget();
    rate->layout()->setContentsMargins(px(4), px(8), 0, px(10));
    rate->layout()->setSpacing(px(5));
    rate->findChild<QHBoxLayout*>(QStringLiteral("rateRow"))->setSpacing(px(5));
    rate->setFixedWidth(px(194));
    // Rules between groups are shorter than the bar.
    for (QFrame* rule : findChildren<QFrame*>())
        if (rule->property("rule").toBool()) rule->setFixedHeight(px(40));
    updateButtons();
    updateTexts();
}

void RunBar::updateButtons() {
    const bool running = m_session.training().state() == TrainerState::Running;
    std::vector<bool> enabled;
    for (const Button& button : m_buttons) {
        const QAction* action = button.action;
        const bool isPause = action == m_actions.pause;
        const bool room = width() >= Theme::instance().px(kLeastForLesson);
        const bool word = !m_compact || isPause || (action == m_actions.runLesson && room);
        button.widget->setText(action->text());
        button.widget->setAccessibleName(action->text());
        button.widget->setToolTip(action->toolTip());
        button.widget->setWordShown(word);
        button.widget->setActive(isPause && running);
        enabled.push_back(action->isEnabled());
        if (enabled.back()) button.widget->setEnabled(true);
    }
    moveFocus(enabled);
    for (std::size_t i = 0; i < m_buttons.size(); ++i) m_buttons[i].widget->setEnabled(enabled[i]);
    const bool editable = m_session.isRateEditable();
    m_rate->setEnabled(editable);
    m_rateDown->setEnabled(editable);
    m_rateUp->setEnabled(editable);
    m_live->setVisible(m_session.isActive() && editable);
    setStyleProperty(m_rate, "live", m_session.isActive() && editable);
}

// A button that is disabled hands the focus to the next one in the row, which may be Stop: the next Space would end the run.
void RunBar::moveFocus(const std::vector<bool>& enabled) {
    const auto buttonOf = [this](const QAction* action) {
        return std::find_if(m_buttons.begin(), m_buttons.end(), [action](const Button& one) { return one.action == action; });
    };
    const auto isEnabled = [&](const QAction* action) {
        return enabled[static_cast<std::size_t>(buttonOf(action) - m_buttons.begin())];
    };
    const auto focused =
        std::find_if(m_buttons.begin(), m_buttons.end(), [](const Button& one) { return one.widget->hasFocus(); });
    const bool onBar = hasFocus() || m_continue->hasFocus();
    if (focused == m_buttons.end() && !onBar) {
        m_focusHome = nullptr;
        return;
    }
    const auto give = [&](const QAction* action) { buttonOf(action)->widget->setFocus(Qt::OtherFocusReason); };
    if (focused != m_buttons.end() && focused->action == m_actions.stop) m_focusHome = nullptr;  // the user went there
    if (m_focusHome && isEnabled(m_focusHome)) return give(std::exchange(m_focusHome, nullptr));
    if (focused == m_buttons.end() || enabled[static_cast<std::size_t>(focused - m_buttons.begin())]) return;
    // Pause and Resume take turns; a step that is being made gives the focus back when it is done.
    const QAction* from = focused->action;
    m_focusHome = from == m_actions.step ? from : nullptr;
    for (const QAction* next : {m_actions.start, m_actions.pause})
        if (next != from && isEnabled(next) && from != m_actions.stop) return give(next);
    setFocus(Qt::OtherFocusReason);  // nowhere, and yet in this row
}

void RunBar::setPlan(int epochs, const std::vector<PhaseBand>& bands) {
    // An epoch is warm where something of the trunk trains in a part of it.
    std::vector<bool> cells(static_cast<std::size_t>(std::max(0, epochs)));
    for (const PhaseBand& band : bands) {
        if (!band.thawed) continue;
        for (auto cell = static_cast<int>(std::floor(band.from + kLeastPart)); cell < band.to - kLeastPart; ++cell)
            if (cell >= 0 && cell < epochs) cells[static_cast<std::size_t>(cell)] = true;
    }
    m_plannedEpochs = bands.empty() ? 0 : epochs;
    m_plan->setCells(std::move(cells));
    updateProgress();
    updateTexts();
}

QString RunBar::guessText(double seconds) {
    if (seconds < 0) return {};
    const double low = seconds / kDoubt, high = seconds * kDoubt;
    if (low >= 45 && high < 3600) return tr("%1 to %2 min").arg(qRound(low / 60)).arg(qRound(high / 60));
    const QString from = formatRoughDuration(low), to = formatRoughDuration(high);
    return from == to ? from : tr("%1 to %2").arg(from, to);
}

void RunBar::updateProgress() {
    if (shownState() == TrainerState::Idle) return m_plan->setProgress(0, -1);
    const bool within = m_hasBatch && m_lastBatch.epoch > m_finishedEpochs;
    const double part = within ? static_cast<double>(m_lastBatch.batch) /
                                     static_cast<double>(std::max<std::int64_t>(1, m_lastBatch.batchesPerEpoch))
                               : 0;
    const bool trains = m_hasBatch && m_finishedEpochs < m_plannedEpochs;
    m_plan->setProgress(m_finishedEpochs, trains ? part : -1);
}

void RunBar::onRunStarted() {
    m_finishedEpochs = m_session.training().run()->resumedEpoch;
    m_hasBatch = m_loading = false;
    m_lastBatch = {};
    m_secondsLeft = -1;
    m_ended = {};
    m_failed = {};
    m_phaseOfRun = {};
    updateProgress();
    updateTexts();
}

void RunBar::onBatches(const std::vector<core::BatchFinished>& batches) {
    m_lastBatch = batches.back();
    m_hasBatch = true;
    m_loading = false;
    updateProgress();
    updateTexts();
}

void RunBar::onEpoch(const core::EpochFinished& epoch) {
    m_finishedEpochs = epoch.epoch;
    m_loading = false;
    updateProgress();
    updateTexts();
}

void RunBar::onFinished(const core::RunFinished& finished) {
    m_ended = finished;
    updateTexts();
}

TrainerState RunBar::shownState() const {
    const TrainerState state = m_session.training().state();
    if (m_session.isActive() || m_session.showsRun()) return state;
    // A run that failed before it came to be is told until the settings change.
    return state == TrainerState::Failed && !m_session.training().run() && !m_failed.what.empty() ? state : TrainerState::Idle;
}

/// The phase's title while its own layers train; when others do, by hand, what trains.
QString RunBar::phaseName() const {
    const std::optional<core::RunStarted>& run = m_session.training().run();
    const auto phase = static_cast<std::size_t>(std::max(0, m_phaseOfRun.phase));
    if (run && phase < run->config.phases.size()) {
        const core::LayerMask& mask = m_session.training().trainable();
        const bool planned = mask.empty() || mask == run->model.maskOf(run->config.phases[phase].trainable);
        if (!planned) return text(core::describeMask(run->model, mask));
    }
    return m_phaseOfRun.title.empty() ? tr("Training") : text(m_phaseOfRun.title);
}

void RunBar::updateTexts() {
    const TrainerState state = shownState();
    const core::RunConfig& config = m_session.shownConfig();
    const int planned = m_plannedEpochs;
    const bool failed = state == TrainerState::Failed && !m_failed.what.empty();
    QString epoch, batch, speed, left, problem;
    const std::optional<core::RunStarted>& run = m_session.training().run();
    const bool thawed = run && core::freezeBoundary(run->model, m_session.training().trainable()) < run->model.headStage;
    Chip::Look look = thawed ? Chip::Look::Warm : Chip::Look::Ice;
    QString icon = thawed ? QStringLiteral("drop") : QStringLiteral("snowflake");
    QString phase = phaseName();
    if (m_hasBatch || m_finishedEpochs > 0)
        epoch = tr("Epoch %1 of %2").arg(m_hasBatch ? m_lastBatch.epoch : std::min(m_finishedEpochs + 1, planned)).arg(planned);
    if (m_hasBatch) {
        batch = tr("batch %1 of %2").arg(number(m_lastBatch.batch), number(m_lastBatch.batchesPerEpoch));
        speed = formatSpeed(m_lastBatch.imagesPerSecond) + QLatin1Char(' ') + rateUnit(m_session.layers().modelInfo());
    }
    if (m_secondsLeft >= 0) left = tr("%1 left").arg(formatRoughDuration(m_secondsLeft));
    if (m_loading) {
        const QString activity = text(m_work.activity);
        const QString share =
            m_work.total > 0 ? percentText(static_cast<double>(m_work.done) / static_cast<double>(m_work.total), 0) : QString();
        if (epoch.isEmpty()) {
            epoch = activity;
            batch = share;
            speed.clear();
            if (left.isEmpty() && m_work.secondsLeft >= 0) left = tr("%1 left").arg(formatRoughDuration(m_work.secondsLeft));
        } else {
            batch = activity + (share.isEmpty() ? QString() : QLatin1Char(' ') + share);
        }
    }
    switch (state) {
        case TrainerState::Idle:
            phase.clear();
            epoch = tr("Nothing is running yet");
            batch.clear();
            speed = planned == 1 ? tr("1 epoch planned") : tr("%1 epochs planned").arg(planned);
            left.clear();
            if (const double seconds = m_session.planSeconds(config); seconds >= 0)
                left = m_session.isPlanRough(config) ? tr("about %1 (a guess)").arg(guessText(seconds))
                                                     : tr("about %1").arg(formatRoughDuration(seconds));
            break;
        case TrainerState::Preparing:
            if (m_hasBatch) break;
            look = Chip::Look::Quiet;
            icon = QStringLiteral("clock");
            phase = tr("Preparing");
            break;
        case TrainerState::Running:
            break;
        case TrainerState::Paused:
            look = Chip::Look::Quiet;
            icon = QStringLiteral("pause");
            phase = tr("Paused");
            speed.clear();
            break;
        case TrainerState::Stopping:
            look = Chip::Look::Quiet;
            icon = QStringLiteral("clock");
            phase = tr("Saving");
            speed.clear();
            left.clear();
            break;
        case TrainerState::Finished: {
            look = Chip::Look::Right;
            icon = QStringLiteral("tick");
            const bool stopped = m_ended.reason == "stopped";
            phase = stopped ? tr("Stopped") : tr("Finished");
            if (!m_ended.notSaved.empty()) {
                look = Chip::Look::Wrong;
                icon = QStringLiteral("cross-square");
                phase = tr("Not all saved");
                problem = nameText(m_ended.notSaved);
            }
            const int epochs = std::max(m_ended.epochs, m_finishedEpochs);
            epoch = epochs == 1 ? tr("1 epoch") : tr("%1 epochs").arg(epochs);
            batch.clear();
            if (m_ended.bestEpoch > 0)
                batch = tr("best %1 in epoch %2").arg(scoreValueText(config.task, m_ended.bestScore)).arg(m_ended.bestEpoch);
            speed.clear();
            left = m_ended.seconds > 0 ? tr("took %1").arg(formatRoughDuration(m_ended.seconds)) : QString();
            break;
        }
        case TrainerState::Failed:
            look = Chip::Look::Wrong;
            icon = QStringLiteral("cross-square");
            phase = tr("Failed");
            epoch = text(m_failed.what);
            problem = text(m_failed.hint);
            batch.clear();
            speed.clear();
            left.clear();
            break;
    }
    m_phase->setVisible(!phase.isEmpty());
    m_phase->setContent(look, icon, phase);
    m_epoch->setText(epoch);
    m_epoch->setToolTip(failed ? epoch : QString());
    m_batch->setText(batch);
    m_speed->setText(speed);
    m_left->setText(left);
    m_left->setToolTip(state == TrainerState::Idle && m_session.isPlanRough(config)
                           ? tr("Guessed from what this processor computes in a second. The first run measures it.")
                           : QString());
    m_problem->setText(problem);
    m_problem->setToolTip(problem);
    m_showLog->setVisible(failed || !problem.isEmpty());
    m_problem->setVisible(!problem.isEmpty());
    m_plan->setVisible(problem.isEmpty());
    m_continue->setVisible(m_actions.continueRun->isEnabled());
    updateCacheChip();
    fitTexts();
}

void RunBar::updateCacheChip() {
    const core::RunConfig& config = m_session.shownConfig();
    const bool training = shownState() == TrainerState::Running && m_hasBatch;
    const bool changing = config.augmentation.moves() && config.augmentation.variants == 0;
    const bool off = !config.cache.enabled || changing;
    m_cacheText = off ? tr("no cache") : tr("cached features");
    m_cache->setToolTip(
        off ? (changing
                   ? tr("Changed pictures differ every time: nothing can be kept, the frozen layers are computed again. Kept "
                        "variants, in the settings, are the quick way.")
                   : tr("The feature cache is off: the frozen layers are computed again for every batch."))
            : tr("The output of the frozen layers comes from the cache: they are computed once."));
    m_cacheOff = off;
    m_cacheWanted = training && (off || m_lastBatch.fromCache);
}

void RunBar::fitTexts() {
    const Theme& theme = Theme::instance();
    const int gap = theme.px(11);
    int room = m_plan->parentWidget()->width() - theme.px(18);
    const auto take = [&room, gap](int width) {
        if (width + gap > room) return false;
        room -= width + gap;
        return true;
    };
    if (m_phase->isVisibleTo(m_phase->parentWidget())) take(m_phase->sizeHint().width());
    for (const QToolButton* button : {m_showLog, m_continue})
        if (button->isVisibleTo(button->parentWidget())) take(button->sizeHint().width());
    const bool failed = shownState() == TrainerState::Failed;
    // A long sentence is elided; short texts show whole or not at all, the least important first.
    if (failed)
        m_epoch->setText(m_epoch->fontMetrics().elidedText(text(m_failed.what), Qt::ElideRight, std::max(0, room - 2 * gap)));
    take(m_epoch->sizeHint().width());
    m_left->setVisible(!m_left->text().isEmpty() && take(m_left->sizeHint().width()));
    // Whether features come from the cache: a sign at least, in words where there is room at the end.
    const Chip::Look look = m_cacheOff ? Chip::Look::Quiet : Chip::Look::Ice;
    m_cache->setContent(look, QStringLiteral("bolt"), {});
    const int sign = m_cache->sizeHint().width();
    m_cache->setVisible(m_cacheWanted && take(sign));
    const bool leftShows = m_left->isVisibleTo(m_left->parentWidget());
    const int dot = leftShows ? m_dot->sizeHint().width() + gap : 0;
    m_speed->setVisible(!m_speed->text().isEmpty() && take(m_speed->sizeHint().width() + dot));
    m_dot->setVisible(leftShows && m_speed->isVisibleTo(m_speed->parentWidget()));
    const bool countsBatches = shownState() == TrainerState::Running && !m_loading;
    m_batch->setVisible(!m_batch->text().isEmpty() && !(m_compact && countsBatches) && take(m_batch->sizeHint().width()));
    m_cache->setContent(look, QStringLiteral("bolt"), m_cacheText);
    if (m_cache->sizeHint().width() - sign > room) m_cache->setContent(look, QStringLiteral("bolt"), {});
    m_cache->setAccessibleName(m_cacheText);
}

void RunBar::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    updateButtons();
    fitTexts();
}

}  // namespace thaw::ui
