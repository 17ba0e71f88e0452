#include "tests/support/fake_trainer.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <thread>

#include "core/api/errors.h"
#include "tests/support/drawn_pictures.h"

namespace thaw::test {
namespace {

using core::TrainerState;

struct CurvePoint {
    double trainScore, valScore, valLoss;
};
// The default lesson on CIFAR-10 as Python's torch gives it; before the first epoch the model guesses.
constexpr std::array<CurvePoint, 16> kLesson{{{.100, .100, 2.303},
                                              {.398, .566, 1.256},
                                              {.528, .595, 1.165},
                                              {.566, .609, 1.120},
                                              {.589, .621, 1.091},
                                              {.604, .629, 1.071},
                                              {.619, .635, 1.053},
                                              {.633, .638, 1.038},
                                              {.638, .642, 1.029},
                                              {.645, .644, 1.022},
                                              {.653, .647, 1.012},
                                              {.682, .685, .905},
                                              {.711, .701, .858},
                                              {.737, .716, .826},
                                              {.754, .722, .802},
                                              {.769, .731, .784}}};

CurvePoint lessonAt(double epoch) {
    const double x = std::clamp(epoch, 0.0, 15.0);
    const auto left = std::min<std::size_t>(static_cast<std::size_t>(x), 14);
    const double t = x - static_cast<double>(left);
    const auto mix = [t](double a, double b) { return a + (b - a) * t; };
    const CurvePoint &a = kLesson[left], &b = kLesson[left + 1];
    return {mix(a.trainScore, b.trainScore), mix(a.valScore, b.valScore), mix(a.valLoss, b.valLoss)};
}

/// Deterministic, about normal, standard deviation one.
double noise(std::int64_t seed) {
    double sum = 0;
    auto x = static_cast<std::uint64_t>(seed) * 0x9E3779B97F4A7C15ULL + 1;
    for (int i = 0; i < 12; ++i) {
        x ^= x >> 12, x ^= x << 25, x ^= x >> 27;
        sum += static_cast<double>((x * 0x2545F4914F6CDD1DULL) >> 40) / static_cast<double>(1 << 24);
    }
    return sum - 6.0;
}

double now() { return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count(); }

}  // namespace

FakeTrainer::FakeTrainer(core::RunConfig config, bool startPaused, FakeScript script, std::shared_ptr<FakeProbe> probe)
    : m_config(std::move(config)), m_script(std::move(script)), m_probe(std::move(probe)), m_startPaused(startPaused) {
    if (!m_probe) return;
    ++m_probe->trainers;
    ++m_probe->made;
    m_probe->threadHash = std::hash<std::thread::id>()(std::this_thread::get_id());
}

FakeTrainer::~FakeTrainer() {
    if (m_probe) --m_probe->trainers;
}

bool FakeTrainer::hasWork() const {
    switch (m_state) {
        case TrainerState::Paused:
        case TrainerState::Finished:
            return !m_requests.empty();
        case TrainerState::Failed:
            return false;
        default:
            return true;
    }
}

std::vector<core::Event> FakeTrainer::step() {
    if (m_probe) ++m_probe->steps;
    if (m_script.stepMilliseconds > 0) std::this_thread::sleep_for(std::chrono::milliseconds(m_script.stepMilliseconds));
    switch (m_state) {
        case TrainerState::Idle:
            setState(TrainerState::Preparing);
            break;
        case TrainerState::Preparing:
            prepare();
            break;
        case TrainerState::Stopping:
            if (m_phaseStarted && m_changed) saveCheckpoint("stop");
            finish("stopped");
            break;
        case TrainerState::Running:
        case TrainerState::Paused:
        case TrainerState::Finished:
            if (!m_requests.empty())
                answerRequest();
            else if (m_state != TrainerState::Running)
                break;
            else if (m_pauseAsked)
                pause();
            else if (m_atPhaseBegin)
                beginPhase();
            else
                m_evaluating ? evaluateSlice() : trainBatch();
            break;
        case TrainerState::Failed:
            break;
    }
    return std::exchange(m_events, {});
}

void FakeTrainer::emitEvent(core::EventData data) {
    const bool early =
        m_state == TrainerState::Idle || (m_state == TrainerState::Preparing && m_prepared < m_script.preparationSteps);
    m_events.push_back({early ? std::string() : m_script.runId, now(), std::move(data)});
}

void FakeTrainer::setState(TrainerState state) {
    if (m_state == state) return;
    m_state = state;
    emitEvent(core::StateChanged{state});
}

void FakeTrainer::prepare() {
    if (m_prepared < m_script.preparationSteps) {
        ++m_prepared;
        emitEvent(core::WorkProgress{"Reading " + drawnDataset(1, m_script.substituteData).title, m_prepared,
                                     m_script.preparationSteps, 1.0});
        if (m_prepared < m_script.preparationSteps) return;
    }
    m_dataset = drawnDataset(m_script.picturesPerClass, m_script.substituteData);
    m_model = core::describeModel(m_config, static_cast<int>(m_dataset.classNames.size()));
    m_pictures = drawnPictures(m_script.picturesPerClass);
    m_moved.assign(m_model.layers.size(), 0.0);
    core::RunStarted started;
    started.runId = m_script.runId;
    started.directory = m_script.directory;
    started.config = m_config;
    started.model = m_model;
    started.dataset = m_dataset;
    started.trainCount = m_script.stepsPerEpoch * m_config.batchSize;
    started.testCount = m_pictures->count();
    started.stepsPerEpoch = m_script.stepsPerEpoch;
    started.testPictures = m_pictures;
    started.device = "CPU, 2 threads";
    started.resumed = m_script.resumed;
    started.resumedEpoch = m_script.resumedEpoch;
    started.bitExact = m_script.bitExact;
    if (!m_script.bitExact) started.bitExactReason = "threads 4 -> 2";
    m_epoch = m_script.resumedEpoch + 1;
    m_step = m_script.resumedEpoch * m_script.stepsPerEpoch;
    emitEvent(started);
    emitEvent(core::StageTimesMeasured{drawnStageTimes(m_model, m_config.batchSize), 0});
    if (!findPhase()) return finish("completed");
    if (m_script.resumed) beginPhase();  // it is told again
    setState(TrainerState::Running);
}

/// The phase that the present epoch belongs to; false behind the last.
bool FakeTrainer::findPhase() {
    int first = 1;
    for (int phase = 0; phase < static_cast<int>(m_config.phases.size()); ++phase) {
        const int epochs = m_config.phases[static_cast<std::size_t>(phase)].epochs;
        if (m_epoch < first + epochs) {
            m_atPhaseBegin = !m_phaseStarted || phase != m_phase;
            m_phase = phase;
            m_phaseFirstEpoch = first;
            return true;
        }
        first += epochs;
    }
    return false;
}

void FakeTrainer::beginPhase() {
    const core::PhaseConfig& config = m_config.phases[static_cast<std::size_t>(m_phase)];
    const core::LayerMask before = m_mask;
    const double rateBefore = m_rate;
    m_mask = m_model.maskOf(config.trainable);
    for (std::size_t i = 0; i < m_kept.size(); ++i)
        if (m_kept[i]) m_mask[i] = true;
    m_rate = config.optimizer.learningRate;
    emitEvent(core::PhaseStarted{m_phase, config.title, m_phaseFirstEpoch, config.epochs, m_rate, m_mask});
    if (m_phaseStarted) {
        core::LayersChanged change;
        change.revision = m_revision + 1;
        change.step = m_step;
        change.epoch = m_epoch;
        change.epochPosition = epochPosition();
        change.trainable = m_mask;
        for (std::size_t i = 0; i < m_mask.size(); ++i)
            if (m_mask[i] != before[i]) (m_mask[i] ? change.thawed : change.frozen).push_back(m_model.layers[i].name);
        ++m_revision;
        if (!change.thawed.empty() || !change.frozen.empty()) emitEvent(change);
        if (m_rate != rateBefore)
            emitEvent(core::LearningRateChanged{core::Origin::Plan, 0, m_step, epochPosition(), rateBefore, m_rate});
    }
    m_phaseStarted = true;
    m_atPhaseBegin = false;
    if (m_step == 0) saveCheckpoint("phase");
    applyChanges();
    if (!std::exchange(m_startPaused, false)) return;
    m_pauseAsked = m_quietPause = true;
}

void FakeTrainer::trainBatch() {
    const std::int64_t next = m_step + 1;
    if (next == m_script.failAtStep) return fail("The loss is not a number any more.", "Choose a smaller learning rate.");
    if (next == m_script.throwAtStep) throw core::TrainingError("The step failed.", "Try again.");
    if (next == m_script.throwUnknownAtStep) throw 42;
    m_step = next;
    ++m_batch;
    m_changed = true;
    const CurvePoint here = lessonAt(epochPosition());
    core::BatchFinished batch;
    batch.step = m_step;
    batch.phase = m_phase;
    batch.epoch = m_epoch;
    batch.batch = m_batch;
    batch.batchesPerEpoch = m_script.stepsPerEpoch;
    batch.score = std::clamp(here.trainScore + 0.035 * noise(m_step), 0.0, 1.0);
    batch.loss = std::max(0.01, here.valLoss + 0.9 * (here.valScore - here.trainScore) + 0.07 * noise(m_step + 77777));
    batch.learningRate = m_rate;
    batch.imagesPerSecond = speed() * (1 + 0.01 * noise(m_step + 5));
    batch.fromCache = m_phase == 0;
    m_trainLossSum += batch.loss;
    m_trainAccuracySum += batch.score;
    emitEvent(batch);
    for (std::size_t i = 0; i < m_mask.size(); ++i)
        if (m_mask[i]) m_moved[i] += (m_model.layers[i].block == "head" ? 0.5 : 0.04) * m_rate * 100 / (1 + 20 * m_moved[i]);
    if (const auto found = m_script.extra.find(m_step); found != m_script.extra.end())
        m_events.insert(m_events.end(), found->second.begin(), found->second.end());
    if (m_batch == m_script.stepsPerEpoch) {
        m_evaluating = true;
        m_evaluated = 0;
    }
    if (m_step == m_script.restAtStep) m_pauseAsked = true;
    if (m_pauseAfter != PauseAfter::Step) return;
    m_pauseAfter = PauseAfter::Never;
    m_pauseAsked = m_quietPause = true;
}

void FakeTrainer::evaluateSlice() {
    ++m_evaluated;
    emitEvent(core::WorkProgress{"Evaluating", m_evaluated * m_pictures->count() / std::max(1, m_script.evaluationSteps),
                                 m_pictures->count(), 0.1 * (m_script.evaluationSteps - m_evaluated)});
    if (m_evaluated >= m_script.evaluationSteps) finishEpoch();
}

void FakeTrainer::finishEpoch() {
    const CurvePoint here = lessonAt(m_epoch);
    const auto batches = static_cast<double>(std::max<std::int64_t>(m_batch, 1));
    core::EpochFinished epoch;
    epoch.phase = m_phase;
    epoch.epoch = m_epoch;
    epoch.step = m_step;
    epoch.trainLoss = m_trainLossSum / batches;
    epoch.trainScore = m_trainAccuracySum / batches;
    epoch.valLoss = here.valLoss;
    epoch.valScore = here.valScore;
    epoch.imagesPerSecond = speed();
    epoch.seconds = batches * m_config.batchSize / speed();
    epoch.learningRate = m_rate;
    epoch.best = epoch.valScore > m_bestScore;
    if (epoch.best) {
        m_bestScore = epoch.valScore;
        m_bestEpoch = m_epoch;
    }
    emitEvent(epoch);
    emitEvent(core::PredictionsReady{0, drawnPredictions(*m_pictures, here.valScore, m_epoch, m_step)});
    emitEvent(core::MovedChanged{m_step, m_moved});
    m_trainLossSum = m_trainAccuracySum = 0;
    m_evaluating = false;
    m_batch = 0;
    ++m_epoch;
    const bool goesOn = findPhase();
    saveCheckpoint(goesOn && !m_atPhaseBegin ? "epoch" : "phase", epoch.best);
    const int left = m_config.totalEpochs() - m_epoch + 1;
    emitEvent(core::PlanProgress{left * epoch.seconds, (m_epoch - 1) * epoch.seconds, 1'400'000'000});
    if (!goesOn) return finish("completed");
    if (m_pauseAfter != PauseAfter::Epoch) return;
    m_pauseAfter = PauseAfter::Never;
    m_pauseAsked = true;
}

void FakeTrainer::finish(const std::string& reason) {
    for (const core::Command& command : std::exchange(m_changes, {})) refuse(command.requestId, "The run has ended.");
    if (!m_pictures)
        for (const core::Command& request : std::exchange(m_requests, {}))
            refuse(request.requestId, "The run was stopped before its model was ready.");
    emitEvent(core::RunFinished{m_epoch - 1, m_step, core::TaskKind::OneLabel, m_bestScore, m_bestEpoch,
                                static_cast<double>(m_step), reason});
    setState(TrainerState::Finished);
}

void FakeTrainer::fail(const std::string& what, const std::string& hint) {
    emitEvent(core::RunFailed{what, m_config.phases[static_cast<std::size_t>(m_phase)].title, hint});
    setState(TrainerState::Failed);
}

void FakeTrainer::pause() {
    applyChanges();
    const bool quiet = std::exchange(m_quietPause, false);
    if (!quiet && m_changed) saveCheckpoint("pause");
    m_pauseAsked = false;
    if (!quiet) {
        emitEvent(core::Paused{core::Origin::Hand, m_pauseRequest, m_step, epochPosition()});
        m_pauseTold = true;
    }
    m_pauseRequest = 0;
    setState(TrainerState::Paused);
}

void FakeTrainer::saveCheckpoint(const std::string& reason, bool best) {
    if (m_probe) ++m_probe->checkpoints;
    m_changed = false;
    emitEvent(core::CheckpointSaved{m_script.directory / "checkpoints" / ("step-" + std::to_string(m_step)), m_step, m_epoch - 1,
                                    reason, 1'200'000, best});
}

void FakeTrainer::refuse(std::uint64_t requestId, const std::string& reason) {
    if (requestId != 0) emitEvent(core::CommandRefused{requestId, reason});
}

bool FakeTrainer::ended() const {
    return m_state == TrainerState::Finished || m_state == TrainerState::Failed || m_state == TrainerState::Stopping;
}

std::vector<core::Event> FakeTrainer::apply(const core::Command& command) {
    if (m_probe) ++m_probe->commands;
    const auto is = [&command](auto kind) { return std::holds_alternative<decltype(kind)>(command.data); };
    if (is(core::Evaluate()) || is(core::PredictFiles()) || is(core::ExportModel()) || (is(core::SaveCheckpoint()) && !ended())) {
        if (m_state == TrainerState::Failed || m_state == TrainerState::Stopping)
            refuse(command.requestId, "The run has ended.");
        else if (m_state == TrainerState::Finished && !m_pictures)
            refuse(command.requestId, "The run was stopped before its model was ready.");
        else
            m_requests.push_back(command);
    } else if (const auto* wanted = std::get_if<core::GenerateText>(&command.data)) {
        core::GeneratedText text = drawnContinuation(wanted->settings, static_cast<int>(epochPosition()));
        emitEvent(core::TextGenerated{command.requestId, m_step, std::make_shared<const core::GeneratedText>(std::move(text)),
                                      /*finished=*/true});
    } else if (is(core::StopGenerating())) {
    } else if (ended()) {
        refuse(command.requestId, "The run has ended.");
    } else if (is(core::SetTrainable()) || is(core::SetMask()) || is(core::SetLearningRate())) {
        takeChange(command);
    } else if (const auto* kept = std::get_if<core::KeepThawed>(&command.data)) {
        keepThawed(command.requestId, kept->layers);
    } else if (is(core::Pause())) {
        if (m_state == TrainerState::Paused) {
            refuse(command.requestId, "Training is paused already.");
        } else if (m_state == TrainerState::Running) {
            m_pauseAsked = true;
            m_pauseRequest = command.requestId;
        } else {
            m_startPaused = true;
        }
    } else if (is(core::Stop())) {
        if (m_probe) m_probe->stopped = true;
        setState(TrainerState::Stopping);
    } else {
        goOn(command, is(core::StepOnce()) ? PauseAfter::Step : is(core::RunEpoch()) ? PauseAfter::Epoch : PauseAfter::Never);
    }
    return std::exchange(m_events, {});
}

void FakeTrainer::goOn(const core::Command& command, PauseAfter pauseAfter) {
    m_pauseAfter = pauseAfter;
    if (pauseAfter == PauseAfter::Epoch) m_pauseRequest = command.requestId;
    m_startPaused = m_pauseAsked = false;
    if (m_state != TrainerState::Paused) return;
    if (m_pauseTold && pauseAfter != PauseAfter::Step) {
        m_pauseTold = false;
        emitEvent(core::Resumed{core::Origin::Hand, command.requestId, m_step, epochPosition(), 1.0});
    }
    setState(TrainerState::Running);
}

void FakeTrainer::takeChange(const core::Command& command) {
    if (!m_script.refuseWith.empty()) return refuse(command.requestId, m_script.refuseWith);
    const auto isMask = [](const core::Command& one) { return std::holds_alternative<core::SetMask>(one.data); };
    if (m_phaseStarted && isMask(command) && !m_changes.empty() && isMask(m_changes.back())) {
        // A whole mask replaces one that waits; whoever asked for that is told that it left no trace.
        const std::uint64_t replaced = std::exchange(m_changes.back(), command).requestId;
        if (replaced != 0)
            emitEvent(core::LayersChanged{
                core::Origin::Hand, replaced, ++m_revision, m_step, m_epoch, epochPosition(), m_mask, {}, {}});
    } else {
        m_changes.push_back(command);
    }
    if (canChange()) applyChanges();
}

void FakeTrainer::applyChanges() {
    if (!canChange()) return;
    for (const core::Command& command : std::exchange(m_changes, {})) {
        if (const auto* rate = std::get_if<core::SetLearningRate>(&command.data)) {
            applyRate(command.requestId, rate->value);
        } else if (const auto* mask = std::get_if<core::SetMask>(&command.data)) {
            applyLayers(command.requestId, mask->trainable);
        } else if (const auto* layers = std::get_if<core::SetTrainable>(&command.data)) {
            try {
                core::LayerMask wanted = m_mask;
                const core::LayerMask named = m_model.maskOf(layers->layers);
                for (std::size_t i = 0; i < wanted.size(); ++i)
                    if (named[i]) wanted[i] = layers->trainable;
                applyLayers(command.requestId, wanted);
            } catch (const core::Error& error) {
                refuse(command.requestId, error.what());
            }
        }
    }
}

void FakeTrainer::applyLayers(std::uint64_t requestId, const core::LayerMask& mask) {
    if (mask.size() != m_mask.size()) return refuse(requestId, "These layers belong to another model.");
    if (std::find(mask.begin(), mask.end(), true) == mask.end())
        return refuse(requestId, "Nothing would train. Leave at least one layer thawed.");
    core::LayersChanged change;
    change.origin = core::Origin::Hand;
    change.requestId = requestId;
    change.revision = ++m_revision;
    change.step = m_step;
    change.epoch = m_epoch;
    change.epochPosition = epochPosition();
    change.trainable = mask;
    for (std::size_t i = 0; i < mask.size(); ++i)
        if (mask[i] != m_mask[i]) (mask[i] ? change.thawed : change.frozen).push_back(m_model.layers[i].name);
    m_changed |= mask != m_mask;
    m_mask = mask;
    emitEvent(change);
    bool released = false;
    for (std::size_t i = 0; i < m_kept.size(); ++i)
        if (m_kept[i] && !mask[i]) m_kept[i] = false, released = true;
    if (released) emitEvent(core::LayersKept{0, m_step, m_kept});
}

void FakeTrainer::keepThawed(std::uint64_t requestId, const core::LayerMask& layers) {
    if (!m_pictures) return refuse(requestId, "The model is not ready yet.");
    if (layers.size() != m_model.layers.size()) return refuse(requestId, "These layers belong to another model.");
    m_kept = layers;
    m_changed = true;
    emitEvent(core::LayersKept{requestId, m_step, m_kept});
}

void FakeTrainer::applyRate(std::uint64_t requestId, double value) {
    if (!(value > 0 && value <= 10)) return refuse(requestId, "A learning rate lies above 0 and at most at 10.");
    m_changed = true;
    emitEvent(
        core::LearningRateChanged{core::Origin::Hand, requestId, m_step, epochPosition(), std::exchange(m_rate, value), value});
}

void FakeTrainer::answerRequest() {
    const core::Command request = std::move(m_requests.front());
    m_requests.pop_front();
    if (const auto* evaluate = std::get_if<core::Evaluate>(&request.data)) answer(request.requestId, *evaluate);
    if (const auto* files = std::get_if<core::PredictFiles>(&request.data)) answer(request.requestId, *files);
    if (const auto* save = std::get_if<core::SaveCheckpoint>(&request.data)) answer(request.requestId, *save);
    if (const auto* target = std::get_if<core::ExportModel>(&request.data)) answer(request.requestId, *target);
}

double FakeTrainer::epochPosition() const {
    return m_epoch - 1 + static_cast<double>(m_batch) / static_cast<double>(m_script.stepsPerEpoch);
}

double FakeTrainer::speed() const { return m_phase == 0 ? 38'000 : 612; }

void FakeTrainer::answer(std::uint64_t id, const core::Evaluate&) {
    emitEvent(core::PredictionsReady{id, drawnPredictions(*m_pictures, lessonAt(epochPosition()).valScore, m_epoch - 1, m_step)});
}

void FakeTrainer::answer(std::uint64_t id, const core::PredictFiles& command) {
    const auto predictions = drawnPredictions(*m_pictures, lessonAt(epochPosition()).valScore);
    const auto large = drawnPictures(1, 256, 3);
    auto answers = std::make_shared<std::vector<core::FilePrediction>>();
    for (std::size_t i = 0; i < command.files.size(); ++i) {
        core::FilePrediction answer;
        answer.file = command.files[i];
        if (answer.file.extension() == ".txt") {
            answer.error = answer.file.filename().string() + " is not a picture that Thaw can read.";
        } else {
            const auto which = static_cast<std::int64_t>(i % static_cast<std::size_t>(large->count()));
            answer.width = large->width;
            answer.height = large->height;
            answer.rgb.assign(large->picture(which), large->picture(which) + 3 * large->width * large->height);
            answer.modelSize = m_pictures->width;
            answer.modelRgb.assign(m_pictures->picture(which),
                                   m_pictures->picture(which) + 3 * m_pictures->width * m_pictures->height);
            answer.inputSize = answer.modelSize;
            answer.inputRgb = answer.modelRgb;
            answer.inputLow = -2.12f;
            answer.inputHigh = 2.64f;
            answer.probabilities.assign(predictions->row(which), predictions->row(which) + predictions->classCount);
        }
        answers->push_back(std::move(answer));
    }
    emitEvent(core::FilePredictionsReady{id, m_step, std::move(answers)});
}

void FakeTrainer::answer(std::uint64_t id, const core::SaveCheckpoint&) {
    if (!canChange()) return refuse(id, "There is nothing to save yet.");
    saveCheckpoint("request");
}

void FakeTrainer::answer(std::uint64_t id, const core::ExportModel& command) { emitEvent(core::ModelExported{id, command.file}); }

core::RunConfig lessonConfig(int headEpochs, int thawEpochs) {
    core::RunConfig config;
    config.title = "The lesson";
    core::PhaseConfig head;
    head.title = "Feature extraction";
    head.epochs = headEpochs;
    core::PhaseConfig thaw = head;
    thaw.title = "Fine-tuning";
    thaw.epochs = thawEpochs;
    thaw.optimizer.learningRate = 1e-5;
    thaw.trainable = {"block5", "head"};
    config.phases = {head, thaw};
    return config;
}

ui::TrainerFactory fakeFactory(FakeScript script, std::shared_ptr<FakeProbe> probe) {
    ui::TrainerFactory factory;
    factory.make = [script, probe](const core::RunConfig& config, bool startPaused) -> std::unique_ptr<core::Trainer> {
        if (!script.makeError.empty()) throw core::ConfigError(script.makeError, "Choose another setting.");
        return std::make_unique<FakeTrainer>(config, startPaused, script, probe);
    };
    factory.resume = [script, probe](const std::filesystem::path& directory, bool startPaused) -> std::unique_ptr<core::Trainer> {
        if (!script.makeError.empty()) throw core::StoreError(script.makeError, "Choose another run.");
        FakeScript resumed = script;
        resumed.directory = directory;
        resumed.runId = directory.filename().string();
        resumed.resumed = true;
        return std::make_unique<FakeTrainer>(lessonConfig(), startPaused, resumed, probe);
    };
    return factory;
}

core::StageTimes drawnStageTimes(const core::ModelInfo& model, int batchSize) {
    core::StageTimes times;
    for (const core::LayerInfo& layer : model.layers) {
        const double forward = 1e-6 + layer.multiplyAdds / 400e9;
        times.stages.push_back({forward, forward, layer.hasParameters() ? 1.2 * forward : 0.0});
    }
    times.optimizerPerParameter = 1.5e-9;
    times.batchSize = batchSize;
    return times;
}

core::GeneratedText drawnContinuation(const core::GenerationSettings& settings, int epoch) {
    core::GeneratedText made;
    const std::string epochs = std::to_string(epoch);
    for (int i = 0; i < settings.tokens; ++i) {
        made.tokens.push_back(i);
        made.text += i == 2 ? " epoch" + epochs : i % 9 == 8 ? "\nThou" : i % 2 == 0 ? " king" : " said";
    }
    const char* const kWords[] = {" king", " bell", " duke", "\n", " cry", " night", " queen", " people", " door", "ly"};
    for (int i = 0; i < std::min(settings.foretold, 10); ++i)
        made.next.push_back({kWords[i], 0.3 / (1 + i), settings.topK == 0 || i < settings.topK});
    made.seconds = 0.5;
    return made;
}

}  // namespace thaw::test
