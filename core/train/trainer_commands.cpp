// What is asked of a running Trainer. Layers and learning rates change between batches: at once where no batch is under way.
#include <cmath>
#include <utility>

#include "core/api/errors.h"
#include "core/export/model_export.h"
#include "core/inspect/file_prediction.h"
#include "core/train/torch_trainer.h"

namespace thaw::core {

std::vector<Event> TorchTrainer::apply(const Command& command) {
    try {
        take(command);
    } catch (const std::exception& error) {
        failFrom(error);
    } catch (...) {
        fail("Something unknown went wrong.", "Resume the run from its last checkpoint.");
    }
    return std::exchange(m_events, {});
}

void TorchTrainer::take(const Command& command) {
    const bool ended = m_state == TrainerState::Finished || m_state == TrainerState::Failed || m_state == TrainerState::Stopping;
    const bool preparing = m_state == TrainerState::Idle || m_state == TrainerState::Preparing;
    const auto ask = [&] {
        if (m_state == TrainerState::Failed || m_state == TrainerState::Stopping)
            refuse(command.requestId, "The run has ended.");
        else if (ended && !ready())
            refuse(command.requestId, "The run was stopped before its model was ready.");
        else
            m_requests.push_back({command.requestId, command.data});
    };
    const auto unpause = [&] {
        if (m_state != TrainerState::Paused) return;
        if (const auto seconds = m_pause.takeTold(std::holds_alternative<StepOnce>(command.data)))
            emit(Resumed{Origin::Hand, command.requestId, m_loop.step, epochPosition(), *seconds});
        m_recent.clear();
        setState(TrainerState::Running);
    };

    if (std::holds_alternative<Evaluate>(command.data) || std::holds_alternative<PredictFiles>(command.data) ||
        std::holds_alternative<ExportModel>(command.data))
        return ask();
    if (const auto* wanted = std::get_if<GenerateText>(&command.data)) return generate(command.requestId, wanted->settings);
    if (std::holds_alternative<StopGenerating>(command.data)) return m_generation.reset();
    if (ended) return refuse(command.requestId, "The run has ended.");

    if (std::holds_alternative<SetTrainable>(command.data) || std::holds_alternative<SetMask>(command.data) ||
        std::holds_alternative<SetLearningRate>(command.data))
        return takeChange(command);
    if (const auto* kept = std::get_if<KeepThawed>(&command.data)) return keepThawed(command.requestId, kept->layers);
    if (std::holds_alternative<SaveCheckpoint>(command.data)) return ask();
    if (std::holds_alternative<Pause>(command.data)) {
        if (m_state == TrainerState::Paused) return refuse(command.requestId, "Training is paused already.");
        m_pause.pause(command.requestId, preparing);
    } else if (std::holds_alternative<Resume>(command.data)) {
        m_pause.resume();
        unpause();
    } else if (std::holds_alternative<StepOnce>(command.data)) {
        m_pause.afterStep();
        unpause();
    } else if (std::holds_alternative<RunEpoch>(command.data)) {
        m_pause.afterEpoch(command.requestId);
        unpause();
    } else if (std::holds_alternative<Stop>(command.data)) {
        m_stopAsked = true;
        setState(TrainerState::Stopping);
    }
}

void TorchTrainer::refuse(std::uint64_t requestId, const std::string& reason) {
    if (requestId != 0) emit(CommandRefused{requestId, reason}, /*record=*/false);
}

bool TorchTrainer::canChange() const {
    return m_phaseAnnounced && !m_batch && !m_diskWork && m_preparation == Preparation::Done &&
           m_loop.point != LoopPoint::PhaseBegin;
}

void TorchTrainer::takeChange(const Command& command) {
    // A whole mask replaces one that has not been applied yet: a tick that is taken back leaves no trace.
    if (m_phaseAnnounced && std::holds_alternative<SetMask>(command.data) && !m_changes.empty() &&
        std::holds_alternative<SetMask>(m_changes.back().data)) {
        const std::uint64_t replaced = std::exchange(m_changes.back(), command).requestId;
        if (replaced != 0)
            emit(LayersChanged{Origin::Hand,
                               replaced,
                               ++m_loop.revision,
                               m_loop.step,
                               m_loop.epoch + 1,
                               epochPosition(),
                               m_loop.mask,
                               {},
                               {}},
                 /*record=*/false);
    } else {
        m_changes.push_back(command);
    }
    if (canChange()) applyChanges();
}

void TorchTrainer::applyChanges() {
    if (m_loop.point == LoopPoint::PhaseBegin || m_loop.point == LoopPoint::Finished) return;
    while (!m_changes.empty()) {
        const Command command = std::move(m_changes.front());
        m_changes.pop_front();
        try {
            if (const auto* rate = std::get_if<SetLearningRate>(&command.data)) {
                applyRate(command.requestId, rate->value);
            } else if (const auto* mask = std::get_if<SetMask>(&command.data)) {
                applyMask(command.requestId, mask->trainable);
            } else if (const auto* layers = std::get_if<SetTrainable>(&command.data)) {
                LayerMask wanted = m_loop.mask;
                const LayerMask meant = m_info.maskOf(layers->layers);
                for (std::size_t i = 0; i < meant.size(); ++i)
                    if (meant[i]) wanted[i] = layers->trainable;
                applyMask(command.requestId, wanted);
            }
        } catch (const ConfigError& error) {
            refuse(command.requestId, error.what());
        }
    }
}

bool TorchTrainer::applyMask(std::uint64_t requestId, const LayerMask& asked) {
    if (asked.size() != m_info.layers.size()) {
        refuse(requestId, "These layers belong to another model.");
        return false;
    }
    LayerMask wanted = asked;
    for (std::size_t i = 0; i < wanted.size(); ++i) wanted[i] = wanted[i] && m_info.layers[i].hasParameters();
    if (freezeBoundary(m_info, wanted) == static_cast<int>(m_info.stages.size())) {
        refuse(requestId, "Nothing would train. Leave at least one layer thawed.");
        return false;
    }
    LayersChanged event;
    for (std::size_t i = 0; i < wanted.size(); ++i)
        if (wanted[i] != m_loop.mask[i]) (wanted[i] ? event.thawed : event.frozen).push_back(m_info.layers[i].name);
    if (wanted != m_loop.mask) {
        rememberInitial(wanted);
        m_loop.mask = wanted;
        m_model->setTrainable(wanted);
        m_optimizer->setParameters(trainableParameters());
        m_secondsPerBatch = -1;
        m_recent.clear();
        m_changedSinceCheckpoint = true;
    }
    event.origin = Origin::Hand;
    event.requestId = requestId;
    event.revision = ++m_loop.revision;
    event.step = m_loop.step;
    event.epoch = m_loop.epoch + 1;
    event.epochPosition = epochPosition();
    event.trainable = wanted;
    const bool changed = !event.thawed.empty() || !event.frozen.empty();
    emit(std::move(event));
    bool released = false;
    for (std::size_t i = 0; i < m_loop.kept.size(); ++i)
        if (m_loop.kept[i] && !wanted[i]) m_loop.kept[i] = false, released = true;
    if (released) emit(LayersKept{0, m_loop.step, m_loop.kept});
    if (changed) featuresAfterMaskChange();
    return true;
}

void TorchTrainer::keepThawed(std::uint64_t requestId, const LayerMask& asked) {
    if (m_preparation != Preparation::Done) return refuse(requestId, "The model is not ready yet.");
    if (asked.size() != m_info.layers.size()) return refuse(requestId, "These layers belong to another model.");
    m_loop.kept = asked;
    for (std::size_t i = 0; i < asked.size(); ++i) m_loop.kept[i] = asked[i] && m_info.layers[i].hasParameters();
    m_changedSinceCheckpoint = true;
    emit(LayersKept{requestId, m_loop.step, m_loop.kept});
}

void TorchTrainer::applyRate(std::uint64_t requestId, double value) {
    if (!(value > 0 && value <= 10)) return refuse(requestId, "A learning rate lies above 0 and at most at 10.");
    const double before = currentRate(), factor = scheduledFactor();
    m_loop.baseRate = factor > 1e-9 ? value / factor : value;
    m_optimizer->setLearningRate(currentRate());
    m_changedSinceCheckpoint = true;
    emit(LearningRateChanged{Origin::Hand, requestId, m_loop.step, epochPosition(), before, value});
}

/// A layer's parameters before it first trains: what "moved" is measured from.
void TorchTrainer::rememberInitial(const LayerMask& mask) {
    torch::NoGradGuard noGrad;
    for (std::size_t i = 0; i < mask.size(); ++i) {
        if (!mask[i] || !m_initial[i].empty()) continue;
        for (const Parameter& parameter : m_model->stateOf(static_cast<int>(i)))
            m_initial[i].push_back(parameter.value.detach().clone().to(m_device));
    }
}

void TorchTrainer::finishExport(std::exception_ptr problem) {
    const Request request = std::move(m_requests.front());
    m_requests.pop_front();
    try {
        if (problem) std::rethrow_exception(problem);
        emit(ModelExported{request.id, std::get<ExportModel>(request.data).file});
    } catch (const Error& error) {
        emit(CommandRefused{request.id, std::string(error.what()) + " " + error.hint()});
    }
}

bool TorchTrainer::advanceRequest(const Deadline& deadline) {
    const Request& request = m_requests.front();
    if (std::holds_alternative<Evaluate>(request.data)) {
        if (!m_requested) {
            const int rung = m_loop.mask.empty() ? 0 : m_supply->rungs().second;
            m_requested = std::make_unique<EvaluationPass>(m_source, *m_model, validationSplit(m_config.data), rung);
        }
        const bool done = m_requested->advance(deadline, forwardListener());
        progress("Evaluating", m_requested->done(), m_requested->total());
        if (!done) return false;
        auto predictions = std::make_shared<PredictionSet>(m_requested->take());
        m_requested.reset();
        predictions->step = m_loop.step;
        predictions->epoch = m_loop.epoch;
        emit(PredictionsReady{request.id, std::move(predictions)});
    } else if (const auto* wanted = std::get_if<PredictFiles>(&request.data)) {
        if (!m_answered) m_answered = std::make_shared<std::vector<FilePrediction>>();
        while (m_answered->size() < wanted->files.size()) {
            m_answered->push_back(
                predictPicture(*m_model, m_config, m_dataset.pictureKind, m_device, wanted->files[m_answered->size()]));
            if (deadline.passed() && m_answered->size() < wanted->files.size()) return false;
        }
        emit(FilePredictionsReady{request.id, m_loop.step, std::exchange(m_answered, nullptr)});
    } else if (const auto* target = std::get_if<ExportModel>(&request.data)) {
        onDisk(
            [this, target = *target] {
                writeExport(exportedModel(*m_model, m_config, m_dataset.classNames, m_dataset.pictureKind), target.format,
                            target.file);
            },
            [this](std::exception_ptr problem) { finishExport(problem); });
        return false;
    } else if (std::holds_alternative<SaveCheckpoint>(request.data)) {
        if (m_record && m_checkpoints && !m_batch && canChange())
            return saveCheckpoint("request", {}, [this] { m_requests.pop_front(); }), false;
        else if (m_batch)
            return advance(), false;  // at the end of the batch
        else
            refuse(request.id, "There is nothing to save yet.");
    }
    m_requests.pop_front();
    return true;
}

}  // namespace thaw::core
