// The Predictions tab: what the network says of every test picture, by filters and pages; one picture in full at the side; the
// pinned pictures below; and the user's own pictures, by dialog or by dropping files anywhere on the tab. Of a model of texts it
// shows texts as cards with coloured words, and a box to ask about one's own. It shows the run that
// the inspection looks at. While that is the run in training and its newest checkpoint is followed, the training itself answers;
// all others are asked of the inspection.
#pragma once

#include <QHash>
#include <QSet>
#include <QWidget>

#include <memory>

#include "ui/bridge/inspection_controller.h"
#include "ui/bridge/training_controller.h"
#include "ui/models/pinned_list_model.h"
#include "ui/models/prediction_list_model.h"
#include "ui/widgets/predictions/own_picture_queue.h"

class QComboBox;
class QFrame;
class QGridLayout;
class QLabel;
class QMenu;
class QAction;
class QPushButton;
class QStackedWidget;
class QToolButton;

namespace thaw::ui {

class Background;
class ElidedLabel;
class MessageLine;
class OwnPicturesBar;
class OwnPicturesTable;
class PastedPictures;
class PictureGrid;
class PinnedStrip;
class PredictionDetail;
class PredictionLegend;
class SegmentedBar;
class TextAttributions;
class TextCards;
class TextDetail;
class WorkStrip;

/// "after epoch 12", "before training", or "at step 4,934" where it lies inside an epoch. stepsPerEpoch 0: unknown.
QString momentText(const core::PredictionSet& predictions, std::int64_t stepsPerEpoch);

class PredictionView : public QWidget {
    Q_OBJECT
public:
    explicit PredictionView(QWidget* parent = nullptr);

    /// Once each; the controllers outlive the view.
    void bindController(TrainingController* controller);
    void bindInspection(InspectionController* inspection);

    void setRun(const core::RunStarted& run);
    void setPredictions(const std::shared_ptr<const core::PredictionSet>& predictions);
    int setOwnPredictions(const std::vector<core::FilePrediction>& files);  ///< returns the first one's id
    void showPicture(int id);                                               ///< a test picture, whatever the filter
    void showClasses(int truth, int predicted);                             ///< all pictures of these classes; -1: any

    PredictionListModel& pictures() { return m_pictures; }
    PinnedListModel& pins() { return m_pins; }

public Q_SLOTS:
    void chooseFiles();                       ///< opens the dialog
    void chooseFolder();                      ///< opens the dialog
    void addFiles(const QStringList& files);  ///< files, and folders with pictures in them
    void paste();                             ///< a picture or picture files from the clipboard
    void refreshPredictions();                ///< of the run in training; of a checkpoint that did not answer, once more

Q_SIGNALS:
    void cameraRequested();
    void videoRequested();
    /// What the newest checkpoint of the run in training says, where the training itself has not said it: the run was opened.
    void newestAnswered(const std::shared_ptr<const thaw::core::PredictionSet>& predictions);
    void pictureShown(int id);  ///< in full, at the side; as in PredictionListModel

protected:
    void resizeEvent(QResizeEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dragLeaveEvent(QDragLeaveEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    enum StackPage { kTilePage, kEmptyPage, kTablePage, kCardPage };
    QWidget* makeColours(QWidget* parent);
    void bindTexts();
    void setCurrent(int id);
    void stepBy(int by);
    void arrangeTexts();
    QWidget* makeHead();
    QWidget* makeFoot();
    QWidget* makeEmpty();
    void arrange();
    void arrangePins();
    void arrangeEmpty(bool canEvaluate, bool waiting);
    void setFilter(PictureFilter filter);
    void setPictures(const std::shared_ptr<const core::PictureSet>& pictures, const QStringList& names, const QString& datasetId);
    void takeTrainingRun(const core::RunStarted& run);
    void takeSubject();
    void setStepsPerEpoch(std::int64_t steps);
    void takeLive(const std::shared_ptr<const core::PredictionSet>& predictions);
    void follow();
    void askPredictions();
    void stopAsking();
    void refusePredictions(const QString& why);
    void askAgain();
    void askPins();
    void goToStep(std::int64_t step);
    const core::KeptCheckpoint* checkpoint() const;  ///< of the run that is shown; null: none
    /// What of a run can be shown here; null: it continues texts.
    static std::shared_ptr<const core::PictureSet> picturesOf(const core::RunStarted& run);
    bool showsTraining() const;  ///< the run in the worker
    bool isChosen() const;       ///< a checkpoint, or another run, was chosen by the user
    bool asksTraining() const;   ///< about own pictures: the run in the worker answers, and no checkpoint
    OwnPictureQueue::Answerer answerer() const;
    void refresh();
    void refreshMoment();
    void refreshActions();
    void say(const QString& text);
    QMenu* makeAddMenu();
    void offerUnlabelled(const core::DatasetInfo& dataset);
    void addUnlabelled();
    void takeFolders(const QHash<QString, QString>& folderOfFile);
    void showFilesWork(bool working, qint64 done, qint64 total);
    void dropRequests();

    TrainingController* m_controller = nullptr;
    InspectionController* m_inspection = nullptr;
    PredictionListModel m_pictures;
    PinnedListModel m_pins;
    std::int64_t m_stepsPerEpoch = 0;
    QString m_runId;                                    // of the run that is shown
    std::shared_ptr<const core::PredictionSet> m_live;  // newest of the run in the worker
    std::string m_askedFor;                             // checkpoint whose predictions are on their way
    std::string m_refused;                              // checkpoint that is not asked for them again by itself
    QString m_refusal;                                  // why not
    bool m_pinsAsked = false;                           // what a checkpoint says of the pins is on its way
    QSet<qint64> m_pinsRefused;                         // steps whose checkpoint could not say anything of the pins
    quint64 m_evaluateRequest = 0;
    int m_filesAdded = 0, m_filesUnusable = 0;   // since there were no own pictures to ask about
    bool m_low = false, m_foldedBefore = false;  // little height, and the pinned strip as it was before

    Background* m_background;
    PastedPictures* m_pasted;
    std::unique_ptr<OwnPictureQueue> m_own;  // goes before the background, so that a listing under way ends
    OwnPicturesBar* m_ownBar;
    OwnPicturesTable* m_ownTable;
    QFrame* m_panel;
    QWidget *m_head, *m_combos, *m_overlay;
    QGridLayout* m_headGrid;
    SegmentedBar* m_filters;
    QComboBox *m_trueClass, *m_predictedClass;
    QToolButton *m_add, *m_showPins, *m_dice, *m_refresh, *m_previousPage, *m_nextPage;
    MessageLine* m_message;
    WorkStrip *m_predicting, *m_filesWork;
    ElidedLabel* m_moment;
    QLabel *m_range, *m_emptyTitle, *m_emptyText;
    PredictionLegend* m_legend;
    QPushButton* m_emptyAction;
    QAction* m_unlabelled;
    QStringList m_unlabelledFolders;
    QStackedWidget* m_stack;
    PictureGrid* m_grid;
    PinnedStrip* m_strip;
    PredictionDetail* m_detail;
    // In place of grid and detail where the model reads texts.
    TextAttributions* m_words;
    TextCards* m_cards;
    TextDetail* m_textDetail;
    QWidget* m_colours;
};

}  // namespace thaw::ui
