#include "ui/bridge/session.h"

#include <algorithm>
#include <cmath>

#include "core/api/errors.h"
#include "core/api/layer_names.h"
#include "core/api/models.h"
#include "core/api/trunks.h"
#include "ui/bridge/lesson_data.h"
#include "ui/models/path_text.h"
#include "ui/models/run_text.h"

namespace thaw::ui {
namespace {

constexpr int kClassesWithoutData = 10;
constexpr qsizetype kMostPlaces = 4;
constexpr int kLookAgainMilliseconds = 5000;

constexpr const char* kFirstText = "shakespeare";  // for models that continue texts, until another one is chosen

QString text(const std::string& value) { return QString::fromStdString(value); }

bool sameLayers(const core::ModelInfo& a, const core::ModelInfo& b) {
    return a.layers.size() == b.layers.size() &&
           std::equal(a.layers.begin(), a.layers.end(), b.layers.begin(), [](const auto& x, const auto& y) {
               return x.name == y.name && x.parameterCount == y.parameterCount && x.outputShape == y.outputShape;
           });
}

}  // namespace

Session::Session(TrainingController& training, LibraryController& library, InspectionController& inspection, QObject* parent)
    : QObject(parent), m_training(training), m_library(library), m_inspection(inspection) {
    m_inspection.follow(m_training);
    m_lookAgain.setSingleShot(true);
    m_lookAgain.setInterval(kLookAgainMilliseconds);
    connect(&m_lookAgain, &QTimer::timeout, &m_library, &LibraryController::refreshRuns);
    m_lessons = core::listLessons();
    if (const core::Lesson* found = lesson()) m_config = found->config;
    showNextRun();

    connect(&m_layers, &LayerTreeModel::maskRequested, this, [this](const core::LayerMask& mask) {
        if (isActive()) {
            m_maskRequests.insert(m_training.setMask(mask));
        } else if (!m_config.phases.empty()) {
            // Of a run that has ended nothing can change: it is a tick of the next one.
            core::RunConfig next = m_config;
            next.phases.front().trainable = namesOf(mask);
            setConfig(next);
        }
        Q_EMIT priceChanged();
    });
    connect(&m_layers, &LayerTreeModel::pendingChanged, this, &Session::priceChanged);

    connect(&m_library, &LibraryController::lessonsListed, this, [this](const std::vector<core::Lesson>& lessons) {
        m_lessons = lessons;
        Q_EMIT lessonChanged();
    });
    connect(&m_library, &LibraryController::datasetsListed, this, [this](const std::vector<core::DatasetInfo>& datasets) {
        m_datasets = datasets;
        if (m_nextData) {
            core::RunConfig config = m_config;
            config.data.dataset = m_nextData->dataset;
            config.data.directory = m_nextData->directory;
            m_nextData.reset();
            setConfig(config);
        }
        showNextRun();
        Q_EMIT shownRunChanged();
    });
    connect(&m_library, &LibraryController::weightsListed, this, &Session::learnWeights);
    m_lessonData = new LessonData(*this);  // hears of lists after the session has taken them
    connect(&m_library, &LibraryController::placesListed, this,
            [this](const std::vector<core::DatasetInfo>& places) { m_held = places; });
    connect(&m_library, &LibraryController::dataChecked, this, &Session::takeChecked);
    connect(&m_library, &LibraryController::downloadFinished, this, [this](const QString&, const QString& error) {
        if (error.isEmpty()) refreshDatasets();
    });
    connect(&m_library, &LibraryController::runsListed, this, [this](const std::vector<core::RunSummary>& runs) {
        m_runs = runs;
        Q_EMIT shownRunChanged();
        // What another window trains goes on: look again.
        const bool elsewhere = std::any_of(runs.begin(), runs.end(), [this](const core::RunSummary& run) {
            return run.status == core::RunStatus::Running && !(m_training.run() && m_training.run()->runId == run.runId);
        });
        if (elsewhere) m_lookAgain.start();
    });

    connect(&m_training, &TrainingController::stateChanged, this, &Session::onState);
    connect(&m_training, &TrainingController::startRefused, this, &Session::refused);
    connect(&m_training, &TrainingController::runStarted, this, &Session::showRun);
    connect(&m_training, &TrainingController::checkpointSaved, this, [this] { m_hasCheckpoint = true; });
    connect(&m_training, &TrainingController::runFinished, this, [this](const core::RunFinished& finished) {
        m_endedEarly = finished.reason == "stopped" || !finished.notSaved.empty();
    });
    connect(&m_training, &TrainingController::runFailed, this, [this] { m_endedEarly = true; });
    connect(&m_training, &TrainingController::phaseStarted, this, [this](const core::PhaseStarted& phase) {
        m_rateHolds = false;
        m_layers.applyConfirmed(phase.trainable);
        Q_EMIT priceChanged();
        Q_EMIT rateChanged(phase.learningRate);
    });
    connect(&m_training, &TrainingController::layersChanged, this, [this](const core::LayersChanged& change) {
        m_maskRequests.remove(change.requestId);
        m_rateHolds = false;
        m_layers.applyConfirmed(change.trainable);
        Q_EMIT priceChanged();
    });
    connect(&m_training, &TrainingController::layersKept, this, &Session::priceChanged);
    connect(&m_training, &TrainingController::learningRateChanged, this,
            [this](const core::LearningRateChanged& change) { Q_EMIT rateChanged(change.after); });
    connect(&m_training, &TrainingController::movedChanged, this,
            [this](const core::MovedChanged& moved) { m_layers.setMoved(moved.moved); });
    connect(&m_training, &TrainingController::stageTimesMeasured, this, [this](const core::StageTimesMeasured& measured) {
        m_times = measured.times;
        m_cachedBoundary = measured.cachedBoundary;
        Q_EMIT priceChanged();
    });
    connect(&m_training, &TrainingController::batchesFinished, this, [this] {
        m_rateHolds = true;
        Q_EMIT priceChanged();
    });
    connect(&m_training, &TrainingController::commandRefused, this, [this](quint64 request, const QString& reason) {
        const bool ofMask = m_maskRequests.remove(request);
        if (ofMask) m_layers.refuse();
        if (request == m_rateRequest) Q_EMIT rateChanged(shownRate());
        Q_EMIT refused(reason, {});
    });
}

void Session::refresh() {
    m_library.refreshEngineInfo();  // the engine loads beside the rest
    refreshDatasets();
    m_library.refreshLessons();
    m_library.refreshRuns();
    m_library.refreshWeights();
}

bool Session::isActive() const {
    switch (m_training.state()) {
        case core::TrainerState::Idle:
        case core::TrainerState::Finished:
        case core::TrainerState::Failed:
            return false;
        default:
            return true;
    }
}

bool Session::canContinue() const { return !isActive() && m_runShown && m_endedEarly && m_hasCheckpoint; }

const core::RunConfig& Session::shownConfig() const { return m_runShown ? m_training.run()->config : m_config; }

const core::Lesson* Session::lesson() const {
    const auto usable = [](const core::Lesson& lesson) { return lesson.problem.empty(); };
    const auto named = std::find_if(m_lessons.begin(), m_lessons.end(), [this, usable](const core::Lesson& lesson) {
        return text(lesson.name) == m_lessonName && usable(lesson);
    });
    if (named != m_lessons.end()) return &*named;
    const auto first = std::find_if(m_lessons.begin(), m_lessons.end(), usable);
    return first == m_lessons.end() ? nullptr : &*first;
}

const core::DatasetInfo* Session::dataset() const {
    if (m_runShown) return &m_training.run()->dataset;
    return core::chosenDataset(m_datasets, m_config.data);
}

core::RunConfig Session::nextConfig() const {
    core::RunConfig config = m_config;
    if (const core::DatasetInfo* data = core::chosenDataset(m_datasets, m_config.data)) config.task = data->task;
    return config;
}

int Session::runNumber() const {
    if (!m_runShown) return 0;
    for (const core::RunSummary& run : m_runs)
        if (run.runId == m_training.run()->runId) return run.number;
    // Not listed yet: the next one.
    int last = 0;
    for (const core::RunSummary& run : m_runs) last = std::max(last, run.number);
    return last + 1;
}

QString Session::runName() const {
    if (!m_runShown) return {};
    const std::string& id = m_training.run()->runId;
    for (const core::RunSummary& run : m_runs)
        if (run.runId == id) return ui::runName(run);
    core::RunSummary unlisted;
    unlisted.runId = id;
    unlisted.number = m_training.run()->resumed ? 0 : runNumber();  // one of another folder
    return ui::runName(unlisted);
}

bool Session::isLessonRun() const {
    const std::string& preset = shownConfig().preset;
    return std::any_of(m_lessons.begin(), m_lessons.end(), [&](const core::Lesson& lesson) { return lesson.name == preset; });
}

std::vector<LayerPreset> Session::layerPresets() const {
    const core::ModelInfo& model = m_layers.modelInfo();
    std::vector<LayerPreset> presets;
    for (const core::LayerPreset& preset : model.presets) {
        const core::LayerMask mask = model.maskOf(preset.layers);
        presets.push_back({text(core::describeMask(model, mask)), mask});
    }
    return presets;
}

void Session::requestMask(const core::LayerMask& mask) { m_layers.requestMask(mask); }

FrozenLater Session::frozenLater() const {
    if (!isActive() || !m_runShown) return {};
    const std::vector<core::PhaseConfig>& phases = m_training.run()->config.phases;
    const auto now = static_cast<std::size_t>(std::max(0, m_training.currentPhase()));
    const auto lasts = [](const core::PhaseConfig& phase) { return phase.epochs > 0; };
    if (now >= phases.size()) return {};
    const auto next = std::find_if(phases.begin() + static_cast<std::ptrdiff_t>(now) + 1, phases.end(), lasts);
    if (next == phases.end()) return {};
    FrozenLater later;
    for (std::size_t i = 0; i <= now; ++i) later.epoch += phases[i].epochs;
    const core::ModelInfo& model = m_layers.modelInfo();
    const core::LayerMask wanted = m_layers.pendingMask(), planned = model.maskOf(phases[now].trainable),
                          then = model.maskOf(next->trainable), &kept = m_training.kept();
    later.layers.assign(wanted.size(), false);
    later.kept.assign(wanted.size(), false);
    bool any = false;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        if (!wanted[i] || then[i] || !model.layers[i].hasParameters()) continue;
        const bool keeps = i < kept.size() && kept[i];
        if (planned[i] && !keeps) continue;  // the plan's own coming and going
        any = later.layers[i] = true;
        later.kept[i] = keeps;
    }
    return any ? later : FrozenLater();
}

