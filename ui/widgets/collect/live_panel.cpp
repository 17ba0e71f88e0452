#include "ui/widgets/collect/live_panel.h"

#include <QCheckBox>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QProgressBar>
#include <QPushButton>
#include <QStackedWidget>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

#include "ui/models/plain_text.h"
#include "ui/widgets/parts/chip.h"
#include "ui/widgets/parts/empty_state.h"
#include "ui/widgets/parts/framed_button.h"
#include "ui/widgets/parts/styling.h"
#include "ui/widgets/pictures/camera_canvas.h"
#include "ui/widgets/pictures/guess_bars.h"

namespace thaw::ui {
namespace {

constexpr qint64 kOrderMilliseconds = 500;
constexpr std::size_t kBars = 5;

}  // namespace

LivePanel::LivePanel(CollectController& collect, QWidget* parent) : QFrame(parent), m_collect(collect) {
    setProperty("panel", true);
    auto* rows = new QVBoxLayout(this);
    rows->setSpacing(8);
    rows->addWidget(makeHead());
    m_canvas = new CameraCanvas(this);
    m_empty = new EmptyState(this);
    m_stack = new QStackedWidget(this);
    m_stack->addWidget(m_empty);
    m_stack->addWidget(m_canvas);
    rows->addWidget(m_stack, 3);
    m_second = makeLabel({}, "body", this);
    m_second->setWordWrap(true);
    m_bars = new GuessBars(this);
    rows->addWidget(m_second);
    rows->addWidget(m_bars, 2);
    rows->addWidget(makeRule(Qt::Horizontal, this, /*soft=*/true));
    rows->addWidget(makeTraining());
    m_save = makeIconPushButton(QStringLiteral("save"), tr("Save as a data set"), this);
    m_go = new QPushButton(tr("Go on in the studio"), this);
    m_go->setProperty("filled", true);
    m_go->setToolTip(tr("Saves the data set and chooses it and the trunk for the next run"));
    auto* buttons = new QHBoxLayout;
    buttons->addWidget(m_save, 1);
    buttons->addWidget(m_go, 1);
    rows->addLayout(buttons);

    connect(m_save, &QPushButton::clicked, this, &LivePanel::saveRequested);
    connect(m_go, &QPushButton::clicked, this, &LivePanel::studioRequested);
    connect(m_empty, &EmptyState::actionRequested, this, &LivePanel::openCamera);
    connect(&collect.camera(), &CameraController::stateChanged, this, &LivePanel::showState);
    connect(&collect.camera(), &CameraController::frameChanged, this, &LivePanel::showFrame);
    connect(&collect.camera(), &CameraController::failed, this, [this](const QString& what, const QString& hint) {
        m_empty->say(what, hint, tr("Try again"));
        m_stack->setCurrentWidget(m_empty);
    });
    connect(&collect, &CollectController::answered, this, &LivePanel::showAnswer);
    for (const auto signal : {&CollectController::trainingChanged, &CollectController::picturesChanged,
                              &CollectController::classesChanged, &CollectController::trunkLoaded})
        connect(&collect, signal, this, &LivePanel::showTraining);
    m_aging.setInterval(1000);
    connect(&m_aging, &QTimer::timeout, this, &LivePanel::showTraining);
    m_aging.start();
    connect(&Theme::instance(), &Theme::changed, this, &LivePanel::applyTheme);
    applyTheme();
    showState();
    showTraining();
}

QWidget* LivePanel::makeHead() {
    auto* head = new QWidget(this);
    m_source = makeFramedButton(QStringLiteral("camera"), tr("Camera"), tr("Choose a camera or a video file"), head);
    m_hold = makeFramedButton(QStringLiteral("pause"), {}, tr("Hold the picture still"), head);
    auto* row = new QHBoxLayout(head);
    row->setContentsMargins(0, 0, 0, 0);
    row->addWidget(makeLabel(tr("Live"), "panelTitle", head), 1);
    row->addWidget(m_source);
    row->addWidget(m_hold);
    connect(m_source, &QToolButton::clicked, this, &LivePanel::chooseSource);
    connect(m_hold, &QToolButton::clicked, this, [this] {
        CameraController& camera = m_collect.camera();
        if (camera.state() == CameraController::State::Ended) return camera.playAgain();
        camera.setPaused(camera.state() == CameraController::State::Running);
    });
    return head;
}

QWidget* LivePanel::makeTraining() {
    auto* training = new QWidget(this);
    m_switch = new QCheckBox(training);
    m_switch->setProperty("switch", true);
    m_switch->setChecked(true);
    m_switch->setAccessibleName(tr("Train as you collect"));
    m_trunk = new Chip(training);
    m_headChip = new Chip(training);
    m_headChip->setContent(Chip::Look::Warm, QStringLiteral("drop"), tr("Head"));
    m_status = makeLabel({}, "strong", training);
    m_status->setWordWrap(true);
    m_progress = new QProgressBar(training);
    m_progress->setTextVisible(false);
    m_head = makeLabel({}, "caption", training);
    m_head->setWordWrap(true);
    m_judged = makeLabel({}, "caption", training);
    m_judged->setWordWrap(true);
    m_judged->setToolTip(
        tr("Every fifth picture is kept aside and never trained on. Pictures of one recording look alike: on new "
           "ones the head may be right less often."));
    auto* title = new QHBoxLayout;
    title->addWidget(makeLabel(tr("Training as you collect"), "panelTitle", training), 1);
    title->addWidget(m_switch);
    auto* chips = new QHBoxLayout;
    chips->addWidget(m_trunk);
    chips->addWidget(m_headChip);
    chips->addStretch(1);
    auto* rows = new QVBoxLayout(training);
    rows->setContentsMargins(0, 0, 0, 0);
    rows->setSpacing(6);
    rows->addLayout(title);
    rows->addLayout(chips);
    for (QWidget* widget : {static_cast<QWidget*>(m_status), static_cast<QWidget*>(m_progress), static_cast<QWidget*>(m_head),
                            static_cast<QWidget*>(m_judged)})
        rows->addWidget(widget);
    connect(m_switch, &QCheckBox::toggled, &m_collect, &CollectController::setTraining);
    return training;
}

void LivePanel::openCamera() {
    const std::vector<core::CameraInfo> cameras = m_collect.camera().cameras();
    if (!cameras.empty()) return m_collect.camera().openCamera(cameras.front());
    m_empty->say(tr("No camera found"), tr("Import or paste pictures, or let a video file stand in for a camera."),
                 tr("Look again"));
    m_stack->setCurrentWidget(m_empty);
}

void LivePanel::chooseSource() {
    QMenu menu(this);
    for (const core::CameraInfo& camera : m_collect.camera().cameras())
        menu.addAction(buttonText(QString::fromStdString(camera.name)), this,
                       [this, camera] { m_collect.camera().openCamera(camera); });
    menu.addAction(tr("Video file..."), this, &LivePanel::chooseVideo);
    menu.exec(m_source->mapToGlobal(QPoint(0, m_source->height())));
}

void LivePanel::chooseVideo() {
    auto* dialog = new QFileDialog(this, tr("A video in place of a camera"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, &m_collect.camera(), &CameraController::openVideo);
    dialog->open();
}

void LivePanel::showState() {
    using State = CameraController::State;
    const State state = m_collect.camera().state();
    const bool open = state == State::Running || state == State::Paused || state == State::Ended;
    m_hold->setEnabled(open);
    m_hold->setIcon(Theme::instance().icon(
        state == State::Paused || state == State::Ended ? QStringLiteral("play") : QStringLiteral("pause"), Tone::Ink2));
    if (state == State::Closed)
        m_empty->say(tr("No camera is open"), tr("Its pictures stay on this machine."), tr("Use the camera"));
    if (state == State::Opening) m_empty->say(tr("Opening %1").arg(m_collect.camera().title()), {});
    if (!open) m_stack->setCurrentWidget(m_empty);
    if (state == State::Paused) m_canvas->setNote(tr("Held"));
    if (state == State::Ended) m_canvas->setNote(tr("The video is over"));
    showAnswer();
}

void LivePanel::showFrame() {
    m_canvas->setPicture(m_collect.camera().frame()->picture, {});
    m_stack->setCurrentWidget(m_canvas);
}

void LivePanel::showAnswer() {
    const std::optional<CollectWorker::Answer>& answer = m_collect.answer();
    const bool running = m_collect.camera().state() == CameraController::State::Running;
    if (answer && running && answer->framesPerSecond > 0)
        m_canvas->setNote(tr("%1 pictures/s").arg(qRound(answer->framesPerSecond)));
    const bool known = answer && !answer->probabilities.empty();
    m_bars->setVisible(known);
    const bool waits = m_collect.training() == CollectController::Training::Waiting;
    m_second->setText(waits ? tr("A second class is needed: then the head says which class it sees.")
                            : tr("Open a camera or a video, then the head says which class it sees."));
    m_second->setVisible(!known);
    if (!known) return m_bars->setGuesses({}, false);
    std::vector<GuessBars::Guess> guesses;
    for (std::size_t i = 0; i < answer->probabilities.size(); ++i)
        if (const CollectClass* one = m_collect.find(answer->head->classIds[i]))
            guesses.push_back({one->name, answer->probabilities[i], false, one->id});
    const auto better = [](const GuessBars::Guess& a, const GuessBars::Guess& b) { return a.probability > b.probability; };
    // Bars that changed their places with every frame could not be read.
    if (m_order.size() != guesses.size() || !m_sinceOrder.isValid() || m_sinceOrder.elapsed() >= kOrderMilliseconds) {
        std::stable_sort(guesses.begin(), guesses.end(), better);
        m_order.clear();
        for (const GuessBars::Guess& guess : guesses) m_order.push_back(guess.classIndex);
        m_sinceOrder.start();
    } else {
        const auto placeOf = [this](int id) { return std::find(m_order.begin(), m_order.end(), id); };
        std::sort(guesses.begin(), guesses.end(), [&](const GuessBars::Guess& a, const GuessBars::Guess& b) {
            return placeOf(a.classIndex) < placeOf(b.classIndex);
        });
    }
    if (guesses.size() > kBars) guesses.resize(kBars);
    m_bars->setGuesses(std::move(guesses), /*known=*/false);
}

void LivePanel::showTraining() {
    using Training = CollectController::Training;
    const int pictures = m_collect.pictureCount();
    const Training training = m_collect.training();
    const QString trunk = m_collect.trunkTitle();
    m_trunk->setContent(Chip::Look::Ice, QStringLiteral("snowflake"),
                        trunk.isEmpty() ? tr("Loading the trunk") : tr("Trunk frozen: %1").arg(trunk));
    const int waiting = m_collect.waitingFiles();
    m_status->setText(training == Training::Off       ? tr("Training is off: the head stays as it is")
                      : training == Training::Waiting ? tr("Waits for a second class")
                      : training == Training::Working
                          ? (waiting > 0 ? tr("Training on %1 pictures, %2 still to be looked at").arg(pictures).arg(waiting)
                                         : tr("Training on %1 pictures").arg(pictures))
                          : tr("Up to date with %1 pictures").arg(pictures));
    m_progress->setRange(0, qMax(1, pictures));
    m_progress->setValue(training == Training::UpToDate ? pictures : qMax(0, pictures - waiting));
    const auto& head = m_collect.head();
    m_head->setVisible(head != nullptr);
    m_judged->setVisible(head && m_collect.keptAside() > 0);
    if (head) {
        m_head->setText(tr("The answers above: head of %1 ago, %2 pictures.")
                            .arg(formatRoughDuration(m_collect.headAge()), QString::number(head->pictures)));
        m_judged->setText(
            tr("Of the %1 pictures kept aside it gets %2 right.").arg(m_collect.keptAside()).arg(m_collect.keptAsideRight()));
    }
    m_save->setEnabled(pictures > 0 && !m_collect.isSaving() && !m_collect.isSaved());
    setButtonWords(m_save, m_collect.isSaved() ? tr("Saved") : tr("Save as a data set"));
    const auto filled = std::count_if(m_collect.classes().begin(), m_collect.classes().end(),
                                      [](const CollectClass& one) { return one.pictures->count() > 0; });
    m_go->setEnabled(filled > 1 && !m_collect.isSaving());
    if (!m_collect.answer()) showAnswer();
}

void LivePanel::setCompact(bool compact) { m_headChip->setVisible(!compact); }

void LivePanel::applyTheme() {
    const Theme& theme = Theme::instance();
    layout()->setContentsMargins(theme.px(16), theme.px(12), theme.px(16), theme.px(14));
    m_bars->setMinimumHeight(theme.px(34 * 3));
    m_canvas->setMinimumHeight(theme.px(150));
}

}  // namespace thaw::ui
