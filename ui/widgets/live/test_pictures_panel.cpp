#include "ui/widgets/live/test_pictures_panel.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QStackedWidget>
#include <QToolButton>
#include <QVBoxLayout>

#include "ui/models/path_text.h"
#include "ui/models/split_text.h"
#include "ui/widgets/parts/framed_button.h"
#include "ui/widgets/parts/segmented_bar.h"
#include "ui/widgets/parts/styling.h"
#include "ui/widgets/parts/theme.h"
#include "ui/widgets/pictures/picture_grid.h"
#include "ui/widgets/predictions/prediction_view.h"

namespace thaw::ui {
namespace {

// Design pixels.
constexpr int kSmallestTile = 70;
constexpr int kLow = 380;  ///< a lower panel gives its tools and the words below the pictures for another row

}  // namespace

TestPicturesPanel::TestPicturesPanel(QWidget* parent) : QFrame(parent) {
    setProperty("panel", true);
    m_title = makeLabel(tr("Test pictures"), "panelTitle", this);
    m_moment = makeLabel({}, "caption", this);
    m_choice = new SegmentedBar;
    m_choice->setAccessibleName(tr("Which pictures"));
    m_choice->addSegment(All, tr("All"));
    m_choice->addSegment(Wrong, tr("Wrong"));
    m_choice->addSegment(ByClass, tr("By class"));
    m_dice = makeFramedButton(QStringLiteral("dice"), {}, tr("Draw other pictures"), nullptr);
    m_grid = new PictureGrid(this);
    m_grid->setPictureModel(&m_pictures);
    m_empty = makeLabel({}, "body", this);
    m_empty->setWordWrap(true);
    m_empty->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    m_empty->setContentsMargins(4, 4, 4, 0);
    m_stack = new QStackedWidget(this);
    m_stack->addWidget(m_grid);
    m_stack->addWidget(m_empty);

    auto* head = new QHBoxLayout;
    head->setContentsMargins(4, 0, 4, 0);
    head->addWidget(m_title, 1);
    head->addWidget(m_moment);
    m_tools = new QWidget(this);
    auto* tools = new QHBoxLayout(m_tools);
    tools->setContentsMargins(2, 0, 2, 0);
    tools->addWidget(m_choice);
    tools->addStretch(1);
    tools->addWidget(m_dice);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(12, 14, 12, 8);
    column->setSpacing(10);
    column->addLayout(head);
    column->addWidget(m_tools);
    column->addWidget(m_stack, 1);

    connect(m_choice, &SegmentedBar::currentChanged, this, &TestPicturesPanel::choose);
    connect(m_dice, &QToolButton::clicked, &m_pictures, &PredictionListModel::drawAnew);
    connect(m_grid, &PictureGrid::pictureActivated, this, &TestPicturesPanel::pictureActivated);
    connect(&m_pictures, &PredictionListModel::summaryChanged, this, &TestPicturesPanel::refresh);
    connect(&Theme::instance(), &Theme::changed, this, &TestPicturesPanel::applyWidth);
    applyWidth();
    refresh();
}

TestPicturesPanel::~TestPicturesPanel() = default;

void TestPicturesPanel::bindController(TrainingController* controller) {
    connect(controller, &TrainingController::runStarted, this, &TestPicturesPanel::setRun);
    connect(controller, &TrainingController::predictionsReady, this,
            [this](const core::PredictionsReady& ready) { setPredictions(ready.predictions); });
    if (controller->run()) setRun(*controller->run());
}

void TestPicturesPanel::setNarrow(bool narrow) {
    m_narrow = narrow;
    applyWidth();
}

void TestPicturesPanel::applyWidth() {
    setFixedWidth(Theme::instance().px(m_narrow ? 232 : 332));
    m_moment->setVisible(!m_narrow);
    m_choice->setSegmentVisible(ByClass, !m_narrow);
    if (m_narrow && m_choice->current() == ByClass) {
        m_choice->setCurrent(All);
        choose(All);
    }
    m_grid->setTiles(m_narrow ? 2 : 3, kSmallestTile, m_narrow ? 92 : 88);
    fitHeight();
}

void TestPicturesPanel::fitHeight() {
    const bool low = height() < Theme::instance().px(kLow);
    m_tools->setVisible(!low);
    m_grid->setWords(!low);
}

void TestPicturesPanel::resizeEvent(QResizeEvent* event) {
    QFrame::resizeEvent(event);
    fitHeight();
}

void TestPicturesPanel::setRun(const core::RunStarted& run) {
    QStringList names;
    for (const std::string& name : run.dataset.classNames) names << nameText(name);
    m_stepsPerEpoch = run.stepsPerEpoch;
    m_trained = run.resumedEpoch > 0;
    m_split = core::validationSplit(run.config.data);
    const bool held = m_split == core::Split::HeldOut;
    m_title->setText(run.model.readsTexts() ? (held ? tr("Validation texts") : tr("Test texts"))
                                            : (held ? tr("Validation pictures") : tr("Test pictures")));
    m_grid->setAccessibleName(m_title->text());
    if (run.config.task == core::TaskKind::ContinueText) return m_pictures.setPictures(nullptr, {});
    if (run.testPictures != m_pictures.pictures()) m_pictures.setPictures(run.testPictures, names);
    choose(m_choice->current());
}

void TestPicturesPanel::setPredictions(const std::shared_ptr<const core::PredictionSet>& predictions) {
    if (predictions && predictions->split != core::Split::Train && m_pictures.pictures()) m_pictures.setPredictions(predictions);
}

void TestPicturesPanel::choose(int choice) {
    m_pictures.setFilter(choice == Wrong ? PictureFilter::Wrong : PictureFilter::All);
    m_pictures.setOrder(choice == ByClass ? PictureOrder::OneOfEachClass : PictureOrder::Drawn);
    m_grid->setFixedPageSize(choice == ByClass ? static_cast<int>(qMax<qsizetype>(1, m_pictures.classNames().size())) : 0);
}

void TestPicturesPanel::refresh() {
    // Before there is an answer the pictures are there all the same: what will be asked of the network.
    const bool answered = m_pictures.hasPredictions();
    const bool shown = m_pictures.pictures() && m_pictures.total() > 0;
    m_stack->setCurrentIndex(shown ? 0 : 1);
    m_dice->setEnabled(shown);
    m_moment->setText(answered              ? momentText(*m_pictures.predictions(), m_stepsPerEpoch)
                      : shown && !m_trained ? tr("before training")
                                            : QString());
    m_empty->setText(
        answered                             ? tr("The network is right about all %1.").arg(picturesText(m_split))
        : m_pictures.pictures() && m_trained ? tr("The network looks at the %1.").arg(picturesText(m_split))
        : m_pictures.pictures()
            ? tr("After the first epoch you see here what the network says of some %1.").arg(picturesText(m_split))
            : tr("Run the lesson: you see some test pictures here, and after each epoch what the network says of them."));
}

}  // namespace thaw::ui
