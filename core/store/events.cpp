#include "core/api/events.h"

#include <cmath>

#include "core/store/strict_json.h"
#include "core/util/number_text.h"

namespace thaw::core {

namespace {

/// One line of JSON, fields in the order of the calls. The library's own writer shortens numbers; losses keep 17 digits here.
class Line {
public:
    Line& text(const char* name, const std::string& value) { return raw(name, jsonText(value)); }
    Line& flag(const char* name, bool value) { return raw(name, value ? "true" : "false"); }
    Line& whole(const char* name, std::int64_t value) { return raw(name, std::to_string(value)); }
    Line& number(const char* name, double value) { return raw(name, std::isfinite(value) ? numberText(value) : "null"); }
    Line& full(const char* name, double value) { return raw(name, std::isfinite(value) ? fullNumberText(value) : "null"); }
    Line& raw(const char* name, const std::string& value) {
        m_text += (m_text.empty() ? "{\"" : ",\"") + std::string(name) + "\":" + value;
        return *this;
    }
    std::string take() { return std::move(m_text) + '}'; }

private:
    std::string m_text;
};

// One a layer, in the model's order.
nlohmann::ordered_json maskValue(const LayerMask& mask) {
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    for (const bool trains : mask) list.push_back(trains);
    return list;
}

template <class Unwritten>
void write(Line&, const Unwritten&) {}

void write(Line& line, const RunStarted& event) {
    line.text("directory", event.directory.string())
        .text("dataset", event.dataset.id)
        .text("dataset_title", event.dataset.title)
        .text("model", event.model.name)
        .whole("parameters", event.model.parameterCount)
        .whole("train_count", event.trainCount)
        .whole("test_count", event.testCount)
        .whole("steps_per_epoch", event.stepsPerEpoch)
        .text("device", event.device)
        .flag("resumed", event.resumed)
        .whole("resumed_epoch", event.resumedEpoch)
        .flag("bit_exact", event.bitExact)
        .text("bit_exact_reason", event.bitExactReason)
        .raw("config", jsonText(parseOwnJson(toJson(event.config))));
}

void write(Line& line, const PhaseStarted& event) {
    line.whole("phase", event.phase)
        .text("title", event.title)
        .whole("first_epoch", event.firstEpoch)
        .whole("epochs", event.epochs)
        .number("learning_rate", event.learningRate)
        .raw("trainable", jsonText(maskValue(event.trainable)));
}

void write(Line& line, const EpochFinished& event) {
    line.whole("phase", event.phase)
        .whole("epoch", event.epoch)
        .full("train_loss", event.trainLoss)
        .full("train_accuracy", event.trainAccuracy)
        .full("val_loss", event.valLoss)
        .full("val_accuracy", event.valAccuracy)
        .number("seconds", event.seconds)
        .number("images_per_second", event.imagesPerSecond)
        .number("learning_rate", event.learningRate)
        .whole("step", event.step)
        .flag("best", event.best);
}

void write(Line& line, const LayersChanged& event) {
    line.whole("revision", static_cast<std::int64_t>(event.revision))
        .whole("step", event.step)
        .whole("epoch", event.epoch)
        .number("epoch_position", event.epochPosition)
        .text("origin", toString(event.origin))
        .raw("thawed", jsonText(event.thawed))
        .raw("frozen", jsonText(event.frozen))
        .raw("trainable", jsonText(maskValue(event.trainable)));
}

void write(Line& line, const LayersKept& event) {
    line.whole("step", event.step).raw("layers", jsonText(maskValue(event.layers)));
}

void write(Line& line, const LearningRateChanged& event) {
    line.whole("step", event.step)
        .number("epoch_position", event.epochPosition)
        .text("origin", toString(event.origin))
        .number("before", event.before)
        .number("after", event.after);
}

void write(Line& line, const Paused& event) {
    line.whole("step", event.step).number("epoch_position", event.epochPosition).text("origin", toString(event.origin));
}

void write(Line& line, const Resumed& event) {
    line.whole("step", event.step)
        .number("epoch_position", event.epochPosition)
        .text("origin", toString(event.origin))
        .number("paused_seconds", event.pausedSeconds);
}

void write(Line& line, const CheckpointSaved& event) {
    line.text("file", event.file.string())
        .whole("step", event.step)
        .whole("epoch", event.epoch)
        .text("reason", event.reason)
        .whole("bytes_written", event.bytesWritten)
        .flag("best", event.best);
}

void write(Line& line, const CheckpointFailed& event) { line.text("what", event.what).text("hint", event.hint); }

void write(Line& line, const TestRevealed& event) { line.whole("count", event.count).whole("epoch", event.epoch); }

void write(Line& line, const Notice& event) { line.text("text", event.text).flag("warning", event.warning); }

void write(Line& line, const RunFinished& event) {
    line.whole("epochs", event.epochs)
        .whole("steps", event.steps)
        .full("best_accuracy", event.bestAccuracy)
        .whole("best_epoch", event.bestEpoch)
        .number("seconds", event.seconds)
        .text("reason", event.reason);
    if (!event.notSaved.empty()) line.text("not_saved", event.notSaved);
}

void write(Line& line, const RunFailed& event) {
    line.text("what", event.what).text("phase", event.phase).text("hint", event.hint);
}

struct NameOf {
    const char* operator()(const RunStarted&) const { return "run_started"; }
    const char* operator()(const PhaseStarted&) const { return "phase_started"; }
    const char* operator()(const EpochFinished&) const { return "epoch_finished"; }
    const char* operator()(const LayersChanged&) const { return "layers_changed"; }
    const char* operator()(const LayersKept&) const { return "layers_kept"; }
    const char* operator()(const LearningRateChanged&) const { return "learning_rate_changed"; }
    const char* operator()(const Paused&) const { return "paused"; }
    const char* operator()(const Resumed&) const { return "resumed"; }
    const char* operator()(const CheckpointSaved&) const { return "checkpoint_saved"; }
    const char* operator()(const CheckpointFailed&) const { return "checkpoint_failed"; }
    const char* operator()(const TestRevealed&) const { return "test_revealed"; }
    const char* operator()(const Notice&) const { return "notice"; }
    const char* operator()(const RunFinished&) const { return "run_finished"; }
    const char* operator()(const RunFailed&) const { return "run_failed"; }
    template <class Other>
    const char* operator()(const Other&) const {
        return "";
    }
};

}  // namespace

std::string toString(Origin origin) { return origin == Origin::Plan ? "plan" : "hand"; }

std::string toString(TrainerState state) {
    switch (state) {
        case TrainerState::Idle:
            return "idle";
        case TrainerState::Preparing:
            return "preparing";
        case TrainerState::Running:
            return "running";
        case TrainerState::Paused:
            return "paused";
        case TrainerState::Stopping:
            return "stopping";
        case TrainerState::Finished:
            return "finished";
        case TrainerState::Failed:
            return "failed";
    }
    return {};
}

std::string eventName(const EventData& data) { return std::visit(NameOf(), data); }

std::string toJsonLine(const Event& event) {
    const std::string name = eventName(event.data);
    if (name.empty()) return {};
    Line line;
    line.text("event", name).text("run", event.runId).number("time", event.time);
    std::visit([&line](const auto& data) { write(line, data); }, event.data);
    return line.take();
}

}  // namespace thaw::core