void Session::keepThawed(bool keep) {
    const FrozenLater later = frozenLater();
    core::LayerMask kept = m_training.kept();
    kept.resize(m_layers.modelInfo().layers.size(), false);
    for (std::size_t i = 0; i < later.layers.size(); ++i)
        if (later.layers[i]) kept[i] = keep;
    m_training.keepThawed(kept);
}

std::int64_t Session::plannedCount(bool train) const {
    if (m_runShown) return train ? m_training.run()->trainCount : m_training.run()->testCount;
    const core::DataConfig& wanted = m_config.data;
    const bool fromTrain = train || wanted.heldOut > 0;
    const int limit = fromTrain ? wanted.trainLimit : wanted.testLimit;
    const core::DatasetInfo* data = dataset();
    std::int64_t all = 0;
    if (data) all = fromTrain ? data->trainCount : data->validationCount > 0 ? data->validationCount : data->testCount;
    const std::int64_t used = limit > 0 && (all == 0 || limit < all) ? limit : all;
    const std::int64_t heldOut = std::llround(wanted.heldOut * static_cast<double>(used));
    return train ? used - heldOut : fromTrain ? heldOut : used;
}

core::PriceInput Session::priceInput() const {
    core::PriceInput input;
    input.trainCount = plannedCount(true);
    input.testCount = plannedCount(false);
    input.cachedBoundary = m_cachedBoundary;
    return input;
}

