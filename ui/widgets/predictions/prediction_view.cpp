#include "ui/widgets/predictions/prediction_view.h"

#include <QAbstractItemView>
#include <QComboBox>
#include <QFrame>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QShortcut>
#include <QSignalBlocker>
#include <QStackedWidget>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

#include "ui/models/checkpoint_text.h"
#include "ui/models/path_text.h"
#include "ui/threads/background.h"
#include "ui/widgets/parts/elided_label.h"
#include "ui/widgets/parts/framed_button.h"
#include "ui/widgets/parts/message_line.h"
#include "ui/widgets/parts/segmented_bar.h"
#include "ui/widgets/parts/styling.h"
#include "ui/widgets/parts/theme.h"
#include "ui/widgets/parts/work_strip.h"
#include "ui/widgets/pictures/picture_grid.h"
#include "ui/widgets/predictions/own_picture_queue.h"
#include "ui/widgets/predictions/own_pictures_bar.h"
#include "ui/widgets/predictions/own_pictures_table.h"
#include "ui/widgets/predictions/pasted_pictures.h"
#include "ui/widgets/predictions/pinned_strip.h"
#include "ui/widgets/predictions/prediction_detail.h"
#include "ui/widgets/predictions/prediction_view_parts.h"
#include "ui/widgets/texts/text_attributions.h"
#include "ui/widgets/texts/text_cards.h"
#include "ui/widgets/texts/text_detail.h"

