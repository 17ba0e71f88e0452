#include "ui/widgets/live/welcome_page.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>

#include "core/api/trunks.h"
#include "ui/bridge/session.h"
#include "ui/models/trunk_text.h"
#include "ui/widgets/live/data_offer.h"
#include "ui/widgets/live/recent_runs.h"
#include "ui/widgets/parts/chip.h"
#include "ui/widgets/parts/styling.h"

namespace thaw::ui {
namespace {

constexpr int kStagesTall = 68;  // design pixels
constexpr int kTenClasses = 10;

}  // namespace

LessonCard::LessonCard(const QString& title, QWidget* parent)
    : QFrame(parent),
      m_stages(new StageView(/*named=*/false, kStagesTall, this)),
      m_title(makeLabel(title, "cardTitle", this)),
      m_text(makeLabel({}, "body", this)),
      m_length(new Chip(this)) {
    setProperty("card", true);
    m_text->setWordWrap(true);
    m_text->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    m_title->setWordWrap(true);
    m_length->setCompact(true);
    auto* rows = new QVBoxLayout(this);
    rows->addWidget(m_stages);
    rows->addWidget(m_title);
    rows->addWidget(m_text, 1);
    rows->addWidget(m_length, 0, Qt::AlignLeft);
    connect(&Theme::instance(), &Theme::changed, this, &LessonCard::applyTheme);
    applyTheme();
}

void LessonCard::applyTheme() {
    const Theme& theme = Theme::instance();
    layout()->setContentsMargins(theme.px(18), theme.px(20), theme.px(14), theme.px(18));
    layout()->setSpacing(theme.px(8));
    m_text->setMinimumHeight(theme.px(58));
}

void LessonCard::setLength(const QString& text, bool trains) {
    m_length->setContent(trains ? Chip::Look::Warm : Chip::Look::Ice, {}, text);
}

void LessonCard::setText(const QString& text) { m_text->setText(text); }

WelcomePage::WelcomePage(Session& session, QWidget* parent) : QFrame(parent), m_session(session) {
    setProperty("panel", true);
    m_title = makeLabel(tr("Teach a network to see"), "welcome", this);
    m_lead = makeLabel({}, "lead", this);
    m_run = new QPushButton(QStringLiteral("  ") + tr("Run the lesson"), this);
    m_run->setProperty("filled", true);
    m_run->setProperty("big", true);
    m_run->setObjectName(QStringLiteral("welcomeRun"));
    m_offer = new DataOffer(session, this);
    m_time = makeLabel({}, "body", this);
    m_getData = new QPushButton(tr("See the data sets"), this);
    m_getData->setProperty("small", true);
    for (QLabel* label : {m_title, m_lead, m_time}) {
        label->setAlignment(Qt::AlignCenter);
        label->setWordWrap(true);
    }
    m_borrow = new LessonCard(tr("1  Borrow"), this);
    m_teach = new LessonCard(tr("2  Teach the head"), this);
    m_teach->setText(tr("A small new head learns the ten classes. The trunk still waits."));
    m_thaw = new LessonCard(tr("3  Thaw"), this);
    m_borrow->setLength(tr("no training"), false);
    m_recent = new RecentRuns(this);
    m_settings = new QPushButton(QLatin1Char(' ') + tr("Run my settings"), this);
    bindIcon(m_settings, QStringLiteral("settings"));
    m_settings->setToolTip(tr("A new run with the settings as they stand in the Settings panel"));
    m_run->setToolTip(tr("A new run with the lesson's own settings"));
    m_network = new QPushButton(QLatin1Char(' ') + tr("Another network"), this);
    bindIcon(m_network, QStringLiteral("layers"));
    m_network->setToolTip(tr("Choose the trunk of the next run among all that Thaw knows"));
    m_open = new QPushButton(QLatin1Char(' ') + tr("Open a run"), this);
    bindIcon(m_open, QStringLiteral("folder"));
    m_collect = new QPushButton(this);
    bindIcon(m_collect, QStringLiteral("camera"));
    m_collect->setAccessibleName(tr("Collect with the camera"));
    m_collect->setToolTip(tr("Collect with the camera: take pictures of a few classes, and train a head on them at once"));
    for (QPushButton* button : {m_settings, m_network, m_open, m_collect}) button->setProperty("tall", true);
    for (QPushButton* button : {m_run, m_settings, m_network, m_open, m_collect, m_getData}) button->setFocusPolicy(Qt::TabFocus);

    m_cardRow = new QHBoxLayout;
    for (LessonCard* card : {m_borrow, m_teach, m_thaw}) m_cardRow->addWidget(card, 1);
    m_buttons = new QHBoxLayout;
    m_buttons->setSpacing(12);
    m_buttons->addStretch(1);
    m_buttons->addWidget(m_network);
    m_buttons->addWidget(m_settings);
    m_buttons->addWidget(m_open);
    m_buttons->addWidget(m_collect);
    m_buttons->addStretch(1);
    m_rows = new QVBoxLayout(this);
    m_rows->addStretch(5);
    m_rows->addWidget(m_title);
    m_rows->addWidget(m_lead);
    m_rows->addStretch(2);
    m_rows->addWidget(m_run, 0, Qt::AlignHCenter);
    m_rows->addWidget(m_offer);
    m_rows->addWidget(m_time);
    m_rows->addWidget(m_getData, 0, Qt::AlignHCenter);
    m_rows->addStretch(3);
    m_rows->addLayout(m_cardRow);
    m_rows->addStretch(2);
    m_rows->addWidget(m_recent);
    m_rows->addStretch(2);
    m_rows->addLayout(m_buttons);
    m_rows->addStretch(1);

    connect(m_run, &QPushButton::clicked, this, &WelcomePage::runLesson);
    connect(m_offer, &DataOffer::runLesson, this, &WelcomePage::runLesson);
    connect(m_offer, &DataOffer::changed, this, &WelcomePage::refresh);
    connect(m_settings, &QPushButton::clicked, this, &WelcomePage::startWithSettings);
    connect(m_network, &QPushButton::clicked, this, &WelcomePage::chooseTrunk);
    connect(m_open, &QPushButton::clicked, this, &WelcomePage::openRun);
    connect(m_collect, &QPushButton::clicked, this, &WelcomePage::collect);
    connect(m_getData, &QPushButton::clicked, this, &WelcomePage::showData);
    connect(m_recent, &RecentRuns::openRequested, this, &WelcomePage::openRecent);
    connect(m_recent, &RecentRuns::continueRequested, this, &WelcomePage::continueRecent);
    for (const auto signal :
         {&Session::priceChanged, &Session::lessonChanged, &Session::shownRunChanged, &Session::actionsChanged})
        connect(&session, signal, this, &WelcomePage::refresh);
    connect(&Theme::instance(), &Theme::changed, this, &WelcomePage::applyTheme);
    applyTheme();
}

void WelcomePage::applyTheme() {
    const Theme& theme = Theme::instance();
    const int side = theme.px(24);
    m_rows->setContentsMargins(side, theme.px(12), side, theme.px(14));
    m_rows->setSpacing(theme.px(6));
    m_cardRow->setSpacing(theme.px(14));
    m_run->setIconSize({theme.px(22), theme.px(22)});
    m_run->setIcon(theme.pixmap(QStringLiteral("play"), Tone::AccentOn, 22, devicePixelRatioF()));
    refresh();
}

void WelcomePage::showEvent(QShowEvent* event) {
    refresh();
    QFrame::showEvent(event);
}

void WelcomePage::refresh() {
    if (!isVisible()) return;
    const ActionStates allowed = m_session.actions();
    m_run->setEnabled(allowed.runLesson);
    m_settings->setEnabled(allowed.start);
    m_open->setEnabled(!m_session.isActive());
    m_recent->setRuns(m_session.runs(), !m_session.isActive());
    const core::Lesson* lesson = m_session.lesson();
    QString time;
    if (lesson) {
        tellStory(lesson->config);
        // Another lesson than the first says which.
        if (lesson->name != "lesson") time = QString::fromStdString(lesson->title) + QStringLiteral(". ");
        if (const double seconds = m_session.planSeconds(lesson->config); seconds >= 0) {
            const QString length = seconds < 90 ? formatRoughDuration(seconds) : tr("%1 minutes").arg(qRound(seconds / 60));
            // Nothing was measured yet, or on a busy machine.
            time += m_session.isPlanRough(lesson->config) ? tr("Roughly %1. ").arg(length) : tr("About %1. ").arg(length);
        }
        const auto& phases = lesson->config.phases;
        const auto epochs = [](int count) { return count == 1 ? tr("1 epoch") : tr("%1 epochs").arg(count); };
        m_teach->setLength(epochs(phases.empty() ? 0 : phases.front().epochs), true);
        if (phases.size() > 1) m_thaw->setLength(epochs(phases[1].epochs), true);
    }
    m_time->setText(tr("%1Pause whenever you like.   Key: F5").arg(time));

    m_offer->refresh();
    m_run->setVisible(!m_offer->isWanted());
    m_getData->setVisible(m_offer->isWanted());
    arrange();
}

void WelcomePage::tellStory(const core::RunConfig& config) {
    const std::string wanted = core::toJson(config);
    if (wanted == m_told) return;
    m_told = wanted;
    const std::vector<core::TrunkCard> trunks = core::listTrunks(config.model);
    if (trunks.empty()) return;
    const core::ModelCard& card = trunks.front().model;
    const QString name = trunkTitleOf(config);
    const bool knows = config.initialization == core::Initialization::Pretrained;
    const bool continues = core::canContinueTexts(config.model);
    m_title->setText(continues ? tr("Teach a network to write") : tr("Teach a network to see"));
    if (continues)
        m_lead->setText((knows ? tr("Start from %1, which has read much already,\nand teach it to continue your text.")
                               : tr("Start from %1 with random numbers,\nand teach it to continue a text."))
                            .arg(name));
    else
        m_lead->setText(
            knows ? tr("Start from %1, which already knows pictures,\nand teach it to name ten kinds of things.").arg(name)
                  : tr("Start from %1 with random values,\nand teach it to name ten kinds of things.").arg(name));
    m_borrow->setText(tr("The %1 trunk stays frozen. Its %2 million weights do not move.")
                          .arg(name, QLocale().toString(static_cast<double>(card.parameters) / 1e6, 'f', 1)));
    const core::ModelInfo model = core::describeModel(config, kTenClasses);
    const auto thawedIn = [&](std::size_t phase) {
        std::vector<bool> thawed;
        if (phase >= config.phases.size()) return thawed;
        const core::LayerMask mask = model.maskOf(config.phases[phase].trainable);
        for (int stage = 0; stage < model.headStage; ++stage) thawed.push_back(core::trainableIn(model, mask, stage) > 0);
        return thawed;
    };
    m_borrow->setStages(StageDrawing(card.stages));
    m_teach->setStages(StageDrawing(card.stages, thawedIn(0), StageDrawing::Head::Thawed));
    m_thaw->setStages(StageDrawing(card.stages, thawedIn(1), StageDrawing::Head::Thawed));
    if (config.phases.size() > 1) {
        const QString what = QString::fromStdString(core::describeMask(model, model.maskOf(config.phases[1].trainable)));
        m_thaw->setText(tr("%1: it learns gently, together with the head.").arg(what));
    }
}

/// Where there is no room for the word the icon says it; where there is none for that either, the Data page has the button.
void WelcomePage::arrangeButtons() {
    const QMargins margins = m_rows->contentsMargins();
    const int room = width() - margins.left() - margins.right();
    const auto fits = [&](const QString& word, bool shown) {
        m_collect->setText(word);
        m_collect->setVisible(shown);
        m_buttons->invalidate();
        return m_buttons->sizeHint().width() <= room;
    };
    if (!fits(QLatin1Char(' ') + tr("Collect"), true) && !fits({}, true)) fits({}, false);
}

void WelcomePage::arrange() {
    // A title of one line, whatever the width.
    setStyleProperty(m_title, "type", QString::fromLatin1(width() < Theme::instance().px(520) ? "welcomeSmall" : "welcome"));
    arrangeButtons();
    // Where the cards do not fit whole, they make room for what they are about.
    const Theme& theme = Theme::instance();
    const core::Lesson* lesson = m_session.lesson();
    const bool thaws = !lesson || lesson->config.phases.size() > 1;
    const bool storied = !lesson || !core::canContinueTexts(lesson->config.model);  // the cards tell of a head on a trunk
    const int card = (width() - theme.px(thaws ? 76 : 62)) / (thaws ? 3 : 2);
    const bool cardsFit = storied && card >= theme.px(160);
    // The runs of who has been here before come first, then the cards, then the second title.
    const auto fits = [&](bool recent, bool cards, bool lead) {
        m_recent->setVisible(recent && !m_recent->isEmpty());
        for (LessonCard* each : {m_borrow, m_teach}) each->setVisible(cards);
        m_thaw->setVisible(cards && thaws);
        m_lead->setVisible(lead);
        m_cardRow->invalidate();
        m_rows->invalidate();
        return m_rows->minimumHeightForWidth(width()) <= height();
    };
    if (cardsFit && fits(true, true, true)) return;
    if (cardsFit && m_recent->isEmpty() && fits(false, true, false)) return;
    if (!fits(true, false, true) && !fits(true, false, false)) fits(false, false, false);
}

void WelcomePage::resizeEvent(QResizeEvent* event) {
    QFrame::resizeEvent(event);
    arrange();
}

}  // namespace thaw::ui
