#include "ui/widgets/evaluation/calibration_page.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QProgressBar>
#include <QPushButton>
#include <QVBoxLayout>

#include <cmath>

#include "ui/bridge/session.h"
#include "ui/models/percent_text.h"
#include "ui/models/prediction_list_model.h"
#include "ui/models/problem_text.h"
#include "ui/models/split_text.h"
#include "ui/widgets/evaluation/reliability_plot.h"
#include "ui/widgets/evaluation/side_panel.h"
#include "ui/widgets/parts/styling.h"

namespace thaw::ui {
namespace {

constexpr int kGap = 10;
constexpr int kLow = 480;  // design pixels
constexpr int kBins = 15;
constexpr double kSmallError = 0.02;  // means that differ by less are called equal

const QString kTopic = QStringLiteral("calibration");

double meanConfidence(const core::Calibration& calibration) {
    double sum = 0;
    std::int64_t count = 0;
    for (const core::CalibrationBin& bin : calibration.bins) {
        sum += bin.confidence * static_cast<double>(bin.count);
        count += bin.count;
    }
    return count > 0 ? sum / static_cast<double>(count) : 0;
}

}  // namespace

QString calibrationVerdict(const core::EvaluationReport& report) {
    std::int64_t pictures = 0;
    for (const core::CalibrationBin& bin : report.calibration.bins) pictures += bin.count;
    const core::Interval likely = report.accuracyInterval;
    const double sure = meanConfidence(report.calibration), error = sure - report.accuracy;
    const bool within = sure >= likely.low && sure <= likely.high;
    const bool precise = likely.high - likely.low <= 2 * kSmallError;
    if (std::abs(error) < kSmallError && (precise || !within))
        return CalibrationPage::tr("On the whole it is as sure as it is right.");
    if (within)
        return CalibrationPage::tr("From %1 it cannot be told whether it is too sure of itself.").arg(picturesText(pictures));
    return error > 0 ? CalibrationPage::tr("It is too sure of itself.")
                     : CalibrationPage::tr("It is less sure than it could be.");
}

CalibrationPage::CalibrationPage(Session& session, QWidget* parent) : QWidget(parent), m_session(session) {
    m_panel = makeDiagrams();
    m_side = makeSide();
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(kGap);
    row->addWidget(m_panel, 1);
    row->addWidget(m_side);
    connect(m_action, &QPushButton::clicked, this, [this] {
        if (m_state != State::Waiting) return ask();
        m_session.inspection().cancel(this, kTopic);
        m_state = State::Cancelled;
        refresh();
    });
    connect(&m_session.inspection(), &InspectionController::checkpointChanged, this, [this] {
        if (m_state != State::Waiting) return;
        m_state = State::Nothing;  // the question has been taken back
        refresh();
    });
    connect(&Theme::instance(), &Theme::changed, this, &CalibrationPage::arrange);
    arrange();
}

QFrame* CalibrationPage::makeDiagrams() {
    QFrame* panel = makePanel(this);
    const auto diagram = [panel](QLabel*& title, QLabel*& error, ReliabilityPlot*& plot) {
        auto* box = new QWidget(panel);
        title = makeLabel({}, "panelTitle", box);
        error = makeLabel({}, "captionStrong", box);
        error->setToolTip(
            tr("Expected calibration error (ECE): by how much sureness and rightness differ, in the mean over the pictures"));
        plot = new ReliabilityPlot(box);
        auto* head = new QHBoxLayout;
        head->addWidget(title, 1);
        head->addWidget(error);
        auto* column = new QVBoxLayout(box);
        column->setContentsMargins(0, 0, 0, 0);
        column->setSpacing(8);
        column->addLayout(head);
        column->addWidget(plot, 1);
        return box;
    };
    auto* diagrams = new QWidget;
    auto* row = new QHBoxLayout(diagrams);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(24);
    row->addWidget(diagram(m_beforeTitle, m_beforeError, m_before), 1);
    m_afterBox = diagram(m_afterTitle, m_afterError, m_after);
    row->addWidget(m_afterBox, 1);
    m_beforeTitle->setText(tr("As it is"));
    m_afterBox->hide();
    scrollInPanel(panel, diagrams, 8);
    return panel;
}

QFrame* CalibrationPage::makeSide() {
    QFrame* side = makePanel(this);
    auto* content = new QWidget;
    m_verdict = makeText("strong", content);
    m_explanation = makeText("table", content);
    m_temperatureTitle = makeLabel(tr("Temperature"), "panelTitle", content);
    m_temperatureTitle->setToolTip(
        tr("A single number that the network's scores are divided by before they become probabilities: above 1 it makes "
           "the network less sure, below 1 surer. What it predicts stays the same."));
    m_temperature = makeLabel({}, "priceFigure", content);
    m_temperature->setToolTip(m_temperatureTitle->toolTip());
    m_temperatureText = makeText("table", content);
    m_progress = new QProgressBar(content);
    m_progress->setTextVisible(false);
    m_progress->setAccessibleName(tr("Fitting the temperature"));
    m_action = new QPushButton(content);
    m_action->setProperty("small", true);
    auto* column = new QVBoxLayout(content);
    column->setContentsMargins(0, 0, 6, 0);
    column->setSpacing(10);
    QLabel* title = makeText("panelTitle", content);
    title->setText(tr("How sure, and how often right?"));
    column->addWidget(title);
    column->addWidget(m_verdict);
    column->addWidget(m_explanation);
    column->addWidget(makeRule(Qt::Horizontal, content));
    column->addWidget(m_temperatureTitle);
    column->addWidget(m_temperature);
    column->addWidget(m_temperatureText);
    column->addWidget(m_progress);
    column->addWidget(m_action, 0, Qt::AlignLeft);
    column->addStretch(1);
    scrollInPanel(side, content);
    return side;
}

void CalibrationPage::setEvaluated(const Evaluated& evaluated) {
    m_shown = evaluated;
    m_session.inspection().cancel(this, kTopic);
    m_state = State::Nothing;
    m_fit.reset();
    m_before->setCalibration(evaluated.report->calibration);
    refresh();
}

void CalibrationPage::resume() {
    if (isVisible() && m_state == State::Nothing && m_shown.predictions) ask();
}

void CalibrationPage::ask() {
    if (!m_session.inspection().checkpoint()) return;
    m_state = State::Waiting;
    m_progress->setRange(0, 0);
    m_session.inspection().ask<Fit>(
        this, kTopic, InspectionController::Lane::Long,
        [test = m_shown.predictions, checkpoint = m_shown.checkpoint.name](core::Inspector& inspector, const std::string&,
                                                                           const core::CountCallback& progress) {
            const auto unseen = inspector.unseenPredictions(checkpoint, core::kTemperaturePictures, progress);
            Fit fit;
            fit.pictures = unseen->count();
            if (fit.pictures == 0) return fit;
            fit.temperature = core::fitTemperature(*unseen);
            fit.onJudged = unseen->split == core::Split::HeldOut && test->split == core::Split::HeldOut;
            fit.after =
                fit.onJudged ? core::crossFittedCalibration(*test, kBins) : core::calibrationOf(*test, kBins, fit.temperature);
            return fit;
        },
        [this](Fit fit) {
            m_fit = std::move(fit);
            m_state = State::Known;
            refresh();
        },
        [this](std::int64_t done, std::int64_t total) {
            m_progress->setRange(0, static_cast<int>(total));
            m_progress->setValue(static_cast<int>(done));
        },
        [this](const QString& what, const QString& hint) {
            m_problem = problemText(what, hint);
            m_state = State::Failed;
            refresh();
        });
    refresh();
}

void CalibrationPage::refresh() {
    if (!m_shown.report) return;
    const core::EvaluationReport& report = *m_shown.report;
    const QLocale locale;
    const double sure = meanConfidence(report.calibration);
    const core::Interval likely = report.accuracyInterval;
    m_verdict->setText(calibrationVerdict(report));
    m_explanation->setText(
        tr("In the mean it is %1 sure, and %2 of the pictures are right (with other pictures of this kind: %3 to %4 in 95 of 100 "
           "cases). On the dashed line it would be right as often as it says. Red: too sure. Teal: too unsure. Below: how many "
           "pictures.")
            .arg(percentText(sure), percentText(report.accuracy), percentText(likely.low), percentText(likely.high)));
    m_beforeError->setText(tr("ECE %1").arg(percentText(report.calibration.expectedError)));

    const bool fitted = m_fit && m_fit->pictures > 0;
    m_afterBox->setVisible(fitted);
    m_temperature->setVisible(fitted);
    m_progress->setVisible(m_state == State::Waiting);
    m_action->setVisible(m_state == State::Waiting || m_state == State::Failed || m_state == State::Cancelled);
    m_action->setText(m_state == State::Waiting  ? tr("Cancel")
                      : m_state == State::Failed ? tr("Try again")
                                                 : tr("Fit a temperature"));
    if (fitted) {
        const QString temperature = locale.toString(m_fit->temperature, 'f', 2);
        m_temperature->setText(temperature);
        m_afterTitle->setText(tr("With temperature %1").arg(temperature));
        m_afterError->setText(tr("ECE %1").arg(percentText(m_fit->after.expectedError)));
        m_after->setCalibration(m_fit->after);
        const double change = m_fit->after.expectedError - report.calibration.expectedError;
        const QString effect = change < 0 ? tr("It brings the error from %1 down to %2.")
                                          : tr("The error goes from %1 to %2: there is nothing to gain.");
        const QString pictures = m_fit->onJudged ? tr("Fitted on %1: as long as the test split is locked, "
                                                      "there are no others that the run never trained on. "
                                                      "In the diagram, each half of them has the temperature that fits the other "
                                                      "half, so that none judges itself. ")
                                                 : tr("Fitted on %1 that the run never trained on, so that the "
                                                      "pictures shown here stay for judging. ");
        m_temperatureText->setText(
            pictures.arg(picturesText(m_fit->pictures, m_fit->onJudged ? core::Split::HeldOut : core::Split::Train)) +
            effect.arg(percentText(report.calibration.expectedError), percentText(m_fit->after.expectedError)) +
            tr(" No prediction changes, only how sure it is."));
    } else if (m_state == State::Known) {
        m_temperatureText->setText(
            tr("None can be fitted: that takes training pictures that the run never trained on, and this run trained on all of "
               "them. The test "
               "pictures are not taken for it, since they are to judge the result. Train with fewer pictures (Settings, Data), "
               "and some are left."));
    } else if (m_state == State::Failed) {
        m_temperatureText->setText(m_problem);
    } else if (m_state == State::Cancelled) {
        m_temperatureText->setText(
            tr("One number can make the network as sure as it is right. It is fitted on training pictures that the run never "
               "trained on."));
    } else {
        m_temperatureText->setText(
            tr("The network looks at training pictures that the run never trained on, to fit one number that makes it as sure as "
               "it is right."));
    }
    arrange();
}

void CalibrationPage::arrange() {
    const Theme& theme = Theme::instance();
    m_side->setFixedWidth(qBound(theme.px(236), width() * 27 / 100, theme.px(342)));
    const bool low = height() < theme.px(kLow);
    m_verdict->parentWidget()->layout()->setSpacing(theme.px(low ? 5 : 10));
    m_side->layout()->setContentsMargins(16, low ? 6 : 12, 8, low ? 6 : 12);
    m_panel->layout()->setContentsMargins(16, low ? 6 : 12, 8, low ? 4 : 8);
}

void CalibrationPage::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    arrange();
}

}  // namespace thaw::ui
