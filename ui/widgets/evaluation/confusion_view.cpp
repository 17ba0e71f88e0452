#include "ui/widgets/evaluation/confusion_view.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QStackedWidget>
#include <QVBoxLayout>

#include "ui/bridge/session.h"
#include "ui/models/checkpoint_text.h"
#include "ui/models/metric_text.h"
#include "ui/models/path_text.h"
#include "ui/models/percent_text.h"
#include "ui/models/plain_text.h"
#include "ui/models/prediction_list_model.h"
#include "ui/models/problem_text.h"
#include "ui/models/task_text.h"
#include "ui/widgets/evaluation/calibration_page.h"
#include "ui/widgets/evaluation/compare_page.h"
#include "ui/widgets/evaluation/labels_page.h"
#include "ui/widgets/evaluation/matrix_page.h"
#include "ui/widgets/evaluation/threshold_page.h"
#include "ui/widgets/evaluation/top_losses_page.h"
#include "ui/widgets/parts/empty_state.h"
#include "ui/widgets/parts/message_line.h"
#include "ui/widgets/parts/segmented_bar.h"
#include "ui/widgets/parts/styling.h"
#include "ui/widgets/parts/work_strip.h"

namespace thaw::ui {
namespace {

constexpr int kGap = 10;
constexpr int kTopFive = 5;

const QString kTopic = QStringLiteral("evaluation"), kIntervals = QStringLiteral("intervals");

enum FigureIndex {
    AccuracyFigure,
    TopFiveFigure,
    LossFigure,
    BalancedFigure,
    MacroFigure,
    AreaFigure,
    WeightedFigure,
    FigureCount
};

QString figureName(int index) {
    const QString names[] = {ConfusionView::tr("Accuracy"),   ConfusionView::tr("Top-5"),    ConfusionView::tr("Loss"),
                             ConfusionView::tr("Balanced"),   ConfusionView::tr("Macro F1"), ConfusionView::tr("AUC"),
                             ConfusionView::tr("Weighted F1")};
    return names[index];
}

}  // namespace

ConfusionView::ConfusionView(Session& session, QWidget* parent) : QWidget(parent), m_session(session) {
    m_head = makeHead();
    m_message = new MessageLine(this);
    m_matrix = new MatrixPage;
    m_losses = new TopLossesPage;
    m_calibration = new CalibrationPage(session);
    m_compare = new ComparePage(session);
    m_labels = new LabelsPage;
    m_threshold = new ThresholdPage;
    m_content = new QStackedWidget;
    for (QWidget* page : std::initializer_list<QWidget*>{m_matrix, m_losses, m_calibration, m_compare, m_labels, m_threshold})
        m_content->addWidget(page);
    QFrame* emptyPanel = makePanel();
    m_empty = new EmptyState(emptyPanel);
    auto* empty = new QVBoxLayout(emptyPanel);
    empty->addWidget(m_empty);
    m_stack = new QStackedWidget(this);
    m_stack->addWidget(m_content);
    m_stack->addWidget(emptyPanel);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(kGap);
    column->addWidget(m_head);
    column->addWidget(m_message);
    column->addWidget(m_stack, 1);

    connect(m_pages, &SegmentedBar::currentChanged, m_content, &QStackedWidget::setCurrentIndex);
    connect(m_content, &QStackedWidget::currentChanged, this, &ConfusionView::resumePage);
    connect(m_matrix, &MatrixPage::predictionsRequested, this, &ConfusionView::predictionsRequested);
    connect(m_matrix, &MatrixPage::pictureRequested, this, &ConfusionView::pictureRequested);
    connect(m_labels, &LabelsPage::predictionsRequested, this, &ConfusionView::predictionsRequested);
    connect(m_losses, &TopLossesPage::pictureRequested, this, &ConfusionView::pictureRequested);
    connect(m_compare, &ComparePage::pictureRequested, this, &ConfusionView::pictureRequested);
    connect(m_message, &MessageLine::actionRequested, this, &ConfusionView::ask);
    connect(m_work, &WorkStrip::shownChanged, this, &ConfusionView::arrange);
    connect(m_work, &WorkStrip::cancelRequested, this, [this] {
        m_session.inspection().cancel(this, kTopic);
        fail(tr("Not computed: it was cancelled."));
    });
    connect(m_empty, &EmptyState::actionRequested, this, [this] {
        if (m_problem.isEmpty())
            m_session.runLesson();
        else
            ask();
    });
    InspectionController& inspection = session.inspection();
    connect(&inspection, &InspectionController::subjectChanged, this, &ConfusionView::forget);
    connect(&inspection, &InspectionController::checkpointChanged, this, &ConfusionView::askIfSeen);
    connect(&session, &Session::actionsChanged, this, &ConfusionView::refresh);
    connect(&Theme::instance(), &Theme::changed, this, &ConfusionView::arrange);
    askIfSeen();
    refresh();
}

QWidget* ConfusionView::makeHead() {
    QFrame* head = makePanel(this);
    m_pages = new SegmentedBar(head);
    m_pages->setAccessibleName(tr("What to look at"));
    m_pages->addSegment(Labels, tr("Classes"));
    m_pages->addSegment(Matrix, tr("Matrix"));
    m_pages->addSegment(TopLosses, tr("Top losses"));
    m_pages->addSegment(Threshold, tr("Threshold"));
    m_pages->addSegment(CalibrationDiagram, tr("Calibration"));
    m_pages->addSegment(Compare, tr("Compare"));
    m_pages->setSegmentToolTip(Labels, tr("How well each label is told"));
    m_pages->setSegmentVisible(Labels, false);
    m_pages->setCurrent(Matrix);
    m_pages->setSegmentToolTip(Matrix, tr("What is called what, and by how many pictures"));
    m_pages->setSegmentToolTip(TopLosses, tr("The pictures that the network is most sure and most wrong about"));
    m_pages->setSegmentToolTip(Threshold, tr("What is found and what is missed of a class, from which probability on"));
    m_pages->setSegmentToolTip(CalibrationDiagram, tr("Is it right as often as it says it is sure?"));
    m_pages->setSegmentToolTip(Compare, tr("The difference to another checkpoint or to another run"));
    m_work = new WorkStrip(head);
    m_figureRow = new QWidget(head);
    auto* figures = new QHBoxLayout(m_figureRow);
    figures->setContentsMargins(0, 0, 0, 0);
    figures->setSpacing(18);
    m_moment = makeLabel({}, "caption", m_figureRow);
    figures->addWidget(m_moment);
    for (int index = AccuracyFigure; index < FigureCount; ++index) {
        m_figures.push_back(makeFigure(figureName(index)));
        figures->addWidget(m_figures.back().box);
    }
    auto* row = new QHBoxLayout(head);
    row->setContentsMargins(15, 5, 15, 5);
    row->setSpacing(kGap);
    row->addWidget(m_pages);
    row->addStretch(1);
    row->addWidget(m_work);
    row->addWidget(m_figureRow);
    return head;
}

ConfusionView::Figure ConfusionView::makeFigure(const QString& name) {
    Figure figure{new QWidget(m_figureRow), nullptr, nullptr, nullptr};
    figure.name = makeLabel(name, "caption", figure.box);
    figure.value = makeLabel({}, "tableStrong", figure.box);
    figure.interval = makeLabel({}, "caption", figure.box);
    auto* row = new QHBoxLayout;
    row->setSpacing(6);
    row->addStretch(1);
    row->addWidget(figure.name);
    row->addWidget(figure.value);
    auto* lines = new QVBoxLayout(figure.box);
    lines->setContentsMargins(0, 0, 0, 0);
    lines->setSpacing(0);
    lines->addLayout(row);
    lines->addWidget(figure.interval, 0, Qt::AlignRight);
    return figure;
}

void ConfusionView::showPage(Page page) {
    m_pages->setCurrent(page);
    m_content->setCurrentIndex(page);
}

void ConfusionView::forget() {
    const InspectionSubject* subject = m_session.inspection().subject();
    const QString runId = subject ? QString::fromStdString(subject->run.runId) : QString();
    if (runId == m_runId) return;
    m_runId = runId;
    m_shown = {};
    m_problem.clear();
    m_message->hide();
    refresh();
}

void ConfusionView::askIfSeen() {
    m_outdated = m_session.inspection().checkpoint() != nullptr;
    m_waiting = false;  // what was under way has been taken back
    m_work->stop();
    if (m_outdated && isVisible())
        ask();
    else
        refresh();
}

void ConfusionView::ask() {
    const InspectionSubject* subject = m_session.inspection().subject();
    const core::KeptCheckpoint* checkpoint = m_session.inspection().checkpoint();
    if (!subject || !checkpoint || !subject->pictures) return;
    m_outdated = false;
    m_waiting = true;
    m_problem.clear();
    m_message->hide();
    m_work->start(tr("The network looks at the pictures"));
    Evaluated evaluated;
    for (const std::string& name : subject->run.classNames) evaluated.classNames += nameText(name);
    evaluated.split = subject->run.judgedOn();
    evaluated.checkpoint = *checkpoint;
    evaluated.pictures = subject->pictures;
    m_session.inspection().ask<Evaluated>(
        this, kTopic, InspectionController::Lane::Long,
        [evaluated](core::Inspector& inspector, const std::string& name, const core::CountCallback& progress) {
            Evaluated answer = evaluated;
            answer.predictions = inspector.predictions(name, core::Split::Test, progress);
            if (answer.predictions->task == core::TaskKind::OneLabel)
                answer.report = std::make_shared<const core::EvaluationReport>(core::evaluationReport(*answer.predictions));
            else
                answer.labels = std::make_shared<const core::SeveralLabelsReport>(core::severalLabelsReport(*answer.predictions));
            answer.topLosses = core::topLosses(*answer.predictions, TopLossesPage::kMostPictures);
            return answer;
        },
        [this](const Evaluated& answer) { take(answer); },
        [this](std::int64_t done, std::int64_t total) { m_work->setProgress(done, total); },
        [this](const QString& what, const QString& hint) { fail(problemText(what, hint)); });
    refresh();
}

void ConfusionView::take(const Evaluated& evaluated) {
    m_waiting = false;
    m_work->stop();
    m_shown = evaluated;
    showPagesOfTask();
    showFigures();
    m_losses->setEvaluated(evaluated);
    m_threshold->setEvaluated(evaluated);
    if (evaluated.labels) {
        m_labels->setEvaluated(evaluated);
    } else {
        m_matrix->setEvaluated(evaluated);
        m_calibration->setEvaluated(evaluated);
        m_compare->setEvaluated(evaluated);
    }
    refresh();
    resumePage();
    askIntervals();
}

// Seconds of arithmetic, which no other question waits for.
void ConfusionView::askIntervals() {
    using Metrics = std::vector<core::BootstrapMetric>;
    m_session.inspection().ask<Metrics>(
        this, kIntervals, InspectionController::Lane::Longest,
        [predictions = m_shown.predictions](core::Inspector&, const std::string&, const core::CountCallback& progress) {
            return core::bootstrapMetrics(*predictions, /*resamples=*/0, progress);
        },
        [this, of = m_shown.predictions](const Metrics& metrics) {
            if (of != m_shown.predictions) return;
            m_threshold->setMetrics(metrics);
            showIntervals(metrics);
            arrange();
        },
        {}, [this](const QString& what, const QString& hint) { m_threshold->failMetrics(problemText(what, hint)); });
}

void ConfusionView::showPagesOfTask() {
    const bool several = m_shown.labels != nullptr;
    for (const Page page : {Matrix, CalibrationDiagram, Compare}) m_pages->setSegmentVisible(page, !several);
    m_pages->setSegmentVisible(Labels, several);
    if (!m_pages->isSegmentVisible(m_pages->current())) showPage(several ? Labels : Matrix);
}

// What the pages ask about is the checkpoint that is shown: not while that is about to be another one.
void ConfusionView::resumePage() {
    if (m_waiting || m_outdated || !m_shown.report) return;
    m_calibration->resume();
    m_compare->resume();
}

void ConfusionView::fail(const QString& problem) {
    m_waiting = false;
    m_work->stop();
    m_problem = problem;
    if (m_shown.predictions) m_message->say(problem, tr("Try again"));
    refresh();
    resumePage();
}

void ConfusionView::refresh() {
    const InspectionSubject* subject = m_session.inspection().subject();
    const bool shown = m_shown.predictions != nullptr;
    if (!m_problem.isEmpty())
        m_empty->say(tr("The pictures could not be looked at"), m_problem, tr("Try again"));
    else if (!subject)
        m_empty->say(
            tr("No results yet"),
            tr("Run the lesson, or open a run. Then this page shows what the network takes for what, and how sure it is."),
            m_session.actions().runLesson ? tr("Run the lesson") : QString());
    else if (!subject->pictures)
        m_empty->say(tr("The pictures are not there"), subject->problem);
    else if (!m_session.inspection().checkpoint())
        m_empty->say(tr("The first results come after the first epoch"),
                     tr("Then this page shows what the network takes for what."));
    else
        m_empty->say(tr("The network looks at the pictures"), tr("Then you see what it takes for what."));
    m_stack->setCurrentIndex(shown ? 0 : 1);
    m_pages->setEnabled(shown);
    arrange();
}

void ConfusionView::setFigure(int index, const QString& name, const QString& value, const QString& explanation,
                              const QString& interval) {
    const Figure& figure = m_figures[static_cast<std::size_t>(index)];
    figure.name->setText(name);
    figure.value->setText(value);
    figure.interval->setText(interval);
    figure.interval->setVisible(!interval.isEmpty());
    figure.box->setToolTip(explanation);
    figure.box->setAccessibleName(interval.isEmpty()
                                      ? name + QLatin1Char(' ') + value
                                      : tr("%1 %2, 95\u2009% interval %3", "name, value").arg(name, value, interval));
}

void ConfusionView::showFigures() {
    m_moment->setText(checkpointName(m_shown.checkpoint));
    if (m_shown.labels) return showLabelFigures();
    const core::EvaluationReport& report = *m_shown.report;
    const auto set = [this](FigureIndex index, const QString& value, const QString& explanation) {
        setFigure(index, figureName(index), value, explanation);
    };
    const QString low = percentNumber(report.accuracyInterval.low), high = percentNumber(report.accuracyInterval.high);
    setFigure(
        AccuracyFigure, figureName(AccuracyFigure), percentText(report.accuracy),
        tr("The share of the pictures that is called what it is. With other pictures of the same kind, it would lie between "
           "%1 and %2\u2009% in 95 of 100 cases (Wilson's 95\u2009% interval).")
            .arg(low, high),
        tr("%1 to %2").arg(low, percentText(report.accuracyInterval.high)));
    set(TopFiveFigure, percentText(report.topFive), tr("The share of the pictures whose class is among the five best guesses"));
    set(LossFigure, QLocale().toString(report.loss, 'f', 3),
        tr("Cross-entropy: minus the logarithm of the probability given to the true class, in the mean. Less is better."));
    set(MacroFigure, percentText(report.macro.f1),
        tr("Mean over the classes, each counting the same (macro): recall %1, precision %2, F1 %3. F1 is the harmonic mean of "
           "recall and precision.")
            .arg(percentText(report.macro.recall), percentText(report.macro.precision), percentText(report.macro.f1)));
    set(WeightedFigure, percentText(report.weighted.f1),
        tr("Mean over the classes, each counting by its pictures (weighted): recall %1, precision %2, F1 %3")
            .arg(percentText(report.weighted.recall), percentText(report.weighted.precision), percentText(report.weighted.f1)));
    for (const FigureIndex later : {BalancedFigure, AreaFigure}) set(later, {}, {});
}

void ConfusionView::showLabelFigures() {
    const core::SeveralLabelsReport& report = *m_shown.labels;
    const core::TaskInfo& task = core::taskInfo(core::TaskKind::SeveralLabels);
    const auto number = [](double value) { return QLocale().toString(value, 'f', 3); };
    setFigure(AccuracyFigure, scoreWord(task.kind), percentText(report.meanAveragePrecision), toolTipText(scoreHelp(task.kind)));
    setFigure(AreaFigure, QString::fromStdString(task.others.front().shortTitle), number(report.rocAuc),
              toolTipText(QString::fromStdString(task.others.front().help)));
    setFigure(
        LossFigure, figureName(LossFigure), number(report.loss),
        tr("Binary cross-entropy: minus the logarithm of the probability given to what is so, in the mean over the classes. "
           "Less is better."));
    setFigure(MacroFigure, figureName(MacroFigure), percentText(report.macroF1), tr("F1 in the mean over the classes"));
    setFigure(WeightedFigure, tr("Exact"), percentText(report.exact),
              tr("The share of the pictures of which exactly their labels are told, and none beside them"));
    for (const FigureIndex none : {TopFiveFigure, BalancedFigure}) setFigure(none, {}, {}, {});
}

void ConfusionView::showIntervals(const std::vector<core::BootstrapMetric>& metrics) {
    const bool several = m_shown.labels != nullptr;
    const std::vector<FigureIndex> places =
        several ? std::vector<FigureIndex>{AccuracyFigure, AreaFigure}
                : std::vector<FigureIndex>{AccuracyFigure, BalancedFigure, MacroFigure, AreaFigure};
    for (std::size_t i = 0; i < std::min(places.size(), metrics.size()); ++i) {
        if (metrics[i].estimate.value < 0) continue;
        const MetricWords words = metricWords(m_shown.predictions->task, metrics[i]);
        const Figure& figure = m_figures[places[i]];
        const QString explanation = figure.box->toolTip().isEmpty() ? words.help : figure.box->toolTip();
        const QString bootstrap = tr("95\u2009% interval by the bootstrap: %1").arg(words.interval);
        // The accuracy of one label has Wilson's interval already.
        const QString interval = figure.interval->text().isEmpty() ? words.interval : figure.interval->text();
        setFigure(places[i], figure.name->text().isEmpty() ? figureName(places[i]) : figure.name->text(), words.value,
                  explanation + QLatin1Char('\n') + bootstrap, interval);
    }
}

void ConfusionView::arrange() {
    // What is least missed goes first; all of it is in the tool tips or at the side.
    m_figureRow->setVisible(m_shown.predictions != nullptr);
    if (!m_shown.predictions) return;
    const auto wish = [](QWidget* widget) {
        widget->ensurePolished();
        return widget->sizeHint().width();
    };
    const int spacing = m_figureRow->layout()->spacing();
    int room = width() - 2 * 16 - wish(m_pages) - 2 * kGap - (m_work->isHidden() ? 0 : wish(m_work) + kGap);
    const int classes = m_shown.predictions->classCount;
    const auto fits = [&](QWidget* widget, bool wanted) {
        const int width = wish(widget) + spacing;
        const bool visible = wanted && width <= room;
        widget->setVisible(visible);
        room -= visible ? width : 0;
    };
    const auto figureFits = [&](FigureIndex index) {
        const bool known = !m_figures[index].value->text().isEmpty();
        fits(m_figures[index].box, known && (index != TopFiveFigure || classes > kTopFive));
    };
    figureFits(AccuracyFigure);
    fits(m_moment, true);
    const FigureIndex byNeed[] = {BalancedFigure, MacroFigure, AreaFigure, TopFiveFigure, LossFigure, WeightedFigure};
    for (const FigureIndex index : byNeed) figureFits(index);
}

void ConfusionView::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    if (m_outdated)
        ask();
    else
        resumePage();
}

void ConfusionView::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    arrange();
}

}  // namespace thaw::ui
