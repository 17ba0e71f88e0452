#include "ui/widgets/window/window_actions.h"

#include <QActionGroup>
#include <QMenu>
#include <QMenuBar>

#include <algorithm>
#include <iterator>
#include <utility>

#include "ui/bridge/session.h"
#include "ui/models/plain_text.h"
#include "ui/widgets/library/lesson_text.h"
#include "ui/widgets/parts/styling.h"

namespace thaw::ui {
namespace {

constexpr double kScales[] = {1.0, 1.25, 1.5};
const char* const kStartTip = QT_TR_NOOP("A new run with the settings as they stand in the Settings panel");

}  // namespace

WindowActions::WindowActions(Session& session, QWidget* window)
    : QObject(window),
      m_session(session),
      m_window(window),
      m_lessonMenu(new QMenu(tr("&Lesson"), window)),
      m_presetMenu(new QMenu(tr("&Preset"), window)) {
    addPictures = add(tr("&Add pictures..."), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_O), QStringLiteral("image"),
                      tr("Show the network pictures of your own. They can also be dropped or pasted on the Predictions page."));
    openRun = add(tr("&Open a run..."), QKeySequence::Open, QStringLiteral("folder"), tr("Open a run of earlier"));
    exportModel = add(tr("&Export the model..."), QKeySequence(tr("Ctrl+E")), QStringLiteral("export"),
                      tr("Write the whole model to files for other programs: Python, ONNX, TorchScript or safetensors"));
    writeReport = add(tr("&Write report..."), {}, QStringLiteral("book"),
                      tr("Write settings, curves, mistakes and Grad-CAM of the run as a web page or PDF"));
    quit = add(tr("&Quit"), QKeySequence::Quit);

    runLesson = add(tr("Run the lesson"), Qt::Key_F5, QStringLiteral("book"), tr("A new run with the lesson's own settings"));
    start = add(tr("Run my settings"), Qt::CTRL | Qt::Key_R, QStringLiteral("play"), tr(kStartTip));
    pause = add(tr("Pause"), {}, QStringLiteral("pause"), tr("Pause after this batch"));
    pauseOrResume = add(tr("Pause"), Qt::Key_F6, QStringLiteral("pause"));
    continueRun =
        add(tr("Continue"), Qt::CTRL | Qt::SHIFT | Qt::Key_R, QStringLiteral("play"), tr("Go on with this run where it stopped"));
    step = add(tr("Step"), Qt::Key_F7, QStringLiteral("step"),
               tr("Train one batch, then pause. Where no run is open, a new one with my settings begins."));
    runEpoch = add(tr("Run one epoch"), Qt::SHIFT | Qt::Key_F7, {}, tr("Train to the end of the epoch, then pause"));
    stop = add(tr("Stop"), Qt::SHIFT | Qt::Key_F5, QStringLiteral("stop"), tr("Save and stop"));
    rateUp = add(tr("Learning rate ×10"), Qt::CTRL | Qt::Key_Up, {}, tr("Ten times the rate from the next batch on"));
    rateDown = add(tr("Learning rate ÷10"), Qt::CTRL | Qt::Key_Down, {}, tr("A tenth of the rate from the next batch on"));
    pause->setToolTip(toolTipWithKey(tr("Pause after this batch"), pauseOrResume->shortcut()));

    camera = add(tr("Camera..."), {}, QStringLiteral("camera"), tr("What the network sees through a camera, live"));
    video = add(tr("Video file..."), {}, {}, tr("What the network sees in a video file"));

    revealTest = add(tr("Reveal the test split..."), {}, QStringLiteral("lock"));

    toggleLayer = add(tr("Freeze or thaw the selected layer"), Qt::Key_F);
    toggleLayer->setShortcutContext(Qt::WidgetShortcut);  // typed in the tree; the tree handles it
    freezeAll = add(tr("Freeze the trunk"), {}, QStringLiteral("snowflake"));
    foldAll = add(tr("Fold all blocks"), {});
    unfoldAll = add(tr("Unfold all blocks"), {});

    layersPanel = add(tr("&Layers"), Qt::CTRL | Qt::Key_L, QStringLiteral("layers"));
    settingsPanel = add(tr("&Settings"), QKeySequence(tr("Ctrl+,")), QStringLiteral("settings"));
    logPanel = add(tr("Lo&g"), Qt::CTRL | Qt::Key_J, QStringLiteral("log"));
    for (QAction* panel : {layersPanel, settingsPanel, logPanel}) panel->setCheckable(true);
    scaleUp = add(tr("Larger"), {});
    scaleUp->setShortcuts({QKeySequence::ZoomIn, QKeySequence(Qt::CTRL | Qt::Key_Equal)});
    scaleDown = add(tr("Smaller"), QKeySequence::ZoomOut);
    reduceMotion = add(tr("&Reduce motion"), {});
    reduceMotion->setCheckable(true);
    auto* schemeGroup = new QActionGroup(this);
    for (const QString& name : {tr("As the s&ystem"), tr("&Light"), tr("&Dark")}) {
        schemes.push_back(add(name, {}));
        schemes.back()->setCheckable(true);
        schemeGroup->addAction(schemes.back());
    }
    auto* scaleGroup = new QActionGroup(this);
    for (const double scale : kScales) {
        scales.push_back(add(tr("%1 %").arg(qRound(100 * scale)), {}));
        scales.back()->setCheckable(true);
        scaleGroup->addAction(scales.back());
    }

