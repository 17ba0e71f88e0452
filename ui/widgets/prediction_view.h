// The Predictions tab: what the network says of every test picture, by filters and pages; one picture in full at the side; the
// pinned pictures below; and the user's own pictures, by dialog or by dropping files anywhere on the tab.
#pragma once

#include <QStringList>
#include <QWidget>

#include <memory>

#include "ui/bridge/training_controller.h"
#include "ui/models/pinned_list_model.h"
#include "ui/models/prediction_list_model.h"

class QComboBox;
class QFrame;
class QGridLayout;
class QLabel;
class QPushButton;
class QStackedWidget;
class QToolButton;

namespace thaw::ui {

class PictureGrid;
class PinnedStrip;
class PredictionDetail;
class SegmentedBar;

/// "after epoch 12", "before training", or "at step 4,934" where it lies inside an epoch. stepsPerEpoch 0: unknown.
QString momentText(const core::PredictionSet& predictions, std::int64_t stepsPerEpoch);

class PredictionView : public QWidget {
    Q_OBJECT
public:
    /// More own pictures than these are not taken.
    static constexpr int kMostOwnPictures = 200;

    explicit PredictionView(QWidget* parent = nullptr);
    ~PredictionView() override;

    /// Once; the controller outlives the view.
    void bindController(TrainingController* controller);

    void setRun(const core::RunStarted& run);
    void setPredictions(const std::shared_ptr<const core::PredictionSet>& predictions);
    void setOwnPredictions(const std::vector<core::FilePrediction>& files);
    void showPicture(int id);  ///< a test picture, whatever the filter

    PredictionListModel& pictures() { return m_pictures; }
    PinnedListModel& pins() { return m_pins; }

public Q_SLOTS:
    void chooseFiles();                       ///< opens the dialog
    void addFiles(const QStringList& files);  ///< files, and folders with pictures in them
    void refreshPredictions();

protected:
    void resizeEvent(QResizeEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dragLeaveEvent(QDragLeaveEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    QWidget* makeHead();
    QWidget* makeFoot();
    QWidget* makeEmpty();
    void arrange();
    void setFilter(PictureFilter filter);
    void refresh();
    void refreshActions();
    void say(const QString& text);
    void sendFiles();
    void dropRequests();

    TrainingController* m_controller = nullptr;
    PredictionListModel m_pictures;
    PinnedListModel m_pins;
    std::int64_t m_stepsPerEpoch = 0;
    QString m_runId;
    quint64 m_evaluateRequest = 0, m_fileRequest = 0;
    QStringList m_waitingFiles;  // to be predicted as soon as a run can
    bool m_ownOutdated = false;  // own pictures were predicted by older weights
    bool m_showOwnWhenReady = false;

    QFrame* m_panel;
    QWidget *m_head, *m_combos, *m_overlay;
    QGridLayout* m_headGrid;
    SegmentedBar* m_filters;
    QComboBox *m_trueClass, *m_predictedClass;
    QToolButton *m_add, *m_dice, *m_refresh, *m_previousPage, *m_nextPage, *m_closeMessage;
    QFrame* m_messageBar;
    QLabel *m_message, *m_moment, *m_range, *m_emptyTitle, *m_emptyText;
    QWidget* m_legend;
    QPushButton* m_emptyAction;
    QStackedWidget* m_stack;
    PictureGrid* m_grid;
    PinnedStrip* m_strip;
    PredictionDetail* m_detail;
};

}  // namespace thaw::ui
