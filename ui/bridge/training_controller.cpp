#include "ui/bridge/training_controller.h"

#include <QThread>

#include "ui/bridge/training_worker.h"
#include "ui/models/path_text.h"

namespace thaw::ui {

using core::TrainerState;

ActionStates actionsIn(TrainerState state, bool hasRun) {
    ActionStates allowed;
    switch (state) {
        case TrainerState::Idle:
        case TrainerState::Finished:
        case TrainerState::Failed:
            allowed.runLesson = allowed.start = allowed.step = allowed.runEpoch = true;
            allowed.editSettings = allowed.editLive = true;
            break;
        case TrainerState::Preparing:
            allowed.pause = allowed.stop = true;
            allowed.editLive = hasRun;
            break;
        case TrainerState::Running:
            allowed.pause = allowed.stop = allowed.editLive = true;
            break;
        case TrainerState::Paused:
            allowed.resume = allowed.step = allowed.runEpoch = allowed.stop = allowed.editLive = true;
            break;
        case TrainerState::Stopping:
            break;
    }
    allowed.evaluate = allowed.predictFiles = allowed.exportModel =
        hasRun && (state == TrainerState::Running || state == TrainerState::Paused || state == TrainerState::Finished);
    return allowed;
}

class TrainingController::Private {
public:
    explicit Private(TrainingController* owner, TrainerFactory factory) : q(owner), worker(std::move(factory)) {}

    bool isFree() const {
        return state == TrainerState::Idle || state == TrainerState::Finished || state == TrainerState::Failed;
    }
    bool canStart(const QString& what);
    void begin(TrainerState next);
    quint64 send(core::CommandData data);
    void takeDeliveries();
    void deliver(const TrainingWorker::Delivery& delivery);
    bool current(quint64 ofSession, const std::string& ofRun) const;
    void setState(TrainerState next);

    void handle(const core::StateChanged& event) { setState(event.state); }
    void handle(const core::RunStarted& event);
    void handle(const core::PhaseStarted& event);
    void handle(const core::BatchFinished& event) { handleBatches({event}); }
    void handle(const core::EpochFinished& event);
    void handle(const core::WorkProgress& event) { Q_EMIT q->workProgress(event); }
    void handle(const core::PlanProgress& event) { Q_EMIT q->planProgress(event); }
    void handle(const core::LayersChanged& event);
    void handle(const core::LayersKept& event);
    void handle(const core::LearningRateChanged& event);
    void handle(const core::Paused& event) { Q_EMIT q->paused(event); }
    void handle(const core::Resumed& event) { Q_EMIT q->resumed(event); }
    void handle(const core::MovedChanged& event) { Q_EMIT q->movedChanged(event); }
    void handle(const core::CheckpointSaved& event) { Q_EMIT q->checkpointSaved(event); }
    void handle(const core::CheckpointFailed& event) { Q_EMIT q->checkpointFailed(event); }
    void handle(const core::PredictionsReady& event) { Q_EMIT q->predictionsReady(event); }
    void handle(const core::FilePredictionsReady& event) { Q_EMIT q->filePredictionsReady(event); }
    void handle(const core::TextGenerated& event) { Q_EMIT q->textGenerated(event); }
    void handle(const core::ModelExported& event) { Q_EMIT q->modelExported(event); }
    void handle(const core::StageTimesMeasured& event) { Q_EMIT q->stageTimesMeasured(event); }
    void handle(const core::CommandRefused& event) {
        Q_EMIT q->commandRefused(event.requestId, QString::fromStdString(event.reason));
    }
    void handle(const core::TestRevealed&) {}  // no Trainer sends it
    void handle(const core::Notice& event) { Q_EMIT q->notice(event); }
    void handle(const core::RunFinished& event) { Q_EMIT q->runFinished(event); }
    void handle(const core::RunFailed& event) { Q_EMIT q->runFailed(event); }
    void handleBatches(const std::vector<core::BatchFinished>& batches);