double Session::measuredRate() const {
    const auto& batch = m_training.lastBatch();
    return m_runShown && isActive() && m_rateHolds && batch ? batch->imagesPerSecond : 0;
}

core::Price Session::price(const core::LayerMask& mask) const {
    const core::ModelInfo& model = m_layers.modelInfo();
    core::PriceInput input = priceInput();
    const double rate = measuredRate();
    if (rate <= 0) return core::estimatePrice(shownConfig(), model, mask, m_times, input);
    const core::Price now = core::estimatePrice(shownConfig(), model, m_layers.confirmedMask(), m_times, input);
    // Where features are still missing, the rate of now is not that of the price.
    const bool alike = m_training.lastBatch()->fromCache == (now.trainRung > 0) && now.trainRung <= m_cachedBoundary;
    if (alike && now.imagesPerSecond > 0) input.slowdown = now.imagesPerSecond / rate;
    core::Price price = core::estimatePrice(shownConfig(), model, mask, m_times, input);
    if (mask == m_layers.confirmedMask() && price.imagesPerSecond > 0) {
        price.epochSeconds += static_cast<double>(input.trainCount) * (1 / rate - 1 / price.imagesPerSecond);
        price.imagesPerSecond = rate;
    }
    return price;
}

core::StageTimes Session::timesOf(const core::RunConfig& config, const core::ModelInfo& model) const {
    core::StageTimes times = core::storedStageTimes(config);
    // What a busy machine measured says less than what the processor can do.
    const bool good = times.stages.size() == model.stages.size() && times.origin == core::TimesOrigin::Measured;
    return good ? times : core::guessedStageTimes(config, model);
}

