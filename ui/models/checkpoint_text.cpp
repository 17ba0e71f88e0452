#include "ui/models/checkpoint_text.h"

#include <QCoreApplication>
#include <QLocale>

#include <algorithm>
#include <cmath>

#include "ui/models/run_curves.h"
#include "ui/models/task_text.h"

namespace thaw::ui {
namespace {

QString say(const char* text) { return QCoreApplication::translate("thaw::ui", text); }

QString number(std::int64_t value) { return QLocale().toString(static_cast<qlonglong>(value)); }

QString nameOf(std::int64_t step, int epoch, bool endsEpoch) {
    if (endsEpoch) return say("after epoch %1").arg(number(epoch));
    return step == 0 ? say("before training") : say("at step %1").arg(number(step));
}

bool hasFigure(const core::KeptCheckpoint& checkpoint) { return checkpoint.endsEpoch && checkpoint.valScore >= 0; }

QString scoreOf(const core::KeptCheckpoint& checkpoint) { return scoreValueText(checkpoint.task, checkpoint.valScore); }

QString withFigure(const QString& name, const core::KeptCheckpoint& checkpoint) {
    return hasFigure(checkpoint) ? say("%1, validation %2").arg(name, scoreOf(checkpoint)) : name;
}

}  // namespace

QString checkpointName(const core::KeptCheckpoint& checkpoint) {
    return nameOf(checkpoint.step, checkpoint.epoch, checkpoint.endsEpoch);
}

QString checkpointLabel(const core::KeptCheckpoint& checkpoint) {
    return checkpoint.endsEpoch ? say("epoch %1").arg(number(checkpoint.epoch)) : say("step %1").arg(number(checkpoint.step));
}

QString checkpointText(const core::KeptCheckpoint& checkpoint) { return withFigure(checkpointName(checkpoint), checkpoint); }

QString shortCheckpointText(const core::KeptCheckpoint& checkpoint) {
    const QString name = checkpointLabel(checkpoint);
    return hasFigure(checkpoint) ? say("%1: %2").arg(name, scoreOf(checkpoint)) : name;
}

QString checkpointTitle(const core::KeptCheckpoint& checkpoint) { return withFigure(checkpointLabel(checkpoint), checkpoint); }

QString momentText(std::int64_t step, int epoch, std::int64_t stepsPerEpoch) {
    return nameOf(step, epoch, step > 0 && (stepsPerEpoch <= 0 || step == epoch * stepsPerEpoch));
}

std::int64_t stepsPerEpoch(const core::InspectedRun& run, const std::vector<core::KeptCheckpoint>& checkpoints) {
    for (const core::KeptCheckpoint& checkpoint : checkpoints)
        if (checkpoint.endsEpoch && checkpoint.epoch > 0) return checkpoint.step / checkpoint.epoch;
    const std::int64_t limit = run.config.data.trainLimit;
    const std::int64_t used = limit > 0 ? std::min(limit, run.dataset.trainCount) : run.dataset.trainCount;
    const std::int64_t count = used - std::llround(run.config.data.heldOut * static_cast<double>(used));
    return run.config.batchSize > 0 ? (count + run.config.batchSize - 1) / run.config.batchSize : 0;
}

double epochPosition(const core::KeptCheckpoint& checkpoint, std::int64_t stepsPerEpoch) {
    if (checkpoint.endsEpoch || stepsPerEpoch <= 0) return checkpoint.epoch;
    // Inside the epoch that follows the finished ones, whatever the division says.
    return std::clamp(static_cast<double>(checkpoint.step) / static_cast<double>(stepsPerEpoch),
                      static_cast<double>(checkpoint.epoch), checkpoint.epoch + 1.0);
}

}  // namespace thaw::ui