namespace thaw::ui {
namespace {

constexpr int kPanelPadding = 15, kPanelGap = 10;
constexpr int kLeastMoment = 60;
constexpr int kLowPage = 420;  // design pixels

QString number(int value) { return QLocale().toString(value); }

QString waitText() {
    return PredictionView::tr("Your pictures wait: start or open a run, then the network says what it sees on them.");
}

}  // namespace

QString momentText(const core::PredictionSet& predictions, std::int64_t stepsPerEpoch) {
    return momentText(predictions.step, predictions.epoch, stepsPerEpoch);
}

PredictionView::PredictionView(QWidget* parent) : QWidget(parent) {
    setAcceptDrops(true);

    m_panel = makePanel(this);
    m_grid = new PictureGrid(m_panel);
    m_grid->setPictureModel(&m_pictures);
    m_grid->setPins(&m_pins);
    m_stack = new QStackedWidget(m_panel);
    m_stack->addWidget(m_grid);
    m_stack->addWidget(makeEmpty());
    m_background = new Background(this);
    m_pasted = new PastedPictures(*m_background, this);
    m_own = std::make_unique<OwnPictureQueue>(m_pictures, *m_background, [this] { return answerer(); });
    m_ownTable = new OwnPicturesTable(m_stack);
    m_ownTable->setPictures(&m_pictures);
    m_stack->addWidget(m_ownTable);
    m_ownBar = new OwnPicturesBar(m_pictures, *m_background, m_panel);
    m_ownBar->hide();
    m_head = makeHead();

    m_message = new MessageLine(m_panel);
    m_predicting = new WorkStrip(m_panel);
    m_filesWork = new WorkStrip(m_panel);
    connect(m_message, &MessageLine::actionRequested, this, &PredictionView::askAgain);
    connect(m_predicting, &WorkStrip::cancelRequested, this,
            [this] { refusePredictions(tr("Not computed: it was cancelled.")); });
    connect(m_filesWork, &WorkStrip::cancelRequested, m_own.get(), &OwnPictureQueue::cancel);

    auto* head = new QVBoxLayout;
    head->setContentsMargins(kPanelPadding, 11, kPanelPadding, 7);
    head->setSpacing(8);
    head->addWidget(m_head);
    head->addWidget(m_ownBar);
    head->addWidget(m_predicting);
    head->addWidget(m_filesWork);
    head->addWidget(m_message);
    // The tiles' own margins make up for the panel's.
    auto* grid = new QHBoxLayout;
    grid->setContentsMargins(5, 0, 5, 0);
    grid->addWidget(m_stack);
    auto* panel = new QVBoxLayout(m_panel);
    panel->setContentsMargins(1, 1, 1, 1);
    panel->setSpacing(0);
    panel->addLayout(head);
    panel->addLayout(grid, 1);
    panel->addWidget(makeRule(Qt::Horizontal, m_panel, true));
    panel->addWidget(makeFoot());

    bindTexts();
    m_strip = new PinnedStrip(this);
    m_strip->setPins(&m_pins);
    m_detail = new PredictionDetail(this);
    m_detail->setPictureModel(&m_pictures);
    m_detail->setPins(&m_pins);

    auto* left = new QVBoxLayout;
    left->setSpacing(kPanelGap);
    left->addWidget(m_panel, 1);
    left->addWidget(m_strip);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(kPanelGap);
    row->addLayout(left, 1);
    row->addWidget(m_detail);
    row->addWidget(m_textDetail);
    m_overlay = new DropOverlay(this);
    setTabOrder(m_dice, m_grid);

    connect(&m_pictures, &PredictionListModel::summaryChanged, this, &PredictionView::refresh);
    connect(m_grid, &PictureGrid::currentPictureChanged, m_detail, &PredictionDetail::showPicture);
    connect(m_grid, &PictureGrid::rawPixelsChanged, m_detail, &PredictionDetail::setRawPixels);
    connect(m_detail, &PredictionDetail::previousRequested, m_grid, &PictureGrid::goToPrevious);
    connect(m_detail, &PredictionDetail::nextRequested, m_grid, &PictureGrid::goToNext);
    connect(m_detail, &PredictionDetail::pictureShown, this, &PredictionView::pictureShown);
    auto* classMap = new QShortcut(Qt::Key_G, this);
    connect(classMap, &QShortcut::activated, m_detail, &PredictionDetail::toggleClassMap);
    connect(m_strip, &PinnedStrip::pictureChosen, this, &PredictionView::showPicture);
    connect(m_strip, &PinnedStrip::momentChosen, this, &PredictionView::goToStep);
    connect(m_strip, &PinnedStrip::foldedChanged, this, &PredictionView::arrange);
    connect(&m_pins, &PinnedListModel::pinsChanged, this, [this] {
        askPins();
        arrange();
    });
    const auto remove = [this](int id) {
        // The neighbour takes its place in the detail.
        const int position = m_pictures.positionOf(id);
        m_pictures.removeOwnPicture(id);
        const int next = m_pictures.idAt(qMin(position, m_pictures.total() - 1));
        setCurrent(next);
        if (m_pictures.count(PictureFilter::Mine) == 0) setFilter(PictureFilter::All);
    };
    connect(m_grid, &PictureGrid::removeRequested, this, remove);
    connect(m_ownTable, &OwnPicturesTable::removeRequested, this, remove);
    connect(m_ownTable, &OwnPicturesTable::pictureChosen, this, [this](int id) { setCurrent(id); });
    connect(m_grid, &PictureGrid::currentPictureChanged, m_ownTable, &OwnPicturesTable::setCurrentPicture);
    connect(m_ownBar, &OwnPicturesBar::lookChanged, this, &PredictionView::refresh);
    connect(m_ownBar, &OwnPicturesBar::said, this, &PredictionView::say);
    connect(m_ownBar, &OwnPicturesBar::allRemoved, this, [this] {
        m_detail->showPicture(-1);
        setFilter(PictureFilter::All);
    });
    connect(m_own.get(), &OwnPictureQueue::answered, this, [this](const std::vector<core::FilePrediction>& answers, bool added) {
        const int first = setOwnPredictions(answers);
        if (!added) return;
        setFilter(PictureFilter::Mine);
        setCurrent(first);
        m_grid->setFocus();
    });
    connect(m_own.get(), &OwnPictureQueue::refused, this, [this](const QString& why) {
        const bool older = m_pictures.count(PictureFilter::Mine) > 0;
        m_message->say(older ? why + QLatin1Char(' ') + tr("Some of your pictures show earlier answers.") : why, tr("Try again"));
    });
    connect(m_own.get(), &OwnPictureQueue::said, this, &PredictionView::say);
    connect(m_own.get(), &OwnPictureQueue::foldersFound, this, &PredictionView::takeFolders);
    connect(m_own.get(), &OwnPictureQueue::waiting, this, [this] { say(waitText()); });
    connect(m_own.get(), &OwnPictureQueue::asked, this, [this] {
        if (m_message->text() == waitText()) m_message->hide();
    });
    connect(m_own.get(), &OwnPictureQueue::worked, this, &PredictionView::showFilesWork);
    connect(m_pasted, &PastedPictures::filesReady, this, &PredictionView::addFiles);
    connect(m_pasted, &PastedPictures::refused, this, &PredictionView::say);
    connect(m_detail, &PredictionDetail::removeRequested, this, remove);
    connect(&Theme::instance(), &Theme::changed, this, &PredictionView::arrange);
    arrange();
    refresh();
}

QWidget* PredictionView::makeHead() {
    auto* head = new QWidget(m_panel);
    m_filters = new SegmentedBar(head);
    m_filters->setObjectName(QStringLiteral("filters"));
    m_filters->setAccessibleName(tr("Which pictures"));
    for (PictureFilter filter :
         {PictureFilter::All, PictureFilter::Right, PictureFilter::Wrong, PictureFilter::ConfidentWrong, PictureFilter::Mine})
        m_filters->addSegment(static_cast<int>(filter), {});
    connect(m_filters, &SegmentedBar::currentChanged, this, [this](int id) { setFilter(static_cast<PictureFilter>(id)); });

    m_combos = new QWidget(head);
    const auto combo = [this](const QString& title, const QString& name) {
        auto* box = new QComboBox(m_combos);
        box->setAccessibleName(name);
        box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
        box->addItem(tr("Any class"));
        QLabel* label = makeLabel(title, "table", m_combos);
        label->setBuddy(box);
        m_combos->layout()->addWidget(label);
        m_combos->layout()->addWidget(box);
        return box;
    };
    auto* combos = new QHBoxLayout(m_combos);
    combos->setContentsMargins(0, 0, 0, 0);
    combos->setSpacing(6);
    m_trueClass = combo(tr("True"), tr("True class"));
    combos->addSpacing(6);
    m_predictedClass = combo(tr("Predicted"), tr("Predicted class"));
    connect(m_trueClass, &QComboBox::currentIndexChanged, this, [this](int index) { m_pictures.setTrueClass(index - 1); });
    connect(m_predictedClass, &QComboBox::currentIndexChanged, this,
            [this](int index) { m_pictures.setPredictedClass(index - 1); });
    m_colours = makeColours(head);

    m_dice = makeFramedButton(QStringLiteral("dice"), {}, tr("Draw other pictures"), head);
    connect(m_dice, &QToolButton::clicked, &m_pictures, &PredictionListModel::drawAnew);

    m_headGrid = new QGridLayout(head);
    m_headGrid->setContentsMargins(0, 0, 0, 0);
    m_headGrid->setHorizontalSpacing(12);
    m_headGrid->setVerticalSpacing(8);
    m_headGrid->setColumnStretch(2, 1);
    m_headGrid->addWidget(m_filters, 0, 0);
    m_headGrid->addWidget(m_combos, 0, 1);
    m_headGrid->addWidget(m_dice, 0, 3, Qt::AlignRight);
    m_headGrid->addWidget(m_colours, 2, 0, Qt::AlignLeft);
    return head;
}

QWidget* PredictionView::makeFoot() {
    auto* foot = new QWidget(m_panel);
    m_legend = new PredictionLegend(foot);
    m_moment = new ElidedLabel(foot);
    m_moment->setProperty("type", "table");
    m_moment->setElideMode(Qt::ElideRight);
    m_moment->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Preferred);
    m_moment->setMinimumWidth(kLeastMoment);
    m_refresh = makeFramedButton(QStringLiteral("reset"), {}, tr("Refresh"), foot);
    m_add = makeFramedButton(QStringLiteral("image"), tr("Add pictures"), tr("Show the network pictures of your own"), foot);
    m_add->setToolTip(
        tr("Show the network pictures of your own. You can also drop or paste them anywhere on this page. "
           "A folder of folders that are called as the classes gets an accuracy."));
    m_add->setMenu(makeAddMenu());
    m_add->setPopupMode(QToolButton::InstantPopup);
    m_showPins = makeFramedButton(QStringLiteral("pin"), {}, tr("Show the pinned pictures"), foot);
    connect(m_showPins, &QToolButton::clicked, this, [this] { m_strip->setFolded(false); });
    m_range = makeLabel({}, "table", foot);
    m_previousPage = makeFramedButton(QStringLiteral("chevron-left"), {}, tr("Page before"), foot);
    m_nextPage = makeFramedButton(QStringLiteral("chevron-right"), {}, tr("Next page"), foot);
    m_previousPage->setToolTip(toolTipWithKey(tr("Page before"), tr("Page Up")));
    m_nextPage->setToolTip(toolTipWithKey(tr("Next page"), tr("Page Down")));
    auto* row = new QHBoxLayout(foot);
    row->setContentsMargins(16, 6, 13, 7);
    row->setSpacing(8);
    row->addWidget(m_legend, 1);
    row->addStretch(0);
    row->addWidget(m_showPins);
    row->addWidget(m_add);
    row->addSpacing(8);
    row->addWidget(m_moment);
    row->addWidget(m_refresh);
    row->addSpacing(8);
    row->addWidget(m_range);
    row->addWidget(m_previousPage);
    row->addWidget(m_nextPage);
    connect(m_refresh, &QToolButton::clicked, this, &PredictionView::refreshPredictions);
    connect(m_previousPage, &QToolButton::clicked, &m_pictures, &PredictionListModel::previousPage);
    connect(m_nextPage, &QToolButton::clicked, &m_pictures, &PredictionListModel::nextPage);
    return foot;
}

