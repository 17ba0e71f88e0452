#include "ui/widgets/inspector/inspector_view.h"

#include <QBoxLayout>
#include <QDragEnterEvent>
#include <QDropEvent>
#include <QFileInfo>
#include <QKeyEvent>
#include <QLabel>
#include <QLocale>
#include <QMimeData>
#include <QRandomGenerator>
#include <QStackedWidget>
#include <QToolButton>
#include <QUrl>

#include <algorithm>

#include "ui/bridge/session.h"
#include "ui/models/path_text.h"
#include "ui/models/picture_images.h"
#include "ui/models/prediction_list_model.h"
#include "ui/models/task_text.h"
#include "ui/widgets/inspector/channel_card.h"
#include "ui/widgets/inspector/channel_mosaic.h"
#include "ui/widgets/inspector/filter_tiles.h"
#include "ui/widgets/inspector/histogram_plot.h"
#include "ui/widgets/inspector/layer_head.h"
#include "ui/widgets/inspector/layer_history.h"
#include "ui/widgets/inspector/picture_card.h"
#include "ui/widgets/inspector/plot_column.h"
#include "ui/widgets/parts/elided_label.h"
#include "ui/widgets/parts/empty_state.h"
#include "ui/widgets/parts/file_dialogs.h"
#include "ui/widgets/parts/framed_button.h"
#include "ui/widgets/parts/page_scroll.h"
#include "ui/widgets/parts/segmented_bar.h"
#include "ui/widgets/parts/styling.h"

