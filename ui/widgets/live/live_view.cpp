#include <QLabel>
#include <QLocale>
#include <QResizeEvent>
#include <QSlider>
#include <QThread>
#include <QToolButton>

#include <cmath>

#include "ui/bridge/training_controller.h"
#include "ui/models/path_text.h"
#include "ui/models/plain_text.h"
#include "ui/models/task_text.h"
#include "ui/widgets/live/live_view_private.h"
#include "ui/widgets/live/preparation_note.h"
#include "ui/widgets/live/read_out_line.h"
#include "ui/widgets/parts/chip.h"
#include "ui/widgets/parts/elided_label.h"
#include "ui/widgets/parts/segmented_bar.h"
#include "ui/widgets/parts/styling.h"
#include "ui/widgets/parts/theme.h"

namespace thaw::ui {
namespace {

constexpr double kSliderDecades = 3;
constexpr double kPngScale = 2;
constexpr int kExportWidth = 1200, kExportHeight = 800;  ///< at least; a wider plot is exported as it is seen

}  // namespace

void LiveView::Private::updateHero() {
    const core::EpochFinished* last = curves.lastEpoch();
    const core::EpochFinished* best = curves.bestEpoch();
    const QString score = scoreInSentence(curves.config().task);
    heroTitle->setText(LiveView::tr("Validation %1").arg(score));
    heroTitle->setToolTip(toolTipText(scoreHelp(curves.config().task)));
    hero->setAccessibleName(heroTitle->text());
    if (!last) {
        hero->setText(QStringLiteral("–"));
        heroCaptions = QStringList{LiveView::tr("the first figure comes after epoch 1"), LiveView::tr("after epoch 1")};
    } else {
        hero->setText(scoreValueText(curves.config().task, last->valScore));
        const QString epoch = QLocale().toString(last->epoch), most = scoreValueText(curves.config().task, best->valScore);
        if (last->epoch == best->epoch)
            heroCaptions =
                QStringList{LiveView::tr("after epoch %1, best so far").arg(epoch), LiveView::tr("epoch %1, best").arg(epoch)};
        else
            heroCaptions = QStringList{
                LiveView::tr("after epoch %1; best %2 after epoch %3").arg(epoch, most, QLocale().toString(best->epoch)),
                LiveView::tr("epoch %1; best %2").arg(epoch, most)};
    }
    const QString caption = heroCaptions.front();
    heroCaption->setToolTip(caption);
    hero->setAccessibleDescription(QStringLiteral("%1, %2").arg(hero->text(), caption));

    const std::optional<double> points = curves.pointsSinceThaw();
    chipTexts.clear();
    if (points) {
        const QString number =
            (*points < 0 ? QStringLiteral("−") : QStringLiteral("+")) + QLocale().toString(std::abs(*points), 'f', 1);
        chipTexts = QStringList{LiveView::tr("%1 since the thaw").arg(number), number};
        if (core::taskInfo(curves.config().task).score.isShare)
            chipTexts.prepend(LiveView::tr("%1 points since the thaw").arg(number));
        chip->setToolTip(
            LiveView::tr("%1: validation %2 now, against the best while the trunk was frozen.").arg(chipTexts.front(), score));
    }
    fitHead();
    plot->setAccessibleDescription(last ? LiveView::tr("%1 and loss of %2 epochs out of %3. Validation %4 %5, %6.")
                                              .arg(scoreTitle(curves.config().task), QLocale().toString(last->epoch),
                                                   QLocale().toString(curves.plannedEpochs()), score,
                                                   scoreValueText(curves.config().task, last->valScore), caption)
                                        : LiveView::tr("%1 and loss over %2 planned epochs. No epoch is finished.")
                                              .arg(scoreTitle(curves.config().task), QLocale().toString(curves.plannedEpochs())));
}

void LiveView::Private::updateReferences() {
    std::vector<ReferenceLine> lines;
    for (std::size_t i = 0; i < others.size(); ++i) {
        const core::EpochFinished* best = otherCurves[i].bestEpoch();
        if (best) lines.push_back({best->valScore, others[i].name, ReferenceLine::Look::Run, others[i].penIndex});
    }
    if (const std::optional<double> frozen = curves.bestFrozen())
        lines.push_back({*frozen, LiveView::tr("best with frozen trunk"), ReferenceLine::Look::Frozen, 0});
    if (claimsButton->isChecked() && !claims.empty())
        for (std::size_t i = 0; i < claims.size(); ++i)
            lines.push_back({claims[i], LiveView::tr("claimed after phase %1").arg(i + 1), ReferenceLine::Look::Claim, 0});
    plot->setReferences(std::move(lines));
}

void LiveView::Private::updateReadOut() {
    const ReadOut now = plot->readOut();
    std::vector<ReadOutLine::Other> figures;
    if (now.atEpoch) {
        const SeriesPoint here = curves.valScore().at(curves.valScore().nearest(plot->axis(), now.x));
        for (std::size_t i = 0; i < others.size(); ++i) {
            const auto epoch = otherCurves[i].epochs().find(static_cast<int>(std::lround(here.epochPosition)));
            if (epoch != otherCurves[i].epochs().end())
                figures.push_back({others[i].name, others[i].penIndex, epoch->second.valScore});
        }
    }
    readOut->setReadOut(now, std::move(figures));
}

void LiveView::Private::updateSmoothing() {
    const double batches = q->smoothingBatches();
    curves.setSmoothing(1 - 1 / batches);
    smoothingValue->setText(smoothing->value() == 0 ? LiveView::tr("off")
                                                    : LiveView::tr("%1 batches").arg(QLocale().toString(std::lround(batches))));
    plot->dataChanged();
}

void LiveView::Private::runStarted(const core::RunStarted& run) {
    const bool same = run.resumed && QString::fromStdString(run.runId) == runId;
    if (!same) q->reset();
    runId = QString::fromStdString(run.runId);
    q->setPlan(run.config, run.stepsPerEpoch, &run.model);
    if (run.resumed && !same) Q_EMIT q->historyNeeded(pathText(run.directory));
}

/// The bands or the flags are others than before.
void LiveView::Private::happened() {
    plot->happeningsChanged();
    Q_EMIT q->planChanged();
}

void LiveView::Private::placeNote() {
    const QRect axesRect = plot->accuracyRect().translated(plot->pos());
    note->placeIn(axesRect.height() > 0 ? axesRect : plot->geometry());
}

void LiveView::Private::showStatus(const QString& text, bool failed) {
    status->setText(text);
    setStyleProperty(status, "type", failed ? QStringLiteral("wrong") : QStringLiteral("table"));
    status->show();
    if (failed)
        statusTimer.stop();
    else
        statusTimer.start();
}

void LiveView::Private::askAndExport(ExportFormat format) {
    const QString file = askForExportFile(q, format, runTitle.isEmpty() ? LiveView::tr("Curves") : runTitle);
    if (!file.isEmpty()) q->exportTo(file, format);
}

LiveView::LiveView(QWidget* parent) : QFrame(parent), d(std::make_unique<Private>(this)) { d->build(); }

LiveView::~LiveView() {
    for (QThread* thread : d->exports) {
        thread->disconnect(this);
        thread->wait();
        delete thread;
    }
}

void LiveView::bindController(TrainingController* controller) {
    connect(controller, &TrainingController::runStarted, this, [this](const core::RunStarted& run) { d->runStarted(run); });
    connect(controller, &TrainingController::phaseStarted, this, &LiveView::addPhase);
    connect(controller, &TrainingController::batchesFinished, this, &LiveView::addBatches);
    connect(controller, &TrainingController::epochFinished, this, &LiveView::addEpoch);
    connect(controller, &TrainingController::layersChanged, this, &LiveView::addLayersChanged);
    connect(controller, &TrainingController::learningRateChanged, this, &LiveView::addLearningRateChanged);
    connect(controller, &TrainingController::paused, this, &LiveView::addPaused);
    connect(controller, &TrainingController::resumed, this, &LiveView::addResumed);
    connect(controller, &TrainingController::planProgress, this, &LiveView::addPlanProgress);
    connect(controller, &TrainingController::workProgress, this, &LiveView::showPreparation);
    connect(controller, &TrainingController::stateChanged, this, [this](core::TrainerState state) {
        if (state != core::TrainerState::Preparing && state != core::TrainerState::Running) d->note->hide();
    });
}

void LiveView::reset() {
    d->curves.reset();
    d->runId.clear();
    d->note->hide();
    d->plot->setCurves(&d->curves);
    Q_EMIT planChanged();
    d->updateHero();
    d->updateReferences();
}

void LiveView::setPlan(const core::RunConfig& config, std::int64_t stepsPerEpoch, const core::ModelInfo* model) {
    if (model) {
        d->curves.setPlan(config, stepsPerEpoch, model);
    } else {
        try {
            const core::ModelInfo described = core::describeModel(config, 10);
            d->curves.setPlan(config, stepsPerEpoch, &described);
        } catch (const std::exception&) {
            d->curves.setPlan(config, stepsPerEpoch);  // the settings panel says what is wrong with it
        }
    }
    d->happened();
    d->plot->fit();
    d->updateHero();
    d->updateReferences();
}

void LiveView::setHistory(const core::RunHistory& history) {
    const QString id = QString::fromStdString(history.summary.runId);
    if (!d->runId.isEmpty() && d->runId != id) reset();
    d->runId = id;
    if (d->curves.config().phases.empty()) setPlan(history.config, 0);
    d->curves.addHistory(history);
    d->happened();
    d->plot->fit();
    d->updateHero();
    d->updateReferences();
}

void LiveView::setOtherRuns(const std::vector<OtherRun>& runs) {
    d->others = runs;
    d->otherCurves.clear();
    std::vector<OtherCurves> drawn;
    for (const OtherRun& run : runs) {
        RunCurves curves;
        curves.addHistory(run.history);
        d->otherCurves.push_back(curves);
        drawn.push_back({std::move(curves), run.penIndex, run.name});
    }
    d->plot->setOtherRuns(std::move(drawn));
    d->updateReferences();
    d->updateReadOut();
}

void LiveView::setClaims(const std::vector<double>& claims) {
    d->claims = claims;
    d->claimsButton->setVisible(!claims.empty());
    d->fitFooter();
    d->updateReferences();
}

void LiveView::setRunTitle(const QString& title) { d->runTitle = title; }
const RunCurves& LiveView::curves() const { return d->curves; }
CurvePlot* LiveView::plot() const { return d->plot; }
void LiveView::setClock(std::function<double()> clock) { d->givenClock = std::move(clock); }

void LiveView::setSmoothingBatches(double batches) {
    d->smoothing->setValue(qRound(std::log10(std::max(1.0, batches)) / kSliderDecades * kSliderTop));
}
double LiveView::smoothingBatches() const { return std::pow(10, kSliderDecades * d->smoothing->value() / kSliderTop); }

void LiveView::setAxis(SeriesAxis axis) {
    d->axes->setCurrent(static_cast<int>(axis));
    d->plot->setAxis(axis);
}

void LiveView::setClaimsShown(bool shown) { d->claimsButton->setChecked(shown); }

void LiveView::showPreparation(const core::WorkProgress& progress) {
    if (!d->curves.empty()) return;  // the run bar tells what is done between two epochs
    d->note->setProgress(progress);
    d->placeNote();
    d->note->show();
    d->note->raise();
}

void LiveView::setLightFiles(bool light) { d->lightFiles->setChecked(light); }

void LiveView::addPhase(const core::PhaseStarted& phase) {
    d->curves.addPhase(phase, d->now());
    d->happened();
    d->updateReferences();
}

void LiveView::addBatches(const std::vector<core::BatchFinished>& batches) {
    d->curves.addBatches(batches, d->now());
    d->note->hide();
    d->plot->dataChanged();
}

void LiveView::addEpoch(const core::EpochFinished& epoch) {
    d->curves.addEpoch(epoch, d->now());
    d->plot->dataChanged();
    d->updateHero();
    d->updateReferences();
}

void LiveView::addLayersChanged(const core::LayersChanged& change) {
    d->curves.addLayersChanged(change);
    d->happened();
    d->updateReferences();
}

void LiveView::addLearningRateChanged(const core::LearningRateChanged& change) {
    d->curves.addLearningRateChanged(change);
    d->happened();
}

void LiveView::addPaused(const core::Paused& event) {
    d->curves.addPaused(event, d->now());
    d->happened();
}

void LiveView::addResumed(const core::Resumed& event) {
    d->curves.addResumed(event, d->now());
    d->happened();
}

void LiveView::addPlanProgress(const core::PlanProgress& progress) {
    d->curves.setSecondsLeft(progress.secondsLeft);
    if (d->plot->axis() == SeriesAxis::Time) d->plot->dataChanged();
}

void LiveView::exportTo(const QString& file, ExportFormat format) {
    auto job = std::make_shared<CurveExport>();
    job->file = file;
    job->format = format;
    const core::EpochFinished* last = d->curves.lastEpoch();
    QString title = d->runTitle.isEmpty() ? tr("Training curves") : d->runTitle;
    if (last)
        title += tr(": validation %1 %2 after epoch %3")
                     .arg(scoreInSentence(d->curves.config().task), scoreValueText(d->curves.config().task, last->valScore),
                          QLocale().toString(last->epoch));
    const QSize size = d->plot->size().expandedTo(QSize(kExportWidth, kExportHeight));
    switch (format) {
        case ExportFormat::Png:
            job->image = d->plot->toImage(size, kPngScale, title);
            break;
        case ExportFormat::Svg:
            job->bytes = d->plot->toSvg(size, title);
            break;
        case ExportFormat::Pdf:
            job->bytes = d->plot->toPdf(size, title);
            break;
        case ExportFormat::Csv:
            job->runs.emplace_back(d->runTitle.isEmpty() ? tr("this run") : d->runTitle, d->curves);
            for (std::size_t i = 0; i < d->others.size(); ++i) job->runs.emplace_back(d->others[i].name, d->otherCurves[i]);
            break;
    }
    QThread* thread = QThread::create([job] { writeExport(*job); });
    d->exports.push_back(thread);
    connect(thread, &QThread::finished, this, [this, thread, job] {
        d->exports.erase(std::find(d->exports.begin(), d->exports.end(), thread));
        thread->deleteLater();
        if (job->error.isEmpty()) {
            d->showStatus(tr("Saved as %1.").arg(job->file), false);
            Q_EMIT exported(job->file);
            return;
        }
        const QString what = tr("%1 could not be written: %2.").arg(job->file, job->error);
        const QString hint = tr("Choose another folder, or free some space, and export again.");
        d->showStatus(QStringLiteral("%1 %2").arg(what, hint), true);
        Q_EMIT exportFailed(job->file, what, hint);
    });
    thread->start();
}

QSize LiveView::minimumSizeHint() const {
    const Theme& t = Theme::instance();
    const int reading = d->axes->sizeHint().width() + d->smoothing->minimumWidth() + t.px(6);
    return {std::max(t.px(320), reading + t.px(34)), t.px(200)};
}

void LiveView::resizeEvent(QResizeEvent* event) {
    QFrame::resizeEvent(event);
    d->fitHead();
    d->fitFooter();
    d->fitHeight();
    if (!d->note->isHidden()) d->placeNote();
}

}  // namespace thaw::ui