double Session::planSeconds(const core::RunConfig& config) const {
    const core::PriceInput input = priceInput();
    if (input.trainCount <= 0) return -1;
    try {
        if (&config == &shownConfig()) return core::estimatePlan(config, m_layers.modelInfo(), m_times, input);
        core::RunConfig chosen = config;
        keepChoices(chosen);
        const core::ModelInfo model = core::describeModel(chosen, classCount());
        return core::estimatePlan(chosen, model, timesOf(chosen, model), input);
    } catch (const core::ConfigError&) {
        return -1;
    }
}

bool Session::isPlanRough(const core::RunConfig& config) const {
    if (&config == &shownConfig()) return m_times.origin != core::TimesOrigin::Measured && measuredRate() <= 0;
    core::RunConfig chosen = config;
    keepChoices(chosen);
    const core::StageTimes times = core::storedStageTimes(chosen);
    return times.empty() || times.origin != core::TimesOrigin::Measured;
}

double Session::shownRate() const {
    const bool ofRun = isActive() || m_training.state() == core::TrainerState::Finished;
    if (m_runShown && ofRun && m_training.learningRate() > 0) return m_training.learningRate();
    return m_config.phases.empty() ? 0 : m_config.phases.front().optimizer.learningRate;
}

bool Session::isRateEditable() const {
    return actions().editLive && !(m_runShown && m_training.state() == core::TrainerState::Finished);
}

void Session::setConfig(const core::RunConfig& config) {
    core::RunConfig next = config;
    if (next.weights != m_config.weights && next.scaling == m_config.scaling) {
        const std::optional<core::Scaling> before = scalingNeededBy(m_config.weights), now = scalingNeededBy(next.weights);
        if (before && now) core::followWeights(next, *before, *now);
        m_scalingBefore = now ? std::nullopt : before;
    } else if (next.scaling != m_config.scaling) {
        m_scalingBefore.reset();
    }
    applyConfig(std::move(next));
}

void Session::applyConfig(core::RunConfig config) {
    if (core::toJson(config) == core::toJson(m_config)) return;
    setConfigQuietly(std::move(config));
    Q_EMIT configChanged(m_config);
}

std::optional<core::Scaling> Session::scalingNeededBy(const std::filesystem::path& weights) const {
    for (const core::WeightsChoice& choice : m_weights)
        if (choice.file == weights) return choice.scaling.scaling;
    return std::nullopt;
}

void Session::learnWeights(const std::vector<core::WeightsChoice>& weights) {
    m_weights = weights;
    const std::optional<core::Scaling> now = scalingNeededBy(m_config.weights);
    if (!m_scalingBefore || !now) return;
    core::RunConfig config = m_config;
    core::followWeights(config, *m_scalingBefore, *now);
    m_scalingBefore.reset();
    applyConfig(std::move(config));
}

void Session::setConfigQuietly(core::RunConfig config) {
    const bool otherData = dataKindOf(m_config.model) != dataKindOf(config.model);
    if (otherData) m_dataOf[dataKindOf(m_config.model)] = m_config.data;
    m_config = std::move(config);
    m_library.setModel(text(m_config.model));
    if (otherData) refreshDatasets();
    if (!isActive()) m_runShown = false;
    showNextRun();
    Q_EMIT shownRunChanged();
    Q_EMIT rateChanged(shownRate());
}

void Session::loadStageTimes() {
    if (isActive()) return;
    m_times = timesOf(m_config, m_layers.modelInfo());
    m_cachedBoundary = 0;
}

int Session::classCount() const {
    const core::DatasetInfo* data = dataset();
    return data && !data->classNames.empty() ? static_cast<int>(data->classNames.size()) : kClassesWithoutData;
}

void Session::showNextRun() {
    if (m_runShown) return;
    try {
        const core::ModelInfo model = core::describeModel(nextConfig(), classCount());
        const core::LayerMask mask =
            m_config.phases.empty() ? core::LayerMask(model.layers.size()) : model.maskOf(m_config.phases.front().trainable);
        if (sameLayers(model, m_layers.modelInfo()))
            m_layers.applyConfirmed(mask);
        else
            m_layers.setModelInfo(model, mask);
        m_layers.clearMoved();
    } catch (const core::ConfigError&) {
        // The settings say what is wrong with them; the tree keeps what it showed.
    }
    loadStageTimes();
    Q_EMIT priceChanged();
}