QWidget* PredictionView::makeEmpty() {
    auto* empty = new QWidget(m_stack);
    m_emptyTitle = makeLabel({}, "cardTitle", empty);
    m_emptyText = makeLabel({}, "body", empty);
    m_emptyText->setWordWrap(true);
    m_emptyText->setAlignment(Qt::AlignHCenter | Qt::AlignTop);
    m_emptyAction = new QPushButton(empty);
    auto* column = new QVBoxLayout(empty);
    column->addStretch(1);
    column->addWidget(m_emptyTitle, 0, Qt::AlignHCenter);
    column->addSpacing(6);
    auto* text = new QHBoxLayout;
    text->addStretch(1);
    text->addWidget(m_emptyText);
    text->addStretch(1);
    column->addLayout(text);
    column->addSpacing(12);
    column->addWidget(m_emptyAction, 0, Qt::AlignHCenter);
    column->addStretch(2);
    connect(m_emptyAction, &QPushButton::clicked, this, [this] {
        if (!m_pictures.hasPredictions()) return refreshPredictions();
        m_trueClass->setCurrentIndex(0);
        m_predictedClass->setCurrentIndex(0);
        setFilter(PictureFilter::All);
    });
    return empty;
}

void PredictionView::bindController(TrainingController* controller) {
    m_controller = controller;
    m_own->bindController(controller);
    connect(controller, &TrainingController::runStarted, this, &PredictionView::takeTrainingRun);
    connect(controller, &TrainingController::stateChanged, this, [this](core::TrainerState state) {
        if (state == core::TrainerState::Failed || state == core::TrainerState::Idle) dropRequests();
        refreshActions();
        m_own->ask();
    });
    connect(controller, &TrainingController::predictionsReady, this, [this](const core::PredictionsReady& ready) {
        if (ready.requestId == m_evaluateRequest) m_evaluateRequest = 0;
        takeLive(ready.predictions);
    });
    connect(controller, &TrainingController::commandRefused, this, [this](quint64 requestId, const QString& reason) {
        if (requestId == 0 || requestId != m_evaluateRequest) return;
        m_evaluateRequest = 0;
        say(reason);
        refreshActions();
    });
    if (controller->run()) takeTrainingRun(*controller->run());
    refreshActions();
}

