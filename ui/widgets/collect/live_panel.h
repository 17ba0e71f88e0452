// The live side of a collection: what the camera sees, what the newest head says of it, how the training stands, and the ways
// out.
#pragma once

#include <QElapsedTimer>
#include <QFrame>
#include <QTimer>

#include "ui/bridge/collect_controller.h"

class QCheckBox;
class QLabel;
class QProgressBar;
class QPushButton;
class QStackedWidget;
class QToolButton;

namespace thaw::ui {

class CameraCanvas;
class Chip;
class EmptyState;
class GuessBars;

class LivePanel : public QFrame {
    Q_OBJECT
public:
    explicit LivePanel(CollectController& collect, QWidget* parent = nullptr);

    void openCamera();  ///< the first one there is, unless something is open
    void setCompact(bool compact);

Q_SIGNALS:
    void saveRequested();
    void studioRequested();

private:
    QWidget* makeHead();
    QWidget* makeTraining();
    void chooseSource();
    void chooseVideo();
    void showState();
    void showFrame();
    void showAnswer();
    void showTraining();
    void applyTheme();

    CollectController& m_collect;
    QElapsedTimer m_sinceOrder;
    std::vector<int> m_order;  // classes of the bars
    QTimer m_aging;
    QToolButton *m_source, *m_hold;
    QStackedWidget* m_stack;
    CameraCanvas* m_canvas;
    EmptyState* m_empty;
    GuessBars* m_bars;
    QLabel *m_second, *m_status, *m_head, *m_judged;
    QCheckBox* m_switch;
    Chip *m_trunk, *m_headChip;
    QProgressBar* m_progress;
    QPushButton *m_save, *m_go;
};

}  // namespace thaw::ui