void Session::showRun() {
    const core::RunStarted& run = *m_training.run();
    m_runShown = true;
    m_hasCheckpoint = run.resumed;
    m_endedEarly = false;
    if (!sameLayers(run.model, m_layers.modelInfo())) {
        m_layers.setModelInfo(run.model, m_training.trainable());
    } else {
        m_layers.refuse();
        m_layers.applyConfirmed(m_training.trainable());
        m_layers.clearMoved();
    }
    m_library.refreshRuns();
    Q_EMIT shownRunChanged();
    Q_EMIT priceChanged();
    Q_EMIT rateChanged(shownRate());
}

std::vector<std::string> Session::namesOf(const core::LayerMask& mask) const {
    return core::groupedNames(m_layers.modelInfo(), mask);
}

void Session::onState() {
    m_layers.setImmediate(!isActive());
    if (!isActive()) {
        m_layers.refuse();  // whatever still waited waits in vain
        m_maskRequests.clear();
        m_library.refreshRuns();
    }
    if (!m_training.run()) m_runShown = false;
    Q_EMIT actionsChanged();
    Q_EMIT rateChanged(shownRate());
}

Session::DataKind Session::dataKindOf(const std::string& model) {
    return {core::modalityOf(model), core::canContinueTexts(model)};
}

/// What was chosen last of the data that a model reads: pictures, texts, and texts to continue have sets of their own.
core::DataConfig Session::dataFor(const std::string& model) const {
    const DataKind wanted = dataKindOf(model);
    if (wanted == dataKindOf(m_config.model)) return m_config.data;
    const auto known = m_dataOf.find(wanted);
    if (known != m_dataOf.end()) return known->second;
    core::DataConfig first;
    if (wanted.second) first.dataset = kFirstText;
    return first;
}

void Session::keepChoices(core::RunConfig& config) const {
    const core::DataConfig chosen = dataFor(config.model);
    // A lesson on continuing texts is about the text that it names.
    if (!core::canContinueTexts(config.model) || config.data.dataset == "auto") {
        config.data.dataset = chosen.dataset;
        config.data.directory = chosen.directory;
    }
    config.threads = m_config.threads;
    config.device = m_config.device;
    config.cache.directory = m_config.cache.directory;
}

void Session::chooseLesson(const QString& name) {
    for (const core::Lesson& known : m_lessons)
        if (text(known.name) == name && !known.problem.empty()) {
            Q_EMIT refused(tr("The lesson %1 cannot be used: %2").arg(text(known.title), text(known.problem)), {});
            Q_EMIT lessonChanged();  // whoever showed it shows the old one again
            return;
        }
    m_lessonName = name;
    if (const core::Lesson* chosen = lesson(); chosen && actions().editSettings) {
        core::RunConfig config = chosen->config;
        keepChoices(config);
        m_scalingBefore.reset();
        applyConfig(config);
    }
    Q_EMIT lessonChanged();
}

/// One that continues texts, of which no weights are published.
bool Session::lacksWeights(const std::string& model) {
    const std::vector<core::TrunkCard> cards = core::listTrunks(model);
    return core::canContinueTexts(model) && std::none_of(cards.begin(), cards.end(), [](const core::TrunkCard& card) {
               return card.model.builtIn || !card.download.empty();
           });
}

void Session::useTrunk(const QString& model, const QString& weights) {
    if (!actions().editSettings) return;
    core::RunConfig next = m_config;
    const bool left = m_ticks.chooseModel(next, model.toStdString());
    const QString before = text(core::modelTitle(m_config.model));
    next.weights = pathOf(weights);
    const core::DataConfig data = dataFor(next.model);
    // A model without weights starts from random numbers, and leaves that to nobody else.
    if (weights.isEmpty() && lacksWeights(next.model))
        next.initialization = core::Initialization::Random;
    else if (lacksWeights(m_config.model))
        next.initialization = core::Initialization::Pretrained;
    next.data.dataset = data.dataset;
    next.data.directory = data.directory;
    next.data.split = data.split;
    setConfig(next);
    if (left) Q_EMIT ticksKept(before);
}

void Session::setUpdateStatistics(bool update) {
    core::RunConfig config = m_config;
    config.updateStatistics = update;
    setConfig(config);
}