    welcome = add(tr("&Welcome"), QKeySequence::HelpContents);
    about = add(tr("&About Thaw"), {});

    connect(runLesson, &QAction::triggered, &session, &Session::runLesson);
    connect(start, &QAction::triggered, &session, &Session::start);
    connect(pause, &QAction::triggered, &session, &Session::pause);
    connect(pauseOrResume, &QAction::triggered, &session, &Session::pauseOrResume);
    connect(continueRun, &QAction::triggered, &session, &Session::continueShownRun);
    connect(step, &QAction::triggered, &session, &Session::step);
    connect(runEpoch, &QAction::triggered, &session, &Session::runEpoch);
    connect(rateUp, &QAction::triggered, &session, [this] { m_session.scaleRate(1); });
    connect(rateDown, &QAction::triggered, &session, [this] { m_session.scaleRate(-1); });
    connect(freezeAll, &QAction::triggered, &session, [this] {
        const std::vector<LayerPreset> presets = m_session.layerPresets();
        if (!presets.empty()) m_session.requestMask(presets.front().mask);
    });
    for (std::size_t i = 0; i < schemes.size(); ++i)
        connect(schemes[i], &QAction::triggered, this, [i] { Theme::instance().setScheme(static_cast<ColorScheme>(i)); });
    for (std::size_t i = 0; i < scales.size(); ++i)
        connect(scales[i], &QAction::triggered, this, [i] { Theme::instance().setScale(kScales[i]); });
    connect(scaleUp, &QAction::triggered, this, [this] { changeScale(1); });
    connect(scaleDown, &QAction::triggered, this, [this] { changeScale(-1); });
    connect(reduceMotion, &QAction::triggered, this, [](bool on) { Theme::instance().setReducedMotion(on); });
    connect(&Theme::instance(), &Theme::changed, this, &WindowActions::checkLook);
    checkLook();
    connect(&session, &Session::actionsChanged, this, &WindowActions::update);
    connect(&session, &Session::shownRunChanged, this, &WindowActions::update);
    connect(&session.inspection(), &InspectionController::checkpointsChanged, this, &WindowActions::update);
    connect(&session.inspection(), &InspectionController::checkpointChanged, this, &WindowActions::update);
    connect(&session.inspection(), &InspectionController::subjectChanged, this, &WindowActions::update);
    connect(&session, &Session::lessonChanged, this, &WindowActions::fillLessonMenu);
    connect(m_lessonMenu, &QMenu::aboutToShow, this, &WindowActions::tellLessonTimes);
    connect(m_presetMenu, &QMenu::aboutToShow, this, &WindowActions::fillPresetMenu);
    connect(m_presetMenu, &QMenu::aboutToHide, this, [this] { m_session.layers().preview({}); });
    fillLessonMenu();
    update();
}

QAction* WindowActions::add(const QString& text, const QKeySequence& key, const QString& icon, const QString& toolTip) {
    auto* action = new QAction(text, this);
    if (!key.isEmpty()) action->setShortcut(key);
    if (!toolTip.isEmpty()) action->setToolTip(toolTipWithKey(toolTip, key));
    if (!icon.isEmpty()) {
        const auto tint = [action, icon] { action->setIcon(Theme::instance().icon(icon, Tone::Ink)); };
        tint();
        connect(&Theme::instance(), &Theme::changed, action, tint);
    }
    m_window->addAction(action);
    return action;
}

void WindowActions::update() {
    const ActionStates allowed = m_session.actions();
    runLesson->setEnabled(allowed.runLesson);
    start->setEnabled(allowed.start || allowed.resume);
    start->setText(allowed.resume ? tr("Resume") : tr("Run my settings"));
    start->setToolTip(toolTipWithKey(allowed.resume ? tr("Go on where it paused") : tr(kStartTip), start->shortcut()));
    pause->setEnabled(allowed.pause);
    pauseOrResume->setEnabled(allowed.pause || allowed.resume);
    pauseOrResume->setText(allowed.resume ? tr("Resume") : tr("Pause"));
    continueRun->setEnabled(m_session.canContinue());
    step->setEnabled(allowed.step);
    runEpoch->setEnabled(allowed.runEpoch);
    stop->setEnabled(allowed.stop);
    for (QAction* action : {rateUp, rateDown}) action->setEnabled(m_session.isRateEditable());
    for (QAction* action : {freezeAll, toggleLayer}) action->setEnabled(allowed.editLive);
    exportModel->setEnabled(allowed.exportModel || m_session.inspection().checkpoint());
    writeReport->setEnabled(m_session.inspection().checkpoint() != nullptr);
    const InspectionSubject* subject = m_session.inspection().subject();
    const bool locked = subject && subject->run.testLock.isLocked();
    revealTest->setEnabled(locked && !m_session.isActive());
    revealTest->setToolTip(!subject || !subject->run.testLock.validatesOnHeldOut
                               ? tr("Only for a run that was trained with its test split locked")
                           : !locked              ? tr("The test split of this run is revealed")
                           : m_session.isActive() ? tr("When no run trains: until then nothing may be chosen by the test split")
                                                  : tr("Show the figures of the test split, once and for all"));
    m_lessonMenu->setEnabled(allowed.editSettings);
    m_presetMenu->setEnabled(allowed.editLive);
    Q_EMIT updated();
}

