#include "core/api/events.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/store/event_lines.h"
#include "core/util/number_text.h"

namespace thaw::core {

namespace {

using nlohmann::json;

/// One line of JSON, fields in the order of the calls. The library's own writer shortens numbers; losses keep 17 digits here.
class Line {
public:
    void text(const char* name, const std::string& value) { raw(name, jsonText(value)); }
    void flag(const char* name, bool value) { raw(name, value ? "true" : "false"); }
    template <class Whole>
    void whole(const char* name, Whole value) {
        raw(name, std::to_string(value));
    }
    void number(const char* name, double value) { raw(name, std::isfinite(value) ? numberText(value) : "null"); }
    void full(const char* name, double value) { raw(name, std::isfinite(value) ? fullNumberText(value) : "null"); }
    void origin(const char* name, Origin value) { text(name, toString(value)); }
    void names(const char* name, const std::vector<std::string>& value) { raw(name, jsonText(value)); }
    /// One a layer, in the model's order.
    void mask(const char* name, const LayerMask& value) {
        nlohmann::ordered_json list = nlohmann::ordered_json::array();
        for (const bool trains : value) list.push_back(trains);
        raw(name, jsonText(list));
    }
    /// Not written of one label, which records of earlier versions mean.
    void task(const char* name, TaskKind value) {
        if (value != TaskKind::OneLabel) text(name, toString(value));
    }
    void unlessEmpty(const char* name, const std::string& value) {
        if (!value.empty()) text(name, value);
    }
    void metrics(const std::string& prefix, const TaskInfo&, const std::vector<Metric>& values) {
        for (const Metric& metric : values) full((prefix + metric.name).c_str(), metric.value);
    }
    void raw(const char* name, const std::string& value) {
        m_text += (m_text.empty() ? "{\"" : ",\"") + std::string(name) + "\":" + value;
    }
    std::string take() { return std::move(m_text) + '}'; }

private:
    std::string m_text;
};

/// The same fields back. What is missing or of another kind gets the field's default, a figure NaN.
class LineReader {
public:
    explicit LineReader(const json& line) : m_line(line) {}

