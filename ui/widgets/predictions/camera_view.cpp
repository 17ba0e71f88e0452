#include "ui/widgets/predictions/camera_view.h"

#include <QCheckBox>
#include <QComboBox>
#include <QFileDialog>
#include <QFrame>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLocale>
#include <QMenu>
#include <QSignalBlocker>
#include <QSlider>
#include <QStackedWidget>
#include <QToolButton>
#include <QVBoxLayout>

#include "ui/bridge/inspection_controller.h"
#include "ui/models/checkpoint_text.h"
#include "ui/models/layer_text.h"
#include "ui/models/path_text.h"
#include "ui/models/plain_text.h"
#include "ui/models/problem_text.h"
#include "ui/widgets/parts/elided_label.h"
#include "ui/widgets/parts/empty_state.h"
#include "ui/widgets/parts/framed_button.h"
#include "ui/widgets/parts/message_line.h"
#include "ui/widgets/parts/styling.h"
#include "ui/widgets/pictures/camera_canvas.h"
#include "ui/widgets/pictures/guess_bars.h"

namespace thaw::ui {
namespace {

constexpr int kSideWidth = 332, kInputSide = 96;  // design pixels
constexpr qint64 kSpeedMilliseconds = 500;

}  // namespace

CameraView::CameraView(InspectionController& inspection, FrameSources sources, QWidget* parent)
    : QDialog(parent), m_inspection(inspection), m_controller(inspection, std::move(sources)) {
    setObjectName(QStringLiteral("cameraView"));
    setWindowTitle(tr("Live pictures"));
    m_canvas = new CameraCanvas(this);
    m_empty = new EmptyState(this);
    m_message = new MessageLine(this);
    m_message->hide();
    m_stack = new QStackedWidget(this);
    m_stack->addWidget(m_canvas);
    m_stack->addWidget(m_empty);
    auto* panel = makePanel(this);
    auto* column = new QVBoxLayout(panel);
    column->setContentsMargins(16, 12, 16, 16);
    column->setSpacing(10);
    column->addWidget(makeHead());
    column->addWidget(m_message);
    column->addWidget(m_stack, 1);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(12, 12, 12, 12);
    row->setSpacing(10);
    row->addWidget(panel, 1);
    row->addWidget(makeSide());

    connect(m_empty, &EmptyState::actionRequested, this, &CameraView::openCamera);
    connect(&m_controller, &CameraController::stateChanged, this, &CameraView::showState);
    connect(&m_controller, &CameraController::frameChanged, this, &CameraView::showFrame);
    connect(&m_controller, &CameraController::failed, this, [this](const QString& what, const QString& hint) {
        m_empty->say(what, hint, tr("Use the camera"));
        m_stack->setCurrentWidget(m_empty);
    });
    connect(&m_controller, &CameraController::modelFailed, this,
            [this](const QString& what, const QString& hint) { m_message->say(problemText(what, hint)); });
    connect(&inspection, &InspectionController::subjectChanged, this, &CameraView::showModel);
    connect(&inspection, &InspectionController::checkpointChanged, this, &CameraView::showModel);
    connect(&Theme::instance(), &Theme::changed, this, &CameraView::applyTheme);
    applyTheme();
    showModel();
    const Theme& theme = Theme::instance();
    resize(theme.px(1060), theme.px(600));
}

QWidget* CameraView::makeHead() {
    auto* head = new QWidget(this);
    m_title = new ElidedLabel(head);
    m_title->setProperty("type", QStringLiteral("panelTitle"));
    m_pause = makeFramedButton(QStringLiteral("pause"), tr("Hold"), tr("Hold the picture"), head);
    m_cameras = makeFramedButton(QStringLiteral("camera"), tr("Camera"), tr("Use the camera"), head);
    m_video = makeFramedButton(QStringLiteral("folder"), tr("Video file..."), tr("Show the network a video file"), head);
    m_cameraMenu = new QMenu(m_cameras);
    auto* row = new QHBoxLayout(head);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(8);
    row->addWidget(m_title, 1);
    row->addWidget(m_pause);
    row->addWidget(m_cameras);
    row->addWidget(m_video);
    connect(m_pause, &QToolButton::clicked, this, &CameraView::togglePause);
    connect(m_cameras, &QToolButton::clicked, this, [this] {
        const std::vector<core::CameraInfo> cameras = m_controller.cameras();
        if (cameras.size() < 2) return openCamera();
        m_cameraMenu->clear();
        for (const core::CameraInfo& camera : cameras)
            m_cameraMenu->addAction(buttonText(QString::fromStdString(camera.name)), this,
                                    [this, camera] { chooseCamera(camera); });
        m_cameraMenu->popup(m_cameras->mapToGlobal(QPoint(0, m_cameras->height())));
    });
    connect(m_video, &QToolButton::clicked, this, &CameraView::chooseVideo);
    return head;
}

QWidget* CameraView::makeSide() {
    auto* side = makePanel(this);
    m_checkpoint = makeLabel({}, "table", side);
    m_checkpoint->setWordWrap(true);
    m_input = new QLabel(side);
    m_input->setAccessibleName(tr("What the network gets"));
    m_inputText = makeLabel({}, "table", side);
    m_inputText->setWordWrap(true);
    m_guesses = new GuessBars(side);
    m_mapSwitch = new QCheckBox(tr("Grad-CAM"), side);
    m_mapSwitch->setProperty("switch", true);
    m_mapSwitch->setToolTip(toolTipWithKey(tr("Colour the places that speak for the best guess"), QStringLiteral("G")));
    m_layer = new QComboBox(side);
    m_layer->setAccessibleName(tr("Layer of Grad-CAM"));
    m_layer->setToolTip(tr("Deeper layers know more of the class, but see the picture in fewer places"));
    m_opacityTitle = makeLabel(tr("Strength"), "table", side);
    m_opacity = new QSlider(Qt::Horizontal, side);
    m_opacity->setAccessibleName(tr("How strongly the map lies over the picture"));
    m_opacity->setRange(0, 100);
    m_opacity->setValue(50);
    m_opacityTitle->setBuddy(m_opacity);
    m_speed = makeLabel({}, "caption", side);

    auto* input = new QHBoxLayout;
    input->setSpacing(12);
    input->addWidget(m_input, 0, Qt::AlignTop);
    input->addWidget(m_inputText, 1, Qt::AlignTop);
    auto* map = new QGridLayout;
    map->setHorizontalSpacing(10);
    map->setVerticalSpacing(6);
    map->setColumnStretch(1, 1);
    map->addWidget(m_mapSwitch, 0, 0);
    map->addWidget(m_layer, 0, 1);
    map->addWidget(m_opacityTitle, 1, 0);
    map->addWidget(m_opacity, 1, 1);
    auto* column = new QVBoxLayout(side);
    column->setContentsMargins(16, 14, 16, 14);
    column->setSpacing(10);
    column->addWidget(makeLabel(tr("What the network says"), "panelTitle", side));
    column->addWidget(m_checkpoint);
    column->addLayout(input);
    m_guessTitle = makeLabel(m_guesses->title(), "captionStrong", side);
    column->addWidget(m_guessTitle);
    column->addWidget(m_guesses, 1);
    column->addWidget(makeRule(Qt::Horizontal, side, true));
    column->addLayout(map);
    column->addStretch(0);
    column->addWidget(m_speed);
    connect(m_mapSwitch, &QCheckBox::toggled, this, &CameraView::askMap);
    connect(m_layer, &QComboBox::currentIndexChanged, this, &CameraView::askMap);
    connect(m_opacity, &QSlider::valueChanged, this, [this](int value) { m_canvas->setMapOpacity(value / 100.0); });
    return side;
}

void CameraView::openCamera() {
    present();
    const std::vector<core::CameraInfo> cameras = m_controller.cameras();
    if (!cameras.empty()) return chooseCamera(cameras.front());
    m_controller.close();
    m_empty->say(
        tr("There is no camera"),
        tr("Connect one, then look again. Or show the network a video file: it says what it sees in every frame just the same."),
        tr("Look again"));
    m_stack->setCurrentWidget(m_empty);
}

void CameraView::chooseCamera(const core::CameraInfo& camera) {
    present();
    m_message->hide();
    m_controller.openCamera(camera);
}

void CameraView::openVideo(const QString& file) {
    present();
    m_message->hide();
    m_controller.openVideo(file);
}

void CameraView::chooseVideo() {
    present();
    auto* dialog = new QFileDialog(this, tr("Show the network a video file"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    dialog->setNameFilters(
        {tr("Videos (%1)").arg(QStringLiteral("*.mp4 *.m4v *.webm *.mkv *.avi *.mov *.ogv *.mpg *.mpeg")), tr("All files (*)")});
    connect(dialog, &QFileDialog::fileSelected, this, &CameraView::openVideo);
    dialog->open();
}

void CameraView::present() {
    show();
    raise();
    activateWindow();
}

void CameraView::togglePause() {
    using State = CameraController::State;
    if (m_controller.state() == State::Ended)
        m_controller.playAgain();
    else
        m_controller.setPaused(m_controller.state() == State::Running);
}

void CameraView::showState() {
    using State = CameraController::State;
    const State state = m_controller.state();
    const bool live = m_controller.isLive(), open = state == State::Running || state == State::Paused || state == State::Ended;
    m_title->setText(open || state == State::Opening ? m_controller.title() : tr("Live pictures"));
    m_pause->setEnabled(open);
    m_pause->setText(QLatin1Char(' ') + (state == State::Ended    ? tr("Play again")
                                         : state == State::Paused ? tr("Go on")
                                         : live || !open          ? tr("Hold")
                                                                  : tr("Pause")));
    m_pause->setIcon(Theme::instance().icon(
        state == State::Paused || state == State::Ended ? QStringLiteral("play") : QStringLiteral("pause"), Tone::Ink2));
    m_pause->setToolTip(toolTipWithKey(m_pause->text().trimmed(), tr("Space")));
    m_canvas->setNote(state == State::Paused  ? (live ? tr("Held") : tr("Paused"))
                      : state == State::Ended ? tr("The video is over")
                      : live                  ? tr("Mirrored")
                                              : QString());
    if (state == State::Opening) {
        m_canvas->setPicture(nullptr, {});
        m_empty->say(live ? tr("Opening the camera") : tr("Opening the video"), m_controller.title());
        m_stack->setCurrentWidget(m_empty);
    }
    if (open && m_controller.frame()) m_stack->setCurrentWidget(m_canvas);
    if (state != State::Running) m_speed->clear();
    m_guessTitle->setVisible(open && m_inspection.checkpoint());
    if (!open) {
        m_guesses->setGuesses({}, false);
        m_input->clear();
        m_inputText->clear();
    }
}

void CameraView::showFrame() {
    const CameraFrame& frame = *m_controller.frame();
    m_canvas->setPicture(frame.picture, frame.map);
    m_stack->setCurrentWidget(m_canvas);

    const InspectionSubject* subject = m_inspection.subject();
    std::vector<GuessBars::Guess> guesses;
    if (subject && frame.probabilities.size() == subject->run.classNames.size())
        for (const int index : core::topK(frame.probabilities.data(), static_cast<int>(frame.probabilities.size()), 5))
            guesses.push_back({nameText(subject->run.classNames[static_cast<std::size_t>(index)]),
                               frame.probabilities[static_cast<std::size_t>(index)], false});
    m_guesses->setGuesses(std::move(guesses), false);
    m_guessTitle->setText(m_guesses->title());

    if (frame.modelPicture) {
        const core::RgbPicture& small = *frame.modelPicture;
        const int side = Theme::instance().px(kInputSide);
        const QImage image(small.rgb.data(), small.width, small.height, small.width * 3, QImage::Format_RGB888);
        QPixmap pixels = QPixmap::fromImage(
            image.scaled(QSize(side, side) * devicePixelRatioF(), Qt::KeepAspectRatio, Qt::FastTransformation));
        pixels.setDevicePixelRatio(devicePixelRatioF());
        m_input->setPixmap(pixels);
        m_inputText->setText(
            tr("The network gets the square in the middle, as %1 × %2 pixels.").arg(small.width).arg(small.height));
    } else {
        m_input->clear();
        m_inputText->clear();
    }

    if (m_controller.state() == CameraController::State::Running &&
        (!m_sinceSpeed.isValid() || m_sinceSpeed.elapsed() >= kSpeedMilliseconds)) {
        m_sinceSpeed.start();
        const int speed = qRound(frame.framesPerSecond);
        m_speed->setText(frame.framesPerSecond <= 0 ? QString()
                         : speed == 1               ? tr("1 picture a second")
                                                    : tr("%1 pictures a second").arg(QLocale().toString(speed)));
    }
}

void CameraView::showModel() {
    const InspectionSubject* subject = m_inspection.subject();
    const core::KeptCheckpoint* checkpoint = m_inspection.checkpoint();
    m_checkpoint->setText(checkpoint ? tr("The network %1").arg(checkpointText(*checkpoint))
                          : subject  ? tr("The run has kept no checkpoint yet. The first one comes after the first epoch.")
                                     : tr("No run is open. Run the lesson or open a run, then the network says what it sees."));
    m_message->hide();
    const QVariant before = m_layer->currentData();
    std::vector<std::string> layers;
    if (subject) layers = core::classMapLayers(subject->run.model);
    {
        const QSignalBlocker blocker(m_layer);
        m_layer->clear();
        for (const std::string& layer : layers) {
            const core::ModelInfo& model = subject->run.model;
            m_layer->addItem(classMapLayerText(model.layers[static_cast<std::size_t>(model.indexOf(layer))]),
                             QString::fromStdString(layer));
        }
        const int kept = m_layer->findData(before);
        m_layer->setCurrentIndex(kept >= 0 || !subject
                                     ? kept
                                     : m_layer->findData(QString::fromStdString(core::usualClassMapLayer(subject->run.model))));
    }
    m_mapSwitch->setEnabled(checkpoint && !layers.empty());
    askMap();
}

void CameraView::askMap() {
    const bool shown = m_mapSwitch->isChecked() && m_mapSwitch->isEnabled();
    m_layer->setEnabled(shown);
    m_opacity->setEnabled(shown);
    m_opacityTitle->setEnabled(shown);
    m_controller.setMap({shown, m_layer->currentData().toString().toStdString(), -1});
}

void CameraView::hideEvent(QHideEvent* event) {
    QDialog::hideEvent(event);
    if (!event->spontaneous()) m_controller.close();  // not where it is only minimised
}

void CameraView::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Space && m_pause->isEnabled()) return togglePause();
    if (event->key() == Qt::Key_G && m_mapSwitch->isEnabled()) return m_mapSwitch->toggle();
    QDialog::keyPressEvent(event);
}

void CameraView::applyTheme() {
    const Theme& theme = Theme::instance();
    m_input->setFixedSize(theme.px(kInputSide), theme.px(kInputSide));
    m_inputText->parentWidget()->setFixedWidth(theme.px(kSideWidth));
    setMinimumSize(theme.px(760), theme.px(520));
    showState();
}

}  // namespace thaw::ui
