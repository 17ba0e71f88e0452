#include "core/train/torch_trainer.h"
#include "core/train/mix_up.h"

#include <algorithm>
#include <cmath>
#include <new>
#include <utility>

#include "core/api/engine_info.h"
#include "core/api/errors.h"
#include "core/store/paths.h"
#include "core/train/judging.h"
#include "core/train/model_setup.h"
#include "core/train/rungs.h"
#include "core/train/schedule.h"

namespace thaw::core {
namespace {

constexpr int kAnyClassCount = 10;
constexpr double kPiece = 0.06;       // seconds of work in one step() before it returns at the next chance
constexpr double kRecentSeconds = 3;  // window of the images/s that are shown
constexpr double kMovedEvery = 2;     // seconds

std::string joined(const std::vector<std::string>& lines) {
    std::string text;
    for (const std::string& line : lines) text += (text.empty() ? "" : " ") + line;
    return text;
}

void check(const RunConfig& config) {
    if (const std::vector<std::string> problems = validate(config); !problems.empty()) throw ConfigError(joined(problems));
    const ModelInfo model = describeModel(config, kAnyClassCount);
    if (model.readsTexts() && config.augmentation.any())
        throw ConfigError("Texts are not changed while a model learns them, as pictures are.",
                          "Leave flips, shifts and the other changes out.");
    requireLayersThatTrain(config, kAnyClassCount);
}

}  // namespace

TorchTrainer::TorchTrainer(RunConfig config, bool startPaused) : m_config(std::move(config)), m_pause(startPaused) {
    check(m_config);
    // The run is continued and looked into from other folders than this one.
    for (std::filesystem::path* path : {&m_config.data.directory, &m_config.weights, &m_config.cache.directory, &m_config.output})
        *path = absolutePath(*path);
}

TorchTrainer::~TorchTrainer() = default;

std::vector<Event> TorchTrainer::step() {
    if (!hasWork()) return {};
    const auto begin = Clock::now();
    const TrainerState before = m_state;
    const bool generates = mayGenerate() && !m_diskWork;
    try {
        work();
    } catch (const std::exception& error) {
        failFrom(error);
    } catch (...) {
        fail("Something unknown went wrong.", "Resume the run from its last checkpoint.");
    }
    if (before == TrainerState::Running) {
        if (!generates) creditGeneration(secondsSince(begin));
        m_loop.workSeconds += secondsSince(begin);
        if (m_loop.point == LoopPoint::Batches || m_loop.point == LoopPoint::EpochEnd) m_loop.epochSeconds += secondsSince(begin);
    }
    return std::exchange(m_events, {});
}

bool TorchTrainer::hasWork() const {
    if (m_diskWork) return true;
    switch (m_state) {
        case TrainerState::Idle:
        case TrainerState::Preparing:
        case TrainerState::Running:
        case TrainerState::Stopping:
            return true;
        case TrainerState::Paused:
            return m_stopAsked || !m_requests.empty() || m_generation;
        case TrainerState::Finished:
            return !m_requests.empty() || m_generation;
        case TrainerState::Failed:
            return false;
    }
    return false;
}

void TorchTrainer::work() {
    if (m_state == TrainerState::Idle) setState(TrainerState::Preparing);
    if (m_threads > 0 && at::get_num_threads() != m_threads) useComputeThreads(m_threads);
    if (m_diskWork) return lookAtDiskWork();
    if (m_stopAsked) return stopRun();
    if (m_state == TrainerState::Preparing) return prepare();
    if (!m_requests.empty()) {
        advanceRequest(Deadline(kPiece));
        return;
    }
    if (mayGenerate()) return advanceGeneration(Deadline(kPiece));
    if (m_state == TrainerState::Running) advance();
}

void TorchTrainer::advance() {
    if (m_pause.asked()) return pauseRun();
    yieldMemory();
    const Deadline deadline(kPiece);
    switch (m_loop.point) {
        case LoopPoint::PhaseBegin:
            beginPhase();
            break;
        case LoopPoint::EpochBegin:
            beginEpoch(deadline);
            break;
        case LoopPoint::Batches:
            if (m_restored && !restoreFeatures(deadline)) break;
            advanceBatch(deadline);
            break;
        case LoopPoint::EpochEnd:
            if (m_restored && !restoreFeatures(deadline)) break;
            advanceEpochEnd(deadline);
            break;
        case LoopPoint::Finished:
            finishRun(m_loop.endReason);
            break;
    }
    if (m_state == TrainerState::Running) tellPlan(/*force=*/false);
}

/// A resumed run first gets the features back that it was reading.
bool TorchTrainer::restoreFeatures(const Deadline& deadline) {
    if (!m_supply->prepare(deadline, isRestoring())) return false;
    m_restored = false;
    if (std::exchange(m_chooseAgain, false)) chooseSource(/*tell=*/true);
    tellTimes();
    return true;
}

bool TorchTrainer::morePhases() const {
    for (std::size_t i = static_cast<std::size_t>(m_loop.phase) + 1; i < m_config.phases.size(); ++i)
        if (m_config.phases[i].epochs > 0) return true;
    return false;
}

double TorchTrainer::scheduledFactor() const {
    const std::int64_t perEpoch = m_batcher->batches();
    return scheduleFactor(phase().schedule, {m_loop.phaseStep, perEpoch, perEpoch * phase().epochs, m_loop.plateaus});
}

double TorchTrainer::epochPosition() const {
    return m_loop.epoch +
           (m_batcher ? static_cast<double>(m_loop.batch) / static_cast<double>(std::max<std::int64_t>(1, m_batcher->batches()))
                      : 0.0);
}

void TorchTrainer::beginPhase() {
    while (m_loop.phase < static_cast<int>(m_config.phases.size()) && phase().epochs == 0) ++m_loop.phase;
    if (m_loop.phase >= static_cast<int>(m_config.phases.size())) {
        m_loop.endReason = m_loop.endReason.empty() ? "completed" : m_loop.endReason;
        m_loop.point = LoopPoint::Finished;
        return saveCheckpoint("phase", {}, [this] { finishRun(m_loop.endReason); });
    }
    const LayerMask before = m_loop.mask;
    const double rateBefore = m_optimizer ? m_optimizer->learningRate() : 0;
    const PhaseConfig& now = phase();
    m_loop.mask = m_info.maskOf(now.trainable);
    for (std::size_t i = 0; i < m_loop.kept.size(); ++i)
        if (m_loop.kept[i]) m_loop.mask[i] = true;
    m_loop.phaseEpoch = 0;
    m_loop.phaseFirstEpoch = m_loop.epoch + 1;
    m_loop.phaseStep = 0;
    m_loop.batch = 0;
    m_loop.baseRate = now.optimizer.learningRate;
    m_loop.stopping = m_loop.plateau = {};
    m_loop.plateaus = 0;
    m_loop.endReason.clear();
    rememberInitial(m_loop.mask);
    m_model->setTrainable(m_loop.mask);
    makeOptimizer(now.optimizer);
    m_optimizer->setLearningRate(currentRate());
    m_secondsPerBatch = -1;

    emit(PhaseStarted{m_loop.phase, now.title, m_loop.phaseFirstEpoch, now.epochs, currentRate(), m_loop.mask});
    m_phaseAnnounced = true;
    if (!before.empty()) {
        LayersChanged change;
        change.revision = ++m_loop.revision;
        change.step = m_loop.step;
        change.epoch = m_loop.epoch + 1;
        change.epochPosition = epochPosition();
        change.trainable = m_loop.mask;
        for (std::size_t i = 0; i < before.size(); ++i)
            if (before[i] != m_loop.mask[i]) (m_loop.mask[i] ? change.thawed : change.frozen).push_back(m_info.layers[i].name);
        if (!change.thawed.empty() || !change.frozen.empty()) emit(change);
        if (rateBefore != currentRate())
            emit(LearningRateChanged{Origin::Plan, 0, m_loop.step, epochPosition(), rateBefore, currentRate()});
    }
    m_loop.point = LoopPoint::EpochBegin;
    m_supply->plan();
    if (m_loop.step == 0) return saveCheckpoint("phase", {}, [this] { enterPhase(); });
    enterPhase();
}

void TorchTrainer::enterPhase() {
    applyChanges();
    m_pause.loopBegan();
}

bool TorchTrainer::beginEpoch(const Deadline& deadline) {
    if (!m_supply->prepare(deadline, isRestoring())) return false;
    m_restored = false;
    chooseSource(/*tell=*/true);
    m_loop.batch = 0;
    m_loop.lossSum = 0;
    m_loop.counts = {};
    m_loop.epochSeconds = m_loop.trainSeconds = 0;
    m_loop.point = LoopPoint::Batches;
    m_recent.clear();
    const double rate = currentRate();
    const ScheduleKind kind = phase().schedule.kind;
    if ((kind == ScheduleKind::Step || kind == ScheduleKind::Plateau) && rate != m_optimizer->learningRate())
        emit(LearningRateChanged{Origin::Plan, 0, m_loop.step, epochPosition(), m_optimizer->learningRate(), rate});
    m_optimizer->setLearningRate(rate);
    tellTimes();
    tellPlan(/*force=*/true);
    return true;
}

void TorchTrainer::advanceBatch(const Deadline& deadline) {
    if (!m_batch) {
        applyChanges();
        if (m_loop.batch >= m_batcher->batches()) {
            m_loop.point = LoopPoint::EpochEnd;
            return;
        }
        if (m_changedSinceCheckpoint && secondsSince(m_lastCheckpoint) >= 60 * m_config.checkpointMinutes) {
            return saveCheckpoint("timer", {}, {});
        }
    }
    const auto begin = Clock::now();
    if (!m_batch) startBatch();
    const bool done = m_batch->advance(deadline);
    if (done) finishBatch();
    const double seconds = secondsSince(begin);
    m_loop.trainSeconds += seconds;
    m_batchSeconds += seconds;
    if (done) {
        if (!m_device.is_cuda()) m_times.besideStages(m_batchSeconds - m_stageSeconds, static_cast<std::int64_t>(m_rows.size()));
        m_secondsPerBatch =
            m_secondsPerBatch < 0 ? m_batchSeconds : m_secondsPerBatch + 0.05 * (m_batchSeconds - m_secondsPerBatch);
        m_batchSeconds = 0;
    }
}

void TorchTrainer::startBatch() {
    m_rows = m_batcher->rows(m_loop.epoch + 1, m_loop.batch);
    BatchPlan plan;
    plan.rung = m_loop.rung;
    plan.boundary = freezeBoundary(m_info, m_loop.mask);
    plan.rows = static_cast<std::int64_t>(m_rows.size());
    plan.microBatch = m_loop.microBatch;
    plan.targets = m_source.targets(Split::Train, m_rows);
    plan.input = [this](const Deadline& deadline, std::int64_t begin, std::int64_t end) {
        const std::vector<std::int64_t> rows(m_rows.begin() + begin, m_rows.begin() + end);
        State input = m_source.rowsBefore(deadline, Split::Train, m_loop.rung, rows, changesOf(rows));
        if (m_loop.rung == 0 && input.defined()) expectAfter(end);
        return input;
    };
    plan.dropoutMasks = dropoutMasks(m_info, plan.rows, m_config.seed, m_loop.step);
    for (torch::Tensor& mask : plan.dropoutMasks)
        if (mask.defined()) mask = mask.to(m_device);
    plan.updateStatistics = m_config.updateStatistics;
    plan.loss = m_lossOptions;
    plan.mixShare = mixUpShare(m_config.augmentation.mixUp, m_config.seed, m_loop.step);
    m_batch = std::make_unique<BatchStep>(*m_model, std::move(plan));
}

double TorchTrainer::shareThatTrains(int stage) const {
    return static_cast<double>(trainableIn(m_info, m_loop.mask, stage)) /
           static_cast<double>(std::max<std::int64_t>(1, m_info.stage(stage).parameterCount));
}

std::vector<PictureChange> TorchTrainer::changesOf(const std::vector<std::int64_t>& rows) const {
    std::vector<PictureChange> changes;
    if (m_config.augmentation.any())
        for (std::int64_t row : rows)
            changes.push_back(augmentationOf(m_config.augmentation, m_config.seed, m_loop.epoch + 1, row));
    return changes;
}

/// The next micro-batch, of this batch or the next one of the epoch, is prepared meanwhile.
void TorchTrainer::expectAfter(std::int64_t end) {
    std::vector<std::int64_t> rows(m_rows.begin() + end, m_rows.end());
    if (rows.empty() && m_loop.batch + 1 < m_batcher->batches()) rows = m_batcher->rows(m_loop.epoch + 1, m_loop.batch + 1);
    rows.resize(std::min(rows.size(), static_cast<std::size_t>(m_loop.microBatch)));
    m_source.expect(Split::Train, /*rung=*/0, rows, changesOf(rows));
}

void TorchTrainer::finishBatch() {
    const std::unique_ptr<BatchStep> batch = std::move(m_batch);
    const double loss = batch->loss(), rate = currentRate();
    const std::string where = "step " + std::to_string(m_loop.step + 1) + " (epoch " + std::to_string(m_loop.epoch + 1) +
                              ", learning rate " +
                              [&] {
                                  char text[32];
                                  std::snprintf(text, sizeof text, "%g", rate);
                                  return std::string(text);
                              }() +
                              ")";
    const char* hint = "Choose a smaller learning rate and resume from the last checkpoint, which is good.";
    if (!std::isfinite(loss)) {
        m_optimizer->clearGradients();
        m_model->dropStatistics();
        throw TrainingError("The loss is no longer a finite number at " + where + ".", hint);
    }
    m_optimizer->setLearningRate(rate);
    const auto begin = Clock::now();
    if (!m_optimizer->step()) throw TrainingError("The weights are no longer finite numbers at " + where + ".", hint);
    const double updateSeconds = secondsSince(begin);

    const int boundary = freezeBoundary(m_info, m_loop.mask);
    std::int64_t trained = 0;
    m_model->commitStatistics();
    for (int i = boundary; i < m_model->stageCount(); ++i) {
        const std::int64_t own = trainableIn(m_info, m_loop.mask, i);
        if (own == 0) continue;
        m_model->markChanged(i);
        trained += own;
    }
    for (std::size_t i = 0; i < m_loop.mask.size(); ++i)
        if (m_loop.mask[i]) m_loop.everTrained[i] = true;
    m_supply->dropStale();
    m_changedSinceCheckpoint = true;
    const std::int64_t rows = static_cast<std::int64_t>(m_rows.size());
    ++m_loop.batch;
    ++m_loop.step;
    ++m_loop.phaseStep;
    m_loop.lossSum += loss * static_cast<double>(rows);
    m_loop.counts.add(batch->counts());

    if (!m_device.is_cuda()) {
        m_stageSeconds = updateSeconds;
        for (const StageSample& sample : batch->samples()) {
            m_stageSeconds += sample.seconds;
            if (sample.backward)
                m_times.backward(sample.stage, sample.seconds, sample.rows, sample.stage > boundary,
                                 shareThatTrains(sample.stage));
            else
                m_times.forward(sample.stage, sample.seconds, sample.rows);
        }
        m_times.update(updateSeconds, trained);
    }
    const auto now = Clock::now();
    m_recent.emplace_back(now, rows);
    while (m_recent.size() > 2 && std::chrono::duration<double>(now - m_recent.front().first).count() > kRecentSeconds)
        m_recent.pop_front();
    std::int64_t pictures = 0;
    for (std::size_t i = 1; i < m_recent.size(); ++i) pictures += m_recent[i].second;
    const double window = std::chrono::duration<double>(now - m_recent.front().first).count();

    BatchFinished event;
    event.step = m_loop.step;
    event.phase = m_loop.phase;
    event.epoch = m_loop.epoch + 1;
    event.batch = m_loop.batch;
    event.batchesPerEpoch = m_batcher->batches();
    event.loss = loss;
    const Task& task = taskOf(m_info.task);
    event.score = task.score(task.scoresBatches() ? batch->counts() : m_loop.counts);
    event.learningRate = rate;
    event.imagesPerSecond =
        window > 0 ? static_cast<double>(pictures) / window : static_cast<double>(rows) / std::max(1e-9, m_batchSeconds);
    event.fromCache = m_loop.rung > 0;
    emit(event);
    if (secondsSince(m_lastMoved) > kMovedEvery) tellMoved();

    applyChanges();
    m_pause.stepDone();
}

void TorchTrainer::advanceEpochEnd(const Deadline& deadline) {
    if (!m_evaluation) {
        applyChanges();
        m_evaluation = std::make_unique<EvaluationPass>(m_source, *m_model, validationSplit(m_config.data), m_loop.testRung);
    }
    const bool done = m_evaluation->advance(deadline, forwardListener());
    progress("Evaluating", m_evaluation->done(), m_evaluation->total());
    if (done) finishEpoch();
}

void TorchTrainer::finishEpoch() {
    auto predictions = std::make_shared<PredictionSet>(m_evaluation->take());
    m_evaluation.reset();
    if (!std::isfinite(predictions->loss))
        throw TrainingError(
            "The validation loss is no longer a finite number after epoch " + std::to_string(m_loop.epoch + 1) + ".",
            "Choose a smaller learning rate and resume from the last checkpoint, which is good.");
    ++m_loop.epoch;
    ++m_loop.phaseEpoch;
    predictions->step = m_loop.step;
    predictions->epoch = m_loop.epoch;

    EpochFinished event;
    event.task = m_info.task;
    event.phase = m_loop.phase;
    event.epoch = m_loop.epoch;
    event.step = m_loop.step;
    const double seen = static_cast<double>(std::max<std::int64_t>(1, m_loop.counts.seen));
    event.trainLoss = m_loop.lossSum / seen;
    event.trainScore = taskOf(m_info.task).score(m_loop.counts);
    event.valLoss = predictions->loss;
    event.valScore = predictions->score;
    event.valMetrics = predictions->metrics;
    event.seconds = m_loop.epochSeconds;
    event.imagesPerSecond = m_loop.trainSeconds > 0 ? seen / m_loop.trainSeconds : 0;
    event.learningRate = m_optimizer->learningRate();
    const std::optional<double> figure = figureOf(*predictions, m_config.judging.best);
    const MetricInfo& judge = metricInfo(m_info.task, m_config.judging.best);
    event.best = m_loop.bestEpoch == 0 || isBetter(judge, figure, m_loop.bestFigure);
    if (event.best) {
        m_loop.bestFigure = figure;
        m_loop.bestScore = predictions->score;
        m_loop.bestEpoch = m_loop.epoch;
    }
    m_loop.lastScore = predictions->score;
    m_loop.lastMerit = meritOf(judge, figure);
    m_loop.batch = 0;
    emit(event);
    emit(PredictionsReady{0, predictions});
    tellMoved();
    tellReplaced();

    bool endsPhase = false;
    afterEpoch(*predictions, &endsPhase);
    m_changedSinceCheckpoint = true;
    saveCheckpoint(endsPhase ? "phase" : "epoch", {/*endsEpoch=*/true, endsPhase, event.best}, [this] { leaveEpoch(); });
}

void TorchTrainer::leaveEpoch() {
    keepTimes();
    if (m_loop.point == LoopPoint::Finished) return finishRun(m_loop.endReason);
    m_pause.epochDone();
}

bool TorchTrainer::watch(const PredictionSet& validation) {
    const MetricInfo& metric = metricInfo(m_info.task, m_config.judging.watched);
    const std::optional<double> figure = figureOf(validation, m_config.judging.watched);
    if (phase().schedule.kind == ScheduleKind::Plateau) {
        takeIn(m_loop.plateau, metric, figure);
        if (m_loop.plateau.epochs >= phase().schedule.everyEpochs) {
            ++m_loop.plateaus;
            m_loop.plateau.epochs = 0;
        }
    }
    if (!m_config.earlyStopping.enabled) return false;
    takeIn(m_loop.stopping, metric, figure, m_config.earlyStopping.minDelta);
    return m_loop.stopping.epochs >= m_config.earlyStopping.patience;
}

void TorchTrainer::afterEpoch(const PredictionSet& validation, bool* endsPhase) {
    const bool early = watch(validation);
    *endsPhase = early || m_loop.phaseEpoch >= phase().epochs;
    m_supply->plan();
    if (!*endsPhase) {
        m_loop.point = LoopPoint::EpochBegin;
        return;
    }
    if (early && m_loop.phaseEpoch < phase().epochs)
        notice("The validation " + metricInfo(m_info.task, m_config.judging.watched).inSentence + " did not get better for " +
               std::to_string(m_loop.stopping.epochs) + " epochs: this phase ends early.");
    m_loop.endReason = early ? "early stopping" : "completed";
    if (morePhases()) {
        ++m_loop.phase;
        m_loop.point = LoopPoint::PhaseBegin;
    } else {
        m_loop.point = LoopPoint::Finished;
    }
}

void TorchTrainer::abandonBatch() {
    if (!m_batch) return;
    m_batch->abandon();
    m_batch.reset();
    m_model->dropStatistics();
}

void TorchTrainer::pauseRun() {
    abandonBatch();
    m_batchSeconds = 0;
    applyChanges();
    const bool quiet = m_pause.takeQuiet();
    if (!quiet && m_changedSinceCheckpoint) return saveCheckpoint("pause", {}, [this] { rest(/*quiet=*/false); });
    rest(quiet);
}

void TorchTrainer::rest(bool quiet) {
    if (!quiet) keepTimes();
    if (!m_pause.rest(quiet)) return;
    const std::uint64_t request = m_pause.takeRequest();
    if (!quiet) emit(Paused{Origin::Hand, request, m_loop.step, epochPosition()});
    setState(TrainerState::Paused);
}

void TorchTrainer::stopRun() {
    m_stopAsked = false;
    abandonBatch();
    if (m_record && m_phaseAnnounced && m_loop.point != LoopPoint::Finished) {
        applyChanges();
        keepTimes();
        if (m_changedSinceCheckpoint) return saveCheckpoint("stop", {}, [this] { finishRun("stopped"); });
    }
    finishRun("stopped");
}

void TorchTrainer::finishRun(const std::string& reason) {
    if (m_reading) m_reading->cancel();  // its thread may take a moment longer
    for (const Command& command : std::exchange(m_changes, {})) refuse(command.requestId, "The run has ended.");
    if (!ready())
        for (const Request& request : std::exchange(m_requests, {}))
            refuse(request.id, "The run was stopped before its model was ready.");
    m_evaluation.reset();
    if (m_supply) m_supply->stop();
    RunFinished event;
    event.task = m_info.task;
    event.epochs = m_loop.epoch;
    event.steps = m_loop.step;
    event.bestScore = std::max(0.0, m_loop.bestScore);
    event.bestEpoch = m_loop.bestEpoch;
    event.seconds = m_loop.workSeconds;
    event.reason = reason;
    event.notSaved = notSaved();
    emit(event);
    // Told to whoever listens, where the record did not take even that.
    if (!m_unwritten.empty()) std::get<RunFinished>(m_events.back().data).notSaved = notSaved();
    m_unwritten.clear();
    setState(TrainerState::Finished);
    m_record.reset();
}

void TorchTrainer::fail(const std::string& what, const std::string& hint) {
    m_diskWork.reset();
    m_batch.reset();
    m_evaluation.reset();
    m_requested.reset();
    m_requests.clear();
    m_generation.reset();
    m_changes.clear();
    if (m_supply) m_supply->forget();
    const bool inLoop = m_phaseAnnounced && m_loop.phase < static_cast<int>(m_config.phases.size());
    emit(RunFailed{what, inLoop ? phase().title : "Preparing", hint});
    setState(TrainerState::Failed);
    m_record.reset();
}

void TorchTrainer::failFrom(const std::exception& error) {
    const std::string what = error.what();
    const bool memory = dynamic_cast<const std::bad_alloc*>(&error) != nullptr ||
                        what.find("not enough memory") != std::string::npos || what.find("out of memory") != std::string::npos ||
                        what.find("can't allocate memory") != std::string::npos;
    if (memory) {
        return fail("The memory ran out.", "Choose a batch size of " + std::to_string(std::max(1, m_config.batchSize / 2)) +
                                               " or less, a smaller input size or less memory for features, and resume.");
    }
    if (const Error* known = dynamic_cast<const Error*>(&error)) return fail(what, known->hint());
    logMessage("error", what);
    fail("LibTorch stopped with an error: " + what.substr(0, what.find('\n')), "Resume the run from its last checkpoint.");
}

}  // namespace thaw::core