namespace thaw::ui {
namespace {

constexpr int kForeignMilliseconds = 150, kTopMilliseconds = 250;
constexpr double kTwoPlots = 620, kCardBeside = 720, kOneLine = 700;  // design pixels of the page from which there is room

/// As high as it must be, not as its texts would like to be: the page scrolls only where its parts have no room.
/// The parts share the height alike whatever they say at the moment.
class PlainHeight : public QWidget {
public:
    using QWidget::QWidget;
    bool hasHeightForWidth() const override { return false; }
    QSize sizeHint() const override { return {QWidget::sizeHint().width(), minimumSizeHint().height()}; }
};

/// The first file of this machine; empty: there is none.
QString fileIn(const QMimeData& data) {
    const QList<QUrl> urls = data.urls();
    const auto local = std::find_if(urls.begin(), urls.end(), [](const QUrl& url) { return url.isLocalFile(); });
    return local == urls.end() ? QString() : local->toLocalFile();
}

}  // namespace

InspectorView::InspectorView(Session& session, QWidget* parent) : QFrame(parent), m_session(session) {
    setProperty("panel", true);
    setFocusPolicy(Qt::ClickFocus);
    setAccessibleName(tr("Layer inspector"));
    setAcceptDrops(true);
    m_head = new LayerHead(session, this);
    m_scroll = new PageScroll(this);
    auto* content = new QWidget;
    auto* column = new QVBoxLayout(content);
    column->setContentsMargins(16, 12, 14, 12);
    column->setSpacing(14);
    column->addWidget(makePlots(), 2);
    column->addWidget(makeAnswers(), 3);
    m_scroll->setWidget(content);
    m_empty = new EmptyState(this);
    m_pages = new QStackedWidget(this);
    m_pages->addWidget(m_scroll);
    m_pages->addWidget(m_empty);
    auto* rows = new QVBoxLayout(this);
    rows->setContentsMargins(1, 1, 1, 1);
    rows->setSpacing(0);
    rows->addWidget(m_head);
    rows->addWidget(makeRule(Qt::Horizontal, this, true));
    rows->addWidget(m_pages, 1);

    m_foreign.setSingleShot(true);
    m_foreign.setInterval(kForeignMilliseconds);
    connect(&m_foreign, &QTimer::timeout, this, &InspectorView::dropForeign);
    m_topDelay.setSingleShot(true);
    m_topDelay.setInterval(kTopMilliseconds);
    connect(&m_topDelay, &QTimer::timeout, this, &InspectorView::askTop);

    connect(m_head, &LayerHead::previousRequested, this, [this] { walkLayers(-1); });
    connect(m_head, &LayerHead::nextRequested, this, [this] { walkLayers(1); });
    connect(m_empty, &EmptyState::actionRequested, &session, &Session::runLesson);
    InspectionController& inspection = session.inspection();
    connect(&inspection, &InspectionController::subjectChanged, this, &InspectorView::takeSubject);
    connect(&inspection, &InspectionController::checkpointChanged, this, [this] {
        // Taken back with the checkpoint before.
        for (QString* asked : {&m_statisticsAsked, &m_pictureAsked, &m_answersAsked, &m_filtersAsked, &m_topAsked})
            asked->clear();
        refresh();
    });
    connect(&inspection, &InspectionController::checkpointsChanged, this, &InspectorView::refresh);
    for (const auto signal : {&Session::actionsChanged, &Session::shownRunChanged})
        connect(&session, signal, this, &InspectorView::refreshTexts);
    connect(&session.layers(), &QAbstractItemModel::modelReset, this, &InspectorView::chooseLayer);
    connect(&Theme::instance(), &Theme::changed, this, &InspectorView::arrange);
    connect(&PictureImages::instance(), &PictureImages::arrived, this, [this] {
        if (m_session.inspection().subject()) showPictureTexts();
    });
    takeSubject();
    arrange();
}

InspectorView::~InspectorView() = default;

QWidget* InspectorView::makePlots() {
    auto* plots = new PlainHeight;
    m_weightsTitle = makePlotTitle(plots);
    m_weightsPart = new SegmentedBar(plots);
    m_weightsPart->setAccessibleName(tr("Which numbers of the layer"));
    m_weightsPart->addSegment(Weights, tr("Weights"));
    m_weightsPart->addSegment(Gradients, tr("Gradients"));
    m_weightsPart->addSegment(Output, tr("Output"));
    m_weights = new HistogramPlot(plots);
    m_history = new LayerHistoryPanel(m_session.inspection(), plots);
    m_plots = new QBoxLayout(QBoxLayout::LeftToRight, plots);
    m_plots->setContentsMargins(0, 0, 0, 0);
    m_plots->addLayout(makePlotColumn(m_weightsTitle, m_weightsPart, m_weights), 1);
    m_plots->addWidget(m_history, 1);
    connect(m_weightsPart, &SegmentedBar::currentChanged, this, [this](int part) {
        m_wantedPart = part;
        refreshTexts();
    });
    return plots;
}

QWidget* InspectorView::makeAnswers() {
    auto* answers = new PlainHeight;
    m_answersTitle = makePlotTitle(answers);
    m_answersPart = new SegmentedBar(answers);
    m_answersPart->setAccessibleName(tr("Answers or filters"));
    m_answersPart->addSegment(Channels, tr("Channels"));
    m_answersPart->addSegment(Filters, tr("Filters"));
    m_scale = new SegmentedBar(answers);
    m_scale->setAccessibleName(tr("Scale of the colours"));
    m_scale->addSegment(false, tr("Own scale"));
    m_scale->addSegment(true, tr("Shared scale"));
    m_scale->setToolTip(tr("Each channel from its own smallest to its own largest number, or all of them by the same numbers"));
    m_sort = makeFramedButton(QStringLiteral("sort"), {}, tr("Strongest channels first"), answers);
    m_sort->setCheckable(true);
    auto* tools = new QHBoxLayout;
    tools->setSpacing(8);
    tools->addWidget(m_answersPart);
    tools->addWidget(m_scale);
    tools->addWidget(m_sort);
    tools->addStretch(1);
    m_answersHead = new QBoxLayout(QBoxLayout::LeftToRight);
    m_answersHead->setSpacing(8);
    m_answersHead->addWidget(m_answersTitle, 1);
    m_answersHead->addLayout(tools);

    auto* channels = new QWidget(answers);
    m_pictureCard = new PictureCard(channels);
    m_mosaic = new ChannelMosaic(m_channels, channels);
    m_answersMessage = makeLabel({}, "body", channels);
    m_answersMessage->setWordWrap(true);
    m_answersMessage->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    m_answers = new QStackedWidget(channels);
    m_answers->addWidget(m_mosaic);
    m_answers->addWidget(m_answersMessage);
    m_channelCard = new ChannelCard(m_channels, channels);
    auto* beside = new QHBoxLayout;
    beside->setSpacing(16);
    beside->addWidget(m_pictureCard, 0, Qt::AlignTop);
    beside->addWidget(m_answers, 1);
    m_answersRow = new QBoxLayout(QBoxLayout::LeftToRight, channels);
    m_answersRow->setContentsMargins(0, 0, 0, 0);
    m_answersRow->setSpacing(16);
    m_answersRow->addLayout(beside, 1);
    m_answersRow->addWidget(m_channelCard);
    m_filters = new FilterTilesView(answers);
    m_lower = new QStackedWidget(answers);
    m_lower->addWidget(channels);
    m_lower->addWidget(m_filters);
    auto* column = new QVBoxLayout(answers);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(10);
    column->addLayout(m_answersHead);
    column->addWidget(m_lower, 1);

    connect(m_answersPart, &SegmentedBar::currentChanged, this, &InspectorView::refresh);
    connect(m_scale, &SegmentedBar::currentChanged, this, [this](int shared) {
        m_channels.setSharedScale(shared != 0);
        showChannel();
    });
    connect(m_sort, &QToolButton::toggled, &m_channels, &ChannelListModel::setStrongestFirst);
    m_sort->setChecked(true);
    connect(m_mosaic, &ChannelMosaic::channelChosen, this, &InspectorView::chooseChannel);
    connect(m_filters, &FilterTilesView::filterChosen, this, &InspectorView::chooseChannel);
    connect(m_channelCard, &ChannelCard::topActionRequested, this, &InspectorView::stopOrAskTop);
    connect(m_channelCard, &ChannelCard::pictureChosen, this, [this](qint64 index) {
        m_chosenIn = layer();  // it is about this channel
        showPicture(index);
    });
    connect(m_pictureCard, &PictureCard::previousRequested, this, [this] { walkPictures(-1); });
    connect(m_pictureCard, &PictureCard::nextRequested, this, [this] { walkPictures(1); });
    connect(m_pictureCard, &PictureCard::diceRequested, this, [this] {
        const InspectionSubject* subject = m_session.inspection().subject();
        if (subject && subject->pictures && subject->pictures->count() > 0)
            showPicture(QRandomGenerator::global()->bounded(static_cast<qint64>(subject->pictures->count())));
    });
    connect(m_pictureCard, &PictureCard::fileRequested, this, &InspectorView::chooseFile);
    return answers;
}

void InspectorView::arrange() {
    const Theme& theme = Theme::instance();
    const double wide = width() / theme.scale();
    m_plots->setDirection(wide >= kTwoPlots ? QBoxLayout::LeftToRight : QBoxLayout::TopToBottom);
    m_plots->setSpacing(theme.px(18));
    m_answersHead->setDirection(wide >= kOneLine ? QBoxLayout::LeftToRight : QBoxLayout::TopToBottom);
    m_answersRow->setDirection(wide >= kCardBeside ? QBoxLayout::LeftToRight : QBoxLayout::TopToBottom);
    m_channelCard->setWide(wide < kCardBeside);
    m_channelCard->setMinimumWidth(wide >= kCardBeside ? theme.px(242) : 0);
    m_channelCard->setMaximumWidth(wide >= kCardBeside ? theme.px(242) : QWIDGETSIZE_MAX);
}

// --- what the page is about ---------------------------------------------------------------------------------------------------

const core::ModelInfo& InspectorView::model() const {
    const InspectionSubject* subject = m_session.inspection().subject();
    return subject ? subject->run.model : m_session.layers().modelInfo();
}

const core::LayerInfo* InspectorView::layerInfo() const {
    const int index = model().indexOf(m_layer);
    return index < 0 ? nullptr : &model().layers[static_cast<std::size_t>(index)];
}

bool InspectorView::isFirstConvolution() const {
    const auto& layers = model().layers;
    return !layers.empty() && layers.front().name == m_layer && layers.front().kind == core::LayerKind::Conv2d;
}

bool InspectorView::isLive() const {
    const InspectionSubject* subject = m_session.inspection().subject();
    if (!subject) return true;
    // Where the tree shows the next run, its ticks say nothing about the run that has ended.
    return m_session.showsRun() && m_session.training().run()->runId == subject->run.runId;
}

QStringList InspectorView::classNames() const {
    QStringList names;
    if (const InspectionSubject* subject = m_session.inspection().subject())
        for (const std::string& name : subject->run.classNames) names << nameText(name);
    return names;
}

QString InspectorView::checkpointKey() const {
    const core::KeptCheckpoint* checkpoint = m_session.inspection().checkpoint();
    return checkpoint ? QString::fromStdString(checkpoint->name) : QString();
}

QString InspectorView::pictureKey() const {
    return m_picture.file.empty() ? QString::number(m_picture.index) : pathText(m_picture.file);
}

QString InspectorView::saidKey() const { return checkpointKey() + kSeparator + pictureKey(); }

QString InspectorView::topKey() const { return checkpointKey() + kSeparator + layer() + kSeparator + QString::number(channel()); }

int InspectorView::channel() const { return m_mosaic->currentChannel(); }

void InspectorView::takeSubject() {
    const InspectionSubject* subject = m_session.inspection().subject();
    const std::filesystem::path run = subject ? subject->run.directory : std::filesystem::path();
    m_history->takeSubject(run != m_run);
    if (run != m_run) {
        m_run = run;
        m_plotted.clear();
        m_deadLayer.clear();
        m_picture.index = 0;
    }
    // The same run too may have been opened anew for other pictures or other weights.
    for (QString* key :
         {&m_statisticsAsked, &m_pictureAsked, &m_answersAsked, &m_filtersAsked, &m_topAsked, &m_pictureShown, &m_answersShown,
          &m_filtersShown, &m_topShown, &m_saidPicture, &m_chosenIn, &m_strongestOf, &m_topStopped})
        key->clear();
    m_statistics.clear();
    m_problem = m_pictureProblem = {};
    m_said.clear();
    m_file.reset();
    m_channels.clear();
    m_filters->setMessage(tr("Reading the filters"));
    if (subject && subject->pictures)
        m_picture.index = std::clamp<std::int64_t>(m_picture.index, 0, std::max<std::int64_t>(0, subject->pictures->count() - 1));
    chooseLayer();
}

void InspectorView::chooseLayer() {
    if (!layerInfo() && !model().layers.empty()) {
        // The deepest convolution is what the lesson thaws first.
        const auto& layers = model().layers;
        const auto deepest =
            std::find_if(layers.rbegin(), layers.rend(), [](const auto& info) { return info.kind == core::LayerKind::Conv2d; });
        m_layer = deepest == layers.rend() ? layers.front().name : deepest->name;
        Q_EMIT layerChanged(layer());
    }
    refresh();
}

void InspectorView::showLayer(const QString& name) {
    const int index = model().indexOf(name.toStdString());
    if (index < 0 || model().layers[static_cast<std::size_t>(index)].name == m_layer) return;
    m_layer = model().layers[static_cast<std::size_t>(index)].name;
    m_chosenIn.clear();
    m_strongestOf.clear();
    m_foreign.start();
    refresh();
    Q_EMIT layerChanged(layer());
}

void InspectorView::showPicture(qint64 index) {
    const InspectionSubject* subject = m_session.inspection().subject();
    if (!subject || !subject->pictures || index < 0 || index >= subject->pictures->count()) return;
    choosePicture({core::Split::Test, index, {}, nullptr});
}

void InspectorView::showPictureFile(const QString& file) { choosePicture({core::Split::Test, 0, pathOf(file), nullptr}); }

void InspectorView::choosePicture(core::PictureChoice picture) {
    m_picture = std::move(picture);
    m_foreign.start();
    refresh();
}

void InspectorView::chooseFile() {
    choosePictures(this, tr("A picture to look into"), false, [this](const QStringList& files) {
        if (!files.isEmpty()) showPictureFile(files.front());
    });
}

void InspectorView::chooseChannel(int channel) {
    m_chosenIn = layer();
    showChosenChannel(channel);
}

void InspectorView::showChosenChannel(int channel) {
    if (channel != m_mosaic->currentChannel()) m_mosaic->setCurrentChannel(channel);
    showChannel();
    refreshTexts();
    dropForeignTop();
}

void InspectorView::walkLayers(int by) {
    const int index = model().indexOf(m_layer) + by;
    if (index >= 0 && index < static_cast<int>(model().layers.size()))
        showLayer(QString::fromStdString(model().layers[static_cast<std::size_t>(index)].name));
}

void InspectorView::walkPictures(qint64 by) { showPicture(m_picture.file.empty() ? m_picture.index + by : 0); }

// --- asking
// ---------------------------------------------------------------------------------------------------------------------

void InspectorView::refresh() {
    refreshTexts();
    if (!isVisible() || m_pages->currentWidget() != m_scroll) return;
    askPicture();
    askAnswers();
    askFilters();
    askStatistics();
    dropForeignTop();
    m_history->ask();
}

void InspectorView::dropForeign() {
    if (!m_channels.isEmpty() && (m_answersLayer != layer() || m_answersPicture != pictureKey()))
        sayInAnswers(tr("The network looks at the picture"));
    showStatistics();
}

void InspectorView::dropForeignTop() {
    const InspectionSubject* subject = m_session.inspection().subject();
    // Those of the same channel at another checkpoint stay until the new ones are there.
    const bool foreign = m_topShown.section(kSeparator, 1) != topKey().section(kSeparator, 1);
    if (foreign) m_topShown.clear();
    if (subject && !subject->pictures) return m_channelCard->setTopMessage(subject->problem);
    const bool stopped = m_topStopped == statisticsKey();
    if (foreign)
        m_channelCard->setTopMessage(stopped ? tr("Not tried on pictures: it was cancelled.") : tr("Trying it on pictures"),
                                     stopped ? tr("Try it on pictures") : QString());
    if (!stopped) m_topDelay.start();
}

void InspectorView::stopOrAskTop() {
    m_topStopped = m_topAsked.isEmpty() ? QString() : statisticsKey();
    m_session.inspection().cancel(this, QStringLiteral("top"));
    m_topAsked.clear();
    m_topDelay.stop();
    dropForeignTop();
}

void InspectorView::refreshTexts() {
    const InspectionSubject* subject = m_session.inspection().subject();
    const core::LayerInfo* info = layerInfo();
    const bool shown = subject && m_session.inspection().checkpoint() && info;
    m_pages->setCurrentWidget(shown ? static_cast<QWidget*>(m_scroll) : m_empty);
    if (!subject)
        m_empty->say(
            tr("Nothing to look into yet"),
            tr("Run the lesson, or open a run. Then this page shows what each layer does, and what training changes in it."),
            m_session.actions().runLesson ? tr("Run the lesson") : QString());
    else if (!shown)
        m_empty->say(tr("The first checkpoint comes after the first epoch"),
                     tr("Then this page shows what each layer does, and what training changes in it."));
    if (!info) return;
    const int index = model().indexOf(m_layer);
    m_head->showLayer(model(), index, isLive());
    const bool weights = info->hasParameters();
    m_weightsPart->setSegmentVisible(Weights, weights);
    m_weightsPart->setSegmentVisible(Gradients, weights);
    const int part = weights ? m_wantedPart : Output;
    m_weightsPart->setCurrent(part);
    m_weightsTitle->setText(part == Weights     ? tr("Weights: start and now")
                            : part == Gradients ? tr("Gradients of the weights")
                                                : tr("What it answers to this picture"));
    m_weightsTitle->setShortText(part == Weights ? tr("Start, now") : part == Gradients ? tr("Gradients") : tr("Its answer"));
    m_weightsTitle->setToolTip(
        part == Weights ? tr("How many weights have which value. Biases are left out.")
        : part == Gradients
            ? tr("How the loss of some training pictures would change with each weight: training goes the other way.")
            : tr("How many of the layer's numbers for this picture have which value."));

    const bool first = isFirstConvolution();
    m_answersPart->setVisible(first);
    const bool filters = first && m_answersPart->current() == Filters;
    m_lower->setCurrentIndex(filters ? 1 : 0);
    const bool units = info->outputShape.size() < 2;
    m_scale->setVisible(!units && !filters);
    m_sort->setVisible(!filters);
    const QString count = QLocale().toString(info->outputShape.empty() ? 0 : static_cast<qlonglong>(info->outputShape[0]));
    const bool one = !info->outputShape.empty() && info->outputShape[0] == 1;
    m_answersTitle->setText(
        filters ? (one ? tr("The filter as colours") : tr("The %1 filters as colours").arg(count))
        : units ? (one ? tr("What the unit answers to this picture") : tr("What the %1 units answer to this picture").arg(count))
        : one   ? tr("What the channel answers to this picture")
                : tr("What the %1 channels answer to this picture").arg(count));
    m_filters->setCurrentFilter(channel());
    m_pictureCard->setWalkable(subject && subject->pictures);
    if (!shown) return;
    showStatistics();
    m_history->showLayer(m_layer);
    showPictureTexts();
}

void InspectorView::showEvent(QShowEvent* event) {
    QFrame::showEvent(event);
    refresh();
    Q_EMIT layerChanged(layer());
}

void InspectorView::hideEvent(QHideEvent* event) {
    QFrame::hideEvent(event);
    // Whoever looks elsewhere does not wait for it.
    m_session.inspection().cancel(this, QStringLiteral("top"));
    m_topAsked.clear();
}

void InspectorView::resizeEvent(QResizeEvent* event) {
    QFrame::resizeEvent(event);
    arrange();
}

void InspectorView::keyPressEvent(QKeyEvent* event) {
    switch (event->key()) {
        case Qt::Key_Up:
        case Qt::Key_Down:
            walkLayers(event->key() == Qt::Key_Up ? -1 : 1);
            return;
        case Qt::Key_Left:
        case Qt::Key_Right: {
            const int by = event->key() == Qt::Key_Left ? -1 : 1;
            // Filters stand by number, whatever the order of the channels.
            const bool filters = m_lower->currentWidget() == m_filters;
            const int next = filters ? channel() + by : m_channels.channelAt(m_channels.rowOf(channel()) + by);
            if (next >= 0 && (!filters || next < m_filters->count())) chooseChannel(next);
            return;
        }
        case Qt::Key_F:
            m_head->toggle();
            return;
        default:
            QFrame::keyPressEvent(event);
    }
}

void InspectorView::dragEnterEvent(QDragEnterEvent* event) {
    if (!fileIn(*event->mimeData()).isEmpty()) event->acceptProposedAction();
}

void InspectorView::dropEvent(QDropEvent* event) {
    const QString file = fileIn(*event->mimeData());
    if (file.isEmpty()) return;
    event->acceptProposedAction();
    showPictureFile(file);
}

}  // namespace thaw::ui