void PredictionView::bindInspection(InspectionController* inspection) {
    m_inspection = inspection;
    m_detail->bindInspection(inspection);
    m_words->bindInspection(inspection);
    m_textDetail->bind(inspection, m_words);
    m_own->bindInspection(inspection);
    connect(inspection, &InspectionController::subjectChanged, this, &PredictionView::takeSubject);
    connect(inspection, &InspectionController::checkpointChanged, this, [this] {
        if ((!m_refused.empty() || m_own->isRefused()) && !m_own->isCancelled()) m_message->hide();
        m_refused.clear();
        stopAsking();
        m_own->checkpointChanged();
        follow();
        m_own->ask();
    });
    connect(inspection, &InspectionController::checkpointsChanged, this, [this] {
        follow();
        askPins();
    });
    takeSubject();
}

void PredictionView::takeTrainingRun(const core::RunStarted& run) {
    m_live = nullptr;
    dropRequests();
    if (!m_inspection || !m_inspection->subject() || QString::fromStdString(run.runId) == m_runId) setRun(run);
}

void PredictionView::setRun(const core::RunStarted& run) {
    QStringList names;
    for (const std::string& name : run.dataset.classNames) names << nameText(name);
    const QString runId = QString::fromStdString(run.runId);
    const bool sameRun = !runId.isEmpty() && runId == m_runId && m_pictures.pictures() && run.testPictures &&
                         m_pictures.pictures()->labels == run.testPictures->labels;
    m_runId = runId;
    setStepsPerEpoch(run.stepsPerEpoch);
    m_message->hide();
    if (sameRun)
        m_pins.forgetAfter(run.resumedEpoch * run.stepsPerEpoch);
    else
        setPictures(run.testPictures, names, QString::fromStdString(run.dataset.id));
    offerUnlabelled(run.dataset);
    arrange();
    refresh();
    m_own->ask();
}