void Session::setDataFolder(const QString& folder) {
    m_nextData.reset();
    core::RunConfig config = m_config;
    config.data.directory = pathOf(folder);
    setConfig(config);
    refreshDatasets();
}

void Session::refreshDatasets() { m_library.refreshDatasets(pathText(m_config.data.directory), m_places); }

void Session::chooseData(const QString& path) {
    Q_EMIT dataChecking(path);
    m_library.checkData(path);
}

void Session::cancelChoice() {
    m_library.cancelCheck();
    Q_EMIT dataChecking({});
}

void Session::takeChecked(const QString& path, const core::DatasetInfo& dataset, const QString& error, const QString& hint) {
    Q_EMIT dataChecking({});
    if (!error.isEmpty()) {
        Q_EMIT dataRefused(path, error, hint);
        return;
    }
    const QString place = pathText(pathOf(path));  // a file dialog may have lost letters
    QStringList places = m_places;
    places.removeAll(place);
    places.prepend(place);
    while (places.size() > kMostPlaces) places.removeLast();
    setPlaces(places);
    core::DatasetInfo chosen = dataset;
    chosen.place = pathOf(place);
    useDataset(chosen);
    Q_EMIT dataAccepted(path);
}

void Session::useDataset(const core::DatasetInfo& dataset) {
    core::DataConfig next = m_config.data;
    const bool ofPlace = m_places.contains(pathText(dataset.place));
    // What was found in a usual place is found there again, whatever else was chosen before.
    const bool kept = ofPlace || dataset.place == m_config.data.directory;
    next.directory = kept ? dataset.place : std::filesystem::path();
    next.dataset = ofPlace ? "auto" : dataset.id;
    // The list and the choice change together: what is shown is what a run would use.
    m_nextData = next;
    m_library.refreshDatasets(pathText(next.directory), m_places);
}

void Session::setPlaces(const QStringList& places) {
    if (places == m_places) return;
    m_places = places;
    Q_EMIT placesChanged(m_places);
}

void Session::forgetPlace(const QString& place) {
    QStringList places = m_places;
    places.removeAll(place);
    setPlaces(places);
    refreshDatasets();
}

void Session::runLesson() {
    if (!actions().runLesson) return;
    const core::Lesson* chosen = lesson();
    if (!chosen) {
        Q_EMIT refused(tr("No lesson can be read."), tr("Install Thaw again, or start with your own settings."));
        return;
    }
    chooseLesson(text(chosen->name));
    m_training.startRun(m_config);
}

void Session::start() {
    if (actions().resume)
        m_training.resume();
    else if (actions().start)
        m_training.startRun(m_config);
}

void Session::pause() {
    if (actions().pause) m_training.pause();
}

void Session::pauseOrResume() {
    if (actions().resume)
        m_training.resume();
    else
        pause();
}

void Session::step() {
    if (!actions().step) return;
    if (!isActive()) m_training.startRun(m_config, true);
    m_training.stepOnce();
}

void Session::runEpoch() {
    if (!actions().runEpoch) return;
    if (!isActive()) m_training.startRun(m_config, true);
    m_training.runEpoch();
}

void Session::stop() {
    if (actions().stop) m_training.stop();
}

void Session::openRun(const QString& directory) {
    if (isActive()) return;
    m_inspection.followNewest();  // whoever opens a run wants to see it
    m_training.openRun(pathOf(directory), true);
}

void Session::continueRun(const QString& directory) {
    if (isActive()) return;
    m_inspection.followNewest();
    m_training.openRun(pathOf(directory));
}

void Session::continueShownRun() {
    if (canContinue()) continueRun(pathText(m_training.run()->directory));
}

void Session::deleteRun(const QString& directory) {
    m_inspection.leaveRun(pathOf(directory));
    if (m_training.run() && m_training.run()->directory == pathOf(directory)) {
        if (isActive()) return;
        m_training.closeRun();
    }
    m_library.deleteRun(directory);
}

void Session::requestRate(double rate) {
    if (!(rate > 0) || !isRateEditable()) return;
    if (isActive()) {
        m_rateRequest = m_training.setLearningRate(rate);
    } else if (!m_config.phases.empty()) {
        core::RunConfig config = m_config;
        config.phases.front().optimizer.learningRate = rate;
        setConfig(config);
    }
}

void Session::scaleRate(int powersOfTen) {
    const double rate = QString::number(shownRate() * std::pow(10.0, powersOfTen), 'g', 12).toDouble();
    if (rate >= 1e-12 && rate <= 10) requestRate(rate);
}

}  // namespace thaw::ui
