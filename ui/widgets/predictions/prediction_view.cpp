#include "ui/widgets/predictions/prediction_view.h"

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
    head->setContentsMargins(kPagePadding, 11, kPagePadding, 7);
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
    left->setSpacing(kPageGap);
    left->addWidget(m_panel, 1);
    left->addWidget(m_strip);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(kPageGap);
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
    const std::shared_ptr<const core::PictureSet> pictures = picturesOf(run);
    const bool sameRun = !runId.isEmpty() && runId == m_runId && m_pictures.pictures() && pictures &&
                         m_pictures.pictures()->labels == pictures->labels;
    m_runId = runId;
    setStepsPerEpoch(run.stepsPerEpoch);
    m_message->hide();
    if (sameRun)
        m_pins.forgetAfter(run.resumedEpoch * run.stepsPerEpoch);
    else
        setPictures(pictures, names, QString::fromStdString(run.dataset.id));
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
