// Live pictures: a camera or a video file, and beside it what the chosen checkpoint says of each frame, five best guesses and,
// where asked for, Grad-CAM. A window of its own beside the main one, never modal.
#pragma once

#include <QDialog>
#include <QElapsedTimer>

#include "ui/bridge/camera_controller.h"

class QCheckBox;
class QComboBox;
class QLabel;
class QMenu;
class QSlider;
class QStackedWidget;
class QToolButton;

namespace thaw::ui {

class CameraCanvas;
class EmptyState;
class GuessBars;
class InspectionController;
class MessageLine;

class CameraView : public QDialog {
    Q_OBJECT
public:
    /// `inspection` outlives the view.
    explicit CameraView(InspectionController& inspection, FrameSources sources = coreFrameSources(), QWidget* parent = nullptr);

    CameraController& controller() { return m_controller; }

public Q_SLOTS:
    void openCamera();  ///< shows itself, with the first camera there is
    void openVideo(const QString& file);
    void chooseVideo();  ///< opens the dialog

protected:
    void hideEvent(QHideEvent* event) override;  ///< lets go of the camera
    void keyPressEvent(QKeyEvent* event) override;

private:
    QWidget* makeHead();
    QWidget* makeSide();
    void chooseCamera(const core::CameraInfo& camera);
    void showState();
    void showFrame();
    void showModel();
    void askMap();
    void present();
    void togglePause();
    void applyTheme();

    InspectionController& m_inspection;
    CameraController m_controller;
    QElapsedTimer m_sinceSpeed;

    QLabel *m_title, *m_checkpoint, *m_input, *m_inputText, *m_speed, *m_opacityTitle, *m_guessTitle;
    QToolButton *m_cameras, *m_video, *m_pause;
    QMenu* m_cameraMenu;
    QStackedWidget* m_stack;
    CameraCanvas* m_canvas;
    EmptyState* m_empty;
    MessageLine* m_message;
    GuessBars* m_guesses;
    QCheckBox* m_mapSwitch;
    QComboBox* m_layer;
    QSlider* m_opacity;
};

}  // namespace thaw::ui
