// What the Trainer tells and keeps: events, checkpoints, speeds and the remaining time.
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <utility>

#include "core/api/engine_info.h"
#include "core/api/errors.h"
#include "core/store/kept_models.h"
#include "core/train/rungs.h"
#include "core/train/stage_times.h"
#include "core/train/torch_trainer.h"

namespace thaw::core {
namespace {

constexpr double kProgressEvery = 0.2, kPlanEvery = 0.5, kTimesEvery = 2;  // seconds
constexpr std::chrono::milliseconds kLook(60);                             // at work on the disk, in one step()

double wallClock() { return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count(); }

std::int64_t residentBytes() {
    std::ifstream file("/proc/self/statm");
    std::int64_t size = 0, resident = 0;
    file >> size >> resident;
    return resident * sysconf(_SC_PAGESIZE);
}

std::string sentencesOf(const Error& error) { return error.what() + (error.hint().empty() ? "" : ' ' + error.hint()); }

CheckpointTensor referTo(const torch::Tensor& tensor, std::vector<torch::Tensor>& keepAlive) {
    keepAlive.push_back(tensor.detach().cpu().contiguous());
    CheckpointTensor result;
    result.shape = keepAlive.back().sizes().vec();
    result.data = keepAlive.back().data_ptr<float>();
    return result;
}

}  // namespace

void TorchTrainer::emit(EventData data, bool record) {
    Event event{m_runId, wallClock(), std::move(data)};
    if (m_record && record && !eventName(event.data).empty()) {
        m_unwritten.push_back(event);
        writeRecord();
    }
    m_events.push_back(std::move(event));
}

/// What the record could not take, on a full disk for instance, waits for the next event.
void TorchTrainer::writeRecord() {
    try {
        for (; !m_unwritten.empty(); m_unwritten.pop_front()) m_record->append(m_unwritten.front());
        m_recordProblem.clear();
    } catch (const Error& error) {
        const std::string problem = sentencesOf(error);
        if (m_recordProblem.empty()) m_events.push_back({m_runId, wallClock(), Notice{problem, true}});
        m_recordProblem = problem;
    }
}

std::string TorchTrainer::notSaved() const {
    if (!m_record || !m_checkpoints || !m_phaseAnnounced) return {};
    std::vector<KeptModel> kept;
    const std::vector<CheckpointEntry> entries = m_checkpoints->list();
    const CheckpointEntry* best = bestOf(entries);
    for (const CheckpointEntry& entry : entries) kept.push_back({entry.step, entry.epoch, entry.endsEpoch, &entry == best});
    std::string text = missingModels(kept, {m_loop.step, m_loop.epoch, m_loop.batch == 0, m_loop.bestEpoch});
    if (!text.empty() && !m_saveProblem.empty()) text += ' ' + m_saveProblem;
    if (!m_unwritten.empty())
        text += (text.empty() ? "" : " ") + std::string("The end of the run's record could not be written. ") + m_recordProblem;
    return text;
}

void TorchTrainer::setState(TrainerState state) {
    if (m_state == state) return;
    m_state = state;
    emit(StateChanged{state});
}

void TorchTrainer::progress(const std::string& activity, std::int64_t done, std::int64_t total, double left) {
    const bool edge = activity != m_lastActivity || done == total;
    if (!edge && secondsSince(m_lastProgress) < kProgressEvery) return;
    m_lastActivity = activity;
    m_lastProgress = Clock::now();
    emit(WorkProgress{activity, done, total, left});
}

void TorchTrainer::notice(const std::string& text, bool warning) { emit(Notice{text, warning}); }

void TorchTrainer::onDisk(std::function<void()> work, std::function<void(std::exception_ptr)> then) {
    m_diskWork = DiskWork{std::async(std::launch::async, std::move(work)), std::move(then)};
}

void TorchTrainer::lookAtDiskWork() {
    if (m_diskWork->work.wait_for(kLook) != std::future_status::ready) return;
    DiskWork done = std::move(*m_diskWork);
    m_diskWork.reset();
    std::exception_ptr problem;
    try {
        done.work.get();
    } catch (...) {
        problem = std::current_exception();
    }
    done.then(problem);
    if (canChange()) applyChanges();  // what was asked meanwhile
}

void TorchTrainer::saveCheckpoint(const std::string& reason, SaveKind kind, std::function<void()> then) {
    m_lastCheckpoint = Clock::now();
    m_changedSinceCheckpoint = false;
    struct Saving {
        Checkpoint checkpoint;
        std::vector<torch::Tensor> keepAlive;
        std::int64_t bytes = 0;
    };
    const auto saving = std::make_shared<Saving>();
    Checkpoint& checkpoint = saving->checkpoint;
    char name[32];
    std::snprintf(name, sizeof name, "step-%09lld", static_cast<long long>(m_loop.step));
    checkpoint.name = name;
    checkpoint.step = m_loop.step;
    checkpoint.epoch = m_loop.epoch;
    checkpoint.task = m_info.task;
    checkpoint.valScore = m_loop.lastScore;
    checkpoint.merit = m_loop.lastMerit;
    checkpoint.reason = reason;
    for (const Parameter& parameter : m_model->stateDict())
        checkpoint.model[parameter.name] = referTo(parameter.value, saving->keepAlive);
    m_loop.optimizerSteps.clear();
    if (m_optimizer) {
        m_loop.optimizer = m_optimizer->config();
        for (const auto& [parameter, record] : m_optimizer->records()) {
            m_loop.optimizerSteps[parameter] = record.step;
            for (const auto& [moment, tensor] : record.moments)
                checkpoint.optimizer[parameter + "/" + moment] = referTo(tensor, saving->keepAlive);
        }
    }
    m_loop.threads = m_threads;
    m_loop.fingerprint = m_fingerprint;
    checkpoint.loopState = toJson(m_loop);
    const bool endsRun = m_loop.point == LoopPoint::Finished;
    onDisk(
        [this, saving, kind, endsRun] {
            if (m_record) m_record->sync();  // what led to the checkpoint is there before it
            saving->bytes = m_checkpoints->save(saving->checkpoint, kind.endsEpoch, kind.endsPhase, endsRun);
        },
        [this, saving, kind, then = std::move(then)](std::exception_ptr problem) {
            tellSaved(saving->checkpoint, saving->bytes, kind.best, problem);
            if (then) then();
        });
}

void TorchTrainer::tellSaved(const Checkpoint& checkpoint, std::int64_t bytes, bool best, std::exception_ptr problem) {
    try {
        if (problem) std::rethrow_exception(problem);
        m_saveProblem.clear();
        CheckpointSaved saved;
        saved.file = m_directory / "checkpoints" / (checkpoint.name + ".json");
        saved.step = checkpoint.step;
        saved.epoch = checkpoint.epoch;
        saved.reason = checkpoint.reason;
        saved.bytesWritten = bytes;
        saved.best = best;
        emit(saved);
    } catch (const Error& error) {
        m_saveProblem = sentencesOf(error);
        m_changedSinceCheckpoint = true;
        emit(CheckpointFailed{error.what(), error.hint()});
    }
}

void TorchTrainer::tellMoved() {
    m_lastMoved = Clock::now();
    MovedChanged event;
    event.step = m_loop.step;
    event.moved.assign(m_info.layers.size(), 0.0);
    for (std::size_t i = 0; i < m_initial.size(); ++i) {
        if (m_initial[i].empty() || !m_loop.everTrained[i]) continue;
        event.moved[i] = relativeChange(m_model->stateOf(static_cast<int>(i)), m_initial[i]);
    }
    emit(std::move(event));
}

void TorchTrainer::tellTimes() {
    if (m_times.empty()) return;
    m_lastTimes = Clock::now();
    emit(StageTimesMeasured{m_times.times(), m_supply->highest()});
}

/// Times of a stretch in which other programs held the machine up would make tomorrow's prices wrong.
void TorchTrainer::keepTimes() {
    const bool disturbed = m_watch.disturbed();
    m_watch.restart();
    if (!m_times.empty() && !disturbed) storeTimes();
}

void TorchTrainer::storeTimes() {
    try {
        storeStageTimes(m_config, m_times.kept());
    } catch (const Error& error) {
        logMessage("warning", error.what());
    }
}

StageListener TorchTrainer::forwardListener() {
    if (m_device.is_cuda()) return {};
    return [this](int stage, double seconds, std::int64_t rows) { m_times.forward(stage, seconds, rows); };
}

Price TorchTrainer::priceOf(const LayerMask& mask) const {
    const PriceInput input{m_train->count(), m_test->count(), m_supply->highest()};
    return estimatePrice(m_config, m_info, mask, m_times.times(), input);
}

double TorchTrainer::evaluationSeconds(int rung) const {
    const StageTimes times = m_times.times();
    double perPicture = 0;
    for (std::size_t i = static_cast<std::size_t>(rung); i < times.stages.size(); ++i) perPicture += times.stages[i].forward;
    return perPicture * static_cast<double>(m_test->count());
}

double TorchTrainer::secondsLeft() const {
    const StageTimes times = m_times.times();
    if (times.empty() || m_loop.phase >= static_cast<int>(m_config.phases.size())) return -1;
    const double batches = static_cast<double>(m_batcher->batches());
    const Price price = priceOf(m_loop.mask);
    const double evaluation = evaluationSeconds(
        m_loop.point == LoopPoint::EpochBegin
            ? usableRung(m_config, m_info, freezeBoundary(m_info, m_loop.mask), m_train->count(), m_test->count())
            : m_loop.testRung);
    const double epoch = m_secondsPerBatch > 0 ? batches * m_secondsPerBatch + evaluation : price.epochSeconds;
    double left = epoch * (phase().epochs - m_loop.phaseEpoch);
    if (m_loop.point == LoopPoint::Batches) left -= (epoch - evaluation) * static_cast<double>(m_loop.batch) / batches;
    if (m_loop.point == LoopPoint::EpochEnd) left -= epoch - evaluation;
    if (m_evaluation)
        left -= evaluation * static_cast<double>(m_evaluation->done()) /
                static_cast<double>(std::max<std::int64_t>(1, m_evaluation->total()));

    int covered = 0;
    if (const FeaturePass* pass = m_supply->pass()) {
        double perPicture = 0;
        for (int i = pass->base(); i < pass->rungs().back(); ++i) perPicture += times.stages[static_cast<std::size_t>(i)].forward;
        left += perPicture * static_cast<double>(pass->total() - pass->done());
        covered = pass->rungs().back();
    } else if (m_loop.point == LoopPoint::EpochBegin) {
        left += std::max(0.0, price.oneTimeSeconds);
    }
    for (std::size_t i = static_cast<std::size_t>(m_loop.phase) + 1; i < m_config.phases.size(); ++i) {
        if (m_config.phases[i].epochs == 0) continue;
        const LayerMask mask = m_info.maskOf(m_config.phases[i].trainable);
        const Price later = priceOf(mask);
        left += later.epochSeconds * m_config.phases[i].epochs;
        const int rung = usableRung(m_config, m_info, freezeBoundary(m_info, mask), m_train->count(), m_test->count());
        if (rung > covered) left += std::max(0.0, later.oneTimeSeconds);
    }
    return std::max(0.0, left);
}

void TorchTrainer::tellPlan(bool force) {
    if (!force && secondsSince(m_lastPlan) < kPlanEvery) return;
    m_lastPlan = Clock::now();
    emit(PlanProgress{secondsLeft(), m_loop.workSeconds, residentBytes()});
    if (secondsSince(m_lastTimes) > kTimesEvery) tellTimes();
}

}  // namespace thaw::core
