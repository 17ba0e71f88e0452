#include "ui/widgets/window/run_log.h"

#include <QLocale>

#include <utility>

#include "ui/bridge/session.h"
#include "ui/models/path_text.h"
#include "ui/models/problem_text.h"
#include "ui/models/task_text.h"
#include "ui/widgets/parts/styling.h"

namespace thaw::ui {
namespace {

QString text(const std::string& value) { return QString::fromStdString(value); }
void say(const QString& line) { core::logMessage("info", line.toStdString()); }
void warn(const QString& line) { core::logMessage("warning", line.toStdString()); }

QString names(const std::vector<std::string>& layers) {
    QStringList list;
    for (const std::string& layer : layers) list += text(layer);
    return list.join(QStringLiteral(", "));
}

}  // namespace

RunLog::RunLog(Session& session, QObject* parent) : QObject(parent), m_session(session) {
    const TrainingController& training = session.training();
    connect(&training, &TrainingController::runStarted, this, &RunLog::takeRun);
    connect(&training, &TrainingController::phaseStarted, this, &RunLog::takePhase);
    connect(&training, &TrainingController::stateChanged, this, &RunLog::takeState);
    connect(&training, &TrainingController::epochFinished, this, [](const core::EpochFinished& epoch) {
        say(tr("Epoch %1, %2: training %3, validation %4; validation loss %5, %6.")
                .arg(epoch.epoch)
                .arg(scoreInSentence(epoch.task), scoreValueText(epoch.task, epoch.trainScore),
                     scoreValueText(epoch.task, epoch.valScore), QLocale().toString(epoch.valLoss, 'f', 3),
                     formatDuration(epoch.seconds)));
    });
    connect(&training, &TrainingController::layersChanged, this, [](const core::LayersChanged& change) {
        if (!change.thawed.empty()) say(tr("Thawed: %1.").arg(names(change.thawed)));
        if (!change.frozen.empty()) say(tr("Frozen: %1.").arg(names(change.frozen)));
    });
    connect(&training, &TrainingController::learningRateChanged, this, [](const core::LearningRateChanged& change) {
        say(tr("Learning rate %1 changed to %2.").arg(formatRate(change.before), formatRate(change.after)));
    });
    connect(&training, &TrainingController::paused, this,
            [](const core::Paused& event) { say(tr("Paused at step %1.").arg(event.step)); });
    connect(&training, &TrainingController::resumed, this,
            [](const core::Resumed& event) { say(tr("Resumed after %1.").arg(formatDuration(event.pausedSeconds))); });
    connect(&training, &TrainingController::checkpointSaved, this, [](const core::CheckpointSaved& saved) {
        const QString line = tr("Checkpoint written at step %1, %2.").arg(saved.step).arg(formatBytes(saved.bytesWritten));
        // The one of each epoch goes without saying.
        core::logMessage(saved.reason == "epoch" ? "debug" : "info", line.toStdString());
    });
    connect(&training, &TrainingController::checkpointFailed, this,
            [](const core::CheckpointFailed& failed) { warn(text(failed.what) + QLatin1Char(' ') + text(failed.hint)); });
    connect(&training, &TrainingController::notice, this,
            [](const core::Notice& notice) { core::logMessage(notice.warning ? "warning" : "info", notice.text); });
    connect(&training, &TrainingController::modelExported, this,
            [](const core::ModelExported& exported) { say(tr("The model is written to %1.").arg(pathText(exported.file))); });
    connect(&training, &TrainingController::commandRefused, this, [](quint64, const QString& reason) { warn(reason); });
    connect(&training, &TrainingController::startRefused, this,
            [](const QString& what, const QString& hint) { warn(problemText(what, hint)); });
    connect(&training, &TrainingController::runFinished, this, [](const core::RunFinished& finished) {
        if (finished.bestEpoch > 0)
            say(tr("The run ended (%1): validation %2 %3 in epoch %4, the best.")
                    .arg(text(finished.reason), scoreInSentence(finished.task), scoreValueText(finished.task, finished.bestScore))
                    .arg(finished.bestEpoch));
        else
            say(tr("The run ended (%1).").arg(text(finished.reason)));
        if (!finished.notSaved.empty()) core::logMessage("warning", finished.notSaved);
    });
}

void RunLog::takeRun(const core::RunStarted& run) {
    m_opened.reset();
    m_openedPhase.clear();
    if (run.resumed)
        m_opened = run;
    else
        say(tr("%1 starts: %2 on %3.").arg(text(run.runId), text(run.dataset.title), text(run.device)));
}

void RunLog::takePhase(const core::PhaseStarted& phase) {
    if (m_opened) {
        m_openedPhase = text(phase.title);
        return;
    }
    say(tr("%1: epochs %2 to %3, learning rate %4.")
            .arg(text(phase.title))
            .arg(phase.firstEpoch)
            .arg(phase.firstEpoch + phase.epochs - 1)
            .arg(formatRate(phase.learningRate)));
}

void RunLog::takeState(core::TrainerState state) {
    if (!m_opened || state == core::TrainerState::Preparing) return;
    const core::RunStarted run = *std::exchange(m_opened, std::nullopt);
    const QString name = m_session.runName();
    const QString epochs = tr("epoch %1 of %2").arg(run.resumedEpoch).arg(run.config.totalEpochs());
    const QString phase = m_openedPhase.isEmpty() ? QString() : tr(", %1").arg(m_openedPhase);
    if (state == core::TrainerState::Finished)
        say(tr("%1 opened: %2, finished after epoch %3.").arg(name, text(run.dataset.title)).arg(run.resumedEpoch));
    else if (state == core::TrainerState::Paused)
        say(tr("%1 opened: %2, paused after %3%4.").arg(name, text(run.dataset.title), epochs, phase));
    else
        say(tr("%1 goes on after %2%3: %4 on %5.").arg(name, epochs, phase, text(run.dataset.title), text(run.device)));
    if (!run.bitExact && state != core::TrainerState::Finished) warn(tr("Not bit-exact: %1.").arg(text(run.bitExactReason)));
}

}  // namespace thaw::ui