    TrainingController* const q;
    TrainingWorker worker;
    QThread thread;
    quint64 session = 0;
    quint64 lastRequestId = 0;
    TrainerState state = TrainerState::Idle;
    std::optional<core::RunStarted> run;
    core::LayerMask trainable, kept;
    double learningRate = 0;
    int phase = 0;
    std::optional<core::BatchFinished> lastBatch;
    std::optional<core::EpochFinished> lastEpoch;
};

TrainingController::TrainingController(TrainerFactory factory, QObject* parent)
    : QObject(parent), d(std::make_unique<Private>(this, std::move(factory))) {
    connect(
        &d->worker, &TrainingWorker::delivered, this, [this] { d->takeDeliveries(); }, Qt::QueuedConnection);
    d->thread.setObjectName(QStringLiteral("training"));
    d->worker.moveToThread(&d->thread);
    d->thread.start();
}

TrainingController::~TrainingController() {
    const auto done = std::make_shared<std::promise<void>>();
    d->worker.post(TrainingWorker::Shutdown{done});
    done->get_future().wait();
    d->thread.wait();
}

TrainerState TrainingController::state() const { return d->state; }
ActionStates TrainingController::actions() const { return actionsIn(d->state, d->run.has_value()); }
const std::optional<core::RunStarted>& TrainingController::run() const { return d->run; }
const core::LayerMask& TrainingController::trainable() const { return d->trainable; }
const core::LayerMask& TrainingController::kept() const { return d->kept; }
double TrainingController::learningRate() const { return d->learningRate; }
int TrainingController::currentPhase() const { return d->phase; }
const std::optional<core::BatchFinished>& TrainingController::lastBatch() const { return d->lastBatch; }
const std::optional<core::EpochFinished>& TrainingController::lastEpoch() const { return d->lastEpoch; }

void TrainingController::startRun(const core::RunConfig& config, bool paused) {
    if (!d->canStart(tr("A run is active already."))) return;
    const std::vector<std::string> problems = core::validate(config);
    if (!problems.empty()) {
        QStringList sentences;
        for (const std::string& problem : problems) sentences += QString::fromStdString(problem);
        Q_EMIT startRefused(sentences.join(QLatin1Char('\n')), tr("Correct the marked settings, then start again."));
        return;
    }
    d->begin(TrainerState::Preparing);
    d->worker.post(TrainingWorker::Start{d->session, config, paused});
}

void TrainingController::openRun(const std::filesystem::path& directory, bool paused) {
    if (!d->canStart(tr("A run is active already."))) return;
    d->begin(TrainerState::Preparing);
    d->worker.post(TrainingWorker::Open{d->session, directory, paused});
}

void TrainingController::closeRun() {
    if (!d->isFree()) return;
    d->begin(TrainerState::Idle);
    d->worker.post(TrainingWorker::Close{d->session});
}

void TrainingController::pause() { d->send(core::Pause{}); }
void TrainingController::resume() { d->send(core::Resume{}); }
void TrainingController::stepOnce() { d->send(core::StepOnce{}); }
void TrainingController::runEpoch() { d->send(core::RunEpoch{}); }
void TrainingController::stop() { d->send(core::Stop{}); }

quint64 TrainingController::setTrainable(const QStringList& layers, bool trainable) {
    core::SetTrainable command;
    for (const QString& layer : layers) command.layers.push_back(layer.toStdString());
    command.trainable = trainable;
    return d->send(command);
}

quint64 TrainingController::setMask(const core::LayerMask& mask) { return d->send(core::SetMask{mask}); }
quint64 TrainingController::keepThawed(const core::LayerMask& layers) { return d->send(core::KeepThawed{layers}); }
quint64 TrainingController::setLearningRate(double value) { return d->send(core::SetLearningRate{value}); }
quint64 TrainingController::evaluate() { return d->send(core::Evaluate{}); }

quint64 TrainingController::predictFiles(const QStringList& files) {
    core::PredictFiles command;
    for (const QString& file : files) command.files.push_back(pathOf(file));
    return d->send(command);
}

quint64 TrainingController::exportModel(const QString& file, core::ExportFormat format) {
    return d->send(core::ExportModel{pathOf(file), format});
}
quint64 TrainingController::saveCheckpoint() { return d->send(core::SaveCheckpoint{}); }
quint64 TrainingController::generateText(const core::GenerationSettings& settings) {
    return d->send(core::GenerateText{settings});
}
void TrainingController::stopGenerating() { d->send(core::StopGenerating{}); }

bool TrainingController::Private::canStart(const QString& what) {
    if (isFree()) return true;
    Q_EMIT q->startRefused(what, TrainingController::tr("Stop it first."));
    return false;
}

void TrainingController::Private::begin(TrainerState next) {
    ++session;
    run.reset();
    trainable.clear();
    kept.clear();
    learningRate = 0;
    phase = 0;
    lastBatch.reset();
    lastEpoch.reset();
    setState(next);
}

quint64 TrainingController::Private::send(core::CommandData data) {
    worker.post(core::Command{++lastRequestId, std::move(data)});
    return lastRequestId;
}

void TrainingController::Private::takeDeliveries() {
    for (const TrainingWorker::Delivery& delivery : worker.takeDeliveries()) deliver(delivery);
}

void TrainingController::Private::deliver(const TrainingWorker::Delivery& delivery) {
    // Asked again for each part: a receiver may have started the next run meanwhile.
    if (!delivery.batches.empty() && current(delivery.session, delivery.batchRunId)) handleBatches(delivery.batches);
    const auto pass = [&](const core::Event& event) {
        const bool starts = std::holds_alternative<core::RunStarted>(event.data);
        if (current(delivery.session, starts ? std::string() : event.runId))
            std::visit([this](const auto& data) { handle(data); }, event.data);
    };
    if (delivery.progress) pass(*delivery.progress);
    if (delivery.moved) pass(*delivery.moved);
    for (const core::Event& event : delivery.milestones) pass(event);
    if (delivery.startError && delivery.session == session) {
        setState(TrainerState::Idle);
        Q_EMIT q->startRefused(delivery.startError->what, delivery.startError->hint);
    }
}

bool TrainingController::Private::current(quint64 ofSession, const std::string& ofRun) const {
    return ofSession == session && (ofRun.empty() || !run || ofRun == run->runId);
}

void TrainingController::Private::setState(TrainerState next) {
    if (state == next) return;
    state = next;
    Q_EMIT q->stateChanged(state);
}

void TrainingController::Private::handle(const core::RunStarted& event) {
    run = event;
    Q_EMIT q->runStarted(event);
}

void TrainingController::Private::handle(const core::PhaseStarted& event) {
    phase = event.phase;
    trainable = event.trainable;
    learningRate = event.learningRate;
    Q_EMIT q->phaseStarted(event);
}

void TrainingController::Private::handle(const core::EpochFinished& event) {
    lastEpoch = event;
    Q_EMIT q->epochFinished(event);
}

void TrainingController::Private::handle(const core::LayersChanged& event) {
    trainable = event.trainable;
    Q_EMIT q->layersChanged(event);
}

void TrainingController::Private::handle(const core::LayersKept& event) {
    kept = event.layers;
    Q_EMIT q->layersKept(event);
}

void TrainingController::Private::handle(const core::LearningRateChanged& event) {
    learningRate = event.after;
    Q_EMIT q->learningRateChanged(event);
}

void TrainingController::Private::handleBatches(const std::vector<core::BatchFinished>& batches) {
    lastBatch = batches.back();
    learningRate = batches.back().learningRate;
    Q_EMIT q->batchesFinished(batches);
}

}  // namespace thaw::ui
