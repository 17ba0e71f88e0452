// From a config or a run folder to a Trainer that can step: data, weights, model, record, restored position.
#include <algorithm>
#include <utility>

#include "core/api/engine_info.h"
#include "core/api/errors.h"
#include "core/store/atomic_file.h"
#include "core/train/model_setup.h"
#include "core/train/stage_times.h"
#include "core/train/torch_trainer.h"
#include "core/util/memory.h"

namespace thaw::core {
namespace {

/// A run that was killed before its first checkpoint begins again in its folder.
bool hasCheckpoints(const std::filesystem::path& run) {
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator(run / "checkpoints", ignored))
        if (entry.path().extension() == ".json") return true;
    return false;
}

}  // namespace

TorchTrainer::TorchTrainer(std::filesystem::path runDirectory, bool startPaused, int threads)
    : m_resumeFrom(std::move(runDirectory)), m_threadsAsked(threads), m_startPaused(startPaused) {
    m_resumeManifest = readManifest(m_resumeFrom);
    m_config = m_resumeManifest.config;
    m_config.output = m_resumeFrom;
    if (!hasCheckpoints(m_resumeFrom)) return;
    m_toRestore = CheckpointStore(m_resumeFrom).loadNewestUsable();
    m_loop = loopStateFromJson(m_toRestore->loopState);
}

void TorchTrainer::prepare() {
    switch (m_preparation) {
        case Preparation::Begin:
            m_threads = m_threadsAsked > 0 ? m_threadsAsked : m_toRestore ? m_loop.threads : computeThreadsOf(m_config);
            m_config.threads = m_threads;
            useComputeThreads(m_threads);
            m_device = deviceOf(m_config);
            m_fingerprint = computeFingerprint(m_device, m_config.kernels);
            progress("Looking for the data set", 0, 0);
            m_preparation = Preparation::FindData;
            break;
        case Preparation::FindData:
            findData();
            progress("Reading " + m_dataset.title, 0, 0);
            m_preparation = Preparation::ReadTrain;
            break;
        case Preparation::ReadTrain:
            m_train = loadSplit(m_dataset, Split::Train, m_config.data, m_config.seed);
            m_preparation = Preparation::ReadTest;
            break;
        case Preparation::ReadTest:
            m_test = loadSplit(m_dataset, validationSplit(m_config.data), m_config.data, m_config.seed);
            if (m_train->count() == 0 || m_test->count() == 0)
                throw DataError("The data set has no pictures to train or to test with.",
                                "Raise the limits of pictures in the settings.");
            progress("Reading the weights", 0, 0);
            m_preparation = Preparation::Model;
            break;
        case Preparation::Model:
            setUpModel();
            m_preparation = Preparation::Record;
            break;
        case Preparation::Record:
            setUpRecord();
            announceRun();
            m_preparation = Preparation::Measure;
            if (m_loop.point == LoopPoint::Finished) return enterLoop();
            m_times.setTimes(storedStageTimes(m_config));
            if (m_times.times().stages.size() != m_info.layers.size())
                m_measurement = std::make_unique<SpeedMeasurement>(*m_model, m_config.inputSize, m_config.batchSize, m_device);
            break;
        case Preparation::Measure:
            if (m_measurement) {
                const bool done = m_measurement->advance(Deadline(0.06));
                progress("Measuring this machine's speed", m_measurement->done(), m_model->stageCount());
                if (!done) return;
                m_times.setTimes(m_measurement->times());
                m_measurement.reset();
                m_model->releaseWorkspaces();
                returnFreeMemory();
                keepTimes();
            }
            enterLoop();
            break;
        case Preparation::Done:
            break;
    }
}

void TorchTrainer::findData() {
    DataConfig wanted = m_config.data;
    if (!m_resumeManifest.datasetId.empty()) wanted.dataset = m_resumeManifest.datasetId;
    m_dataset = forInput(resolveDataset(wanted), m_config.inputSize);
    m_config.data.dataset = m_dataset.id;
    if (m_resumeFrom.empty()) m_config.data.ownValidation = m_config.data.heldOut == 0 && m_dataset.validationCount > 0;
}