void PredictionView::setStepsPerEpoch(std::int64_t steps) {
    m_stepsPerEpoch = steps;
    m_pins.setStepsPerEpoch(steps);
}

void PredictionView::setPictures(const std::shared_ptr<const core::PictureSet>& pictures, const QStringList& names,
                                 const QString& datasetId) {
    for (QComboBox* box : {m_trueClass, m_predictedClass}) {
        const QSignalBlocker blocker(box);
        box->clear();
        box->addItem(tr("Any class"));
        for (const QString& name : names) box->addItem(shortClassName(name));
    }
    m_pinsRefused.clear();
    m_pins.setPictures(pictures, names, datasetId);
    m_pictures.setPictures(pictures, names);
    setCurrent(-1);
    arrangeTexts();
}

// --- the run and the moment that are shown ------------------------------------------------------------------------------------

void PredictionView::showPicture(int id) {
    if (m_pictures.positionOf(id) < 0) {
        m_trueClass->setCurrentIndex(0);
        m_predictedClass->setCurrentIndex(0);
        setFilter(id < -1 ? PictureFilter::Mine : PictureFilter::All);
    }
    setCurrent(id);
}

void PredictionView::showClasses(int truth, int predicted) {
    setFilter(PictureFilter::All);
    m_trueClass->setCurrentIndex(truth + 1);
    m_predictedClass->setCurrentIndex(predicted + 1);
}

void PredictionView::setFilter(PictureFilter filter) {
    m_filters->setCurrent(static_cast<int>(filter));
    m_pictures.setFilter(filter);
    refresh();
    m_own->ask();
}

void PredictionView::dropRequests() {
    m_evaluateRequest = 0;
    m_own->trainingChanged();
}

void PredictionView::refreshPredictions() {
    if (!m_refused.empty()) return askAgain();
    if (!m_controller || m_evaluateRequest != 0 || !m_controller->actions().evaluate) return;
    m_evaluateRequest = m_controller->evaluate();
    refreshActions();
}

void PredictionView::say(const QString& text) {
    if (text.isEmpty())
        m_message->hide();
    else
        m_message->say(text);
}

void PredictionView::refresh() {
    const auto segment = [this](PictureFilter filter, const QString& text, bool counted) {
        m_filters->setSegmentText(static_cast<int>(filter),
                                  counted ? text + QLatin1Char(' ') + number(m_pictures.count(filter)) : text);
    };
    const bool predicted = m_pictures.hasPredictions();
    segment(PictureFilter::All, tr("All"), m_pictures.pictures() != nullptr);
    segment(PictureFilter::Right, tr("Right"), predicted);
    segment(PictureFilter::Wrong, tr("Wrong"), predicted);
    arrange();  // before anything is shown: showing lays the window out at once, and it would grow to what does not fit yet
    const PictureFilter filter = m_pictures.filter();
    m_combos->setEnabled(predicted);
    m_combos->setVisible(filter != PictureFilter::Mine);  // own pictures have no true class
    m_dice->setEnabled(predicted && filter != PictureFilter::Mine && filter != PictureFilter::ConfidentWrong);

    const int total = m_pictures.total();
    const bool shown = total > 0 && (predicted || filter == PictureFilter::Mine);
    const bool asTable = filter == PictureFilter::Mine && m_ownBar->showsTable();
    m_ownBar->setVisible(filter == PictureFilter::Mine && total > 0);
    m_stack->setCurrentIndex(!shown ? kEmptyPage : asTable ? kTablePage : m_pictures.readsTexts() ? kCardPage : kTilePage);
    if (asTable) m_ownTable->setCurrentPicture(m_detail->picture());
    const int first = m_pictures.pageBegin() + 1;
    const int last = qMin(total, m_pictures.pageBegin() + m_pictures.pageSize());
    m_range->setText(shown && !asTable ? tr("%1 to %2 of %3").arg(number(first), number(last), number(total)) : QString());
    m_previousPage->setEnabled(shown && !asTable && m_pictures.hasPreviousPage());
    m_nextPage->setEnabled(shown && !asTable && m_pictures.hasNextPage());
    refreshMoment();
    refreshActions();
}

