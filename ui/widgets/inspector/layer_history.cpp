#include "ui/widgets/inspector/layer_history.h"

#include <algorithm>

#include "ui/bridge/inspection_controller.h"
#include "ui/models/checkpoint_text.h"
#include "ui/models/layer_text.h"
#include "ui/models/percent_text.h"
#include "ui/models/problem_text.h"
#include "ui/widgets/inspector/history_plot.h"
#include "ui/widgets/inspector/plot_column.h"

namespace thaw::ui {
namespace {

const QString kTopic = QStringLiteral("history");

}  // namespace

LayerHistoryPanel::LayerHistoryPanel(InspectionController& inspection, QWidget* parent)
    : QWidget(parent), m_inspection(inspection) {
    m_title = makePlotTitle(this);
    m_part = new SegmentedBar(this);
    m_part->setAccessibleName(tr("Which figure over the epochs"));
    m_part->addSegment(Moved, tr("Moved"));
    m_part->addSegment(GradientNorm, tr("Gradient"));
    m_plot = new HistoryPlot(this);
    setLayout(makePlotColumn(m_title, m_part, m_plot));
    connect(m_part, &SegmentedBar::currentChanged, this, [this] {
        showTitle();
        showKnown();
        if (isVisible()) ask();
    });
    connect(m_plot, &HistoryPlot::actionRequested, this, &LayerHistoryPanel::stopOrAsk);
    showTitle();
}

void LayerHistoryPanel::takeSubject(bool anotherRun) {
    m_asked.clear();
    m_shown.clear();
    if (!anotherRun) return;
    m_history.reset();
    m_stopped = false;
}

void LayerHistoryPanel::showLayer(const std::string& name) {
    m_layer = name;
    showKnown();
}

void LayerHistoryPanel::showTitle() {
    const bool moved = m_part->current() == Moved;
    m_title->setText(moved ? tr("How far each layer has moved") : tr("How strong each layer's gradient is"));
    m_title->setShortText(moved ? tr("Moved") : tr("Gradient"));
    m_title->setToolTip(moved ? tr("The change of a layer's weights since the start, as a share of their size.")
                              : tr("The norm of the gradient of a layer's weights, for the loss of some training pictures."));
}

void LayerHistoryPanel::hideEvent(QHideEvent* event) {
    QWidget::hideEvent(event);
    // Checkpoints that have been compared are remembered.
    m_inspection.cancel(this, kTopic);
    m_asked.clear();
}

void LayerHistoryPanel::stopOrAsk() {
    m_stopped = !m_asked.isEmpty();
    if (m_stopped) m_inspection.cancel(this, kTopic);
    m_asked.clear();
    ask();
}

void LayerHistoryPanel::ask() {
    const InspectionSubject* subject = m_inspection.subject();
    if (m_stopped) {
        if (!isKnown()) m_plot->setMessage(tr("Not compared: it was cancelled."), tr("Compare the checkpoints"));
        return;
    }
    const QString kind = QString::number(m_part->current()) + QLatin1Char('|');
    const QString key = kind + QString::fromStdString(subject->checkpoints.back().name);
    // While checkpoints come quickly, the comparison that is under way is finished first.
    const bool underWay = m_asked == key || (m_asked.startsWith(kind) && m_inspection.isTraining());
    if (underWay || m_shown == key) return;
    m_asked = key;
    if (!isKnown()) m_plot->setMessage(tr("Comparing the kept checkpoints"));
    m_inspection.askAboutRun<core::LayerHistory>(
        this, kTopic, InspectionController::Lane::Longest,
        [gradients = m_part->current() == GradientNorm](core::Inspector& inspector, const std::string&,
                                                        const core::CountCallback& progress) {
            return inspector.history(gradients, progress);
        },
        [this, key](const core::LayerHistory& history) {
            m_asked.clear();
            m_shown = key;
            m_history = history;
            showKnown();
            if (isVisible()) ask();
        },
        [this](std::int64_t done, std::int64_t total) {
            if (!isKnown())
                m_plot->setMessage(tr("Comparing the kept checkpoints, %1").arg(percentText(done, total)), tr("Cancel"));
        },
        [this](const QString& what, const QString& hint) {
            m_asked.clear();
            if (!isKnown()) m_plot->setMessage(problemText(what, hint));
        });
}

bool LayerHistoryPanel::isKnown() const {
    return m_history && !m_history->checkpoints.empty() &&
           (m_part->current() == Moved || !m_history->gradientNorm.empty() || !m_history->gradientProblem.empty());
}

void LayerHistoryPanel::showKnown() {
    const InspectionSubject* subject = m_inspection.subject();
    if (!isKnown() || !subject) return;
    const auto& layers = subject->run.model.layers;
    const int index = subject->run.model.indexOf(m_layer);
    if (index < 0) return;
    const core::LayerInfo& now = layers[static_cast<std::size_t>(index)];
    const std::int64_t steps = stepsPerEpoch(subject->run, subject->checkpoints);
    const bool moved = m_part->current() == Moved;
    const std::string& problem = moved ? m_history->startProblem : m_history->gradientProblem;
    if (!problem.empty()) return m_plot->setMessage(QString::fromStdString(problem));
    const auto& values = moved ? m_history->moved : m_history->gradientNorm;
    const bool trainingKnown = !m_history->moved.empty();
    HistoryPlot::Content content;
    content.percent = moved;
    content.plannedEpochs = subject->run.config.totalEpochs();
    std::vector<std::size_t> looked;  // whose training colours the ground
    for (std::size_t i = 0; i < layers.size(); ++i) {
        if (layers[i].block != now.block || !layers[i].hasParameters()) continue;
        HistoryPlot::Line line{shortLayerName(layers[i]), {}, trainingKnown && m_history->moved.back()[i] == 0};
        for (const auto& row : values) line.values.push_back(row[i]);
        if (layers[i].name == now.name) content.current = static_cast<int>(content.lines.size());
        if (!now.hasParameters() || layers[i].name == now.name) looked.push_back(i);
        content.lines.push_back(std::move(line));
    }
    bool trainedOnce = false;
    for (std::size_t at = 0; at < m_history->checkpoints.size(); ++at) {
        content.positions.push_back(epochPosition(m_history->checkpoints[at], steps));
        content.moments << checkpointName(m_history->checkpoints[at]);
        if (!trainingKnown) continue;
        // What trained has moved; not a bit changes in what is frozen.
        const bool trained = std::any_of(looked.begin(), looked.end(), [&](std::size_t i) {
            return m_history->moved[at][i] != (at > 0 ? m_history->moved[at - 1][i] : 0.0);
        });
        content.trained.push_back(trained);
        trainedOnce = trainedOnce || trained;
    }
    if (moved && content.current >= 0)
        content.remark = !trainedOnce               ? tr("exactly 0: it has never trained")
                         : !content.trained.front() ? tr("exactly 0 while frozen")
                                                    : QString();
    m_plot->setContent(std::move(content));
    const core::KeptCheckpoint* chosen = m_inspection.checkpoint();
    m_plot->setMark(chosen ? epochPosition(*chosen, steps) : -1);
    m_plot->setAccessibleName(m_title->text());
}

}  // namespace thaw::ui