void TorchTrainer::setUpModel() {
    const int classes = static_cast<int>(m_dataset.classNames.size());
    std::optional<TrunkWeights> trunk;
    if (m_config.initialization == Initialization::Pretrained) {
        try {
            trunk = loadTrunkWeights(m_config.weights);
            m_weightsTitle = trunk->title;
            m_weightsDigest = trunk->digest;
        } catch (const Error& error) {
            if (!m_toRestore) throw;  // a resumed run has its weights in the checkpoint
            notice(std::string(error.what()) + " The checkpoint's weights are used; how far they moved counts from now on.",
                   true);
        }
    } else {
        m_weightsTitle = "Random";
    }
    m_model = buildModel(m_config, classes, trunk ? &*trunk : nullptr);
    m_info = m_model->info();
    m_initial.assign(m_info.layers.size(), {});
    const bool sameStart =
        m_config.initialization == Initialization::Random || (trunk && trunk->digest == m_resumeManifest.weightsDigest);
    if (m_toRestore && sameStart) rememberInitial(m_loop.everTrained);
    if (m_toRestore) restore(*m_toRestore);
    if (m_toRestore && !sameStart) rememberInitial(m_loop.everTrained);
    m_model->moveTo(m_device);
    m_model->setTrainable(LayerMask(m_info.layers.size(), false));
    if (!m_toRestore) m_loop.everTrained.assign(m_info.layers.size(), false);

    m_batcher.emplace(m_train->count(), m_config.batchSize, m_config.seed);
    m_source.train = m_train;
    m_source.test = m_test;
    m_source.features = &m_features;
    m_source.model = &m_info;
    m_source.scaling = m_config.scaling;
    m_source.inputSize = m_config.inputSize;
    m_source.device = m_device;
    m_source.ahead = std::make_shared<ReadAhead>();
}

void TorchTrainer::restore(const Checkpoint& checkpoint) {
    if (m_loop.mask.size() != m_info.layers.size() || m_loop.everTrained.size() != m_info.layers.size() || m_loop.phase < 0 ||
        m_loop.phase > static_cast<int>(m_config.phases.size()))
        throw StoreError("The checkpoint does not fit the run's settings.", "Start a new run.");
    loadModel(*m_model, checkpoint);
}

bool TorchTrainer::lacksMoments(const Checkpoint& checkpoint) const {
    const bool amidPhase = m_loop.point != LoopPoint::PhaseBegin && m_loop.point != LoopPoint::Finished;
    const bool hasMoments = m_loop.optimizer.kind != OptimizerKind::Sgd || m_loop.optimizer.momentum > 0;
    return amidPhase && hasMoments && !m_loop.optimizerSteps.empty() && checkpoint.optimizer.empty();
}

void TorchTrainer::makeOptimizer(const OptimizerConfig& config) {
    m_optimizer.emplace(config);
    m_optimizer->setParameters(trainableParameters());
}

std::vector<Parameter> TorchTrainer::trainableParameters() const {
    std::vector<Parameter> all;
    for (int i = 0; i < m_model->stageCount(); ++i)
        if (m_loop.mask[static_cast<std::size_t>(i)])
            all.insert(all.end(), m_model->parameters(i).begin(), m_model->parameters(i).end());
    return all;
}

void TorchTrainer::setUpRecord() {
    const bool finished = m_loop.point == LoopPoint::Finished;
    if (m_resumeFrom.empty()) {
        const EngineInfo engine = engineInfo();
        RunManifest manifest;
        manifest.config = m_config;
        manifest.datasetId = m_dataset.id;
        manifest.datasetTitle = m_dataset.title;
        manifest.trainDigest = m_train->identity.digest;
        manifest.testDigest = m_test->identity.digest;
        manifest.classNames = m_dataset.classNames;
        manifest.weightsTitle = m_weightsTitle;
        manifest.weightsDigest = m_weightsDigest;
        manifest.machine = engine.processor + ", " + std::to_string(engine.cores) + " cores, " +
                           std::to_string((engine.memoryBytes + (1 << 29)) >> 30) + " GB";
        manifest.thawVersion = engine.thawVersion;
        manifest.libtorchVersion = engine.libtorchVersion;
        manifest.fingerprint = m_fingerprint + ", threads " + std::to_string(m_threads);
        m_record.emplace(RunRecord::create(manifest));
        m_directory = m_record->directory();
    } else {
        m_directory = m_resumeFrom;
        if (!finished) {
            m_record.emplace(RunRecord::open(m_resumeFrom));
            m_record->truncateAfter(m_loop.step, m_loop.epoch);
        }
    }
    m_config.output = m_directory;
    m_runId = std::filesystem::absolute(m_directory).lexically_normal().filename().string();
    m_checkpoints.emplace(m_directory);
    m_lastCheckpoint = Clock::now();
    if (!m_toRestore) return;

    std::vector<std::string> reasons;
    if (lacksMoments(*m_toRestore)) reasons.push_back("the checkpoint that is left has no moments of the optimiser");
    if (m_loop.threads != m_threads)
        reasons.push_back("threads " + std::to_string(m_loop.threads) + " -> " + std::to_string(m_threads));
    if (m_loop.fingerprint != m_fingerprint) reasons.push_back(m_loop.fingerprint + " -> " + m_fingerprint);
    if (m_resumeManifest.trainDigest != m_train->identity.digest || m_resumeManifest.testDigest != m_test->identity.digest)
        reasons.push_back("the data changed");
    for (const std::string& reason : reasons) m_bitExactReason += (m_bitExactReason.empty() ? "" : "; ") + reason;
    m_bitExact = reasons.empty();
}