void PredictionView::refreshMoment() {
    const bool predicted = m_pictures.hasPredictions();
    const QString moment = predicted ? momentText(*m_pictures.predictions(), m_stepsPerEpoch) : QString();
    // Where there is little room, the time line below says it alone.
    const bool roomy = !m_legend->isHidden();
    m_moment->setText(predicted && isChosen() && roomy ? tr("%1, chosen").arg(moment) : moment);
}

void PredictionView::refreshActions() {
    const ActionStates actions = m_controller ? m_controller->actions() : ActionStates();
    const bool waiting = m_evaluateRequest != 0;
    const bool canEvaluate = actions.evaluate && showsTraining() && !isChosen(), refused = !m_refused.empty();
    m_refresh->setEnabled((canEvaluate && !waiting) || refused);
    m_refresh->setToolTip(refused ? tr("Ask this checkpoint once more")
                          : isChosen()
                              ? tr("The time line has chosen what is shown. Follow the newest to ask the network that trains.")
                          : waiting ? tr("The network looks at every picture")
                                    : tr("Ask the network about every picture now"));
    arrangeEmpty(canEvaluate, waiting);
}

void PredictionView::arrangeEmpty(bool canEvaluate, bool waiting) {
    const bool refused = !m_refused.empty(), texts = m_pictures.readsTexts();
    if (m_pictures.hasPredictions()) {
        m_emptyTitle->setText(texts ? tr("No text passes these filters") : tr("No picture passes these filters"));
        m_emptyText->setText(tr("Choose other classes, or look at all of them."));
        m_emptyAction->setText(tr("Show all"));
        m_emptyAction->setVisible(true);
    } else if (!m_askedFor.empty() && checkpoint()) {
        m_emptyTitle->setText(texts ? tr("The network reads the texts") : tr("The network looks at the pictures"));
        m_emptyText->setText(tr("As it was %1. Then you see what it says of each of them.").arg(checkpointName(*checkpoint())));
        m_emptyAction->setVisible(false);
    } else if (refused) {
        m_emptyTitle->setText(texts ? tr("The texts could not be read") : tr("The pictures could not be looked at"));
        m_emptyText->setText(m_refusal);
        m_emptyAction->setText(tr("Try again"));
        m_emptyAction->setVisible(true);
    } else if (m_pictures.pictures()) {
        m_emptyTitle->setText(waiting ? (texts ? tr("The network reads the texts") : tr("The network looks at the pictures"))
                                      : tr("The first predictions come after the first epoch"));
        m_emptyText->setText(canEvaluate ? tr("You need not wait: ask the network now, before it has learned anything.")
                                         : tr("Then this page shows what the network says of each of them."));
        m_emptyAction->setText(tr("Ask now"));
        m_emptyAction->setVisible(canEvaluate && !waiting);
    } else {
        m_emptyTitle->setText(tr("No predictions yet"));
        m_emptyText->setText(
            tr("Run the lesson, or open a run. After each epoch this page shows what the network says of every test "
               "picture. You can drop or paste pictures of your own here as well."));
        m_emptyAction->setVisible(false);
    }
}

