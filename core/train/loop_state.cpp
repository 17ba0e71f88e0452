#include "core/train/loop_state.h"

#include <nlohmann/json.hpp>

#include "core/api/errors.h"

namespace thaw::core {
namespace {

using nlohmann::json;

json toValue(const OptimizerConfig& o) {
    return {{"kind", toString(o.kind)},
            {"learning_rate", o.learningRate},
            {"beta1", o.beta1},
            {"beta2", o.beta2},
            {"epsilon", o.epsilon},
            {"momentum", o.momentum},
            {"nesterov", o.nesterov},
            {"weight_decay", o.weightDecay},
            {"decay_vectors", o.decayVectors},
            {"clip_norm", o.clipNorm}};
}

OptimizerConfig optimizerFrom(const json& value) {
    OptimizerConfig o;
    o.kind = optimizerFromString(value.at("kind").get<std::string>());
    o.learningRate = value.at("learning_rate");
    o.beta1 = value.at("beta1");
    o.beta2 = value.at("beta2");
    o.epsilon = value.at("epsilon");
    o.momentum = value.at("momentum");
    o.nesterov = value.at("nesterov");
    o.weightDecay = value.at("weight_decay");
    o.decayVectors = value.value("decay_vectors", true);
    o.clipNorm = value.value("clip_norm", 0.0);
    return o;
}

json orNull(const std::optional<double>& number) { return number ? json(*number) : json(); }

std::optional<double> numberIn(const json& value, const char* name) {
    const auto found = value.find(name);
    return found == value.end() || found->is_null() ? std::nullopt : std::optional<double>(found->get<double>());
}

void readFigures(const json& value, LoopState& s) {
    s.bestFigure = numberIn(value, "best_figure");
    s.stopping = {numberIn(value, "phase_best"), value.at("waited").get<int>()};
    s.plateau = {numberIn(value, "plateau_best"), value.value("plateau_waited", 0)};
    s.plateaus = value.value("plateaus", 0);
    if (value.contains("best_figure")) return;
    // Version 0.1 judged by the score, stopped by the loss, and wrote -1 for none.
    if (s.bestScore >= 0) s.bestFigure = s.bestScore;
    if (const double loss = value.at("phase_best_loss"); loss >= 0) s.stopping.best = loss;
}

}  // namespace

std::string toJson(const LoopState& s) {
    const json value{{"point", static_cast<int>(s.point)},
                     {"phase", s.phase},
                     {"epoch", s.epoch},
                     {"phase_epoch", s.phaseEpoch},
                     {"phase_first_epoch", s.phaseFirstEpoch},
                     {"batch", s.batch},
                     {"step", s.step},
                     {"phase_step", s.phaseStep},
                     {"mask", s.mask},
                     {"ever_trained", s.everTrained},
                     {"kept", s.kept},
                     {"revision", s.revision},
                     {"base_rate", s.baseRate},
                     {"rung", s.rung},
                     {"test_rung", s.testRung},
                     {"micro_batch", s.microBatch},
                     {"loss_sum", s.lossSum},
                     {"right", s.counts.right},
                     {"seen", s.counts.seen},
                     {"histogram", s.counts.histogram},
                     {"counted_loss", s.counts.loss},
                     {"epoch_seconds", s.epochSeconds},
                     {"train_seconds", s.trainSeconds},
                     {"work_seconds", s.workSeconds},
                     {"best_accuracy", s.bestScore},
                     {"best_epoch", s.bestEpoch},
                     {"last_accuracy", s.lastScore},
                     {"last_merit", s.lastMerit},
                     {"best_figure", orNull(s.bestFigure)},
                     {"phase_best", orNull(s.stopping.best)},
                     {"waited", s.stopping.epochs},
                     {"plateau_best", orNull(s.plateau.best)},
                     {"plateau_waited", s.plateau.epochs},
                     {"plateaus", s.plateaus},
                     {"end_reason", s.endReason},
                     {"optimizer_steps", s.optimizerSteps},
                     {"optimizer", toValue(s.optimizer)},
                     {"threads", s.threads},
                     {"fingerprint", s.fingerprint}};
    return value.dump();
}

LoopState loopStateFromJson(const std::string& text) {
    try {
        const json value = json::parse(text);
        LoopState s;
        const int point = value.at("point");
        if (point < 0 || point > static_cast<int>(LoopPoint::Finished)) throw StoreError("The checkpoint's position is unknown.");
        s.point = static_cast<LoopPoint>(point);
        s.phase = value.at("phase");
        s.epoch = value.at("epoch");
        s.phaseEpoch = value.at("phase_epoch");
        s.phaseFirstEpoch = value.at("phase_first_epoch");
        s.batch = value.at("batch");
        s.step = value.at("step");
        s.phaseStep = value.at("phase_step");
        s.mask = value.at("mask").get<std::vector<bool>>();
        s.everTrained = value.at("ever_trained").get<std::vector<bool>>();
        s.kept = value.value("kept", std::vector<bool>());
        s.revision = value.at("revision");
        s.baseRate = value.at("base_rate");
        s.rung = value.at("rung");
        s.testRung = value.at("test_rung");
        s.microBatch = value.at("micro_batch");
        s.lossSum = value.at("loss_sum");
        s.counts = {value.at("seen"), value.at("right"), value.value("histogram", std::vector<std::int64_t>()),
                    value.value("counted_loss", 0.0)};
        s.epochSeconds = value.at("epoch_seconds");
        s.trainSeconds = value.at("train_seconds");
        s.workSeconds = value.at("work_seconds");
        s.bestScore = value.at("best_accuracy");
        s.bestEpoch = value.at("best_epoch");
        s.lastScore = value.at("last_accuracy");
        s.lastMerit = value.value("last_merit", s.lastScore);
        readFigures(value, s);
        s.endReason = value.at("end_reason").get<std::string>();
        s.optimizerSteps = value.at("optimizer_steps").get<std::map<std::string, std::int64_t>>();
        s.optimizer = optimizerFrom(value.at("optimizer"));
        s.threads = value.at("threads");
        s.fingerprint = value.at("fingerprint").get<std::string>();
        return s;
    } catch (const nlohmann::json::exception& error) {
        throw StoreError(std::string("The checkpoint's position cannot be read: ") + error.what() + ".",
                         "Resume from an earlier checkpoint.");
    }
}

}  // namespace thaw::core