    void text(const char* name, std::string& value) const {
        if (const json* found = find(name); found && found->is_string()) value = found->get<std::string>();
    }
    void flag(const char* name, bool& value) const {
        if (const json* found = find(name)) value = found->is_boolean() && found->get<bool>();
    }
    template <class Whole>
    void whole(const char* name, Whole& value) const {
        const json* found = find(name);
        if (!found || !found->is_number_integer()) return;
        constexpr std::int64_t most =
            sizeof(Whole) < sizeof(std::int64_t) ? 1'000'000'000 : std::numeric_limits<std::int64_t>::max();
        value = static_cast<Whole>(std::clamp<std::int64_t>(found->get<std::int64_t>(), 0, most));
    }
    void number(const char* name, double& value) const {
        const json* found = find(name);
        value = found && found->is_number() ? found->get<double>() : std::numeric_limits<double>::quiet_NaN();
    }
    void full(const char* name, double& value) const { number(name, value); }
    /// Records of earlier versions say "by_plan" of layers and rates and nothing of pauses, which were always asked for.
    void origin(const char* name, Origin& value) const {
        std::string said;
        text(name, said);
        bool byPlan = said == toString(Origin::Plan);
        if (said.empty()) flag("by_plan", byPlan);
        value = byPlan ? Origin::Plan : Origin::Hand;
    }
    void names(const char* name, std::vector<std::string>& value) const {
        const json* found = find(name);
        if (!found || !found->is_array()) return;
        for (const json& item : *found)
            if (item.is_string()) value.push_back(item.get<std::string>());
    }
    void mask(const char* name, LayerMask& value) const {
        const json* found = find(name);
        if (!found || !found->is_array()) return;
        for (const json& item : *found) value.push_back(item.is_boolean() && item.get<bool>());
    }
    void task(const char* name, TaskKind& value) const {
        std::string said;
        text(name, said);
        for (const TaskKind kind : {TaskKind::SeveralLabels, TaskKind::ContinueText})
            if (said == toString(kind)) value = kind;
    }
    void unlessEmpty(const char* name, std::string& value) const { text(name, value); }
    void metrics(const std::string& prefix, const TaskInfo& task, std::vector<Metric>& values) const {
        for (const MetricInfo& metric : task.others) {
            double value = 0;
            number((prefix + metric.name).c_str(), value);
            if (std::isfinite(value)) values.push_back({metric.name, value});
        }
    }

private:
    const json* find(const char* name) const {
        const auto found = m_line.find(name);
        return found == m_line.end() ? nullptr : &*found;
    }
    const json& m_line;
};

// The fields of each event, for writing and for reading.

template <class Visitor, class Unwritten>
void visitFields(Visitor&, Unwritten&) {}

template <class Visitor>
void visitFields(Visitor& fields, PhaseStarted& event) {
    fields.whole("phase", event.phase);
    fields.text("title", event.title);
    fields.whole("first_epoch", event.firstEpoch);
    fields.whole("epochs", event.epochs);
    fields.number("learning_rate", event.learningRate);
    fields.mask("trainable", event.trainable);
}

template <class Visitor>
void visitFields(Visitor& fields, EpochFinished& event) {
    fields.task("task", event.task);
    const TaskInfo& task = taskInfo(event.task);
    fields.whole("phase", event.phase);
    fields.whole("epoch", event.epoch);
    fields.full("train_loss", event.trainLoss);
    fields.full(("train_" + task.score.name).c_str(), event.trainScore);
    fields.full("val_loss", event.valLoss);
    fields.full(("val_" + task.score.name).c_str(), event.valScore);
    fields.metrics("val_", task, event.valMetrics);
    fields.number("seconds", event.seconds);
    fields.number("images_per_second", event.imagesPerSecond);
    fields.number("learning_rate", event.learningRate);
    fields.whole("step", event.step);
    fields.flag("best", event.best);
}

template <class Visitor>
void visitFields(Visitor& fields, LayersChanged& event) {
    fields.whole("revision", event.revision);
    fields.whole("step", event.step);
    fields.whole("epoch", event.epoch);
    fields.number("epoch_position", event.epochPosition);
    fields.origin("origin", event.origin);
    fields.names("thawed", event.thawed);
    fields.names("frozen", event.frozen);
    fields.mask("trainable", event.trainable);
}

template <class Visitor>
void visitFields(Visitor& fields, LayersKept& event) {
    fields.whole("step", event.step);
    fields.mask("layers", event.layers);
}

template <class Visitor>
void visitFields(Visitor& fields, LearningRateChanged& event) {
    fields.whole("step", event.step);
    fields.number("epoch_position", event.epochPosition);
    fields.origin("origin", event.origin);
    fields.number("before", event.before);
    fields.number("after", event.after);
}

template <class Visitor>
void visitFields(Visitor& fields, Paused& event) {
    fields.whole("step", event.step);
    fields.number("epoch_position", event.epochPosition);
    fields.origin("origin", event.origin);
}

template <class Visitor>
void visitFields(Visitor& fields, Resumed& event) {
    fields.whole("step", event.step);
    fields.number("epoch_position", event.epochPosition);
    fields.origin("origin", event.origin);
    fields.number("paused_seconds", event.pausedSeconds);
}

template <class Visitor>
void visitFields(Visitor& fields, CheckpointFailed& event) {
    fields.text("what", event.what);
    fields.text("hint", event.hint);
}

template <class Visitor>
void visitFields(Visitor& fields, TestRevealed& event) {
    fields.whole("count", event.count);
    fields.whole("epoch", event.epoch);
}

template <class Visitor>
void visitFields(Visitor& fields, Notice& event) {
    fields.text("text", event.text);
    fields.flag("warning", event.warning);
}

template <class Visitor>
void visitFields(Visitor& fields, RunFinished& event) {
    fields.task("task", event.task);
    fields.whole("epochs", event.epochs);
    fields.whole("steps", event.steps);
    fields.full(("best_" + taskInfo(event.task).score.name).c_str(), event.bestScore);
    fields.whole("best_epoch", event.bestEpoch);
    fields.number("seconds", event.seconds);
    fields.text("reason", event.reason);
    fields.unlessEmpty("not_saved", event.notSaved);
}

template <class Visitor>
void visitFields(Visitor& fields, RunFailed& event) {
    fields.text("what", event.what);
    fields.text("phase", event.phase);
    fields.text("hint", event.hint);
}

// Written for other programs; run.json and the checkpoints are what is read back.

void visitFields(Line& line, RunStarted& event) {
    line.text("directory", event.directory.string());
    line.text("dataset", event.dataset.id);
    line.text("dataset_title", event.dataset.title);
    line.text("model", event.model.name);
    line.whole("parameters", event.model.parameterCount);
    line.whole("train_count", event.trainCount);
    line.whole("test_count", event.testCount);
    line.whole("steps_per_epoch", event.stepsPerEpoch);
    line.text("device", event.device);
    line.flag("resumed", event.resumed);
    line.whole("resumed_epoch", event.resumedEpoch);
    line.flag("bit_exact", event.bitExact);
    line.text("bit_exact_reason", event.bitExactReason);
    line.raw("config", jsonText(parseOwnJson(toJson(event.config))));
}

void visitFields(Line& line, CheckpointSaved& event) {
    line.text("file", event.file.string());
    line.whole("step", event.step);
    line.whole("epoch", event.epoch);
    line.text("reason", event.reason);
    line.whole("bytes_written", event.bytesWritten);
    line.flag("best", event.best);
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
    line.text("event", name);
    line.text("run", event.runId);
    line.number("time", event.time);
    std::visit([&line](auto data) { visitFields(line, data); }, event.data);
    return line.take();
}

namespace {

template <class Data>
bool readAs(const std::string& name, const LineReader& reader, EventData& data) {
    Data event;
    if (eventName(event) != name) return false;
    visitFields(reader, event);
    data = std::move(event);
    return true;
}

template <class... Data>
bool readAny(const std::string& name, const LineReader& reader, std::variant<Data...>& data) {
    return (readAs<Data>(name, reader, data) || ...);
}

}  // namespace

std::optional<Event> eventFromJson(const json& line) {
    const LineReader reader(line);
    Event event;
    std::string name;
    reader.text("event", name);
    reader.text("run", event.runId);
    reader.number("time", event.time);
    if (name.empty() || !readAny(name, reader, event.data)) return std::nullopt;
    return event;
}

}  // namespace thaw::core