void PredictionView::arrange() {
    const Theme& theme = Theme::instance();
    const int side = qMin(theme.px(380), qMax(300, width() * 36 / 100));
    m_detail->setFixedWidth(side);
    m_textDetail->setFixedWidth(side);
    m_emptyText->setFixedWidth(theme.px(380));
    for (QComboBox* box : {m_trueClass, m_predictedClass}) {
        box->setFixedWidth(theme.px(116));
        // The list is as wide as its longest name.
        box->view()->setMinimumWidth(box->view()->sizeHintForColumn(0) + theme.px(40));
    }
    m_combos->layout()->activate();

    // In one row, if need be with shorter words; else the classes take a second row, and the dice with them where it is tightest.
    const int room = width() - side - kPanelGap - 2 * kPanelPadding - 2;
    const int spacing = m_headGrid->horizontalSpacing();
    const int dice = m_dice->sizeHint().width() + 2 * spacing;
    const int others = m_combos->sizeHint().width() + spacing + dice;
    constexpr int mineId = static_cast<int>(PictureFilter::Mine);
    const bool mineShown = m_pictures.count(PictureFilter::Mine) > 0;
    const auto filters = [this, mineShown](bool brief) {
        const QString mine = brief ? tr("Mine %1") : tr("My pictures %1");
        m_filters->setSegmentText(static_cast<int>(PictureFilter::ConfidentWrong),
                                  brief ? tr("Confident wrong") : tr("Most confident wrong"));
        m_filters->setSegmentText(mineId, mine.arg(number(m_pictures.count(PictureFilter::Mine))));
        m_filters->layout()->activate();
        const int change = (mineShown ? 1 : 0) - (m_filters->isSegmentVisible(mineId) ? 1 : 0);
        return m_filters->sizeHint().width() + change * m_filters->segmentWidth(mineId);
    };
    const bool texts = m_pictures.readsTexts();
    const bool twoRows = texts || (filters(false) + others > room && filters(true) + others > room);
    const bool tightest = twoRows && filters(false) + dice > room && filters(true) + dice > room;
    const auto place = [this](QWidget* widget, int row, int column, int columns, Qt::Alignment alignment) {
        int oldRow = 0, oldColumn = 0, oldRows = 0, oldColumns = 0;
        m_headGrid->getItemPosition(m_headGrid->indexOf(widget), &oldRow, &oldColumn, &oldRows, &oldColumns);
        if (oldRow == row && oldColumn == column && oldColumns == columns) return;
        m_headGrid->removeWidget(widget);
        m_headGrid->addWidget(widget, row, column, 1, columns, alignment);
    };
    place(m_dice, tightest ? 1 : 0, 3, 1, Qt::AlignRight | Qt::AlignVCenter);
    place(m_filters, 0, 0, tightest ? 4 : texts ? 3 : 1, Qt::AlignLeft | Qt::AlignVCenter);
    const bool beside = m_combos->sizeHint().width() + m_colours->sizeHint().width() + (tightest ? dice : spacing) <= room;
    place(m_combos, twoRows ? 1 : 0, twoRows ? 0 : 1, texts && beside ? 2 : twoRows ? 3 : 1, Qt::AlignLeft | Qt::AlignVCenter);
    place(m_colours, beside ? 1 : 2, beside ? 2 : 0, beside && tightest ? 1 : 2,
          (beside ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    // Last, for the reason that refresh() gives.
    m_filters->setSegmentVisible(mineId, mineShown);
    m_legend->setVisible(room >= theme.px(680));
    m_add->setToolButtonStyle(room >= theme.px(760) ? Qt::ToolButtonTextBesideIcon : Qt::ToolButtonIconOnly);
    arrangePins();
    m_overlay->setGeometry(rect());
    refreshMoment();
}

void PredictionView::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    arrange();
}

void PredictionView::arrangePins() {
    const Theme& theme = Theme::instance();
    const bool low = theme.px(kLowPage) > height();
    const bool pinned = m_pins.rowCount() > 0;
    if (low != m_low) {
        m_low = low;
        if (low) m_foldedBefore = m_strip->isFolded();
        m_strip->setFolded(low || m_foldedBefore);
        m_strip->setHiddenFolded(low);
    }
    // Where both have no room, the strip takes the place of the pictures while it is open.
    const bool alone = low && pinned && !m_strip->isFolded();
    m_strip->setVisibleRows(alone ? PinnedStrip::rowsIn(height()) : height() > theme.px(620) ? 3 : 2);
    m_strip->setSizePolicy(QSizePolicy::Expanding, alone ? QSizePolicy::Expanding : QSizePolicy::Fixed);
    m_panel->setVisible(!alone);
    m_showPins->setVisible(low && pinned && !alone);
}

void PredictionView::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    m_own->ask();
    follow();
    askPins();
}

void PredictionView::keyPressEvent(QKeyEvent* event) {
    switch (event->key()) {
        case Qt::Key_Left:
            stepBy(-1);
            return;
        case Qt::Key_Right:
            stepBy(1);
            return;
        case Qt::Key_P:
            m_grid->setRawPixels(!m_grid->rawPixels());
            return;
        case Qt::Key_PageUp:
            m_pictures.previousPage();
            return;
        case Qt::Key_PageDown:
            m_pictures.nextPage();
            return;
        default:
            QWidget::keyPressEvent(event);
    }
}

}  // namespace thaw::ui