void TorchTrainer::announceRun() {
    RunStarted event;
    event.runId = m_runId;
    event.directory = m_directory;
    event.config = m_config;
    event.model = m_info;
    event.dataset = m_dataset;
    event.trainCount = m_train->count();
    event.testCount = m_test->count();
    event.stepsPerEpoch = m_batcher->batches();
    event.testPictures = m_test;
    event.device = describeDevice(m_device, m_threads);
    event.resumed = m_toRestore.has_value();
    event.resumedEpoch = m_loop.epoch;
    event.bitExact = m_bitExact;
    event.bitExactReason = m_bitExactReason;
    emit(std::move(event));
    if (!m_bitExact && m_loop.point != LoopPoint::Finished)
        notice("The run continues, but not bit-exact: " + m_bitExactReason + ".", true);
    if (m_config.augmentation.shift > 0 && m_config.cache.enabled)
        notice("Shifted crops cannot be kept in the feature cache: training computes every batch from its pictures.");
}

void TorchTrainer::enterLoop() {
    m_preparation = Preparation::Done;
    tellTimes();
    if (m_loop.point == LoopPoint::Finished) {
        m_toRestore.reset();
        m_loop.testRung = 0;
        // What trained last, as it stands when a run ends before one's eyes; not written again.
        if (m_loop.phase < static_cast<int>(m_config.phases.size()))
            emit(PhaseStarted{m_loop.phase, phase().title, m_loop.phaseFirstEpoch, phase().epochs, currentRate(), m_loop.mask},
                 /*record=*/false);
        tellMoved();
        return setState(TrainerState::Finished);
    }
    if (m_toRestore && m_loop.point != LoopPoint::PhaseBegin) {
        const Checkpoint checkpoint = std::move(*m_toRestore);
        m_model->setTrainable(m_loop.mask);
        makeOptimizer(m_loop.optimizer);
        if (lacksMoments(checkpoint)) m_loop.optimizerSteps.clear();  // it begins anew
        for (const auto& [parameter, step] : m_loop.optimizerSteps) {
            OptimizerRecord record;
            record.step = step;
            const std::string prefix = parameter + "/";
            for (const auto& [name, tensor] : checkpoint.optimizer) {
                if (name.rfind(prefix, 0) != 0) continue;
                record.moments[name.substr(prefix.size())] =
                    torch::from_blob(const_cast<void*>(tensor.data), tensor.shape).clone().to(m_device);
            }
            m_optimizer->setRecord(parameter, std::move(record));
        }
        m_restored = true;
        m_featureStep = FeatureStep::Plan;
        // Told again, but not written again: it stands in the record.
        emit(PhaseStarted{m_loop.phase, phase().title, m_loop.phaseFirstEpoch, phase().epochs, currentRate(), m_loop.mask},
             /*record=*/false);
        m_phaseAnnounced = true;
        if (!m_loop.kept.empty()) emit(LayersKept{0, m_loop.step, m_loop.kept}, /*record=*/false);
        tellMoved();
        if (m_startPaused) {
            m_startPaused = false;
            m_pauseAsked = true;
            m_quietPause = true;
        }
    }
    m_toRestore.reset();
    setState(TrainerState::Running);
}

std::unique_ptr<Trainer> makeTrainer(const RunConfig& config, bool startPaused) {
    return std::make_unique<TorchTrainer>(config, startPaused);
}

std::unique_ptr<Trainer> resumeTrainer(const std::filesystem::path& runDirectory, bool startPaused, int threads) {
    return std::make_unique<TorchTrainer>(runDirectory, startPaused, threads);
}

}  // namespace thaw::core