void WindowActions::checkLook() {
    const Theme& theme = Theme::instance();
    schemes[static_cast<std::size_t>(theme.scheme())]->setChecked(true);
    reduceMotion->setChecked(theme.reducedMotion());
    const auto now = std::find(std::begin(kScales), std::end(kScales), theme.scale());
    if (now != std::end(kScales)) scales[static_cast<std::size_t>(now - std::begin(kScales))]->setChecked(true);
}

void WindowActions::changeScale(int steps) {
    const auto now = std::find(std::begin(kScales), std::end(kScales), Theme::instance().scale()) - std::begin(kScales);
    Theme::instance().setScale(kScales[std::clamp<std::ptrdiff_t>(now + steps, 0, std::size(kScales) - 1)]);
}

void WindowActions::fillLessonMenu() {
    m_lessonMenu->clear();
    auto* group = new QActionGroup(m_lessonMenu);
    for (const core::Lesson& lesson : m_session.lessons()) {
        const QString name = QString::fromStdString(lesson.name);
        QAction* action =
            m_lessonMenu->addAction(buttonText(QString::fromStdString(lesson.title.empty() ? lesson.name : lesson.title)));
        action->setCheckable(true);
        action->setChecked(m_session.lesson() && m_session.lesson()->name == lesson.name);
        action->setEnabled(lesson.problem.empty());
        action->setToolTip(lessonToolTip(lesson));
        action->setData(name);
        group->addAction(action);
        connect(action, &QAction::triggered, &m_session, [this, name] { m_session.chooseLesson(name); });
    }
    m_lessonMenu->setToolTipsVisible(true);
}

void WindowActions::tellLessonTimes() {
    for (QAction* action : m_lessonMenu->actions())
        for (const core::Lesson& lesson : m_session.lessons())
            if (action->data().toString() == QString::fromStdString(lesson.name) && lesson.problem.empty())
                action->setToolTip(lessonToolTip(lesson, m_session.planSeconds(lesson.config)));
}

void WindowActions::fillPresetMenu() {
    m_presetMenu->clear();
    for (const LayerPreset& preset : m_session.layerPresets()) {
        QAction* action = m_presetMenu->addAction(preset.title);
        action->setCheckable(true);
        action->setChecked(preset.mask == m_session.layers().pendingMask());
        connect(action, &QAction::hovered, this, [this, preset] { m_session.layers().preview(preset.mask); });
        connect(action, &QAction::triggered, &m_session, [this, preset] { m_session.requestMask(preset.mask); });
    }
}

void WindowActions::fillMenus(QMenuBar* bar) {
    QMenu* file = bar->addMenu(tr("&File"));
    file->addActions({openRun, addPictures, exportModel, writeReport});
    file->addSeparator();
    file->addAction(quit);

    QMenu* run = bar->addMenu(tr("&Run"));
    run->addAction(runLesson);
    run->addMenu(m_lessonMenu);
    run->addSeparator();
    run->addActions({start, pauseOrResume, continueRun, step, runEpoch, stop});
    run->addSeparator();
    run->addActions({rateUp, rateDown});
    run->addSeparator();
    run->addActions({revealTest, camera, video});

    QMenu* layers = bar->addMenu(tr("&Layers"));
    layers->addMenu(m_presetMenu);
    layers->addActions({toggleLayer, freezeAll});
    layers->addSeparator();
    layers->addActions({foldAll, unfoldAll});

    QMenu* view = bar->addMenu(tr("&View"));
    for (QAction* tab : std::as_const(tabs)) view->addAction(tab);
    view->addSeparator();
    view->addActions({layersPanel, settingsPanel, logPanel});
    view->addSeparator();
    QMenu* theme = view->addMenu(tr("&Colours"));
    for (QAction* scheme : std::as_const(schemes)) theme->addAction(scheme);
    QMenu* scale = view->addMenu(tr("&Classroom scale"));
    for (QAction* percent : std::as_const(scales)) scale->addAction(percent);
    scale->addSeparator();
    scale->addActions({scaleUp, scaleDown});
    view->addAction(reduceMotion);

    QMenu* help = bar->addMenu(tr("&Help"));
    help->addActions({welcome, about});
}

}  // namespace thaw::ui
