// The Layer inspector tab: one layer of the inspected run at the chosen checkpoint. Its weights and gradients, how far it has
// moved over the epochs, and what each of its channels answers to the picture in hand. Asks only while it is visible; what is
// shown stays until the new answer is there, unless it would be taken for that of another layer or picture. Parts that need what
// is gone, the pictures or the model before its first step, say so in their place.
#pragma once

#include <QFrame>
#include <QHash>
#include <QImage>
#include <QTimer>

#include <filesystem>
#include <optional>
#include <utility>

#include "core/api/inspector.h"
#include "ui/models/channel_list_model.h"

class QBoxLayout;
class QLabel;
class QStackedWidget;
class QToolButton;

namespace thaw::ui {

class ChannelCard;
class ChannelMosaic;
class ElidedLabel;
class EmptyState;
class FilterTilesView;
class HistogramPlot;
class LayerHead;
class LayerHistoryPanel;
class PageScroll;
class PictureCard;
class SegmentedBar;
class Session;

class InspectorView : public QFrame {
    Q_OBJECT
public:
    enum WeightsPart { Weights, Gradients, Output };
    enum AnswersPart { Channels, Filters };

    explicit InspectorView(Session& session, QWidget* parent = nullptr);
    ~InspectorView() override;

    QString layer() const { return QString::fromStdString(m_layer); }
    const core::PictureChoice& picture() const { return m_picture; }
    const ChannelListModel& channels() const { return m_channels; }
    int channel() const;

public Q_SLOTS:
    void showLayer(const QString& name);  ///< Keras's name; ignored where the model has no such layer
    void showPicture(qint64 index);       ///< of the test split
    void showPictureFile(const QString& file);

Q_SIGNALS:
    void layerChanged(const QString& name);  ///< also when the page appears

protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    static constexpr QLatin1Char kSeparator{'|'};  ///< between the parts of keys

    QWidget* makePlots();
    QWidget* makeAnswers();
    void arrange();

    const core::ModelInfo& model() const;
    const core::LayerInfo* layerInfo() const;
    bool isFirstConvolution() const;
    bool isLive() const;  ///< the inspected run is the one that the layer tree shows
    QStringList classNames() const;
    QString checkpointKey() const;
    QString pictureKey() const;
    QString saidKey() const;
    QString statisticsKey() const;
    QString topKey() const;

    void takeSubject();
    void chooseLayer();  ///< one that the model has
    void walkLayers(int by);
    void walkPictures(qint64 by);
    void choosePicture(core::PictureChoice picture);
    void chooseFile();
    void chooseChannel(int channel);  ///< by the user: stays for this layer, whatever picture is taken in hand
    void showChosenChannel(int channel);

    void refresh();  ///< everything for the present layer, picture and checkpoint: texts at once, the rest asked for
    void refreshTexts();
    void dropForeign();     ///< what is still shown of another layer or picture
    void dropForeignTop();  ///< the same of another channel, and asks soon
    void stopOrAskTop();
    void askStatistics();
    void askPicture();
    void askAnswers();
    void askFilters();
    void askTop();
    void showStatistics();
    void showPictureTexts();
    void showChannel();
    void sayInAnswers(const QString& message);

    Session& m_session;
    std::string m_layer;
    core::PictureChoice m_picture;
    std::filesystem::path m_run;

    QHash<QString, core::LayerStatistics> m_statistics;  ///< by checkpoint and layer
    std::optional<core::FilePrediction> m_file;          ///< the picture in hand, where it is a file
    std::vector<float> m_said;                           ///< of m_saidPicture
    ChannelListModel m_channels;
    /// What is under way and what is shown, by keys of checkpoint, layer, picture and channel.
    QString m_statisticsAsked, m_pictureAsked, m_pictureShown, m_answersAsked, m_answersShown, m_filtersAsked, m_filtersShown,
        m_topAsked, m_topShown;
    QString m_plotted, m_deadLayer, m_answersLayer, m_answersPicture, m_saidPicture;
    QString m_chosenIn,
        m_strongestOf;  ///< layer in which the user chose a channel; layer and picture whose strongest one is shown
    std::pair<QString, QString> m_problem, m_pictureProblem;  ///< why there are no statistics or no answer, with their keys
    QString m_topStopped;                                     ///< checkpoint and layer for which the user stopped the search
    int m_wantedPart = Weights;                               ///< where the layer has it
    QTimer m_foreign;                                         ///< until foreign content is dropped: quick answers do not flicker
    QTimer m_topDelay;

    LayerHead* m_head;
    QStackedWidget *m_pages, *m_lower, *m_answers;
    EmptyState* m_empty;
    PageScroll* m_scroll;
    QBoxLayout *m_plots, *m_answersHead, *m_answersRow;
    ElidedLabel *m_weightsTitle, *m_answersTitle;
    SegmentedBar *m_weightsPart, *m_answersPart, *m_scale;
    QToolButton* m_sort;
    HistogramPlot* m_weights;
    LayerHistoryPanel* m_history;
    PictureCard* m_pictureCard;
    ChannelMosaic* m_mosaic;
    ChannelCard* m_channelCard;
    FilterTilesView* m_filters;
    QLabel* m_answersMessage;
};

}  // namespace thaw::ui
