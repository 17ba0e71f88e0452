// The side column of the Live tab: some test pictures and what the network says of them now.
#pragma once

#include <QFrame>

#include <memory>

#include "ui/bridge/training_controller.h"
#include "ui/models/prediction_list_model.h"

class QLabel;
class QStackedWidget;
class QToolButton;

namespace thaw::ui {

class PictureGrid;
class SegmentedBar;

class TestPicturesPanel : public QFrame {
    Q_OBJECT
public:
    explicit TestPicturesPanel(QWidget* parent = nullptr);
    ~TestPicturesPanel() override;

    /// Once; the controller outlives the panel.
    void bindController(TrainingController* controller);
    /// 232 px with two tiles a row instead of 332 with three.
    void setNarrow(bool narrow);

    void setRun(const core::RunStarted& run);
    void setPredictions(const std::shared_ptr<const core::PredictionSet>& predictions);
    PredictionListModel& pictures() { return m_pictures; }

Q_SIGNALS:
    void pictureActivated(int id);  ///< to be opened in Predictions

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    enum Choice { All, Wrong, ByClass };
    void choose(int choice);
    void refresh();
    void applyWidth();
    void fitHeight();  ///< the pictures come first

    PredictionListModel m_pictures;
    std::int64_t m_stepsPerEpoch = 0;
    core::Split m_split = core::Split::Test;
    bool m_narrow = false;
    bool m_trained = false;  ///< what is taken up has been trained
    QLabel *m_title, *m_moment, *m_empty;
    SegmentedBar* m_choice;
    QToolButton* m_dice;
    PictureGrid* m_grid;
    QStackedWidget* m_stack;
    QWidget* m_tools;
};

}  // namespace thaw::ui
